"""What a store must refuse, for `store_failures.py`: each in one line that names it, and without a change to it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from store_trial import DONE, UNUSABLE, Ended, Trial, called, can_mount, environment, held, newsdedup

HEADER_BYTES = 100  # of an SQLite file
CLOCK_BACK = """
import json, sys

from newsdedup.article import Article
from newsdedup.store.reader import Reader
from newsdedup.stores import expire_store, ingest_articles, verify_store

store, file = sys.argv[1:]
articles = [Article(**json.loads(line)) for line in open(file, encoding="utf-8")]
late = 1_900_000_000.0
half = len(articles) // 2
for part, now in ((articles[:half], late), (articles[half:], late - 400 * 86400)):
    with ingest_articles(part, store, now=now) as ingested:
        ingested.told()
assert expire_store(store, 300, now=late - 400 * 86400).articles == 0, "expired by a clock that was set back"
with Reader.open(store, None) as reader:
    numbers = reader.numbers_of([article.id for article in articles])
    seen = [each.last_seen for each in reader.stored(sorted(numbers.values()))]
assert len(seen) == len(articles) and min(seen) >= late, "a time before one that was recorded"
assert verify_store(store) == (), "not sound"
"""

Harm = Callable[[Path], None]


def truncated(store: Path) -> None:
    """Half of the file is gone, as after a copy that was cut off."""
    os.truncate(store, store.stat().st_size // 2)


def beheaded(store: Path) -> None:
    store.write_bytes(store.read_bytes()[: HEADER_BYTES // 2])


def foreign(store: Path) -> None:
    store.write_text("Not a store but an article about one.\n" * 100, encoding="utf-8")


def foreign_database(store: Path) -> None:
    store.unlink()
    with closing(sqlite3.connect(store)) as database:
        database.execute("CREATE TABLE visits (page TEXT)")
        database.commit()


def of_schema(number: int) -> Harm:
    def change(store: Path) -> None:
        with closing(sqlite3.connect(store)) as database:
            database.execute(f"PRAGMA user_version = {number}")
            database.commit()

    return change


def without_postings(store: Path) -> None:
    for file in postings(store):
        file.unlink()


def with_short_postings(store: Path) -> None:
    for file in postings(store):
        os.truncate(file, file.stat().st_size // 2)


def postings(store: Path) -> list[Path]:
    found = sorted(store.with_name(f"{store.name}-index").rglob("postings-*"))
    assert found, "a store with articles has postings"
    return found


HARMS: dict[str, Harm] = {
    "truncated": truncated,
    "cut off within its header": beheaded,
    "a foreign file": foreign,
    "a foreign SQLite file": foreign_database,
    "an older schema": of_schema(0),
    "a newer schema": of_schema(99),
    "postings gone": without_postings,
    "postings truncated": with_short_postings,
}


def refusals(trial: Trial) -> Iterator[tuple[str, str]]:
    """(case, what is wrong with its refusal; "" when it is as it should be, `left out` when it cannot be tried)."""
    for name, harm in HARMS.items():
        store = trial.fresh()
        harm(store)
        harmed = store.read_bytes()
        problem = refused(called(trial.ingest(store), trial.folder), store)
        yield name, problem or ("" if store.read_bytes() == harmed else "the file was changed")
    store = trial.fresh()
    yield "other parameters", refused(called(trial.ingest(store, "--views", "copy"), trial.folder), store)
    yield "another --keep-text", refused(called(trial.ingest(store, "--keep-text", "none"), trial.folder), store)
    yield "parameters and texts: nothing has changed", "" if held(store) == trial.before else "it differs"
    verified = called(newsdedup("store", "verify", trial.fresh()), trial.folder)
    yield "a sound store is called sound", "" if (verified.code, verified.out) == (DONE, "sound\n") else str(verified)
    yield "a read-only folder", read_only(trial)
    yield "a clock that is set back", clock_back(trial)


def refused(ended: Ended, store: Path) -> str:
    if ended.code != UNUSABLE:
        return f"ended with {ended.code}: {ended.err[-300:]!r}"
    return ended.refusal or ("" if store.name in ended.err else f"does not name the store: {ended.err!r}")


def read_only(trial: Trial) -> str:
    """A report reads there, an ingest is refused. Root may write anywhere but on a file system that is read-only."""
    store = trial.fresh()
    folder = store.parent
    if os.geteuid() != 0:
        folder.chmod(0o555)
        undo = [sys.executable, "-c", f"import os; os.chmod({str(folder)!r}, 0o755)"]
    elif can_mount(trial.folder / "probe"):
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True, capture_output=True)
        undo = ["umount", "-l", str(folder)]
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True, capture_output=True)
    else:
        return "left out"
    try:
        problem = refused(called(trial.ingest(store), trial.folder), store)
        report = called(newsdedup("report", store, "--format", "jsonl", "-q"), trial.folder)
        if report.code != DONE:
            problem = problem or f"report ended with {report.code}: {report.err[-300:]!r}"
    finally:
        subprocess.run(undo, check=True, capture_output=True)
    return problem


def clock_back(trial: Trial) -> str:
    """Through the library, which takes the time as an argument: nothing is refused, and nothing goes early."""
    store = trial.folder / "clock" / "store.db"
    store.parent.mkdir(exist_ok=True)
    for file in store.parent.glob("store.db*"):
        if file.is_file():
            file.unlink()
    command = [sys.executable, "-c", CLOCK_BACK, str(store), str(trial.new)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
