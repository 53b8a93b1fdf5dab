"""What a kept signature depends on: two runs whose fingerprints differ must not share signatures."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

SIGNATURE = 1
"""Number of our own part: normaliser, tokeniser, weights, views and schemes; a change is said in the CHANGELOG."""

IDENTITY = 1
"""Number of the rule by which two readings are one article: how `ingest` makes keys of their address and text."""

_FOUND = "found per article"
_LIBRARIES = ("py3langid", "PyStemmer", "wordfreq")


def fingerprint(views: frozenset[str], lang: str | None) -> dict[str, str]:
    """By name, in the order in which differences are told."""
    return {
        "views": ",".join(sorted(views)),
        "lang": lang or _FOUND,
        "signature": str(SIGNATURE),
        "unicode": unicodedata.unidata_version,
        **{name: _version(name) for name in _LIBRARIES},
    }


def store_fingerprint(views: frozenset[str], lang: str | None) -> dict[str, str]:
    """What a store depends on: its signatures, and by what it knows an article again."""
    return fingerprint(views, lang) | {"identity": str(IDENTITY)}


def lang_of(parameters: Mapping[str, str]) -> str | None:
    """The language that a fingerprint was made with."""
    lang = parameters.get("lang", _FOUND)
    return None if lang == _FOUND else lang


def difference(kept: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """What differs, for a person: `views: copy there, copy,facts here`; "" when nothing does."""
    names = [*ours, *(name for name in kept if name not in ours)]
    found = [(name, kept.get(name, "nothing"), ours.get(name, "nothing")) for name in names]
    return "; ".join(f"{name}: {there} there, {here} here" for name, there, here in found if there != here)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # packed into one program
        return "unknown"
