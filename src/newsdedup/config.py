"""Every setting of a run as plain values, and how they are read: flags > environment > file > defaults."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsdedup.errors import ConfigError
from newsdedup.result import Verdict

CONFIG_NAME = "newsdedup.yaml"
"""The file that is read from the working directory when no other is named."""

ENV_PREFIX = "NEWSDEDUP_"
VIEWS = ("copy", "terms", "facts", "passages")
RECORD_FIELDS = ("id", "title", "text", "published", "source", "url", "lang")

_MAX_FILE_BYTES = 1_000_000
_MAX_DEPTH = 3  # a mapping whose values are lists or mappings of words
_MAX_EVENTS = 2_000  # bounds the time of the pure Python parser: 20 ms; the default file has 40
_OTHER_VARIABLES = frozenset({"NEWSDEDUP_BENCH", "NEWSDEDUP_DEBUG"})  # read elsewhere; not settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one run; a value out of range raises ConfigError.

    Attributes:
        views: Ways of looking for candidates; `copy` alone is the classic near-copy scan.
        lang: ISO 639-1 code of every article; None means "as stated, else found from the text".
        min_verdict: Weakest verdict that is reported.
        min_score: Lowest score that is reported, 0..1.
        report_all: Report weaker relations (related, template) too; the key is `all`.
        window_days: Only articles published at most this many days apart are compared; None means all. The key
            is `window`.
        bucket_cap: Articles in one bucket that are paired with each other; beyond it each is paired with two only.
        max_bytes: Larger inputs are skipped; counted after unpacking.
        field_map: Record field -> the name that the input uses for it; the key is `map`.
        jobs: Worker processes; the result does not depend on it.
        strict: Exit 3 when inputs were skipped.
    """

    views: tuple[str, ...] = VIEWS
    lang: str | None = None
    min_verdict: Verdict = Verdict.REWRITE
    min_score: float = 0.7
    report_all: bool = False
    window_days: float | None = None
    bucket_cap: int = 200
    max_bytes: int = 20_000_000
    field_map: Mapping[str, str] = field(default_factory=dict)
    jobs: int = 1
    strict: bool = False

    def __post_init__(self) -> None:
        """A Config that exists is a valid one, also when a program makes it."""
        for key in KEYS:
            value = getattr(self, key.attribute)
            object.__setattr__(self, key.attribute, _parsed(key, value, place="Config", label=key.attribute))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One setting: what it is called, what it allows, and how it is read.

    Attributes:
        name: In YAML; `--min-score` and `NEWSDEDUP_MIN_SCORE` are made from it.
        attribute: In `Config`.
        allowed: The allowed values in words.
        comment: The line above it in the generated file.
        parse: Value as written (text from flags and environment, YAML types from a file) -> value of `Config`;
            raises ValueError.
    """

    name: str
    attribute: str
    allowed: str
    comment: str
    parse: Callable[[object], object]


def _views(value: object) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else _strings(value)
    if not names or not set(names) <= set(VIEWS):
        raise ValueError
    return tuple(view for view in VIEWS if view in names)


def _strings(value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError
    return list(value)


def _lang(value: object) -> str | None:
    if value is None:
        return None
    if value is False:
        return "no"  # YAML 1.1 reads a bare `no` as false; here it can only mean Norwegian
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,3}", value):
        raise ValueError
    return value.lower()


def _verdict(value: object) -> Verdict:
    return Verdict(value) if isinstance(value, str) else _refuse()


def _refuse() -> Verdict:
    raise ValueError


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(number):
        raise ValueError
    return number


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number + 0.0  # -0.0 becomes 0.0


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if not isinstance(value, str) or value.strip().lower() not in words:
        raise ValueError
    return words[value.strip().lower()]


def _window(value: object) -> float | None:
    if value is None:
        return None
    days_per_unit = 1.0
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([0-9.]{1,20})\s*([dh]?)\s*", value, re.ASCII)
        if match is None:
            raise ValueError
        value, days_per_unit = match[1], 1 / 24 if match[2] == "h" else 1.0
    days = _number(value) * days_per_unit
    if days <= 0:
        raise ValueError
    return days


def _whole(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        number = int(value)
        if not low <= number <= high:
            raise ValueError
        return number

    return parse


def _field_map(value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        parts = value.split(",") if isinstance(value, str) else _strings(value)
        cut = [part.strip().partition("=") for part in parts]
        pairs = [(ours, theirs) for ours, _, theirs in cut]
    names: dict[str, str] = {}
    for ours, theirs in pairs:
        if ours not in RECORD_FIELDS or ours in names or not isinstance(theirs, str) or not theirs:
            raise ValueError
        names[ours] = theirs
    return {ours: names[ours] for ours in RECORD_FIELDS if ours in names}


def _key(name: str, allowed: str, comment: str, parse: Callable[[object], object], *, attribute: str = "") -> Key:
    return Key(name=name, attribute=attribute or name, allowed=allowed, comment=comment, parse=parse)


KEYS: tuple[Key, ...] = (
    _key("views", f"one or more of {', '.join(VIEWS)}", "Ways of looking for candidates.", _views),
    _key(
        "lang",
        "an ISO 639-1 code such as en, or null",
        "Language of every article (en, de, es, ...); null: as the record states, else found from the text.",
        _lang,
    ),
    _key(
        "min_verdict",
        f"one of {', '.join(Verdict)}",
        f"Weakest verdict that is reported; strongest first: {', '.join(Verdict)}.",
        _verdict,
    ),
    _key(
        "min_score",
        "a number from 0 to 1",
        "Lowest score that is reported: the probability that one text derives from the other.",
        _share,
    ),
    _key(
        "all",
        "true or false",
        "Report weaker relations (related, template) too.",
        _switch,
        attribute="report_all",
    ),
    _key(
        "window",
        "a time above 0 such as 14d, 36h or a number of days, or null",
        "Look for rewrites only among articles published at most this far apart (14d, 36h, or days); null: all.",
        _window,
        attribute="window_days",
    ),
    _key(
        "bucket_cap",
        "a whole number from 2 to 1000000",
        "Articles of one bucket that are paired with each other; beyond it each is paired with two of them only.",
        _whole(2, 1_000_000),
    ),
    _key(
        "max_bytes",
        "a whole number from 1 to 1000000000000",
        "Larger inputs are skipped as too-large; counted after unpacking.",
        _whole(1, 10**12),
    ),
    _key(
        "map",
        f"FIELD=NAME with FIELD one of {', '.join(RECORD_FIELDS)}, each once",
        "Names that records use for our fields, such as {text: body, published: date}.",
        _field_map,
        attribute="field_map",
    ),
    _key("jobs", "a whole number from 1 to 1024", "Worker processes; the result is the same.", _whole(1, 1024)),
    _key("strict", "true or false", "Exit 3 when inputs were skipped.", _switch),
)

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
            values[key.attribute] = _parsed(key, value, place="command line", label=option)
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


def _parsed(key: Key, value: object, *, place: str, label: str) -> object:
    try:
        return key.parse(value)
    except ValueError:
        shown = str(value) if isinstance(value, str | int | float | None) else ", ".join(map(str, _flat(value)))
        if value is None:
            shown = "empty"
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        raise ConfigError(f"{place}: {label} is {shown or 'empty'}; allowed: {key.allowed}") from None


def _flat(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (f"{ours}={theirs}" for ours, theirs in value.items())
    return value if isinstance(value, list | tuple) else (value,)


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
            values[key.attribute] = _parsed(key, environ[name], place="environment", label=name)
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
        values[key.attribute] = _parsed(key, value, place=f"{place} line {line}", label=name)
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
