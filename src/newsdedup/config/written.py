"""Settings as text: YAML that people read and edit, generated from the keys and the presets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from newsdedup.config.allow import FIELDS
from newsdedup.config.keys import KEYS, PRESET_KEY
from newsdedup.config.presets import PRESETS, Choice
from newsdedup.config.settings import Config
from newsdedup.gate.allow import AllowRule

_PLAIN = re.compile(
    r"[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(\.[0-9]+)?[dh]"
)  # needs no quotes in YAML, but for the words below
_WORDS_OF_YAML = frozenset("null true false yes no on off y n".split())


def default_yaml() -> str:
    """The text of `configs/default.yaml`: every key with its default and a comment above it."""
    defaults = Config()
    lines = [
        "# The defaults of newsdedup, generated from newsdedup.config; to start a file run newsdedup config init.",
        "# The command line and NEWSDEDUP_* variables (NEWSDEDUP_MIN_SCORE) go before a file.",
    ]
    for key in KEYS:
        value = None if key is PRESET_KEY else getattr(defaults, key.attribute)
        lines += ["", *_comment(key.comment), f"{key.name}: {flow(plain(key.name, value))}"]
    return _text(lines)


def preset_yaml(name: str) -> str:
    """The text of `configs/NAME.yaml`: what the preset sets, and why."""
    preset = PRESETS[name]
    lines = [
        f"# {preset.purpose}",
        f"# Generated from newsdedup.config; --preset {name} sets the same without a file.",
    ]
    for choice in preset.choices:
        lines += ["", *_choice(choice)]
    return _text(lines)


def init_yaml(name: str | None) -> str:
    """A configuration to start from: every key commented out, with the value that it has then.

    What is commented out follows the defaults and the preset; prose has a space after its #, settings have none.

    Args:
        name: Of the preset to start from, which is the one setting that is not commented out.
    """
    defaults = Config()
    choices = {choice.key: choice for choice in PRESETS[name].choices} if name else {}
    lines = [
        "# Settings of newsdedup. To set one, remove the # before its name; newsdedup config show tells what holds.",
        "# The command line and NEWSDEDUP_* variables (NEWSDEDUP_MIN_SCORE) go before this file.",
    ]
    for key in KEYS:
        lines += ["", *_comment(key.comment)]
        if key is PRESET_KEY:
            lines.append(f"{'' if name else '#'}{key.name}: {name or 'null'}")
        elif key.name in choices:
            lines += [f"# Preset {name}:", *_choice(choices[key.name], mark="#")]
        else:
            lines.append(f"#{key.name}: {flow(plain(key.name, getattr(defaults, key.attribute)))}")
    return _text(lines)


def plain(name: str, value: object) -> object:
    """A value of `Config` as a file would have it, of what JSON knows.

    Args:
        name: Of the key; days of `window` become `14d`.
    """
    if name == "window" and isinstance(value, float):
        days = repr(value).removesuffix(".0")
        return f"{days}d" if "e" not in days else value
    if isinstance(value, AllowRule):
        fields = {field: plain(field, getattr(value, field)) for field in FIELDS}
        return {field: found for field, found in fields.items() if found not in (None, [])}
    if isinstance(value, tuple):
        return [plain(name, each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path | str):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def flow(value: object) -> str:
    """A value of `plain` as YAML in one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {flow(each)}' for name, each in value.items())}}}"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    return json.dumps(value, ensure_ascii=False)


def _choice(choice: Choice, mark: str = "") -> Iterator[str]:
    yield from (f"# {line}" for line in choice.reason)
    yield f"{mark}{choice.key}: {flow(choice.value)}"


def _comment(comment: str) -> Iterator[str]:
    return (f"# {line}" for line in comment.split("\n"))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
