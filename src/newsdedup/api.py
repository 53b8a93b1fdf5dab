"""The library's functions: the same pipeline as the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from newsdedup.article import Article, Skipped
from newsdedup.config import Config
from newsdedup.pipeline import compare, scan
from newsdedup.result import REPORTED, Comparison, Result, Verdict
from newsdedup.run import Parameters
from newsdedup.verify.model import Model, load_model, model_fingerprint
from newsdedup.version import __version__

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
    progress: Callable[[str, int, int], None] | None = None,
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
    articles = (_in_language(item, config.lang) for item in articles)
    return scan(articles, parameters_of(config), version=__version__, shown=settings_shown(config), progress=progress)


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


def _in_language(item: _Input, lang: str | None) -> _Input:
    """The article in the language that the configuration gives to every article."""
    return replace(item, lang=lang) if lang and isinstance(item, Article) else item
