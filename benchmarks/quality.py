#!/usr/bin/env python3
"""How well `newsdedup scan` finds what the labelled sets say, and what it reports that it should not.

Runs `newsdedup scan SET/docs.jsonl.gz --format jsonl` on each set and scores the pairs it prints:

* a pair is reported when its verdict is identical, copy, revision, excerpt or rewrite;
* pairs labelled rewrite, copy, revision or excerpt are wanted, and recall is reported / wanted, for each detail;
* independent, followup, template and every pair that is not listed (distinct) are false when reported;
* `ignore` counts neither way;
* verdict agreement is the share of the reported wanted pairs whose verdict is the very label.

`newsroom` stands in this folder; the other sets are looked for below NEWSDEDUP_BENCH (default ../shared/bench
beside the repository), and sets that are not there are named, not passed over.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from _common import (
    REPORTED,
    BenchmarkError,
    ChildCost,
    bench_folder,
    read_lines,
    run_measured,
    scan_command,
    set_folder,
    table,
    write_json,
)

WANTED = ("copy", "revision", "rewrite", "excerpt")
UNWANTED = ("independent", "followup", "template", "distinct")
LABELLED_SETS = ("newsroom", "onestop", "detectrl", "basil", "wikinews", "clough")

IdPair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a set says of one pair; `detail` is what the table shows, measured values such as `J3=0.01` cut off."""

    label: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the scan printed of one pair; None where it printed no such number."""

    verdict: str
    score: float
    facts: float | None
    telling: float | None
    jaccard: float | None

    def __str__(self) -> str:
        numbers = [("score", self.score), ("facts", self.facts), ("telling", self.telling), ("jaccard", self.jaccard)]
        return " ".join([self.verdict, *(f"{name} {value:.3f}" for name, value in numbers if value is not None)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Reported among wanted, and how many of these carry the label as verdict."""

    wanted: int
    reported: int
    agreeing: int

    @property
    def share(self) -> float:
        return self.reported / self.wanted if self.wanted else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseReport:
    """A pair reported that should not be."""

    pair: IdPair
    label: Label
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A wanted pair that was not reported; `found` is what the scan said of it, if anything."""

    pair: IdPair
    label: Label
    found: Found | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One set, scored.

    Attributes:
        recall: By (label, detail), wanted labels only.
        labelled_unwanted: Labelled pairs by (label, detail) that must not be reported.
        languages: Article id to the language that the set states, "" where it states none.
        skipped: Inputs that the scan skipped: a wanted pair may be missed for that alone.
        cost: None when a kept result was read again.
    """

    name: str
    articles: int
    skipped: int
    recall: Mapping[tuple[str, str], Recall]
    labelled_unwanted: Mapping[tuple[str, str], int]
    false: Sequence[FalseReport]
    missed: Sequence[Missed]
    languages: Mapping[str, str]
    cost: ChildCost | None

    def total(self, *labels: str) -> Recall:
        """All details of the labels together; of every wanted label when none is given."""
        chosen = [recall for (label, _), recall in self.recall.items() if label in (labels or WANTED)]
        return Recall(
            wanted=sum(recall.wanted for recall in chosen),
            reported=sum(recall.reported for recall in chosen),
            agreeing=sum(recall.agreeing for recall in chosen),
        )

    def independents(self) -> tuple[int, int]:
        """(reported, labelled) pairs of independent reports."""
        labelled = sum(count for (label, _), count in self.labelled_unwanted.items() if label == "independent")
        return sum(each.label.label == "independent" for each in self.false), labelled

    def precision(self) -> float:
        reported = self.total().reported
        return reported / (reported + len(self.false)) if reported or self.false else 1.0

    def f1(self) -> float:
        precision, recall = self.precision(), self.total().share
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One number that must hold; `met` is None when it could not be measured."""

    name: str
    bound: str
    value: str
    met: bool | None


def id_pair(left: str, right: str) -> IdPair:
    return (left, right) if left < right else (right, left)


def read_gold(folder: Path) -> dict[IdPair, Label]:
    """The labelled pairs of a set, in file order."""
    gold = {}
    with (folder / "pairs.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            detail = re.sub(r"\s*J3=[\d.]+$", "", row["detail"])
            gold[id_pair(row["left"], row["right"])] = Label(label=row["label"], detail=detail)
    return gold


def read_found(results: Path) -> tuple[dict[IdPair, Found], int]:
    """Every pair line of a result file, whatever its verdict, and how many inputs were skipped.

    Raises:
        BenchmarkError: There is no summary line: the file was cut off.
    """
    found, skipped, finished = {}, 0, False
    for line in read_lines(results):
        match line.get("type"):
            case "pair":
                found[id_pair(str(line["left"]), str(line["right"]))] = Found(
                    verdict=line["verdict"],
                    score=float(line.get("score", 1.0)),
                    facts=line.get("facts"),
                    telling=line.get("telling"),
                    jaccard=line.get("jaccard"),
                )
            case "skipped":
                skipped += 1
            case "summary":
                finished = True
    if not finished:
        raise BenchmarkError(f"{results}: no summary line; the scan did not finish, run it again")
    return found, skipped


def score_set(name: str, results: Path, cost: ChildCost | None) -> Score:
    """Scores one result file against the labels of the set."""
    folder = set_folder(name)
    gold = read_gold(folder)
    found, skipped = read_found(results)
    languages = {str(article["id"]): article.get("lang") or "" for article in read_lines(folder / "docs.jsonl.gz")}
    unknown = sorted({article for pair in found for article in pair} - languages.keys())
    if unknown:
        raise BenchmarkError(f"{results}: article {unknown[0]!r} is not in the set {name}: the ids do not fit")
    reported = {pair: each for pair, each in found.items() if each.verdict in REPORTED}
    wanted: Counter[tuple[str, str]] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    agreeing: Counter[tuple[str, str]] = Counter()
    unwanted: Counter[tuple[str, str]] = Counter()
    missed = []
    for pair, label in gold.items():
        key = (label.label, label.detail)
        if label.label not in WANTED:
            unwanted[key] += label.label != "ignore"
            continue
        wanted[key] += 1
        if pair in reported:
            hits[key] += 1
            agreeing[key] += reported[pair].verdict == label.label
        else:
            missed.append(Missed(pair=pair, label=label, found=found.get(pair)))
    nothing = Label(label="distinct", detail="not listed")
    false = [
        FalseReport(pair=pair, label=gold.get(pair, nothing), found=each)
        for pair, each in reported.items()
        if gold.get(pair, nothing).label not in (*WANTED, "ignore")
    ]
    return Score(
        name=name,
        articles=len(languages),
        skipped=skipped,
        recall={key: Recall(wanted=count, reported=hits[key], agreeing=agreeing[key]) for key, count in wanted.items()},
        labelled_unwanted={key: count for key, count in unwanted.items() if count},
        false=sorted(false, key=lambda each: (-each.found.score, each.pair)),
        missed=sorted(missed, key=lambda each: (each.label.label, each.label.detail, each.pair)),
        languages=languages,
        cost=cost,
    )


def share(reported: int, wanted: int) -> str:
    return f"{reported / wanted:.3f}" if wanted else "-"


def language_of(detail: str) -> str:
    """The language pack that a newsroom detail ends with (`spun en`), "" elsewhere."""
    found = re.search(r"\s([a-z]{2})$", detail)
    return found[1] if found else ""


def detail_order(key: tuple[str, str]) -> tuple[bool, str, int, str]:
    """English first, then by language; inside one language in the order of WANTED and UNWANTED."""
    label, detail = key
    language = language_of(detail)
    return language not in ("", "en"), language, (*WANTED, *UNWANTED).index(label), detail


def score_rows(score: Score) -> list[list[str]]:
    """The rows of one set for the one table: wanted details, unwanted labels, the total."""
    rows = [
        [
            score.name,
            f"{label}:{detail}",
            f"{recall.reported}/{recall.wanted}",
            f"{recall.share:.3f}",
            "",
            share(recall.agreeing, recall.reported),
        ]
        for (label, detail), recall in sorted(score.recall.items(), key=lambda item: detail_order(item[0]))
    ]
    labelled: Counter[tuple[str, str]] = Counter()
    for (label, detail), count in score.labelled_unwanted.items():
        labelled[label, language_of(detail)] += count
    false = Counter((each.label.label, language_of(each.label.detail)) for each in score.false)
    for label, language in sorted(labelled.keys() | false.keys(), key=lambda key: (key[1], UNWANTED.index(key[0]))):
        of_all = f"/{labelled[label, language]}" if labelled[label, language] else ""
        of_whom = f"{label} {language}".strip()
        rows.append([score.name, f"not to report: {of_whom}", "", "", f"{false[label, language]}{of_all}", ""])
    everything = score.total()
    rows.append(
        [
            score.name,
            f"ALL  precision {score.precision():.3f}  F1 {score.f1():.3f}" if everything.wanted else "ALL",
            f"{everything.reported}/{everything.wanted}",
            share(everything.reported, everything.wanted),
            str(len(score.false)),
            share(everything.agreeing, everything.reported),
        ]
    )
    return rows


def floors(scores: Mapping[str, Score]) -> list[Floor]:
    """Every floor, in the order of the issue that set them; `met` is None where a set was not run."""
    made = []

    def recall_floor(name: str, set_name: str, key: tuple[str, str] | None, bound: float) -> None:
        score = scores.get(set_name)
        recall = None if score is None else score.total() if key is None else score.recall[key]
        made.append(
            Floor(
                name=name,
                bound=f">= {bound:.2f}",
                value="not measured" if recall is None else f"{recall.share:.3f}",
                met=None if recall is None else recall.share >= bound,
            )
        )

    recall_floor("newsroom en, copies", "newsroom", ("copy", "syndicated en"), 1.0)
    recall_floor("newsroom en, revisions", "newsroom", ("revision", "revision en"), 1.0)
    for kind, share in (("spun", 0.97), ("paraphrase", 0.95), ("condensed", 0.97)):
        recall_floor(f"newsroom en, rewrites: {kind}", "newsroom", ("rewrite", f"{kind} en"), share)
    recall_floor("newsroom en, excerpts", "newsroom", ("excerpt", "excerpt en"), 0.95)
    newsroom = scores.get("newsroom")
    if newsroom is None:
        made.append(Floor(name="newsroom en, false reports", bound="0", value="not measured", met=None))
    else:
        # A false pair across two languages counts here too: it has an English side.
        count = sum("en" in {newsroom.languages[article] for article in each.pair} for each in newsroom.false)
        made.append(Floor(name="newsroom en, false reports", bound="0", value=str(count), met=count == 0))
    recall_floor("onestop", "onestop", None, 0.95)
    recall_floor("detectrl, all kinds together", "detectrl", None, 0.85)
    name, bound = "basil + wikinews, reported per 1,000 labelled independents", "<= 1"
    if "basil" in scores and "wikinews" in scores:
        counts = [scores[each].independents() for each in ("basil", "wikinews")]
        reported, labelled = (sum(column) for column in zip(*counts, strict=True))
        per_thousand = 1000 * reported / labelled
        value = f"{per_thousand:.2f} ({reported} of {labelled})"
        made.append(Floor(name=name, bound=bound, value=value, met=per_thousand <= 1))
    else:
        made.append(Floor(name=name, bound=bound, value="not measured", met=None))
    return made


def say_score_lists(scores: Iterable[Score], count: int) -> None:
    """Prints up to `count` false reports (highest score first) and up to `count` missed pairs of each set."""
    for score in scores:
        print(f"\n{score.name}: {len(score.false)} false reports, the most certain first")
        for wrong in score.false[:count]:
            print(f"  false   {wrong.label.label}:{wrong.label.detail}  {'  '.join(wrong.pair)}  {wrong.found}")
        print(f"{score.name}: {len(score.missed)} missed")
        # A pair that the scan never looked at is the worst miss, one that it nearly reported the mildest.
        worst = sorted(score.missed, key=lambda each: each.found.score if each.found else -1.0)
        for lost in worst[:count]:
            said = lost.found or "no pair line: no candidate, or distinct"
            print(f"  missed  {lost.label.label}:{lost.label.detail}  {'  '.join(lost.pair)}  {said}")


def say_floors(all_floors: Sequence[Floor]) -> None:
    words = {True: "met", False: "MISSED", None: "not measured"}
    rows = [["floor", "bound", "value", ""]]
    rows += [
        [floor.name, floor.bound, floor.value if floor.met is not None else "-", words[floor.met]]
        for floor in all_floors
    ]
    print("\n" + table(rows))


def read_aloud(name: str, results: Path) -> None:
    """Prints counts by verdict and every reported pair that is not identical: ids and numbers, never text."""
    found, skipped = read_found(results)
    counts = Counter(each.verdict for each in found.values())
    print(f"{name} (unlabelled): {len(found)} pairs, {skipped} inputs skipped")
    for verdict, count in counts.most_common():
        print(f"  {verdict:10s} {count}")
    rows = [["left", "right", "verdict", "score", "facts", "telling"]]
    for (left, right), each in sorted(found.items(), key=lambda item: (-item[1].score, item[0])):
        if each.verdict in REPORTED - {"identical"}:
            numbers = ["-" if number is None else f"{number:.3f}" for number in (each.score, each.facts, each.telling)]
            rows.append([left, right, each.verdict, *numbers])
    print("\n" + table(rows, left=3) if len(rows) > 1 else "no reported pair that is not identical")


def results_of(name: str, folder: Path, options: Sequence[str], *, reuse: bool) -> tuple[Path, ChildCost | None]:
    """The result file of a set: the kept one when `reuse`, else a new one."""
    results = folder / f"{name}.jsonl"
    if not reuse:
        command = scan_command(set_folder(name) / "docs.jsonl.gz", *options)
        cost = run_measured(command, results)
        print(f"scanned {name}: {cost.cpu_seconds:.1f} CPU-s, {cost.peak_memory_mb:.0f} MB", file=sys.stderr)
        return results, cost
    if not results.is_file():
        raise BenchmarkError(f"{results}: not there; run without --reuse first")
    return results, None


def as_json(scores: Mapping[str, Score], all_floors: Sequence[Floor], left_out: Sequence[str]) -> dict[str, object]:
    """The whole outcome, JSON-ready."""
    sets = {}
    for name, score in scores.items():
        reported, labelled = score.independents()
        everything = score.total()
        sets[name] = {
            "articles": score.articles,
            "skipped": score.skipped,
            "cpu_seconds": score.cost and round(score.cost.cpu_seconds, 3),
            "precision": score.precision(),
            "recall": everything.share,
            "f1": score.f1(),
            "true_reports": everything.reported,
            "false_reports": len(score.false),
            "false_by_label": dict(sorted(Counter(each.label.label for each in score.false).items())),
            "recall_by": {
                f"{label}:{detail}": {"wanted": each.wanted, "reported": each.reported, "recall": each.share}
                for (label, detail), each in sorted(score.recall.items())
            },
            "verdict_agreement": {
                label: score.total(label).agreeing / score.total(label).reported
                for label in WANTED
                if score.total(label).reported
            },
            "independents": {"reported": reported, "labelled": labelled},
        }
    return {
        "sets": sets,
        "left_out": list(left_out),
        "floors": [
            {"name": each.name, "bound": each.bound, "value": each.value, "met": each.met} for each in all_floors
        ],
    }


def choose_sets(named: Sequence[str]) -> tuple[list[str], list[str]]:
    """(sets to run, sets left out because their folder is missing).

    Raises:
        BenchmarkError: A set asked for by name is not there.
    """
    chosen = list(dict.fromkeys(named)) or list(LABELLED_SETS)
    there = [name for name in chosen if (set_folder(name) / "docs.jsonl.gz").is_file()]
    missing = [name for name in chosen if name not in there]
    if named and missing:
        message = f"{set_folder(missing[0])}: not there; set NEWSDEDUP_BENCH to the folder that has the sets"
        raise BenchmarkError(message)
    return there, missing


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog=f"sets: {', '.join(LABELLED_SETS)}"
    )
    parser.add_argument("sets", nargs="*", metavar="SET", help="labelled sets to run (default: all that are there)")
    parser.add_argument("--check", action="store_true", help="exit 1 when a floor of a set that was run is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    parser.add_argument("--list", type=int, default=0, metavar="N", help="list up to N false and N missed pairs a set")
    parser.add_argument("--read", metavar="SET", help="print the reported pairs of an unlabelled set (bbc); no scoring")
    parser.add_argument("--results", type=Path, metavar="DIR", help="keep the scan's lines as DIR/SET.jsonl")
    parser.add_argument("--reuse", action="store_true", help="score what --results kept, without a new scan")
    options = parser.parse_args(arguments)
    if unknown := set(options.sets) - set(LABELLED_SETS):
        parser.error(f"no labelled set {sorted(unknown)[0]!r}; there are: {', '.join(LABELLED_SETS)}")
    if options.read and (options.sets or options.check or options.json or options.list):
        parser.error("--read prints one unlabelled set and goes with --results and --reuse only")
    if options.reuse and not options.results:
        parser.error("--reuse needs --results DIR")
    return options


def run(options: argparse.Namespace, results_folder: Path) -> int:
    """Runs what was asked for; returns the exit code."""
    results_folder.mkdir(parents=True, exist_ok=True)
    if options.read:
        choose_sets([options.read])
        results, _ = results_of(options.read, results_folder, (), reuse=options.reuse)
        read_aloud(options.read, results)
        return 0
    chosen, left_out = choose_sets(options.sets)
    scores = {}
    # --all adds related and template pairs, which do not count as reported: the list can then say what a
    # missed pair was taken for.
    scan_options = ("--all",) if options.list else ()
    for name in chosen:
        results, cost = results_of(name, results_folder, scan_options, reuse=options.reuse)
        scores[name] = score_set(name, results, cost)
    rows = [["set", "label:detail", "reported/wanted", "recall", "false", "verdict agrees"]]
    for score in scores.values():
        rows += score_rows(score)
    print(table(rows, left=2))
    print()
    for score in scores.values():
        reported, labelled = score.independents()
        cost_said = f", {score.cost.cpu_seconds:.1f} CPU-s" if score.cost else ""
        rate = f", {1000 * reported / labelled:.2f} false per 1,000 labelled independents" if labelled else ""
        print(f"{score.name}: {score.articles} articles, {score.skipped} skipped{rate}{cost_said}")
    all_floors = floors(scores)
    say_floors(all_floors)
    if options.list:
        say_score_lists(scores.values(), options.list)
    not_asked = [name for name in LABELLED_SETS if name not in (*chosen, *left_out)]
    if left_out:
        print(f"\nLEFT OUT, no such folder below {bench_folder()}: {', '.join(left_out)} (set NEWSDEDUP_BENCH)")
    if not_asked:
        print(f"\nnot asked for: {', '.join(not_asked)}")
    if options.json:
        write_json(options.json, as_json(scores, all_floors, [*left_out, *not_asked]))
    broken = [floor.name for floor in all_floors if floor.met is False]
    if broken:
        print(f"\nFLOORS MISSED ({len(broken)}): {'; '.join(broken)}")
    return 1 if broken and options.check else 0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        if options.results:
            return run(options, options.results)
        with tempfile.TemporaryDirectory(prefix="newsdedup-quality-") as folder:
            return run(options, Path(folder))
    except BenchmarkError as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
