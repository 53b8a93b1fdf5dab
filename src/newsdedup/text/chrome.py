"""Page chrome: lines that a page adds around a story, cut before anything is compared and kept as information.

A reader comment shares nothing with the story, a credit line says where it came from, a spinner's trailer says what
made it. All patterns are linear and look at one line, or at the end of the text, at a time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.chrome_lines import COMMENTS, PIECES, line_kind
from newsdedup.text.versions import HEADER_PREFIX

_LONG_LINE = 400  # characters, white space included


@dataclass(frozen=True, slots=True)
class Cut:
    """One piece set aside: its kind (`comments`, `credit`, `trailer`, ...) and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What is left, what was cut, and where the kept pieces stood.

    Attributes:
        spans: (start, end) of each kept piece in the text given; pieces are joined by one line feed.
    """

    text: str
    cuts: tuple[Cut, ...]
    dateline: str
    spans: tuple[tuple[int, int], ...]

    def offsets(self) -> NDArray[np.int64]:
        """For each character of `text`, its offset in the text given to `cut_chrome`."""
        pieces: list[NDArray[np.int64]] = []
        for start, end in self.spans:
            if pieces:
                pieces.append(np.array([start]))
            pieces.append(np.arange(start, end))
        return np.concatenate(pieces).astype(np.int64) if pieces else np.zeros(0, dtype=np.int64)


_LEADING_PREFIX = re.compile(r"\s*(?:comments? ?/ ?\d+\s+|date:? \d{4}-\d{2}-\d{2}\b[\s:,-]*)*", re.IGNORECASE)

# What article spinners and summarisers leave at the very end, within the last paragraph.
_TRAILER = re.compile(
    r"(?:this is (?:a|an|the) (?:condensed|shortened|abridged|summari[sz]ed|brief|edited|rewritten) "
    r"(?:version|form|summary)"
    r"[^.!?\n]{0,80}|this (?:article|story|text|content) (?:was|has been|is) (?:auto(?:matically)?[ -]?)?"
    r"(?:generated|rewritten|paraphrased|summari[sz]ed|condensed|spun|shortened)\b[^.!?\n]{0,80}|"
    r"dies ist eine (?:gekürzte|verkürzte|zusammengefasste) (?:version|fassung)[^.!?\n]{0,80}|"
    r"(?:esta es|este es) una? (?:versión|resumen) (?:condensad|resumid|abreviad|reducid)[^.!?\n]{0,80})[.!]?\s*\Z",
    re.IGNORECASE,
)
_TRAILER_HINT = re.compile(r"this is |this (?:article|story|text|content) |dies ist |est[ae] es ", re.IGNORECASE)
_TRAILER_HINTS = ("this ", "dies ist ", "esta es ", "este es ")
_TRAILER_ZONE = 200  # characters at the end of the text in which a trailer is looked for

_DATELINE_ZONE = 140  # characters at the start of a paragraph
# Capital letters of the Latin, Greek and Cyrillic blocks: `[^a-z]` would take a whole Russian or Chinese clause.
_UPPER = "".join(char for char in map(chr, range(0x41, 0x530)) if char.isupper())
# One or two capitals and a dash (`US - China`, `I — like many`) are no place.
_CAPITALS = rf"(?!(?:[{_UPPER}]\.? ?){{1,2}}(?:—|–|--?) )[{_UPPER}][{_UPPER} .'’/-]{{1,40}}"
_AGENCY = r"\((?:afp|ap|apa|ansa|dapd|ddp|dpa|dts|efe|epd|kna|lusa|ots|pap|rtr|sda|sid|upi)(?:[/-]\w{1,10})?\)"
# `BUENOS AIRES (HPA) — `, `PUERTO ALMEYRA, Argentina — `, `(Reuters) - `, `LONDON, March 3 (Reuters) - `
_DATELINE = re.compile(
    r"\s*(?:"
    rf"{_CAPITALS}(?:, [^\n(—–:;!?\"]{{2,40}}?)?(?: ?\([^)\n]{{2,40}}\))? ?(?:—|–|--|-) "
    r"|\([A-Z][^)\n]{1,40}\) ?(?:—|–|--|-) "
    r"|[A-ZÀ-Ý][^\W\d_]+(?: [A-ZÀ-Ý][^\W\d_]+){0,2}(?:, [^\n(—–:;!?\"]{2,30}?)? ?\([A-Z][^)\n]{1,30}\) ?(?:—|–|--|-) "
    rf"|[A-ZÀ-Ý][^\W\d_]+(?: [A-ZÀ-Ý][^\W\d_]+){{0,2}} ?{_AGENCY}(?: ?(?:—|–|--|-))? "
    r")"
)


# What a page shows within a story: another's post, a gallery with its captions.
_POST = re.compile(r"\(@\w{1,15}\) [A-Z][a-z]{2,8} \d{1,2}, 20\d\d\Z")
_POST_ZONE = 48  # characters at the end of a line
_CAPTION = re.compile(r"\bHide Caption \d{1,3} of \d{1,3}\b")

_TOP_KINDS = frozenset({"byline", "slug"})  # of lines that stand in front of a story only


def cut_chrome(text: str) -> Story:
    """Cuts page chrome from a text whose characters are normalised.

    Comments are cut to the end of the text once a third of it has passed; other lines one by one. Should nothing
    be left, the text is returned uncut: a story that looks like chrome is still a story. Nothing more is cut from
    what is left.
    """
    cuts: list[Cut] = []
    spans: list[tuple[int, int]] = []
    dateline = ""
    paragraphs = 0  # spans that are not empty lines
    position = 0
    size = len(text)
    gallery = "Hide Caption" in text
    many = text.count("\n") > len(PIECES)  # lines, so that one look at the text spares more looks at each of them
    pieces = [piece for piece in PIECES if piece in text] if many else PIECES
    while position < size:
        end = text.find("\n", position)
        end = size if end < 0 else end
        if (gallery or text[end - 1].isdigit()) and (
            embedded := _embedded_end(text, position, end, gallery=gallery)
        ) > position:
            cuts.append(Cut("embed", text[position:embedded].strip()))
            position = embedded + (embedded == end)  # what stands behind the captions is a line of its own
            continue
        if paragraphs > 1 and end - position > _LONG_LINE:
            # A paragraph of the story: nothing in it is chrome but, at the end, a trailer.
            spans.append((position, end))
            paragraphs += 1
            position = end + 1
            continue
        line = text[position:end].strip()
        if not line:
            if spans and spans[-1][0] < spans[-1][1]:
                spans.append((position, position))  # an empty line: the paragraph break is kept
        elif not paragraphs and (opening := _opening(text, position)) is not None:
            cuts.append(Cut(opening[0], text[position : opening[1]].strip()))
            position = opening[1]  # what stands behind it is looked at as a line of its own
            continue
        elif (kind := line_kind(line, pieces)) is not None and (kind not in _TOP_KINDS or paragraphs < 2):
            if kind == COMMENTS and spans and position * 3 > size:
                cuts.append(Cut(kind, text[position:].strip()))
                break
            cuts.append(Cut(kind, line))
        elif paragraphs < 2 and (start := _dateline_end(text, position, end)) > position:
            found = text[position:start].strip(" -–—\n\t")
            if dateline:
                cuts.append(Cut("dateline", found))
            dateline = dateline or found
            position = start
            continue
        else:
            spans.append((position, end))
            paragraphs += 1
        position = end + 1
    _cut_trailers(text, spans, cuts)
    if not spans:
        return Story(text, (), "", ((0, size),))
    return Story(_kept(text, spans), tuple(cuts), dateline, tuple(spans))


def _kept(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The spans of the text, joined by line feeds; copied in one piece where nothing else was between them."""
    pieces: list[str] = []
    first, last = spans[0]
    for start, end in spans:
        if start > last + 1:
            pieces.append(text[first:last])
            first = start
        last = end
    pieces.append(text[first:last])
    return "\n".join(pieces) if len(pieces) > 1 else pieces[0]


def _embedded_end(text: str, start: int, end: int, *, gallery: bool) -> int:
    """Where the line `start:end` goes on behind something embedded; `start` when nothing is."""
    if text[end - 1].isdigit() and _POST.search(text, max(start, end - _POST_ZONE), end):
        return end
    if gallery:
        *_, last = (start, *(caption.end() for caption in _CAPTION.finditer(text, start, end)))
        return last
    return start


def _opening(text: str, start: int) -> tuple[str, int] | None:
    """Kind and end of what stands in front of a story's first line (`date 2021-11-23`, `UPDATE 2-`), if anything."""
    for kind, pattern in (("date", _LEADING_PREFIX), ("slug", HEADER_PREFIX)):
        match = pattern.match(text, start)
        if match and match.group().strip():
            return kind, match.end()
    return None


def _dateline_end(text: str, start: int, end: int) -> int:
    """Where the paragraph `start:end` goes on behind its dateline; `start` without one."""
    opening = text[start : min(end, start + _DATELINE_ZONE)]
    if "-" in opening or "—" in opening or "–" in opening or ")" in opening:
        match = _DATELINE.match(opening)
        if match:
            return start + match.end()
    return start


def _trailer(text: str, start: int, end: int) -> re.Match[str] | None:
    """The trailer that ends at `end` and begins at `start` or behind it."""
    zone = text[start:end]
    if zone.isascii() or not any(letter in zone for letter in "ıİſ"):  # which a pattern takes for an i or an s
        zone = zone.lower()
        if not any(map(zone.__contains__, _TRAILER_HINTS)):  # a tenth of the pattern's time
            return None
    hint = _TRAILER_HINT.search(text, start, end)
    return _TRAILER.search(text, hint.start(), end) if hint else None


def _cut_trailers(text: str, spans: list[tuple[int, int]], cuts: list[Cut]) -> None:
    """Cuts trailers off the end, and the line in front of one when nothing or only chrome is left of it."""
    found: list[Cut] = []
    while spans:
        start, end = spans[-1]
        trailer = _trailer(text, max(start, end - _TRAILER_ZONE), end)
        if trailer:
            found.append(Cut("trailer", trailer.group().strip()))
            spans[-1] = (start, trailer.start())
            rest = text[start : trailer.start()].strip()
            kind = line_kind(rest) if rest else None
            if (rest and kind is None) or kind == "byline":
                continue
            if rest and kind is not None:
                found.append(Cut(kind, rest))
            spans.pop()
        elif text[start:end].strip():
            break
        else:
            spans.pop()
    cuts += reversed(found)
