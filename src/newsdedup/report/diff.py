"""What changed inside a sentence, in words; and the order in which aligned sentences are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsdedup.result import AlignedSentence, Comparison

# A word may hold marks inside (20,000; Tu-95MS; don't); any other mark stands alone; Han and kana, which have no
# spaces between words, are cut into characters, and Thai before each character that can begin one. Linear: a
# character has one place in the pattern.
_MARKS = r"!-/:-@\[-`{-~‘’“”«»„‚…–—。、，！？；：「」『』（）·¿¡"
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = r"[\u0e00-\u0eff][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]*"
_PLAIN = rf"[^\s{_MARKS}{_UNSPACED}]+"
_TOKEN = re.compile(rf"(\s*)({_THAI}|[{_UNSPACED}]|{_PLAIN}(?:[-'’.,:/@&_]{_PLAIN})*|\S)")
_SAME_MARKS = str.maketrans("‘’‚“”„«»–—", '\'\'\'"""""--')  # typography is no change

_MAX_CELLS = 40_000_000  # of the word matrix, one bit each: 5 MB; longer texts are shown as replaced
_MIN_KEPT = 0.25  # share of words kept, under which marked words read as confetti: both texts are shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of words that is kept (`=`), only in the left text (`-`) or only in the right one (`+`).

    `spaced` says that white space stood before it.
    """

    kind: Literal["=", "-", "+"]
    text: str
    spaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Sentences that tell the same, or one that has no partner.

    Attributes:
        left: Sentence numbers from 1; empty when only the right article has it.
        right: The same for the right article.
        similarity: Of the best aligned pair in the row; None without a partner.
        segments: The words with what changed marked.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    similarity: float | None
    segments: tuple[Segment, ...]


def word_diff(left: str, right: str) -> tuple[Segment, ...]:
    """The words of both texts in order, deletions before insertions; quotation marks and dashes count as equal.

    A mark alone between two changes joins them. Texts that share under a quarter of their words are shown as
    one deletion and one insertion.

    Source:
        Longest common subsequence of words (rapidfuzz, Indel).
    """
    olds, news = _tokens(left), _tokens(right)
    codes: dict[str, int] = {}
    old_codes = [codes.setdefault(word.translate(_SAME_MARKS), len(codes)) for _, word in olds]
    new_codes = [codes.setdefault(word.translate(_SAME_MARKS), len(codes)) for _, word in news]
    return tuple(
        segment
        for old, new, kept in _runs(olds, old_codes, new_codes)
        for segment in ([_segment("=", olds[old])] if kept else [_segment("-", olds[old]), _segment("+", news[new])])
        if segment is not None
    )


def _tokens(text: str) -> list[tuple[str, str]]:
    """(white space before, word or mark) of a text."""
    return [(match[1], match[2]) for match in _TOKEN.finditer(text)]


def _segment(kind: Literal["=", "-", "+"], tokens: Sequence[tuple[str, str]]) -> Segment | None:
    if not tokens:
        return None
    text = "".join((" " if space else "") + word for space, word in tokens)
    return Segment(kind=kind, text=text.lstrip(" "), spaced=bool(tokens[0][0]))


def _runs(
    olds: Sequence[tuple[str, str]], old_codes: list[int], new_codes: list[int]
) -> list[tuple[slice, slice, bool]]:
    """(slice of the left words, slice of the right words, kept) in order, changes joined across lone marks."""
    whole = [(slice(0, len(old_codes)), slice(0, len(new_codes)), False)]
    if len(old_codes) * len(new_codes) > _MAX_CELLS and old_codes != new_codes:
        return whole
    from rapidfuzz.distance import Indel  # noqa: PLC0415  # a compiled module that only this step needs

    runs: list[tuple[slice, slice, bool]] = []
    kept_words = 0
    codes = Indel.opcodes(old_codes, new_codes)
    for place, code in enumerate(codes):
        words = sum(any(map(str.isalnum, word)) for _, word in olds[code.src_start : code.src_end])
        between_changes = 0 < place < len(codes) - 1
        kept = code.tag == "equal" and (words > 0 or not between_changes)
        kept_words += code.src_end - code.src_start if code.tag == "equal" and words else 0
        old, new = slice(code.src_start, code.src_end), slice(code.dest_start, code.dest_end)
        if runs and not kept and not runs[-1][2]:
            before_old, before_new, _ = runs.pop()
            old, new = slice(before_old.start, old.stop), slice(before_new.start, new.stop)
        runs.append((old, new, kept))
    longer = max(len(old_codes), len(new_codes))
    return runs if kept_words >= _MIN_KEPT * longer or len(runs) <= 1 else whole


def marked(segments: Sequence[Segment]) -> str:
    """One line with deletions as `[-old-]` and insertions as `{+new+}`, a pair of them without space, as git has it."""
    line, last = "", ""
    frames = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    for segment in segments:
        before, after = frames[segment.kind]
        gap = " " if line and segment.spaced and (last, segment.kind) != ("-", "+") else ""
        line, last = line + gap + before + segment.text + after, segment.kind
    return line


def rows(comparison: Comparison) -> Iterator[Row]:
    """Every sentence of both articles once, in the order of the left one.

    Sentences split or merged by the other side stand in one row. A sentence that only the right article has
    follows the row of the right sentence before it.
    """
    lefts, rights = comparison.left_sentences, comparison.right_sentences
    groups = _groups(comparison.pair.evidence.sentences, len(lefts), len(rights))
    by_left = {number: group for group in groups for number in group[0]}
    partnered = {number for group in groups for number in group[1]}
    yield from _only_right(0, partnered, rights)
    for number, sentence in enumerate(lefts, start=1):
        group = by_left.get(number)
        if group is None:
            yield Row(left=(number,), right=(), similarity=None, segments=_alone("-", sentence))
        elif number == group[0][0]:
            old = " ".join(lefts[each - 1] for each in group[0])
            new = " ".join(rights[each - 1] for each in group[1])
            yield Row(left=group[0], right=group[1], similarity=group[2], segments=word_diff(old, new))
            for each in group[1]:
                yield from _only_right(each, partnered, rights)


def _alone(kind: Literal["-", "+"], sentence: str) -> tuple[Segment, ...]:
    return (Segment(kind=kind, text=sentence, spaced=False),)


def _only_right(after: int, partnered: set[int], rights: Sequence[str]) -> Iterator[Row]:
    """The right sentences without a partner that follow sentence number `after` directly."""
    number = after + 1
    while number <= len(rights) and number not in partnered:
        yield Row(left=(), right=(number,), similarity=None, segments=_alone("+", rights[number - 1]))
        number += 1


def _groups(
    sentences: Sequence[AlignedSentence], lefts: int, rights: int
) -> list[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """Aligned sentences that share a side, joined: (left numbers, right numbers, best similarity)."""
    group_of: dict[tuple[str, int], int] = {}
    members: dict[int, list[AlignedSentence]] = {}
    for place, each in enumerate(sentences):
        if not (1 <= each.left <= lefts and 1 <= each.right <= rights):
            continue
        found = {group_of[end] for end in (("l", each.left), ("r", each.right)) if end in group_of}
        target = min(found, default=place)
        members.setdefault(target, []).append(each)
        for other in found - {target}:
            members[target] += members.pop(other)
        for sentence in members[target]:
            group_of["l", sentence.left] = group_of["r", sentence.right] = target
    return [
        (
            tuple(sorted({each.left for each in group})),
            tuple(sorted({each.right for each in group})),
            max(each.similarity for each in group),
        )
        for group in members.values()
    ]
