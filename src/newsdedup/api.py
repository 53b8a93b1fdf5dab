"""The library's functions: the same pipeline as the command line."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from typing import TypeVar

import numpy as np

from newsdedup.article import Article, Skipped
from newsdedup.config import Config
from newsdedup.engine.known import Known
from newsdedup.engine.workers import Progress
from newsdedup.gate.baseline import read_baseline
from newsdedup.gate.check import Check
from newsdedup.gate.findings import Policy, decide
from newsdedup.pipeline import check, compare, know, scan
from newsdedup.report.plain import count, reasons_tally, tally
from newsdedup.result import REPORTED, Comparison, Result, Verdict
from newsdedup.run import Holding, Parameters
from newsdedup.store.fingerprint import fingerprint
from newsdedup.store.index_file import index_bytes, open_index
from newsdedup.verify.model import Model, load_model, model_fingerprint
from newsdedup.version import __version__

_NO_ARTICLES = frozenset({"unknown-type", "hidden", "symlink", "not-a-file"})
"""Why what stands beside articles is not read; beside known ones in a checkout it is code, pictures and the like."""

_Input = TypeVar("_Input", Article, Article | Skipped)

_ORDER = (*REPORTED, Verdict.RELATED)
"""Of `min_verdict`, strongest first; `template` and `distinct` stand outside it."""


def reported_verdicts(config: Config) -> frozenset[Verdict]:
    """The verdicts that a configuration reports."""
    if config.min_verdict in _ORDER:
        chosen = set(_ORDER[: _ORDER.index(config.min_verdict) + 1])
    else:
        chosen = set(list(Verdict)[: list(Verdict).index(config.min_verdict) + 1])
    return frozenset(chosen | ({Verdict.RELATED, Verdict.TEMPLATE} if config.report_all else set()))


def parameters_of(config: Config) -> Parameters:
    """What steers a run with these settings."""
    return Parameters(
        views=frozenset(config.views),
        min_score=config.min_score,
        reported=reported_verdicts(config),
        bucket_cap=config.bucket_cap,
        window_days=config.window_days,
        max_memory=config.max_memory,
        jobs=config.jobs,
        model=_model(config),
    )


def _model(config: Config) -> Model | None:
    return load_model(config.model) if config.model is not None else None


def settings_shown(config: Config) -> dict[str, object]:
    """What decides the result, JSON-ready; `jobs` and `max_memory` do not.

    A model goes by what is in it, not by its file.
    """
    model = _model(config)
    return {
        "views": list(config.views),
        "lang": config.lang,
        "min_verdict": str(config.min_verdict),
        "min_score": config.min_score,
        "all": config.report_all,
        "window_days": config.window_days,
        "bucket_cap": config.bucket_cap,
        "model": model_fingerprint(model) if model else None,
    }


def find_duplicates(
    articles: Iterable[Article | Skipped],
    config: Config | None = None,
    *,
    progress: Progress | None = None,
) -> Result:
    """Pairs and clusters among all articles.

    Args:
        articles: For example from `load_articles`; skipped inputs are passed on to the result.
        config: Defaults to `Config()`.
        progress: Called with (stage, done, total); total 0 means unknown.

    Raises:
        InputError: Two articles have one id.
    """
    config = config or Config()
    return scan(
        all_in_language(articles, config),
        parameters_of(config),
        version=__version__,
        shown=settings_shown(config),
        progress=progress,
    )


def compare_articles(
    left: Article, right: Article, config: Config | None = None, *, among: Iterable[Article | Skipped] = ()
) -> Comparison:
    """One pair looked at closely: verdict, every number, evidence and sentences, whatever the verdict.

    The sides are swapped when the ids sort the other way, as in every pair.

    Args:
        among: The articles of a scan, from which boilerplate is learned as the scan does; the two may be among them.
    """
    config = config or Config()
    others = [_in_language(item, config.lang) for item in among if isinstance(item, Article)]
    both = _in_language(left, config.lang), _in_language(right, config.lang)
    return compare(*both, parameters_of(config), others)


def check_articles(
    new: Iterable[Article | Skipped],
    against: Iterable[Article | Skipped] | str | os.PathLike[str] | None = None,
    config: Config | None = None,
    *,
    gone: Collection[str] = (),
    today: date | None = None,
    progress: Progress | None = None,
) -> Check:
    """New articles held against known ones and against each other, and which of the findings fail.

    An article that stands on both sides, by its id and its file, counts as new, as a newer version of the known one
    when their texts differ; a new one that only has the id of a known one goes by `FILE#ID`, or `new#ID` where it was
    made in memory.

    Args:
        new: For example from `load_articles`; skipped inputs are passed on to the result.
        against: Known articles, or the file that an index of them was written to; None holds the new ones against each
            other only.
        config: Defaults to `Config()`.
        gone: Ids of known articles that are known no more.
        today: For rules that expire; None takes the day that it is, by UTC.
        progress: Called with (stage, done, total); total 0 means unknown.

    Raises:
        InputError: Two new articles have one id, or the baseline cannot be read.
        StoreError: The index cannot be used.
    """
    config = config or Config()
    policy = Policy(
        fail_on=config.fail_on,
        baseline=read_baseline(config.baseline) if config.baseline is not None else None,
        allow=config.allow,
        allow_declared=config.allow_declared,
        today=today or datetime.now(UTC).date(),
    )
    articles = all_in_language(new, config)
    parameters, shown = _down_to(config), settings_shown(config)
    with _known(against, config, progress) as (known, skipped):
        left_out: list[int] = []
        if known is not None:
            articles, left_out = _told_apart(articles, known, gone)
        holding = None if known is None else Holding(known=known, left_out=np.array(left_out, dtype=np.int64))
        everything = chain(articles, (each for each in skipped if each.reason not in _NO_ARTICLES))
        found = check(everything, holding, parameters, version=__version__, shown=shown, progress=progress)
    decided = decide(found, policy)
    return replace(decided, notes=(*decided.notes, *_known_notes(left_out, skipped)))


def _known_notes(left_out: Sequence[int], skipped: Sequence[Skipped]) -> Iterator[str]:
    if left_out:
        yield f"{count(len(left_out), 'known article')} not held against: among the new ones, or gone"
    reasons = reasons_tally(each.reason for each in skipped if each.reason in _NO_ARTICLES)
    if reasons:
        yield f"not read where the known articles are: {tally(reasons)}"


def _down_to(config: Config) -> Parameters:
    """The parameters of a check: it reports all that may fail, whatever is reported else."""
    weakest = max(config.min_verdict, config.fail_on, key=list(Verdict).index)
    return parameters_of(replace(config, min_verdict=weakest))


@contextmanager
def _known(
    against: Iterable[Article | Skipped] | str | os.PathLike[str] | None, config: Config, progress: Progress | None
) -> Iterator[tuple[Known | None, tuple[Skipped, ...]]]:
    if against is None:
        yield None, ()
    elif isinstance(against, str | os.PathLike):
        yield open_index(os.fspath(against), _fingerprint(config)), ()
    else:
        with know(all_in_language(against, config), parameters_of(config), progress=progress) as known:
            yield known


def _told_apart(
    new: Iterable[Article | Skipped], known: Known, gone: Collection[str]
) -> tuple[list[Article | Skipped], list[int]]:
    """The new articles under ids of their own, and the numbers of known ones that are not held against."""
    left_out = {place for name in gone if (place := _same(known, [name], name)) is not None}
    out: list[Article | Skipped] = []
    given: set[str] = set()
    for item in new:
        if isinstance(item, Skipped):
            out.append(item)
            continue
        place = _same(known, _names(item), item.file)
        if place is not None:
            left_out.add(place)
        taken = item.id in given or (_place(known.ids, item.id) not in (None, place))
        if taken:
            name = next(name for name in item.other_ids() if name not in given and _place(known.ids, name) is None)
            given.add(name)
            out.append(replace(item, id=name))
        else:
            out.append(item)
    return out, sorted(left_out)


def _names(article: Article) -> Iterator[str]:
    """The ids that an article may go by, depending on what it was read with: its own, `FILE#ID`, and the other way."""
    yield article.id
    yield next(article.other_ids())
    yield article.id.removeprefix(f"{article.file}#")


def _same(known: Known, names: Iterable[str], file: str | None) -> int | None:
    """The number of the known article that has one of the names and was read from the file."""
    if file is None:
        return None
    for name in names:
        place = _place(known.ids, name)
        if place is not None and _article(known, place).file == file:
            return place
    return None


def _article(known: Known, place: int) -> Article:
    return known.records.where(np.array([place])).articles()[0]


def _place(ids: Sequence[str], wanted: str) -> int | None:
    """Where an id stands among sorted ones."""
    place = bisect_left(ids, wanted)
    return place if place < len(ids) and ids[place] == wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Known articles about to be written.

    Attributes:
        articles: How many they are.
        skipped: Inputs that could not be read.
        content: The bytes of the file, in pieces.
    """

    articles: int
    skipped: tuple[Skipped, ...]
    content: Iterator[bytes]


@contextmanager
def index_articles(
    articles: Iterable[Article | Skipped], config: Config | None = None, *, progress: Progress | None = None
) -> Iterator[Index]:
    """Reads known articles for an index file, which `check_articles` takes; it is to be written within the context.

    Raises:
        InputError: Two articles have one id.
    """
    config = config or Config()
    with know(all_in_language(articles, config), parameters_of(config), progress=progress) as (known, skipped):
        content = index_bytes(known, _fingerprint(config), __version__)
        yield Index(articles=len(known), skipped=skipped, content=content)


def _fingerprint(config: Config) -> dict[str, str]:
    """What an index must have been made with to be used with these settings."""
    return fingerprint(frozenset(config.views), config.lang)


def all_in_language(items: Iterable[Article | Skipped], config: Config) -> Iterable[Article | Skipped]:
    return (_in_language(item, config.lang) for item in items)


def _in_language(item: _Input, lang: str | None) -> _Input:
    """The article in the language that the configuration gives to every article."""
    return replace(item, lang=lang) if lang and isinstance(item, Article) else item
