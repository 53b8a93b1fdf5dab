"""Which language an article is in: script first, then a vote of function words, then a trained detector.

The vote decides nearly all news text in about 10 us; the detector (py3langid, 140 us an article after 0.9 s of loading)
is asked only when the vote is not clear.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

UNKNOWN = "und"
"""What is returned when nothing tells: the article is then compared unstemmed."""

_SAMPLE = 500  # characters looked at, from the start of the story
_CLEAR_SHARE = 0.14  # of the sample's words that are function words of the winner
_CLEAR_LEAD = 1.4  # winner over second
_THIN_SHARE = 0.08
_THIN_LEAD = 2.4
_MIN_WORDS = 5  # for the detector: fewer tell nothing
_WORD = re.compile(r"[^\W\d_]+")

# Scripts that name one language: first and last code point. Han is Chinese unless kana stand beside it.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
)
_SCRIPT_SHARE = 0.1  # of the sample's characters


@cache
def _voters() -> dict[str, tuple[str, ...]]:
    """Function word -> the languages it votes for."""
    voters: dict[str, list[str]] = {}
    for line in files("newsdedup.text").joinpath("function_words.txt").read_text(encoding="utf-8").splitlines():
        lang, *words = line.split()
        for word in words:
            voters.setdefault(word, []).append(lang)
    return {word: tuple(langs) for word, langs in voters.items()}


def _detector_says(sample: str) -> str:
    import py3langid  # noqa: PLC0415 - 0.9 s to load, needed for one article in a thousand

    return str(py3langid.classify(sample)[0])


def find_language(text: str) -> str:
    """ISO 639-1 code of the language that `text` is in, or `UNKNOWN` for too little or too mixed a text."""
    sample = text[:_SAMPLE]
    if not sample.isascii():
        enough = max(2, int(len(sample) * _SCRIPT_SHARE))
        for lang, pattern in _SCRIPTS:
            if len(pattern.findall(sample)) >= enough:
                return lang
    # A headline, a list of names or a menu may open a text: the story behind it is asked before the detector.
    lang = _vote(sample) or _vote(text[_SAMPLE : 5 * _SAMPLE])
    if lang:
        return lang
    return _detector_says(sample) if len(_WORD.findall(sample)) >= _MIN_WORDS else UNKNOWN


def _vote(sample: str) -> str:
    """The language that clearly has most function words in the sample, "" when none does."""
    words = _WORD.findall(sample.lower())
    voters = _voters()
    votes: dict[str, int] = {}
    for langs in map(voters.get, words):
        if langs is not None:
            for lang in langs:
                votes[lang] = votes.get(lang, 0) + 1
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:2]
    if not ranked:
        return ""
    lang, count = ranked[0]
    lead = count / (ranked[1][1] if len(ranked) > 1 else 0.5)
    clear = count >= _CLEAR_SHARE * len(words) and lead >= _CLEAR_LEAD
    # Lists and tables have few function words, but all of one language.
    thin = count >= _THIN_SHARE * len(words) and lead >= _THIN_LEAD
    return lang if clear or thin else ""
