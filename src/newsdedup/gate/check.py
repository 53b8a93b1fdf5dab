"""What a check decides on: matches, the findings they make, and the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from posixpath import join, normpath
from typing import Literal

from newsdedup.article import Article
from newsdedup.result import Checked, Pair, Verdict

_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


def rank(verdict: Verdict) -> int:
    """0 for the strongest verdict; a check fails at the rank of its `fail_on` and below it."""
    return _RANKS[verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why a match does not fail the check; it is shown all the same.

    Attributes:
        kind: `baseline`, it was there before; `allowed`, by a rule of the configuration; `declared`, the article names
            the other one as its source.
        reason: For a person; "" when none was given.
    """

    kind: Literal["baseline", "allowed", "declared"]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Lines of a file, from 1, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One pair as seen from its new article.

    Attributes:
        article: The new side; of two new ones the one that is not the likely source, else the one with the greater id.
        known: Whether the other one is known; else it is new as well.
        sentences: How many sentences the two have, the new one first.
        hashes: Content hashes of both, sorted.
        fingerprint: Of the verdict and the hashes; the same wherever the files stand.
        ordinal: From 1, among the matches that have the fingerprint, in the order of their ids.
        suppression: None when the match counts.
        region: Lines of the new article's file with the matched sentences; None when they were not found.
        other_region: The same for the other one.
    """

    pair: Pair
    article: Article
    other: Article
    known: bool
    sentences: tuple[int, int]
    hashes: tuple[str, str]
    fingerprint: str
    ordinal: int = 1
    suppression: Suppression | None = None
    region: Region | None = None
    other_region: Region | None = None

    @property
    def side(self) -> Literal["left", "right"]:
        """The side of the new article in the pair."""
        return "left" if self.article.id == self.pair.left else "right"

    @property
    def is_source(self) -> bool:
        """Whether the new article is thought to be what the other one was made from.

        A known article was there first, whatever the texts suggest; only times of publication say otherwise.
        """
        return self.pair.source == self.side and (not self.known or _published_before(self.article, self.other))

    @property
    def strength(self) -> tuple[int, int, bool, float, str]:
        """Sorts the strongest first; of two about as likely, a known article goes before a new one."""
        tenths = min(9, int(self.pair.score * 10))
        return rank(self.pair.verdict), -tenths, not self.known, -self.pair.score, self.other.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one new article has in common with one story.

    Attributes:
        matches: The strongest that is not suppressed first.
        fails: Whether one that is not suppressed is at or above the check's `fail_on`.
    """

    matches: tuple[Match, ...]
    fails: bool

    @property
    def lead(self) -> Match:
        """The match that the finding is told by."""
        return self.matches[0]

    @property
    def suppressed(self) -> bool:
        """Whether every match is."""
        return self.lead.suppression is not None

    @property
    def level(self) -> Literal["error", "warning", "note"]:
        """`error` when it fails, `note` when it is suppressed, or says less than that one derives from the other."""
        if self.fails:
            return "error"
        return "note" if self.suppressed or rank(self.lead.pair.verdict) >= rank(Verdict.RELATED) else "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check found and decided.

    Attributes:
        findings: Sorted by the article's id, then the strongest first.
        fail_on: The weakest verdict that fails.
        notes: One-line messages about the run and the rules.
        against_baseline: Whether a baseline was given.
        folder: The working directory, from which files are named, as seen from the top of its checkout; "" there.
    """

    checked: Checked
    findings: tuple[Finding, ...]
    fail_on: Verdict
    notes: tuple[str, ...] = ()
    against_baseline: bool = False
    folder: str = ""

    @property
    def matches(self) -> Iterator[Match]:
        """Of all findings."""
        return (match for finding in self.findings for match in finding.matches)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that fail."""
        return tuple(finding for finding in self.findings if finding.fails)

    @property
    def below(self) -> tuple[Finding, ...]:
        """The findings that are neither suppressed nor strong enough to fail."""
        return tuple(finding for finding in self.findings if not finding.fails and not finding.suppressed)

    @property
    def suppressed(self) -> tuple[Finding, ...]:
        """The findings all of whose matches are suppressed."""
        return tuple(finding for finding in self.findings if finding.suppressed)

    @property
    def failed(self) -> bool:
        """Whether anything fails."""
        return any(finding.fails for finding in self.findings)

    @property
    def by_urgency(self) -> tuple[Finding, ...]:
        """What fails first, then what is below, then what is suppressed; each the strongest first."""
        return tuple(
            sorted(
                self.findings,
                key=lambda finding: (
                    not finding.fails,
                    finding.suppressed,
                    finding.lead.strength[:-1],
                    finding.lead.article.id,
                    finding.lead.other.id,
                ),
            )
        )


def _published_before(one: Article, other: Article) -> bool:
    """Whether both say when they were published, and the first one earlier; by day where one gives the day alone."""
    from newsdedup.verify.direction import parse_time  # noqa: PLC0415  # numpy, and `--help` imports the formats

    (first, day), (second, other_day) = parse_time(one.published), parse_time(other.published)
    if first is None or second is None:
        return False
    return first.date() < second.date() if day or other_day else first < second


def matched_sentences(pair: Pair, side: str) -> list[int]:
    """Numbers, from 1, of one side's sentences that the evidence names, sorted; of an excerpt those of its passages."""
    evidence = pair.evidence
    if pair.verdict is Verdict.EXCERPT and evidence.passages:
        ends = [passage[:2] if side == "left" else passage[2:] for passage in evidence.passages]
        return sorted({number for first, last in ends for number in range(first, last + 1)})
    return sorted({each.left if side == "left" else each.right for each in evidence.sentences})


def file_of(article: Article, folder: str = "") -> str:
    """The file that an article stands in, by its real name, with forward slashes; its id when it was made in memory.

    Args:
        folder: As seen from where the name counts from the working directory; see `Check.folder`.
    """
    if not article.origin:
        return article.id
    file = PurePath(article.origin).as_posix()
    return normpath(join(folder, file)) if folder else file


def lines_of(article: Article, region: Region | None) -> Region:
    """The lines to point at: those found, else the line of a record, else the first, as for an entry of a feed."""
    line = 1 if article.line is None or article.in_feed else article.line
    return region or Region(first=line, last=line)
