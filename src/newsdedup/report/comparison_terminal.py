"""One pair looked at closely, on a terminal: red words went, green words came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newsdedup.report.comparison import fact_text, named_numbers, numbers_text, shared_facts, similarity_text
from newsdedup.report.diff import Row, Segment, marked, rows, word_diff
from newsdedup.report.plain import CAVEAT, Style, short, visible
from newsdedup.report.terminal import COLORS, MIN_WIDTH, marked_name, rendered, styled
from newsdedup.result import Comparison, Pair

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

_WORD_STYLES = {"=": "", "-": "red strike", "+": "green"}


def comparison_terminal(comparison: Comparison, style: Style) -> Iterator[str]:
    """The parts of the plain text, laid out in columns and coloured, each line within `style.width` columns."""
    yield from rendered(_head(comparison.pair, style), style)
    if style.findings_only:
        return
    for title, parts in _sections(comparison, style):
        if parts:
            yield ""
            yield from rendered([styled(title, "bold underline"), *parts], style)
    yield ""
    yield from rendered([styled(CAVEAT, "dim")], style)


def _head(pair: Pair, style: Style) -> list[RenderableType]:
    scores = f"   score {short(pair.score)}   facts {short(pair.facts)}   telling {short(pair.telling)}"
    room = max(MIN_WIDTH, style.width) - 7
    head: list[RenderableType] = [styled(str(pair.verdict), COLORS[pair.verdict]) + styled(scores, "bold")]
    head += [styled(f"{side:<5}  ", "dim") + marked_name(pair, side, room) for side in ("left", "right")]
    return head


def _sections(comparison: Comparison, style: Style) -> Iterator[tuple[str, list[RenderableType]]]:
    pair = comparison.pair
    yield "reasons", [*map(_bullet, pair.reasons)]
    yield "numbers", [_numbers(comparison, style)]
    quotes = pair.evidence.altered_quotes
    yield "altered quotes", [_quotes(quotes, style)] if quotes else []
    facts = [f"{fact_text(left)} → {fact_text(right)}" for left, right in pair.evidence.changed_facts]
    yield "changed (left → right)", [*map(_bullet, facts)]
    shared = shared_facts(pair, style)
    yield "shared facts", [_grid("", styled(shared, ""))] if shared else []
    aside = [f"{name}  {kind}: {line}" for name, kind, line in comparison.set_aside]
    yield "set aside: page chrome, boilerplate", [*map(_bullet, aside)]
    yield "sentences", _legend(style) + _sentences(list(rows(comparison)), style)


def _bullet(line: str) -> RenderableType:
    return _grid("-", styled(visible(line), ""))


def _grid(bullet: str, line: Text) -> RenderableType:
    """A line that wraps under itself behind a bullet."""
    from rich.table import Table  # noqa: PLC0415

    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right", style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(bullet, line)
    return grid


def _numbers(comparison: Comparison, style: Style) -> Table:
    """All numbers by name, in as many columns as fit."""
    from rich.table import Table  # noqa: PLC0415

    values = [(visible(name), f"{value:.3f}") for name, value in named_numbers(comparison).items()]
    wide = max(len(name) for name, _ in values) + 11
    columns = max(1, min(3, max(MIN_WIDTH, style.width) // wide))
    height = -(-len(values) // columns)
    grid = Table.grid(padding=(0, 2))
    for _ in range(columns):
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(justify="right", no_wrap=True)
    for place in range(height):
        cells = [cell for pair in values[place::height] for cell in (f"  {pair[0]}", pair[1])]
        grid.add_row(*cells)
    return grid


def _quotes(quotes: Sequence[tuple[str, str]], style: Style) -> Table:
    """The quotes side by side, with the words that differ coloured."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, show_lines=len(quotes) > 1)
    for side in ("left", "right"):
        table.add_column(side, ratio=1, overflow="fold")
    for left, right in quotes:
        segments = word_diff(left, right)
        table.add_row(
            _words([each for each in segments if each.kind != "+"], style),
            _words([each for each in segments if each.kind != "-"], style),
        )
    return table


def _legend(style: Style) -> list[RenderableType]:
    sample = (
        Segment(kind="-", text="only left", spaced=False),
        Segment(kind="+", text="only right", spaced=True),
    )
    return [_grid("", _words(sample, style))]


def _sentences(found: Sequence[Row], style: Style) -> list[RenderableType]:
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    wide = min(12, max((len(numbers_text(row)) for row in found), default=0))
    table.add_column(width=wide, style="dim", overflow="fold")
    table.add_column(width=10, style="dim")
    table.add_column(overflow="fold")
    for row in found:
        table.add_row(numbers_text(row), similarity_text(row), _words(row.segments, style))
    return [table] if found else []


def _words(segments: Sequence[Segment], style: Style) -> Text:
    """The words in colours; in brackets where there are no colours."""
    if not style.color:
        return styled(visible(marked(segments)), "")
    line = styled("", "")
    before = "="
    for segment in segments:
        # a space between old and new, which git leaves out: colours alone would read as one word
        if line.plain and (segment.spaced or (before, segment.kind) == ("-", "+")):
            line.append(" ")
        before = segment.kind
        line.append(visible(segment.text), style=_WORD_STYLES[segment.kind])
    return line
