"""What a pair's verdict takes from the other articles of a run: an outlet's standing words, and forms filled in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from conftest import Newsroom
from newsdedup.article import Article
from newsdedup.engine import workers
from newsdedup.pipeline import compare, scan
from newsdedup.report.jsonl import result_lines
from newsdedup.result import Boilerplate, Result, Verdict
from newsdedup.run import Parameters
from newsdedup.verify.verdict import FORM_LIKE

EVERY = frozenset(Verdict)
NOTE = (
    "The Harlow Gazette is owned by the Lakes Press Trust, which Edda Marrow founded in 1911 with 40,000 crowns.",
    "Its newsroom in Castle Dray has 62 editors, and its printers in Thorne turn out 210,000 copies every night.",
    "Readers who find a mistake may write to Ines Quill, who has answered each letter within 9 days since 2003.",
    "The Trust has never had a loan from a bank, a party or the government of the county of Brackley.",
)
END = "Reporting for this column was paid for by the readers of the Gazette."


@pytest.fixture(scope="module")
def stories(newsroom: Newsroom) -> list[str]:
    """Texts on stories of their own."""
    return [a.text for name, a in newsroom.articles.items() if name.endswith("-orig") and a.lang == "en"]


def run(articles: Sequence[Article], **parameters: object) -> Result:
    """The result without its running time."""
    return replace(scan(articles, Parameters(**parameters), version="0"), seconds=0.0)  # type: ignore[arg-type]


def as_bytes(result: Result) -> bytes:
    return "".join(result_lines(result)).encode()


def verdicts(result: Result) -> dict[tuple[str, str], str]:
    return {(pair.left, pair.right): str(pair.verdict) for pair in result.pairs}


def noted(text: str, name: str, source: str = "Gazette", note: Sequence[str] = NOTE, sep: str = " ") -> Article:
    """A story with the outlet's note behind its second paragraph."""
    parts = text.split("\n\n")
    return Article(id=name, text="\n\n".join([*parts[:2], sep.join(note), *parts[2:]]), source=source, lang="en")


class TestStandingWords:
    @pytest.mark.parametrize("others", [1, 2, 3, 8])
    def test_that_two_articles_of_an_outlet_share_are_no_excerpt(self, others: int, stories: list[str]) -> None:
        two = [noted(stories[0], "a"), noted(stories[1], "b")]
        assert verdicts(run(two)) == {("a", "b"): "excerpt"}
        rest = [noted(text, f"c{place}") for place, text in enumerate(stories[2 : 2 + others])]
        assert run([*two, *rest]).pairs == ()

    def test_that_stand_in_several_outlets_are_an_excerpt(self, stories: list[str]) -> None:
        three = [noted(stories[0], "a"), noted(stories[1], "b"), noted(stories[2], "c", source="Courier")]
        result = run(three)
        assert verdicts(result) == dict.fromkeys([("a", "b"), ("a", "c"), ("b", "c")], "excerpt")
        assert result.boilerplate == ()

    def test_do_not_count_as_facts_that_two_articles_share(self, stories: list[str]) -> None:
        articles = [noted(text, f"{place}") for place, text in enumerate(stories[:4])]
        clean = [replace(article, text=text) for article, text in zip(articles, stories, strict=False)]
        left, right = (
            compare(pair[0], pair[1], Parameters(), pair_of) for pair, pair_of in ((articles, articles), (clean, ()))
        )
        assert left.numbers == right.numbers

    def test_are_listed_as_passages_with_outlet_and_articles(self, stories: list[str]) -> None:
        articles = [
            noted(stories[0], "0", "Post", NOTE[:2]),
            *(
                noted(stories[place], f"{place}", "GAZETTE" if place > 1 else "Gazette", NOTE[2:])
                for place in (1, 2, 3)
            ),
            noted(stories[4], "4", "Post", NOTE[:2], sep=" Good night. "),
            noted(stories[5], "5", "Post", NOTE[:2], sep="\n\n"),
            noted(stories[6], "6", "Post", NOTE[1:2]),
            *(noted(stories[place], f"{place}", "A Paper", [END]) for place in (7, 8, 9)),
        ]
        shown = " ".join(NOTE[2:])[:-1]
        assert 100 < len(NOTE[0]) < 200 < len(shown)
        assert (
            run(articles).boilerplate
            == (
                Boilerplate(source="A Paper", text=END[:-1], articles=3),
                Boilerplate(source="Gazette", text=f"{shown[:199]}…", articles=3),
                Boilerplate(source="Post", text=NOTE[0][:-1], articles=3),  # its neighbour stands in one article more
                Boilerplate(source="Post", text=NOTE[1][:-1], articles=4),
            )
        )

    def test_of_articles_of_unknown_source_are_listed_without_a_name(self, stories: list[str]) -> None:
        articles = [noted(text, f"{place}", "", [END]) for place, text in enumerate(stories[:8])]
        assert run(articles).boilerplate == (Boilerplate(source=None, text=END[:-1], articles=8),)

    def test_are_one_passage_only_where_they_stand_side_by_side(self, stories: list[str]) -> None:
        seps = (" Good night. ", " ", "\n\n", "\n")
        articles = [noted(stories[place], f"{place}", note=NOTE[:2], sep=sep) for place, sep in enumerate(seps)]
        apart = [Boilerplate(source="Gazette", text=sentence[:-1], articles=4) for sentence in NOTE[:2]]
        assert list(run(articles).boilerplate) == apart
        for together in articles[1:]:  # as the first article has them
            [listed] = run([replace(together, id="("), *articles]).boilerplate
            assert listed.text == f"{' '.join(NOTE[:2])[:199]}…"

    def test_leave_the_same_story_with_and_without_them_a_pair(self, stories: list[str]) -> None:
        rest = [noted(text, f"c{place}") for place, text in enumerate(stories[1:4])]
        with_note, without = noted(stories[0], "a"), Article(id="b", text=stories[0], source="Gazette", lang="en")
        assert verdicts(run([with_note, without, *rest])) == {("a", "b"): "revision"}
        moved = replace(without, source="Courier")
        assert verdicts(run([with_note, moved, *rest])) == {("a", "b"): "copy"}

    def test_same_bytes_whatever_the_order_and_the_jobs(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = [article for name, article in newsroom.articles.items() if article.lang == "en" and name < "a08"]
        # A third of them holds nothing that is cut.
        articles = [noted(a.text, a.id, f"Outlet {place % 3}") if place % 3 else a for place, a in enumerate(chosen)]
        expected = as_bytes(run(articles))
        assert expected.count(b'"type":"boilerplate"') == 2
        assert expected.count(b'"type":"pair"') > 50
        random.Random(5).shuffle(articles)  # noqa: S311 - test data
        assert as_bytes(run(articles)) == expected
        monkeypatch.setattr(workers, "_SMALL", 1)
        monkeypatch.setattr(workers, "BATCH_ARTICLES", 16)
        monkeypatch.setattr(workers, "BATCH_PAIRS", 40)
        assert as_bytes(run(articles, jobs=2)) == expected


class TestCompareAmong:
    def test_sets_standing_words_aside_and_judges_without_them(self, stories: list[str]) -> None:
        left, right, *others = (noted(text, f"{place}") for place, text in enumerate(stories[:5]))
        alone = compare(left, right, Parameters())
        assert alone.pair.verdict is Verdict.EXCERPT
        assert all(kind != "boilerplate" for _, kind, _ in alone.set_aside)
        among = compare(left, right, Parameters(), others)
        assert among.pair.verdict not in (Verdict.EXCERPT, Verdict.REWRITE)
        standing = [(name, text) for name, kind, text in among.set_aside if kind == "boilerplate"]
        assert standing == [(name, sentence[:-1]) for name in ("0", "1") for sentence in NOTE]
        assert not any("Trust" in sentence for sentence in (*among.left_sentences, *among.right_sentences))

    def test_is_the_same_whether_the_two_are_among_them_or_not(self, stories: list[str]) -> None:
        articles = [noted(text, f"{place}") for place, text in enumerate(stories[:5])]
        right, left, *others = articles
        expected = compare(left, right, Parameters(), others)
        assert compare(right, left, Parameters(), articles) == expected
        assert compare(left, right, Parameters(), others[::-1]) == expected

    def test_among_others_that_share_nothing_is_as_alone(self, stories: list[str], newsroom: Newsroom) -> None:
        left, right = newsroom.articles["a01-orig"], newsroom.articles["a01-spun"]
        others = [Article(id=f"{place}", text=text) for place, text in enumerate(stories[2:9])]
        assert compare(left, right, Parameters(), others) == compare(left, right, Parameters())

    def test_says_of_each_pair_what_the_run_says(self, newsroom: Newsroom) -> None:
        chosen = [article for name, article in newsroom.articles.items() if name[:3] in ("a01", "a02", "a03")]
        articles = [noted(a.text, a.id) for a in chosen]
        result = run(articles, reported=EVERY)
        assert result.boilerplate
        by_id = {article.id: article for article in articles}
        for pair in result.pairs:
            found = compare(by_id[pair.left], by_id[pair.right], Parameters(), articles).pair
            assert replace(found, score=pair.score) == pair
            assert found.score >= pair.score  # a run samples the passages that two articles share

    def test_long_sentences_are_cut_to_a_readable_length(self, stories: list[str]) -> None:
        long = [f"{NOTE[0][:-1]}, while {NOTE[1][:-1]}, and {NOTE[2]}"]
        articles = [noted(text, f"{place}", note=long) for place, text in enumerate(stories[:3])]
        [shown, _] = [text for _, kind, text in compare(articles[0], articles[1], Parameters(), articles).set_aside]
        assert shown == f"{long[0][:199]}…"


FORM = (
    "{} Holdings said before the market opened that its directors had agreed to buy a rival in {} for cash and "
    "shares. The offer values each share of the rival at {} crowns, which is well above the price at the close of "
    "trading last week. {} Bank gave advice to the buyer, while lawyers from {} spoke for the seller and for its many "
    "small owners. Shareholders who hold about {} percent of the company have already promised that they will take "
    "the offer in full. The works in {} will stay open for now, the chairman told reporters by telephone, and all "
    "workers keep their jobs. The deal still needs the word of the competition office in {}, which has until the "
    "summer to look at the papers. Analysts at {} Research called the price fair but warned that the new debts would "
    "weigh on profits for years. Shares in the buyer fell on the exchange in {} after the news, while those of the "
    "seller rose to their highest."
)
NAMES = (
    "Aldane Brockmuir Castrell Dunvegg Elsworn Farquaine Gorsdale Hexlund Ivringham Jarlstow Kelverton Lochmarne "
    "Mendrith Norvane Oskelby Pendrake Quorvane Rathmoor Selvick Tarnholt Ulverstad Vexmoor Wyndhall Yarrowby Zelmark "
    "Ashkeld Birnwick Corvale Drumlaith Eskerry Fenwold Glastrow Harnsway Inverlaw Jedburne Kirkstall Lammerton "
    "Moxwell Nethercot Orrinmouth Pellgrave Rookhope Stanegarth Thirlwell Uffingham Vannock Wrexby Yelvertoft "
    "Zennoral Ardwick Blenhope Crathorne Duxbourne Embleford Fallowby Gantrish Hawksend Ildermoor Jesmere Knarsfold "
    "Longworth Mossgill Nunthorpe"
).split()


def slots(number: int) -> list[str]:
    """Names and figures for the form, others for each number from 0 to 7."""
    own = [NAMES[(8 * number + place) % len(NAMES)] for place in range(8)]
    return [*own[:2], str(31 + 57 * number), *own[2:4], str(12 + 9 * number), *own[4:]]


def filled(number: int, *, as_0: int = 0, as_1: int = 0) -> Article:
    """The form filled in by number; its first and last slots may be those of numbers 0 and 1."""
    words = [*slots(0)[:as_0], *slots(number)[as_0 : 10 - as_1], *slots(1)[10 - as_1 :]]
    return Article(id=f"{number}", text=FORM.format(*words), source=f"Outlet {number}", lang="en")


class TestForms:
    @pytest.mark.parametrize(
        ("kept", "alone", "in_company"),
        [
            pytest.param(0, "template", "template", id="nothing"),
            pytest.param(7, "copy", "template", id="most-of-the-facts"),
            pytest.param(9, "copy", "copy", id="nearly-all-of-them"),
        ],
    )
    def test_that_many_fill_in_are_told_apart_by_their_facts(self, kept: int, alone: str, in_company: str) -> None:
        two = [filled(0), filled(1, as_0=kept)]
        assert verdicts(run(two, reported=EVERY)) == {("0", "1"): alone}
        others = [filled(number) for number in range(2, 2 + FORM_LIKE)]
        found = verdicts(run([*two, *others], reported=EVERY))
        assert found.pop(("0", "1")) == in_company
        assert set(found.values()) == {"template"}

    def test_of_few_are_judged_as_any_text_is(self) -> None:
        two = [filled(0), filled(1, as_0=7)]
        few = [filled(number) for number in range(2, 1 + FORM_LIKE)]
        assert verdicts(run([*two, *few]))["0", "1"] == "copy"

    def test_of_which_only_one_is_like_so_many_are_judged_as_any_texts_are(self) -> None:
        two = [filled(0), filled(1, as_0=7)]
        others = [filled(number) for number in range(2, 1 + FORM_LIKE)]
        nearer = filled(7, as_0=4, as_1=3)  # shares too much with the second to be like it, not with the first
        found = verdicts(run([*two, *others, nearer], reported=EVERY))
        assert (found["0", "7"], found["1", "7"]) == ("template", "copy")
        assert found["0", "1"] == "copy"

    def test_beside_texts_that_are_none_leave_these_as_they_are(self, newsroom: Newsroom) -> None:
        left, right = newsroom.articles["a01-orig"], newsroom.articles["a01-spun"]
        forms = [filled(number) for number in range(2 + FORM_LIKE)]
        assert verdicts(run([left, right, *forms])) == {(left.id, right.id): "rewrite"}

    def test_exact_copies_of_a_form_are_forms_as_well(self) -> None:
        others = [filled(number) for number in range(2, 2 + FORM_LIKE)]
        again = replace(filled(0), id="00", source="Outlet 00")
        found = verdicts(run([filled(0), again, filled(1, as_0=7), *others]))
        assert found == {("0", "00"): "identical"}

    def test_same_bytes_whatever_the_order_of_the_inputs(self) -> None:
        articles = [filled(0), filled(1, as_0=7), *(filled(number) for number in range(2, 2 + FORM_LIKE))]
        expected = as_bytes(run(articles, reported=EVERY))
        assert as_bytes(run(articles[::-1], reported=EVERY)) == expected

    @pytest.mark.xfail(strict=True, reason="who carries a passage tells like its source and of other things besides")
    def test_a_story_that_others_excerpt_is_no_form(self, stories: list[str], newsroom: Newsroom) -> None:
        versions = [newsroom.articles[f"a01-{role}"] for role in ("orig", "revision", "syndicated")]
        alone = verdicts(run(versions))
        assert len(alone) == 3
        passage = "\n\n".join(stories[0].split("\n\n")[1:6])
        roundups = []
        for place, text in enumerate(stories[3 : 3 + FORM_LIKE]):
            first, *rest = text.split("\n\n")
            roundups.append(
                Article(id=f"z{place}", text="\n\n".join([first, passage, *rest[:4]]), source=f"Z{place}", lang="en")
            )
        found = verdicts(run([*versions, *roundups]))
        assert alone.items() <= found.items()


class TestQuotedPassages:
    words = " ".join(NOTE[:3]).replace('"', "")

    def test_a_passage_that_one_puts_between_marks_is_an_excerpt(self, stories: list[str]) -> None:
        told = noted(stories[0], "a", "A", [self.words])
        quoted = noted(stories[1], "b", "B", [f'The Gazette wrote: "{self.words}"'])
        assert verdicts(run([told, quoted])) == {("a", "b"): "excerpt"}

    def test_a_quote_that_both_carry_is_none(self, stories: list[str]) -> None:
        quote = [f'The office wrote: "{self.words}"']
        assert run([noted(stories[0], "a", "A", quote), noted(stories[1], "b", "B", quote)]).pairs == ()
