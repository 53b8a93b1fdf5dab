"""The columnar table of a whole run: every article's normalised tokens, flat, ready to sketch and verify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.article import Article
from newsdedup.text.hashing import run_hashes
from newsdedup.text.language import find_language
from newsdedup.text.normalize import NormalizedText, normalize
from newsdedup.text.tokens import (
    BATCH_CHARACTERS,
    IS_CONTENT,
    IS_FACT,
    IS_NUMBER,
    IS_OPENING,
    IS_QUOTED,
    TokenBatch,
    tokenize,
)

_Scalar = TypeVar("_Scalar", bound=np.generic)

MAX_CHARACTERS = 1_000_000
"""Of one article, compared; what stands behind them is not. Two hundred times a long news article."""


NUMBER_FACT = 2
"""Value of `ArticleTable.fact` for a number; 1 is a name or a rare term."""

HAS_CORRECTION = 1
"""Bit of `ArticleTable.chrome`: the article carries a correction note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTable:
    """Columns of many articles.

    Attributes:
        surface: uint32, shape (tokens,): hash of each lower-case token.
        quoted: bool, shape (tokens,): within quotation marks.
        opening: bool, shape (tokens,): first token of a sentence.
        start: int32, shape (tokens,): first character in the article's normalised text.
        width: uint16, shape (tokens,): characters, 65,535 for a longer run of letters.
        token_offsets: int64, shape (articles + 1,).
        term: uint32, shape (content tokens,): hash of each content stem.
        root: uint32, shape (content tokens,): hash of its first letters, or of the digits of a number.
        weight: float32, shape (content tokens,): idf of the term, above 0.
        fact: uint8, shape (content tokens,): 0 for no fact, 1 for a name or rare term, NUMBER_FACT.
        sentence: int32, shape (content tokens,): sentence number within the article.
        position: int32, shape (content tokens,): token number within the article.
        content_offsets: int64, shape (articles + 1,).
        sentences: int32, shape (articles,): number of sentences.
        chrome: uint8, shape (articles,): bit HAS_CORRECTION.
        content_key: uint64, shape (articles,): hash of the whole token sequence; 0 for an article without tokens.
    """

    surface: NDArray[np.uint32]
    quoted: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    start: NDArray[np.int32]
    width: NDArray[np.uint16]
    token_offsets: NDArray[np.int64]
    term: NDArray[np.uint32]
    root: NDArray[np.uint32]
    weight: NDArray[np.float32]
    fact: NDArray[np.uint8]
    sentence: NDArray[np.int32]
    position: NDArray[np.int32]
    content_offsets: NDArray[np.int64]
    sentences: NDArray[np.int32]
    chrome: NDArray[np.uint8]
    content_key: NDArray[np.uint64]

    def __len__(self) -> int:
        return int(self.sentences.size)

    @property
    def content_lengths(self) -> NDArray[np.int64]:
        """Content stems of each article, shape (articles,)."""
        return np.diff(self.content_offsets)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleColumns:
    """What is known of each article without its tokens; all shape (articles,), see `ArticleTable`.

    Attributes:
        tokens: int64, number of tokens.
        content: int64, number of content tokens.
    """

    tokens: NDArray[np.int64]
    content: NDArray[np.int64]
    sentences: NDArray[np.int32]
    chrome: NDArray[np.uint8]
    content_key: NDArray[np.uint64]

    @classmethod
    def of(cls, table: ArticleTable) -> ArticleColumns:
        """The columns of a table."""
        return cls(
            tokens=np.diff(table.token_offsets),
            content=table.content_lengths,
            sentences=table.sentences,
            chrome=table.chrome,
            content_key=table.content_key,
        )

    @classmethod
    def join(cls, parts: Sequence[ArticleColumns]) -> ArticleColumns:
        """The columns of consecutive batches as one."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def take(self, order: NDArray[np.int64]) -> ArticleColumns:
        """Some articles, in the order given."""
        return ArticleColumns(**{field.name: getattr(self, field.name)[order] for field in fields(self)})

    def put(self, rows: NDArray[np.int64], new: ArticleColumns) -> None:
        """Puts what is known now of some articles in the place of what was."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(new, field.name)


def article_language(article: Article, text: str) -> str:
    """The stated language of an article, else the one its normalised text is found to be in."""
    return article.lang or find_language(text)


def normalized_body(article: Article) -> NormalizedText:
    """The normalised text that is compared, cut at MAX_CHARACTERS."""
    body = normalize(article.text[:MAX_CHARACTERS])
    if len(body.text) > MAX_CHARACTERS:  # one compatibility character may become many
        body = replace(body, text=body.text[:MAX_CHARACTERS])
    return body


def _chrome_bits(text: NormalizedText) -> int:
    return HAS_CORRECTION if any(cut.kind == "correction" for cut in text.cuts) else 0


def make_table(articles: Sequence[Article], kept: list[NormalizedText] | None = None) -> ArticleTable:
    """Normalises and tokenises articles, a batch at a time.

    Args:
        kept: Gets the normalised texts, where they are still wanted.
    """
    parts: list[ArticleTable] = []
    texts: list[NormalizedText] = []
    langs: list[str] = []
    size = 0
    for article in articles:
        body = normalized_body(article)
        texts.append(body)
        langs.append(article_language(article, body.text))
        size += len(body.text)
        if kept is not None:
            kept.append(body)
        if size >= BATCH_CHARACTERS:
            parts.append(table_of(texts, langs))
            texts, langs, size = [], [], 0
    if texts or not parts:
        parts.append(table_of(texts, langs))
    return join_tables(parts)


def table_of(texts: Sequence[NormalizedText], langs: Sequence[str]) -> ArticleTable:
    """The table of one batch of normalised texts in the languages given."""
    batch = tokenize([body.text for body in texts], langs)
    columns = _columns(batch) if kernel.compiled is None else _compiled_columns(batch)
    return ArticleTable(
        **columns,  # type: ignore[arg-type]
        surface=batch.surface,
        start=batch.start,
        token_offsets=batch.offsets,
        sentences=batch.sentences,
        chrome=np.fromiter(map(_chrome_bits, texts), dtype=np.uint8, count=len(texts)),
        content_key=_content_keys(batch.surface, batch.offsets),
    )


def _columns(batch: TokenBatch) -> dict[str, NDArray[np.generic]]:
    """The columns of a table that are drawn from several of a batch."""
    content = np.flatnonzero((batch.flags & IS_CONTENT) != 0)
    flags = batch.flags[content]
    fact = ((flags & IS_FACT) != 0).astype(np.uint8)
    fact[(fact > 0) & ((flags & IS_NUMBER) != 0)] = NUMBER_FACT
    content_offsets = np.searchsorted(content, batch.offsets).astype(np.int64)
    return {
        "quoted": (batch.flags & IS_QUOTED) != 0,
        "opening": (batch.flags & IS_OPENING) != 0,
        "width": np.minimum(batch.end - batch.start, np.iinfo(np.uint16).max).astype(np.uint16),
        "term": batch.term[content],
        "root": batch.root[content],
        "weight": batch.weight[content],
        "fact": fact,
        "sentence": batch.sentence[content],
        "position": (content - np.repeat(batch.offsets[:-1], np.diff(content_offsets))).astype(np.int32),
        "content_offsets": content_offsets,
    }


def _compiled_columns(batch: TokenBatch) -> dict[str, NDArray[np.generic]]:
    """`_columns` by the kernel."""
    assert kernel.compiled is not None  # noqa: S101 - for the types: asked by the caller
    size = np.count_nonzero(batch.flags & IS_CONTENT)
    out: dict[str, NDArray[np.generic]] = {
        "quoted": np.empty(batch.flags.size, dtype=np.bool_),
        "opening": np.empty(batch.flags.size, dtype=np.bool_),
        "width": np.empty(batch.flags.size, dtype=np.uint16),
        "term": np.empty(size, dtype=np.uint32),
        "root": np.empty(size, dtype=np.uint32),
        "weight": np.empty(size, dtype=np.float32),
        "fact": np.empty(size, dtype=np.uint8),
        "sentence": np.empty(size, dtype=np.int32),
        "position": np.empty(size, dtype=np.int32),
        "content_offsets": np.empty(batch.offsets.size, dtype=np.int64),
    }
    columns = (batch.offsets, batch.flags, batch.term, batch.root, batch.weight, batch.sentence, batch.start, batch.end)
    kernel.compiled.text_content(columns, tuple(out.values()))
    return out


def _content_keys(surface: NDArray[np.uint32], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    return run_hashes(surface, offsets[:-1], offsets[1:])  # 0 for an article without tokens: `mix64` keeps it


def join_tables(parts: Sequence[ArticleTable]) -> ArticleTable:
    """One table out of several, articles in the order given."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, NDArray[np.generic]] = {}
    for field in fields(ArticleTable):
        pieces = [getattr(part, field.name) for part in parts]
        if field.name.endswith("offsets"):
            bases = np.cumsum([0] + [int(piece[-1]) for piece in pieces[:-1]])
            moved = [piece[1:] + base for piece, base in zip(pieces, bases, strict=True)]
            columns[field.name] = np.concatenate([np.zeros(1, dtype=np.int64), *moved])
        else:
            columns[field.name] = np.concatenate(pieces)
    return ArticleTable(**columns)  # type: ignore[arg-type]


def keep_tokens(table: ArticleTable, kept: NDArray[np.bool_]) -> ArticleTable:
    """The table without some of its sentences; what is left is numbered anew.

    Args:
        kept: Shape (tokens,); whole sentences are kept or not.
    """
    before = _counted(kept)
    token_offsets = before[table.token_offsets]
    counts = np.diff(table.content_offsets)
    token = np.repeat(table.token_offsets[:-1], counts) + table.position
    content = kept[token]
    tokens, terms = _Kept(kept), _Kept(content)
    content_offsets = _counted(content)[table.content_offsets]
    opening = tokens.of(table.opening)
    sentences_before = _counted(opening)
    rows = np.diff(content_offsets)
    place = before[terms.of(token)]
    surface = tokens.of(table.surface)
    return ArticleTable(
        surface=surface,
        quoted=tokens.of(table.quoted),
        opening=opening,
        start=tokens.of(table.start),
        width=tokens.of(table.width),
        token_offsets=token_offsets,
        term=terms.of(table.term),
        root=terms.of(table.root),
        weight=terms.of(table.weight),
        fact=terms.of(table.fact),
        sentence=(sentences_before[place + 1] - 1 - np.repeat(sentences_before[token_offsets[:-1]], rows)).astype(
            np.int32
        ),
        position=(place - np.repeat(token_offsets[:-1], rows)).astype(np.int32),
        content_offsets=content_offsets,
        sentences=np.diff(sentences_before[token_offsets]).astype(np.int32),
        chrome=table.chrome,
        content_key=_content_keys(surface, token_offsets),
    )


class _Kept:
    """What is kept of a column, as slices: where little is cut, copying them is several times faster than a mask."""

    def __init__(self, kept: NDArray[np.bool_]) -> None:
        edges = np.flatnonzero(np.diff(kept, prepend=False, append=False))
        self._slices = [slice(start, end) for start, end in edges.reshape(-1, 2).tolist()]

    def of(self, column: NDArray[_Scalar]) -> NDArray[_Scalar]:
        return np.concatenate([column[:0], *(column[part] for part in self._slices)])


def _counted(values: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are true before each place, and in all."""
    out = np.zeros(values.size + 1, dtype=np.int64)
    np.cumsum(values, out=out[1:])
    return out


def take_articles(table: ArticleTable, rows: NDArray[np.int64]) -> ArticleTable:
    """The articles named, in the order given."""
    columns: dict[str, NDArray[np.generic]] = {}
    for by, names in _COLUMNS.items():
        if by is None:
            columns |= {name: getattr(table, name)[rows] for name in names}
            continue
        offsets: NDArray[np.int64] = getattr(table, by)
        places, new = row_places(offsets, rows)
        columns |= {by: new} | {name: getattr(table, name)[places] for name in names}
    return ArticleTable(**columns)  # type: ignore[arg-type]


def row_places(offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the values of some rows of a ragged column, and the offsets of these rows once they are taken."""
    counts = np.diff(offsets)[rows]
    new = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    return np.arange(int(new[-1])) + np.repeat(offsets[rows] - new[:-1], counts), new


def take_ragged(column: NDArray[_Scalar], offsets: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[_Scalar]:
    """A ragged column with its rows in another order, made a block at a time: the places of all would be larger."""
    out = np.empty(int(np.diff(offsets)[order].sum()), dtype=column.dtype)
    done = 0
    for start in range(0, order.size, _BLOCK):
        places, _ = row_places(offsets, order[start : start + _BLOCK])
        out[done : done + places.size] = column[places]
        done += places.size
    return out


_BLOCK = 1 << 14  # articles

_COLUMNS: Mapping[str | None, tuple[str, ...]] = {
    "token_offsets": ("surface", "quoted", "opening", "start", "width"),
    "content_offsets": ("term", "root", "weight", "fact", "sentence", "position"),
    None: ("sentences", "chrome", "content_key"),
}
"""Which offsets each column of a table goes by; None for one value an article."""


def slice_table(table: ArticleTable, start: int, end: int) -> ArticleTable:
    """The articles `start:end` of a table; token columns are views, not copies."""
    tokens = slice(int(table.token_offsets[start]), int(table.token_offsets[end]))
    content = slice(int(table.content_offsets[start]), int(table.content_offsets[end]))
    return ArticleTable(
        surface=table.surface[tokens],
        quoted=table.quoted[tokens],
        opening=table.opening[tokens],
        start=table.start[tokens],
        width=table.width[tokens],
        token_offsets=table.token_offsets[start : end + 1] - tokens.start,
        term=table.term[content],
        root=table.root[content],
        weight=table.weight[content],
        fact=table.fact[content],
        sentence=table.sentence[content],
        position=table.position[content],
        content_offsets=table.content_offsets[start : end + 1] - content.start,
        sentences=table.sentences[start:end],
        chrome=table.chrome[start:end],
        content_key=table.content_key[start:end],
    )
