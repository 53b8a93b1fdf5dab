"""A labelled set: a folder with articles and a table of pairs that people have named."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsdedup.article import Article, Skipped
from newsdedup.errors import InputError
from newsdedup.loaders import LoaderParams, load_articles

DERIVED = frozenset({"identical", "copy", "revision", "excerpt", "rewrite"})
"""Labels of pairs that must be reported."""

HARD = frozenset({"independent", "followup", "template", "related"})
"""Labels of pairs that must not be reported though they look alike: the hard negatives."""

LABELS = DERIVED | HARD | {"distinct", "ignore"}
"""Every label; `ignore` counts neither way, and a pair that is not listed is distinct."""

_DOCS = ("docs.jsonl.gz", "docs.jsonl")
_PAIRS = "pairs.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPair:
    """One labelled pair by article numbers, `left < right`.

    Attributes:
        label: One of LABELS.
        detail: The kind within the label, such as `spun`; "" when none is given.
    """

    left: int
    right: int
    label: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A labelled set.

    Attributes:
        name: Of the folder.
        articles: Sorted by id.
        pairs: Sorted by (left, right), each once.
        skipped: Records that could not be read.
    """

    name: str
    articles: tuple[Article, ...]
    pairs: tuple[LabelledPair, ...]
    skipped: tuple[Skipped, ...] = ()


def load_gold(folder: Path, params: LoaderParams | None = None) -> Gold:
    """Reads `docs.jsonl` (or `.jsonl.gz`) and `pairs.tsv` (columns left, right, label and, if wanted, detail).

    Raises:
        InputError: A file is missing, a column or label is unknown, an id is not among the articles, or one pair has
            two labels.
    """
    docs = next((folder / name for name in _DOCS if (folder / name).is_file()), None)
    if docs is None:
        raise InputError(
            f"{folder}: no docs.jsonl or docs.jsonl.gz; a labelled set is a folder with both it and {_PAIRS}"
        )
    if not (folder / _PAIRS).is_file():
        raise InputError(f"{folder}: no {_PAIRS}; it lists pairs as left, right, label, detail, tab-separated")
    items = list(load_articles(docs, params=params or LoaderParams()))
    articles = sorted((item for item in items if isinstance(item, Article)), key=lambda article: article.id)
    number = {article.id: place for place, article in enumerate(articles)}
    skipped = tuple(item for item in items if isinstance(item, Skipped))
    return Gold(
        name=folder.resolve().name,
        articles=tuple(articles),
        pairs=_read_pairs(folder / _PAIRS, number, len(skipped)),
        skipped=skipped,
    )


def _read_pairs(path: Path, number: Mapping[str, int], skipped: int) -> tuple[LabelledPair, ...]:
    found: dict[tuple[int, int], LabelledPair] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = {"left", "right", "label"} - set(rows.fieldnames or ())
            if missing:
                raise InputError(f'{path} line 1: no column "{sorted(missing)[0]}"; write left, right, label, detail')
            for row in rows:
                pair = _pair(row, f"{path} line {rows.line_num}", number, skipped)
                before = found.setdefault((pair.left, pair.right), pair)
                if before.label != pair.label:
                    raise InputError(
                        f"{path} line {rows.line_num}: {row['left']} and {row['right']} are labelled {before.label} "
                        f"above and {pair.label} here; keep one"
                    )
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{path}: not a table: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return tuple(found[key] for key in sorted(found))


def _pair(row: Mapping[str, str | None], place: str, number: Mapping[str, int], skipped: int) -> LabelledPair:
    label = row["label"] or ""
    if label not in LABELS:
        raise InputError(f'{place}: unknown label "{label}"; known are {", ".join(sorted(LABELS))}')
    ends: list[int] = []
    for side in ("left", "right"):
        known = number.get(row[side] or "")
        if known is None:
            left_out = f"; {skipped} records could not be read" if skipped else ""
            raise InputError(f'{place}: "{row[side] or ""}": no article has that id{left_out}')
        ends.append(known)
    if ends[0] == ends[1]:
        raise InputError(f'{place}: "{row["left"]}" is paired with itself')
    return LabelledPair(left=min(ends), right=max(ends), label=label, detail=row.get("detail") or "")
