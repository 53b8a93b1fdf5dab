"""Evidence that a person can check: sentences, quotes, facts, passages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle, Newsroom
from newsdedup.api import compare_articles
from newsdedup.article import Article
from newsdedup.result import AlignedSentence, Comparison, Verdict
from newsdedup.text.normalize import NormalizedText, normalize
from newsdedup.text.table import table_of
from newsdedup.verify.evidence import altered_quotes, changed_facts, shared_facts
from newsdedup.verify.reading import Reading

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
INTEREST = "expressed a shared interest in stepping up strategic military exercises and joint patrols,"


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def read_all(texts: list[str]) -> list[Reading]:
    table = table_of([NormalizedText(text=text, cuts=(), dateline="") for text in texts], ["en"] * len(texts))
    return [Reading(table, row, text) for row, text in enumerate(texts)]


def quotes(text: str) -> tuple[str, ...]:
    return read_all([text])[0].quotes


class TestSentences:
    def test_of_real_articles_cover_the_text_in_order(self, newsroom: Newsroom, seeds: list[Article]) -> None:
        texts = [normalize(article.text).text for article in (*seeds, *newsroom.articles.values())]
        for text, reading in zip(texts, read_all(texts), strict=True):
            assert letters("".join(reading.sentences)) == letters(text)
            assert all(reading.sentences)

    @given(st.text(st.sampled_from('aB1 .!?"\n\u4e2d,%-'), max_size=60))
    @EXAMPLES
    def test_of_any_text_cover_it_in_order(self, text: str) -> None:
        [reading] = read_all([text])
        assert letters("".join(reading.sentences)) == letters(text)
        assert len(reading.sentences) == len(reading.bounds) - 1

    def test_keep_their_marks(self) -> None:
        [reading] = read_all(['"We did it," Bell said. Did they? "Yes!" Marlow paid 48%.'])
        assert reading.sentences == ('"We did it," Bell said.', "Did they?", '"Yes!"', "Marlow paid 48%.")

    def test_numbers_of_the_evidence_point_into_both_lists(self, seeds: list[Article]) -> None:
        found = compare_articles(seeds[0], seeds[1])
        pairs = found.pair.evidence.sentences
        assert len(pairs) >= 15
        for aligned in pairs:
            assert 1 <= aligned.left <= len(found.left_sentences)
            assert 1 <= aligned.right <= len(found.right_sentences)
            assert 0.25 <= aligned.similarity <= 1.0
        told = {(found.left_sentences[aligned.left - 1], found.right_sentences[aligned.right - 1]) for aligned in pairs}
        assert (
            "The roadmap signed by Shoigu and Wei lasts until at least 2025.",
            "Shoigu and Wei signed a roadmap that will run until at least 2025.",
        ) in told
        assert [aligned.left for aligned in pairs] == sorted(aligned.left for aligned in pairs)


class TestQuotes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('He said "we will open it soon" today.', ("we will open it soon",)),
            # A short quote has an end of its own; what stands behind it is narration.
            ('The "war" was described as "a very sad thing" today.', ("a very sad thing",)),
            ('The "first" and the "second" of them were not told about it.', ()),
            (
                '"We will open it soon.\n"It will stay open for years."',
                ("We will open it soon.", "It will stay open for years."),
            ),
            ('A "" and "here is what they said" now.', ("here is what they said",)),
            ("No quotes at all.", ()),
            ('"' + "word " * 200 + '" and "here is what they said" now', ("here is what they said",)),
        ],
    )
    def test_are_what_stands_between_marks(self, text: str, expected: tuple[str, ...]) -> None:
        assert quotes(text) == expected

    def test_altered_quotes_of_the_seeds(self, seeds: list[Article]) -> None:
        found = compare_articles(seeds[0], seeds[1]).pair.evidence.altered_quotes
        assert (
            INTEREST,
            "indicated a common desire in boosting up strategic military exercises and cooperative patrols.",
        ) in found
        # Each quote has one counterpart.
        assert len({right for _, right in found}) == len(found) == len({left for left, _ in found})

    @pytest.mark.parametrize(
        ("other", "altered"),
        [
            ("indicated a common desire in boosting up strategic military exercises and cooperative patrols", True),
            (INTEREST, False),
            (INTEREST.upper().rstrip(","), False),
            ("a shared interest in stepping up strategic military exercises", False),  # cut short
            ("the weather over the islands will stay dry for most of the coming week", False),
        ],
    )
    def test_a_quote_is_altered_when_it_is_the_same_one_in_other_words(self, other: str, altered: bool) -> None:
        assert altered_quotes([INTEREST], [other]) == (((INTEREST, other),) if altered else ())
        assert altered_quotes([INTEREST], []) == altered_quotes([], [other]) == ()


class TestFacts:
    @staticmethod
    def changed(left: str, right: str) -> tuple[tuple[str | None, str | None], ...]:
        one, two = read_all([left, right])
        return changed_facts(one, two, [AlignedSentence(left=1, right=1, similarity=0.9)])

    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [
            ("The bridge cost 48 million.", "The bridge cost 52 million.", (("48", "52"),)),
            ("The bridge cost 48 million.", "The bridge cost 48 million.", ()),
            ("The bridge cost ten dollars.", "The bridge cost 10 dollars.", ()),  # one number, two spellings
            ("The bridge cost 1,100 dollars.", "The bridge cost 1100 dollars.", ()),
            ("The bridge has 12 arches.", "The bridge has arches.", (("12", None),)),
            ("The bridge has arches.", "The bridge has 12 arches.", ((None, "12"),)),
            ("The mayor met Anna there.", "The mayor met Peter there.", (("Anna", "Peter"),)),
            ("The mayor met Anna there.", "The mayor met folk there.", ()),  # a name left out is no change
        ],
    )
    def test_changed(self, left: str, right: str, expected: tuple[tuple[str | None, str | None], ...]) -> None:
        assert self.changed(left, right) == expected
        assert self.changed(right, left) == tuple((b, a) for a, b in expected)

    def test_a_number_told_elsewhere_is_not_changed(self) -> None:
        one, two = read_all(["It cost 48 million.", "It cost much. The sum was 48 million."])
        assert changed_facts(one, two, [AlignedSentence(left=1, right=1, similarity=0.9)]) == ()

    def test_shared_stand_in_both_texts(self, seeds: list[Article]) -> None:
        found = compare_articles(seeds[0], seeds[1]).pair.evidence.shared_facts
        assert {"Fenghe", "Shoigu"} <= set(found)
        assert all(fact in seeds[0].text for fact in found)
        assert len(set(found)) == len(found) <= 12

    def test_shared_come_rarest_first_and_once(self) -> None:
        one, two = read_all(["We met Shoigu and Anna and Shoigu."] * 2)
        assert shared_facts(one, two) == ("Shoigu", "Anna")
        assert shared_facts(one, read_all(["We met nobody."])[0]) == ()


STORY = "\n\n".join(
    (
        "Anna Bell opened the Harlow bridge on 12 May 2024 after four years of work by three hundred local builders.",
        "The council of Marlow had asked for another ferry across the river Wend since the old one sank in "
        "the flood of 1987, taking nine people, two horses and the whole harvest of the Thorne farm down with "
        "it.",
        "Critics led by Peter Quill called the plan a waste of 48 million crowns that the schools of Upper "
        "Thorne needed more, and they took the matter to the county court in Brackley, where Judge Olive "
        "Stern heard it for eleven weeks.",
        "Nobody spoke against it in the end.",
        "The builders from Castle Dray laid the last of its 214 granite blocks on Thursday night under the "
        "lamps, and Ines Moreau, who designed all seven arches, threw a silver crown from her grandmother "
        "into the water for luck.",
    )
)


class TestPassages:
    @staticmethod
    def excerpt(make_article: MakeArticle, *paragraphs: int) -> Comparison:
        told = STORY.split("\n\n")
        filler = "Today we look at bridges, which readers of this page have often asked about in their many letters."
        closing = "Tell us which one you like best."
        text = "\n\n".join([filler, *(told[number - 1] for number in paragraphs), closing])
        return compare_articles(make_article(STORY, id="a"), make_article(text, id="b"))

    def test_of_an_excerpt_are_the_sentences_taken(self, make_article: MakeArticle) -> None:
        found = self.excerpt(make_article, 2, 3)
        assert found.pair.verdict is Verdict.EXCERPT
        assert found.pair.evidence.passages == ((2, 3, 2, 3),)
        for left, right in ((2, 2), (3, 3)):
            assert found.left_sentences[left - 1] == found.right_sentences[right - 1]

    def test_standing_side_by_side_in_one_text_and_apart_in_the_other_are_two(self, make_article: MakeArticle) -> None:
        found = self.excerpt(make_article, 2, 5)
        assert found.pair.verdict is Verdict.EXCERPT
        assert found.pair.evidence.passages == ((2, 2, 2, 2), (5, 5, 3, 3))
        told = STORY.split("\n\n")
        text = "\n\n".join(
            [
                "Today we look at bridges, which readers have often asked about in letters.",
                told[1],
                told[4],
                "Tell us which one you like best.",
            ]
        )
        turned = compare_articles(make_article(text, id="a"), make_article(STORY, id="b"))
        assert turned.pair.evidence.passages == ((2, 2, 2, 2), (3, 3, 5, 5))

    def test_in_another_order(self, make_article: MakeArticle) -> None:
        assert self.excerpt(make_article, 5, 2).pair.evidence.passages == ((2, 2, 3, 3), (5, 5, 2, 2))
