"""What steers the loaders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Literal

from newsdedup.errors import ConfigError

FIELDS: Final = ("id", "title", "text", "published", "source", "url", "lang", "canonical")
"""The fields of an article that a record may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderParams:
    """How articles are read.

    Attributes:
        max_bytes: Largest text file, inflated if it is compressed; for JSON lines the longest line, because
            those files are streamed and may be of any size.
        field_map: Our field -> the field of the record it is read from (`{"text": "body"}`).
        lang: Language given to every article, whatever it states itself; None keeps what it states.
        ids: What the id of a file in a folder is: its path `relative` to that folder, or its `path` as seen from where
            the run was started (`drafts/a.md`); with the latter, an article with the id of another one is not skipped
            unless it has the very same text, and goes by `FILE#ID`.
        stdin_format: What standard input holds; `auto` takes it for a feed when it begins as one, and for JSON lines
            when it starts with `{`.
        equal_ids: What becomes of an article whose id is taken: skipped, as the `first` keeps it, or read, as `all`
            are, for a caller who tells them apart; with the latter ids may come out twice, whatever `ids` says.
        left_out: Real paths of files and folders that are neither read nor told as skipped (those of a store that
            lies among its inputs).
    """

    max_bytes: int = 20_000_000
    field_map: Mapping[str, str] = field(default_factory=dict)
    lang: str | None = None
    ids: Literal["relative", "path"] = "relative"
    stdin_format: Literal["auto", "txt", "jsonl"] = "auto"
    equal_ids: Literal["first", "all"] = "first"
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that no input could be read with.

        Raises:
            ConfigError: An unknown field name in `field_map`, or `max_bytes` below 1.
        """
        if self.max_bytes < 1:
            raise ConfigError(f"max_bytes is {self.max_bytes}; it must be 1 or more")
        for name in self.field_map:
            if name not in FIELDS:
                near = get_close_matches(name, FIELDS, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known fields: {', '.join(FIELDS)}"
                raise ConfigError(f"unknown article field {name!r} in the field map; {hint}")
