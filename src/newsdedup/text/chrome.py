"""Page chrome: lines that a page adds around a story, cut before anything is compared and kept as information.

A reader comment shares nothing with the story, a credit line says where it came from, a spinner's trailer says what
made it. All patterns are linear and look at one line, or at the end of the text, at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.versions import CORRECTION_LINES, HEADER_LINES, HEADER_PREFIX

_LONG_LINE = 400  # characters, white space included
_MAX_CHROME_LINE = 240  # characters; a longer line is a paragraph of the story


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


def _lines(*alternatives: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(alternatives) + ")", re.IGNORECASE)


# Capitalised words and the small words between them: the names in a credit. Case tells them from a sentence, and no
# word is of both kinds, so that a line is read in one way only.
_NAME = r"(?-i:[^\W\d_a-zß-öø-ÿ][\w.'&/-]*)"
_SMALL = (
    r"(?-i:(?:and|in|for|by|from|with|at|the|of|our|staff|reporters?|correspondents?|writers?|editors?|editing|writing|"
    r"reporting|additional|compiled|bureau|newsroom|agency|agencies|agenturen|wire|services|unserem|unserer|y|e|und|et|"
    r"de|del|la|las|los|le|van|von|der|den|da|do|dos|di|bin|al|el|dpa|afp|efe|sid)\b|[&|–—-])"
)
_NAMES = rf"(?:{_NAME}|{_SMALL})(?:[ ,;:]+(?:{_NAME}|{_SMALL}))*"
# Nothing but a date, a time and the words that stand beside them.
_DATE_WORDS = (
    r"(?:(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|mon|tue|wed|thu|fri|sat|sun|"
    r"die|mit|don|fre|sam|son|lun|mié|jue|vie|sáb|dom)[^\W\d_]*|[apmtzh]|am|pm|on|at|e[sd]?t|p[sd]?t|c[sd]t|cest|gmt|utc|"
    r"bst|ist|st|nd|rd|th|uhr|um|den|der|del?|el|las?|hrs?|hours?|mins?|minutes?|days?|reading|time|read)(?![^\W\d_])"
)
_DATE_ONLY = rf"(?=.{{0,80}}\d\d)(?:\W|\d|{_DATE_WORDS})+(?:on \S{{3,30}})?"

# Kind -> what the whole line looks like. The first that matches names the line.
_LINE_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "credit",
        _lines(
            r"for more (?:reporting|coverage|stories|news)\b(?:.{0,80},)? (?:please )?"
            r"(?:see|visit|go to|click|read)\b.*",
            r"see (?:the list )?below for more\b.*",
            r"\(?(?:additional )?(?:reporting|writing|editing|compiled|written) by " + _NAMES + r"[.)]*",
            r"(?:the )?(?:associated press|reuters|afp|agence france-presse|upi|bloomberg|dpa|efe|ap)(?: writers?)?\b"
            r".{0,80}\bcontributed to this (?:report|story|article)\b.*",
            r".{0,120}\bcontributed (?:to this|reporting to this) (?:report|story|article)\b.*",
            r".{0,120}\bcontributed to the (?:story|article)[.)]*",
            r"this (?:story|article|report|piece) (?:by .{2,60} )?(?:was |has been )?(?:first |originally )"
            r"(?:published|appeared|posted|ran)\b.*",
            r"this (?:story|article|report|version) (?:has been|was|is being) (?:\w+ )?"
            r"(?:translated|republished|published|produced|reported|written|compiled|reprinted|shared|supported|"
            r"made possible)\b.{0,200}",
            r"(?:copyright (?:\(c\)|©|\d{4}|by\b)|\(c\) ?(?:\d{4}|copyright|afp|ap|dpa|efe|reuters)\b|© ?).*",
            r"(?:copyright|©|\(c\)) .{0,80}\breproduction\b.*",
            r".{0,80}\ball rights reserved\b.*",
            r"(?:source|via|credit|quelle|fuente|agencia|agentur):\s.{2,60}",
            r"(?:with|mit|con) (?:material|files|information|información|informationen) (?:from|von|de) " + _NAMES,
            r"material from .{2,60} was used in this (?:report|story|article)\b.*",
        ),
    ),
    (
        "correction",
        _lines(*CORRECTION_LINES),
    ),
    (
        "slug",
        _lines(*HEADER_LINES),
    ),
    (
        "byline",
        _lines(r"(?=.{6,90}\Z)(?:by|von|por|par) " + _NAMES),
    ),
    (
        "date",
        _lines(
            r"(?:date|published|posted|updated|last (?:updated|modified)|veröffentlicht|publicado|actualizado)(?=[:\s])"
            + _DATE_ONLY,
            r"\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}.{0,12})?",
        ),
    ),
    (
        "navigation",
        _lines(
            r"(?:home|start|startseite|inicio|portada)(?:page)?(?: ?[>›»|] ?| / ).*",
            r".{1,40} [>›] .{1,40} [>›] .*",
            r"(?:advertisement|advertising|ad|anzeige|werbung|publicidad|anuncio|sponsored(?: content)?)[.: -]*",
            r"(?:story|article) continues (?:below|after).*",
            r"(?:read (?:more|also|next)|also read|see also|related(?: (?:stories|articles|coverage))?|"
            r"more on this(?: story)?|"
            r"more from|don't miss|watch|listen|in pictures|lesen sie auch|mehr zum thema|lea también|lee también|"
            r"le puede interesar|te puede interesar|más sobre)\b ?(?::.*|[>»].*)?",
            r"(?:sign up|subscribe|register|suscríb\w+|abonnieren sie)"
            r"(?:[.:!>» ]*| (?:now|today|here|for free|jetzt|aquí)\b.{0,40}| to (?:get|receive) .*|"
            r"\b.{0,60}\b(?:newsletters?|e-?mails?|inbox|alerts|briefings?|podcasts?|channel|kanal|canal|"
            r"boletín|boletines|account|app|rss)\b.{0,120})",
            r"(?:get|join|download) our\b.{0,40}\b(?:newsletters?|e-?mails?|alerts|briefings?|podcasts?|channel|app|"
            r"community|group|mailing list|investigations)\b.{0,120}",
            r"(?:follow|like) us(?: (?:on|at)\b.{0,120}|[.:! ]*)",
            r"support our (?:journalism|newsroom|reporting|work)\b.{0,160}",
            r"donate(?: (?:now|today|here|to (?:us|our)\b.{0,60}))?[.:!>» ]*",
            r"newsletters?(?:\b.{0,80}\b(?:sign-?up|anmelden|abonnieren))?[.:!>» ]*",
            r"(?:click|tap) here\b.*",
            r"(?:share|print|email|tweet|facebook|twitter|whatsapp|linkedin|copy link|save|teilen|drucken|compartir|"
            r"imprimir)(?: (?:this|this (?:article|story)|on \w+|article|story))?[: ]*",
            r"(?:share|tweet|pin|email|print)"
            r"(?:[ |·•,/]+(?:share|tweet|pin|email|print|facebook|twitter|whatsapp|copy link))+",
            r"(?:photo|image|picture|foto|imagen|bild|video)(?: credit| by)?(?:\s?:.{0,160}|\s?/[^.]{2,60})",
            r"file (?:photo|picture|image)\b.*",
            r"stock (?:photo|picture|image)(?: ?[:(—–-].*| (?:of|by) .{0,80})?[.]?",
            r"(?:most (?:read|popular|viewed)|trending(?: now)?|recommended|top stories|meistgelesen|lo más leído)"
            r"(?: (?:in|on|for you|stories|articles|news|now|today|this week|videos?|de|en)\b.{0,20})?[: ]*",
            r"\d+ min(?:ute)?s? read",
            r"[-*_=#~•·. ]{2,}",
        ),
    ),
)
# A line is looked at only when it begins with one of these words or holds one of these pieces: two cheap tests spare
# nine lines in ten the patterns above (60 us an article).
_FIRST_WORDS = frozenset(
    "for see additional reporting writing editing compiled written the associated reuters afp agence upi "
    "bloomberg dpa efe ap this an a copyright source via credit quelle fuente agencia agentur with mit con "
    "material correction correct corrects clarification editor's update updates updated korrektur berichtigung "
    "anmerkung corrección fe nota by von por par date published posted last veröffentlicht publicado actualizado "
    "home homepage start startseite inicio portada advertisement advertising ad anzeige werbung publicidad "
    "anuncio sponsored story article read also related more don't watch listen in lesen mehr lea lee le te más "
    "sign subscribe register get join follow like download support donate suscríbase suscríbete abonnieren "
    "newsletter click tap share print email tweet facebook twitter whatsapp linkedin copy save teilen drucken "
    "compartir imprimir pin photo image picture foto imagen bild video file stock most trending recommended top "
    "meistgelesen lo comments comment reader leave conversation kommentare comentarios bc pm eds editors note "
    "rectificatif cet une esta una".split()
)
# Words that many a story's line begins with, and what a line of chrome that begins so holds besides.
_COMMON_FIRST_WORDS = {
    word: re.compile(needed, re.IGNORECASE)
    for word, needed in {
        "the": "contributed|reserved",
        "this": "story|article|report|piece|version",
        "a": "version|conversation",
        "an": "version",
        "in": "pictures|version|fassung",
        "am": "-",
        "pm": "-",
        "note": "editors",
        "cet": "article",
        "une": "version",
        "una": "versión",
        "esta": "información|noticia|nota|versión",
        "for": "more",
        "last": "updated|modified",
        "with": "from",
        "more": "on this|from",
        "join": "our|conversation|discussion",
        "get": "our",
        "like": "us",
        "see": "below|also",
        "top": "stories",
        "home": "[>›»|/]",
    }.items()
}
_FIRST_WORD = re.compile(r"[^\W\d_]['\w]*")
_PIECES = (">", "›", "©", "contributed", "ights reserved", "IGHTS RESERVED")

_COMMENTS = re.compile(
    r"(?:comments? ?[/|:] ?\d+|comments? ?\(\d+\)|\d+ comments?|(?:reader )?comments|leave a (?:comment|reply)|"
    r"join the (?:conversation|discussion)|kommentare(?: ?[(/] ?\d+\)?)?|comentarios(?: ?[(/] ?\d+\)?)?)[.: ]*",
    re.IGNORECASE,
)
_LEADING_PREFIX = re.compile(r"\s*(?:comments? ?/ ?\d+\s+|date:? \d{4}-\d{2}-\d{2}\b[\s:,-]*)*", re.IGNORECASE)

_MAX_COMMENTS_LINE = 60  # characters

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

COMMENTS = "comments"
"""Kind of a line that opens the readers' comments, and of all that stands behind it."""


def _line_kind(line: str) -> str | None:
    """The kind of chrome that this stripped line is, or None for a line of the story."""
    if len(line) > _MAX_CHROME_LINE:
        return None
    first = _FIRST_WORD.match(line)
    if first:
        word = first[0].lower()
        needed = _COMMON_FIRST_WORDS.get(word)
        possible = word in _FIRST_WORDS if needed is None else needed.search(line) is not None
        if not possible and not any(map(line.__contains__, _PIECES)):
            return None
    if len(line) < _MAX_COMMENTS_LINE and _COMMENTS.fullmatch(line):
        return COMMENTS
    for kind, pattern in _LINE_KINDS:
        if pattern.fullmatch(line):
            return kind
    return None


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
    while position < size:
        end = text.find("\n", position)
        end = size if end < 0 else end
        if (embedded := _embedded_end(text, position, end, gallery=gallery)) > position:
            cuts.append(Cut("embed", text[position:embedded].strip()))
            position = embedded + (embedded == end)  # what stands behind the captions is a line of its own
            continue
        if paragraphs > 1 and end - position > _LONG_LINE:
            spans.append(
                (position, end)
            )  # a paragraph of the story: nothing in it is chrome but, at the end, a trailer
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
        elif (kind := _line_kind(line)) is not None and (kind not in _TOP_KINDS or paragraphs < 2):
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
    return Story("\n".join([text[start:end] for start, end in spans]), tuple(cuts), dateline, tuple(spans))


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


def _cut_trailers(text: str, spans: list[tuple[int, int]], cuts: list[Cut]) -> None:
    """Cuts trailers off the end, and the line in front of one when nothing or only chrome is left of it."""
    found: list[Cut] = []
    while spans:
        start, end = spans[-1]
        hint = _TRAILER_HINT.search(text, max(start, end - _TRAILER_ZONE), end)
        trailer = _TRAILER.search(text, hint.start(), end) if hint else None
        if trailer:
            found.append(Cut("trailer", trailer.group().strip()))
            spans[-1] = (start, trailer.start())
            rest = text[start : trailer.start()].strip()
            kind = _line_kind(rest) if rest else None
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
