"""What is said of a run beside its pairs: what was set aside, and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What a reader of a run's results should know, in numbers; those of several batches add up.

    Attributes:
        capped: Buckets above the cap in each view.
        short: Articles too short to be called a rewrite.
        too_long: Articles longer than MAX_CHARACTERS.
        boilerplate: Passage shingles set aside because too many stories hold them.
        crowded: Articles that are not paired with all of their near-copies.
        thinned: Articles that are not paired with all of their other candidates.
        empty: Articles without a word.
        starred: Groups of identical texts of which each is paired with the first only.
        unkept: Known articles that may be near and could not be compared, since their texts are not kept.
        repeating: Articles that are copies of an earlier text of a known article, and no match of its current one.
        untimely: Articles whose time of publication lies in the future or before the web.
    """

    capped: Mapping[str, int] = field(default_factory=dict)
    short: int = 0
    too_long: int = 0
    boilerplate: int = 0
    crowded: int = 0
    thinned: int = 0
    empty: int = 0
    starred: int = 0
    unkept: int = 0
    repeating: int = 0
    untimely: int = 0

    def __add__(self, other: Remarks) -> Remarks:
        """Both together."""
        counts = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(self)
            if each.name != "capped"
        }
        views = sorted({*self.capped, *other.capped})
        return Remarks(capped={view: self.capped.get(view, 0) + other.capped.get(view, 0) for view in views}, **counts)

    def lines(self) -> tuple[str, ...]:
        """One line each, sorted."""
        notes = [
            f"{number} over-full bucket{'s' if number > 1 else ''} in the {view} view paired with anchors only"
            for view, number in self.capped.items()
            if number and view != "passages"
        ]
        if self.short:
            verb = "s are" if self.short > 1 else " is"
            notes.append(
                f"{self.short} article{verb} under {MIN_LENGTH} content words: too short to be called a rewrite"
            )
        if self.too_long:
            notes.append(
                f"{self.too_long} article{'s' if self.too_long > 1 else ''} compared by the first "
                f"{MAX_CHARACTERS:,} characters only"
            )
        if self.boilerplate:
            notes.append(
                f"passages that more than {PASSAGE_STORIES} stories hold were set aside as boilerplate: "
                "excerpts through them alone are not reported"
            )
        if self.crowded:
            notes.append(
                f"{self.crowded} articles with more than {CROWD} near-copies each: paired with the closest and the "
                "first of them only"
            )
        if self.thinned:
            notes.append(f"{self.thinned} articles have too many candidates: compared with those most like them only")
        if self.empty:
            notes.append(f"{self.empty} article{'s' if self.empty > 1 else ''} without a word: compared with nothing")
        if self.starred:
            notes.append(
                f"{self.starred} group{'s' if self.starred > 1 else ''} of more than {COPIES_SHOWN} identical texts: "
                "each paired with the first only"
            )
        if self.unkept:
            notes.append(
                f"{self.unkept} known article{'s' if self.unkept > 1 else ''} may be near and could not be compared: "
                "the store does not keep their texts"
            )
        if self.repeating:
            verb = "s repeat" if self.repeating > 1 else " repeats"
            notes.append(
                f"{self.repeating} article{verb} an earlier text of a known one, which is compared by its current text"
            )
        if self.untimely:
            verb = "s state" if self.untimely > 1 else " states"
            notes.append(
                f"{self.untimely} article{verb} a time of publication that cannot be true: taken as not stated"
            )
        return tuple(sorted(notes))


def remarks_of(too_long: int, columns: ArticleColumns, candidates: Candidates, starred: int) -> Remarks:
    """Remarks on a run.

    Args:
        too_long: Articles longer than MAX_CHARACTERS.
        columns: Of the articles that were read in this run.
        starred: Groups of identical texts of which each is paired with the first only.
    """
    return Remarks(
        capped=candidates.capped,
        short=int(((columns.content < MIN_LENGTH) & (columns.tokens > 0)).sum()),
        too_long=too_long,
        boilerplate=candidates.boilerplate,
        crowded=candidates.crowded,
        thinned=candidates.thinned,
        empty=int((columns.tokens == 0).sum()),
        starred=starred,
    )
