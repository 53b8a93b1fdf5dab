"""The numbers of a pair against brute force, against difflib, and on texts made for one of them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brute_features import Plain, brute_features, passes_gate, plain, run_mask
from conftest import MakeArticle, Newsroom
from newsdedup.article import Article
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.numbers import shared_run_mask
from newsdedup.verify.profile import RUN, Profile

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=60)
TRUE_LABELS = ("copy", "revision", "rewrite", "excerpt")

# Names, numbers and content words, so that facts, sentences and quotes all occur.
words = st.sampled_from(
    'Anna Bell Harlow Bridge 12 2024 48 opened the river council said ferry Marlow workers , . . " two'.split()
)
texts = st.lists(words, max_size=40).map(" ".join)
passages = st.permutations(
    "Anna Bell Harlow 12 2024 opened the river council said ferry Marlow workers crowns bridge Thorne . The judge "
    "Stern of Brackley heard case for eleven weeks before she threw it out last October . Builders laid blocks on "
    "Thursday under lamps while hundreds of".split()
).map(lambda drawn: " ".join(drawn[:34]))


@st.composite
def with_a_passage(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts that share a passage, which either may put between marks."""
    passage = draw(passages)
    around = st.lists(words, max_size=14).map(" ".join)
    forms = st.sampled_from(["{}", '"{}"', "{}."])
    left, right = (f"{draw(around)} {draw(forms).format(passage)} {draw(around)}" for _ in range(2))
    return left, right


def check_against_brute_force(left: Plain, right: Plain) -> None:
    found = pair_features(left.profile, right.profile)
    for name, exact in brute_features(left, right).items():
        assert getattr(found, name) == pytest.approx(exact, abs=1e-5), name


def check_symmetry(left: Profile, right: Profile) -> None:
    one, two = pair_features(left, right), pair_features(right, left).swapped()
    for field in fields(Features):
        assert getattr(one, field.name) == pytest.approx(getattr(two, field.name), abs=1e-5), field.name
    assert passes_gate(left, right) == passes_gate(right, left)


class TestPairFeatures:
    @given(texts, texts)
    @EXAMPLES
    def test_equal_brute_force_on_made_up_texts(self, left: str, right: str) -> None:
        check_against_brute_force(*plain(Article(id="a", text=left, lang="en"), Article(id="b", text=right, lang="en")))

    @given(with_a_passage())
    @EXAMPLES
    def test_equal_brute_force_on_texts_that_share_a_passage(self, texts: tuple[str, str]) -> None:
        one, two = plain(*(Article(id=text[:9], text=text, lang="en") for text in texts))
        check_against_brute_force(one, two)
        check_symmetry(one.profile, two.profile)

    def test_equal_brute_force_on_real_pairs(self, newsroom: Newsroom) -> None:
        roles = ("orig", "syndicated", "revision", "spun", "condensed", "excerpt", "sibling")
        sides = plain(*(newsroom.articles[f"{pack}-{role}"] for pack in ("a01", "a07") for role in roles))
        for left, right in zip(sides, sides[1:] + sides[:1], strict=True):
            check_against_brute_force(left, right)

    @given(texts, texts)
    @EXAMPLES
    def test_swapping_the_sides_swaps_containment_only(self, left: str, right: str) -> None:
        one, two = plain(Article(id="a", text=left, lang="en"), Article(id="b", text=right, lang="en"))
        check_symmetry(one.profile, two.profile)

    def test_swapping_the_sides_of_real_pairs(self, newsroom: Newsroom) -> None:
        chosen = [article for name, article in newsroom.articles.items() if name[:3] in ("a01", "a02", "b01")]
        profiles = [side.profile for side in plain(*chosen)]
        for left, right in product(profiles, repeat=2):
            check_symmetry(left, right)

    def test_as_many_facts_on_both_sides_is_no_reason_to_prefer_the_left(self, make_article: MakeArticle) -> None:
        # "Harlow" stands in the first text as a name only, in the second twice, once in lower case and no fact.
        one, two = plain(
            make_article("We met Anna in Harlow with Marlow folk.", lang="en"),
            make_article("We met Anna in Paris with harlow folk of Bell.", lang="en"),
        )
        assert len(one.facts) == len(two.facts) == 3
        assert len(one.facts & two.roots) != len(two.facts & one.roots)
        check_symmetry(one.profile, two.profile)

    def test_the_same_words_in_other_sentences_are_no_reason_to_prefer_the_left(
        self, make_article: MakeArticle
    ) -> None:
        one, two = plain(
            make_article("Anna Bell opened the bridge. Marlow ferries closed.", lang="en"),
            make_article("Anna Bell opened the bridge Marlow ferries closed.", lang="en"),
        )
        assert one.profile.sentence_weights.sum() == two.profile.sentence_weights.sum()
        assert one.profile.sentence_weights.size != two.profile.sentence_weights.size
        check_symmetry(one.profile, two.profile)

    def test_an_article_against_itself(self, newsroom: Newsroom) -> None:
        [side] = plain(newsroom.articles["a01-orig"])
        found = pair_features(side.profile, side.profile)
        assert (found.jaccard, found.contained_left, found.lcs, found.length_ratio) == (1, 1, 1, 1)
        assert found.order == pytest.approx(1, abs=1e-5)
        assert found.sentences_mean == pytest.approx(1, abs=1e-5)
        assert found.verbatim_share == 1
        assert found.shared_facts == found.fact_count == len(side.facts)

    @pytest.mark.parametrize("text", ["", "...", "the and of", "Word", "12"])
    def test_next_to_nothing_gives_numbers_all_the_same(self, text: str, make_article: MakeArticle) -> None:
        one, two = plain(make_article(text, lang="en"), make_article("Anna Bell opened the Harlow bridge.", lang="en"))
        for left, right in ((one, two), (two, one), (one, one)):
            found = pair_features(left.profile, right.profile)
            for field in fields(Features):
                assert np.isfinite(getattr(found, field.name)), field.name
            check_against_brute_force(left, right)

    def test_lcs_is_at_least_what_difflib_finds(self, newsroom: Newsroom) -> None:
        for role, near in (("syndicated", 0.02), ("spun", 0.3)):
            left, right = plain(newsroom.articles["a04-orig"], newsroom.articles[f"a04-{role}"])
            matcher = difflib.SequenceMatcher(None, left.terms, right.terms, autojunk=False)
            found = pair_features(left.profile, right.profile).lcs
            # difflib's matching blocks are a common subsequence, and a long one.
            assert matcher.ratio() <= found <= matcher.ratio() + near

    def test_swapped_twice_is_the_same(self, newsroom: Newsroom) -> None:
        left, right = plain(newsroom.articles["a04-orig"], newsroom.articles["a04-excerpt"])
        found = pair_features(left.profile, right.profile)
        assert found.contained_left != found.contained_right
        assert found.swapped().swapped() == found
        assert found.swapped() == replace(
            found, contained_left=found.contained_right, contained_right=found.contained_left
        )


TOLD = (
    "The council of Harlow will pay 48 million crowns for a bridge across the river Wend by the spring. "
    "Its mayor Anna Bell laid the last of the granite blocks on Thursday night under bright lamps."
)
OWN = (
    ("Farmers in Thorne had asked for rain.", "Nobody came."),
    ("Singers met at the station of Brackley in June.", "They sang until dawn."),
)


def both(make_article: MakeArticle, left: str, right: str) -> Features:
    """Features of two texts that have nothing in common but what stands in the middle of both."""
    texts = (f"{before} {told} {after}" for told, (before, after) in zip((left, right), OWN, strict=True))
    one, two = plain(*(make_article(text, lang="en") for text in texts))
    return pair_features(one.profile, two.profile)


class TestVerbatim:
    words = len(TOLD.split())

    @pytest.mark.parametrize(("left", "right"), [("{}", "{}"), ("{}", '"{}"'), ('"{}"', "{}")])
    def test_a_passage_that_one_side_puts_between_marks_is_a_passage(
        self, left: str, right: str, make_article: MakeArticle
    ) -> None:
        found = both(make_article, left.format(TOLD), right.format(TOLD))
        assert found.verbatim == found.verbatim_sentences == self.words
        assert found.verbatim_facts == len("Harlow 48 Wend Anna Bell Thursday".split())

    def test_a_quote_that_both_carry_is_nobodys_passage(self, make_article: MakeArticle) -> None:
        found = both(make_article, f'"{TOLD}"', f'"{TOLD}"')
        assert (found.verbatim, found.verbatim_facts, found.verbatim_share) == (0, 0, 0)

    @pytest.mark.parametrize(
        ("changed", "whole", "words"),
        [
            pytest.param("before the next spring.", True, 28, id="the-same"),
            pytest.param("before the next winter.", True, 27, id="but-for-a-word"),
            pytest.param("before the coming winter.", False, 26, id="but-for-two-words"),
        ],
    )
    def test_whole_sentences_may_lack_a_word(
        self, changed: str, whole: bool, words: int, make_article: MakeArticle
    ) -> None:
        first = (
            "Critics led by Peter Quill of Marlow called the plan a waste of money that all the schools in Castle Dray "
            "would need more before the next spring."
        )
        assert len(first.split()) == 28
        left = f"{first} {TOLD} He had left."
        found = both(make_article, left, left.replace("before the next spring.", changed))
        assert found.verbatim_sentences == self.words + whole * words  # three words are no sentence
        assert found.verbatim == self.words + words + 3

    def test_what_both_end_with_is_no_passage(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        foot = "Write to the desk of the paper in Harlow, 12 Mill Lane, by Friday, and say what you think of it. " * 2
        one, two = plain(
            *(make_article(f"{newsroom.articles[name].text}\n\n{foot}", lang="en") for name in ("a01-orig", "a07-orig"))
        )
        found = pair_features(one.profile, two.profile)
        assert (found.verbatim, found.verbatim_facts, found.verbatim_sentences) == (0, 0, 0)
        assert found.verbatim_share > 0

    @pytest.mark.xfail(strict=True, reason="what both end with never counts, be it half of an article")
    def test_an_excerpt_that_ends_both_is_a_passage(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        taken = "\n\n".join(newsroom.articles["a01-orig"].text.split("\n\n")[-4:])
        assert len(taken.split()) > 150
        one, two = plain(
            newsroom.articles["a01-orig"],
            make_article(f"{newsroom.articles['a07-orig'].text}\n\n{taken}", lang="en"),
        )
        assert pair_features(one.profile, two.profile).verbatim > 100


class TestTold:
    # Each is one content stem of its own.
    stems = tuple(f"{a}{b}{c}" for a in "bdfgklmn" for b in ("aka", "elu", "ito") for c in ("zor", "vim"))

    def told(self, own: Sequence[str], quoted: Sequence[str]) -> Article:
        return Article(id="x", text=f'{" ".join(own)} "{" ".join(quoted)}"', lang="en")

    def test_what_an_official_says_is_nobodys_telling(self) -> None:
        quoted = self.stems[:20]
        one, two = plain(self.told(self.stems[20:44], quoted), self.told(self.stems[24:48], quoted))
        found = pair_features(one.profile, two.profile)
        assert found.lcs_short == pytest.approx(20 / 24)
        assert found.lcs == pytest.approx(40 / 44)
        check_against_brute_force(one, two)

    def test_a_text_that_is_nearly_all_quotes_counts_whole(self) -> None:
        one, two = plain(self.told(self.stems[:23], self.stems[23:40]), self.told((), self.stems[23:48]))
        assert pair_features(one.profile, two.profile).lcs_short == pytest.approx(17 / 25)

    def test_of_two_texts_of_one_length_the_larger_share_counts(self) -> None:
        stems = self.stems
        one, two = plain(self.told(stems[:30], stems[30:36]), self.told(stems[:26], stems[38:48]))
        assert len(one.terms) == len(two.terms)
        for left, right in ((one, two), (two, one)):
            assert pair_features(left.profile, right.profile).lcs_short == 1


class TestFactsByWeight:
    def test_a_form_keeps_the_words_and_changes_the_names(self, newsroom: Newsroom) -> None:
        for pack in ("a01", "a04", "a09"):
            sides = plain(*(newsroom.articles[f"{pack}-{role}"] for role in ("orig", "sibling", "paraphrase")))
            sibling, paraphrase = (pair_features(sides[0].profile, side.profile) for side in sides[1:])
            assert sibling.facts_weight < 0.6
            assert paraphrase.facts_weight > 0.75
            assert sibling.facts_weight_both <= sibling.facts_weight

    def test_figures_are_many_in_tables(self, make_article: MakeArticle) -> None:
        table = "Harlow 31 2 7 Thorne 28 4 11 Marlow 25 7 14"
        one, two = plain(make_article(table, lang="en"), make_article(TOLD, lang="en"))
        assert pair_features(one.profile, two.profile).figures == pytest.approx(9 / 12)
        assert pair_features(two.profile, two.profile).figures < 0.1


class TestSharedRuns:
    @given(st.lists(st.integers(0, 2), max_size=30), st.lists(st.integers(0, 2), max_size=30), st.booleans())
    @EXAMPLES
    def test_mask_equals_brute_force(self, before: list[int], after: list[int], planted: bool) -> None:
        names = ["alpha", "beta", "gamma"]
        shared = [place * place % 7 % 3 for place in range(RUN + 1)] if planted else []
        left, right = plain(
            *(
                Article(id=str(place), text=" ".join(names[value] for value in values), lang="en")
                for place, values in enumerate((before + shared + after, after + shared + before))
            )
        )
        assert shared_run_mask(left.profile, right.profile).tolist() == run_mask(left.tokens, right.tokens)
        assert not planted or shared_run_mask(left.profile, right.profile).sum() >= len(shared)

    def test_a_run_is_so_many_words_and_no_fewer(self, make_article: MakeArticle) -> None:
        words = ["".join(letters) for letters in product("abcdef", "xyz", "uvw")]
        for length in (RUN - 1, RUN):
            left, right = plain(
                make_article(" ".join(["first", *words[:length], "last"]), lang="en"),
                make_article(" ".join(["other", *words[:length], "end"]), lang="en"),
            )
            mask = shared_run_mask(left.profile, right.profile).tolist()
            assert mask == [False] + [length == RUN] * length + [False]


class TestGate:
    def test_no_labelled_true_pair_is_dropped(self, newsroom: Newsroom) -> None:
        articles = list(newsroom.articles.values())
        profiles = {article.id: side.profile for article, side in zip(articles, plain(*articles), strict=True)}
        dropped = [
            (pair.left, pair.right)
            for label in TRUE_LABELS
            for pair in newsroom.labelled(label)
            if not passes_gate(profiles[pair.left], profiles[pair.right])
        ]
        assert dropped == []

    def test_pairs_of_other_stories_are_dropped(self, newsroom: Newsroom) -> None:
        originals = [article for name, article in newsroom.articles.items() if name.endswith("-orig")]
        profiles = [side.profile for side in plain(*originals)]
        pairs = [(a, b) for place, a in enumerate(profiles) for b in profiles[:place]]
        assert sum(passes_gate(a, b) for a, b in pairs) <= 0.05 * len(pairs)
