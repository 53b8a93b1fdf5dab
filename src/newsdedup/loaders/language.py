"""The language that a source states."""

from __future__ import annotations


def language_code(stated: object) -> str | None:
    """The ISO 639-1 code in a stated language (`en`, `EN`, `pt-BR`), None for anything else (`English`, 7)."""
    if not isinstance(stated, str):
        return None
    code = stated.strip()[:3].lower()
    if len(code) == 3 and code[2] in "-_":
        code = code[:2]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None
