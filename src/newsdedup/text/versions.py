"""What an agency's text says of its version: headers of takes (`UPDATE 2-`, `1st Ld-Writethru`), correction notes.

A take is a numbered version of one story; the higher number is the later one. Numbers of one family only are compared:
the second update is not later than the first lead. All patterns are linear and look at one line.
"""

from __future__ import annotations

import re

HEADER_LINES = (
    # BC-US--Storm-Gulf,1st Ld-Writethru,512
    r"\^?(?-i:BC|AP|AM|PM)-[\w&'./ -]{2,80}(?:,.{0,60})?\b(?:\d{1,2}(?:st|nd|rd|th) (?:ld|lead|add)|writethru)\b"
    r".{0,60}",
    r"\(?\d{1,2}(?:st|nd|rd|th) (?:ld|lead)(?:-writethru)?(?:[-,][^a-z]{0,40})?\)?",
    r"(?-i:Eds\.?|EDS\.?|Editors|Note to editors):\s.{3,230}",
    # (Adds details, background): a note of what is new has no full stop
    r"\((?-i:Adds|Updates|Recasts|Rewrites|Releads|Refiles|Removes|Repeats|Fixes|Changes|Actualiza|Añade|Amplía|Reitera|"
    r"Repite|Actualise|Ajoute|Précise)\b[^()]{3,200}(?<![.!?])\)",
    r"\((?:neu|achtung|aktualisiert|ergänzt|wiederholung)\s?:[^()]{2,200}\)",
    r"\((?:\d{1,2}\. ?)?(?:zusammenfassung|zusf\.?|aktualisierung|neufassung)\b[^()]{0,80}\)",
    r"\((?:\d{1,2}ª )?(?:ampliación|actualización)\)|\((?:\d{1,2}e version|actualisé|actualisation|mise à jour)\)",
)
"""Whole lines, in front of a story only."""

HEADER_PREFIX = re.compile(
    # UPDATE 2-Celtair cuts jobs; RPT-UPDATE 2-...
    r"\s*(?:(?:(?:(?:UPDATE|WRAPUP) \d{1,2}|RPT|REFILE|CORRECTED)-)+(?=\w)"
    # (LEAD) ...; (2nd LD) ...; (2. Zusammenfassung) ...
    r"|\((?:LEAD|\d{1,2}(?:st|nd|rd|th) (?:LD|LEAD|Ld|Lead))\)\s?"
    r"|\((?:\d{1,2}\. ?)?(?:Zusammenfassung|Zusf\.?)(?: \d{4})?\)\s?|\((?:\d{1,2}ª )?Ampliación\)\s?)"
)
"""In front of the first line of a story; what stands behind it is kept."""

CORRECTION_LINES = (
    r"\(?(?:an earlier|a previous) version of this (?:story|article|report)\b"
    r".{0,40}\b(?:has been|was|is being|incorrectly|misstated|gave|said)\b.{0,200}",
    r"\(?this (?:story|article|report|version) (?:has been|was|is being) (?:\w+ )?"
    r"(?:corrected|updated|amended|revised|edited|clarified|changed|adapted)\b.{0,200}",
    r"\(?this version (?:of (?:the|this) (?:story|article|report) )?(?:corrects|updates|clarifies|fixes)\b.{0,220}",
    r"\(?this is a corrected (?:story|version|article|report)\b.{0,220}",
    r"\((?:corrects|corrected|clarifies|corrige|rectifica|corrigé)\b[^()]{3,220}\)",
    r"\([^()]{3,80}\bcorrected\b[^()]{3,80}\b(?:to|from|not)\b[^()]{1,120}\)",
    r"(?:correction|corrects?|clarification|editor'?s note)(?: ?[:(]| ?[—–] ?| - ).*",
    r"update[ds]?(?: ?[:(]| ?[—–] ?| - )\s?(?:this|an earlier|a previous|the (?:story|article|headline))\b.*",
    r"update[ds]?[: ]*",
    r"\(?(?:korrektur|berichtigung|anmerkung der redaktion|corrección|fe de errores|nota de la redacción|rectificatif)"
    r"\b\s?[:.].*",
    r"\(?in einer (?:früheren|ersten|vorherigen) (?:version|fassung) (?:dieses|des) (?:artikels|textes|berichts|"
    r"beitrags)\b.{0,200}",
    r"\(?(?:esta (?:información|noticia|nota|versión) (?:sustituye|corrige|rectifica|actualiza)|"
    r"una versión anterior de est[ae])\b.{0,200}",
    r"\(?(?:cet article a été (?:corrigé|modifié|rectifié|mis à jour)|une version (?:précédente|antérieure) de cet "
    r"article)\b.{0,200}",
)
"""Whole lines, wherever they stand."""

_TAKES = {
    "update": re.compile(r"\bUPDATE (\d{1,2})-"),
    "wrap-up": re.compile(r"\bWRAPUP (\d{1,2})-"),
    "lead": re.compile(r"\b(\d{1,2})(?:st|nd|rd|th) (?:ld|lead)\b|\(LEAD\)", re.IGNORECASE),
    "summary": re.compile(r"(\d{1,2})\. ?(?:Zusammenfassung|Zusf)\b"),
    "summary of the hour": re.compile(r"\((?:Zusammenfassung|Zusf\.?) (\d{4})\)"),
    "extension": re.compile(r"\((\d{1,2})ª ampliación\)|\(ampliación\)", re.IGNORECASE),
}


def takes(header: str) -> dict[str, int]:
    """The number of the take by its family, as a header, or a title that carries one, has it; 1 for one without."""
    found = ((family, pattern.search(header)) for family, pattern in _TAKES.items())
    return {family: int(match[1] or 1) for family, match in found if match}
