"""What a file is by its name. Imports nothing, so that asking loads no reader."""

from __future__ import annotations

import os
from typing import Final, Literal

Format = Literal["txt", "md", "html", "jsonl"]
FORMATS: Final[dict[str, Format]] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""The ends of names, in lower case, that are read; each may have GZIP behind it."""
GZIP: Final = ".gz"


def format_of(path: str) -> Format | None:
    """The format that the name of a file tells; None when it tells none."""
    name = os.path.basename(path.lower()).removesuffix(GZIP)  # noqa: PTH119  # pathlib is not imported yet
    stem, dot, suffix = name.rpartition(".")
    return FORMATS.get(dot + suffix) if stem.strip(".") else None


def reads(path: str | os.PathLike[str]) -> bool:
    """Whether a file of this name in a folder is read as an article."""
    return format_of(os.fsdecode(path)) is not None
