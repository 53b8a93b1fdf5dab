"""One pair looked at closely, as plain text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.report.diff import Row, marked, rows
from newsdedup.report.json_document import json_array
from newsdedup.report.jsonl import JsonObject, encoded, pair_object
from newsdedup.report.plain import CAVEAT, Style, rounded, short, visible
from newsdedup.result import SCHEMA, Comparison, Pair

_MOST_FACTS = 20


def comparison_text(comparison: Comparison, style: Style) -> Iterator[str]:
    """Verdict, numbers, reasons, quotes, facts, lines set aside, then every sentence with `[-old-]{+new+}`."""
    pair = comparison.pair
    scores = f"score {short(pair.score)}  facts {short(pair.facts)}  telling {short(pair.telling)}"
    yield f"{pair.verdict}  {scores}"
    for side, name in (("left", pair.left), ("right", pair.right)):
        yield f"{side:<5}  {visible(name)}{'  (likely source)' if pair.source == side else ''}"
    if style.findings_only:
        return
    yield from _section("reasons", [f"  {visible(reason)}" for reason in pair.reasons])
    values = named_numbers(comparison)
    wide = max(map(len, values))
    yield from _section("numbers", [f"  {visible(name):<{wide}}  {value:.3f}" for name, value in values.items()])
    quotes = [
        f"  {side:<5}  {visible(quote)}"
        for both in pair.evidence.altered_quotes
        for side, quote in zip(("left", "right"), both, strict=True)
    ]
    yield from _section("altered quotes", quotes)
    facts = [f"  {fact_text(left)} -> {fact_text(right)}" for left, right in pair.evidence.changed_facts]
    yield from _section("changed (left -> right)", facts)
    shared = shared_facts(pair, style)
    yield from _section("shared facts", [f"  {shared}"] if shared else [])
    aside = [f"  {visible(f'{name}  {kind}: {line}')}" for name, kind, line in comparison.set_aside]
    yield from _section("set aside: page chrome, boilerplate", aside)
    yield from _section(SENTENCES_TITLE, [row_line(row) for row in rows(comparison)])
    yield ""
    yield CAVEAT


SENTENCES_TITLE = "sentences ([-only left-] {+only right+})"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from lines


def row_line(row: Row) -> str:
    """One row of sentences: its numbers, how alike they are, and the words."""
    return f"  {numbers_text(row):<9}  {similarity_text(row):<10}  {visible(marked(row.segments))}"


def similarity_text(row: Row) -> str:
    """How alike the sentences of a row are, or which article alone has it."""
    if row.similarity is not None:
        return short(row.similarity)
    return "only left" if row.left else "only right"


def numbers_text(row: Row) -> str:
    """`3 = 2`, `3 = 2+4`, `3` or `= 2`: sentence numbers of a row."""
    left, right = ("+".join(map(str, side)) for side in (row.left, row.right))
    return f"{left} = {right}" if left and right else left or f"= {right}"


def fact_text(fact: str | None) -> str:
    """A fact, or a dash where a side lacks it."""
    return "-" if fact is None else visible(fact)


def shared_facts(pair: Pair, style: Style) -> str:
    """The shared facts in one line, the rarest first, the rest counted unless verbose."""
    facts = pair.evidence.shared_facts
    shown = facts if style.verbose else facts[:_MOST_FACTS]
    rest = len(facts) - len(shown)
    return visible(", ".join(shown)) + (f", and {rest:,} more (-v lists all)" if rest else "")


def named_numbers(comparison: Comparison) -> dict[str, float]:
    """The numbers of the pair, then every feature of the verdict, each name once, to three decimals."""
    pair = comparison.pair
    values = {
        "score": pair.score,
        "facts": pair.facts,
        "telling": pair.telling,
        "jaccard": pair.jaccard,
        "containment_left_in_right": pair.containment[0],
        "containment_right_in_left": pair.containment[1],
    }
    features = {name: value for name, value in comparison.numbers.items() if name not in values}
    return {name: rounded(value) for name, value in (values | features).items()}


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The lines of `--format jsonl`: comparison, pair, set_aside lines, alignment lines.

    An alignment line holds the sentence numbers of one row and its words as ["=", kept], ["-", only left],
    ["+", only right].
    """
    yield encoded(_head_object(comparison))
    yield encoded(pair_object(comparison.pair))
    yield from map(encoded, _set_aside_objects(comparison))
    yield from map(encoded, _alignment_objects(comparison))


def comparison_document(comparison: Comparison) -> Iterator[str]:
    """The lines of `--format json`: the same objects in one document.

    Its shape: {"comparison": {...}, "pair": {...}, "set_aside": [...], "alignment": [...]}
    """
    yield f'{{"comparison":{encoded(_head_object(comparison))},'
    yield f'"pair":{encoded(pair_object(comparison.pair))},'
    yield from json_array("set_aside", _set_aside_objects(comparison))
    yield from json_array("alignment", _alignment_objects(comparison), last=True)
    yield "}"


def _head_object(comparison: Comparison) -> JsonObject:
    return {
        "type": "comparison",
        "schema": SCHEMA,
        "left_sentences": len(comparison.left_sentences),
        "right_sentences": len(comparison.right_sentences),
        "numbers": named_numbers(comparison),
    }


def _set_aside_objects(comparison: Comparison) -> Iterator[JsonObject]:
    for name, kind, line in comparison.set_aside:
        yield {"type": "set_aside", "article": name, "kind": kind, "line": line}


def _alignment_objects(comparison: Comparison) -> Iterator[JsonObject]:
    for row in rows(comparison):
        yield {
            "type": "alignment",
            "left": list(row.left),
            "right": list(row.right),
            "similarity": None if row.similarity is None else rounded(row.similarity),
            "words": [[segment.kind, segment.text] for segment in row.segments],
        }
