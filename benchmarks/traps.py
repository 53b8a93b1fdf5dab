#!/usr/bin/env python3
"""The inputs that make a deduplicator quadratic, each at three sizes: CPU, memory, pairs, and how they grow.

The text is put together from sentences of newsroom, from a fixed seed. The growth exponent is the slope of the line
through (log size, log CPU seconds above an empty scan): 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from speed_corpus import sentences_of

from _common import BenchmarkError, Limits, read_lines, run_measured, scan_command, set_folder, table, write_json

MAX_CPU_EXPONENT = 1.35
"""Linear work with n log n sorts measures 0.9 to 1.2 here; time on a busy machine is off by up to a fifth, which is
.13 of an exponent over a factor of four. Work that is quadratic and dominates measures 1.6 and more."""
MAX_PAIRS_EXPONENT = 1.15
MAX_MEMORY_EXPONENT = 1.35
FEW_PAIRS = 200  # the growth of fewer is chance
LITTLE_MEMORY_MB = 64  # the growth of less is the allocator's
LITTLE_SECONDS = 0.4  # a size that took less is not looked at: the start that is taken off varies by .2
CLEARLY = 1.7  # a CPU exponent above it is not measured again

Record = dict[str, str]
Maker = Callable[[int, random.Random], Iterator[Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One trap.

    Attributes:
        make: Records for a size.
        sizes: The smallest size in a full run and in a quick one; the others are twice and four times that.
        unit: What the size counts.
    """

    name: str
    make: Maker
    sizes: tuple[int, int]
    unit: str = "articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One size of one case; seconds and megabytes are those above an empty scan."""

    size: int
    cpu_seconds: float
    megabytes: float
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a case grows; None where there is too little of a thing to tell."""

    cpu_exponent: float | None
    memory_exponent: float | None
    pairs_exponent: float | None
    reasons: tuple[str, ...]


@cache
def sentence_pool() -> tuple[list[list[str]], list[str]]:
    """(sentences of the English newsroom articles as words, the words of four letters and more)."""
    texts = [line["text"] for line in read_lines(set_folder("newsroom") / "docs.jsonl.gz") if line["lang"] == "en"]
    pool = [words for text in texts for each in sentences_of(text) if len(words := each.split()) >= 6]
    return pool, sorted({word for words in pool for word in words if len(word) >= 4 and word.isalpha()})


def prose(words: int, rng: random.Random, *, changed: float = 0.2, topic: Sequence[list[str]] = ()) -> str:
    """`words` words, pieces of newsroom sentences, a share of the words replaced: no two texts share a passage.

    Pieces and not sentences: among thousands of texts of 20 words, each one sentence of a pool of 4,000, pairs that
    truly are near-copies would themselves grow with the square.

    Args:
        changed: Share of the words replaced.
        topic: Sentences to take the pieces of; by default all.
    """
    pool, vocabulary = sentence_pool()
    made: list[str] = []
    while len(made) < words:
        sentence = rng.choice(topic or pool)
        start = rng.randrange(len(sentence))
        piece = sentence[start : start + rng.randint(2, 5)]
        made += [rng.choice(vocabulary) if rng.random() < changed else word for word in piece]
    return " ".join(made[:words])


def article(number: int, text: str, source: str = "") -> Record:
    record = {"id": f"a{number:07d}", "text": text}
    return record | {"source": source} if source else record


def ordinary(count: int, rng: random.Random) -> Iterator[Record]:
    for number in range(count):
        yield article(number, prose(rng.randint(150, 450), rng), f"outlet {rng.randrange(20)}")


def identical(count: int, rng: random.Random) -> Iterator[Record]:
    text = prose(40, rng)
    for number in range(count):
        yield article(number, text)


def one_word_differs(count: int, rng: random.Random) -> Iterator[Record]:
    _, vocabulary = sentence_pool()
    words = prose(40, rng).split()
    for number in range(count):
        changed = list(words)
        changed[rng.randrange(len(words))] = rng.choice(vocabulary)
        yield article(number, " ".join(changed))


def one_word_differs_long(count: int, rng: random.Random) -> Iterator[Record]:
    _, vocabulary = sentence_pool()
    words = prose(300, rng).split()
    for number in range(count):
        changed = list(words)
        changed[rng.randrange(len(words))] = rng.choice(vocabulary)
        yield article(number, " ".join(changed))


def shared_footer(count: int, rng: random.Random) -> Iterator[Record]:
    """No source is stated, so nothing says that the footer is one outlet's."""
    footer = prose(67, rng)
    for number in range(count):
        text = prose(rng.randint(100, 300), rng)
        yield article(number, f"{text}\n\n{footer}" if number % 2 else text)


def standing_paragraph(count: int, rng: random.Random) -> Iterator[Record]:
    """A third is the agency's, which ends every item with one of three paragraphs; the rest prints some of them."""
    paragraphs = [prose(45, rng) for _ in range(3)]
    for number in range(count):
        text = prose(rng.randint(100, 300), rng)
        if number % 3 == 0:
            yield article(number, f"{text}\n\n{rng.choice(paragraphs)}", "agency")
        elif number % 3 == 1:
            yield article(number, f"{text}\n\n{rng.choice(paragraphs)}", f"outlet {rng.randrange(40)}")
        else:
            yield article(number, text, f"outlet {rng.randrange(40)}")


def earnings(count: int, rng: random.Random) -> Iterator[Record]:
    _, vocabulary = sentence_pool()
    cities = ("Boston", "Denver", "Leeds", "Turin", "Osaka", "Lyon", "Perth", "Bergen", "Austin", "Graz")

    def money() -> str:
        return f"${rng.uniform(1, 900):.1f} million"

    for number in range(count):
        name = f"{rng.choice(vocabulary).title()} {rng.choice(vocabulary).title()} Inc"
        chief = f"{rng.choice(vocabulary).title()} {rng.choice(vocabulary).title()}"
        year = rng.randint(2010, 2024)
        yield article(
            number,
            f"{name} on {rng.choice(('Monday', 'Tuesday', 'Thursday'))} reported net income of {money()} in its "
            f"{rng.choice(('first', 'second', 'third', 'fourth'))} quarter of {year}. The {rng.choice(cities)}-based "
            f"company said it had profit of {rng.uniform(0.1, 4):.2f} dollars per share. Earnings, adjusted for "
            f"one-time gains and costs, were {rng.randint(4, 300)} cents per share. The results beat the expectations "
            f"of Wall Street. The average estimate of {rng.randint(3, 20)} analysts surveyed was for earnings of "
            f"{rng.randint(4, 300)} cents per share. The company posted revenue of {money()} in the period, up "
            f"{rng.uniform(0.5, 40):.1f} percent from a year earlier. Chief executive {chief} said demand had held up "
            f"better than feared. For the current quarter the company said it expects revenue in the range of "
            f"{money()} to {money()}. Its shares have climbed {rng.randint(2, 60)} percent since the beginning of the "
            f"year and closed at {rng.uniform(5, 300):.2f} dollars.",
            "newswire",
        )


def large_article(megabytes: int, rng: random.Random) -> Iterator[Record]:
    for number in range(400):
        yield article(number, prose(rng.randint(150, 450), rng))
    piece = prose(20_000, rng)  # 0.12 MB; made once, each time with other words
    _, vocabulary = sentence_pool()
    words = piece.split()
    parts = [
        " ".join(rng.choice(vocabulary) if rng.random() < 0.2 else word for word in words)
        for _ in range(math.ceil(megabytes * 1_000_000 / len(piece)))
    ]
    yield article(400, "\n\n".join(parts)[: megabytes * 1_000_000])


def short(count: int, rng: random.Random) -> Iterator[Record]:
    for number in range(count):
        yield article(number, prose(20, rng), f"outlet {rng.randrange(20)}")


def one_outlet(count: int, rng: random.Random) -> Iterator[Record]:
    for number in range(count):
        source = "outlet 0" if rng.random() < 0.9 else f"outlet {rng.randrange(1, 20)}"
        yield article(number, prose(rng.randint(150, 450), rng), source)


def one_topic(count: int, rng: random.Random) -> Iterator[Record]:
    """The words of 300 sentences; half of the names from one cast of thirty, the first far oftener than the last."""
    pool, vocabulary = sentence_pool()
    topic = rng.sample(pool, 300)
    cast = [f"{rng.choice(vocabulary).title()} {rng.choice(vocabulary).title()}" for _ in range(30)]
    weights = [1 / (place + 1) for place in range(len(cast))]
    for number in range(count):
        words = prose(rng.randint(150, 450), rng, topic=topic).split()
        own = [f"{rng.choice(vocabulary).title()} {rng.choice(vocabulary).title()}" for _ in range(8)]
        told = (
            word if not word[0].isupper() else rng.choice(own) if rng.random() < 0.5 else rng.choices(cast, weights)[0]
            for word in words
        )
        yield article(number, " ".join(told), f"outlet {rng.randrange(20)}")


CASES = (
    Case(name="ordinary articles", make=ordinary, sizes=(2000, 1500)),
    Case(name="identical short texts", make=identical, sizes=(4000, 3000)),
    Case(name="short texts, one word differs", make=one_word_differs, sizes=(1000, 500)),
    Case(name="long texts, one word differs", make=one_word_differs_long, sizes=(600, 300)),
    Case(name="shared footer in half", make=shared_footer, sizes=(2000, 1500)),
    Case(name="agency's standing paragraphs", make=standing_paragraph, sizes=(2000, 1500)),
    Case(name="earnings template", make=earnings, sizes=(1000, 500)),
    Case(name="one article of N MB among 400", make=large_article, sizes=(3, 1), unit="MB"),
    Case(name="articles of 20 words", make=short, sizes=(3000, 2000)),
    Case(name="one outlet supplies 90 %", make=one_outlet, sizes=(2000, 1500)),
    Case(name="one topic", make=one_topic, sizes=(2000, 1000)),
)


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Slope of the least-squares line through the logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def judged(rows: Sequence[Measured]) -> Verdict:
    """Exponents of the sizes that were measured, and which of them is over its bound."""
    sizes = [row.size for row in rows]
    long = [row for row in rows if row.cpu_seconds >= LITTLE_SECONDS]
    cpu = memory = pairs = None
    if len(long) > 1:
        cpu = exponent([row.size for row in long], [row.cpu_seconds for row in long])
    if len(rows) > 1 and rows[-1].megabytes >= LITTLE_MEMORY_MB:
        memory = exponent(sizes, [max(row.megabytes, 8.0) for row in rows])
    if len(rows) > 1 and rows[-1].pairs >= FEW_PAIRS:
        pairs = exponent(sizes, [max(row.pairs, 1) for row in rows])
    bounds = (
        ("CPU", cpu, MAX_CPU_EXPONENT),
        ("memory", memory, MAX_MEMORY_EXPONENT),
        ("pairs", pairs, MAX_PAIRS_EXPONENT),
    )
    reasons = tuple(f"{what} grows as n^{value:.2f}" for what, value, bound in bounds if value and value > bound)
    return Verdict(cpu_exponent=cpu, memory_exponent=memory, pairs_exponent=pairs, reasons=reasons)


def write_corpus(case: Case, size: int, seed: int, path: Path) -> None:
    rng = random.Random(f"{seed} {case.name}")  # noqa: S311 - a reproducible draw, no secret
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for record in case.make(size, rng):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def measure(path: Path, size: int, limits: Limits, start: Measured | None) -> Measured:
    """Scans `path`; `start` is what an empty scan costs."""
    results = path.with_suffix(".results")
    cost = run_measured(scan_command(path), results, limits=limits)
    pairs = sum(line.get("type") == "pair" for line in read_lines(results))
    return Measured(
        size=size,
        cpu_seconds=cost.cpu_seconds - (start.cpu_seconds if start else 0.0),
        megabytes=cost.peak_memory_mb - (start.megabytes if start else 0.0),
        pairs=pairs,
    )


def run_case(
    case: Case, sizes: Sequence[int], options: argparse.Namespace, start: Measured, folder: Path
) -> tuple[list[Measured], Verdict]:
    """Measures a case; one just over the bound is measured once more, and the cheaper time of each size counts."""
    rows: list[Measured] = []
    limits = Limits(wall_seconds=options.seconds or (15 if options.quick else 60), megabytes=options.megabytes)
    path = folder / "corpus.jsonl"

    def measured(size: int) -> Measured:
        write_corpus(case, size, options.seed, path)
        row = measure(path, size, limits, start)
        print(f"{case.name}: {size:,}: {row.cpu_seconds:.2f} CPU-s", file=sys.stderr, flush=True)
        return row

    try:
        for size in sizes:
            rows.append(measured(size))  # noqa: PERF401 - what was measured before a scan is ended stays
        verdict = judged(rows)
        if verdict.cpu_exponent and MAX_CPU_EXPONENT < verdict.cpu_exponent < CLEARLY:
            rows = [min(row, measured(row.size), key=lambda each: each.cpu_seconds) for row in rows]
            verdict = judged(rows)
    except BenchmarkError as error:
        print(f"{case.name}: {error}", file=sys.stderr, flush=True)
        verdict = judged(rows)
        reason = f"at {sizes[min(len(rows), len(sizes) - 1)]:,}: {str(error).split(':')[0]}"
        verdict = replace(verdict, reasons=(*verdict.reasons, reason))
    return rows, verdict


def case_rows(case: Case, rows: Sequence[Measured], verdict: Verdict) -> list[list[str]]:
    """Lines of the table: one a size, the growth on the last."""
    out = []
    for row in rows:
        per_article = f"{row.cpu_seconds / row.size * 1e6:,.0f}" if case.unit == "articles" else "-"
        numbers = [f"{row.size:,}", f"{row.cpu_seconds:.2f}", per_article, f"{row.megabytes:.0f}", f"{row.pairs:,}"]
        out.append([case.name if row is rows[0] else "", *numbers, "", "", "", ""])
    growth = (verdict.cpu_exponent, verdict.memory_exponent, verdict.pairs_exponent)
    last = out[-1] if out else [case.name, *[""] * 9]
    last[6:9] = ["-" if value is None else f"{value:.2f}" for value in growth]
    last[9] = "NOT linear" if verdict.reasons else "linear"
    return out or [last]


def run(options: argparse.Namespace) -> int:
    lines = [["case", "size", "CPU s", "us/article", "MB", "pairs", "CPU n^", "MB n^", "pairs n^", "verdict"]]
    outcome, not_linear = [], []
    chosen = [case for case in CASES if not options.cases or any(part in case.name for part in options.cases)]
    if not chosen:
        raise BenchmarkError(f"no such case; there are: {'; '.join(case.name for case in CASES)}")
    with tempfile.TemporaryDirectory(prefix="newsdedup-traps-") as name:
        folder = Path(name)
        empty = folder / "empty.jsonl"
        empty.write_text(json.dumps(article(0, "Nothing happened in the village on Monday.")) + "\n", encoding="utf-8")
        limits = Limits(wall_seconds=60, megabytes=options.megabytes)
        start = min((measure(empty, 1, limits, None) for _ in range(3)), key=lambda each: each.cpu_seconds)
        print(
            f"an empty scan, which is taken off: {start.cpu_seconds:.2f} CPU-s, {start.megabytes:.0f} MB; linear: CPU "
            f"n^{MAX_CPU_EXPONENT}, memory n^{MAX_MEMORY_EXPONENT}, pairs n^{MAX_PAIRS_EXPONENT} at most\n"
        )
        for case in chosen:
            first = case.sizes[options.quick]
            rows, verdict = run_case(case, [first, 2 * first, 4 * first], options, start, folder)
            lines += case_rows(case, rows, verdict)
            not_linear += [f"NOT linear: {case.name}: {reason}" for reason in verdict.reasons]
            outcome.append({"case": case.name, "sizes": [asdict(row) for row in rows], **asdict(verdict)})
    print(table(lines))
    for line in not_linear:
        print(line)
    if options.json:
        write_json(options.json, {"start": asdict(start), "cases": outcome})
    return 1 if not_linear else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only cases with this in their name (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    parser.add_argument("--seed", type=int, default=1, help="of the texts")
    parser.add_argument("--seconds", type=float, help="wall time after which a scan is ended (default: 60, quick 15)")
    parser.add_argument("--megabytes", type=float, default=4000, help="resident memory at which a scan is ended")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except BenchmarkError as error:
        print(f"traps: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
