#!/usr/bin/env python3
"""What else keeps near-copies on disk, for `store.py`: one table of bands in SQLite, and datasketch with pickle.

`store_peers.py PEER STEP STORE [FILE.jsonl]`; prints what it measured as one line of JSON. Both do less than a store:
they find copies only, check no candidate, keep no text, no match and no version, and refuse an article that they have.
Signatures are datasketch's, 128 values of the word 3-shingles, in 16 bands of 8.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

from peers_run import articles, shingles

NUM_PERM, BANDS = 128, 16
ROWS = NUM_PERM // BANDS
BATCH_ARTICLES = 10_000
OPENINGS = 7

Signed = tuple[str, MinHash]


def signed(corpus: Path) -> Iterator[Signed]:
    """(id, signature) of each line."""
    lines = articles(corpus)
    while batch := list(islice(lines, 1000)):
        encoded = ([shingle.encode("utf-8") for shingle in shingles(text)] for _, text in batch)
        yield from zip((name for name, _ in batch), MinHash.generator(encoded, num_perm=NUM_PERM), strict=True)


class BandTable:
    """One row a band: (band, key, article), in the order of that key."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for line in (
            "PRAGMA page_size = 8192",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS articles (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
            "CREATE TABLE IF NOT EXISTS bands (band INTEGER, key INTEGER, article INTEGER,"
            " PRIMARY KEY (band, key, article)) WITHOUT ROWID",
        ):
            self._database.execute(line).fetchall()

    def query(self, signature: MinHash) -> list[str]:
        found: dict[str, None] = {}
        for band, key in enumerate(self._keys([signature])[0].tolist()):
            asked = "SELECT id FROM bands JOIN articles ON number = article WHERE band = ? AND key = ?"
            found |= dict.fromkeys(name for (name,) in self._database.execute(asked, (band, key)))
        return list(found)

    def insert(self, batch: Sequence[Signed]) -> None:
        """All of the batch, in one durable transaction."""
        keys = self._keys([signature for _, signature in batch])
        self._database.execute("BEGIN IMMEDIATE")
        (first,) = self._database.execute("SELECT coalesce(max(number), -1) + 1 FROM articles").fetchone()
        self._database.executemany(
            "INSERT INTO articles VALUES (?, ?)", ((first + place, name) for place, (name, _) in enumerate(batch))
        )
        # By key, so that a batch goes once through the tree from left to right and not across it for each row.
        rows = (
            (band, int(keys[place, band]), first + int(place))
            for band in range(BANDS)
            for place in np.argsort(keys[:, band])
        )
        self._database.executemany("INSERT INTO bands VALUES (?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def save(self) -> None:
        """Nothing is left to save; the last connection puts the WAL into the file."""
        self._database.close()

    @staticmethod
    def _keys(signatures: Iterable[MinHash]) -> NDArray[np.int64]:
        """Shape (signatures, bands): 63 bits of a polynomial of the band's values."""
        values = np.array([each.hashvalues for each in signatures], dtype=np.uint64).reshape(-1, BANDS, ROWS)
        found = np.zeros(values.shape[:2], dtype=np.uint64)
        for row in range(ROWS):
            found = (found ^ values[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)  # wraps mod 2**64 on purpose
        return (found >> np.uint64(1)).astype(np.int64)


class Pickled:
    """datasketch's index in memory, read whole and written whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.exists():
            with path.open("rb") as file:
                # Its documentation has users keep it so; this file was written by this script. The package reads none.
                self._index: Any = pickle.load(file)  # noqa: S301
        else:
            self._index = MinHashLSH(num_perm=NUM_PERM, params=(BANDS, ROWS))

    def query(self, signature: MinHash) -> list[str]:
        return list(self._index.query(signature))

    def insert(self, batch: Sequence[Signed]) -> None:
        for name, signature in batch:
            self._index.insert(name, signature)

    def save(self) -> None:
        with self._path.open("wb") as file:
            pickle.dump(self._index, file, protocol=pickle.HIGHEST_PROTOCOL)


PEERS: dict[str, type[BandTable] | type[Pickled]] = {"sqlite-bands": BandTable, "datasketch-pickle": Pickled}


def build(peer: str, store: Path, corpus: Path) -> dict[str, object]:
    """Everything added in batches, without a query; the seconds of signing apart."""
    kept = PEERS[peer](store)
    signing = 0.0
    lines = signed(corpus)
    while True:
        started = time.process_time()
        batch = list(islice(lines, BATCH_ARTICLES))
        signing += time.process_time() - started
        if not batch:
            break
        kept.insert(batch)
    kept.save()
    return {"signing_cpu_seconds": signing}


def ingest(peer: str, store: Path, new: Path) -> dict[str, object]:
    """Each asked for, and all added; what was found of each."""
    kept = PEERS[peer](store)
    batch = list(signed(new))
    found = {name: kept.query(signature) for name, signature in batch}
    kept.insert(batch)
    kept.save()
    return {"found": found}


def query(peer: str, store: Path, queries: Path) -> dict[str, object]:
    """CPU seconds of each query, signing included, once the store is open; the first is left out."""
    kept = PEERS[peer](store)
    seconds = []
    lines = signed_one_by_one(queries)
    while True:
        started = time.process_time()
        one = next(lines, None)
        if one is None:
            break
        kept.query(one[1])
        seconds.append(time.process_time() - started)
    return {"seconds": seconds[1:]}


def signed_one_by_one(corpus: Path) -> Iterator[Signed]:
    for name, text in list(articles(corpus)):
        yield name, next(MinHash.generator([[each.encode("utf-8") for each in shingles(text)]], num_perm=NUM_PERM))


def opened(peer: str, store: Path, _: Path) -> dict[str, object]:
    """Wall seconds from the file's name to an index that can be asked."""
    seconds = []
    for _ in range(OPENINGS if peer == "sqlite-bands" else 2):
        started = time.perf_counter()
        kept = PEERS[peer](store)
        seconds.append(time.perf_counter() - started)
        if isinstance(kept, BandTable):
            kept.save()
    return {"seconds": seconds}


STEPS = {"build": build, "ingest": ingest, "query": query, "open": opened}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("step", choices=sorted(STEPS))
    parser.add_argument("store", type=Path)
    parser.add_argument("articles", type=Path, nargs="?", default=Path())
    options = parser.parse_args(arguments)
    print(json.dumps(STEPS[options.step](options.peer, options.store, options.articles)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
