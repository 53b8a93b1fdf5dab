#!/usr/bin/env python3
"""Makes the corpus that `store.py` fills a store with: N articles of a year of 200 outlets, from a fixed seed.

Writes into FOLDER, and prints what it made as one line of JSON:

- corpus.jsonl: the articles in the order of their time, a tenth of them near-duplicates of one at most three
  days older;
- new-0.jsonl ... : 100 articles each of the day after, ten of them near-copies of articles in corpus.jsonl;
- queries.jsonl: near-copies, to be asked for one by one;
- planted.tsv and new-planted.tsv: (original, copy).

Articles are written as they are made, so a million of them (3 GB) take no more memory than a thousand.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from speed_corpus import (
    CAST_NAMES,
    CAST_SHARE,
    GENERATED_WORDS,
    MAX_SENTENCE_WORDS,
    MIN_PLANTED_JACCARD,
    MIN_SENTENCE_WORDS,
    REAL_SETS,
    Slot,
    Unit,
    lightly_edited,
    sentences_of,
    units_of,
)

from _common import BenchmarkError, read_lines, set_folder

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # long past on any machine, so that no time counts as not stated
YEAR_DAYS = 365
OUTLETS = 200
PLANTED_SHARE = 0.1
PLANTED_DAYS = 2.7  # and up to six hours more, by which an outlet is late: within three days
LATE_HOURS = 6

NEW_SETS = 6
NEW_ARTICLES, NEW_COPIES = 100, 10
QUERIES = 21
EXPIRED_SHARE = 0.1  # nothing that is to be found again is older

REDRAWN_WORDS = 8  # one in so many: a million articles use each half sentence sixty times, as no two newsrooms do
DRAWS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One article of the corpus; `original` is the id of the one that it is a near-copy of."""

    id: str
    title: str
    text: str
    source: str
    url: str
    published: str
    original: str | None = None

    def line(self) -> str:
        fields = {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "published": self.published,
            "source": self.source,
            "url": self.url,
        }
        return json.dumps(fields, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """The head or the tail of a real sentence.

    Attributes:
        pattern: For the operator `%`, a `%s` at each place that is filled anew.
        kinds: What is filled in, in order: `n` a name, `w` a word, `d` a digit.
        words: Words of the half; a name counts as one.
    """

    pattern: str
    kinds: str
    words: int


@dataclass(slots=True, kw_only=True)
class Pool:
    """What articles are put together from."""

    origin: str = ""
    heads: list[Half] = field(default_factory=list)
    tails: list[Half] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def half_of(units: Sequence[Unit], rng: random.Random) -> Half:
    pattern, kinds = [], []
    for unit in units:
        if isinstance(unit, Slot) and unit.is_name:
            pattern.append("%s" + unit.closing.replace("%", "%%"))
            kinds.append("n")
        elif isinstance(unit, Slot):
            pattern.append(re.sub(r"\d", "%s", unit.text.replace("%", "%%")))
            kinds.append("d" * len(re.findall(r"\d", unit.text)))
        elif unit.isalpha() and unit.islower() and len(unit) > 3 and rng.randrange(REDRAWN_WORDS) == 0:
            pattern.append("%s")
            kinds.append("w")
        else:
            pattern.append(unit.replace("%", "%%"))
    return Half(pattern=" ".join(pattern), kinds="".join(kinds), words=len(units))


def make_pool(rng: random.Random) -> Pool:
    """Half sentences of the real sets that are there, of newsroom when none is."""
    files = {name: set_folder(name) / "docs.jsonl.gz" for name in REAL_SETS}
    there = [name for name, file in files.items() if file.is_file()] or ["newsroom"]
    every = {
        sentence: None
        for name in there
        for article in read_lines(set_folder(name) / "docs.jsonl.gz")
        if article.get("lang") in (None, "en")
        for sentence in sentences_of(" ".join(article["text"].split()))
        if MIN_SENTENCE_WORDS <= sentence.count(" ") + 1 <= MAX_SENTENCE_WORDS and sentence[0].isupper()
    }
    pool = Pool(origin=f"half sentences of {', '.join(there)}, recombined, with one word in eight drawn anew")
    for sentence in every:
        units = units_of(sentence)
        pool.heads.append(half_of(units[: max(1, int(len(units) * rng.uniform(0.3, 0.7)))], rng))
        pool.tails.append(half_of(units[int(len(units) * rng.uniform(0.3, 0.7)) :], rng))
        if len(pool.names) < DRAWS:
            pool.names += [unit.text for unit in units if isinstance(unit, Slot) and unit.is_name]
        if len(pool.words) < DRAWS:
            pool.words += [
                unit for unit in units if isinstance(unit, str) and len(unit) > 3 and unit.isalpha() and unit.islower()
            ]
    # Shuffled, names and words can be taken one after the other: as often as they occur, and no draw for each.
    for drawn in (pool.heads, pool.tails, pool.names, pool.words):
        rng.shuffle(drawn)
    return pool


def endless(values: Sequence[str], rng: random.Random) -> Iterator[str]:
    """The values in their order, from another place whenever they end."""
    while True:
        start = rng.randrange(len(values))
        yield from values[start:]


def dealt(halves: list[Half], rng: random.Random) -> Iterator[Half]:
    """The halves in random order, each once before any comes again."""
    while True:
        yield from halves
        rng.shuffle(halves)


class Writer:
    """Makes texts, one after the other."""

    def __init__(self, pool: Pool, rng: random.Random) -> None:
        self._rng = rng
        self._heads, self._tails = dealt(pool.heads, rng), dealt(pool.tails, rng)
        self._names, self._words = endless(pool.names, rng), endless(pool.words, rng)
        self._digits = endless([str(rng.randrange(10)) for _ in range(DRAWS)], rng)
        self._in_cast = endless(["x" if rng.random() < CAST_SHARE else "" for _ in range(DRAWS)], rng)
        self._cast = endless([str(rng.randrange(CAST_NAMES)) for _ in range(DRAWS)], rng)
        self.vocabulary = pool.words[:5000]

    def text(self) -> str:
        """An article of whole sentences, each the head of one and the tail of another."""
        wanted, words = self._rng.randint(*GENERATED_WORDS), 0
        names, drawn, digits = self._names, self._words, self._digits
        cast = [next(names) for _ in range(CAST_NAMES)]
        patterns: list[str] = []
        filled: list[str] = []
        while words < wanted:
            head, tail = next(self._heads), next(self._tails)
            words += head.words + tail.words
            patterns += (head.pattern, tail.pattern)
            for kind in head.kinds + tail.kinds:
                if kind == "n":
                    filled.append(cast[int(next(self._cast))] if next(self._in_cast) else next(names))
                else:
                    filled.append(next(drawn if kind == "w" else digits))
        return " ".join(patterns) % tuple(filled)

    def near_copy(self, text: str) -> str:
        """The text lightly edited, with a Jaccard of at least `MIN_PLANTED_JACCARD`."""
        shingles = shingles_of(text)
        for _ in range(20):
            copy = lightly_edited(text, self.vocabulary, self._rng)
            others = shingles_of(copy)
            if len(shingles & others) >= MIN_PLANTED_JACCARD * len(shingles | others):
                return copy
        raise BenchmarkError("no light edit kept enough of an article")


def shingles_of(text: str) -> set[tuple[str, str, str]]:
    words = text.lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))


class Newsroom:
    """Gives texts an outlet, an address and a time."""

    def __init__(self, articles: int, rng: random.Random) -> None:
        self._articles, self._rng = articles, rng
        self._weights = [1 / (number + 10) for number in range(OUTLETS)]  # a few large outlets, many small ones

    def published(self, place: float) -> datetime:
        day = FIRST_DAY + timedelta(days=YEAR_DAYS * place / self._articles)
        return day + timedelta(seconds=self._rng.randrange(LATE_HOURS * 3600))

    def made(self, name: str, place: float, text: str, original: str | None = None) -> Made:
        outlet = self._rng.choices(range(OUTLETS), self._weights)[0]
        time = self.published(place)
        return Made(
            id=name,
            title=" ".join(text.split(maxsplit=9)[:8]),
            text=text,
            source=f"Outlet {outlet:03d}",
            url=f"https://outlet-{outlet:03d}.example.org/{time:%Y/%m/%d}/{name}",
            published=time.isoformat(timespec="seconds"),
            original=original,
        )


def corpus(articles: int, writer: Writer, newsroom: Newsroom, rng: random.Random) -> Iterator[Made]:
    """All articles in the order of their places; a copy stands up to `PLANTED_DAYS` after its original."""
    farthest = max(2, int(PLANTED_DAYS / YEAR_DAYS * articles))
    waiting: list[tuple[int, int, Made]] = []
    for place in range(articles):
        name = f"made-{place:07d}"
        if waiting and waiting[0][0] <= place:
            _, _, original = heapq.heappop(waiting)
            yield newsroom.made(name, place, writer.near_copy(original.text), original.id)
            continue
        article = newsroom.made(name, place, writer.text())
        yield article
        # A copy takes a place itself: so many of the others are to have one.
        if rng.random() < PLANTED_SHARE / (1 - PLANTED_SHARE):
            heapq.heappush(waiting, (place + rng.randint(1, farthest), place, article))


def places_asked(articles: int, rng: random.Random) -> list[int]:
    """Places of the originals of all that is planted later: half of the last three days, half from anywhere kept."""
    wanted = NEW_SETS * NEW_COPIES + QUERIES
    recent = range(articles - max(2 * wanted, int(3 / YEAR_DAYS * articles)), articles)
    kept = range(int(articles * EXPIRED_SHARE * 1.5), articles)
    asked: dict[int, None] = {}
    while len(asked) < wanted:
        asked[rng.choice(recent if len(asked) % 2 else kept)] = None
    return list(asked)


def write(folder: Path, articles: int, seed: int) -> Mapping[str, object]:
    """Writes all files and says what they are."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
    pool = make_pool(rng)
    writer, newsroom = Writer(pool, rng), Newsroom(articles, rng)
    asked = places_asked(articles, rng)
    texts: dict[int, Made] = {}
    wanted, words, planted = frozenset(asked), 0, 0
    with (
        (folder / "corpus.jsonl").open("w", encoding="utf-8", newline="\n") as out,
        (folder / "planted.tsv").open("w", encoding="utf-8", newline="\n") as table,
    ):
        table.write("original\tcopy\n")
        for place, article in enumerate(corpus(articles, writer, newsroom, rng)):
            out.write(article.line())
            words += article.text.count(" ") + 1
            if place in wanted:
                texts[place] = article
            if article.original is not None:
                table.write(f"{article.original}\t{article.id}\n")
                planted += 1
    originals = iter([texts[place] for place in asked])
    place = articles + articles / YEAR_DAYS * LATE_HOURS / 24  # after all of the year
    with (folder / "new-planted.tsv").open("w", encoding="utf-8", newline="\n") as table:
        table.write("original\tcopy\n")
        for number in range(NEW_SETS + 1):
            queries = number == NEW_SETS
            made = []
            for each in range(QUERIES if queries else NEW_ARTICLES):
                name = f"{'query' if queries else f'new-{number}'}-{each:03d}"
                if queries or each % (NEW_ARTICLES // NEW_COPIES) == 0:
                    original = next(originals)
                    made.append(newsroom.made(name, place, writer.near_copy(original.text), original.id))
                    table.write(f"{original.id}\t{name}\n")
                else:
                    made.append(newsroom.made(name, place, writer.text()))
            file = folder / ("queries.jsonl" if queries else f"new-{number}.jsonl")
            file.write_text("".join(article.line() for article in made), encoding="utf-8", newline="\n")
    return {
        "origin": pool.origin,
        "seed": seed,
        "articles": articles,
        "planted": planted,
        "mean_words": round(words / articles, 1),
        "megabytes": round((folder / "corpus.jsonl").stat().st_size / 1e6, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        said = write(options.folder, options.count, options.seed)
    except (BenchmarkError, OSError) as error:
        print(f"store_corpus: {error}", file=sys.stderr)
        return 2
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
