"""Pairs as bytes, for the store; nothing is rounded, so that clusters are what they were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import orjson

from newsdedup.result import AlignedSentence, Evidence, Pair, Verdict


def pair_bytes(pair: Pair) -> bytes:
    """The pair as JSON."""
    try:
        return orjson.dumps(pair)
    except TypeError:  # a lone surrogate in a text
        return json.dumps(asdict(pair)).encode("ascii")


def pair_of(data: bytes) -> Pair:
    """The pair that was written.

    Raises:
        ValueError: It is no pair.
    """
    found = _loaded(data)
    try:
        evidence = found["evidence"]
        return Pair(
            left=found["left"],
            right=found["right"],
            verdict=Verdict(found["verdict"]),
            score=found["score"],
            facts=found["facts"],
            telling=found["telling"],
            jaccard=found["jaccard"],
            containment=(found["containment"][0], found["containment"][1]),
            source=found["source"],
            reasons=tuple(found["reasons"]),
            evidence=Evidence(
                sentences=tuple(AlignedSentence(**each) for each in evidence["sentences"]),
                altered_quotes=_tuples(evidence["altered_quotes"]),
                changed_facts=_tuples(evidence["changed_facts"]),
                shared_facts=tuple(evidence["shared_facts"]),
                passages=_tuples(evidence["passages"]),
            ),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("no pair") from error


def tie_of(data: bytes, names: Mapping[str, str]) -> Pair:
    """As much of a pair as clusters are made by, under other ids: no reasons, and no evidence but who is aligned.

    Its sides are swapped when the ids sort the other way.

    Args:
        data: As it was written.
        names: The other ids.

    Raises:
        ValueError: It is no pair.
    """
    found = _loaded(data)
    try:
        left, right, source = names[found["left"]], names[found["right"]], found["source"]
        one, other = "left", "right"
        if left > right:
            left, right, one, other = right, left, other, one
            source = {"left": "right", "right": "left", None: None}[source]
        return Pair(
            left=left,
            right=right,
            verdict=Verdict(found["verdict"]),
            score=found["score"],
            facts=found["facts"],
            telling=found["telling"],
            jaccard=found["jaccard"],
            containment=(found["containment"][one == "right"], found["containment"][one == "left"]),
            source=source,
            reasons=(),
            evidence=Evidence(
                sentences=tuple([_aligned(each[one], each[other]) for each in found["evidence"]["sentences"]])
            ),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("no pair") from error


@lru_cache(maxsize=1 << 16)
def _aligned(left: int, right: int) -> AlignedSentence:
    """One for all pairs that align the two: a large cluster has half a million."""
    return AlignedSentence(left=left, right=right, similarity=1.0)


def _loaded(data: bytes) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = orjson.loads(data)
    except orjson.JSONDecodeError:  # a lone surrogate in a text
        found = json.loads(data)
    return found


def _tuples(rows: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(map(tuple, rows))
