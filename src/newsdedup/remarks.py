"""What is said of a run beside its pairs: what was set aside, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newsdedup.article import Article
from newsdedup.engine.shelf import Shelf
from newsdedup.judge import COPIES_SHOWN
from newsdedup.result import Boilerplate
from newsdedup.sketch.candidates import PASSAGE_STORIES, Candidates
from newsdedup.sketch.partners import CROWD
from newsdedup.sketch.sentences import Place, Recurring
from newsdedup.text.table import MAX_CHARACTERS, ArticleColumns, normalized_body
from newsdedup.verify.model import MIN_LENGTH

_SHOWN_CHARACTERS = 200
_SIDE_BY_SIDE = 4  # characters between two sentences of one passage


def words_at(article: Article, place: Place) -> str:
    """A place in the normalised text of an article, on one line, cut to a readable length."""
    words = " ".join(normalized_body(article).text[place.start : place.end].split())
    return words if len(words) <= _SHOWN_CHARACTERS else f"{words[: _SHOWN_CHARACTERS - 1]}…"


def listed(recurring: Sequence[Recurring], names: Sequence[str | None], shelf: Shelf) -> tuple[Boilerplate, ...]:
    """What was set aside, for a person: sentences that stand side by side in as many articles are one passage."""
    out: list[Boilerplate] = []
    passage: Recurring | None = None
    for each in recurring:
        joined = (
            passage is not None
            and (passage.source, passage.row, passage.articles) == (each.source, each.row, each.articles)
            and each.start - passage.end <= _SIDE_BY_SIDE
        )
        if passage is not None and not joined:
            out.append(_boilerplate(passage, names, shelf))
        passage = replace(each, start=passage.start) if passage is not None and joined else each
    if passage is not None:
        out.append(_boilerplate(passage, names, shelf))
    return tuple(out)


def _boilerplate(passage: Recurring, names: Sequence[str | None], shelf: Shelf) -> Boilerplate:
    text = words_at(shelf.article(passage.row), passage)
    return Boilerplate(source=names[passage.source], text=text, articles=passage.articles)


def notes_of(too_long: int, columns: ArticleColumns, candidates: Candidates, starred: int) -> tuple[str, ...]:
    """Notes on a run, sorted.

    Args:
        too_long: Articles longer than MAX_CHARACTERS.
        columns: Of the articles that were read in this run.
        starred: Groups of identical texts of which each is paired with the first only.
    """
    notes = [
        f"{count} over-full bucket{'s' if count > 1 else ''} in the {view} view paired with anchors only"
        for view, count in candidates.capped.items()
        if count and view != "passages"
    ]
    short = int(((columns.content < MIN_LENGTH) & (columns.tokens > 0)).sum())
    if short:
        verb = "s are" if short > 1 else " is"
        notes.append(f"{short} article{verb} under {MIN_LENGTH} content words: too short to be called a rewrite")
    if too_long:
        notes.append(
            f"{too_long} article{'s' if too_long > 1 else ''} compared by the first {MAX_CHARACTERS:,} characters only"
        )
    if candidates.boilerplate:
        notes.append(
            f"passages that more than {PASSAGE_STORIES} stories hold were set aside as boilerplate: "
            "excerpts through them alone are not reported"
        )
    if candidates.crowded:
        notes.append(
            f"{candidates.crowded} articles with more than {CROWD} near-copies each: paired with the closest and the "
            "first of them only"
        )
    if candidates.thinned:
        notes.append(f"{candidates.thinned} articles have too many candidates: compared with those most like them only")
    empty = int((columns.tokens == 0).sum())
    if empty:
        notes.append(f"{empty} article{'s' if empty > 1 else ''} without a word: compared with nothing")
    if starred:
        notes.append(
            f"{starred} group{'s' if starred > 1 else ''} of more than {COPIES_SHOWN} identical texts: "
            "each paired with the first only"
        )
    return tuple(sorted(notes))
