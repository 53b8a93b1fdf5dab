"""Where settings come from: flags > environment > file > defaults."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from newsdedup.config.settings import KEYS, Config, parsed
from newsdedup.errors import ConfigError

CONFIG_NAME = "newsdedup.yaml"
"""The file that is read from the working directory when no other is named."""

ENV_PREFIX = "NEWSDEDUP_"

_MAX_FILE_BYTES = 1_000_000
_MAX_DEPTH = 3  # a mapping whose values are lists or mappings of words
_MAX_EVENTS = 2_000  # bounds the time of the pure Python parser: 20 ms; the default file has 40
_OTHER_VARIABLES = frozenset({"NEWSDEDUP_BENCH", "NEWSDEDUP_DEBUG", "NEWSDEDUP_KERNEL"})  # read elsewhere; not settings
_BY_NAME = {key.name: key for key in KEYS}


def load_config(file: Path | None, environ: Mapping[str, str], overrides: Mapping[str, object], cwd: Path) -> Config:
    """The settings of a run: command line > NEWSDEDUP_* environment > file > defaults.

    Args:
        file: The file named with --config; None reads `newsdedup.yaml` in `cwd` when it is there.
        environ: Variables; an empty one counts as not set.
        overrides: From the command line, by key (`min_score`, `all`, `window`, `map`); None means "not given".
        cwd: Where `newsdedup.yaml` is looked for.

    Raises:
        ConfigError: An unknown key or variable, a value out of range, or a file that cannot be read.
    """
    values = _from_file(file, cwd)
    values.update(_from_environment(environ))
    for name, value in overrides.items():
        if value is not None:
            key = _BY_NAME[name]
            option = f"--{name.replace('_', '-')}"
            values[key.attribute] = parsed(key, value, place="command line", label=option)
    return Config(**values)  # type: ignore[arg-type]  # each value comes from the parser of its own key


def default_yaml() -> str:
    """The text of `configs/default.yaml`: every key with its default and a comment line above it."""
    defaults = Config()
    lines = [
        "# The defaults of newsdedup, generated from newsdedup.config; copy it to ./newsdedup.yaml and keep what",
        "# you change. The command line and NEWSDEDUP_* variables (NEWSDEDUP_MIN_SCORE) go before it.",
    ]
    for key in KEYS:
        lines += ["", f"# {key.comment}", f"{key.name}: {_as_yaml(getattr(defaults, key.attribute))}"]
    return "\n".join(lines) + "\n"


def _as_yaml(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value)


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    variables = {f"{ENV_PREFIX}{key.name.upper()}": key for key in KEYS}
    values: dict[str, object] = {}
    for name in sorted(environ):
        if not name.startswith(ENV_PREFIX) or name in _OTHER_VARIABLES:
            continue
        if name not in variables:
            raise ConfigError(f"environment: unknown variable {name}; {_nearest(name, variables)}")
        if environ[name]:
            key = variables[name]
            values[key.attribute] = parsed(key, environ[name], place="environment", label=name)
    return values


def _from_file(file: Path | None, cwd: Path) -> dict[str, object]:
    path = file if file is not None else cwd / CONFIG_NAME
    place = str(file) if file is not None else CONFIG_NAME
    if file is None and not path.exists():
        return {}
    values: dict[str, object] = {}
    for name, value, line in _read_mapping(path, place):
        if name not in _BY_NAME:
            raise ConfigError(f"{place}: unknown key {name}; {_nearest(name, _BY_NAME)}")
        key = _BY_NAME[name]
        if key.attribute in values:
            raise ConfigError(f"{place} line {line}: {name} is given twice; keep one")
        found = parsed(key, value, place=f"{place} line {line}", label=name)
        # a file is named as seen from the configuration, which stays true wherever the run starts
        values[key.attribute] = path.parent / found if isinstance(found, Path) else found
    return values


def _read_mapping(path: Path, place: str) -> Iterator[tuple[str, object, int]]:
    """The (key, value, line) entries of a YAML file, whose size, depth and use of aliases are bounded."""
    import yaml  # noqa: PLC0415  # costs 30 ms; most runs have no file

    try:
        if not path.is_file():
            raise ConfigError(f"{place}: {'not a file' if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{place}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{place}: not UTF-8 text; save it as UTF-8") from None
    if len(data) > _MAX_FILE_BYTES:
        raise ConfigError(f"{place}: over 1 MB; a configuration is a few lines")
    try:
        depth = line = 0
        for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            line = event.start_mark.line + 1 if event.start_mark else line
            if isinstance(event, yaml.AliasEvent):
                raise ConfigError(f"{place} line {line}: aliases (*name) are refused; write the value out")
            if depth > _MAX_DEPTH or count > _MAX_EVENTS:
                raise ConfigError(f"{place} line {line}: nested too deeply or too long for a configuration")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place} line {mark.line + 1}" if mark else place
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        raise ConfigError(f"{where}: broken YAML: {problem}") from None
    except ValueError as error:  # dates and numbers that no value of ours could be
        raise ConfigError(f"{place}: broken YAML: {error}") from None
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise ConfigError(f'{place} line 1: not a mapping; write one "key: value" a line')
    for key_node, value_node in node.value:
        name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "[...]"
        yield name, values.get(name), value_node.start_mark.line + 1


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
