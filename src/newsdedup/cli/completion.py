"""`newsdedup completion`: the script that completes commands, options and their values in a shell.

The machinery is click's. What differs from it: words that the shell splits at `=` (`--format=js`, `-o sarif=out`) are
completed too, and what a value may be is said here in one table, because the options themselves are plain text.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

from newsdedup.config import PRESETS
from newsdedup.config.values import RECORD_FIELDS, VIEWS
from newsdedup.result import Verdict

if TYPE_CHECKING:  # generic from click 8.4 on
    Item = CompletionItem[str]
else:
    Item = CompletionItem
Values = Callable[[str], list[Item]]

VARIABLE = "_NEWSDEDUP_COMPLETE"
"""Says in the environment that a shell's function asks; `cli.main` looks for it before it loads this module."""

SHELLS = ("bash", "zsh", "fish")
_GIT_SECONDS = 2  # a person waits: no answer by then is no help

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' type value response
    COMPREPLY=()
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1" 2>/dev/null)
    while IFS=, read -r type value; do
        if [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("$value")
            if [[ $value == *= ]]; then compopt -o nospace; fi
        fi
    done <<< "$response"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain described open response
    local type key descr
    (( $+commands[%(prog_name)s] )) || return 1
    response=("${(@f)$(env COMP_WORDS="${(F)words}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")
    if [[ $PREFIX == *=* ]]; then compset -P '*='; fi
    for type key descr in ${response}; do
        if [[ $type == file ]]; then
            _files
        elif [[ $type == plain && $key == *= ]]; then
            open+=("$key")
        elif [[ $type == plain && $descr == _ ]]; then
            plain+=("$key")
        elif [[ $type == plain ]]; then
            described+=("$key:$descr")
        fi
    done
    (( $#described )) && _describe -V unsorted described
    (( $#plain )) && compadd -V unsorted -a plain
    (( $#open )) && compadd -S '' -V unsorted -a open
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
COMP_CWORD=(commandline -ct | string collect) %(prog_name)s 2>/dev/null)
    for completion in $response
        set -l metadata (string split -m 1 "," -- $completion)
        if test "$metadata[1]" = file
            set -l token (commandline -ct)
            set -l before (string match -r '^.*=' -- $token)
            for path in (__fish_complete_path (string replace -- "$before" "" $token))
                echo "$before$path"
            end
        else if test "$metadata[1]" = plain
            echo $metadata[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


def _files(incomplete: str) -> list[Item]:
    return [CompletionItem(incomplete, type="file")]


def _nothing(incomplete: str) -> list[Item]:
    return []


def _one_of(words: Iterable[str]) -> Values:
    return lambda incomplete: [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _listed(words: Iterable[str]) -> Values:
    """Several words with commas between them; each once."""

    def values(incomplete: str) -> list[Item]:
        before, comma, last = incomplete.rpartition(",")
        given = before.split(",")
        return [
            CompletionItem(f"{before}{comma}{word}") for word in words if word.startswith(last) and word not in given
        ]

    return values


def _assigned(names: Iterable[str], values: Values) -> Values:
    """NAME=VALUE; the shells complete what stands behind the `=` as a word of its own."""

    def complete(incomplete: str) -> list[Item]:
        _, assigned, value = incomplete.partition("=")
        return (
            values(value) if assigned else [CompletionItem(f"{name}=") for name in names if name.startswith(incomplete)]
        )

    return complete


def _revisions(incomplete: str) -> list[Item]:
    """HEAD, branches and tags of the git checkout around us; nothing where there is none."""
    command = ["git", "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]
    try:
        told = subprocess.run(  # noqa: S603  # fixed words
            command, capture_output=True, check=True, encoding="utf-8", errors="replace", timeout=_GIT_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return _one_of(["HEAD", *told.splitlines()])(incomplete)


VALUES: Mapping[str, Values] = {
    "views": _listed(VIEWS),
    "min_verdict": _one_of(Verdict),
    "fail_on": _one_of(verdict for verdict in Verdict if verdict is not Verdict.TEMPLATE),
    "map_": _assigned(RECORD_FIELDS, _nothing),
    "preset": _one_of(PRESETS),
    "name": _one_of(PRESETS),  # of config presets
    "changed_since": _revisions,
    "run": _one_of(["last"]),
}
"""Name of a parameter -> what it may be."""

FILE_METAVARS = ("PATH", "FILE", "LEFT", "RIGHT", "GOLD", "FOLDER", "NEW", "STORE", "TARGET")
"""Beginnings of the metavars (or names) of parameters that are files or folders."""


def values_of(command: click.Command, parameter: click.Parameter) -> Values | None:
    """What completes the value of a command's parameter; None leaves it to its click type."""
    if parameter.name in VALUES:
        return VALUES[parameter.name]
    called = parameter.metavar or (parameter.name or "").upper()
    if "|" in called:
        return _one_of(called.split("|"))
    if parameter.name == "sinks":
        formats = next((each.metavar for each in command.params if each.name == "form"), None)
        return _assigned((formats or "").split("|"), _files)
    return _files if called.startswith(FILE_METAVARS) else None


class _Completed(click.types.StringParamType):
    """A plain text whose values are known to the table above."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
        return self._values(incomplete)


class _Completing(ShellComplete):
    """What the three shells share: values from the table, for the command that is being typed."""

    def get_completions(self, args: list[str], incomplete: str) -> list[Item]:
        for command in self._typed(args):
            for parameter in command.params:
                values = values_of(command, parameter)
                if values is not None:
                    parameter.type = _Completed(values)
        return super().get_completions(args, incomplete)

    def _typed(self, words: Sequence[str]) -> Iterator[click.Command]:
        """The command that the words name, and the ones below it."""
        command: click.Command | None = self.cli
        for word in words:
            if not isinstance(command, click.Group):
                return
            command = command.get_command(click.Context(command), word)
            if command is not None:
                yield command


class _Bash(_Completing, BashComplete):
    source_template: ClassVar[str] = _BASH
    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Bash hands over `--format=js` as three words; they are one here."""
        at = int(os.environ["COMP_CWORD"])
        typed = split_arg_string(os.environ["COMP_WORDS"])
        words = typed[: at + 1] if len(typed) > at else [*typed[:at], ""]
        if len(words[-1]) > 1:  # the shell does not split there: COMP_WORDBREAKS is without "="
            self._before = words[-1][: words[-1].rfind("=") + 1]
        whole: list[str] = []
        for word in words:
            if whole and (word == "=" or whole[-1].endswith("=")):
                whole[-1] += word
            else:
                whole.append(word)
        return whole[1:-1], whole[-1]

    def format_completion(self, item: Item) -> str:
        return f"{item.type},{self._before}{item.value}"


class _Zsh(_Completing, ZshComplete):
    source_template: ClassVar[str] = _ZSH


class _Fish(_Completing, FishComplete):
    source_template: ClassVar[str] = _FISH
    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Fish wants the whole word back, with what stands before its `=`."""
        args, incomplete = super().get_completion_args()
        if incomplete.startswith("-"):
            self._before = incomplete[: incomplete.rfind("=") + 1]
        return args, incomplete

    def format_completion(self, item: Item) -> str:
        return f"{item.type},{self._before}{item.value}" + (f"\t{item.help}" if item.help else "")


for _shell in (_Bash, _Zsh, _Fish):
    add_completion_class(_shell)


def answer(cli: click.Command, instruction: str) -> int:
    """Prints what a shell's completion function asks for; the exit code.

    Args:
        cli: The command group.
        instruction: Value of VARIABLE, such as `bash_complete`.
    """
    return shell_complete(cli, {}, "newsdedup", VARIABLE, instruction)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script that makes a shell complete commands, options and their values.

    \b
    bash (4.4 or newer)  newsdedup completion bash > ~/.local/share/bash-completion/completions/newsdedup
    bash, without it     echo 'eval "$(newsdedup completion bash)"' >> ~/.bashrc
    zsh, after compinit  echo 'eval "$(newsdedup completion zsh)"' >> ~/.zshrc
    fish                 newsdedup completion fish > ~/.config/fish/completions/newsdedup.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # one of SHELLS
    click.echo(kind(context.find_root().command, {}, "newsdedup", VARIABLE).source(), nl=False)
    return 0
