"""From what a check found to what it says: every pair seen from its new article, put together, held to the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsdedup.article import Article
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.baseline import Baseline
from newsdedup.gate.check import Check, Finding, Match, Suppression, matched_sentences, rank
from newsdedup.gate.declared import declared_source
from newsdedup.gate.fingerprint import content_hash, match_fingerprint
from newsdedup.result import Checked, Pair, Verdict

_WHOLE = frozenset({Verdict.IDENTICAL, Verdict.COPY, Verdict.REVISION, Verdict.REWRITE})
"""The verdicts by which one whole text derives from the other."""
_SAME_SENTENCES = 0.5  # of the fewer ones for whole texts, of both together for passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What fails a check and what does not.

    Attributes:
        fail_on: The weakest verdict that fails.
        baseline: None when none was given.
        allow: In the order of the configuration.
        allow_declared: Whether a copy may name its source; see `declared_source`.
        today: For rules that expire.
    """

    fail_on: Verdict = Verdict.REWRITE
    baseline: Baseline | None = None
    allow: tuple[AllowRule, ...] = ()
    allow_declared: bool = False
    today: date


def decide(checked: Checked, policy: Policy) -> Check:
    """The findings of a check, which of them fail, and which are suppressed and why.

    The matches of a new article that concern one story are one finding: whole texts (identical, copy, revision,
    rewrite) that match the same sentences of it; excerpts that share the same passages of it; all that tell the same
    event; all that fill in the same form.
    """
    by_article: dict[str, list[Match]] = {}
    for match in _suppressed(_matches(checked), policy):
        by_article.setdefault(match.article.id, []).append(match)
    findings = [
        _finding(group, policy.fail_on)
        for _, matches in sorted(by_article.items())
        for group in _groups(sorted(matches, key=lambda match: match.strength))
    ]
    findings.sort(key=lambda finding: (finding.lead.article.id, finding.lead.strength))
    return Check(
        checked=checked,
        findings=tuple(findings),
        fail_on=policy.fail_on,
        notes=(*checked.result.notes, *_expired(policy)),
        against_baseline=policy.baseline is not None,
    )


def _expired(policy: Policy) -> list[str]:
    return [
        f'allow rule {number} ("{rule.reason}") expired on {rule.expires}'
        for number, rule in enumerate(policy.allow, start=1)
        if not rule.holds(policy.today)
    ]


def _matches(checked: Checked) -> list[Match]:
    """One match a pair, by the ids of the pair, with ordinals."""
    new = frozenset(checked.new)
    hashes = {id_: content_hash(article) for id_, article in sorted(checked.texts.items())}
    seen: dict[str, int] = {}
    out = []
    for pair in sorted(checked.result.pairs, key=lambda pair: (pair.left, pair.right)):
        article, other = _sides(pair, new, checked.texts)
        left, right = sorted((hashes[article.id], hashes[other.id]))
        fingerprint = match_fingerprint(pair.verdict, (left, right))
        seen[fingerprint] = seen.get(fingerprint, 0) + 1
        out.append(
            Match(
                pair=pair,
                article=article,
                other=other,
                known=other.id not in new,
                sentences=(len(checked.sentences[article.id]), len(checked.sentences[other.id])),
                hashes=(left, right),
                fingerprint=fingerprint,
                ordinal=seen[fingerprint],
            )
        )
    return out


def _sides(pair: Pair, new: frozenset[str], texts: Mapping[str, Article]) -> tuple[Article, Article]:
    """The article that a match is about, and the other one."""
    left, right = texts[pair.left], texts[pair.right]
    if pair.left in new and pair.right in new:
        return (left, right) if pair.source == "right" else (right, left)
    return (left, right) if pair.left in new else (right, left)


def _suppressed(matches: Sequence[Match], policy: Policy) -> list[Match]:
    """The matches with what the policy says of each; a rule that allows one is told before the baseline."""
    ruled = [replace(match, suppression=_by_rule(match, policy)) for match in matches]
    if policy.baseline is None:
        return ruled
    entries = policy.baseline.entries
    waiting: dict[str, list[int]] = {}
    for place, match in enumerate(ruled):
        if match.fingerprint in entries:
            waiting.setdefault(match.fingerprint, []).append(place)
    for fingerprint, places in waiting.items():
        entry = entries[fingerprint]
        named = frozenset(entry.names)
        # Those that it names; of the others first those that need it.
        places.sort(
            key=lambda place: (
                (ruled[place].pair.left, ruled[place].pair.right) not in named,
                ruled[place].suppression is not None,
                place,
            )
        )
        for place in places[: entry.count]:
            if ruled[place].suppression is None:
                ruled[place] = replace(ruled[place], suppression=Suppression(kind="baseline", reason=entry.reason))
    return ruled


def _by_rule(match: Match, policy: Policy) -> Suppression | None:
    for rule in policy.allow:
        if rule.holds(policy.today) and rule.fits(match.pair.verdict, match.article, match.other):
            return Suppression(kind="allowed", reason=rule.told)
    if policy.allow_declared and match.known and match.pair.verdict in (Verdict.IDENTICAL, Verdict.COPY):
        how = declared_source(match.article, match.other)
        return Suppression(kind="declared", reason=how) if how else None
    return None


def _groups(matches: Sequence[Match]) -> list[list[Match]]:
    """The matches of one article, the strongest first, put together by story."""
    groups: list[tuple[frozenset[int], list[Match]]] = []
    for match in matches:
        sentences = frozenset(matched_sentences(match.pair, match.side))
        for held, group in groups:
            if _same_story((group[0].pair.verdict, match.pair.verdict), held, sentences):
                group.append(match)
                break
        else:
            groups.append((sentences, [match]))
    return [group for _, group in groups]


def _same_story(kinds: tuple[Verdict, Verdict], mine: frozenset[int], yours: frozenset[int]) -> bool:
    """Whether two matches of one article, the stronger one first, concern one story.

    Args:
        kinds: Their verdicts.
        mine: Numbers of the article's sentences that the first one holds.
        yours: Those of the second one.
    """
    if kinds[0] in _WHOLE and kinds[1] in _WHOLE:
        # Without aligned sentences (the same words, a very short text) the whole article matches.
        return len(mine & yours) >= _SAME_SENTENCES * min(len(mine), len(yours))
    if kinds[0] is not kinds[1]:
        return False
    if kinds[0] is Verdict.EXCERPT:
        return len(mine & yours) >= _SAME_SENTENCES * len(mine | yours)
    return True


def _finding(matches: Sequence[Match], fail_on: Verdict) -> Finding:
    ordered = sorted(matches, key=lambda match: (match.suppression is not None, match.strength))
    fails = any(match.suppression is None and rank(match.pair.verdict) <= rank(fail_on) for match in ordered)
    return Finding(matches=tuple(ordered), fails=fails)
