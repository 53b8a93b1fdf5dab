"""The lines of a file in which the matched sentences of an article stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import unescape

from newsdedup.article import Article
from newsdedup.gate.check import Check, Match, Region, matched_sentences
from newsdedup.loaders.frontmatter import split_front_matter
from newsdedup.text.normalize import normalize_characters

Read = Callable[[str], str | None]
"""The text of a file by its name as an article's `origin` has it; None when it cannot be had."""

_WORD = re.compile(r"[^\W_]+")
_NOT_STORY = re.compile(r"<[^<>]*>|\]\([^()\s]*\)")  # tags; the targets of Markdown's links
_END_WORDS = 4  # at both ends of a sentence, by which it is found when something stands within it
_MAX_BETWEEN = 2_000  # characters of words between its ends
_MAX_MISSES = 50  # sentences in a row, from where on the file is taken for another text
_MAX_CHARACTERS = 5_000_000


def with_regions(check: Check, read: Read) -> Check:
    """The check with the lines of its matches, where the files still hold what was compared.

    A record stands on one line, which is known; its file is not read.
    """
    text = lru_cache(maxsize=8)(read)
    placed = lru_cache(maxsize=64)(lambda id_: _places(check.checked.texts[id_], check.checked.sentences, text))
    return replace(
        check,
        findings=tuple(
            replace(finding, matches=tuple(_with_regions(match, placed) for match in finding.matches))
            for finding in check.findings
        ),
    )


def _with_regions(match: Match, placed: Callable[[str], Mapping[int, Region]]) -> Match:
    side = match.side
    return replace(
        match,
        region=_region(placed(match.article.id), matched_sentences(match.pair, side)),
        other_region=_region(
            placed(match.other.id), matched_sentences(match.pair, "right" if side == "left" else "left")
        ),
    )


def _region(places: Mapping[int, Region], wanted: Sequence[int]) -> Region | None:
    """From the first to the last line of the wanted sentences; of all when none is named, as in identical texts."""
    found = [places[number] for number in wanted or sorted(places) if number in places]
    if not found:
        return None
    return Region(first=min(region.first for region in found), last=max(region.last for region in found))


def _places(article: Article, sentences: Mapping[str, Sequence[str]], read: Read) -> Mapping[int, Region]:
    if not article.origin or article.line is not None:
        return {}
    text = read(article.origin)
    if text is None or len(text) > _MAX_CHARACTERS:
        return {}
    return sentence_lines(text, sentences.get(article.id, ()))


def sentence_lines(text: str, sentences: Sequence[str]) -> dict[int, Region]:
    """The lines of each sentence, by its number from 1, that is found in the text of a file.

    Sentences are looked for in turn, by their words: Markdown, tags and entities may stand between them. One with a
    link or a note inside is found by its ends.
    """
    words, starts, lines = _words(text)
    found: dict[int, Region] = {}
    place = misses = 0
    for number, sentence in enumerate(sentences, start=1):
        span = _span(words, _folded(sentence), place)
        if span is None:
            misses += 1
            if misses > _MAX_MISSES:
                break
            continue
        misses, place = 0, span[1] - 1
        first, last = (lines[bisect_right(starts, each) - 1] for each in (span[0] + 1, span[1] - 2))
        found[number] = Region(first=first, last=last)
    return found


def _folded(text: str) -> list[str]:
    found: list[str] = _WORD.findall(text.casefold())
    return found


def _words(text: str) -> tuple[str, list[int], list[int]]:
    """The words of a file between blanks, where each begins in that, and its line; front matter holds none."""
    _, story = split_front_matter(text.lstrip())
    begin = len(text) - len(story)
    # What is no part of the story goes, but for its line ends.
    body = _NOT_STORY.sub(lambda match: " " + "\n" * match[0].count("\n"), story)
    pieces, starts, lines = [" "], [], []
    size = 1
    for number, line in enumerate(body.split("\n"), start=text.count("\n", 0, begin) + 1):
        for word in _folded(normalize_characters(unescape(line))):
            pieces.append(f"{word} ")
            starts.append(size)
            lines.append(number)
            size += len(word) + 1
    return "".join(pieces), starts, lines


def _span(words: str, wanted: Sequence[str], start: int) -> tuple[int, int] | None:
    """Where some words stand, the blanks at both ends included."""
    if not wanted:
        return None
    whole = f" {' '.join(wanted)} "
    if (found := words.find(whole, start)) >= 0:
        return found, found + len(whole)
    if len(wanted) < 2 * _END_WORDS:
        return None
    head, tail = f" {' '.join(wanted[:_END_WORDS])} ", f" {' '.join(wanted[-_END_WORDS:])} "
    if (first := words.find(head, start)) < 0:
        return None
    last = words.find(tail, first + len(head) - 1, first + len(whole) + _MAX_BETWEEN)
    return (first, last + len(tail)) if last >= 0 else None
