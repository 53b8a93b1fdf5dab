"""From the numbers of a pair to a calibrated score.

Three routes lead to "one derives from the other", and the strongest counts: all facts carried over by both sides
(paraphrases), the narration carried over (light rewrites), a short text wholly inside a long one (condensed). A fourth
is verbatim passages (excerpts), a fifth plain copying. Each route is monotone: more evidence never lowers a score.
The parameters are in `model.json`, with the command that made them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from newsdedup.verify.features import Features

MIN_LENGTH = 60
"""Content stems; a shorter text may be identical or a copy, never a rewrite: too little to tell by."""

MIN_LENGTH_RATIO = 0.2
"""A text under a fifth of the other's length is no rewrite of it; it may be an excerpt."""

CONDENSED_LENGTH_RATIO = 0.45
"""Above it a text is not called condensed, and must carry over more than one side's facts."""


FEW_FACTS = 4
"""Facts below which a copy need not show that it carries them over."""


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
    data = json.loads(files("newsdedup.verify").joinpath("model.json").read_text(encoding="utf-8"))
    routes = {name: Route(weights=route["weights"], bias=route["bias"]) for name, route in data["routes"].items()}
    return Model(routes=routes, slope=data["calibration"]["slope"], offset=data["calibration"]["offset"])


def passage_margin(features: Features) -> float:
    """Verbatim passages: enough unquoted words in long runs, and facts within them.

    A house template shares up to 37 words in such runs, with up to 8 facts (the outlet, the place), an independent
    report 41 words with 6 facts; the shortest excerpt known has 47 words and 10 facts in them. Passages that many
    stories of the run hold do not count.
    """
    return min((features.verbatim - 42) / 8, (features.verbatim_facts - 9.5) / 2, float(features.passages) - 1.5)


def copy_margin(features: Features) -> float:
    """Plain copying: most 3-shingles shared, and the facts with them.

    House templates of short items (earnings) share up to 60 % of their shingles; their numbers differ. A text of very
    few facts is asked for its words alone, and for more of them.
    """
    if features.fact_count < FEW_FACTS:
        return (features.jaccard - 0.8) / 0.05
    return min((features.jaccard - 0.4) / 0.05, (features.facts_both - 0.5) / 0.06, (features.numbers - 0.4) / 0.1)


def margins(features: Features, model: Model) -> dict[str, float]:
    """Margin of every route that applies to the pair, by name."""
    out = {"copy": copy_margin(features), "passages": passage_margin(features)}
    if features.length >= MIN_LENGTH and features.length_ratio >= MIN_LENGTH_RATIO:
        for name, route in model.routes.items():
            if name != "condensed" or features.length_ratio <= CONDENSED_LENGTH_RATIO:
                out[name] = route.margin(features)
    return out


def score(margin: float, model: Model) -> float:
    """Calibrated probability, 0..1, of the strongest margin."""
    logit = model.slope * margin + model.offset
    return 1.0 / (1.0 + math.exp(-logit)) if logit > -60 else 0.0
