"""Pairs as bytes, for the store; nothing is rounded, so that clusters are what they were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
    try:
        found: Mapping[str, Any] = orjson.loads(data)
    except orjson.JSONDecodeError:
        found = json.loads(data)
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


def _tuples(rows: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(map(tuple, rows))
