"""What is found when the same English articles come in another form: casing, line breaks or fields lost."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from newsdedup.article import Article
from scanned_sets import Scanned, scan_set

DETAILS = {
    "syndicated": "copy",
    "revision": "revision",
    "excerpt": "excerpt",
    "spun": "rewrite",
    "paraphrase": "rewrite",
    "condensed": "rewrite",
}
AS_IT_IS = {"syndicated": 1.0, "revision": 1.0, "excerpt": 1.0, "spun": 1.0, "condensed": 1.0, "paraphrase": 0.95}
WORD_FOR_WORD = {"syndicated": 1.0, "revision": 1.0, "excerpt": 1.0}


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to change an article, what must still be found of each kind, and how many false reports are known."""

    change: Callable[[Article], Article]
    floors: Mapping[str, float]
    false: int = 0


def retold(change: Callable[[str], str]) -> Callable[[Article], Article]:
    return lambda article: replace(article, text=change(article.text))


def wrapped(text: str) -> str:
    return "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in text.split("\n\n"))


VARIANTS = {
    # Without capitals a name is known by being rare.
    "lower-case": Variant(retold(str.lower), {**WORD_FOR_WORD, "spun": 0.9, "paraphrase": 0.6, "condensed": 0.6}),
    "all-capitals": Variant(retold(str.upper), {**WORD_FOR_WORD, "spun": 0.9, "paraphrase": 0.6, "condensed": 0.8}, 1),
    "no-paragraphs": Variant(retold(lambda text: " ".join(text.split())), {**AS_IT_IS, "spun": 0.95}),
    "wrapped-lines": Variant(retold(wrapped), {**AS_IT_IS, "spun": 0.95, "condensed": 0.95}),
    "a-sentence-a-line": Variant(retold(lambda text: re.sub(r"(?<=[.!?]) (?=[A-Z])", "\n", text)), AS_IT_IS),
    "plain-marks": Variant(retold(lambda text: text.translate(str.maketrans("’“”—", '\'""-'))), AS_IT_IS),
    "no-title": Variant(lambda article: replace(article, title=None), AS_IT_IS),
    "no-language": Variant(lambda article: replace(article, lang=None), AS_IT_IS),
    "text-alone": Variant(lambda article: Article(id=article.id, text=article.text), {**AS_IT_IS, "spun": 0.95}),
}


@pytest.fixture(scope="module", params=list(VARIANTS))
def variant(request: pytest.FixtureRequest) -> tuple[Variant, Scanned]:
    chosen = VARIANTS[request.param]
    return chosen, scan_set("newsroom", "en", chosen.change)


@pytest.mark.parametrize("detail", list(DETAILS))
def test_recall(detail: str, variant: tuple[Variant, Scanned]) -> None:
    chosen, scanned = variant
    wanted = scanned.wanted(DETAILS[detail], detail)
    assert len(wanted) == 22
    missed = scanned.missed(wanted)
    assert 1 - len(missed) / len(wanted) >= chosen.floors[detail], missed


def test_hardly_anything_false_is_reported(variant: tuple[Variant, Scanned]) -> None:
    chosen, scanned = variant
    assert len(scanned.false()) <= chosen.false, scanned.false()
