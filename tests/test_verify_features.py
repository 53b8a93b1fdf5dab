"""The numbers of a pair against brute force over token lists, and against difflib."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle, Newsroom
from newsdedup.article import Article
from newsdedup.text.table import make_table
from newsdedup.verify.align import MIN_SIMILARITY, similarities
from newsdedup.verify.features import Features, pair_features, passes_gate, shared_run_mask
from newsdedup.verify.profile import RUN, Profile

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=60)
TRUE_LABELS = ("copy", "revision", "rewrite", "excerpt")

# Names, numbers and content words, so that facts, sentences and quotes all occur.
words = st.sampled_from(
    'Anna Bell Harlow Bridge 12 2024 48 opened the river council said ferry Marlow workers , . . " two'.split()
)
texts = st.lists(words, max_size=40).map(" ".join)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    root: int
    number: bool
    sentence: int
    position: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """One article as plain lists."""

    profile: Profile
    tokens: list[int]
    quoted: list[bool]
    terms: list[int]
    roots_by_sentence: list[set[int]]
    roots: set[int]
    mentions: list[Mention]

    @property
    def facts(self) -> set[int]:
        return {mention.root for mention in self.mentions}


def plain(*articles: Article) -> list[Plain]:
    table = make_table(articles)
    out = []
    for row in range(len(table)):
        tokens = slice(int(table.token_offsets[row]), int(table.token_offsets[row + 1]))
        content = range(int(table.content_offsets[row]), int(table.content_offsets[row + 1]))
        by_sentence: list[set[int]] = [set() for _ in range(max(1, int(table.sentences[row])))]
        for place in content:
            by_sentence[int(table.sentence[place])].add(int(table.root[place]))
        out.append(
            Plain(
                profile=Profile(table, row),
                tokens=table.surface[tokens].tolist(),
                quoted=table.quoted[tokens].tolist(),
                terms=[int(table.term[place]) for place in content],
                roots_by_sentence=by_sentence,
                roots={int(table.root[place]) for place in content},
                mentions=[
                    Mention(
                        root=int(table.root[place]),
                        number=bool(table.fact[place] == 2),
                        sentence=int(table.sentence[place]),
                        position=int(table.position[place]),
                        weight=float(table.weight[place]),
                    )
                    for place in content
                    if table.fact[place]
                ],
            )
        )
    return out


def shingle_set(tokens: list[int]) -> set[tuple[int, ...]]:
    size = min(3, max(1, len(tokens)))
    return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}


def lcs_length(left: list[int], right: list[int]) -> int:
    row = [0] * (len(right) + 1)
    for one in left:
        before = row[:]
        for place, two in enumerate(right):
            row[place + 1] = before[place] + 1 if one == two else max(row[place], before[place + 1])
    return row[-1]


def run_mask(side: list[int], other: list[int]) -> list[bool]:
    runs = {tuple(other[i : i + RUN]) for i in range(len(other) - RUN + 1)}
    mask = [False] * len(side)
    for start in range(len(side) - RUN + 1):
        if tuple(side[start : start + RUN]) in runs:
            mask[start : start + RUN] = [True] * RUN
    return mask


def placed(side: Plain, other: Plain) -> float:
    """Facts of one side that stand in the two most similar sentences of the other, by weight."""
    similarity = similarities(side.profile, other.profile)
    near = [np.argsort(-row, kind="stable")[:2].tolist() for row in similarity]
    sentences: defaultdict[int, set[int]] = defaultdict(set)
    weights: defaultdict[int, float] = defaultdict(float)
    for mention in side.mentions:
        sentences[mention.root].add(mention.sentence)
        weights[mention.root] = max(weights[mention.root], mention.weight)
    found = sum(
        weights[root]
        * sum(any(root in other.roots_by_sentence[n] for n in near[sentence]) for sentence in own)
        / len(own)
        for root, own in sentences.items()
    )
    return found / (sum(weights.values()) + 12.0)


def best_mean(side: Plain, other: Plain) -> float:
    weights = side.profile.sentence_weights.tolist()
    best = [max(row) for row in similarities(side.profile, other.profile).tolist()]
    return sum(a * b for a, b in zip(weights, best, strict=True)) / sum(weights) if sum(weights) else 0.0


def ordered_value(side: Plain, other: Plain) -> float:
    similarity = similarities(side.profile, other.profile).tolist()
    weights = side.profile.sentence_weights.tolist()
    row = [0.0] * (len(other.roots_by_sentence) + 1)
    for own, weight in zip(similarity, weights, strict=True):
        before = row[:]
        for place, value in enumerate(own):
            told = before[place] + weight * value if value >= MIN_SIMILARITY else 0.0
            row[place + 1] = max(told, row[place], before[place + 1])
    return row[-1] / sum(weights) if sum(weights) else 0.0


def brute_features(left: Plain, right: Plain) -> dict[str, float]:
    """Every feature that needs no tie-break, by its description."""
    one, two = shingle_set(left.tokens), shingle_set(right.tokens)
    common = lcs_length(left.terms, right.terms)
    shorter, longer = sorted((len(left.terms), len(right.terms)))
    shares = {
        len(side.facts): (len(side.facts & other.roots) + 1) / (len(side.facts) + 3)
        for side, other in ((left, right), (right, left))
    }
    both_shares = [
        (len(side.facts & other.roots) + 1) / (len(side.facts) + 3) for side, other in ((left, right), (right, left))
    ]
    numbers = [{mention.root for mention in side.mentions if mention.number} for side in (left, right)]
    masks = [run_mask(left.tokens, right.tokens), run_mask(right.tokens, left.tokens)]
    unquoted = [
        [shared and not quoted for shared, quoted in zip(mask, side.quoted, strict=True)]
        for mask, side in zip(masks, (left, right), strict=True)
    ]
    run_facts = [
        len({mention.root for mention in side.mentions if mask[mention.position]})
        for mask, side in zip(unquoted, (left, right), strict=True)
    ]
    out = {
        "facts_both": min(both_shares),
        "facts_placed_both": min(placed(left, right), placed(right, left)),
        "numbers": (len(numbers[0] & right.facts) + 1) / (min(map(len, numbers)) + 2),
        "lcs": 2 * common / max(1, shorter + longer),
        "lcs_short": common / max(1, shorter),
        "sentences_mean": (best_mean(left, right) + best_mean(right, left)) / 2,
        "length": shorter,
        "length_ratio": max(1, shorter) / max(1, longer),
        "jaccard": len(one & two) / len(one | two) if one | two else 0.0,
        "contained_left": len(one & two) / max(1, len(one)),
        "contained_right": len(one & two) / max(1, len(two)),
        "verbatim": min(sum(unquoted[0]), sum(unquoted[1])),
        "verbatim_facts": min(run_facts),
        "fact_count": min(len(left.facts), len(right.facts)),
        "shared_facts": len(left.facts & right.facts),
    }
    if len(shares) == 2:
        out["facts_short"] = shares[min(shares)]
    weights = [float(side.profile.sentence_weights.sum()) for side in (left, right)]
    if abs(weights[0] - weights[1]) > 1e-3:
        sides = (left, right) if weights[0] < weights[1] else (right, left)
        out["order"] = ordered_value(*sides)
        out["sentences_short"] = best_mean(*sides)
    heavy = [float(side.profile.fact_weights.sum()) for side in (left, right)]
    if abs(heavy[0] - heavy[1]) > 1e-3:
        out["facts_placed"] = placed(left, right) if heavy[0] < heavy[1] else placed(right, left)
    return out


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
        assert found.verbatim == side.quoted.count(False)
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
