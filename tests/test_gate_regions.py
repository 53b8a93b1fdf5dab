"""The lines of a file in which the matched sentences stand."""

from __future__ import annotations

import pytest

from conftest import Newsroom
from newsdedup.gate.check import Check, Region
from newsdedup.gate.findings import decide
from newsdedup.gate.regions import sentence_lines, with_regions
from newsdedup.result import Verdict
from newsdedup.text.table import make_table, normalized_body
from newsdedup.verify.reading import Reading
from test_gate_samples import article, checked, pair, policy

SENTENCES = (
    "The council met on Tuesday in the old town hall.",
    'It voted "7 to 2" for the bridge.',
    "Mayor Ana Ruiz said that work on the north side starts in May.",
)


def spans(text: str) -> list[tuple[int, int, int]]:
    return [(number, region.first, region.last) for number, region in sentence_lines(text, SENTENCES).items()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\n".join(SENTENCES), [(1, 1, 1), (2, 2, 2), (3, 3, 3)]),
        (" ".join(SENTENCES), [(1, 1, 1), (2, 1, 1), (3, 1, 1)]),
        ("\n\n".join(SENTENCES).replace("\n", "\r\n"), [(1, 1, 1), (2, 3, 3), (3, 5, 5)]),
        # wrapped
        (
            "The council met\non Tuesday in the\nold town hall. It\nvoted “7 to 2”\nfor the bridge.",
            [(1, 1, 3), (2, 3, 5)],
        ),
        # front matter that holds the first sentence, a heading, a blockquote, emphasis, a link, an entity, a tag
        (
            f"---\ntitle: A bridge\nsummary: {SENTENCES[0]}\n---\n\n# A bridge\n\n"
            "The **council** met on [Tuesday](https://x.example/a_(b)?c=d) in the _old_ town&nbsp;hall.\n\n"
            "> It voted &quot;7 to 2&quot; for\n> the <a\nhref='the bridge'>bridge</a>.\n",
            [(1, 8, 8), (2, 10, 12)],
        ),
        (f"\n+++\nsummary = '{SENTENCES[0]}'\n+++\n{SENTENCES[0]}\n", [(1, 5, 5)]),
        (f"---\nsummary: [{SENTENCES[0]}\n---\n", [(1, 2, 2)]),  # broken: text, as the loader has it
        ("It\u00a0voted ｢7 to 2｣ for the bri\u00addge.", [(2, 1, 1)]),  # other characters, the same words
        # a note within a sentence
        (f"x\n{SENTENCES[2].replace('said', 'said [see the minutes of the last meeting]')}", [(3, 2, 2)]),
        ("An other text.", []),
        ("", []),
        ("---\n" + SENTENCES[0], [(1, 2, 2)]),  # a rule, no front matter
    ],
)
def test_sentences_are_found_by_their_words(text: str, found: list[tuple[int, int, int]]) -> None:
    assert spans(text) == found


def test_a_sentence_that_stands_twice_is_found_in_its_turn() -> None:
    sentences = ("No comment.", "The bridge opens.", "No comment.")
    found = sentence_lines("No comment.\nThe bridge opens.\nNo comment.", sentences)
    assert {number: region.first for number, region in found.items()} == {1: 1, 2: 2, 3: 3}


def test_every_sentence_of_newsroom_is_found_on_its_line(newsroom: Newsroom) -> None:
    for name in ("a01-orig", "a01-syndicated", "k02-spun", "k03-excerpt"):
        one = newsroom.articles[name]
        body = normalized_body(one)
        sentences = Reading(make_table([one]), 0, body.text).sentences
        laid_out = "---\ntitle: x\n---\n" + "\n".join(f"* {sentence}" for sentence in sentences)
        found = sentence_lines(laid_out, sentences)
        assert len(sentences) > 10
        assert found == {number: Region(first=number + 3, last=number + 3) for number in range(1, len(sentences) + 1)}


def placed(check: Check, files: dict[str, str]) -> tuple[Region | None, Region | None]:
    asked: list[str] = []

    def read(name: str) -> str | None:
        asked.append(name)
        return files.get(name)

    lead = with_regions(check, read).findings[0].lead
    assert len(asked) == len(set(asked)), "each file is read once"
    return lead.region, lead.other_region


def own(id_: str) -> str:
    """A file with the sentences that `checked` makes up, one a line."""
    return "".join(f"Sentence {number} of {id_}.\n" for number in range(1, 13))


def test_a_region_goes_from_the_first_to_the_last_matched_sentence() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/b.md", sentences=[7, 3, 5])), policy())
    files = {"drafts/a.md": "---\nx: y\n---\n" + own("drafts/a.md"), "archive/b.md": own("archive/b.md")}
    assert placed(check, files) == (Region(first=6, last=10), Region(first=3, last=7))


def test_the_region_of_an_excerpt_is_that_of_its_passages() -> None:
    check = decide(
        checked(pair("drafts/a.md", "archive/b.md", Verdict.EXCERPT, sentences=[1, 12], passages=[(8, 9), (4, 5)])),
        policy(),
    )
    assert placed(check, {"drafts/a.md": own("drafts/a.md")}) == (Region(first=4, last=9), None)


def test_an_identical_text_is_marked_whole() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/b.md", Verdict.IDENTICAL, sentences=())), policy())
    assert placed(check, {"drafts/a.md": own("drafts/a.md")})[0] == Region(first=1, last=12)


def test_what_cannot_be_read_or_does_not_fit_has_no_region() -> None:
    record = article("id-17", origin="feeds/a.jsonl", line=17)
    memory = article("archive/b.md", origin="")
    check = decide(checked(pair("id-17", "archive/b.md"), articles=[record, memory]), policy())
    assert placed(check, {"feeds/a.jsonl": own("id-17")}) == (None, None)
    gone = decide(checked(pair("drafts/a.md", "archive/b.md")), policy())
    assert placed(gone, {"archive/b.md": "quite another text"}) == (None, None)
