"""When an article declares the one that it copies as its source."""

from __future__ import annotations

import pytest

from newsdedup.addresses import same_address
from newsdedup.article import Article
from newsdedup.gate.findings import decide
from newsdedup.result import Verdict
from test_gate_samples import article, checked, pair, policy

TEXT = "The council met on Tuesday.\n\nIt voted 7 to 2 for the bridge."
URL = "https://www.harbour.example/2026/bridge"
ORIGINAL = article("archive/b.md", TEXT, source="The Harbour Times", url=URL)


def new(**fields: str | None) -> Article:
    return article("drafts/a.md", **{"text": TEXT, **fields})


def suppressed(one: Article, other: Article, verdict: Verdict = Verdict.COPY) -> str | None:
    check = decide(checked(pair(one.id, other.id, verdict), articles=[one, other]), policy(allow_declared=True))
    suppression = check.findings[0].lead.suppression
    assert check.failed is (suppression is None)
    return suppression.kind if suppression else None


def said(words: str) -> str:
    return f"{TEXT}\n\nThis story was originally published {words}"


@pytest.mark.parametrize(
    ("fields", "declared"),
    [
        ({}, False),
        ({"canonical": URL}, True),
        ({"canonical": "harbour.example/2026/bridge/"}, True),
        ({"canonical": "http://harbour.example/2026/bridge?utm_source=x&utm_medium=y#top"}, True),
        ({"canonical": "archive/b.md"}, True),  # its id
        ({"canonical": "https://harbour.example/2026/other"}, False),
        ({"canonical": "https://harbour.example/"}, False),
        ({"canonical": ""}, False),
        ({"source": "The Harbour Times"}, True),
        ({"source": " the harbour TIMES"}, True),
        ({"source": "The Harbour"}, False),
        ({"source": "", "canonical": ""}, False),
        # What names another place undoes the rest.
        ({"source": "The Harbour Times", "canonical": "https://else.example/x"}, False),
        ({"source": "The Harbour Times", "canonical": "https://us.example/x", "url": "https://us.example/x"}, True),
        ({"source": "The Harbour Times", "text": said("by the Valley Post.")}, False),
        ({"canonical": URL, "text": said("by the Valley Post.")}, True),  # canonical is exact
        ({"text": said("by The Harbour Times"), "canonical": "https://else.example/x"}, False),
        # Lines of the text.
        ({"text": said("by The Harbour Times.")}, True),
        ({"text": said("in the Harbour Times on 3 March 2026.")}, True),
        ({"text": said("on 3 March 2026 by the Harbour Times.")}, True),
        ({"text": said("by the Harbour Times Weekly.")}, False),
        ({"text": said("by the New Harbour Times.")}, False),
        ({"text": said("after a report about the Harbour Times.")}, False),
        ({"text": said(f"at {URL}.")}, True),
        ({"text": said("at harbour.example.")}, True),
        ({"text": said("at valley.example.")}, False),
        ({"text": said("at https://harbour.example/2026/other by The Harbour Times.")}, False),
        ({"text": f"{TEXT}\n\n*This article first appeared in [The Harbour Times]({URL}).*"}, True),
        ({"text": f"{TEXT}\n\n*This article first appeared in [The Harbour Times](https://else.example/x).*"}, False),
        ({"text": f"{TEXT}\n\nOriginally published by The Harbour Times"}, True),
        ({"text": f"{TEXT}\n\nHer novel was originally published by The Harbour Times."}, False),
        ({"text": f"{TEXT}\n\nThat ends the story. Her novel was first published by The Harbour Times."}, False),
        ({"text": f"{TEXT}\n\nThe Harbour Times reported it first."}, False),
    ],
)
def test_a_copy_that_names_exactly_that_source_is_declared(fields: dict[str, str], declared: bool) -> None:
    assert suppressed(new(**fields), ORIGINAL) == ("declared" if declared else None)


@pytest.mark.parametrize("verdict", [Verdict.IDENTICAL, Verdict.COPY])
def test_only_copies_are_declared(verdict: Verdict) -> None:
    assert suppressed(new(canonical=URL), ORIGINAL, verdict) == "declared"


@pytest.mark.parametrize("verdict", [Verdict.REVISION, Verdict.EXCERPT, Verdict.REWRITE])
def test_no_rewrite_is_declared(verdict: Verdict) -> None:
    assert suppressed(new(canonical=URL), ORIGINAL, verdict) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"canonical": "https://else.example/x"},
        {"text": said("by the Valley Post.")},
    ],
)
def test_a_known_article_that_is_itself_a_copy_is_no_source(fields: dict[str, str]) -> None:
    other = article("archive/b.md", **{"text": TEXT, "source": "The Harbour Times", "url": URL, **fields})
    assert suppressed(new(canonical=URL), other) is None
    own = article("archive/b.md", TEXT, url=URL, canonical=URL)
    assert suppressed(new(canonical=URL), own) == "declared"
    nameless = article("archive/b.md", TEXT, canonical=URL)
    assert suppressed(new(canonical=URL), nameless) == "declared", "all that is known of it is that address"


def test_a_new_article_is_no_declared_source() -> None:
    other = article("drafts/0.md", TEXT, url=URL)
    assert suppressed(new(canonical=URL), other) is None


def test_nothing_is_declared_unless_asked_for() -> None:
    found = checked(pair("drafts/a.md", "archive/b.md"), articles=[new(canonical=URL), ORIGINAL])
    assert decide(found, policy()).failed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "http://www.A.example/x/", True),
        ("https://a.example/x?id=1", "https://a.example/x?id=1&utm_campaign=z", True),
        ("https://a.example/x?id=1", "https://a.example/x?id=2", False),
        ("https://a.example/x?id=1", "https://a.example/x", False),
        ("https://a.example/X", "https://a.example/x", False),
        ("//a.example/x", "a.example/x", True),
        ("https://a.example", "https://a.example/", True),
        ("https://a.example/x", "https://b.example/x", False),
        ("", "", False),
        (None, None, False),
        (None, "https://a.example", False),
        ("https://", "https://", False),
    ],
)
def test_addresses_of_one_page(one: str | None, other: str | None, same: bool) -> None:
    assert same_address(one, other) is same
