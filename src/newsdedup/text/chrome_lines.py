"""Lines that are page chrome: what a credit, a correction note, a byline, a date or a navigation line looks like.

All patterns are linear and look at one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsdedup.text.versions import CORRECTION_LINES, HEADER_LINES

COMMENTS = "comments"
"""Kind of a line that opens the readers' comments, and of all that stands behind it."""

_MAX_CHROME_LINE = 240  # characters; a longer line is a paragraph of the story
_MAX_COMMENTS_LINE = 60  # characters


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
PIECES = (">", "›", "©", "contributed", "ights reserved", "IGHTS RESERVED")
# The same for lines that begin with no letter (most of them with a quotation mark): what every pattern that does not
# begin with one of these signs or a digit holds, whatever its case. No `i`: dotted or not, it is matched as well.
_FIRST_SIGNS = frozenset("(©^[-*_=#~•·. ")
_ANY_CASE_PIECES = (">", "›", "©", "buted", "erved")

_COMMENTS = re.compile(
    r"(?:comments? ?[/|:] ?\d+|comments? ?\(\d+\)|\d+ comments?|(?:reader )?comments|leave a (?:comment|reply)|"
    r"join the (?:conversation|discussion)|kommentare(?: ?[(/] ?\d+\)?)?|comentarios(?: ?[(/] ?\d+\)?)?)[.: ]*",
    re.IGNORECASE,
)


def _may_be_chrome(line: str, pieces: Sequence[str]) -> bool:
    """Whether any pattern may match this line; `pieces` are those of `PIECES` that its text has."""
    first = _FIRST_WORD.match(line)
    if not first:
        if line[0] in _FIRST_SIGNS or line[0].isdigit():
            return True
        return any(map(line.lower().__contains__, _ANY_CASE_PIECES))
    word = first[0].lower()
    needed = _COMMON_FIRST_WORDS.get(word)
    if word in _FIRST_WORDS if needed is None else needed.search(line) is not None:
        return True
    return any(map(line.__contains__, pieces))


def line_kind(line: str, pieces: Sequence[str] = PIECES) -> str | None:
    """The kind of chrome that this stripped line is, or None for a line of the story."""
    if len(line) > _MAX_CHROME_LINE or not _may_be_chrome(line, pieces):
        return None
    if len(line) < _MAX_COMMENTS_LINE and _COMMENTS.fullmatch(line):
        return COMMENTS
    for kind, pattern in _LINE_KINDS:
        if pattern.fullmatch(line):
            return kind
    return None
