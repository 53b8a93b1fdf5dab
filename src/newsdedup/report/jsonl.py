"""Result lines: one JSON object a line, the contract that other programs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

import orjson

from newsdedup.article import Skipped
from newsdedup.report.plain import rounded
from newsdedup.result import SCHEMA, Boilerplate, Cluster, Evidence, Pair, Result, RunFigures

JsonObject: TypeAlias = dict[str, object]

_rounded = lru_cache(maxsize=2048)(rounded)  # a similarity is one of a thousand values; a third of the time of a line


def result_lines(result: Result) -> Iterator[str]:
    """The lines of `--format jsonl`, without line ends: run, pairs, clusters, boilerplate, skipped, notes,
    summary.

    Same result, same lines; only `seconds` of the summary tells two runs apart.
    """
    yield encoded(run_object(result))
    for pair in result.pairs:
        yield encoded(pair_object(pair))
    for cluster in result.clusters:
        yield encoded(cluster_object(cluster))
    for passage in result.boilerplate:
        yield encoded(boilerplate_object(passage))
    for skipped in result.skipped:
        yield encoded(skipped_object(skipped))
    for note in result.notes:
        yield encoded(note_object(note))
    yield encoded(summary_object(result))


def run_object(result: Result) -> JsonObject:
    """What was run; the first line."""
    return {
        "type": "run",
        "schema": SCHEMA,
        "version": result.version,
        "inputs": result.inputs,
        "articles": result.articles,
        "skipped": len(result.skipped),
        "parameters": result.parameters,
    }


def pair_object(pair: Pair) -> JsonObject:
    """One finding with its evidence."""
    return {
        "type": "pair",
        "left": pair.left,
        "right": pair.right,
        "verdict": str(pair.verdict),
        "score": rounded(pair.score),
        "facts": rounded(pair.facts),
        "telling": rounded(pair.telling),
        "jaccard": rounded(pair.jaccard),
        "containment": [rounded(share) for share in pair.containment],
        "source": pair.source,
        "reasons": list(pair.reasons),
        "evidence": _evidence_object(pair.evidence),
    }


def _evidence_object(evidence: Evidence) -> JsonObject:
    found: JsonObject = {
        "sentences": [[each.left, each.right, _rounded(each.similarity)] for each in evidence.sentences],
        "altered_quotes": [list(quotes) for quotes in evidence.altered_quotes],
        "changed_facts": [list(facts) for facts in evidence.changed_facts],
        "shared_facts": list(evidence.shared_facts),
    }
    if evidence.passages:
        found["passages"] = [list(passage) for passage in evidence.passages]
    return found


def cluster_object(cluster: Cluster) -> JsonObject:
    """Articles tied together, the one kept, and who else tells the event; how it has grown where a store knows."""
    found: JsonObject = {
        "type": "cluster",
        "id": cluster.id,
        "canonical": cluster.canonical,
        "members": list(cluster.members),
        "verdicts": {str(verdict): number for verdict, number in cluster.verdicts.items()},
        "tellings": cluster.tellings,
        "related": list(cluster.related),
        "first": cluster.first,
        "reasons": list(cluster.reasons),
    }
    if cluster.joined is not None:
        found |= {"joined": list(cluster.joined), "absorbed": list(cluster.absorbed or ())}
    return found


def boilerplate_object(passage: Boilerplate) -> JsonObject:
    """A passage that was set aside; `source` null for the articles whose source is unknown."""
    return {
        "type": "boilerplate",
        "source": passage.source,
        "articles": passage.articles,
        "text": passage.text,
    }


def skipped_object(skipped: Skipped) -> JsonObject:
    """An input that was not read; `detail` only where there is one."""
    found: JsonObject = {"type": "skipped", "input": skipped.input, "reason": skipped.reason}
    if skipped.detail:
        found["detail"] = skipped.detail
    return found


def note_object(note: str) -> JsonObject:
    """Something about the run that a reader of the results should know."""
    return {"type": "note", "message": note}


def summary_object(result: Result) -> JsonObject:
    """The counts, and of an ingest what it did; the last line, so a file that lacks it is cut short."""
    found: JsonObject = {
        "type": "summary",
        "articles": result.articles,
        "pairs": len(result.pairs),
        "clusters": len(result.clusters),
        "skipped": len(result.skipped),
        "seconds": rounded(result.seconds),
    }
    return found if result.figures is None else found | figures_object(result.figures)


def figures_object(figures: RunFigures) -> JsonObject:
    """What an ingest did, beside what every run counts."""
    return {
        "run": figures.run,
        "new": figures.new,
        "versions": figures.versions,
        "repeated": figures.repeated,
        "store_articles": figures.store_articles,
        "store_bytes": figures.store_bytes,
    }


def encoded(value: object) -> str:
    r"""One line of JSON, non-ASCII kept; lone surrogates (from undecodable file names) become `\\udcff`.

    `##[`, which GitHub's runner takes for a command wherever it stands, is written as `#\u0023[`, which is the same.
    """
    try:
        line = orjson.dumps(value)
    except TypeError:
        line = orjson.dumps(_encodable(value))
    return line.replace(b"##[", b"#\\u0023[").decode()


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {str(_encodable(str(key))): _encodable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(each) for each in value]
    return value
