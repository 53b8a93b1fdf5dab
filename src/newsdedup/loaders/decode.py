"""Bytes to text, when nobody says in which encoding they are."""

from __future__ import annotations

import codecs
import re
from typing import Final

from newsdedup.loaders.files import BLOCK_BYTES
from newsdedup.loaders.refused import RefusedError

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC: Final = (
    (b"\x1f\x8b", "gzip data; only names that end in .gz are inflated (.txt.gz, .jsonl.gz)"),
    (b"%PDF-", "a PDF; extract its text first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
)
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\v\f\r")) + b"\x7f"
_MAX_CONTROL_SHARE: Final = 0.02  # random or compressed bytes have 0.1
_MAX_LOST_SHARE: Final = 0.05  # of U+FFFD
_MIN_UTF8_CHARS_PER_ERROR: Final = 5  # Chinese in GB 18030 is valid UTF-8 by chance at about 1 error per character

# The encodings of the web (encoding.spec.whatwg.org) without the Macintosh ones and ISO-2022-JP. The detector also
# knows EBCDIC and DOS ones and takes Polish in ISO 8859-2 for ISO 8859-10 if it may.
_LATIN: Final = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_15")
_OTHERS: Final = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "cp1253", "cp1255", "cp1256", "cp874", "iso8859_5", "iso8859_7"),
    *("cp932", "shift_jis", "euc_jp", "gb18030", "big5", "big5hkscs", "euc_kr", "cp949"),
)
# Share of bytes beyond ASCII: English 0.001 to 0.01, German and Spanish 0.02, French 0.04, Polish 0.08, Czech 0.14,
# Vietnamese 0.25, Cyrillic 0.8. Without these bounds one English article in ten in cp1252 came out with Chinese
# or Japanese characters in place of its few accents (10 of 104 in benchmarks/newsroom).
_MIN_DETECTED_SHARE: Final = 0.03
_MIN_OTHER_SHARE: Final = 0.2
_ALPHABETS: Final = {
    "cp1252": ("áéíñóúü", "àáâãçéêíóôõú", "àâæçéèêëîïôœùûü", "äöüß", "åäöæøé", "àèéìòù", "áðéíóúýþæö", "äöõüšž"),
    "cp1250": ("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "âîăşţ", "čćđšž"),
}
"""Letters beyond ASCII by language, Western (es, pt, fr, de, Nordic, it, is, et) and Central (cs, sk, pl, hu, ro, hr):
the detector finds both code pages equally likely for most of these languages."""


_WORD: Final = re.compile(r"[^\W\d_]{2,}")  # in cp1250 the pound sign of "£3" is a letter, but no word


def decode(data: bytes, stated: str = "") -> str:
    """The text of a file: byte order mark first, then strict UTF-8, then what the file states, then detection.

    A file whose characters are mostly valid UTF-8 is UTF-8 with damage, not another encoding. Damage becomes
    U+FFFD, NUL becomes a space, line ends become newlines; the result can always be encoded as UTF-8.

    Args:
        data: The file.
        stated: Name of the encoding that the file states of itself (an HTML page); "" when it states none.

    Raises:
        RefusedError: `binary` or `undecodable`.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"))
    refuse_binary(data)
    try:
        return _checked(data.decode())
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    wide = len(text) - len(text.encode("ascii", "ignore")) - lost
    if wide < lost * _MIN_UTF8_CHARS_PER_ERROR:
        text = data.decode(_known(stated) or _detected(data), "replace")
    return _checked(text)


def refuse_binary(data: bytes) -> None:
    """Check the beginning of data that has no byte order mark.

    Raises:
        RefusedError: `binary`: a NUL, a known signature, or too many control characters.
    """
    for magic, detail in _MAGIC:
        if data.startswith(magic):
            raise RefusedError("binary", detail)
    head = data[:BLOCK_BYTES]
    if b"\0" in head:
        raise RefusedError("binary", "a NUL byte; text in UTF-16 needs a byte order mark")
    if len(head) - len(head.translate(None, _CONTROLS)) > _MAX_CONTROL_SHARE * len(head):
        raise RefusedError("binary", "mostly control characters")


def mostly_lost(text: str) -> bool:
    """Whether more than 5 % of the characters are U+FFFD, what is left of a character nobody could decode."""
    return not text.isascii() and text.count("\ufffd") > _MAX_LOST_SHARE * len(text)


def _checked(text: str) -> str:
    if mostly_lost(text):
        raise RefusedError("undecodable", "the encoding is unknown or the text is damaged; save it as UTF-8")
    if "\0" in text:
        text = text.replace("\0", " ")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _known(stated: str) -> str | None:
    """The codec of an encoding that a page states, None for UTF-8 and for what is none of the web."""
    if stated.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"):
        return "cp1252"  # as browsers read these
    try:
        name = codecs.lookup(stated).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    return name if name in (*_LATIN, *_OTHERS) else None


def _detected(data: bytes) -> str:
    sample = data[:BLOCK_BYTES]
    if len(sample) < len(data):  # not in the middle of a character: LF is never the second byte of one
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    share = 1 - len(sample.decode("ascii", "ignore")) / len(sample)
    if share < _MIN_DETECTED_SHARE:  # too little for the detector
        return _western_or_central(sample)
    candidates = _LATIN if share < _MIN_OTHER_SHARE else (*_LATIN, *_OTHERS)

    from charset_normalizer import from_bytes  # noqa: PLC0415  # 30 ms, and most runs never need it

    best = from_bytes(sample, cp_isolation=list(candidates)).best()
    if best is None:
        raise RefusedError("undecodable", "the encoding is unknown; save it as UTF-8")
    return _western_or_central(sample) if best.encoding in _ALPHABETS else best.encoding


def _western_or_central(sample: bytes) -> str:
    """The code page in which the letters fit one language best; Western when both do."""
    share = {}
    for encoding, alphabets in _ALPHABETS.items():
        words = _WORD.findall(sample.decode(encoding, "replace").lower())
        letters = [c for word in words for c in word if not c.isascii()]
        share[encoding] = max(sum(c in alphabet for c in letters) for alphabet in alphabets)
    return "cp1250" if share["cp1250"] > share["cp1252"] else "cp1252"
