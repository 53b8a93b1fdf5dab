"""The objects of the result lines in one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsdedup.report.jsonl import (
    JsonObject,
    boilerplate_object,
    cluster_object,
    encoded,
    note_object,
    pair_object,
    run_object,
    skipped_object,
    summary_object,
)
from newsdedup.result import Result


def document_lines(result: Result) -> Iterator[str]:
    """The lines of `--format json`; together one document, an object a line so that two runs can be compared.

    Its shape, every object as in the result lines, `type` included:

        {"run": {...}, "pairs": [...], "clusters": [...], "boilerplate": [...], "skipped": [...], "notes": [...],
         "summary": {...}}
    """
    yield f'{{"run":{encoded(run_object(result))},'
    yield from json_array("pairs", map(pair_object, result.pairs))
    yield from json_array("clusters", (cluster_object(cluster) for cluster in result.clusters))
    yield from json_array("boilerplate", map(boilerplate_object, result.boilerplate))
    yield from json_array("skipped", map(skipped_object, result.skipped))
    yield from json_array("notes", map(note_object, result.notes))
    yield f'"summary":{encoded(summary_object(result))}}}'


def json_array(name: str, objects: Iterable[JsonObject], *, last: bool = False) -> Iterator[str]:
    """The lines of one member of a document whose value is an array, an object a line."""
    end = "]" if last else "],"
    waiting: str | None = None
    for each in objects:
        yield f'"{name}":[' if waiting is None else f"{waiting},"
        waiting = encoded(each)
    if waiting is None:
        yield f'"{name}":[{end}'
    else:
        yield waiting
        yield end
