"""The articles of a store that are near new ones: the index on disk.

Everything that could be a match is brought into memory, with what the pipeline knows of it, and nothing else: the
pipeline then finds among these what it would find among all. An article is near when

- it shares a band with a new one and their signatures do not rule the pair out,
- it shares passages with a new one that are not boilerplate,
- it holds a sentence of a new one that may be boilerplate; a sample of its holders decides.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.known import Known
from newsdedup.engine.reading import BATCH_ARTICLES, Reading, read_again
from newsdedup.engine.shelf import Records, Shelf
from newsdedup.errors import NewsdedupError
from newsdedup.ingest.buckets import Buckets
from newsdedup.ingest.packing import unpacked_sentences
from newsdedup.ingest.passages import Passages, passage_holders
from newsdedup.ingest.wording import MOST_OF_OUTLET, sentence_holders
from newsdedup.run import Holding, days_of
from newsdedup.sketch.boilerplate import mask_of
from newsdedup.sketch.sentences import source_key
from newsdedup.sketch.views import Sketches, join_sketches
from newsdedup.store.nouns import KeepText, Stored
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import distinct
from newsdedup.text.table import ArticleColumns, make_table


class StoreIndex:
    """An index over a store as it is when the index is made.

    Args:
        views: That are looked through.
        window_days: Articles further apart are no candidates but by their copy view; None for any distance.
        today: Day that it is, counted from 1970.

    Attributes:
        gone: int64, numbers of the texts that others have replaced, sorted; they are near nothing.
        numbers: int64, of the articles that were near last, sorted: those of the holding, in its order.
        stored: What the store knows of them.
        recurring: uint64, keys of the sentences that are boilerplate, sorted.
        unkept: int64, numbers of near articles that could not be had, since their texts are not kept, sorted.
    """

    def __init__(self, store: Reader, *, views: frozenset[str], window_days: float | None, today: float) -> None:
        self._store = store
        self._views = views
        self._window_days = window_days
        self._today = today
        self._folder = tempfile.TemporaryDirectory(prefix="newsdedup-")
        self.gone = store.superseded()
        self.numbers = np.zeros(0, dtype=np.int64)
        self.stored: list[Stored] = []
        self.recurring = store.recurring()
        self.unkept = self.numbers
        self._outlets: dict[str, int] = {}
        for name, articles in store.outlets().items():
            key = source_key(name)
            self._outlets[key] = self._outlets.get(key, 0) + articles

    def __enter__(self) -> StoreIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def near(self, reading: Reading, shelf: Shelf) -> Holding:
        """See `run.Index`."""
        gone = self.gone
        holders = sentence_holders(
            self._store, reading.sentences, shelf, recurring=self.recurring, outlets=self._outlets, gone=gone
        )
        sketches = [(reading.sketches, reading.columns, np.arange(len(shelf)))]
        sketches += self._cut(reading, shelf)
        found = [holders.sampled]
        days = self._days(shelf)
        buckets = Buckets(store=self._store, gone=gone, window_days=self._window_days, today=self._today)
        found += [buckets.near(part, columns.content, days[owners]) for part, columns, owners in sketches]
        passages = passage_holders(self._store, [(part, owners) for part, _, owners in sketches], gone)
        numbers = distinct(np.concatenate([*found, passages.numbers]))
        stored = self._store.stored(numbers.tolist())
        if self._store.keep_text is KeepText.NONE:
            self.unkept = np.array([each.number for each in stored], dtype=np.int64)
            stored = []
        self.stored = stored
        self.numbers = np.array([each.number for each in stored], dtype=np.int64)
        return Holding(
            known=self._known(passages),
            elsewhere=holders.elsewhere(self.numbers, self._outlets_elsewhere()),
            common=passages.common,
            long_here=self._long_here(),
        )

    def _long_here(self) -> NDArray[np.bool_] | None:
        if self._window_days is None:
            return None
        long_here: NDArray[np.bool_] = self._today - self._store.days(self.numbers)[1] > self._window_days
        return long_here

    def _days(self, shelf: Shelf) -> NDArray[np.float64]:
        return days_of(shelf.articles(range(len(shelf))))

    def _outlets_elsewhere(self) -> dict[str, int]:
        """How many articles each outlet has beside those at hand, no more than as many as are counted."""
        at_hand: dict[str, int] = {}
        for each in self.stored:
            key = source_key(each.source)
            at_hand[key] = at_hand.get(key, 0) + 1
        return {name: min(count - at_hand.get(name, 0), MOST_OF_OUTLET) for name, count in self._outlets.items()}

    def _cut(self, reading: Reading, shelf: Shelf) -> list[tuple[Sketches, ArticleColumns, NDArray[np.int64]]]:
        """Sketches of those new articles that hold known boilerplate, without it."""
        mask = mask_of(reading.sentences, reading.columns.content, self.recurring)
        parts: list[tuple[ArticleColumns, Sketches]] = []
        for start in range(0, mask.rows.size, BATCH_ARTICLES):
            rows = mask.rows[start : start + BATCH_ARTICLES]
            table = mask.of(rows).cut(make_table(shelf.articles(rows.tolist())))
            parts.append(read_again(table, self._views))
        if not parts:
            return []
        columns = ArticleColumns.join([part[0] for part in parts])
        return [(join_sketches([part[1] for part in parts]), columns, mask.rows)]

    def _known(self, passages: Passages) -> Known:
        """What the pipeline is to know of the near articles."""
        numbers = self.numbers.tolist()
        rows = self._store.rows(self.numbers)
        sentences = unpacked_sentences(self._store.sentences(numbers))
        places: dict[int, int] = {}
        stories = [places.setdefault(each.story, place) for place, each in enumerate(self.stored)]
        return Known(
            ids=[each.id for each in self.stored],
            sources=[each.source for each in self.stored],
            url_keys=rows["url_key"].astype(np.uint64),
            days=rows["day"].astype(np.float64),
            lengths=rows["length"].astype(np.int64),
            reading=Reading(
                columns=ArticleColumns(
                    tokens=rows["tokens"].astype(np.int64),
                    content=rows["content"].astype(np.int64),
                    sentences=rows["sentences"].astype(np.int32),
                    chrome=rows["chrome"].astype(np.uint8),
                    content_key=rows["content_key"].astype(np.uint64),
                ),
                sentences=sentences,
                sketches=passages.sketches(self.numbers, rows, self._views),
            ),
            boilerplate=self.recurring,
            stories=np.array(stories, dtype=np.int64),
            likenesses=np.array([each.likenesses for each in self.stored], dtype=np.int32),
            records=self._records(numbers),
        )

    def _records(self, numbers: list[int]) -> Records:
        """The near articles in a file of this run, from which worker processes read them, too."""
        path = Path(self._folder.name) / "near"
        path.unlink(missing_ok=True)
        ends = [0]
        try:
            with path.open("xb") as file:
                for record in self._store.packed(numbers):
                    file.write(record)
                    ends.append(ends[-1] + len(record))
        except OSError as error:
            raise NewsdedupError(
                f"temporary file {path}: {error.strerror}; set TMPDIR to a folder with room"
            ) from error
        bounds = np.array(ends, dtype=np.int64)
        return Records(str(path), np.stack((bounds[:-1], bounds[1:]), axis=1))
