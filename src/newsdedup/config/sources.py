"""Where settings come from: command line > environment > file > preset > defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newsdedup.config.entries import Place
from newsdedup.config.files import CONFIG_NAME, ConfigFile, discovered_file, read_file
from newsdedup.config.keys import INGEST_WINDOW_DAYS, KEYS, PRESET_KEY, VALUE_KEYS, Key, parsed
from newsdedup.config.nearest import nearest
from newsdedup.config.presets import PRESETS
from newsdedup.config.settings import Config
from newsdedup.errors import ConfigError

ENV_PREFIX = "NEWSDEDUP_"

_OTHER_VARIABLES = frozenset({"NEWSDEDUP_BENCH", "NEWSDEDUP_DEBUG", "NEWSDEDUP_KERNEL"})  # read elsewhere; not settings
_BY_NAME = {key.name: key for key in KEYS}
_BY_VARIABLE = {f"{ENV_PREFIX}{key.name.upper()}": key for key in KEYS}
_COMMAND_LINE = Place(name="command line")
_ENVIRONMENT = Place(name="environment")
_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value of `Config`, or the name of a preset, and where it came from in words (`newsdedup.yaml line 3`)."""

    value: object
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run is steered by, and where each value came from.

    Attributes:
        config: The values.
        by_key: Every key of KEYS in its order, `preset` first.
        file: The configuration that was read; None when there is none.
    """

    config: Config
    by_key: Mapping[str, Setting]
    file: ConfigFile | None

    def for_ingest(self) -> Config:
        """The values for an ingest, which has a window unless somebody said that there is none."""
        unsaid = self.by_key["window"].origin == _DEFAULT
        return replace(self.config, window_days=INGEST_WINDOW_DAYS) if unsaid else self.config


def load_settings(
    file: Path | None, environ: Mapping[str, str], overrides: Mapping[str, object], cwd: Path
) -> Settings:
    """The settings of a run: command line > NEWSDEDUP_* environment > file > preset > defaults.

    Which preset is said by the first of command line, environment and file that names one; the file's other settings
    go before the values of the preset all the same.

    Args:
        file: The file named with --config; None looks for one, see `discovered_file`.
        environ: Variables; an empty one counts as not set.
        overrides: From the command line, by key (`min_score`, `all`, `window`, `map`); None means "not given".
        cwd: Where a configuration is looked for, and above.

    Raises:
        ConfigError: An unknown key or variable, a value out of range, or a file that cannot be read.
    """
    read = read_file(file) if file is not None else discovered_file(cwd)
    given = _from_file(read, cwd) if read else {}
    given.update(_from_environment(environ))
    given.update(_from_command_line(overrides))
    chosen = given.get(PRESET_KEY.name)
    settings = _defaults() | _from_preset(chosen.value if chosen else None) | given
    values = {key.attribute: settings[key.name].value for key in VALUE_KEYS}
    config = Config(**values)  # type: ignore[arg-type]  # each value comes from the parser of its own key
    return Settings(config=config, by_key=settings, file=read)


def command_line_value(name: str, text: str) -> Any:
    """What one option says, read as the setting of its name is, for a command that no other source steers.

    Raises:
        ConfigError: It is not allowed.
    """
    return _from_command_line({name: text})[name].value


def _defaults() -> dict[str, Setting]:
    defaults = Config()
    values = {key.name: getattr(defaults, key.attribute) for key in VALUE_KEYS}
    return {name: Setting(value=value, origin=_DEFAULT) for name, value in {PRESET_KEY.name: None, **values}.items()}


def _from_preset(name: object) -> dict[str, Setting]:
    if not isinstance(name, str):
        return {}
    place = Place(name=f"preset {name}")
    return {
        choice.key: Setting(
            value=parsed(_BY_NAME[choice.key], choice.value, place=place, label=choice.key), origin=place.at()
        )
        for choice in PRESETS[name].choices
    }


def _from_file(file: ConfigFile, cwd: Path) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for entry in file.entries:
        place = entry.place.at()
        if entry.name not in _BY_NAME:
            raise ConfigError(f"{place}: unknown key {entry.name}; {nearest(entry.name, _BY_NAME)}")
        if entry.name in found:
            raise ConfigError(f"{place}: {entry.name} is given twice; keep one")
        value = parsed(_BY_NAME[entry.name], entry.value, place=entry.place, label=entry.name)
        if isinstance(value, Path):  # as seen from the configuration, which stays true wherever the run starts
            value = file.path.parent / value
        elif entry.name == "allow":
            value = tuple(replace(rule, folder=_seen_from(file.path, cwd)) for rule in value)  # type: ignore[attr-defined]
        found[entry.name] = Setting(value=value, origin=place)
    return found


def _seen_from(file: Path, cwd: Path) -> str:
    """The working directory as seen from the folder of a file; "" when that is it, or when the two share no root."""
    try:
        seen = Path(os.path.relpath(cwd.resolve(), file.resolve().parent)).as_posix()
    except ValueError:  # another drive of Windows
        return ""
    return "" if seen == "." else seen


def _from_environment(environ: Mapping[str, str]) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for name in sorted(environ):
        if not name.startswith(ENV_PREFIX) or name in _OTHER_VARIABLES:
            continue
        if name not in _BY_VARIABLE:
            raise ConfigError(f"environment: unknown variable {name}; {nearest(name, _BY_VARIABLE)}")
        if environ[name]:
            key = _BY_VARIABLE[name]
            value = _from_words(key, environ[name], _ENVIRONMENT, name)
            found[key.name] = Setting(value=value, origin=f"environment {name}")
    return found


def _from_command_line(overrides: Mapping[str, object]) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for name, value in overrides.items():
        if value is not None:
            key = _BY_NAME[name]
            option = f"--{name.replace('_', '-')}"
            found[name] = Setting(value=_from_words(key, value, _COMMAND_LINE, option), origin="command line")
    return found


def _from_words(key: Key, value: object, place: Place, label: str) -> object:
    if key.only_in_files:
        raise ConfigError(f"{place.at()}: {label} cannot be given here: it is {key.allowed}; write it in {CONFIG_NAME}")
    return parsed(key, value, place=place, label=label)
