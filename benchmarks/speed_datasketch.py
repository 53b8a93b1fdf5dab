#!/usr/bin/env python3
"""The peer: near-copies in a JSONL file with datasketch, end to end, as its documentation has users write it.

Lower-cased words, the set of word 3-shingles, one MinHash of 128 permutations an article, an LSH index at Jaccard
0.5, every candidate checked on the estimate of the Jaccard; one JSON line a pair on standard output.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH

NUM_PERM = 128
MIN_JACCARD = 0.5
SHINGLE_WORDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--hash", choices=("default", "xxh32"), default="default")
    options = parser.parse_args(arguments)
    settings: dict[str, Any] = {}
    if options.hash == "xxh32":
        import xxhash  # noqa: PLC0415 - optional: only this variant needs it

        settings["hashfunc"] = xxhash.xxh32_intdigest
    index = MinHashLSH(threshold=MIN_JACCARD, num_perm=NUM_PERM)
    sketches: dict[str, MinHash] = {}
    with options.corpus.open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            words = re.findall(r"\w+", article["text"].lower())
            shingles = {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(len(words) - 2)}
            if not shingles:  # an empty MinHash equals every other empty one
                continue
            sketch = MinHash(num_perm=NUM_PERM, **settings)
            sketch.update_batch([shingle.encode("utf-8") for shingle in shingles])
            for other in index.query(sketch):
                estimate = sketch.jaccard(sketches[other])
                if estimate >= MIN_JACCARD:
                    left, right = sorted((article["id"], other))
                    print(json.dumps({"type": "pair", "left": left, "right": right, "jaccard": estimate}))
            index.insert(article["id"], sketch)
            sketches[article["id"]] = sketch
    return 0


if __name__ == "__main__":
    sys.exit(main())
