"""Named, inspectable steps from a raw text to a `NormalizedText`, with offsets back to the original.

Every step is one linear regular expression and its replacement, which keep offsets (`trace`), and the same change
as string operations for the many texts whose offsets nobody asks for (`apply`, ten times faster). Tests hold the two
together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text.chrome import Cut, cut_chrome


@dataclass(frozen=True, slots=True)
class Step:
    """One rewriting of the text: what `pattern` finds becomes `replace(match)`; `apply` does the same to a text."""

    name: str
    apply: Callable[[str], str]
    pattern: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]

    def trace(self, text: str) -> tuple[str, NDArray[np.int64]]:
        """The text after this step and, for each of its characters, the offset it came from in `text`."""
        out: list[str] = []
        offsets: list[NDArray[np.int64]] = []
        last = 0
        for match in self.pattern.finditer(text):
            start, end = match.span()
            new = self.replace(match)
            out += (text[last:start], new)
            offsets += (np.arange(last, start), start + _places(new, match[0]))
            last = end
        out.append(text[last:])
        offsets.append(np.arange(last, len(text)))
        return "".join(out), np.concatenate(offsets).astype(np.int64)


def _places(new: str, old: str) -> NDArray[np.int64]:
    """For each character of `new`, a place in `old`: exact where no characters were joined to one."""
    pieces = [unicodedata.normalize("NFKC", char) for char in old]
    if "".join(pieces) == new:
        return np.repeat(np.arange(len(old)), [len(piece) for piece in pieces])
    return np.minimum(np.arange(len(new)), max(0, len(old) - 1))


_LINE_ENDS = ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_QUOTE_FORMS = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u0060\u00b4", "'"),
    # What NFKC would turn into one of the above.
    **dict.fromkeys("\uff62\uff63\ufe41\ufe42\ufe43\ufe44", '"'),
    **dict.fromkeys("\uff40\u1fef", "'"),
    **{"\u0149": "'n", "\u2034": "\"'", "\u2057": '""'},
}
# Controls, soft hyphens, zero-width and direction marks, variation selectors, byte order marks, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)


def _unify_lines(text: str) -> str:
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return text


def _straighten_quotes(text: str) -> str:
    if text.isascii():
        return text.replace("`", "'")
    for form, straight in _QUOTE_FORMS.items():
        text = text.replace(form, straight)
    return text


STEPS: tuple[Step, ...] = (
    Step("line-endings", _unify_lines, re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]"), lambda _: "\n"),
    Step("invisible", lambda text: _INVISIBLE.sub("", text), _INVISIBLE, lambda _: ""),
    # Before NFKC, which would turn an acute accent standing alone into a space and a combining mark.
    Step(
        "straight-quotes",
        _straighten_quotes,
        re.compile(f"[{''.join(_QUOTE_FORMS)}]"),
        lambda match: _QUOTE_FORMS[match[0]],
    ),
    # With the character before, so that a combining mark (or a Hangul vowel or final) finds its letter.
    Step(
        "nfkc",
        lambda text: unicodedata.normalize("NFKC", text),
        re.compile("(?s:.)(?:[^\\w\x00-\x7f]|[\u1160-\u11ff\ud7b0-\ud7ff\uff9e-\uffdc])+|[^\x00-\x7f]"),
        lambda match: unicodedata.normalize("NFKC", match[0]),
    ),
    Step("double-quotes", lambda text: text.replace("''", '"'), re.compile("''"), lambda _: '"'),
)
"""In the order they run; `normalize` then cuts page chrome, line by line."""


_ORDINARY = bytes(code for code in range(0x20, 0x7F) if chr(code) not in _QUOTE_FORMS) + b"\n\t"
# Characters that no step but the quotes changes, whatever stands beside them: no combining marks among them.
_PLAIN = frozenset(_QUOTE_FORMS) | {
    char
    for char in map(chr, [*range(0xA1, 0x180), *range(0x2010, 0x2016), 0x20AC, *range(0x0410, 0x0450)])
    if unicodedata.is_normalized("NFKC", char) and not _INVISIBLE.match(char)
}


def _plain_table() -> bytes:
    """What the kernel does with each character: 0 lets it stay, 1 takes another way, else what comes in its place."""
    table = bytearray([1]) * 0x10000
    for char in [*_ORDINARY.decode(), *_PLAIN]:
        table[ord(char)] = 0
    for form, straight in [*_QUOTE_FORMS.items(), ("'", "'")]:  # apostrophes are looked at: two of them are one quote
        table[ord(form)] = ord(straight) if len(straight) == 1 else 1
    return bytes(table)


_PLAIN_TABLE = _plain_table()


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizedText:
    """A text whose steps are done; the type is the proof.

    Attributes:
        text: What is compared: the story without page chrome.
        cuts: What was set aside, in text order.
        dateline: `BUENOS AIRES (HPA)`, or "".
    """

    text: str
    cuts: tuple[Cut, ...]
    dateline: str


# Vowels and finals of Hangul, which NFKC joins to the letter before them; all else that it joins is a mark.
_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")


_MAX_ODD = 100


class _Replacements(dict[str, str | None]):
    """What the steps make of a character wherever it stands; None where that may depend on what stands beside it."""

    def __missing__(self, char: str) -> str | None:
        new = char
        for step in STEPS[:-1]:
            new = step.apply(new)
        steady = new == char and unicodedata.category(char)[0] != "M" and not _JAMO.match(char)
        plain = all(other.encode() in _ORDINARY or other in _PLAIN - _QUOTE_FORMS.keys() for other in new)
        self[char] = new if steady or plain else None
        return self[char]


_replacements = _Replacements()


def normalize_characters(text: str) -> str:
    """The text with every step of `STEPS` done and nothing cut."""
    if kernel.compiled is not None and (plain := kernel.compiled.plain_text(text, _PLAIN_TABLE)) is not None:
        return str(plain)  # nine articles of ten, in a third of the time
    # Nearly all other news text holds but a few odd characters, and nearly all of them become the same wherever they
    # stand: three passes in C find that out, which spares the steps (90 us an article).
    odd = set(text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY).decode("utf-8", "surrogatepass"))
    # Beyond some hundred of them (Chinese, Japanese, Korean) the steps are as fast.
    new = {char: _replacements[char] for char in odd} if len(odd) <= _MAX_ODD else {}
    if len(new) < len(odd) or None in new.values():
        for step in STEPS:
            text = step.apply(text)
        return text
    if "\r" in odd:
        text = text.replace("\r\n", "\n")
    for char, replacement in new.items():
        if replacement is not None and replacement != char:
            text = text.replace(char, replacement)
    return text.replace("''", '"')


def normalize(text: str) -> NormalizedText:
    """Runs every step of `STEPS` and cuts page chrome. Idempotent on its own output."""
    kept = cut_chrome(normalize_characters(text))
    return NormalizedText(text=kept.text, cuts=kept.cuts, dateline=kept.dateline)


def original_offsets(text: str) -> NDArray[np.int64]:
    """For each character of `normalize(text).text`, its offset in `text`.

    Slower than `normalize`; for showing a few articles, not for a whole corpus.

    Returns:
        Shape (len(normalize(text).text),), not decreasing.
    """
    offsets = np.arange(len(text), dtype=np.int64)
    for step in STEPS:
        text, step_offsets = step.trace(text)
        offsets = offsets[step_offsets]
    return offsets[cut_chrome(text).offsets()]
