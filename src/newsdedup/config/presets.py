"""Presets: settings for one kind of work, by name; every value has its reason, which is written out with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value that a preset sets.

    Attributes:
        key: Name of the setting.
        value: As a configuration writes it.
        reason: Why it is not the default, and what was measured; one line each.
    """

    key: str
    value: str | float | bool
    reason: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings for one kind of work; what it does not set keeps its default."""

    name: str
    purpose: str
    choices: tuple[Choice, ...]


_PRESETS = (
    Preset(
        name="wire",
        purpose="Agency feeds: takes, updates and clients' versions, days apart.",
        choices=(
            Choice(
                key="window",
                value="3d",
                reason=(
                    "A feed grows for ever, and its stories are retold while they are news. In benchmarks/newsroom no",
                    "rewrite is over 1.8 days from its source: 2d, 3d and no window find 142 of 144, 1d finds 135.",
                    "Copies, revisions and excerpts are found at any distance.",
                ),
            ),
        ),
    ),
    Preset(
        name="local-news",
        purpose="A local newsroom: partner copy, and stories that come every year.",
        choices=(
            Choice(
                key="window",
                value="30d",
                reason=(
                    "Fairs, budgets and council elections come back each year and are told in last year's way; a",
                    "rewrite of somebody's story follows within weeks. benchmarks/newsroom loses nothing (142 of 144).",
                ),
            ),
            Choice(
                key="allow_declared",
                value=True,
                reason=(
                    "Partner copy that names its source is printed under an agreement, and no finding in a check.",
                ),
            ),
        ),
    ),
    Preset(
        name="press-releases",
        purpose="Releases may be retold, and printed when named, but not pasted in.",
        choices=(
            Choice(
                key="fail_on",
                value="excerpt",
                reason=(
                    "A rewrite is reported and does not fail a check; taken-over passages do. In benchmarks/newsroom",
                    "all 72 copies, revisions and excerpts fail by this line, and none of the 72 rewrites.",
                ),
            ),
            Choice(
                key="allow_declared",
                value=True,
                reason=("A release that is printed whole and says whose it is, is no finding in a check.",),
            ),
        ),
    ),
    Preset(
        name="short-items",
        purpose="Briefs, teasers and feed descriptions of 40 to 100 words.",
        choices=(
            Choice(
                key="min_score",
                value=0.55,
                reason=(
                    "A short text has little to show, and its score stays low. Eight labelled sets cut to about 60",
                    "words: .55 finds 578 of 1,386 where .7 finds 547, with 2 false reports instead of 1; whole",
                    "articles would have 9 instead of none.",
                ),
            ),
        ),
    ),
    Preset(
        name="strict-ci",
        purpose="A gate that would rather ask about one article too many.",
        choices=(
            Choice(
                key="min_score",
                value=0.6,
                reason=(
                    "Eight labelled sets: .6 finds 1,261 of 1,386 where .7 finds 1,245 (of the hard cases 91 instead",
                    "of 84 of 124), with 5 false reports instead of none.",
                ),
            ),
            Choice(
                key="strict",
                value=True,
                reason=("An article that could not be read was not checked: exit 3 instead of 0.",),
            ),
        ),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _PRESETS}
