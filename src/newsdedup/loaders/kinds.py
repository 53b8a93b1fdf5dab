"""What a file is by its name. Imports nothing, so that asking loads no reader."""

from __future__ import annotations

import os
from typing import Final, Literal

Format = Literal["txt", "md", "html", "jsonl", "feed"]
FORMATS: Final[dict[str, Format]] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".rss": "feed",
    ".atom": "feed",
}
"""The ends of names, in lower case, that are read; each may have GZIP behind it."""
BY_CONTENT: Final = (".xml", ".json")
"""The ends of names that are read where the file turns out to be a feed: most files of these names are something else,
reports of this very tool among them."""
GZIP: Final = ".gz"


def format_of(path: str) -> Format | None:
    """The format that the name of a file tells; None when it tells none."""
    return FORMATS.get(_ending(path))


def may_be_feed(path: str) -> bool:
    """Whether the name leaves it to the content: one of BY_CONTENT."""
    return _ending(path) in BY_CONTENT


def reads(path: str | os.PathLike[str]) -> bool:
    """Whether a file of this name in a folder is read as articles, whatever it holds."""
    return format_of(os.fsdecode(path)) is not None


def _ending(path: str) -> str:
    name = os.path.basename(path.lower()).removesuffix(GZIP)  # noqa: PTH119  # pathlib is not imported yet
    stem, dot, suffix = name.rpartition(".")
    return dot + suffix if stem.strip(".") else ""
