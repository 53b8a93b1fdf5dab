"""`newsdedup config`: what is set and by what, a file to start from, the presets, and the schema for editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import click

from newsdedup.cli.main import EXIT_USAGE
from newsdedup.cli.messages import say
from newsdedup.cli.options import config_options, settings_with_origins
from newsdedup.cli.output import Outputs, deliver, writable, write_whole
from newsdedup.config import CONFIG_NAME, PRESETS, Setting, Settings, overlooked
from newsdedup.errors import ConfigError
from newsdedup.report.formats import FORMATS
from newsdedup.report.plain import Style, padded, visible

_VALUE_WIDTH = 40  # of the column; a longer value moves its origin to the right


@click.group(invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> None:
    """Settings: show what holds and why, start a file, list the presets, write the schema."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(EXIT_USAGE)


@config.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Default: text.")
@config_options
def show(*, form: str, config_file: str | None, preset: str | None) -> None:
    """Every setting, its value, and where it came from.

    The command line goes before NEWSDEDUP_* variables, these before the file, the file before its preset, and that
    before the defaults.
    """
    found = settings_with_origins(config_file, preset=preset)
    unread = config_file is None and found.file is not None and overlooked(found.file.path)
    _write(_shown_json(found, unread=unread) if form == "json" else _shown_text(found, unread=unread))


@config.command()
@click.option("--preset", metavar="NAME", help=f"Start from one of {', '.join(PRESETS)}.")
@click.option("-o", "--output", "target", metavar="FILE", default=CONFIG_NAME, help=f"Default: {CONFIG_NAME}.")
@click.option("--force", is_flag=True, help="Replace FILE; what is set in it is lost.")
def init(*, preset: str | None, target: str, force: bool) -> None:
    """Write a configuration to start from: every setting with its meaning, commented out."""
    from newsdedup.config.written import init_yaml  # noqa: PLC0415

    if preset is not None:
        _refuse_unknown(preset)
    path = writable(target, "-o")
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise ConfigError(f"-o: {target} is no YAML file; give a name such as {CONFIG_NAME}")
    if path.exists() and not force:
        raise ConfigError(f"{path} is there; -o names another file, --force replaces it with all that is set in it")
    write_whole(path, init_yaml(preset).splitlines())
    say(f"wrote {path}")
    if overlooked(path):
        say(f"pyproject.toml [tool.newsdedup] is not read any more: {path} goes before it")


@config.command()
@click.argument("name", metavar="[NAME]", required=False)
def presets(*, name: str | None) -> None:
    """List the presets, or print what one of them sets, and why."""
    from newsdedup.config.written import preset_yaml  # noqa: PLC0415

    if name is None:
        width = max(map(len, PRESETS))
        _write(f"{preset.name:{width}}  {preset.purpose}" for preset in PRESETS.values())
        return
    _refuse_unknown(name)
    _write(preset_yaml(name).splitlines())


@config.command()
def schema() -> None:
    """Print the JSON schema of newsdedup.yaml, for editors."""
    from newsdedup.config.schema import schema_text  # noqa: PLC0415

    _write(schema_text().splitlines())


def _refuse_unknown(name: str) -> None:
    from newsdedup.config.nearest import nearest  # noqa: PLC0415  # difflib

    if name not in PRESETS:
        raise ConfigError(f"no preset {name or '(empty)'}; {nearest(name, PRESETS)}")


def _shown_text(found: Settings, *, unread: bool) -> Iterator[str]:
    from newsdedup.config.written import flow, plain  # noqa: PLC0415

    rows = [("setting", "value", "from")]
    for name, setting in found.by_key.items():
        value = plain(name, setting.value)
        rules = value if name == "allow" and isinstance(value, list) else []
        rows.append((name, f"{len(rules)} rules:" if len(rules) > 1 else flow(value), setting.origin))
        if len(rules) > 1:
            rows += (("", flow(rule), "") for rule in rules)
    shown = [[visible(cell) for cell in row] for row in rows]
    name_width = max(len(row[0]) for row in shown)
    value_width = max(len(row[1]) for row in shown if len(row[1]) <= _VALUE_WIDTH)
    for name, value, origin in shown:
        yield f"{padded(name, name_width)}  {padded(value, value_width)}  {origin}".rstrip()
    yield ""
    yield visible(f"file: {found.file.name}") if found.file else "file: none"
    if unread:
        yield "pyproject.toml [tool.newsdedup] in the same folder is not read: newsdedup.yaml goes before it"


def _shown_json(found: Settings, *, unread: bool) -> Iterator[str]:
    document = {
        "type": "config",
        "file": found.file.name if found.file else None,
        "not_read": ["pyproject.toml [tool.newsdedup]"] if unread else [],
        "settings": {name: _setting_object(name, setting) for name, setting in found.by_key.items()},
    }
    yield from json.dumps(document, indent=2).splitlines()


def _setting_object(name: str, setting: Setting) -> dict[str, object]:
    from newsdedup.config.written import plain  # noqa: PLC0415

    return {"value": plain(name, setting.value), "from": setting.origin}


def _write(lines: Iterable[str]) -> None:
    outputs = Outputs(stdout=FORMATS["text"], files=(), style=Style())
    deliver(outputs, lambda form, style: iter(lines))
