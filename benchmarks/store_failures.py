#!/usr/bin/env python3
"""Cuts off, crowds and starves `newsdedup ingest`, and looks whether a store has lost or torn anything.

Rounds: killed (`kill -9`, every fourth time SIGTERM; half of them while a batch is being committed) and run again; two
writers at one time; a disk that fills. Each starts from a copy of one store, and afterwards the store must hold the
same articles, pairs and clusters as one that nothing disturbed, `store verify` must call it sound, and every pair must
have been told in a report that arrived. Then whatever must be refused: it is to be refused in one line.

*Lost* is an article, pair or cluster that was acknowledged and is not there, and a pair that nobody was told of; *torn*
is a store that is not sound, or holds something else than it should. Exit code 1 when anything was.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from store_refusals import refusals
from store_trial import (
    DONE,
    LOCKED,
    STORE,
    TERMINATED,
    UNUSABLE,
    Ended,
    Held,
    Run,
    Said,
    Trial,
    called,
    can_mount,
    held,
    ids_of,
    newsroom_batches,
    said,
    small_disk,
    unsound,
    wait_for_moment,
    write_batch,
)

from _common import BenchmarkError

KILLED = 128 + signal.SIGKILL
SIGTERM_EVERY = 4


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the rounds of one kind came to.

    Attributes:
        ends: How the disturbed runs ended, counted.
        lost, torn, unclear: One line a finding; unclear are refusals that are not one line, or end with the wrong code.
    """

    kind: str
    rounds: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return bool(self.lost or self.torn or self.unclear)

    def lines(self) -> Iterator[str]:
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items()))
        unclear = f", {len(self.unclear)} unclear" if self.unclear else ""
        yield f"{self.kind}: {self.rounds} rounds: {len(self.lost)} lost, {len(self.torn)} torn{unclear} ({ends})"
        for name, found in (("LOST", self.lost), ("TORN", self.torn), ("UNCLEAR", self.unclear)):
            yield from (f"  {name} {line}" for line in found[:20])

    def clear(self, where: str, ended: Ended, *codes: int) -> None:
        """Notes a run that ended with another code, or refused in other than one line."""
        if ended.code not in codes or "Traceback" in ended.err:
            self.unclear.append(f"{where}: ended with {ended.code}: {ended.err[-300:]!r}")
        elif ended.code in (UNUSABLE, LOCKED) and ended.refusal:
            self.unclear.append(f"{where}: {ended.refusal}")

    def sound(self, where: str, store: Path) -> None:
        """Notes what is wrong with a store."""
        self.torn += [f"{where}: {problem}" for problem in unsound(store)]

    def acknowledged(self, where: str, kept: frozenset[str], store: Path) -> None:
        """Notes articles that were acknowledged and are gone."""
        gone = kept - ids_of(store)
        self.lost += [f"{where}: article {name} is gone" for name in sorted(gone)[:3]]

    def told(self, where: str, wanted: Said, heard: Sequence[Said]) -> None:
        """Notes pairs and members of clusters that no delivered report told."""
        pairs = {pair for each in heard for pair in each.pairs}
        joined = {name for each in heard for name in each.joined}
        self.lost += [
            f"{where}: {left} and {right} were never told" for left, right in sorted({*wanted.pairs} - pairs)[:3]
        ]
        self.lost += [f"{where}: {name} was never told to join" for name in sorted({*wanted.joined} - joined)[:3]]

    def same(self, where: str, found: Held, *wanted: Held) -> None:
        """Notes how what is held differs from all that it may be."""
        if found not in wanted:
            least = min((each.differences(found) for each in wanted), key=len)
            lacking = [line for line in least if " lack " in line]
            self.lost += [f"{where}: {line}" for line in lacking]
            self.torn += [f"{where}: {line}" for line in least if line not in lacking]


def kill_rounds(trials: Sequence[Trial], rounds: int, seed: int) -> Tally:
    """An ingest is cut off at a moment drawn from the seed, and the same command is run again."""
    tally = Tally(kind="killed and repeated")
    for number in range(rounds):
        trial = trials[number % len(trials)]
        rng = random.Random(f"{seed} kill {number}")  # noqa: S311 - a reproducible draw, no secret
        usual, before = trial.usual, trial.before
        with_term = number % SIGTERM_EVERY == SIGTERM_EVERY - 1
        at_commit = (number // 2) % 2 == 1
        where = (
            f"round {number} ({trial.folder.name}, {'SIGTERM' if with_term else 'kill -9'}{' at commit' * at_commit})"
        )
        store = trial.fresh()
        run = Run(trial.ingest(store), trial.folder)
        wait_for_moment(run, store, usual, rng, at_commit=at_commit)
        first = run.end(signal.SIGTERM if with_term else signal.SIGKILL)
        tally.clear(where, first, DONE, TERMINATED if with_term else KILLED)
        heard = [said(first.out)]
        committed = len(ids_of(store)) > len(before.ids)
        tally.ends["ended before" if first.code == DONE else "cut off, committed" if committed else "cut off"] += 1
        whole = heard[0].delivered or first.code == DONE
        tally.acknowledged(where, usual.after.ids if whole else before.ids, store)
        tally.sound(f"{where} after the cut", store)
        second = called(trial.ingest(store), trial.folder)
        tally.clear(f"{where} again", second, DONE)
        heard.append(said(second.out))
        tally.told(where, usual.said, heard)
        tally.sound(where, store)
        tally.same(where, held(store), usual.after)
        tally.rounds += 1
        tell(tally, rounds)
    return tally


def meeting_rounds(trial: Trial, other: Trial, rounds: int, seed: int) -> Tally:
    """Two ingests of different articles begin at nearly one time; every other time the second waits for the first.

    Args:
        other: The same store with the other articles.
    """
    tally = Tally(kind="two writers")
    usual = {id(each): each.usual for each in (trial, other)}  # measured before anything else uses the folders
    ends = [both_in_turn(trial, first, second) for first, second in ((trial, other), (other, trial))] if rounds else []
    for number in range(rounds):
        rng = random.Random(f"{seed} meeting {number}")  # noqa: S311 - a reproducible draw, no secret
        waiting = ["--lock-timeout", "120s"] if number % 2 else []
        where = f"round {number} ({'waiting' if waiting else 'not waiting'})"
        store = trial.fresh()
        starts = [trial, other] if rng.random() < 0.5 else [other, trial]
        runs: list[Run] = []
        for each in starts:
            folder = trial.folder / f"writer-{len(runs)}"
            folder.mkdir(exist_ok=True)
            runs.append(Run(each.ingest(store, *waiting), folder))
            if len(runs) == 1:
                wait_for_moment(runs[0], store, usual[id(trial)], rng, at_commit=False)
        ended = [run.end() for run in runs]
        heard = [said(each.out) for each in ended if each.code == DONE]
        for each, one in zip(starts, ended, strict=True):
            tally.clear(where, one, DONE, *(() if waiting else (LOCKED,)))
            if one.code == DONE:
                tally.acknowledged(where, usual[id(each)].after.ids, store)
        codes = sorted(one.code for one in ended)
        tally.ends["one refused" if LOCKED in codes else "both done"] += 1
        if codes == [LOCKED, LOCKED]:
            tally.unclear.append(f"{where}: both were refused")
        for each, one in zip(starts, ended, strict=True):
            if one.code == LOCKED:
                again = called(each.ingest(store), trial.folder)
                tally.clear(f"{where} again", again, DONE)
                heard.append(said(again.out))
        tally.sound(where, store)
        tally.same(where, held(store), *(end.after for end in ends))
        tally.told(where, min((end.said for end in ends), key=lambda each: unheard(each, heard)), heard)
        twice = [pair for pair, times in Counter(pair for each in heard for pair in each.pairs).items() if times > 1]
        tally.torn += [f"{where}: {left} and {right} were told twice" for left, right in twice[:3]]
        tally.rounds += 1
        tell(tally, rounds)
    return tally


@dataclass(frozen=True, slots=True, kw_only=True)
class InTurn:
    """What is held after two runs that did not meet, and all that they said."""

    after: Held
    said: Said


def both_in_turn(trial: Trial, first: Trial, second: Trial) -> InTurn:
    store = trial.fresh()
    heard = [said(called(each.ingest(store), trial.folder).out) for each in (first, second)]
    together = Said(
        delivered=all(each.delivered for each in heard),
        pairs=tuple(pair for each in heard for pair in each.pairs),
        joined=tuple(name for each in heard for name in each.joined),
    )
    return InTurn(after=held(store), said=together)


def unheard(wanted: Said, heard: Sequence[Said]) -> int:
    return len({*wanted.pairs} - {pair for each in heard for pair in each.pairs})


def disk_rounds(trial: Trial, rounds: int, seed: int, *, by_limit: bool) -> Tally:
    """The disk is full somewhere on the way of an ingest; then there is room, and the same command is run again.

    Args:
        by_limit: No file may grow beyond a size (RLIMIT_FSIZE), where no file system can be mounted.
    """
    tally = Tally(kind=f"disk full ({'file size limit' if by_limit else 'tmpfs'})")
    usual, before = trial.usual, trial.before
    for number in range(rounds):
        rng = random.Random(f"{seed} disk {number}")  # noqa: S311 - a reproducible draw, no secret
        share = rng.uniform(0.02, 0.9)
        where = f"round {number} (room for {share:.0%} of what is needed)"
        with ExitStack() as stack:
            limit = None
            if by_limit:
                store = trial.fresh()
                limit = int(usual.base_file_bytes * (1 - share) + usual.peak_file_bytes * share)
            else:
                place = trial.folder / "disk"
                pages = int(usual.base_bytes * (1 - share) + usual.peak_bytes * share) // 4096 + 8
                grow = stack.enter_context(small_disk(place, pages * 4096))
                store = trial.fresh(place)
            first = Run(trial.ingest(store), trial.folder, most_file_bytes=limit).end()
            tally.clear(where, first, DONE, UNUSABLE)
            tally.ends["did not fill" if first.code == DONE else "filled"] += 1
            heard = [said(first.out)]
            whole = first.code == DONE or heard[0].delivered
            tally.acknowledged(where, usual.after.ids if whole else before.ids, store)
            if not by_limit:
                grow()
            tally.sound(f"{where} after it was full", store)
            second = called(trial.ingest(store), trial.folder)
            tally.clear(f"{where} again", second, DONE)
            heard.append(said(second.out))
            tally.told(where, usual.said, heard)
            tally.sound(where, store)
            tally.same(where, held(store), usual.after)
        tally.rounds += 1
        tell(tally, rounds)
    return tally


def tell(tally: Tally, rounds: int) -> None:
    if tally.rounds % 10 == 0 or tally.rounds == rounds:
        print(f"{tally.kind}: {tally.rounds} of {rounds}", file=sys.stderr, flush=True)


def refusal_rounds(trial: Trial) -> Tally:
    """Everything that must be refused, once."""
    tally = Tally(kind="refusals")
    for name, problem in refusals(trial):
        tally.rounds += 1
        tally.ends["left out" if problem == "left out" else "refused" if not problem else "not as it should"] += 1
        if problem == "left out":
            print(f"LEFT OUT: {name}")
        elif problem:
            tally.unclear.append(f"{name}: {problem}")
    return tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Attributes: making: the store is made by the run itself; growing and other: half of the articles are in it."""

    making: Trial
    growing: Trial
    other: Trial


def make_trials(folder: Path, articles: int | None) -> Trials:
    """The stores and files that all rounds start from."""
    first, second, third = newsroom_batches(3, articles)
    base = folder / "base"
    base.mkdir(parents=True)
    start = write_batch(folder / "first.jsonl", first)
    trials = {}
    for name, batch in (("growing", second), ("other", third), ("making", first)):
        (folder / name).mkdir()
        new = write_batch(folder / name / f"{name}.jsonl", batch)
        trials[name] = Trial(folder=folder / name, base=folder / "none" if name == "making" else base, new=new)
    filled = Trial(folder=folder / "making", base=folder / "none", new=start)
    ended = called(filled.ingest(base / STORE), folder / "making")
    if ended.code != DONE:
        raise BenchmarkError(f"the first ingest ended with {ended.code}: {ended.err.strip()}")
    return Trials(making=trials["making"], growing=trials["growing"], other=trials["other"])


def all_tallies(trials: Trials, options: argparse.Namespace, folder: Path) -> Iterator[Tally]:
    if options.kills:
        yield kill_rounds([trials.growing, trials.making], options.kills, options.seed)
    if options.meetings:
        yield meeting_rounds(trials.growing, trials.other, options.meetings, options.seed)
    if options.disks:
        by_limit = options.no_mount or not can_mount(folder / "probe")
        yield disk_rounds(trials.growing, options.disks, options.seed, by_limit=by_limit)
    if not options.no_refusals:
        yield refusal_rounds(trials.growing)


def stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=3, metavar="N", help="rounds; default: 3")
    parser.add_argument("--meetings", type=int, default=2, metavar="N", help="rounds; default: 2")
    parser.add_argument("--disks", type=int, default=2, metavar="N", help="rounds; default: 2")
    parser.add_argument("--no-refusals", action="store_true", help="leave out what must be refused")
    parser.add_argument("--no-mount", action="store_true", help="fill a disk by a limit of file sizes, also as root")
    parser.add_argument("--articles", type=int, metavar="N", help="of newsroom, the latest; default: all 240")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and sizes")
    parser.add_argument("--folder", type=Path, help="an empty one to keep the stores in; default: temporary")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    tallies: list[Tally] = []
    ended = ""
    try:
        with ExitStack() as stack:
            folder = options.folder or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="newsdedup-failures-"))
            )
            trials = make_trials(folder.resolve(), options.articles)
            for tally in all_tallies(trials, options, folder.resolve()):
                tallies.append(tally)
                print("\n".join(tally.lines()), flush=True)
    except BenchmarkError as error:
        ended = str(error)
    except KeyboardInterrupt:
        ended = "interrupted"
    lost, torn = sum(len(each.lost) for each in tallies), sum(len(each.torn) for each in tallies)
    print(f"{sum(each.rounds for each in tallies)} rounds: {lost} lost, {torn} torn")
    if ended:
        print(f"store_failures: {ended}", file=sys.stderr)
        return 2
    return 1 if any(each.failed for each in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
