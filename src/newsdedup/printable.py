"""Texts and file names as a person may be shown them: nothing in them moves a cursor or breaks a line."""

from __future__ import annotations

import os
import re

# C0, DEL, C1; bidi marks, embeddings, overrides and isolates; line and paragraph separators; lone surrogates;
# invisible tag characters. Joiners (U+200C, U+200D) stay, Persian and Indic names need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    r"""The text with control, bidi and line-breaking characters as escapes (`\n`, `\x1b`, `\u202e`); fit for UTF-8."""
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)


def printable_path(path: str) -> str:
    r"""A file name or path for people and ids: forward slashes, bytes that are not UTF-8 as `\xff`.

    The bytes on disk are read as UTF-8 whatever the locale, so that an id does not depend on it.
    """
    if path.isascii() and path.isprintable() and os.sep == "/":
        return path
    path = path.replace(os.sep, "/")
    try:
        return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))
    except UnicodeEncodeError:  # the name of no file
        return printable(path)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"
