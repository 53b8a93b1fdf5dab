"""From the numbers of a pair to a calibrated score.

Three routes lead to "one derives from the other", and the strongest counts: all facts carried over by both sides
(paraphrases), the narration carried over (light rewrites), a short text wholly inside a long one (condensed). A fourth
is verbatim passages (excerpts), a fifth plain copying. Each route is monotone: more evidence never lowers a score.
The parameters are in `model.json`, with the command that made them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path

from newsdedup.errors import ConfigError
from newsdedup.verify.features import Features

MIN_LENGTH = 36
"""Content stems; a shorter text may be identical or a copy, never a rewrite: too little to tell by."""

ENOUGH = 160
"""Content stems from which a text is taken at its numbers; a shorter one has to show more. Among 48,000
pairs of short items of one agency at least five days apart, 13 in 10,000 of those under 80 stems pass without."""

BREVITY = {"facts": 1.5, "telling": 1.0, "condensed": 0.0}
"""Margin that a text loses for each 100 stems short of ENOUGH, by route."""

SCARCE = 60
SCARCITY = 5.0
"""Margin, on top, that a text loses on its way from SCARCE stems to none."""

TEMPLATE_FACTS = 0.6
"""The template guard: what looks alike in its telling must share facts to that weight. Templates of one agency (bond
issues, market reports) keep .37 at the median; of 1,104 rewrites 95 % keep more than .62."""

GUARDS = {"facts": 0.0, "telling": TEMPLATE_FACTS, "condensed": 0.82}
"""The guard of each route: a condensed text brings hardly any facts of its own."""

SCARCE_GUARD = 0.8
"""The guard of every route for a text under SCARCE content stems: of so little nearly all must be found again."""

GUARD_UNIT = 0.03
"""Of the guards' shares, in the unit of a margin."""

MIN_LENGTH_RATIO = 0.2
"""A text under a fifth of the other's length is no rewrite of it; it may be an excerpt."""

CONDENSED_LENGTH_RATIO = 0.45
"""Above it a text is not called condensed, and must carry over more than one side's facts."""


TABLE_FIGURES = 0.2
"""Numbers over words from which a text is a table: a form that is filled in, whatever else the run holds."""

FEW_FACTS = 4
"""Facts below which a copy need not show that it carries them over."""

ROUTE_NAMES = ("facts", "telling", "condensed")
"""The routes that are fitted; `copy` and `passages` are written out below."""

WEIGHTED = frozenset(field.name for field in fields(Features) if field.type in ("float", float)) - {
    "figures",  # says what the texts are, not that they are alike
    "length_ratio",  # says how much there is to compare, not how much of it is alike
    "contained_left",  # a score does not depend on the side
    "contained_right",
}
"""The numbers that a route may weigh: shares from 0 to 1, more of which is more evidence."""

_MAX_FILE_BYTES = 100_000
_LARGEST = 1e6  # of any number in a model: beyond it sums lose the small ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A weighted sum of features and its bias; 0 is the border of what was ever seen on false pairs."""

    weights: Mapping[str, float]
    bias: float

    def margin(self, features: Features) -> float:
        """How far beyond the border, in the calibration's units; negative is short of it."""
        return sum(weight * float(getattr(features, name)) for name, weight in self.weights.items()) + self.bias


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The fitted parameters: routes by name, and the slope and offset of the logistic calibration."""

    routes: Mapping[str, Route]
    slope: float
    offset: float


@cache
def default_model() -> Model:
    """The model that ships with this version."""
    return read_model(files("newsdedup.verify").joinpath("model.json").read_text(encoding="utf-8"), "model.json")


def load_model(path: Path) -> Model:
    """The model in a file, as `newsdedup tune` writes it.

    Raises:
        ConfigError: It cannot be read, or is not a model whose scores rise with the evidence.
    """
    try:
        if not path.is_file():
            raise ConfigError(f"model {path}: {'not a file' if path.exists() else 'no such file'}")
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"model {path}: cannot be read: {error.strerror}") from None
    except ValueError:  # not UTF-8, or a name that no file can have
        raise ConfigError(f"model {path}: not UTF-8 text; newsdedup tune writes a model") from None
    if len(data) > _MAX_FILE_BYTES:
        raise ConfigError(f"model {path}: over 100 kB; newsdedup tune writes a model")
    return read_model(text, f"model {path}")


def read_model(text: str, place: str) -> Model:
    """The model that a JSON document describes; what else stands in it is provenance.

    Raises:
        ConfigError: See `load_model`; the message begins with `place`.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"{place}: not JSON; newsdedup tune writes a model") from None
    parts = _mapping(document, place, "the document")
    found = _mapping(parts.get("routes"), place, "routes")
    if set(found) != set(ROUTE_NAMES):
        odd = sorted(set(found) ^ set(ROUTE_NAMES))[0]
        said = "unknown" if odd in found else "missing"
        raise ConfigError(f"{place}: route {odd} is {said}; there are {', '.join(ROUTE_NAMES)}")
    routes = {name: _route(_mapping(found[name], place, name), f"{place}: route {name}") for name in ROUTE_NAMES}
    curve = _mapping(parts.get("calibration"), place, "calibration")
    slope, offset = (_number(curve.get(key), f"{place}: calibration {key}") for key in ("slope", "offset"))
    if slope <= 0:
        raise ConfigError(f"{place}: calibration slope is {slope}; it must be above 0, or more evidence lowers a score")
    return Model(routes=routes, slope=slope, offset=offset)


def _route(data: Mapping[str, object], place: str) -> Route:
    weights: dict[str, float] = {}
    for name, value in _mapping(data.get("weights"), place, "weights").items():
        if name not in WEIGHTED:
            raise ConfigError(f"{place}: unknown number {name[:60]}; known are {', '.join(sorted(WEIGHTED))}")
        weights[name] = _number(value, f"{place}: weight {name}")
        if weights[name] < 0:
            raise ConfigError(f"{place}: weight {name} is below 0: more evidence would lower a score")
    bias = _number(data.get("bias"), f"{place}: bias")
    if bias >= 0:
        raise ConfigError(f"{place}: bias is {bias}; it must be below 0, or a pair with nothing in common is a match")
    return Route(weights=weights, bias=bias)


def _mapping(value: object, place: str, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{place}: {name} is {'missing' if value is None else 'not an object'}")
    return value


def _number(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        shown = "missing" if value is None else f"not a number from -{_LARGEST:.0f} to {_LARGEST:.0f}"
        raise ConfigError(f"{place} is {shown}")
    return float(value)


def model_document(model: Model) -> dict[str, object]:
    """The JSON-ready part of a model's file that `read_model` reads; weights of 0 are left out."""
    return {
        "routes": {
            name: {
                "weights": {key: round(value, 4) for key, value in route.weights.items() if round(value, 4) > 0},
                "bias": round(route.bias, 4),
            }
            for name, route in model.routes.items()
        },
        "calibration": {"slope": round(model.slope, 4), "offset": round(model.offset, 4)},
    }


def model_fingerprint(model: Model) -> str:
    """16 hexadecimal digits that are the same for the same routes and calibration, whatever the file."""
    canonical = json.dumps(model_document(model), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def passage_margin(features: Features) -> float:
    """Verbatim passages: enough words in long runs, whole sentences of them, and facts within them.

    House templates and independent reports share up to 41 words in such runs; the shortest excerpt known has 47. Who
    takes a passage takes whole sentences; teaser lists within a sentence have none. The fewer the words, the more facts
    must stand in them. Passages that many stories of the run hold do not count.
    """
    return min(
        (features.verbatim - 42) / 8,
        (features.verbatim_sentences - 25) / 8,
        (features.verbatim_sentences + 3 * features.verbatim_facts - 58) / 8,
        float(features.passages) - 1.5,
    )


def copy_margin(features: Features, *, form: bool = False) -> float:
    """Plain copying: most 3-shingles shared, and the facts with them.

    House templates of short items (dividends, market reports) share up to 90 % of their shingles; the names differ, so
    the shorter the text, the more of its facts must stand in the other. A text of very few facts is asked for its words
    alone, and for more of them, and so is one that is nearly the same word for word.

    Args:
        form: Both texts fill in a form of their house; see `margins`.
    """
    verbatim = (features.jaccard - 0.88) / 0.02
    if features.fact_count < FEW_FACTS:
        return (features.jaccard - 0.8) / 0.05
    short = max(0.0, (SCARCE - features.length) / SCARCE)
    margin = min(
        (features.jaccard - 0.4) / 0.05,
        (features.facts_both - 0.5) / 0.06,
        (features.numbers - 0.4) / 0.1,
        (features.facts_weight - 0.72 - 0.2 * short) / 0.03,
        (features.facts_weight_both - 0.5 - 0.3 * short) / 0.03,
    )
    return min(margin, _form_margin(features)) if form else max(margin, verbatim)


def _form_margin(features: Features) -> float:
    """What two filled-in forms must show: nearly every fact of either in the other."""
    return (features.facts_weight_both - 0.8) / 0.03


def brevity(name: str, length: float) -> float:
    """Margin that a route loses because the shorter text has only so many content stems, 0 or more."""
    loss = BREVITY[name] * max(0.0, ENOUGH - length) / 100
    return loss + SCARCITY * max(0.0, SCARCE - length) / SCARCE


def guard(name: str, length: float) -> float:
    """Share of the facts by weight that a route asks for."""
    return max(GUARDS[name], SCARCE_GUARD) if length < SCARCE else GUARDS[name]


def margins(features: Features, model: Model, *, form: bool = False) -> dict[str, float]:
    """Margin of every route that applies to the pair, by name.

    Args:
        form: Both texts fill in a form of their house: each tells like several others of the run that share few of its
            facts. Only their facts can say then that they tell of the same. Tables are forms in any case.
    """
    form = form or features.figures >= TABLE_FIGURES
    passages = passage_margin(features)
    out = {
        "copy": copy_margin(features, form=form),
        "passages": min(passages, _form_margin(features)) if form else passages,
    }
    if features.length >= MIN_LENGTH and features.length_ratio >= MIN_LENGTH_RATIO:
        for name, route in model.routes.items():
            if name != "condensed" or features.length_ratio <= CONDENSED_LENGTH_RATIO:
                margin = route.margin(features) - brevity(name, features.length)
                margin = min(margin, (features.facts_weight - guard(name, features.length)) / GUARD_UNIT)
                out[name] = min(margin, _form_margin(features)) if form else margin
    return out


def score(margin: float, model: Model) -> float:
    """Calibrated probability, 0..1, of the strongest margin."""
    logit = model.slope * margin + model.offset
    return 1.0 / (1.0 + math.exp(-logit)) if logit > -60 else 0.0
