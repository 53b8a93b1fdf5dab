"""One of two versions of a text, asked for what stands in a place: its words, facts, numbers and names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

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

    def facts(self, place: range) -> range:
        """The mentions of facts in a place."""
        places = self.reading.fact_places
        first = bisect_left(places, place.start)
        return range(first, bisect_left(places, place.stop, first))

    def own(self, place: range, known: frozenset[int]) -> list[int]:
        """The mentions of facts in a place whose roots are not known."""
        return [mention for mention in self.facts(place) if self.reading.fact_roots[mention] not in known]

    def roots(self, sentence: int) -> frozenset[int]:
        """Roots of the content words of a sentence."""
        ends = self.reading.bounds[sentence : sentence + 2]
        first, last = (bisect_left(self.reading.word_places, end) for end in ends)
        return frozenset(self.reading.word_roots[first:last].tolist())

    def numbers(self, facts: Iterable[int]) -> list[range]:
        """Places of the numbers among some mentions, `thirty-four`, `3-2`, `8:52` and `1 100` being one each."""
        out: list[range] = []
        for mention in facts:
            place = self.reading.fact_places[mention]
            if self.reading.fact_numbers[mention] and (not out or place >= out[-1].stop):
                start, stop = place, place + 1
                while start > 0 and self._joined(start - 1):
                    start -= 1
                while stop < self.reading.bounds[-1] and self._joined(stop - 1):
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
        return any(self.reading.fact_numbers[mention] for mention in self.facts(range(token, token + 1)))

    def names(self, facts: Iterable[int]) -> list[range]:
        """Places of the names among some mentions, several words of a name being one."""
        out: list[range] = []
        for mention in facts:
            if self.reading.fact_numbers[mention]:
                continue
            place = self.reading.fact_places[mention]
            if out and out[-1].stop == place and self.text(range(place - 1, place + 1)).count(" ") == 1:
                out[-1] = range(out[-1].start, place + 1)
            else:
                out.append(range(place, place + 1))
        return out

    def alone(self, place: range, other: Side) -> bool:
        """Whether none of the facts of a place stands anywhere in the other text."""
        return not any(self.reading.fact_roots[mention] in other.reading.roots for mention in self.facts(place))

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
