#!/usr/bin/env python3
"""Makes the corpus that `peers.py` times: N articles, a tenth of them planted near-duplicates, from a fixed seed.

Writes corpus.jsonl (id, title, text) and planted.tsv (left, right, jaccard) into FOLDER and prints one line of JSON
that says what the corpus is. A script of its own because a child process starts its life with the peak memory of
the process that made it: `peers.py` has to stay small.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from _common import BenchmarkError, read_lines, set_folder

PLANTED_SHARE = 0.1
MIN_SOURCE_WORDS = 100  # a shorter text is no near-duplicate any more once a sentence is gone
MIN_PLANTED_JACCARD = 0.7
DROPPED_SENTENCES = (0, 3)
MAX_CHANGED_WORD_SHARE = 0.06  # one changed word touches three shingles: .06 alone leaves a Jaccard of about .7
GENERATED_WORDS = (200, 700)

REAL_SETS = ("allsides", "bbc", "basil", "wikinews")
MIN_SENTENCE_WORDS, MAX_SENTENCE_WORDS = 8, 50  # shorter ones are headings, longer ones are lists and tables
CAST_NAMES = 12
CAST_SHARE = 0.6  # of the names of an article, the share that are its protagonists

Plant = tuple[str, str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusArticle:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Attributes: planted has (left id, right id, exact Jaccard of the word 3-shingle sets), left < right."""

    origin: str
    articles: Sequence[CorpusArticle]
    planted: Sequence[Plant]


def sentences_of(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + 3]) for start in range(len(words) - 2)}


def jaccard(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right) if left or right else 0.0


def lightly_edited(text: str, vocabulary: Sequence[str], rng: random.Random) -> str:
    """The text without up to three of its sentences and with up to six words in a hundred replaced.

    How much is drawn for each text, so that the Jaccard of the planted pairs covers the range from a near-duplicate
    that nobody misses down to `MIN_PLANTED_JACCARD`: with one fixed edit every tool finds all of them or none.
    """
    sentences = sentences_of(text)
    for _ in range(rng.randint(*DROPPED_SENTENCES)):
        if len(sentences) > 1:
            del sentences[rng.randrange(len(sentences))]
    words = " ".join(sentences).split(" ")
    for _ in range(max(1, round(len(words) * rng.uniform(0, MAX_CHANGED_WORD_SHARE)))):
        words[rng.randrange(len(words))] = rng.choice(vocabulary)
    return " ".join(words)


def plant(
    originals: Sequence[CorpusArticle], count: int, rng: random.Random
) -> tuple[list[CorpusArticle], list[Plant]]:
    """`count` near-duplicates of the originals; each original serves once before any serves twice."""
    sources = [article for article in originals if len(article.text.split()) >= MIN_SOURCE_WORDS]
    if count and not sources:
        raise BenchmarkError("no article is long enough to plant a near-duplicate of")
    frequent = Counter(word for article in sources[:500] for word in re.findall(r"[a-z]{4,}", article.text))
    vocabulary = [word for word, _ in frequent.most_common(5000)]
    copies: list[CorpusArticle] = []
    planted: list[Plant] = []
    while len(copies) < count:
        rng.shuffle(sources)
        before = len(copies)
        for source in sources:
            if len(copies) == count:
                break
            text = lightly_edited(source.text, vocabulary, rng)
            similarity = jaccard(shingles(source.text), shingles(text))
            if similarity < MIN_PLANTED_JACCARD:
                continue
            copy = CorpusArticle(id=f"planted-{len(copies):06d}", title=source.title, text=text)
            copies.append(copy)
            left, right = sorted((source.id, copy.id))
            planted.append((left, right, similarity))
        if len(copies) == before:
            raise BenchmarkError("no light edit kept enough of any article")
    return copies, planted


def generated(count: int, rng: random.Random) -> list[CorpusArticle]:
    """Articles put together from the sentences of the English newsroom packs.

    Two half sentences make one, and names and figures are drawn anew: with whole sentences every tenth pair of
    articles would share one, which no news collection does.
    """
    texts = [
        article["text"] for article in read_lines(set_folder("newsroom") / "docs.jsonl.gz") if article["lang"] == "en"
    ]
    pool = [words for text in texts for each in sentences_of(text) if len(words := each.split()) >= 6]
    names = sorted({word for words in pool for word in words[1:] if re.fullmatch(r"[A-Z][a-z]+", word)})

    def redrawn(word: str) -> str:
        if re.search(r"\d", word):
            return re.sub(r"\d", lambda _: str(rng.randrange(10)), word)
        return rng.choice(names) if re.fullmatch(r"[A-Z][a-z]+", word) else word

    made = []
    for number in range(count):
        wanted, words = rng.randint(*GENERATED_WORDS), []
        while len(words) < wanted:
            head, tail = rng.choice(pool), rng.choice(pool)
            cut = rng.uniform(0.3, 0.7)
            spliced = head[: int(len(head) * cut)] + tail[int(len(tail) * cut) :]
            words += [spliced[0], *(redrawn(word) for word in spliced[1:])]
        text = " ".join(words)
        made.append(CorpusArticle(id=f"generated-{number:06d}", title=" ".join(words[:8]), text=text))
    return made


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a sentence that is filled anew: a run of capitalised words, or a word with a figure in it."""

    text: str
    is_name: bool
    closing: str


Unit = str | Slot


def units_of(sentence: str) -> list[Unit]:
    """The words of a sentence, but names (runs of capitalised words, not the first word) and figures as slots."""
    units: list[Unit] = []
    name: list[str] = []

    def end_name() -> None:
        if name:
            whole = " ".join(name)
            bare = whole.rstrip(".,;:!?\"'”’)")
            units.append(Slot(bare, True, whole[len(bare) :]))
            name.clear()

    for place, word in enumerate(sentence.split()):
        if place and word[0].isupper():
            name.append(word)
            if not word[-1].isalnum():
                end_name()
            continue
        end_name()
        units.append(Slot(word, False, "") if any(map(str.isdigit, word)) else word)
    end_name()
    return units


def real_sentences() -> tuple[list[list[Unit]], list[str]]:
    """(sentences of the real sets that are there, the names of the sets)."""
    files = {name: set_folder(name) / "docs.jsonl.gz" for name in REAL_SETS}
    there = [name for name, file in files.items() if file.is_file()]
    every = {
        sentence: None
        for name in there
        for article in read_lines(files[name])
        for sentence in sentences_of(" ".join(article["text"].split()))
        if MIN_SENTENCE_WORDS <= sentence.count(" ") + 1 <= MAX_SENTENCE_WORDS and sentence[0].isupper()
    }
    return [units_of(sentence) for sentence in every], there


def dealt(pool: Sequence[list[Unit]], rng: random.Random) -> Iterator[list[Unit]]:
    """The sentences in random order, each once before any comes again."""
    order = list(range(len(pool)))
    while True:
        rng.shuffle(order)
        for place in order:
            yield pool[place]


def recombined(count: int, pool: Sequence[list[Unit]], rng: random.Random) -> list[CorpusArticle]:
    """Articles of real sentences, none of them whole: the head of one and the tail of another, with other names.

    100,000 articles of 450 words are more text than the sets have, so a half sentence comes again three or four times,
    and whole ones would make excerpts of each other out of articles that are none. Names are drawn as often as they
    occur; a few are an article's protagonists and return.
    """
    names = [unit.text for sentence in pool for unit in sentence if isinstance(unit, Slot) and unit.is_name]
    heads, tails = dealt(pool, rng), dealt(pool, rng)
    made = []
    for number in range(count):
        wanted, words = rng.randint(*GENERATED_WORDS), 0
        cast = rng.choices(names, k=CAST_NAMES)
        sentences: list[str] = []
        while words < wanted:
            head, tail = next(heads), next(tails)
            cut = rng.uniform(0.3, 0.7)
            filled = []
            for unit in head[: int(len(head) * cut)] + tail[int(len(tail) * cut) :]:
                if isinstance(unit, str):
                    filled.append(unit)
                elif unit.is_name:
                    filled.append(rng.choice(cast if rng.random() < CAST_SHARE else names) + unit.closing)
                else:
                    filled.append(re.sub(r"\d", lambda _: str(rng.randrange(10)), unit.text))
            sentences.append(" ".join(filled))
            words += sentences[-1].count(" ") + 1
        text = " ".join(sentences)
        made.append(CorpusArticle(id=f"recombined-{number:06d}", title=" ".join(text.split()[:8]), text=text))
    return made


def make_corpus(count: int, seed: int, real_set: str | None) -> Corpus:
    """Articles with near-duplicates planted, shuffled.

    Args:
        real_set: The set whose very articles are taken; None recombines sentences of all the sets that are there, and
            of newsroom when none is.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
    wanted_planted = round(count * PLANTED_SHARE)
    if real_set is not None:
        every = [
            CorpusArticle(id=str(line["id"]), title=line.get("title") or "", text=line["text"])
            for line in read_lines(set_folder(real_set) / "docs.jsonl.gz")
        ]
        originals = rng.sample(every, min(count - wanted_planted, len(every)))
        origin = f"articles of the set {real_set}"
    else:
        pool, sets = real_sentences()
        if sets:
            originals = recombined(count - wanted_planted, pool, rng)
            origin = f"half sentences of {', '.join(sets)}, recombined"
        else:
            originals = generated(count - wanted_planted, rng)
            origin = "GENERATED from newsroom sentences (no real set is there): ratios on real news may differ"
    # Beyond the real articles there are, the rest is planted as well: the share is printed.
    copies, planted = plant(originals, count - len(originals), rng)
    articles = [*originals, *copies]
    rng.shuffle(articles)
    return Corpus(origin=origin, articles=articles, planted=sorted(planted))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles-of", metavar="SET", help="take articles of this set as they are")
    options = parser.parse_args(arguments)
    try:
        corpus = make_corpus(options.count, options.seed, options.articles_of)
    except (BenchmarkError, OSError) as error:
        print(f"speed_corpus: {error}", file=sys.stderr)
        return 2
    with (options.folder / "corpus.jsonl").open("w", encoding="utf-8", newline="\n") as out:
        for article in corpus.articles:
            line = {"id": article.id, "title": article.title, "text": article.text}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    with (options.folder / "planted.tsv").open("w", encoding="utf-8", newline="\n") as out:
        out.write("left\tright\tjaccard\n")
        out.writelines(f"{left}\t{right}\t{similarity:.4f}\n" for left, right, similarity in corpus.planted)
    words = sum(len(article.text.split()) for article in corpus.articles)
    said = {
        "origin": corpus.origin,
        "seed": options.seed,
        "articles": len(corpus.articles),
        "planted": len(corpus.planted),
        "planted_jaccard_min": min((each[2] for each in corpus.planted), default=None),
        "planted_jaccard_median": median(each[2] for each in corpus.planted) if corpus.planted else None,
        "mean_words": round(words / max(1, len(corpus.articles)), 1),
        "megabytes": round((options.folder / "corpus.jsonl").stat().st_size / 1e6, 1),
    }
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
