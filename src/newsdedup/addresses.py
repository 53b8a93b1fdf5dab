"""Addresses that lead to one page, however they are written.

Libraries that canonicalise addresses disagree (w3lib keeps `utm_*`, url-normalize the fragment, courlan `/a/../`), and
a store lasts longer than a release of any of them, so the rule is our own; RULE is part of the fingerprint of a store.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

RULE = 1
"""Number of the rule; a change makes other keys and is said in the CHANGELOG."""

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)|at_(?:medium|campaign|custom\d))(?:=|$)",
    re.IGNORECASE,
)
_DEFAULT_PORT = re.compile(r":(?:80|443)?$")
_ROUTE = ("!", "/")  # a fragment that begins so names a page of its own


def address_key(address: str | None) -> str:
    """What two addresses of one page have in common; "" for none.

    The scheme, `www.`, the case of the host, its default port, `.` and `..` in the path, how its letters are escaped, a
    slash at the end, the order of parameters, parameters that tell where a reader came from (`utm_...`, `fbclid`) and
    the fragment do not matter; a fragment that names a route (`#!/story`) does.
    """
    rest = _SCHEME.sub("", (address or "").strip(), count=1)
    rest, _, fragment = rest.partition("#")
    page, _, query = rest.partition("?")
    host, slash, path = page.rstrip("/").partition("/")
    if "." in host:
        host = _DEFAULT_PORT.sub("", host.lower()).removeprefix("www.")
    if slash:
        path = "/".join(map(_escaped, _without_dots(path.split("/"))))
    kept = "&".join(sorted(_escaped(part) for part in query.split("&") if part and not _TRACKING.match(part)))
    route = f"#{fragment}" if fragment.startswith(_ROUTE) else ""
    return f"{host}{slash if path else ''}{path}{'?' if kept else ''}{kept}{route}"


def _without_dots(parts: list[str]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    return kept


def _escaped(part: str) -> str:
    """The part with every character escaped that must be, and no other."""
    return quote(unquote_to_bytes(part), safe="=+:@!$'()*,;~-._") if "%" in part or not part.isascii() else part


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two addresses, neither of them empty, lead to one page."""
    return bool(address_key(one)) and address_key(one) == address_key(other)


def host_of(address: str | None) -> str:
    """The host of an address; "" when it has none."""
    host = address_key(address).partition("/")[0].partition("?")[0]
    return host if "." in host else ""
