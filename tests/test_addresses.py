"""Which addresses lead to one page."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdedup.addresses import address_key, host_of

SAME = [
    ("https://www.example.org/a/b", "http://EXAMPLE.org/a/b/"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"),
    ("https://example.org/a?utm_source=rss&id=7", "https://example.org/a?id=7"),
    ("https://example.org/a?fbclid=Xy", "https://example.org/a"),
    ("https://example.org/a#comments", "https://example.org/a"),
    ("https://example.org/caf%c3%a9", "https://example.org/café"),
    ("https://example.org/%61", "https://example.org/a"),
    ("https://example.org/", "https://example.org"),
]
OTHER = [
    ("https://example.org/a", "https://example.org/b"),
    ("https://example.org/A", "https://example.org/a"),  # paths have a case
    ("https://example.org/?p=1", "https://example.org/?p=2"),
    ("https://example.org/#!/one", "https://example.org/#!/two"),
    ("https://example.org/#/one", "https://example.org/#/two"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ("https://example.org:8080/a", "https://example.org/a"),
    ("https://example.org/a?gclidx=1", "https://example.org/a"),  # only looks like one that tracks
    ("https://news.example.org/a", "https://example.org/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_addresses_of_one_page_have_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_addresses_of_two_pages_have_two(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_no_address_has_no_key() -> None:
    assert [address_key(each) for each in (None, "", "  ")] == ["", "", ""]


@given(st.text())
def test_how_an_address_is_written_does_not_matter_whatever_its_path(text: str) -> None:
    path = quote(text, safe="")
    assert address_key(f"https://example.org/{path}") == address_key(
        f"http://www.example.org:80/{path}/?utm_medium=x#y"
    )


def test_the_host_stands_alone() -> None:
    assert [host_of(each) for each in ("https://www.Example.org/a?b", "no address", None)] == ["example.org", "", ""]
