"""The numbers of a pair by brute force over plain lists: what `newsdedup.verify.features` is held against."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from newsdedup.article import Article
from newsdedup.text.table import make_table
from newsdedup.verify.align import MIN_SIMILARITY, similarities
from newsdedup.verify.features import compare_pairs
from newsdedup.verify.profile import RUN, Profile, Profiles, in_one_table


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
    sentences: list[list[int]]
    terms: list[int]
    told: list[int]
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
                sentences=sentences_of(table.opening[tokens].tolist()),
                told=[int(table.term[p]) for p in content if not table.quoted[tokens][table.position[p]]],
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


def sentences_of(opening: list[bool]) -> list[list[int]]:
    """Token numbers of each sentence."""
    out: list[list[int]] = []
    for token, opens in enumerate(opening):
        if opens:
            out.append([])
        out[-1].append(token)
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


def common_end(left: list[int], right: list[int]) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count if count >= RUN else 0


def runs(side: Plain, other: Plain) -> tuple[int, int, int]:
    """Unquoted words in shared runs that are not the end of both, facts among them, words of the whole sentences."""
    mask = run_mask(side.tokens, other.tokens)
    end = len(mask) - common_end(side.tokens, other.tokens)
    mask[end:] = [False] * (len(mask) - end)
    unquoted = [shared and not quoted for shared, quoted in zip(mask, side.quoted, strict=True)]
    facts = {mention.root for mention in side.mentions if unquoted[mention.position]}
    shared = [(len(own), sum(mask[token] for token in own)) for own in side.sentences]
    return sum(unquoted), len(facts), sum(count for size, count in shared if size >= 6 and count >= size - 1)


def told_in_order(left: Plain, right: Plain) -> float:
    """Share of the shorter text's stems outside quotation marks that the other has in the same order."""
    shares = []
    for side, other in ((left, right), (right, left)):
        if len(side.terms) <= len(other.terms):
            told = side.told if len(side.told) >= 24 else side.terms
            shares.append(lcs_length(told, other.terms) / max(1, len(told)))
    return max(shares)


def weight_found(side: Plain, other: Plain) -> float:
    weights: defaultdict[int, float] = defaultdict(float)
    for mention in side.mentions:
        weights[mention.root] = max(weights[mention.root], mention.weight)
    return sum(weights[root] for root in weights if root in other.roots) / (sum(weights.values()) + 6.0)


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
    verbatim, run_facts, whole = zip(runs(left, right), runs(right, left), strict=True)
    kept = max(verbatim) + common_end(left.tokens, right.tokens)
    weights_found = [weight_found(left, right), weight_found(right, left)]
    out = {
        "facts_weight": max(weights_found),
        "facts_weight_both": min(weights_found),
        "facts_both": min(both_shares),
        "facts_placed_both": min(placed(left, right), placed(right, left)),
        "numbers": (len(numbers[0] & right.facts) + 1) / (min(map(len, numbers)) + 2),
        "lcs": 2 * common / max(1, shorter + longer),
        "lcs_short": told_in_order(left, right),
        "sentences_mean": (best_mean(left, right) + best_mean(right, left)) / 2,
        "length": shorter,
        "length_ratio": max(1, shorter) / max(1, longer),
        "jaccard": len(one & two) / len(one | two) if one | two else 0.0,
        "contained_left": len(one & two) / max(1, len(one)),
        "contained_right": len(one & two) / max(1, len(two)),
        "verbatim": max(verbatim),
        "verbatim_share": min(1.0, kept / max(1, min(left.quoted.count(False), right.quoted.count(False)))),
        "verbatim_facts": max(run_facts),
        "verbatim_sentences": min(whole),
        "figures": max(
            sum(mention.number for mention in side.mentions) / max(1, len(side.tokens)) for side in (left, right)
        ),
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


def passes_gate(left: Profile, right: Profile) -> bool:
    """Whether the gate lets a pair through, by the way that a scan takes."""
    table, one, two = in_one_table(left, right)
    return bool(compare_pairs(Profiles(table), one, two, np.zeros(1, dtype=bool)).passed[0])
