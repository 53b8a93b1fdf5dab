"""Credit given to an outlet by name: `the Harbor Times reported`, `laut Süddeutscher Zeitung`, `told Reuters`.

The article whose outlet another one credits is the likelier source of the two. A name alone is no credit: the text must
say that the outlet reported or was told, or a credit line, a byline or a dateline must name it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsdedup.text.normalize import NormalizedText

_NAMING_KINDS = frozenset({"credit", "byline", "dateline"})
"""Kinds of lines set aside that credit an outlet by naming it."""

_BRACKETED = re.compile(r"\s*\(([^()]*)\)")
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,9}")
_SUFFIX = re.compile(r" [-–|:] .*|\.(?:com|org|net|de|es|fr|co\.uk)$")
_ARTICLE = re.compile(r"(?:the|die|der|das|el|la|los|las|le|les) ", re.IGNORECASE)

_BETWEEN = (
    r"(?:(?:the|die|der|das|dem|den|des|el|la|los|las|le|les|diario|periódico|agencia|cadena|agence|journal|quotidien|"
    r"zeitung|nachrichtenagentur|tageszeitung|news agency|newspaper|broadcaster|website) |l')*\"?"
)
_BEFORE = "|".join(
    (
        r"according to (?:(?:an?|the) (?:\w+ ){0,2}?(?:report|story|article|investigation|account) (?:by|in|from) )?",
        r"(?:reported|published|revealed|disclosed|broken|obtained|seen|reviewed|viewed) (?:\w+ ){0,2}?(?:by|in) ",
        r"(?:told|tells|telling|spoke to|speaking to|cited by|quoted by|citing) ",
        r"in (?:comments|an interview|a statement) (?:to|with) ",
        r"wie (?=.{2,60}? (?:bericht|meld|schr[ie]{2}b|zuerst))|laut |gegenüber |sagte (?:\w+ ){0,3}?",
        r"nach (?:angaben|informationen|einem bericht|recherchen) ",
        r"(?:berichtete?|meldete?|schrieb|schreibt) (?:zuerst |zunächst |auch )?",
        r"(?:según|de acuerdo con|dijo a|declaró a|explicó a|en declaraciones a|en una entrevista (?:a|con)) "
        r"(?:informó |publicó |reveló |adelantó )?",
        r"(?:informó|publicó|reveló|adelantó) ",
        r"(?:selon|d'après|rapporté par|révélé par|a confié à|a déclaré à|auprès de|dans un entretien (?:à|avec)) ",
    )
)
_AFTER = "|".join(
    (
        r"\"?(?: newspaper| magazine| news agency)?(?: (?:has|had|have|first|also|previously|earlier|exclusively))* "
        r"(?:reported|reports|revealed|reveals|wrote|writes|broke the|learned|contributed)\b",
        r"\"? (?:report|investigation|story|article|analysis) (?:said|says|found|showed|shows|published)\b",
        r"\"? (?:zuvor |zuerst |zunächst )?(?:berichtet|berichtete|berichteten|meldet|meldete|schreibt|zufolge)\b",
        r"\"? (?:informó|reveló|publicó|adelantó)\b",
        r"\"? (?:(?:a|avait) (?:rapporté|révélé|écrit)|rapporte|révèle)\b",
    )
)
# A capitalised word in front of a name, but for those that begin a sentence.
_NAME_ENDS = re.compile(
    r"(?:^|[^\w'-])(?!(?:The|A|An|As|And|But|When|While|Die|Der|Das|Dem|Den|Wie|Als|El|La|Los|Las|Le|Les) )"
    r"[A-ZÀ-Þ][\w.&'-]* \Z"
)


@lru_cache(maxsize=1024)
def outlet_names(source: str) -> tuple[str, ...]:
    """The names by which a text may credit an outlet: its own, and an acronym given in brackets.

    `Harbour Press Agency (HPA)` goes by both, `El Faro Austral (English edition)` by the first part.
    """
    bracketed: list[str] = _BRACKETED.findall(source)
    name = _ARTICLE.sub("", _SUFFIX.sub("", _BRACKETED.sub("", source).strip()), count=1)
    names = [name, *(each for each in bracketed if _ACRONYM.fullmatch(each))]
    return tuple(each for each in dict.fromkeys(names) if len(each) > 1)


@lru_cache(maxsize=1024)
def _spellings(name: str) -> list[list[str]]:
    """The words of a name as they may be written: case tells `Time reported` from `time reported`."""
    forms = {name, name.title(), name.upper()} if name.islower() else {name}
    return [form.split() for form in sorted(forms)]


def _stands(name: str, text: str) -> bool:
    """Whether the words of a name stand in a text at all: a tenth of the time of the pattern; mostly they do not."""
    return any(all(word in text for word in words) for words in _spellings(name))


@lru_cache(maxsize=1024)
def _alone(name: str) -> str:
    # German adjectives are declined (`der Süddeutschen Zeitung`).
    spelled = "|".join(r"\s+".join(re.escape(word) + "[nrsm]?" for word in words) for words in _spellings(name))
    return rf"(?<!\w)(?:{spelled})(?![\w-])"


# Each pattern is made when it is first asked for: the long ones take 4 ms, and most names stand in no text of others.
@lru_cache(maxsize=1024)
def _named(name: str) -> re.Pattern[str]:
    """The name alone."""
    return re.compile(_alone(name))


@lru_cache(maxsize=1024)
def _told(name: str) -> re.Pattern[str]:
    """The name as one that was told."""
    # A capital behind it makes it the start of a longer name: `told Reuters Health`.
    return re.compile(rf"(?<!\w)(?i:{_BEFORE})(?i:{_BETWEEN}){_alone(name)}(?! [A-ZÀ-Þ])")


@lru_cache(maxsize=1024)
def _telling(name: str) -> re.Pattern[str]:
    """The name as one that tells."""
    return re.compile(rf"{_alone(name)}(?i:{_AFTER})")


def credited_name(text: NormalizedText, source: str | None, own: str | None = None) -> str:
    """The name by which an article credits the outlet `source`, "" when it does not.

    Args:
        own: The article's own outlet, which it does not credit.
    """
    names = outlet_names(source or "")
    mine = {name.casefold() for name in outlet_names(own or "")}
    if any(name.casefold() in mine for name in names):
        return ""
    lines = [text.dateline, *(cut.text for cut in text.cuts if cut.kind in _NAMING_KINDS)]
    for name in names:
        if any(_stands(name, line) and _named(name).search(line) for line in lines):
            return name
        if (
            _stands(name, text.text)
            and _named(name).search(text.text)
            and (_told(name).search(text.text) or _tells(_telling(name), text.text))
        ):
            return name
    return ""


def _tells(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the name tells something, and is not the end of a longer one: `the Washington Times reported`."""
    return any(
        not _NAME_ENDS.search(text, max(0, match.start() - 40), match.start()) for match in pattern.finditer(text)
    )
