#!/usr/bin/env python3
"""The gate as a repository of articles meets it: `newsdedup check` of 40 drafts against an archive of 200.

Makes a scratch git repository from newsroom and runs the commands that a user or a CI job would run. Exit code 1 when a
promise is broken, 2 when something could not be run.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from gate_repository import ARCHIVE, BRANCH, Draft, chosen_drafts, commit, git, make_repository
from peers import sizes_of

from _common import BenchmarkError, read_lines, run_measured, set_folder, table, write_json

CLEAN, FINDINGS = 0, 1
MOST_CPU_SECONDS = 1.0
"""What a check of one article against the index of a large set may take beyond a check against nothing."""
LARGE_SET = "allsides"
ROUNDS = 3
BASELINE = "newsdedup-baseline.json"
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One newsdedup command that has ended."""

    code: int
    stdout: str
    cpu_seconds: float

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The lines of a `--format jsonl`, without the seconds, which differ."""
        lines = [json.loads(line) for line in self.stdout.splitlines()]
        return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [line for line in self.objects if line["type"] == "finding"]


def newsdedup(folder: Path, *words: str, ends: Sequence[int] = (CLEAN, FINDINGS)) -> Run:
    """Runs the command in a folder, as a user would, without anybody's NEWSDEDUP_* variables.

    Raises:
        BenchmarkError: It ended with another exit code than those of `ends`.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")}
    command = [sys.executable, "-m", "newsdedup", *words]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode not in ends:
            said = err.read().decode("utf-8", "replace").strip()
            raise BenchmarkError(f"exit code {child.returncode} from newsdedup {' '.join(words)}: {said}")
        return Run(
            code=child.returncode,
            stdout=out.read().decode("utf-8"),
            cpu_seconds=usage.ru_utime + usage.ru_stime,
        )


def check(folder: Path, *words: str) -> Run:
    """`newsdedup check ... --format jsonl`."""
    return newsdedup(folder, "check", *words, "--format", "jsonl")


def fingerprints(run: Run, *, suppressed: bool | None = None) -> Counter[str]:
    """How often each fingerprint was found; `suppressed` asks for those that are, or are not."""
    matches = [match for finding in run.findings for match in (finding, *finding["also"])]
    return Counter(
        match["fingerprint"] for match in matches if suppressed is None or bool(match["suppressed"]) == suppressed
    )


def gate_table(folder: Path, drafts: Sequence[Draft]) -> tuple[str, list[str]]:
    """(table of how many drafts of each label the gate refused, the drafts for which it did not do as labelled).

    Each draft goes through the gate alone, against an index of the archive.
    """
    newsdedup(folder, "index", ARCHIVE, "-o", "../archive.index", ends=[CLEAN])
    refused = {
        draft.id: newsdedup(folder, "check", draft.path, "--against", "../archive.index").code == FINDINGS
        for draft in drafts
    }
    rows = [["label", "draft", "must fail", "refused", "of"]]
    for label, kind, must_fail in sorted({(draft.label, draft.kind, draft.must_fail) for draft in drafts}):
        ids = [draft.id for draft in drafts if (draft.label, draft.kind) == (label, kind)]
        count = sum(refused[id_] for id_ in ids)
        rows.append([label, kind, "yes" if must_fail else "no", f"{count}", f"{len(ids)}"])
    wrong = [f"{draft.id} ({draft.kind})" for draft in drafts if refused[draft.id] != draft.must_fail]
    return table(rows, left=2), wrong


Promise = tuple[str, Callable[[], bool]]


def promises(folder: Path, drafts: Sequence[Draft], scratch: Path) -> list[Promise]:
    """What has to hold, in the order in which it is tried; some move files."""
    asked = ("drafts", "--against", ARCHIVE)
    first = check(folder, *asked)
    found = fingerprints(first)

    def all_at_once() -> bool:
        return {Path(finding["new"]).stem for finding in first.findings if finding["fails"]} == {
            draft.id for draft in drafts if draft.must_fail
        }

    def rerun() -> bool:
        return bool(found) and check(folder, *asked).objects == first.objects

    def other_order() -> bool:
        paths = [draft.path for draft in drafts]
        years = sorted(str(path.relative_to(folder)) for path in (folder / ARCHIVE).iterdir())
        known = [word for year in reversed(years) for word in ("--against", year)]
        return check(folder, *known, *reversed(paths)).objects == check(folder, *asked).objects

    def other_checkout() -> bool:
        elsewhere = scratch / "another place" / "checkout"
        git(scratch, "clone", "-q", str(folder), str(elsewhere))
        return check(elsewhere, *asked).objects == first.objects

    def changed_since() -> bool:
        return fingerprints(check(folder, ".", "--changed-since", BRANCH)) == found

    def renamed() -> bool:
        newsdedup(folder, "baseline", "create", *asked, "--baseline", BASELINE, ends=[CLEAN])
        move_everything(folder)
        return fingerprints(check(folder, "new", "--against", "published")) == found

    def baseline_holds() -> bool:
        run = check(folder, "new", "--against", "published", "--baseline", BASELINE)
        return run.code == CLEAN and fingerprints(run, suppressed=True) == found

    def further_copy() -> bool:
        finding = next(finding for finding in first.findings if finding["fails"])
        copied = next(folder.glob(f"published/**/{moved_name(Path(finding['against']))}"))
        shutil.copyfile(copied, folder / "published" / "again.md")
        run = check(folder, "new", "--against", "published", "--baseline", BASELINE)
        new = fingerprints(run, suppressed=False)
        return run.code == FINDINGS and finding["fingerprint"] in new and set(new) <= set(found)

    def baseline_after_fix() -> bool:
        (folder / "published" / "again.md").unlink()
        return (
            newsdedup(folder, "baseline", "diff", "new", "--against", "published", "--baseline", BASELINE).code == CLEAN
        )

    return [
        ("all drafts at once are refused as one by one", all_at_once),
        ("rerun: the same lines", rerun),
        ("arguments in another order: the same lines", other_order),
        ("another checkout at another path: the same lines", other_checkout),
        (f"--changed-since {BRANCH}: the same findings", changed_since),
        ("every file renamed and moved: the same findings", renamed),
        ("the baseline made before the move still covers all of them", baseline_holds),
        ("a further copy of a known pair is new", further_copy),
        ("without it the baseline has nothing to add", baseline_after_fix),
    ]


def move_everything(folder: Path) -> None:
    """Other names in other folders, and a commit."""
    for old, new in ((ARCHIVE, "published"), ("drafts", "new")):
        for path in sorted((folder / old).rglob("*.md")):
            target = folder / new / path.stem[:1] / moved_name(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    commit(folder, "moved")


def moved_name(path: Path) -> str:
    """Reversed, so that the files sort otherwise than before."""
    return f"{path.stem[::-1]}.md"


def sarif_promise(folder: Path) -> list[Promise]:
    """That the SARIF report is valid, by models made from the standard's schema; none where they are not installed."""
    if importlib.util.find_spec("pydantic_sarif") is None:
        return []
    from pydantic_sarif import model  # noqa: PLC0415  # the one thing here that not everybody has

    def valid() -> bool:
        check(folder, "drafts", "--against", ARCHIVE, "-o", "sarif=../report.sarif")
        report = json.loads((folder.parent / "report.sarif").read_text(encoding="utf-8"))
        try:
            model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(report)
        except ValueError as error:
            print(error, file=sys.stderr)
            return False
        return bool(report["runs"][0]["results"])

    return [("SARIF 2.1.0 is valid", valid)]


def costs(scratch: Path, large: Sequence[int]) -> tuple[str, dict[str, float], list[str]]:
    """(table of the CPU time of a check of one article, the same by name, what was left out)."""
    left_out: list[str] = []
    lone = next(read_lines(set_folder("newsroom") / "docs.jsonl.gz"))
    (scratch / "one.jsonl").write_text(json.dumps({**lone, "id": "the-new-one"}) + "\n", encoding="utf-8")
    (scratch / "none.jsonl").write_text("", encoding="utf-8")
    cpu = {"newsdedup --help": cpu_of(scratch, "--help")}
    cpu["check of nothing against nothing"] = cpu_of(scratch, "check", "none.jsonl")
    cpu["check of one article against nothing"] = cpu_of(scratch, "check", "one.jsonl")
    corpora: list[tuple[str, Path]] = []
    articles = set_folder(LARGE_SET) / "docs.jsonl.gz"
    if articles.is_file():
        corpora.append((f"{count_lines(articles):,} articles ({LARGE_SET})", articles))
    else:
        left_out.append(f"{LARGE_SET}: no {articles}; set NEWSDEDUP_BENCH")
    for size in large:
        folder = scratch / f"made-{size}"
        folder.mkdir()
        run_measured([sys.executable, str(HERE / "speed_corpus.py"), str(size), str(folder)], folder / "made.json")
        corpora.append((f"{size:,} articles (made)", folder / "corpus.jsonl"))
    for name, path in corpora:
        made = newsdedup(scratch, "index", str(path), "-o", "large.index", ends=[CLEAN])
        cpu[f"index of {name}"] = made.cpu_seconds
        cpu[f"check of one against {name}"] = cpu_of(scratch, "check", "one.jsonl", "--against", "large.index")
        (scratch / "large.index").unlink()
    rows = [["CPU seconds, median of 3 (index: one run)", ""], *([name, f"{took:.2f}"] for name, took in cpu.items())]
    return table(rows), cpu, left_out


def cpu_of(folder: Path, *words: str) -> float:
    """Median CPU seconds of a command."""
    return median(newsdedup(folder, *words).cpu_seconds for _ in range(ROUNDS))


def count_lines(path: Path) -> int:
    with gzip.open(path) as lines:
        return sum(1 for _ in lines)


def slow(cpu: Mapping[str, float]) -> list[str]:
    """The checks against the large set that took too long."""
    start = cpu["check of nothing against nothing"]
    return [
        f"{name}: {took - start:.2f} s of CPU beyond start-up; at most {MOST_CPU_SECONDS:g} promised"
        for name, took in cpu.items()
        if name.startswith("check of one against") and LARGE_SET in name and took - start >= MOST_CPU_SECONDS
    ]


def run(options: argparse.Namespace) -> int:
    """Prints everything; the exit code."""
    drafts = chosen_drafts()
    outcome: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="newsdedup-gate-") as name:
        scratch, folder = Path(name), Path(name) / "checkout"
        folder.mkdir()
        known = make_repository(folder, drafts)
        print(f"newsroom: {known} articles in {ARCHIVE}/, {len(drafts)} drafts; each draft through the gate alone\n")
        shown, broken = gate_table(folder, drafts)
        print(f"{shown}\n")
        broken = [f"not as labelled: {draft}" for draft in broken]
        valid = sarif_promise(folder)
        for said, holds in [*valid, *promises(folder, drafts, scratch)]:
            held = outcome[said] = holds()
            print(f"{'holds ' if held else 'BROKEN'}  {said}", flush=True)
            broken += [] if held else [said]
        if not valid:
            print("LEFT OUT  whether the SARIF report is valid: pip install pydantic-sarif")
        if not options.no_times:
            times, cpu, left_out = costs(scratch, options.large)
            print(f"\n{times}")
            for line in left_out:
                print(f"LEFT OUT  {line}")
            broken += slow(cpu)
            outcome["cpu_seconds"] = cpu
    if options.json:
        write_json(options.json, {**outcome, "broken": broken})
    print("\n" + ("\n".join(f"BROKEN  {line}" for line in broken) or "every promise holds"))
    return 1 if broken else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--large", type=sizes_of, default=[], metavar="SIZES", help="made corpora for the times: 100k")
    parser.add_argument("--no-times", action="store_true", help="leave the times out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    try:
        return run(parser.parse_args(arguments))
    except BenchmarkError as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
