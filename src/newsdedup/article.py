"""The nouns that every floor shares: what comes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from newsdedup.printable import printable_path

STDIN_ORIGIN = "standard input"
_FEED_ENDS = (".rss", ".atom", ".xml", ".json")  # what holds entries, not lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article as its source gave it; nothing is normalised yet.

    Attributes:
        id: Unique within a run. For a file, its path relative to the PATH given, with forward slashes;
            for a record its `id` field, else `FILE#LINE`; for an entry of a feed its guid, else its link, else
            `FILE#NUMBER`. Ids are data, never used as paths.
        text: The body, as decoded.
        title: None when the source has none.
        published: As given, usually ISO 8601; None when unknown.
        source: Publisher or outlet; None when unknown.
        url: None when unknown.
        lang: ISO 639-1 code when the source states it; None means "find it from the text".
        canonical: Address or name that the article gives as its original; None when it states none.
        origin: Path of the file that the article was read from (`feeds/a.jsonl`), as it opens, or STDIN_ORIGIN; "" when
            made in memory.
        line: Line of a record in its file, or number of an entry in its feed, from 1; None for an article that is a
            file of its own.
    """

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    lang: str | None = None
    canonical: str | None = None
    origin: str = ""
    line: int | None = None

    @property
    def file(self) -> str | None:
        """The file that the article was read from, with forward slashes; None when it came from none."""
        return None if self.origin in ("", STDIN_ORIGIN) else PurePath(self.origin).as_posix()

    @property
    def names_itself(self) -> bool:
        """Whether the id was given by the source (or by who made the article in memory).

        False for `FILE#LINE`, and for an article that is a file of its own or the text of standard input: its id is
        its path, or `-`.
        """
        if not self.origin:
            return True
        if self.line is None:
            return False
        name, mark, number = self.id.rpartition("#")
        if not mark or number != str(self.line):
            return True
        if self.file is None:
            return name != "-"
        return not f"/{printable_path(self.file)}".endswith(f"/{name.removeprefix('/')}")

    def other_ids(self) -> Iterator[str]:
        """Names to go by where another article has the id, one after the other until one is free.

        The first is `FILE#ID`, `-#ID` for one from standard input, `new#ID` for one made in memory.
        """
        name = f"{printable_path(self.file or ('-' if self.origin else 'new'))}#{self.id}"
        while True:
            yield name
            name = f"{name}#{self.line or 2}"

    @property
    def place(self) -> str:
        """Where the article was read, for messages: `feeds/a.jsonl line 17`, `feeds/a.rss entry 3`.

        "" when made in memory. What has none of the endings of feeds has lines, as does standard input.
        """
        file = printable_path(self.origin)
        if self.line is None:
            return file
        return f"{file} {'entry' if self.in_feed else 'line'} {self.line}"

    @property
    def in_feed(self) -> bool:
        """Whether `line` counts entries, which tells no line of the file."""
        return self.line is not None and self.origin.lower().removesuffix(".gz").endswith(_FEED_ENDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An input that was not read, and why; counted in the summary, never dropped in silence.

    Attributes:
        input: The id the article would have had, or the path.
        reason: A stable code: `binary`, `empty`, `unreadable`, `too-large`, `undecodable`, `not-a-file`,
            `unknown-type`, `bad-json`, `bad-xml`, `unsafe-xml`, `no-text`, `duplicate-id`.
        detail: One line for a person: what is wrong, where, and the way out; may be "".
    """

    input: str
    reason: str
    detail: str = ""
