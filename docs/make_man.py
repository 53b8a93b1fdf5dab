"""Makes the manual pages in docs/man from the commands themselves.

    python docs/make_man.py            writes them
    python docs/make_man.py --check    exit code 1 when one is not what the commands make now

What click knows (usage, help, options) is taken from the commands, what it does not know (exit status, environment,
files, examples) stands here. The pages carry no date: the same commands give the same bytes.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from newsdedup import __version__
from newsdedup.cli.main import cli
from newsdedup.config.keys import KEYS

FOLDER = Path(__file__).resolve().parent / "man"
PROGRAM = "newsdedup"

STATUSES: Mapping[int, str] = {
    0: "Done; from check: nothing new was found.",
    1: "Findings (check only).",
    2: "Usage, configuration, or an input that cannot be used at all. Nothing was written.",
    3: "Finished, but inputs were skipped and --strict was given.",
    4: "An index or a store that cannot be used: damaged, of another version, or made with other parameters.",
    70: "Internal error; NEWSDEDUP_DEBUG=1 shows the traceback.",
    75: "Another run is writing to the store; run again later, or wait with --lock-timeout.",
    130: "Interrupted (Ctrl-C).",
    143: "Terminated.",
}
CLEAN = "Clean: nothing is found that the baseline and the allow rules do not cover."
"""What 0 says of the commands that look for findings."""

ENDINGS = (70, 130, 143)
"""How every command may end."""

COMMAND_STATUSES: Mapping[str, Sequence[int]] = {
    "scan": (0, 2, 3),
    "check": (0, 1, 2, 3, 4),
    "index": (0, 2, 3),
    "baseline": (0, 2, 3, 4),
    "ingest": (0, 2, 3, 4, 75),
    "report": (0, 2, 4),
    "store": (0, 2, 4, 75),
    "compare": (0, 2),
    "eval": (0, 2, 3),
    "tune": (0, 2, 3),
    "config": (0, 2),
    "completion": (0, 2),
}

EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "scan": (
        ("What repeats what below a folder, with the reasons:", "newsdedup scan articles/ -v"),
        ("The same for a program, the text for a person:", "newsdedup scan articles/ --format jsonl -o text=found.log"),
        ("Near-copies only, in a day of a feed:", "newsdedup scan feed.jsonl --views copy --map text=body"),
    ),
    "check": (
        ("Does a draft copy or rewrite what is published?", "newsdedup check drafts/a.md --against archive/"),
        (
            "The same for what a branch changed, with a report for code scanning:",
            "newsdedup check content/ --changed-since origin/main -o sarif=newsdedup.sarif",
        ),
        (
            "In a loop of seconds, against an index that was made once:",
            "newsdedup check drafts/ --against archive.index --fail-on copy",
        ),
    ),
    "index": (("An index of the archive, for many checks:", "newsdedup index archive/ -o archive.index"),),
    "baseline": (
        ("Accept what is there today:", "newsdedup baseline create content/ --baseline newsdedup-baseline.json"),
        ("What is new since then?", "newsdedup baseline diff content/ --baseline newsdedup-baseline.json"),
        ("Accept that too, forget what is gone:", "newsdedup baseline update content/"),
    ),
    "ingest": (
        ("What a feed has that is new, every few minutes:", "newsdedup ingest feeds/ --store news.db -q"),
        (
            "The same for a log that programs read, with metrics for node_exporter:",
            "newsdedup ingest feeds/ --store news.db --format jsonl --log-format json "
            "--metrics /var/lib/prometheus/node-exporter/newsdedup.prom",
        ),
    ),
    "report": (
        ("The stories of the last day:", "newsdedup report news.db --since 1d"),
        ("What the last run reported, once more:", "newsdedup report news.db --run last --format jsonl"),
    ),
    "store": (
        ("What is in a store, and is it sound?", "newsdedup store info news.db"),
        ("Every file and a sample of the articles checked:", "newsdedup store verify news.db"),
        ("Forget what was not seen for 90 days:", "newsdedup store expire news.db --keep 90d"),
        ("A copy while runs go on:", "newsdedup store backup news.db backup/news.db"),
    ),
    "compare": (
        ("Two files, sentence by sentence:", "newsdedup compare drafts/a.md archive/b.md"),
        ("Two records of a JSONL file:", "newsdedup compare feed.jsonl#ap-17 feed.jsonl#local-3 --format json"),
    ),
    "eval": (("Recall and false reports on labelled pairs:", "newsdedup eval gold/ --plot map.svg"),),
    "tune": (("Fit to your own labelled pairs:", "newsdedup tune gold/ --precision 0.995"),),
    "config": (
        ("Every setting, its value and where it came from:", "newsdedup config show"),
        ("A file to edit:", "newsdedup config init"),
        ("The presets that ship:", "newsdedup config presets"),
    ),
    "completion": (("Completion in this bash:", 'eval "$(newsdedup completion bash)"'),),
}

VARIABLES: Mapping[str, str] = {
    "NEWSDEDUP_DEBUG": "When set, an unexpected error is shown with its traceback.",
    "NEWSDEDUP_KERNEL": "numpy runs the innermost loops in numpy and not compiled; the result is the same.",
    "NO_COLOR": "When set, no colours on a terminal.",
    "TMPDIR": "Where texts wait that do not fit into memory.",
}

FILES: Mapping[str, str] = {
    "newsdedup.yaml": "Settings of the working directory, read when --config names no other file.",
    "newsdedup-baseline.json": "Findings that are accepted; written by newsdedup baseline.",
}


def pages() -> Iterator[tuple[str, str]]:
    """(file name, text) of every page, the program's own first."""
    context = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    names = cli.list_commands(context)
    commands = [(name, _command(context, cli, name)) for name in names]
    yield f"{PROGRAM}.1", _page(_program(context, commands))
    for name, command in commands:
        below = click.Context(command, parent=context, info_name=name)
        yield f"{PROGRAM}-{name}.1", _page(_one(below, name, names))


def _command(context: click.Context, group: click.Group, name: str) -> click.Command:
    command = group.get_command(context, name)
    if command is None:
        raise LookupError(f"{group.name} lists {name}, and has no such command")
    return command


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").partition("\f")[0].strip()


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _program(context: click.Context, commands: Sequence[tuple[str, click.Command]]) -> Iterator[str]:
    yield from _head(PROGRAM, context.command)
    yield from _synopsis([[PROGRAM, "COMMAND", "[ARGUMENT]..."], [PROGRAM, "--help"], [PROGRAM, "--version"]])
    yield from _description(context.command)
    yield ".SH COMMANDS"
    for name, command in commands:
        yield from (".TP", _page_name(name), *_prose(_summary(command)))
    yield from _options(context)
    yield from _statuses(sorted(STATUSES))
    yield ".SH ENVIRONMENT"
    yield from _prose("Settings may stand in variables; the command line goes before them, they before a file.")
    for key in KEYS:
        yield from (".TP", _bold(f"NEWSDEDUP_{key.name.upper()}"), *_prose(f"{key.comment} Allowed: {key.allowed}."))
    for name, meaning in VARIABLES.items():
        yield from (".TP", _bold(name), *_prose(meaning))
    yield ".SH FILES"
    for name, meaning in FILES.items():
        yield from (".TP", _italic(name), *_prose(meaning))
    yield from _examples([example for name, _ in commands for example in EXAMPLES[name][:1]])
    yield from _see_also([name for name, _ in commands])


def _one(context: click.Context, name: str, names: Sequence[str]) -> Iterator[str]:
    command = context.command
    yield from _head(f"{PROGRAM}-{name}", command)
    below = [click.Context(each, parent=context, info_name=word) for word, each in _below(context)]
    usages = [_usage(each) for each in below or [context]]
    yield from _synopsis(usages)
    yield from _description(command)
    for each in below:
        yield f".SS {_bold(f'{name} {each.info_name}')}"
        yield from _paragraphs(_help(each.command))
    yield from _options(context)
    for each in below:
        yield f".SS {_bold(f'Options of {name} {each.info_name}')}"
        yield from _option_list(each)
    yield from _statuses(sorted([*COMMAND_STATUSES[name], *ENDINGS]))
    yield ".SH ENVIRONMENT"
    yield f"See {_page_name()}."
    yield from _examples(EXAMPLES[name])
    yield from _see_also(["", *(other for other in names if other != name)])


def _below(context: click.Context) -> list[tuple[str, click.Command]]:
    command = context.command
    if not isinstance(command, click.Group):
        return []
    return [(name, _command(context, command, name)) for name in command.list_commands(context)]


def _head(name: str, command: click.Command) -> Iterator[str]:
    yield '.\\" Made by docs/make_man.py; change the commands or that file, not this one.'
    yield f'.TH "{_escaped(name.upper())}" 1 "" "{PROGRAM} {__version__}" "{PROGRAM} manual"'
    # Words are not cut at line ends (options would be copied with a hyphen too many), lines not padded.
    yield from (".nh", ".ad l", ".SH NAME", f"{_escaped(name)} \\- {_escaped(_lowered(_summary(command)))}")


def _lowered(sentence: str) -> str:
    """As whatis wants it: no capital at the start, no stop at the end."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _summary(command: click.Command) -> str:
    """The first sentence of the help."""
    first = " ".join(_help(command).split("\n\n")[0].split())
    return re.split(r"(?<=[^.][.])\s", first)[0]


def _synopsis(usages: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ".SH SYNOPSIS"
    for number, usage in enumerate(usages):
        if number:
            yield ".br"
        yield " ".join([_bold(usage[0]), *map(_usage_word, usage[1:])])


def _usage(context: click.Context) -> list[str]:
    words = context.command_path.split()
    return [" ".join(words), *context.command.collect_usage_pieces(context)]


def _usage_word(word: str) -> str:
    return _bold(word) if word.startswith("-") else _italic(word)


def _description(command: click.Command) -> Iterator[str]:
    yield ".SH DESCRIPTION"
    yield from _paragraphs(_help(command))


def _paragraphs(help_text: str) -> Iterator[str]:
    for number, paragraph in enumerate(help_text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):  # click's mark of lines that stay as they are
            yield from (".EX", *map(_escaped, paragraph.removeprefix("\b").strip("\n").splitlines()), ".EE")
        else:
            yield from _prose(paragraph)


def _options(context: click.Context) -> Iterator[str]:
    yield ".SH OPTIONS"
    yield from _option_list(context)


def _option_list(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            names = ", ".join(_bold(name) for name in [*parameter.opts, *parameter.secondary_opts])
            value = _value(parameter)
            yield from (".TP", f"{names} {_italic(value)}" if value else names, *_prose(parameter.help or ""))


def _value(option: click.Option) -> str:
    if option.is_flag or option.count:
        return ""
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.metavar or "VALUE"


def _statuses(codes: Sequence[int]) -> Iterator[str]:
    yield ".SH EXIT STATUS"
    said = {0: CLEAN if 1 in codes else "Done."}
    for code in codes:
        yield from (".TP", _bold(str(code)), *_prose(said.get(code, STATUSES[code])))


def _examples(examples: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield ".SH EXAMPLES"
    for number, (said, command) in enumerate(examples):
        if number:
            yield ".PP"
        yield from (*_prose(said), ".PP", ".RS 4", ".EX", _escaped(command), ".EE", ".RE")


def _see_also(names: Sequence[str]) -> Iterator[str]:
    yield ".SH SEE ALSO"
    yield ",\n".join(map(_page_name, names))


def _page_name(name: str = "") -> str:
    page = f"{PROGRAM}-{name}" if name else PROGRAM
    return f"\\%{_bold(page)}(1)"  # \\%: not cut at the end of a line


def _bold(text: str) -> str:
    return f"\\fB{_escaped(text)}\\fR"


def _italic(text: str) -> str:
    return f"\\fI{_escaped(text)}\\fR"


def _prose(text: str) -> list[str]:
    """Lines short enough for a terminal; roff fills them again."""
    return [_escaped(line) for line in textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False)]


_SPECIAL = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}


def _escaped(text: str) -> str:
    """Text as roff shows it, letter for letter; no line of it is taken for a request."""
    shown = "".join(_SPECIAL.get(letter, letter) for letter in " ".join(text.split("\n")))
    return f"\\&{shown}" if shown.startswith(".") else shown


def main() -> int:
    """Writes the pages, or says which are stale."""
    parser = argparse.ArgumentParser(description="Make the manual pages in docs/man from the commands.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is stale")
    check = parser.parse_args().check
    wanted = dict(pages())
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.1"))}
    stale = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if check:
        for name in stale:
            print(f"docs/man/{name} is stale; run: python docs/make_man.py", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
