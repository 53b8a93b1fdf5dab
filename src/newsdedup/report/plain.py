"""What every format for people shares: harmless characters, widths, short numbers, counts in words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsdedup.article import Skipped
from newsdedup.printable import printable
from newsdedup.result import Cluster, Result, RunFigures

CAVEAT = "A score is evidence, not an accusation."

# What the runners of GitHub, Azure and TeamCity take for a command: the one anywhere in a line, the other at its start.
_COMMAND = re.compile(r"##(?=\w*\[)|\A\s*::")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How much a format for people shows; the data formats ignore it.

    Attributes:
        verbose: All reasons, members and facts instead of the first ones.
        findings_only: Nothing but the findings: no header, counts or notes, and clusters only of an ingest.
        width: Columns of the terminal; only the terminal formats look at it.
        color: ANSI colours; only the terminal formats look at it.
    """

    verbose: bool = False
    findings_only: bool = False
    width: int = 80
    color: bool = False


def visible(text: str) -> str:
    r"""The text with control, bidi and line-breaking characters shown as escapes (`\x1b`, `\u202e`).

    What a CI runner would take for a command is broken in the same way: `#\x23[error]`, and `\x3a:error` at the start.
    """
    text = printable(text)
    return _COMMAND.sub(_broken, text) if "##" in text or "::" in text else text


def _broken(match: re.Match[str]) -> str:
    command = match[0]
    return "#\\x23" if command == "##" else f"{command[:-2]}\\x3a:"


def cells(text: str) -> int:
    """Columns that the text takes on a terminal: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_char_cells(char) for char in text)


def _char_cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def padded(text: str, width: int) -> str:
    """The text filled with spaces to `width` columns; longer texts stay as they are."""
    return text + " " * max(0, width - cells(text))


def shortened(text: str, width: int) -> str:
    """The text cut in the middle to at most `width` columns, the end kept longer: that is where names differ."""
    if cells(text) <= width:
        return text
    head_room = max(0, (width - 1) * 2 // 5)
    tail_room = max(0, width - 1 - head_room)
    return f"{_prefix(text, head_room)}…{_prefix(text[::-1], tail_room)[::-1]}"


def _prefix(text: str, room: int) -> str:
    used = 0
    for place, char in enumerate(text):
        used += _char_cells(char)
        if used > room:
            return text[:place]
    return text


def rounded(value: float) -> float:
    """Three decimals, never -0.0; an undefined ratio (NaN, infinite) is no evidence and counts as 0."""
    return round(float(value), 3) + 0.0 if math.isfinite(value) else 0.0


def short(value: float) -> str:
    """Two decimals, cut and not rounded, so that 0.9996 never reads as a certain 1.00."""
    value = value if math.isfinite(value) else 0.0
    return f"{math.floor(value * 100 + 1e-9) / 100:.2f}"


def count(number: int, noun: str) -> str:
    """`1 pair`, `2 pairs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def tally(numbers: Mapping[str, int]) -> str:
    """`2 copy, 1 rewrite` in the order given."""
    return ", ".join(f"{number:,} {visible(name)}" for name, number in numbers.items())


def reasons_tally(reasons: Iterable[str]) -> dict[str, int]:
    """How many inputs were skipped for each reason, the commonest first, then by name."""
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def skipped_text(skipped: Skipped) -> str:
    """Which input was not read and why; the detail of a loader mostly names the input already."""
    if skipped.input in skipped.detail:
        return f"{skipped.detail} ({skipped.reason})"
    return f"{skipped.input}: {skipped.reason}{f' ({skipped.detail})' if skipped.detail else ''}"


def boilerplate_lines(result: Result, style: Style) -> Iterator[str]:
    """How much was set aside as boilerplate; with `style.verbose` each passage, indented by four spaces."""
    if not result.boilerplate:
        return
    outlets = len({passage.source for passage in result.boilerplate})
    more = "" if style.verbose else " (-v lists them)"
    yield f"set aside as boilerplate: {count(len(result.boilerplate), 'passage')} of {count(outlets, 'outlet')}{more}"
    for passage in result.boilerplate if style.verbose else ():
        yield f"    {visible(passage.source or '-')}, {count(passage.articles, 'article')}: {visible(passage.text)}"


def columns(rows: Sequence[Sequence[str]], *, left: int, right_again: int | None = None) -> Iterator[str]:
    """The rows in columns two blanks apart: the first `left` flush left, the others right, `right_again` on left."""
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        line = [
            padded(cell, width)
            if place < left or (right_again is not None and place >= right_again)
            else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(line).rstrip()


def _found_counts(result: Result) -> str:
    """What was compared and found, in numbers."""
    found = f"{count(result.articles, 'article')}, {count(len(result.pairs), 'pair')}"
    return f"{found}, {count(len(result.clusters), 'cluster')}"


def closing(result: Result, *, timed: bool) -> str:
    """What the run did, in numbers.

    Args:
        timed: Say how long it took; an ingest says so anyway, since no two of them are the same.
    """
    if result.figures is not None:
        return figures_line(result.figures)
    return f"{_found_counts(result)} in {result.seconds:.1f} s" if timed else _found_counts(result)


def figures_line(figures: RunFigures) -> str:
    """`run 12: 40 new, 2 new versions, 58 seen before, 3 pairs; store: 10,240 articles, 33.1 MB; 1.2 s`."""
    said = [f"{figures.new:,} new"]
    if figures.versions:
        said.append(count(figures.versions, "new version"))
    said += [f"{figures.repeated:,} seen before", count(figures.matched, "pair")]
    if figures.skipped:
        said.append(f"{figures.skipped:,} skipped")
    store = f"store: {count(figures.store_articles, 'article')}, {megabytes(figures.store_bytes)}"
    return f"run {figures.run}: {', '.join(said)}; {store}; {figures.seconds:.1f} s"


def megabytes(size: int) -> str:
    """`33.1 MB`, of 1,000,000 bytes."""
    return f"{size / 1e6:,.1f} MB"


def cluster_title(cluster: Cluster) -> str:
    """`cluster 3f2a9c01: 5 articles; 4 rewrite; 3 independent tellings`; a single telling goes without saying.

    A cluster that nobody was told of is `(new)`; of another one it is said how many joined it.
    """
    name = f"cluster {visible(cluster.id)}{' (new)' if _all_joined(cluster) else ''}"
    parts = [f"{name}: {count(len(cluster.members), 'article')}", tally(cluster.verdicts)]
    if cluster.tellings > 1:
        parts.append(f"{cluster.tellings:,} independent tellings")
    if cluster.joined and not _all_joined(cluster):
        parts.append(f"{len(cluster.joined):,} new")
    if cluster.absorbed:
        parts.append(f"took in {', '.join(map(visible, cluster.absorbed))}")
    return "; ".join(parts)


def _all_joined(cluster: Cluster) -> bool:
    return len(cluster.joined or ()) == len(cluster.members)


def cluster_reasons(cluster: Cluster) -> list[str]:
    """Why the canonical and the first article are thought so, and which reports are independent; harmless lines."""
    reasons = [visible(reason) for reason in cluster.reasons]
    if cluster.related:
        reasons.append(f"independent reports: {', '.join(map(visible, cluster.related))}")
    return reasons


def member_mark(cluster: Cluster, member: str) -> str:
    """What a member is to its cluster, in six columns: the one to keep, the likely first, or nothing said.

    Five more say `new` of those that joined a cluster which was there before.
    """
    mark = "keep" if member == cluster.canonical else "first" if member == cluster.first else ""
    if not cluster.joined or _all_joined(cluster):
        return f"{mark:<6}"
    return f"{mark:<6}{'new' if member in cluster.joined else '':<5}"


def shown_members(cluster: Cluster, style: Style, most: int = 10) -> tuple[list[str], int]:
    """The members to list, the canonical one first, then those that joined, and how many are left out."""
    joined = frozenset(cluster.joined or ())
    others = sorted(
        (each for each in cluster.members if each != cluster.canonical), key=lambda each: each not in joined
    )
    members = [cluster.canonical, *others]
    if style.verbose or len(members) <= most:
        return members, 0
    return members[:most], len(members) - most
