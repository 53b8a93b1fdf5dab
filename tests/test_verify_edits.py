"""What changed between two versions: every change that was made, and no other."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from conftest import MakeArticle, Newsroom
from newsdedup.api import compare_articles
from newsdedup.article import Article
from newsdedup.result import AlignedSentence, Verdict
from newsdedup.text.normalize import NormalizedText, normalize
from newsdedup.text.table import table_of
from newsdedup.verify.align import aligned
from newsdedup.verify.edits import Change, Edits, find_edits
from newsdedup.verify.evidence import aligned_sentences
from newsdedup.verify.profile import Profile
from newsdedup.verify.reading import Reading

FRAME = "Anna Bell opened the Harlow bridge after four years of work by local builders. {} The council of Marlow paid."


def edits(
    left: str, right: str, *, lang: str = "en", notes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
) -> Edits:
    texts = [NormalizedText(text=text, cuts=(), dateline="") for text in (left, right)]
    table = table_of(texts, [lang, lang])
    readings = [Reading(table, row, texts[row].text, notes[row]) for row in (0, 1)]
    return find_edits(readings[0], readings[1], aligned_sentences(aligned(Profile(table, 0), Profile(table, 1))))


def swapped(changes: tuple[Change, ...]) -> set[Change]:
    return {(right, left) for left, right in changes}


FACTS = [
    # left, right, changes of the left text's second sentence into the right one's
    ("It cost the town 48 million crowns.", "It cost the town 52 million crowns.", [("48", "52")]),
    ("It cost the town 48 million crowns.", "It cost the town 48 billion crowns.", [("million", "billion")]),
    ("It cost the town 48 million crowns.", "It cost the town some 48 million crowns.", []),
    ("It is the third one in the valley.", "It is the fourth one in the valley.", [("third", "fourth")]),
    ("It is two miles from the old ferry.", "It is three miles from the old ferry.", [("two", "three")]),
    ("Some 21,460 people came to see it.", "Some 21,640 people came to see it.", [("21,460", "21,640")]),
    ("It was shut at 8:52 a.m. on the day.", "It was shut at 6:52 a.m. on the day.", [("8:52", "6:52")]),
    ("They won the first match 3-2 at home.", "They won the first match 4-2 at home.", [("3-2", "4-2")]),
    ("Nine of them were held for a day.", "Thirty-four of them were held for a day.", [("Nine", "Thirty-four")]),
    ("It stood some 40 centimetres higher.", "It stood before noon, 61 centimetres higher.", [("40", "61")]),
    (
        "It was shut for more than two hours.",
        "It was shut for nearly an hour.",
        [("more than two hours", "nearly an hour")],
    ),
    ("The first woman in her thirties left.", "The first woman of 41 left.", [("in her thirties", "of 41")]),
    ("It was shut at 8:52 a.m. on that day.", "It was shut at 8:54 a.m. on that day.", [("8:52", "8:54")]),
    ("It cost some 1,100 crowns a head.", "It cost some 2 100 crowns a head.", [("1,100", "2 100")]),
    (
        "It stood on that first summer day some 40 centimetres higher than the old mark on the stone by the gate.",
        "It stood at 3 in the cold night nearly 61 centimetres higher than the old mark on the stone by the gate.",
        [(None, "3"), ("40", "61")],
    ),
    (
        "They held 19 local drivers without any good reason at the gate of the town.",
        "They held 27 men who were young and angry at the gate of the town.",
        [("19", "27")],
    ),
    ("The mayor met Bell at the gate.", "The mayor met Marlow at the gate.", []),  # both are named before
    ("It was shut at 9:20 sharp on the day.", "It was shut by 9.20 on the day.", []),
    ("It drew many people from the town.", "It drew many people, 300 of them, from the town.", [(None, "300")]),
    ("It has 12 arches of grey stone.", "It has arches of grey stone.", [("12", None)]),
    (
        "The mayor met Peter Quill at the gate.",
        "The mayor met Olive Stern at the gate.",
        [("Peter Quill", "Olive Stern")],
    ),
    ("The mayor met Peter Quill at the gate.", "The mayor met nobody at the gate.", []),
    ("It stays shut until Tuesday morning.", "It stays shut until Friday morning.", [("Tuesday", "Friday")]),
    # A number that stands elsewhere in the other text was moved, not changed.
    ("It has 12 arches. It is grey, they say.", "It has arches. It is grey and has 12, they say.", []),
    # Two spellings of one thing.
    ("It cost some ten crowns a head.", "It cost some 10 crowns a head.", []),
    ("It cost some 1,100 crowns a head.", "It cost some 1 100 crowns a head.", []),
    ("It was shut at 9:20 on the day.", "It was shut at 9.20 on the day.", []),
    ("It was shut in Nov of last year.", "It was shut in November of last year.", []),
    ("Det Sgt Quill shut it last year.", "Detective Sergeant Quill shut it last year.", []),
    ("She was in her thirties at the time.", "She was in her 30s at the time.", []),
    ("It runs for two kilometres (24 miles) on.", "It runs for two km on.", [("24", None)]),
]


class TestFacts:
    @pytest.mark.parametrize(("left", "right", "changes"), FACTS)
    def test_are_what_stands_for_what(self, left: str, right: str, changes: list[Change]) -> None:
        found = edits(FRAME.format(left), FRAME.format(right))
        assert list(found.facts) == changes
        assert found.sentences == ()
        turned = edits(FRAME.format(right), FRAME.format(left))
        assert swapped(turned.facts) == set(changes)

    @pytest.mark.parametrize(
        ("lang", "left", "right", "change"),
        [
            (
                "de",
                "Die Strecke bleibt bis Samstag gesperrt.",
                "Die Strecke bleibt bis Montag gesperrt.",
                "Samstag Montag",
            ),
            ("de", "Dreimal hat es dort gekracht.", "Viermal hat es dort gekracht.", "Dreimal Viermal"),
            ("es", "El partido logró nueve escaños.", "El partido logró diez escaños.", "nueve diez"),
            ("es", "Es la tercera vez este año.", "Es la cuarta vez este año.", "tercera cuarta"),
            ("fr", "Le pont sera fermé lundi soir.", "Le pont sera fermé mardi soir.", "lundi mardi"),
        ],
    )
    def test_of_other_languages(self, lang: str, left: str, right: str, change: str) -> None:
        assert edits(left, right, lang=lang).facts == (tuple(change.split()),)

    def test_of_a_rewritten_sentence_are_what_stands_between_the_same_words(self) -> None:
        left = (
            "Guards turned away the shift at Iquique in Chile as the operator locked out 1,850 dock workers on Monday."
        )
        right = "Chile sent 120 marines to Iquique, hours after the operator locked out 1,580 dock workers there."
        found = edits(left, right)
        assert found.facts == (("1,850", "1,580"),)
        assert found.sentences == ((left, right),)

    def test_of_long_places_stand_alone(self) -> None:
        left = "It was shut during some eight unusually cold and snowy weeks, people of the upper valley say today."
        right = "It was shut since late autumn 1930 because bad rockfall began, people of the upper valley say today."
        assert edits(left, right).facts == (("eight", None), (None, "1930"))


class TestSentences:
    ONE = "Anna Bell opened the Harlow bridge on Monday after four years of work by local builders."
    TWO = "The council of Marlow had asked for another ferry across the river Wend."
    THREE = "Critics led by Peter Quill called the plan a waste of money that schools needed more."
    NEW = "Judge Olive Stern heard the case for eleven weeks before she threw it out."

    def told(self, *sentences: str) -> str:
        return " ".join(sentences)

    def test_added_cut_and_moved(self) -> None:
        whole = self.told(self.ONE, self.TWO, self.THREE)
        for other, changes in (
            (self.told(self.ONE, self.TWO, self.NEW, self.THREE), ((None, self.NEW),)),
            (self.told(self.ONE, self.THREE), ((self.TWO, None),)),
            (self.told(self.NEW, self.ONE, self.THREE), ((None, self.NEW), (self.TWO, None))),
            (self.told(self.THREE, self.ONE, self.TWO), ()),
            (whole, ()),
        ):
            assert edits(whole, other).sentences == changes
            assert swapped(edits(other, whole).sentences) == set(changes)

    def test_split_and_joined(self) -> None:
        joined = self.told(
            self.ONE.rstrip(".") + ", and the council of Marlow had asked for another ferry.", self.THREE
        )
        split = self.told(self.ONE, "The council of Marlow had asked for another ferry.", self.THREE)
        assert edits(joined, split).sentences == edits(split, joined).sentences == ()

    def test_rewritten_in_its_place(self) -> None:
        lead = "The Harlow bridge was opened at last by Anna Bell, whose builders had needed four years for it."
        found = edits(self.told(self.ONE, self.TWO, self.THREE), self.told(lead, self.TWO, self.THREE))
        assert found.sentences == ((self.ONE, lead),)
        # At the other end of the text it is another sentence.
        found = edits(self.told(self.ONE, self.TWO, self.THREE), self.told(self.TWO, self.THREE, lead))
        assert set(found.sentences) == {(self.ONE, None), (None, lead)}
        found = edits(self.told(self.TWO, self.THREE, self.ONE), self.told(lead, self.TWO, self.THREE))
        assert set(found.sentences) == {(self.ONE, None), (None, lead)}

    def test_edited_are_not_listed(self) -> None:
        assert edits(self.TWO, self.TWO.replace("another", "a new")).sentences == ()

    def test_of_one_or_two_words_are_not_listed(self) -> None:
        assert edits(self.ONE, f"{self.ONE} Yes. So she said.").sentences == ((None, "So she said."),)

    def test_long_ones_are_cut_at_a_word(self) -> None:
        long = "The judge heard " + ", ".join(f"the witness number {n}" for n in range(20)) + " in the case."
        [(_, shown)] = edits(self.ONE, f"{self.ONE} {long}").sentences
        assert shown is not None
        assert shown.endswith("…")
        assert 130 < len(shown) <= 161
        assert long.startswith(shown[:-1])
        assert long[len(shown) - 1] in " ,"

    def test_the_same_sentence_twice_has_one_counterpart(self) -> None:
        twice = self.told(self.TWO, self.ONE, self.TWO)
        assert edits(twice, self.told(self.TWO, self.ONE)).sentences == ()  # it is still told

    def test_of_a_text_without_words(self) -> None:
        assert edits("", "") == edits("!", "?") == Edits()
        assert edits("", self.ONE).sentences == ((None, self.ONE),)


class TestNotes:
    def test_are_those_that_one_side_carries(self) -> None:
        found = edits("Bell was sorry.", "Bell was sorry.", notes=(("Both.", "Left."), ("Right.", "Both.")))
        assert found == Edits(notes=(("Left.", None), (None, "Right.")))

    def test_stand_behind_facts_and_before_sentences(self) -> None:
        many = tuple((None, str(n)) for n in range(20))
        found = Edits(facts=many[:2], notes=many[2:3], sentences=many[:10])
        assert found.listed == (*many[:3], *many[:10])
        assert len(Edits(facts=many, sentences=many).listed) == 24


LANGUAGES = ("en", "es", "de")


def sentences_of(article: Article) -> list[str]:
    text = normalize(article.text)
    return list(Reading(table_of([text], [article.lang or "en"]), 0, text.text).sentences)


def planted(told: list[str], foreign: list[str], random: Random) -> tuple[list[str], set[Change]]:
    """A revision of a text and the changes made: a number changed, a sentence cut, one of another story added."""
    text = " ".join(told)
    numbers = [
        (place, match[0])
        for place, sentence in enumerate(told)
        for match in re.finditer(r"(?<![\w.,:$£€/-])\d{2}(?![\w.,:%°-])", sentence)
        if len(re.findall(rf"(?<!\d){match[0]}(?!\d)", text)) == 1 and len(sentence) > 60
    ]
    number_place, number = random.choice(numbers)
    new = next(str(n) for n in range(61, 99) if str(n) not in text)
    worth = [place for place, sentence in enumerate(told) if place and len(sentence) > 40 and place != number_place]
    cut = random.choice(worth)
    added = random.choice([sentence for sentence in foreign if len(sentence) > 40])
    revision = list(told)
    revision[number_place] = re.sub(rf"(?<!\d){number}(?!\d)", new, told[number_place])
    del revision[cut]
    revision.insert(random.randrange(1, len(revision)), added)
    return revision, {(number, new), (shown(told[cut]), None), (None, shown(added))}


def shown(sentence: str) -> str:
    return sentence if len(sentence) <= 160 else sentence[:160].rsplit(" ", 1)[0] + "…"


@pytest.mark.parametrize(("lang", "other"), [("en", "a03-followup"), ("es", "a01-orig"), ("de", "a01-orig")])
def test_planted_changes_are_found_and_nothing_else(lang: str, other: str, newsroom: Newsroom) -> None:
    random = Random(7)  # noqa: S311 - test data
    foreign = sentences_of(newsroom.articles[other])
    stories = [
        article for name, article in newsroom.articles.items() if name.endswith("-orig") and article.lang == lang
    ]
    for article in stories:
        if article.id[:3] == other[:3]:
            continue
        told = sentences_of(article)
        first = replace(article, text="\n\n".join(told))
        for _ in range(1 if lang == "en" else 8):
            revision, expected = planted(told, foreign, random)
            found = compare_articles(first, replace(article, id="z", text="\n\n".join(revision))).pair
            assert found.verdict in (Verdict.REVISION, Verdict.COPY)
            assert set(found.evidence.changed_facts) == expected, article.id


class TestPairs:
    def test_reasons_count_the_changes_as_seen_from_the_source(self, newsroom: Newsroom) -> None:
        first, later = newsroom.articles["k04-orig"], newsroom.articles["k04-revision"]
        told = "changed: 141.2 -> 114.2; 5 sentences added, 3 cut; a correction note"
        assert told in compare_articles(first, later).pair.reasons
        turned = compare_articles(replace(first, id="z"), later).pair
        assert told in turned.reasons
        assert ("114.2", "141.2") in turned.evidence.changed_facts
        undated = compare_articles(replace(first, published=None), replace(later, published=None, source=None)).pair
        assert undated.source == "left"  # the other one carries a correction note

    def test_page_chrome_is_no_correction_note(self, newsroom: Newsroom) -> None:
        pair = compare_articles(newsroom.articles["a01-orig"], newsroom.articles["a01-syndicated"]).pair
        assert pair.verdict is Verdict.COPY
        listed = [fact for change in pair.evidence.changed_facts for fact in change if fact]
        assert listed
        assert not any("Advertisement" in fact or "Comments" in fact for fact in listed)
        assert not any("note" in reason for reason in pair.reasons)

    def test_a_rewrite_lists_names_and_numbers_only(self, seeds: list[Article]) -> None:
        pair = compare_articles(seeds[0], seeds[1]).pair
        assert pair.verdict is Verdict.REWRITE
        assert all(len(fact or "") < 40 for change in pair.evidence.changed_facts for fact in change)
        assert not any(reason.startswith("changed") for reason in pair.reasons)

    def test_one_endless_sentence_is_compared_as_a_whole(self, make_article: MakeArticle) -> None:
        text = " ".join(f"bridge{n} Harlow{n}" for n in range(4_000))
        pair = compare_articles(make_article(text + " 5123"), make_article(text + " 6123")).pair
        assert pair.verdict in (Verdict.COPY, Verdict.REVISION)
        assert pair.evidence.changed_facts == ()

    def test_numbers_of_sentences_that_are_not_there_are_harmless(self) -> None:
        texts = [NormalizedText(text=text, cuts=(), dateline="") for text in ("One 12.", "One 13.")]
        table = table_of(texts, ["en", "en"])
        readings = [Reading(table, row, texts[row].text) for row in (0, 1)]
        assert find_edits(readings[0], readings[1], [AlignedSentence(left=1, right=1, similarity=0.1)]).sentences == ()
