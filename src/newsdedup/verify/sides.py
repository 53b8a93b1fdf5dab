"""One of two versions of a text, asked for what stands in a place: its words, facts, numbers and names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from newsdedup.text.table import NUMBER_FACT
from newsdedup.verify.reading import Reading

_JOINTS = {":": re.compile(r"\d+:\d+"), " ": re.compile(r"\d{1,3} \d{3}")}
_SHOWN_CHARACTERS = 160


class Side:
    """One reading, cut into sentences of token hashes; a place is a range of token numbers."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.words
        self.word = reading.word

    def size(self, number: int) -> int:
        """Tokens of a sentence."""
        return self.reading.bounds[number + 1] - self.reading.bounds[number]

    def sentence(self, number: int) -> list[int]:
        """Token hashes of a sentence."""
        first, after = self.reading.bounds[number : number + 2]
        words: list[int] = self.reading.surface[first:after].tolist()
        return words

    def facts(self, place: range) -> list[tuple[int, int, bool]]:
        """The facts in a place: token, root, and whether it is a number."""
        reading = self.reading
        first = bisect_left(reading.word_places, place.start)
        return [
            (reading.word_places[word], reading.word_roots[word], reading.word_facts[word] == NUMBER_FACT)
            for word in range(first, bisect_left(reading.word_places, place.stop, first))
            if reading.word_facts[word]
        ]

    def own(self, place: range, other: Side, sentence: int) -> tuple[list[int], list[int]]:
        """Tokens of the numbers and names in a place whose roots do not stand in a sentence of the other text."""
        found = self.facts(place)
        known = other.roots(sentence) if found else frozenset()
        facts = [(token, number) for token, root, number in found if root not in known]
        return [token for token, number in facts if number], [token for token, number in facts if not number]

    def roots(self, sentence: int) -> frozenset[int]:
        """Roots of the content words of a sentence."""
        ends = self.reading.bounds[sentence : sentence + 2]
        first, last = (bisect_left(self.reading.word_places, end) for end in ends)
        return frozenset(self.reading.word_roots[first:last].tolist())

    def numbers(self, tokens: Iterable[int]) -> list[range]:
        """Places of some numbers, `thirty-four`, `3-2`, `8:52` and `1 100` being one each."""
        out: list[range] = []
        for token in tokens:
            if not out or token >= out[-1].stop:
                start, stop = token, token + 1
                while start > 0 and self._joined(start - 1):
                    start -= 1
                while stop < self.reading.surface.size and self._joined(stop - 1):
                    stop += 1
                out.append(range(start, stop))
        return out

    def _joined(self, token: int) -> bool:
        """Whether a token and the next one are parts of one number."""
        (start, end), (after, last) = self.reading.span(token), self.reading.span(token + 1)
        between = self.reading.text[end:after]
        if between == "-":
            return self._is_number(token) and self._is_number(token + 1)
        joint = _JOINTS.get(between)
        return joint is not None and joint.fullmatch(self.reading.text, start, last) is not None

    def _is_number(self, token: int) -> bool:
        return any(number for _, _, number in self.facts(range(token, token + 1)))

    def names(self, tokens: Iterable[int]) -> list[range]:
        """Places of some names, several words of a name being one."""
        out: list[range] = []
        for token in tokens:
            if out and out[-1].stop == token and self.text(range(token - 1, token + 1)).count(" ") == 1:
                out[-1] = range(out[-1].start, token + 1)
            else:
                out.append(range(token, token + 1))
        return out

    def alone(self, place: range, other: Side) -> bool:
        """Whether none of the facts of a place stands anywhere in the other text."""
        return not any(other.reading.holds(root) for _, root, _ in self.facts(place))

    def tells(self, place: range) -> bool:
        """Whether a place is a phrase with a content word in it: `nearly an hour`, not `the` nor `kilometres (24`."""
        places = self.reading.word_places
        return bisect_left(places, place.start) < bisect_left(places, place.stop) and "(" not in self.text(place)

    def shown(self, sentence: int) -> str:
        """The sentence, cut at a word to a readable length."""
        text = self.reading.sentence(sentence)
        if len(text) <= _SHOWN_CHARACTERS:
            return text
        return text[:_SHOWN_CHARACTERS].rsplit(" ", 1)[0] + "…"
