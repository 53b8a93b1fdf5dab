"""A file of an article read once more, as it stands: to point at the lines of what was found in it."""

from __future__ import annotations

from newsdedup.loaders import files
from newsdedup.loaders.decode import decode
from newsdedup.loaders.inflate import inflated
from newsdedup.loaders.kinds import GZIP
from newsdedup.loaders.refused import READ_ERRORS, RefusedError


def read_text(path: str, max_bytes: int) -> str | None:
    """The text of a file, markup and front matter included; None where it cannot be read any more."""
    try:
        with files.open_file(path, nofollow=False) as file:
            stream = inflated(file, max_bytes) if path.lower().endswith(GZIP) else file
            return decode(files.read_capped(stream, max_bytes))
    except (RefusedError, *READ_ERRORS):
        return None
