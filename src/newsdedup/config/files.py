"""Which file a configuration is read from, and what is written in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsdedup.config.entries import Entry, Place
from newsdedup.errors import ConfigError

CONFIG_NAME = "newsdedup.yaml"
PYPROJECT_NAME = "pyproject.toml"
_TABLE = "[tool.newsdedup]"

_MAX_FILE_BYTES = 1_000_000
_MAX_LINE_DOTS = 500  # tomllib takes the square of a dotted key's parts: a line of 50,000 took 57 s
_MAX_TABLE_DEPTH = 4  # as deep as YAML may go: table, rules of allow, a rule, its verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A configuration that was read.

    Attributes:
        path: As named, or made from the working directory.
        name: For messages: as named, or as seen from the working directory; of a pyproject.toml with the table.
        entries: In the order of the file.
    """

    path: Path
    name: str
    entries: tuple[Entry, ...]


def read_file(path: Path) -> ConfigFile:
    """The file that was named: YAML, or a TOML file with a table [tool.newsdedup].

    Raises:
        ConfigError: It cannot be read, or is not what it should be.
    """
    if path.suffix.lower() != ".toml":
        return _yaml_file(path, str(path))
    found = _toml_file(path, str(path), passes_by=False)
    if found is None:
        raise ConfigError(f"{path}: no table {_TABLE}; add it, or name another file")
    return found


def discovered_file(cwd: Path) -> ConfigFile | None:
    """The nearest configuration: newsdedup.yaml, else a pyproject.toml with our table, in `cwd` or above it.

    Looked for up to the folder that holds `.git`; where there is none, in `cwd` alone, so that nobody else's file in
    a shared folder above decides.

    Raises:
        ConfigError: The file cannot be read, or is not what it should be.
    """
    for number, folder in enumerate(_folders(cwd)):
        up = "../" * number
        if os.path.lexists(folder / CONFIG_NAME):
            return _yaml_file(folder / CONFIG_NAME, up + CONFIG_NAME)
        found = _toml_file(folder / PYPROJECT_NAME, up + PYPROJECT_NAME, passes_by=True)
        if found is not None:
            return found
    return None


def overlooked(path: Path) -> bool:
    """Whether a pyproject.toml beside this newsdedup.yaml has settings, which are not read."""
    beside = path.with_name(PYPROJECT_NAME)
    try:
        return path.name == CONFIG_NAME and _toml_file(beside, PYPROJECT_NAME, passes_by=True) is not None
    except ConfigError:
        return False  # what is not read need not be whole


def _folders(cwd: Path) -> list[Path]:
    folders = [cwd, *cwd.parents]
    for number, folder in enumerate(folders):
        if (folder / ".git").exists():  # a folder, or a file in a worktree
            return folders[: number + 1]
    return [cwd]


def _yaml_file(path: Path, name: str) -> ConfigFile:
    text = _decoded(_read(path, name), name)
    from newsdedup.config.yaml_entries import yaml_entries  # noqa: PLC0415  # yaml costs 30 ms; most runs have no file

    return ConfigFile(path=path, name=name, entries=tuple(yaml_entries(text, name)))


def _toml_file(path: Path, name: str, *, passes_by: bool) -> ConfigFile | None:
    """None when it has no table of ours.

    Args:
        passes_by: None too when the file is not there, or is broken and does not speak of us: it is another tool's.
    """
    if passes_by and not path.is_file():
        return None
    data = _read(path, name)
    if b"newsdedup" not in data:  # spares the parser
        return None
    import tomllib  # noqa: PLC0415  # most runs have no such file

    table: object = None
    try:
        text = _decoded(data, name)
        _refuse_long_keys(text, name)
        tool = tomllib.loads(text).get("tool")
        table = tool.get("newsdedup") if isinstance(tool, dict) else None
    except (tomllib.TOMLDecodeError, RecursionError, ConfigError) as error:
        if passes_by and b"[tool.newsdedup" not in data:
            return None
        if isinstance(error, ConfigError):
            raise
        told = "nested too deeply" if isinstance(error, RecursionError) else error
        raise ConfigError(f"{name}: broken TOML: {told}") from None
    if table is None:
        return None
    name = f"{name} {_TABLE}"
    if not isinstance(table, dict):
        raise ConfigError(f"{name}: not a table; write one key = value a line below {_TABLE}")
    if _depth_over(table, _MAX_TABLE_DEPTH):
        raise ConfigError(f"{name}: nested too deeply for a configuration")
    entries = (Entry(name=key, value=value, place=Place(name=name)) for key, value in table.items())
    return ConfigFile(path=path, name=name, entries=tuple(entries))


def _refuse_long_keys(text: str, name: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MAX_LINE_DOTS:
            raise ConfigError(f"{name} line {number}: over {_MAX_LINE_DOTS} dots in a line; break it into several")


def _depth_over(value: object, most: int) -> bool:
    """Whether collections stand in each other more than `most` deep; looks no deeper than that."""
    if not isinstance(value, dict | list):
        return False
    return most == 0 or any(_depth_over(each, most - 1) for each in _members(value))


def _members(value: dict[str, object] | list[object]) -> Iterator[object]:
    return iter(value.values() if isinstance(value, dict) else value)


def _read(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():
            raise ConfigError(f"{name}: {'not a file' if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from None
    if len(data) > _MAX_FILE_BYTES:
        raise ConfigError(f"{name}: over 1 MB; a configuration is a few lines")
    return data


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: not UTF-8 text; save it as UTF-8") from None
