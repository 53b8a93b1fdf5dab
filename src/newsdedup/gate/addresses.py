"""Addresses that lead to one page, however they are written."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_TRACKING = re.compile(r"utm_\w+=?", re.IGNORECASE)


def address_key(address: str | None) -> str:
    """What two addresses of one page have in common; "" for none.

    The scheme, `www.`, the case of the host, a slash at the end, the fragment and `utm_...` parameters do not matter.
    """
    rest = _SCHEME.sub("", (address or "").strip(), count=1)
    page, _, query = rest.partition("#")[0].partition("?")
    host, slash, path = page.rstrip("/").partition("/")
    if "." in host:
        host = host.lower().removeprefix("www.")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return f"{host}{slash}{path}{'?' if kept else ''}{kept}"


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two addresses, neither of them empty, lead to one page."""
    return bool(address_key(one)) and address_key(one) == address_key(other)


def host_of(address: str | None) -> str:
    """The host of an address; "" when it has none."""
    host = address_key(address).partition("/")[0].partition("?")[0]
    return host if "." in host else ""
