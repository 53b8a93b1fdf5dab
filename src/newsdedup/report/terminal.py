"""The table that `scan` shows on a terminal; rich is imported only when one is made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsdedup.report.plain import (
    CAVEAT,
    Style,
    boilerplate_lines,
    closing,
    cluster_reasons,
    cluster_title,
    count,
    member_mark,
    reasons_tally,
    short,
    shortened,
    shown_members,
    tally,
    visible,
)
from newsdedup.result import Cluster, Pair, Result, Verdict

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

COLORS = {
    Verdict.IDENTICAL: "bold red",
    Verdict.COPY: "red",
    Verdict.REVISION: "yellow",
    Verdict.EXCERPT: "magenta",
    Verdict.REWRITE: "bold yellow",
    Verdict.RELATED: "cyan",
    Verdict.TEMPLATE: "blue",
    Verdict.DISTINCT: "dim",
}

MIN_WIDTH = 60  # columns; a narrower terminal is better served by plain text

_NUMBERS_WIDTH = 34  # verdict, score, facts and telling, each with two columns of space after it
_SOURCE_MARK = "  ← likely source"
_CHUNK = 100  # findings a table: rich measures a whole table before its first line


def terminal_lines(result: Result, style: Style) -> Iterator[str]:
    """A table of the findings, both names under each other, then clusters, skipped inputs, notes and counts.

    Every line fits in `style.width` columns (60 at least).
    """
    for start in range(0, len(result.pairs), _CHUNK):
        chunk = result.pairs[start : start + _CHUNK]
        yield from rendered([_table(chunk, style, with_header=start == 0 and not style.findings_only)], style)
    if style.findings_only and result.figures is None:
        return
    for cluster in result.clusters:
        yield from rendered([*_cluster(cluster, style), styled("", "")], style)
    if style.findings_only:
        return
    yield from rendered(_tail(result, style), style)


def rendered(parts: list[RenderableType], style: Style) -> Iterator[str]:
    """The lines that rich makes of the parts, without trailing blanks."""
    console = _console(style)
    for part in parts:
        console.print(part, highlight=False, markup=False, emoji=False)
    file = console.file
    assert isinstance(file, io.StringIO)  # noqa: S101  # made in _console
    yield from (line.rstrip(" ") for line in file.getvalue().split("\n")[:-1])


def _console(style: Style) -> Console:
    from rich.console import Console  # noqa: PLC0415

    return Console(
        file=io.StringIO(),
        width=max(MIN_WIDTH, style.width),
        force_terminal=style.color,
        color_system="standard" if style.color else None,
        no_color=not style.color,
        legacy_windows=False,
        _environ={},  # the caller has read the environment
    )


def _table(pairs: tuple[Pair, ...], style: Style, *, with_header: bool) -> RenderableType:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(
        box=box.SIMPLE_HEAD, show_header=with_header, show_edge=False, expand=True, padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column("verdict", width=9, no_wrap=True)
    for name in ("score", "facts", "telling"):
        table.add_column(name, width=7 if name == "telling" else 5, justify="right", no_wrap=True)
    table.add_column("articles", ratio=1, overflow="fold")
    room = max(MIN_WIDTH, style.width) - _NUMBERS_WIDTH
    for pair in pairs:
        verdict = styled(str(pair.verdict), COLORS[pair.verdict])
        table.add_row(verdict, *map(short, (pair.score, pair.facts, pair.telling)), _names(pair, style, room))
    return table


def _names(pair: Pair, style: Style, room: int) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415

    lines = [marked_name(pair, side, room) for side in ("left", "right")]
    reasons = pair.reasons if style.verbose else pair.reasons[:1]
    lines += [styled(visible(reason), "dim") for reason in reasons]
    return Group(*lines, "")


def marked_name(pair: Pair, side: str, room: int) -> Text:
    """The id of one side in at most `room` columns, marked when it is the likelier source."""
    name = visible(pair.left if side == "left" else pair.right)
    if pair.source != side:
        return styled(shortened(name, room), "")
    # "← likely source" gives way to "←" where there is little room
    mark = _SOURCE_MARK if room >= 40 else "  ←"
    line = styled(shortened(name, room - len(mark)), "bold")
    return line + styled(mark, "green")


def _cluster(cluster: Cluster, style: Style) -> list[RenderableType]:
    width = max(MIN_WIDTH, style.width)
    lines: list[RenderableType] = [styled(cluster_title(cluster), "bold")]
    members, left_out = shown_members(cluster, style)
    for member in members:
        mark = f"  {member_mark(cluster, member)}"
        lines.append(styled(mark, "green") + styled(shortened(visible(member), width - len(mark)), ""))
    if left_out:
        lines.append(styled(f"        and {left_out:,} more (-v lists all)", "dim"))
    if style.verbose:
        lines += [styled(f"    {reason}", "dim") for reason in cluster_reasons(cluster)]
    return lines


def _tail(result: Result, style: Style) -> list[RenderableType]:
    lines: list[RenderableType] = [styled(line, "") for line in boilerplate_lines(result, style)]
    if result.skipped:
        reasons = tally(reasons_tally(each.reason for each in result.skipped))
        lines.append(styled(f"skipped {count(len(result.skipped), 'input')}: {reasons}", "yellow"))
    lines += [styled(f"note: {visible(note)}", "cyan") for note in result.notes]
    lines.append(styled(closing(result, timed=True), "bold"))
    return [*lines, styled(CAVEAT, "dim")]


def styled(text: str, style: str) -> Text:
    """The text in a rich style; brackets in it stay brackets."""
    from rich.text import Text  # noqa: PLC0415

    return Text(text, style=style, overflow="fold")
