"""Spellings: whether two of them stand for one thing, and words that put things in order."""

from __future__ import annotations

import re

ORDER_WORDS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth once twice thrice half one thousand million "
    "millions billion billions trillion monday tuesday wednesday thursday friday saturday sunday "
    "tausend millionen milliarde milliarden mil millones millón mille milliard milliards "
    "erste ersten erster erstes zweite zweiten zweiter zweites dritte dritten dritter drittes vierte vierten vierter "
    "viertes fünfte fünften sechste sechsten siebte siebten achte achten neunte neunten zehnte zehnten "
    "einmal zweimal dreimal viermal fünfmal sechsmal montag dienstag mittwoch donnerstag freitag samstag sonnabend "
    "sonntag primer primero primera segundo segunda tercer tercero tercera cuarto cuarta quinto quinta sexto sexta "
    "séptimo séptima octavo octava noveno novena décimo décima lunes martes miércoles jueves viernes sábado domingo "
    "premier première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième "
    "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
)
"""Names to some languages, numbers to none; in small letters, each one token."""


_THOUSANDS = re.compile(r"[., ](?=\d{3}(?!\d))")
_SPELLED_THOUSAND = re.compile(r"\b(?:thousand|tausend|mil|mille)\b", re.IGNORECASE)
_SPELLED_DECADE = re.compile(r"\w+ties", re.IGNORECASE)
_ABBREVIATED = 4  # letters of an abbreviation, at most; the word it stands for has twice as many


def one_thing(old: str, new: str) -> bool:
    """Whether two spellings stand for one thing: `9:20` and `9.20`, `1,100` and `1 100`, `Nov` and `November`."""
    if _written(old) == _written(new):
        return True
    olds, news = old.split(), new.split()
    if len(olds) == len(news) > 1:
        return all(map(one_thing, olds, news))
    for one, other in ((old, new), (new, old)):
        if other.endswith("000") and _SPELLED_THOUSAND.search(one):
            return True
        if other.endswith("0s") and _SPELLED_DECADE.fullmatch(one):
            return True
        if 0 < len(one) <= _ABBREVIATED and 2 * len(one) <= len(other) and one[0] == other[0] and " " not in other:
            rest = iter(other.lower())
            return all(letter in rest for letter in one.lower())
    return False


def _written(number: str) -> str:
    """One spelling for one number, in figures."""
    if number.isalpha():  # most words; a tenth of the time
        return number.lower()
    return _THOUSANDS.sub("", number).replace(":", ".").replace(",", ".").lower()


def orders(word: str) -> bool:
    """Whether a word says which one, which day or how many times a thousand: one for another is a change."""
    return word.lower() in ORDER_WORDS
