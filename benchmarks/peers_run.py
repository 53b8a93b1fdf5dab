#!/usr/bin/env python3
"""One peer's near-copies of a JSONL file: `peers_run.py PEER CORPUS.jsonl`, a JSON line a pair on standard output.

`peers.py` starts it with the Python of that peer's own environment, so it imports nothing of newsdedup. Every peer does
the same job the way its documentation has users do it, by the fastest of the documented ways that yields pairs: words
between white space, lower-cased; word 3-shingles; 128 permutations; candidates from its own LSH index; pairs kept when
the peer's own estimate of their Jaccard is at least 0.7. Articles are streamed or taken in batches where the
documentation would hold all of them, which is kinder to a peer's memory and costs it no time.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

NUM_PERM = 128
BANDS = 32  # what gaoya chooses at 0.7; datasketch's own choice, 14, finds .79 of the planted pairs where 32 finds .92
MIN_JACCARD = 0.7
SHINGLE_WORDS = 3
BATCH_ARTICLES = 1000

NumberedPair = tuple[int, int, float]


def articles(corpus: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of each line."""
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            yield article["id"], article["text"]


def shingles(text: str) -> list[str]:
    """Repeats stay in: a set costs more than hashing them again, and no MinHash minds."""
    words = text.lower().split()
    return [" ".join(words[start : start + SHINGLE_WORDS]) for start in range(max(1, len(words) - SHINGLE_WORDS + 1))]


def batches(corpus: Path, ids: list[str]) -> Iterator[list[list[str]]]:
    """The shingles of `BATCH_ARTICLES` articles at a time; their ids are appended to `ids`."""
    batch: list[list[str]] = []
    for article_id, text in articles(corpus):
        ids.append(article_id)
        batch.append(shingles(text))
        if len(batch) == BATCH_ARTICLES:
            yield batch
            batch = []
    if batch:
        yield batch


def gaoya(corpus: Path, ids: list[str]) -> Iterator[NumberedPair]:
    """The analyzer is gaoya's own, in Rust. Query and insert one by one is cheaper than `par_bulk_*`, on one core."""
    from gaoya.minhash import MinHashStringIndex  # noqa: PLC0415 - each peer is installed where it runs, alone

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=MIN_JACCARD,
        num_bands=None,
        band_size=None,
        num_hashes=NUM_PERM,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE_WORDS, SHINGLE_WORDS),
        id_container="smallvec",
    )
    for number, (article_id, text) in enumerate(articles(corpus)):
        ids.append(article_id)
        for other, estimate in index.query(text, return_similarity=True):
            yield other, number, estimate
        index.insert_document(number, text)


def rensa(corpus: Path, ids: list[str]) -> Iterator[NumberedPair]:
    """Full-set R-MinHash: the faster "rho" sketch samples the words and finds a third of the near-copies."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    index = RMinHashLSH(threshold=MIN_JACCARD, num_perm=NUM_PERM, num_bands=BANDS)
    sketches: list[Any] = []
    for batch in batches(corpus, ids):
        for sketch in RMinHash.from_token_sets(batch, num_perm=NUM_PERM, seed=42):
            number = len(sketches)
            for other in index.query(sketch):
                estimate = sketch.jaccard(sketches[other])
                if estimate >= MIN_JACCARD:
                    yield other, number, estimate
            index.insert(number, sketch)
            sketches.append(sketch)


def fastsketch(corpus: Path, ids: list[str]) -> Iterator[NumberedPair]:
    """Sketches in batches, one LSH over all of them, candidates in one query."""
    import numpy as np  # noqa: PLC0415
    from FastSketchLSH import LSH, FastSimilaritySketch, estimate_jaccard  # noqa: PLC0415

    sketcher = FastSimilaritySketch(size=NUM_PERM, seed=42)
    sketches = np.vstack([np.asarray(sketcher.batch(batch, num_threads=1)) for batch in batches(corpus, ids)])
    index = LSH(num_perm=NUM_PERM, num_bands=BANDS, num_threads=1)
    index.insert(sketches)
    flat, bounds = index.query(sketches, format="csr")
    for number in range(len(ids)):
        for other in flat[bounds[number] : bounds[number + 1]].tolist():
            if other < number and (estimate := estimate_jaccard(sketches[other], sketches[number])) >= MIN_JACCARD:
                yield other, number, estimate


def datasketch(corpus: Path, ids: list[str], **settings: Any) -> Iterator[NumberedPair]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    index = MinHashLSH(num_perm=NUM_PERM, params=(BANDS, NUM_PERM // BANDS))
    sketches: list[MinHash] = []
    for batch in batches(corpus, ids):
        encoded = ([shingle.encode("utf-8") for shingle in article] for article in batch)
        for sketch in MinHash.generator(encoded, num_perm=NUM_PERM, **settings):
            number = len(sketches)
            for other in index.query(sketch):
                estimate = sketch.jaccard(sketches[other])
                if estimate >= MIN_JACCARD:
                    yield other, number, estimate
            index.insert(number, sketch, check_duplication=False)
            sketches.append(sketch)


def datasketch_xxhash(corpus: Path, ids: list[str]) -> Iterator[NumberedPair]:
    import xxhash  # noqa: PLC0415

    yield from datasketch(corpus, ids, hashfunc=xxhash.xxh32_intdigest)


def text_dedup(corpus: Path, ids: list[str]) -> Iterator[NumberedPair]:
    """Its command line. It reports clusters of LSH candidates, none checked: here every pair within a cluster."""
    ids.extend(article_id for article_id, _ in articles(corpus))
    with tempfile.TemporaryDirectory(prefix="newsdedup-peer-") as folder:
        command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(corpus)]
        command += ["--split", "train", "--column", "text", "--output", f"{folder}/out", "--cache_dir", folder]
        command += ["--ngram", str(SHINGLE_WORDS), "--num_perm", str(NUM_PERM), "--threshold", str(MIN_JACCARD)]
        command += ["--hash_func", "xxh3", "--num_proc", "1", "--debug"]
        offline = {"HF_HOME": folder, "HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(command, env=os.environ | offline, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(done.stderr[-2000:])
        with (Path(folder) / "out" / "uf.pkl").open("rb") as file:
            # Written a moment ago by the very command above: the only form in which it gives its clusters away.
            union = pickle.load(file)  # noqa: S301
    clusters: dict[int, list[int]] = defaultdict(list)
    for number in range(len(ids)):
        clusters[union.find(number)].append(number)
    for members in clusters.values():
        for place, right in enumerate(members):
            for left in members[:place]:
                yield left, right, MIN_JACCARD


PEERS: dict[str, Callable[[Path, list[str]], Iterator[NumberedPair]]] = {
    "gaoya": gaoya,
    "rensa": rensa,
    "fastsketch": fastsketch,
    "datasketch": datasketch,
    "datasketch-xxhash": datasketch_xxhash,
    "text-dedup": text_dedup,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("corpus", type=Path)
    options = parser.parse_args(arguments)
    ids: list[str] = []
    for one, other, estimate in PEERS[options.peer](options.corpus, ids):
        left, right = sorted((ids[one], ids[other]))
        print(json.dumps({"type": "pair", "left": left, "right": right, "jaccard": round(estimate, 4)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
