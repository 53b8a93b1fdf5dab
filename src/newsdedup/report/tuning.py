"""What tuning came to: as plain text, as JSON, and as the configuration and the model that a scan reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from newsdedup.gold.refit import FOLDS
from newsdedup.gold.tuning import Figures, ScoredPair, Tuning
from newsdedup.report.jsonl import JsonObject, encoded
from newsdedup.report.plain import Style, columns, count, short, visible
from newsdedup.result import SCHEMA
from newsdedup.verify.model import Model, model_document
from newsdedup.version import __version__

_PLAIN_NAME = re.compile(r"\w[\w.-]*", re.ASCII)  # needs no quotes in YAML


def tuning_text(tuning: Tuning, style: Style) -> Iterator[str]:
    """Both models on left-out pairs, which one is used and why, and the pairs whose labels are worth a second look.

    With `style.verbose` the weights of both as well; with `style.findings_only` neither head nor pairs.
    """
    if not style.findings_only:
        yield _head(tuning)
        yield f"each pair scored without its group, {FOLDS} folds"
        yield ""
    rows = [["model", "log loss", "Brier", "min_score", "recall", "false reports", "precision"]]
    rows += [_figures_row(tuning, *each) for each in (("ships", tuning.shipped), ("tuned", tuning.tuned))]
    yield from columns(rows, left=1)
    yield ""
    yield _outcome(tuning)
    yield from _bar_lines(tuning)
    if style.findings_only:
        return
    if style.verbose:
        yield ""
        yield from columns(_weight_rows(tuning.before, tuning.after), left=2)
    yield from _listed("labelled as not derived, and reported", tuning.false_pairs)
    yield from _listed("labelled as derived, and not reported", tuning.missed_pairs)
    yield from _listed("not labelled, and reported", tuning.unlisted_pairs)
    if tuning.false_pairs or tuning.missed_pairs or tuning.unlisted_pairs:
        yield ""
        yield "Look at these labels first: a wrong one costs most."


def _head(tuning: Tuning) -> str:
    pairs = f"{tuning.derived:,} derived and {tuning.hard:,} hard pairs"
    others = [f"{tuning.distinct:,} distinct"] if tuning.distinct else []
    others += [f"{count(tuning.unlisted, 'candidate')} not listed"] if tuning.unlisted else []
    others += [f"{tuning.unable:,} too short or too unequal for a rewrite"] if tuning.unable else []
    told = [pairs, *others, f"{count(tuning.groups, 'group')} that share no article"]
    return f"{visible(tuning.name)}: {count(tuning.articles, 'article')}; {'; '.join(told)}"


def _figures_row(tuning: Tuning, name: str, figures: Figures) -> list[str]:
    bar = figures.bar
    negatives = tuning.hard + tuning.distinct
    shares = [f"{figures.log_loss:.4f}", f"{figures.brier:.4f}", f"{bar.score:g}", _three(bar.recall)]
    return [name, *shares, f"{bar.false:,} of {negatives:,}", _three(bar.precision)]


def _outcome(tuning: Tuning) -> str:
    gain, error = tuning.gain
    before, after = tuning.shipped.bar, tuning.tuned.bar
    losses = f"log loss {abs(gain):.4f} {'lower' if gain >= 0 else 'higher'}, standard error {error:.4f}"
    recall = f"recall {_three(before.recall)} before and {_three(after.recall)} after"
    if tuning.kept:
        return f"tuning helps: {losses}; {recall}"
    reasons = [losses] if gain <= error else []
    reasons += [recall] if after.recall < before.recall else []
    reasons += ["the wanted precision is no longer reached"] if after.reached < before.reached else []
    return f"tuning does not help, the model that ships is kept: {'; '.join(reasons)}"


def _bar_lines(tuning: Tuning) -> Iterator[str]:
    used = tuning.used
    mix = f"when {100 * tuning.base_rate:.3g} % of the pairs that look alike are derived"
    if used.bar.reached:
        yield f"min_score {tuning.min_score:g}: the lowest with a precision of {tuning.wanted:g} or more, {mix}"
    else:
        yield (
            f"min_score {tuning.min_score:g}: these pairs cannot show a precision of {tuning.wanted:g} {mix}; "
            f"it is {_three(used.bar.precision)} there"
        )
    yield (
        f"at a min_score chosen without the pair's fold: recall {_three(used.recall)}, {used.false:,} false, "
        f"precision {_three(used.precision)}"
    )
    yield "precision: half a false report more than was seen; few pairs do not show that there is none"


def _weight_rows(before: Model, after: Model) -> list[list[str]]:
    rows = [["route", "number", "ships", "tuned"]]
    for name, route in before.routes.items():
        tuned = after.routes[name]
        keys = [*route.weights, *(key for key in tuned.weights if key not in route.weights)]
        pairs = [(key, route.weights.get(key, 0.0), tuned.weights.get(key, 0.0)) for key in keys]
        pairs.append(("bias", route.bias, tuned.bias))
        rows += [[name, key, f"{old:.2f}", f"{new:.2f}"] for key, old, new in pairs]
    rows.append(["score", "slope", f"{before.slope:.2f}", f"{after.slope:.2f}"])
    rows.append(["score", "offset", f"{before.offset:.2f}", f"{after.offset:.2f}"])
    return rows


def _listed(title: str, pairs: Sequence[ScoredPair]) -> Iterator[str]:
    if pairs:
        yield ""
        yield title
        yield from columns(
            [[f"  {pair.label}", short(pair.score), pair.left, pair.right] for pair in pairs], left=1, right_again=2
        )


def _three(share: float) -> str:
    """Three decimals; less than all never reads as 1.000."""
    return f"{share if share == 1 else min(share, 0.999):.3f}"


def tuning_document(tuning: Tuning) -> Iterator[str]:
    """The one line of `--format json`; `model` is null when the model that ships is kept."""
    head: JsonObject = {
        "type": "tuning",
        "schema": SCHEMA,
        "version": __version__,
        "name": tuning.name,
        "articles": tuning.articles,
        "derived": tuning.derived,
        "hard": tuning.hard,
        "distinct": tuning.distinct,
        "unlisted": tuning.unlisted,
        "unable": tuning.unable,
        "groups": tuning.groups,
        "base_rate": _six(tuning.base_rate),
        "wanted_precision": tuning.wanted,
        "kept": tuning.kept,
        "gain": _six(tuning.gain[0]),
        "gain_error": _six(tuning.gain[1]),
        "min_score": tuning.min_score,
        "ships": _figures_object(tuning.shipped),
        "tuned": _figures_object(tuning.tuned),
        "model": model_document(tuning.after) if tuning.kept else None,
        "false": [_pair_object(pair) for pair in tuning.false_pairs],
        "missed": [_pair_object(pair) for pair in tuning.missed_pairs],
        "unlisted_reported": [_pair_object(pair) for pair in tuning.unlisted_pairs],
    }
    yield encoded(head)


def _figures_object(figures: Figures) -> JsonObject:
    bar = figures.bar
    return {
        "log_loss": _six(figures.log_loss),
        "brier": _six(figures.brier),
        "min_score": bar.score,
        "recall": _six(bar.recall),
        "false": bar.false,
        "precision": _six(bar.precision),
        "reached": bar.reached,
        "without_fold": {
            "recall": _six(figures.recall),
            "false": figures.false,
            "precision": _six(figures.precision),
        },
    }


def _pair_object(pair: ScoredPair) -> JsonObject:
    return {"left": pair.left, "right": pair.right, "label": pair.label, "score": _six(pair.score)}


def _six(value: float) -> float:
    return round(value, 6) + 0.0


def tuned_config(tuning: Tuning, command: str, model: str) -> Iterator[str]:
    """The lines of a configuration: `min_score`, and the model's file when it is used.

    Args:
        command: What was run; for the comment.
        model: Name of the model's file, as seen from the configuration.
    """
    used = tuning.used
    aim = f"precision {tuning.wanted:g} when {100 * tuning.base_rate:.3g} % of the pairs that look alike are derived"
    yield f"# Made by: {visible(command)}"
    yield f"# newsdedup {__version__}, from {_head(tuning)}."
    yield (
        f"# Left out in {FOLDS} folds: log loss {tuning.shipped.log_loss:.4f} as shipped, {tuning.tuned.log_loss:.4f} "
        f"tuned; Brier {tuning.shipped.brier:.4f} and {tuning.tuned.brier:.4f}."
    )
    yield f"# min_score aims at {aim}{'' if used.bar.reached else ', which these pairs cannot show'}:"
    yield (
        f"# recall {_three(used.bar.recall)}, {used.bar.false:,} false of {tuning.hard + tuning.distinct:,}; chosen "
        f"without the pair's fold {_three(used.recall)} and {used.false:,}."
    )
    yield f"min_score: {tuning.min_score!r}"
    if tuning.kept:
        yield f"model: {model if _PLAIN_NAME.fullmatch(model) else json.dumps(model)}"
    else:
        yield "# Tuning did not help: the model that ships is kept."


def tuned_model(tuning: Tuning, command: str) -> Iterator[str]:
    """The lines of the model's file, with what it was made from; the same set gives the same bytes."""
    document = {
        "made_by": command,
        "version": __version__,
        "sets": [tuning.name],
        "pairs": {"derived": tuning.derived, "hard": tuning.hard, "distinct": tuning.distinct},
        "left_out_log_loss": {"ships": _six(tuning.shipped.log_loss), "tuned": _six(tuning.tuned.log_loss)},
        **model_document(tuning.after),
    }
    yield json.dumps(document, indent=2)
