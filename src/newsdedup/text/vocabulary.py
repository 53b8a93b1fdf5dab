"""From words to terms: stems, stop words and static weights, one table per language.

Weights come from a background frequency list (wordfreq), not from the corpus at hand, so that signatures are the same
in every run and every partition, and a corpus of two articles works.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import compress, repeat
from operator import not_

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.hashing import word_hashes
from newsdedup.text.wordtable import WordTable, doubled

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nn": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sh": "serbian", "sr": "serbian",
    "hr": "serbian", "bs": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""ISO 639-1 code -> Snowball algorithm."""

BIGRAM_LANGUAGES = frozenset({"zh", "ja", "ko", "th"})

STOP_FREQUENCY = 10**-2.95
"""A term this frequent in general text (about 90 words of English) is a stop word; its weight is 0."""

RARE_FREQUENCY = 1e-6
"""The frequency given to a term that the list does not have; the list's own floor."""

_BIGRAM_DEFAULT_FREQUENCY = 1e-5  # a character bigram that is no word of its own says less than a rare word

ROOT_LETTERS = 5
"""Letters of a word that name one fact: enough to tell names apart, few enough to join a country and its people."""

MAX_WORD = 40  # characters; a longer run of letters is no word: it is kept whole, unstemmed

NUMBER = 1
ABBREVIATION = 2
UNLISTED = 4  # a character bigram that the frequency list does not have: a name, or the end of one word and the next
"""Bits of `Vocabulary.flags`."""

_FREQUENCY_ALIASES = {"no": "nb", "nn": "nb", "sr": "sh", "hr": "sh", "bs": "sh"}

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt cmdr adm maj rev hon pres jr sr st mt ft jan feb mar apr "
    "jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun inc corp co ltd bros llc no nos vs etc eg ie cf "
    "al vol pp fig dept dist est ave blvd rd hr hrs min approx ca ph bsp bzw nr str usw vgl sog dipl ing hrsg tel "
    "evtl ggf zt uvm sra sres ud uds dra pág núm art mme mlle".split()
)

_NUMBER_WORDS: dict[str, dict[str, str]] = {
    lang: {word: digits for pair in table.split() for word, digits in [pair.split("=")]}
    for lang, table in {
        "en": "two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 "
        "fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 "
        "fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100 dozen=12",
        "de": "zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwölf=12 dreizehn=13 "
        "vierzehn=14 fünfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19 zwanzig=20 dreißig=30 vierzig=40 "
        "fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 hundert=100 dutzend=12",
        "es": "dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 "
        "catorce=14 quince=15 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 veinte=20 treinta=30 "
        "cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 cien=100 docena=12",
        "fr": "deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 "
        "quatorze=14 quinze=15 seize=16 vingt=20 trente=30 quarante=40 cinquante=50 soixante=60 cent=100 douzaine=12",
        "it": "due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 undici=11 dodici=12 venti=20 "
        "trenta=30 quaranta=40 cinquanta=50 cento=100",
        "pt": "dois=2 duas=2 três=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 onze=11 doze=12 vinte=20 "
        "trinta=30 quarenta=40 cinquenta=50 cem=100",
        "nl": "twee=2 drie=3 vier=4 vijf=5 zes=6 zeven=7 acht=8 negen=9 tien=10 elf=11 twaalf=12 twintig=20 "
        "dertig=30 veertig=40 vijftig=50 honderd=100",
        "ru": "два=2 две=2 три=3 четыре=4 пять=5 шесть=6 семь=7 восемь=8 девять=9 десять=10",
    }.items()
}
_THOUSANDS = 3  # digits


def canonical_number(digits: str) -> str:
    """One spelling for one number: `1,100` and `1.100` -> `1100`, `9,4` and `9.40` -> `9.4`.

    Which of comma and full stop separates thousands is read from the shape: three digits behind it do, unless what
    stands before is a bare 0.
    """
    whole, *rest = digits.replace(",", ".").split(".")
    parts = [whole]
    for part in rest:
        if len(part) == _THOUSANDS and digits[0] != "0":
            parts[-1] += part
        else:
            parts.append(part)
    canonical = ".".join(parts)
    if canonical.count(".") == 1:
        canonical = canonical.rstrip("0").rstrip(".")
    return canonical.lstrip("0") or "0"


def _number_frequency(digits: str) -> float:
    """How common a number is: the fewer digits the commoner, and years are common."""
    if len(digits) == 1:
        return 1e-4
    if len(digits) == 2 or (len(digits) == 4 and digits[:2] in ("19", "20")):
        return 2e-5
    return RARE_FREQUENCY


@cache
def _stem_frequencies(lang: str) -> dict[str, float]:
    """Frequency in general text of each stem of `lang`: the sum over its forms."""
    import wordfreq  # noqa: PLC0415 - 0.15 s, only once text is read

    listed = _FREQUENCY_ALIASES.get(lang, lang)
    if listed not in wordfreq.available_languages("small"):
        return {}
    frequencies: dict[str, float] = {}
    for centibels, words in enumerate(wordfreq.get_frequency_list(listed, "small")):
        if words:
            frequency = 10 ** (-centibels / 100)
            for stem in stem_words(words, lang):
                frequencies[stem] = frequencies.get(stem, 0.0) + frequency
    return frequencies


def stem_words(words: Sequence[str], lang: str) -> list[str]:
    """Snowball stems of lower-case words; the words themselves where Snowball has no algorithm for `lang`."""
    algorithm = STEMMERS.get(lang)
    if algorithm is None:
        return list(words)
    import Stemmer  # noqa: PLC0415

    # No cache: the vocabulary is the cache, and the stemmer's own is slower than stemming.
    stems: list[str] = Stemmer.Stemmer(algorithm, 0).stemWords(list(words))
    return stems


def _root(word: str) -> str:
    if not word.isascii():
        word = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return word.replace("'", "")[:ROOT_LETTERS]


def _hash32(words: list[str]) -> NDArray[np.uint32]:
    return (word_hashes(words) >> np.uint64(32)).astype(np.uint32)


class Vocabulary(WordTable):
    """Everything known about the distinct words of one language, as columns; row 0 stands for "no word".

    Grows as words are seen. Rows are this process's own; the hashes in them are the same everywhere.

    Attributes:
        surface: uint32 hash of the lower-case word, the token that shingles are made of.
        term: uint32 hash of the stem, of the digits for a number; what every view and every comparison uses.
        root: uint32 hash of the first five letters without accents, of the digits for a number: `Argentina`,
            `Argentine` and `Argentinian` are one root. What facts are compared by.
        weight: float32, idf = ln(STOP_FREQUENCY / frequency), 0 for stop words, at most 7.0.
        flags: uint8, NUMBER, ABBREVIATION and UNLISTED.
    """

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang
        self.surface = np.zeros(1 << 14, dtype=np.uint32)
        self.term = np.zeros(1 << 14, dtype=np.uint32)
        self.root = np.zeros(1 << 14, dtype=np.uint32)
        self.weight = np.zeros(1 << 14, dtype=np.float32)
        self.flags = np.zeros(1 << 14, dtype=np.uint8)

    def add(self, keys: NDArray[np.uint64], words: list[str]) -> None:
        """Adds distinct new words: lower-case as they stand in the text, with `keys` their `span_hashes`."""
        while self.size + len(words) > self.flags.size:
            for name in ("surface", "term", "root", "weight", "flags"):
                setattr(self, name, doubled(getattr(self, name)))
        # A corpus never runs out of numbers: half of the new words, and nothing has to be looked up for them.
        digits = [word[0].isdigit() for word in words]
        numbers = np.array(digits, dtype=bool)
        self._put(keys[numbers], self._describe_numbers(list(compress(words, digits))))
        self._put(keys[~numbers], self._describe(list(compress(words, map(not_, digits)))))

    def _put(self, keys: NDArray[np.uint64], columns: tuple[NDArray[np.generic], ...]) -> None:
        start = self.size
        self.add_keys(keys)
        rows = slice(start, self.size)
        self.surface[rows], self.term[rows], self.root[rows], self.weight[rows], self.flags[rows] = columns

    def _describe_numbers(self, words: list[str]) -> tuple[NDArray[np.generic], ...]:
        """Columns of new numbers: surface, term, root, weight, flags."""
        digits = [word if word.isdigit() and word[0] != "0" else canonical_number(word) for word in words]
        hashes = _hash32(words + digits)
        term = hashes[len(words) :]
        weight = _weights([_number_frequency(number) for number in digits])
        return hashes[: len(words)], term, term, weight, np.full(len(words), NUMBER, dtype=np.uint8)

    def _describe(self, words: list[str]) -> tuple[NDArray[np.generic], ...]:
        """Columns of new words that are no digits: surface, term, root, weight, flags."""
        plain = [word.replace(".", "") for word in words] if "." in "".join(words) else words
        terms = stem_words([word if len(word) <= MAX_WORD else "" for word in plain], self.lang)
        terms = [term or word for term, word in zip(terms, plain, strict=True)]
        roots = [word[:ROOT_LETTERS] if word.isascii() and "'" not in word else _root(word) for word in plain]
        known = _stem_frequencies(self.lang)
        default = _BIGRAM_DEFAULT_FREQUENCY if self.lang in BIGRAM_LANGUAGES else RARE_FREQUENCY
        frequency = list(map(known.get, terms, repeat(default)))
        flags = np.zeros(len(words), dtype=np.uint8)
        if plain is not words or not _ABBREVIATIONS.isdisjoint(words):
            flags[[word in _ABBREVIATIONS or "." in word for word in words]] = ABBREVIATION
        if self.lang in BIGRAM_LANGUAGES:
            flags[[row for row, term in enumerate(terms) if len(term) == 2 and term not in known]] |= UNLISTED
        number_words = _NUMBER_WORDS.get(self.lang, {})
        for row in [] if number_words.keys().isdisjoint(plain) else range(len(words)):
            if plain[row] in number_words:
                terms[row] = roots[row] = number_words[plain[row]]
                frequency[row] = _number_frequency(terms[row])
                flags[row] = NUMBER
        hashes = _hash32([*plain, *terms, *roots])
        surface, term, root = hashes.reshape(3, len(words))
        return surface, term, root, _weights(frequency), flags


def _weights(frequency: list[float]) -> NDArray[np.float32]:
    values = np.maximum(np.array(frequency, dtype=np.float64), RARE_FREQUENCY)
    return np.maximum(np.log(STOP_FREQUENCY / values), 0).astype(np.float32)


@cache
def vocabulary(lang: str) -> Vocabulary:
    """The process's one vocabulary of `lang`."""
    return Vocabulary(lang)
