"""Sentences that recur across one outlet's stories: planted into real articles, and found again or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle, Newsroom
from newsdedup.article import Article
from newsdedup.sketch.boilerplate import find_boilerplate, source_numbers
from newsdedup.sketch.candidates import VIEWS
from newsdedup.sketch.replace import replace_sketches
from newsdedup.sketch.sentences import BoilerplateMask, join_sentences, sentences_of
from newsdedup.sketch.views import Sketches, sketch
from newsdedup.text.table import ArticleTable, keep_tokens, make_table, normalized_body, take_articles

ALL = frozenset(VIEWS)
NOTE = "The Harlow Gazette is a service of the Lakes Press Trust, which belongs to its 900 readers"
OTHER_NOTE = "Olive Stern writes about rivers and ferries from our office in Thorne"


@pytest.fixture(scope="module")
def stories(newsroom: Newsroom) -> list[str]:
    """22 texts on 22 stories."""
    return [a.text for name, a in newsroom.articles.items() if name.endswith("-orig") and a.lang == "en"]


def told(text: str, note: str, number: int, source: str | None = "Gazette") -> Article:
    """A story with a note behind its first, second, ... or last paragraph."""
    parts = text.split("\n\n")
    place = 1 + number % len(parts)
    body = "\n\n".join([*parts[:place], f"{note}.", *parts[place:]])
    return Article(id=f"{number:03}", text=body, source=source, lang="en")


def find(articles: Sequence[Article]) -> tuple[ArticleTable, BoilerplateMask]:
    table = make_table(articles)
    outlets = [article.source for article in articles]
    found = find_boilerplate(
        sentences_of(table, outlets),
        table.content_lengths,
        *source_numbers(outlets),
        tables=lambda rows: take_articles(table, rows),
    )
    return table, found


def set_aside(articles: Sequence[Article]) -> dict[str, list[str]]:
    """The sentences set aside in each article that loses one, in order."""
    table, mask = find(articles)
    out: dict[str, list[str]] = {}
    for place in mask.places(table):
        text = normalized_body(articles[place.row]).text[place.start : place.end]
        out.setdefault(articles[place.row].id, []).append(text)
    return out


def names(count: int, end: str = "") -> list[str]:
    """Words that no list has."""
    drawn = [f"{a}{b}zor{end}" for a in "BDFGLMNPRT" for b in ("aka", "elu", "ito")]
    return drawn[:count]


class TestWhatRecurs:
    @pytest.mark.parametrize("count", [1, 2, 3, 4, 17, 22])
    def test_is_what_three_stories_of_an_outlet_hold(self, count: int, stories: list[str]) -> None:
        articles = [told(text, NOTE, place) for place, text in enumerate(stories[:count])]
        found = set_aside(articles)
        assert found == ({article.id: [NOTE] for article in articles} if count >= 3 else {})

    def test_leaves_the_rest_of_the_stories_as_it_is(self, stories: list[str]) -> None:
        articles = [told(text, NOTE, place) for place, text in enumerate(stories[:5])]
        table, mask = find([*articles, Article(id="x", text=stories[5], source="Gazette", lang="en")])
        assert mask.rows.tolist() == [0, 1, 2, 3, 4]
        rest = mask.cut(table)
        plain = make_table([Article(id=text[:9], text=text, lang="en") for text in stories[:6]])
        for name in ("surface", "token_offsets", "term", "content_offsets", "sentence", "sentences", "content_key"):
            assert getattr(rest, name).tolist() == getattr(plain, name).tolist(), name

    @pytest.mark.parametrize(
        ("sources", "losing"),
        [
            pytest.param(["A", "B", "C"], [], id="three-outlets"),
            pytest.param(["A", "A", "B", "B"], [], id="two-of-each"),
            pytest.param(["A", "B", "A", "B", "A"], [0, 2, 4], id="three-of-one"),
            pytest.param(["Gazette", "GAZETTE", "gazette"], [0, 1, 2], id="case-aside"),
            pytest.param([None, None, ""], [], id="three-of-unknown-source"),
            pytest.param([None] * 7, [], id="seven-of-unknown-source"),
            pytest.param([None, ""] * 4, [*range(8)], id="eight-of-unknown-source"),
            pytest.param([None, "A", None], [], id="unknown-is-no-other-outlet"),
        ],
    )
    def test_is_counted_by_outlet(self, sources: list[str | None], losing: list[int], stories: list[str]) -> None:
        articles = [told(stories[place], NOTE, place, source) for place, source in enumerate(sources)]
        assert sorted(set_aside(articles)) == [articles[place].id for place in losing]

    @pytest.mark.parametrize(("articles", "needed"), [(300, 3), (301, 4), (400, 4), (401, 5)])
    def test_stands_in_one_of_a_hundred_articles_at_least(
        self, articles: int, needed: int, stories: list[str], make_article: MakeArticle
    ) -> None:
        for holders in (needed - 1, needed):
            holding = [told(text, NOTE, place) for place, text in enumerate(stories[:holders])]
            rest = [make_article("Word", source="Gazette") for _ in range(articles - holders)]
            elsewhere = [make_article("Word", source="Courier") for _ in range(500)]  # not this outlet's
            assert len(set_aside([*holding, *rest, *elsewhere])) == (holders if holders == needed else 0)

    @pytest.mark.parametrize(
        ("notes", "same"),
        [
            pytest.param(["Call 31 555 for the paper of the day"] * 3, True, id="the-same"),
            pytest.param([f"Issue {n} of the paper cost us {n + 3} crowns" for n in (20, 31, 45)], True, id="numbers"),
            pytest.param([f"Sold in {n} towns of the county" for n in ("20", "twenty", "31")], True, id="spelled-out"),
            pytest.param([f"Day {n} of talks" for n in (7, 8, 9)], True, id="one-word-in-four-a-number"),
            pytest.param([f"Day {n} talks" for n in (7, 8, 9)], False, id="one-word-in-three-a-number"),
            pytest.param([f"Lots drawn {n} {n + 1} {n + 20} bonus 7" for n in (11, 14, 18)], False, id="figures"),
            pytest.param(["Lots drawn 11 12 31 bonus 7"] * 3, True, id="the-same-figures"),
            pytest.param([f"This was told to us by {name}" for name in ("Bell", "Quill", "Stern")], False, id="names"),
            pytest.param(["Sold in all towns", "SOLD in: all towns", '"Sold in all towns"'], True, id="marks-and-case"),
            pytest.param(["Weather permitting"] * 3, False, id="two-words"),
            pytest.param(["Weather permitting tomorrow"] * 3, True, id="three-words"),
        ],
    )
    def test_is_known_again(self, notes: list[str], same: bool, stories: list[str]) -> None:
        articles = [told(stories[place], note, place) for place, note in enumerate(notes)]
        assert len(set_aside(articles)) == (3 if same else 0)

    def test_is_counted_by_stories_not_by_versions_of_one(self, newsroom: Newsroom, stories: list[str]) -> None:
        roles = ("orig", "syndicated", "revision", "spun", "paraphrase")
        versions = [newsroom.articles[f"a01-{role}"].text for role in roles]
        assert versions[0] == stories[0]
        for others in (0, 1, 2, 3):
            texts = [*versions, *stories[1 : 1 + others]]
            found = set_aside([told(text, NOTE, place) for place, text in enumerate(texts)])
            assert len(found) == (len(texts) if others >= 2 else 0)

    def test_copies_are_one_story_however_other_their_names(self, stories: list[str]) -> None:
        # The same words in a row, and no sentence the same: each has a name of its own.
        forms = [
            "\n\n".join(f"{COMMON[n % 6]}, {name} said." for n, name in enumerate(names(24, end)))
            for end in ("", "um", "ika")
        ]
        assert set_aside([told(text, NOTE, place) for place, text in enumerate(forms)]) == {}
        with_others = [told(text, NOTE, place) for place, text in enumerate([*forms, *stories[:2]])]
        assert set_aside(with_others) == {article.id: [NOTE] for article in with_others}

    @pytest.mark.parametrize("weight", ["common", "rare"])
    def test_a_long_form_makes_no_one_story_of_those_who_hold_it(self, weight: str, stories: list[str]) -> None:
        form = COMMON if weight == "common" else [f"Write to {' '.join(names(30))}"]
        texts = [f"{' '.join(text.split()[:260])}.\n\n{'. '.join(form)}" for text in stories[:3]]
        assert set_aside([told(text, NOTE, place) for place, text in enumerate(texts[:2])]) == {}
        found = set_aside([told(text, NOTE, place) for place, text in enumerate(texts)])
        assert {name: len(own) for name, own in found.items()} == dict.fromkeys(("000", "001", "002"), 1 + len(form))

    def test_articles_with_little_of_their_own_are_told_apart_by_all_they_hold(self, stories: list[str]) -> None:
        form = f"Write to {' '.join(names(30))}"
        small = "it was the that of in for and to on a with this from be have not are as at".split()
        filled = [
            f"{form}.\n\n{' '.join(small[n * step % 20] for n in range(100))}. {' '.join(names(10, end))}"
            for step, end in ((1, "um"), (3, "ika"), (7, "ova"))
        ]
        others = stories[:1]
        assert set_aside([told(text, NOTE, place) for place, text in enumerate([*filled, *others])]) == {}
        # They hold it all the same: with one story more it recurs.
        others = stories[:2]
        found = set_aside([told(text, NOTE, place) for place, text in enumerate([*filled, *others])])
        assert sorted(found) == ["003", "004"]

    def test_is_held_once_by_an_article_that_says_it_twice(self, stories: list[str]) -> None:
        texts = [f"{NOTE}.\n\n{text}" for text in stories[:3]]
        assert set_aside([told(text, NOTE, place) for place, text in enumerate(texts[:2])]) == {}
        articles = [told(text, NOTE, place) for place, text in enumerate([*texts[:2], stories[2]])]
        assert set_aside(articles) == {"000": [NOTE, NOTE], "001": [NOTE, NOTE], "002": [NOTE]}
        assert [each.articles for each in find(articles)[1].recurring] == [3]

    @pytest.mark.parametrize("words", [20, 90])
    def test_is_no_story_that_versions_tell(self, words: int, stories: list[str]) -> None:
        for versions in (3, 10, 40):
            texts = [f"{' '.join(stories[1 + n % 21].split()[:words])}.\n\n{stories[0]}" for n in range(versions)]
            assert set_aside([told(text, NOTE, place) for place, text in enumerate(texts)]) == {}

    @pytest.mark.parametrize(
        ("copies", "others"),
        [
            (60, 0),
            (600, 0),
            pytest.param(
                30,
                1,
                marks=pytest.mark.xfail(
                    strict=True, reason="one other story among 16 of 31 holders looked at stands for two"
                ),
            ),
        ],
    )
    def test_is_no_story_that_very_many_versions_tell(self, copies: int, others: int, stories: list[str]) -> None:
        intros = [text.split("\n\n")[0] for text in stories[1:]]
        texts = [f"{intros[n % 7]} {intros[7 + n % 13]}\n\n{stories[0]}" for n in range(copies)]
        articles = [told(text, NOTE, place) for place, text in enumerate([*stories[15 : 15 + others], *texts])]
        assert set_aside(articles) == {}

    @pytest.mark.parametrize(("left", "cut"), [(59, False), (60, True)])
    def test_stays_where_hardly_anything_would_be_left(
        self, left: int, cut: bool, stories: list[str], make_article: MakeArticle
    ) -> None:
        words = [f"{a}{b}zor" for a in "bdfglmnp" for b in ("aka", "elu", "ito", "oma", "unde", "ysa", "ave", "ori")]
        form = make_article(f"{' '.join(words[:left]).capitalize()}.", id="form", source="Gazette", lang="en")
        assert make_table([form]).content_lengths.tolist() == [left]
        form = make_article(f"{NOTE}. {form.text}", id="form", source="Gazette", lang="en")
        found = set_aside([form, *(told(text, NOTE, place) for place, text in enumerate(stories[:3]))])
        assert sorted(found) == ["000", "001", "002", *(["form"] if cut else [])]

    def test_is_listed_by_outlet_and_place_with_the_articles_that_lose_it(self, stories: list[str]) -> None:
        def article(number: int, source: str, *notes: str) -> Article:
            return Article(id=f"{number}", text=f"{stories[number]}\n\n{'. '.join(notes)}.", source=source, lang="en")

        articles = [
            article(0, "West", OTHER_NOTE),
            article(1, "East", NOTE, OTHER_NOTE),
            article(2, "West", NOTE, OTHER_NOTE),
            article(3, "East", OTHER_NOTE, NOTE),
            article(4, "West", OTHER_NOTE, NOTE),
            article(5, "East", NOTE),
            article(6, "West", OTHER_NOTE, NOTE),
            article(7, "East", "That is all there is", OTHER_NOTE),
        ]
        _, names = source_numbers([each.source for each in articles])
        _, mask = find(articles)
        texts = [normalized_body(each).text for each in articles]
        listed = [
            (names[each.source], each.row, texts[each.row][each.start : each.end], each.articles)
            for each in mask.recurring
        ]
        assert listed == [
            ("East", 1, NOTE, 3),
            ("East", 1, OTHER_NOTE, 3),
            ("West", 0, OTHER_NOTE, 4),
            ("West", 2, NOTE, 3),
        ]

    def test_is_told_of_some_articles_in_any_order(self, stories: list[str]) -> None:
        articles = [told(text, NOTE, place) for place, text in enumerate([*stories[:3], *stories[:2]])]
        articles[1] = Article(id="x", text=stories[5], source="Gazette", lang="en")  # has none
        table, mask = find(articles)
        assert mask.rows.tolist() == [0, 2, 3, 4]
        rows = np.array([4, 1, 0])
        part = mask.of(rows)
        assert part.article.tolist() == [0, 2]
        taken = take_articles(table, rows)
        assert part.cut(taken).surface.tolist() == take_articles(mask.cut(table), rows).surface.tolist()
        assert [place.row for place in part.places(taken)] == [0, 2]

    def test_does_not_depend_on_the_batches(self, stories: list[str]) -> None:
        articles = [told(text, NOTE, place, "East" if place % 2 else "WEST") for place, text in enumerate(stories[:9])]
        articles[4:4] = [Article(id="x", text="")]
        outlets = [article.source for article in articles]
        whole = sentences_of(make_table(articles), outlets)
        cuts = [(0, 1), (1, 5), (5, 10)]
        parts = [sentences_of(make_table(articles[a:b]), outlets[a:b]) for a, b in cuts]
        joined = join_sentences(parts, [b - a for a, b in cuts])
        for field in fields(whole):
            one, other = getattr(joined, field.name), getattr(whole, field.name)
            assert one.dtype == other.dtype
            assert one.tolist() == other.tolist()

    def test_is_the_same_with_signatures_at_hand(self, stories: list[str]) -> None:
        articles = [told(text, NOTE, place) for place, text in enumerate(stories[:4])]
        articles += [told(stories[0].replace("the", "a"), OTHER_NOTE, place) for place in range(4, 9)]
        table, mask = find(articles)
        outlets = [article.source for article in articles]
        again = find_boilerplate(
            sentences_of(table, outlets),
            table.content_lengths,
            *source_numbers(outlets),
            tables=lambda rows: take_articles(table, rows),
            copy=sketch(table, ALL).copy,
        )
        assert (again.article.tolist(), again.number.tolist()) == (mask.article.tolist(), mask.number.tolist())
        assert again.recurring == mask.recurring
        assert [each.articles for each in mask.recurring] == [4]  # five versions of one story are no five stories

    @pytest.mark.parametrize("texts", [[], [""], ["", "..."], ["Word"] * 5, ["One two three."] * 5])
    def test_is_nothing_where_there_is_next_to_nothing(self, texts: list[str], make_article: MakeArticle) -> None:
        assert set_aside([make_article(text) for text in texts]) == {}


class TestSources:
    def test_are_numbered_by_name_case_aside(self) -> None:
        numbers, names = source_numbers(["dpa", None, "AP", "ap", "", "DPA", "Straßenblatt", "STRASSENBLATT"])
        assert numbers.tolist() == [2, 0, 1, 1, 0, 2, 3, 3]
        assert names == [None, "AP", "dpa", "Straßenblatt"]  # as they are first spelled

    def test_of_no_articles_are_none(self) -> None:
        numbers, names = source_numbers([])
        assert (numbers.tolist(), names) == ([], [])


def assert_same(found: Sketches, expected: Sketches) -> None:
    for field in fields(Sketches):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        assert (one is None) == (other is None), field.name
        if one is not None:
            assert one.dtype == other.dtype, field.name
            assert np.array_equal(one, other), field.name


class TestReplaceSketches:
    @pytest.mark.parametrize("views", [ALL, *(frozenset({view}) for view in VIEWS)])
    def test_what_is_cut_is_sketched_as_if_it_had_never_been_there(
        self, views: frozenset[str], stories: list[str], make_article: MakeArticle
    ) -> None:
        articles = [told(text, NOTE, place) for place, text in enumerate(stories[:8])]
        articles[3:3] = [make_article("", source="Gazette"), make_article(stories[9], source="Gazette", lang="en")]
        table, mask = find(articles)
        assert len(mask.recurring) == 1
        cut = mask.cut(table)
        after = replace_sketches(sketch(table, views), mask.rows, sketch(take_articles(cut, mask.rows), views))
        assert_same(after, sketch(cut, views))

    def test_where_nothing_recurs_nothing_is_done(self, stories: list[str]) -> None:
        table, mask = find([told(text, NOTE, place) for place, text in enumerate(stories[:2])])
        assert mask.cut(table) is table
        assert (mask.rows.size, mask.recurring) == (0, ())

    @given(st.lists(st.integers(0, 6), max_size=8), st.floats(0, 1), st.sampled_from([ALL, frozenset({"passages"})]))
    @settings(derandomize=True, deadline=None, max_examples=50)
    def test_whatever_sentences_go(self, rows: list[int], share: float, views: frozenset[str]) -> None:
        texts = [f"Harbour {name} " + ". ".join(PARTS[place:] + PARTS[:place]) for place, name in enumerate("abcdef")]
        table = make_table([Article(id=text[:9], text=text, lang="en") for text in (*texts[:3], "", *texts[3:])])
        chosen = np.unique(np.array(rows, dtype=np.int64))
        opening = np.flatnonzero(table.opening)
        article = np.searchsorted(table.token_offsets, opening, side="right") - 1
        gone = np.isin(article, chosen) & (opening * 0.6180339887 % 1 < share)
        kept = np.repeat(~gone, np.diff(np.append(opening, table.surface.size)))
        rest = keep_tokens(table, kept)
        found = replace_sketches(sketch(table, views), chosen, sketch(take_articles(rest, chosen), views))
        assert_same(found, sketch(rest, views))


COMMON = [
    "The company said on the day that it had done this for the people who had asked it to do so in the last year",
    "It also said that more would be done in the next year if the people who work there were of the same mind",
    "There was no word of what this would mean for the others who had been told that they would have to go",
    "The people at the company have said for a long time that they want to know what will come after this year",
    "It was the first time that the company had said so much of what it had in mind for the years that come",
    "All of this had been said before, but not by the company and not in the way in which it was said on the day",
]
PARTS = [
    "The council of Marlow asked for another ferry across the river Wend in 1987 because the old one had sunk",
    'The judge said "nobody in this valley will pay for a bridge that only the builders of Thorne have asked for"',
    "Critics called the plan a waste of 48 million crowns that the schools of Brackley needed more than anything",
    "Builders laid the last of the granite blocks on Thursday night under bright lamps while hundreds looked on",
    "Ines Moreau dropped a silver crown from her grandmother into the water before the mayor had ended his speech",
]
