"""The baseline: what was there when the gate was put up, and does not fail it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsdedup.errors import InputError
from newsdedup.gate.check import Check, Match, rank
from newsdedup.result import Verdict

BASELINE_SCHEMA = 1
_AGAIN = 'make it anew with "newsdedup baseline create"'
_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineEntry:
    """The pairs that share a fingerprint.

    Attributes:
        rule: Their verdict.
        hashes: Content hashes of their two texts, sorted.
        count: How many there are: so many are suppressed, a further one is not.
        names: (left, right) ids of each when the baseline was made; a hint for people, and which ones go first.
        reason: What a person wrote beside it; kept when the baseline is updated.
    """

    fingerprint: str
    rule: Verdict
    hashes: tuple[str, str]
    count: int
    names: tuple[tuple[str, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Entries by fingerprint, sorted."""

    entries: Mapping[str, BaselineEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineChange:
    """An entry whose count is another one; `before` or `after` is 0 when it came or went."""

    entry: BaselineEntry
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a run looked, for names that none of its articles has.

    Attributes:
        covers: Whether an article of that name would have been compared if it were there.
        exists: Whether a file of that name is there.
    """

    covers: Callable[[str], bool]
    exists: Callable[[str], bool]


def baseline_of(check: Check) -> Baseline:
    """All that fails in a check or would without its baseline.

    What is allowed or declared is left out, so that it comes back when its rule goes.
    """
    same: dict[str, list[Match]] = {}
    for match in check.matches:
        fails = rank(match.pair.verdict) <= rank(check.fail_on)
        if fails and (match.suppression is None or match.suppression.kind == "baseline"):
            same.setdefault(match.fingerprint, []).append(match)
    return Baseline(
        entries={
            fingerprint: BaselineEntry(
                fingerprint=fingerprint,
                rule=matches[0].pair.verdict,
                hashes=matches[0].hashes,
                count=len(matches),
                names=tuple(sorted((match.pair.left, match.pair.right) for match in matches)),
            )
            for fingerprint, matches in sorted(same.items())
        }
    )


def updated(before: Baseline, check: Check, reach: Reach) -> Baseline:
    """A baseline after a check: what was found, with the reasons that stood there, and what was not looked at.

    A pair that was not found goes only when the check compared the two, or would have if both were there: each of its
    names is an article of the check or lies where it looked, and they are not both known. All others stay, so that a
    check of some drafts takes nothing away from the rest. Where a text of an entry is found under another name, that
    takes the place of a pair that stays and whose files are gone: it was moved.
    """
    found = baseline_of(check).entries
    new, known = frozenset(check.checked.new), frozenset(check.checked.known_ids)

    def compared(names: tuple[str, str]) -> bool:
        return all(name in new or name in known or reach.covers(name) for name in names) and not known.issuperset(names)

    entries = dict(found)
    for fingerprint, old in before.entries.items():
        entry = found.get(fingerprint)
        here = entry.names if entry else ()
        stay = [names for names in old.names if names not in here and not compared(names)]
        came = sum(names not in old.names for names in here)
        moved = [names for names in stay if not all(map(reach.exists, names))][:came]
        names = tuple(sorted({*here, *stay} - {*moved}))
        count = max(len(here), min(len(names), old.count + came))
        if len(old.names) < old.count:  # of some nobody knows the names
            count = max(count, old.count)
        if count:
            entries[fingerprint] = replace(old, count=count, names=names)
    return Baseline(entries=dict(sorted(entries.items())))


def changes(before: Baseline, after: Baseline) -> tuple[BaselineChange, ...]:
    """What came, went or changed its count, sorted by the names of the articles."""
    out = []
    for fingerprint in before.entries.keys() | after.entries.keys():
        old, new = before.entries.get(fingerprint), after.entries.get(fingerprint)
        counts = old.count if old else 0, new.count if new else 0
        entry = new or old
        if entry and counts[0] != counts[1]:
            out.append(BaselineChange(entry=entry, before=counts[0], after=counts[1]))
    return tuple(sorted(out, key=lambda change: (change.entry.names, change.entry.fingerprint)))


def baseline_lines(baseline: Baseline) -> Iterator[str]:
    """The lines of a baseline file: JSON with an entry a line, sorted, so that a difference in git is what changed."""
    yield f'{{"type":"newsdedup-baseline","schema":{BASELINE_SCHEMA},"findings":['
    entries = [entry for _, entry in sorted(baseline.entries.items())]
    for place, entry in enumerate(entries, start=1):
        fields: dict[str, object] = {
            "fingerprint": entry.fingerprint,
            "rule": str(entry.rule),
            "count": entry.count,
            "names": [list(names) for names in entry.names],
            "hashes": list(entry.hashes),
        }
        if entry.reason:
            fields["reason"] = entry.reason
        # Lone surrogates, which ids of a program's own articles may hold, cannot be written as UTF-8.
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        try:
            text.encode()
        except UnicodeEncodeError:
            text = json.dumps(fields, separators=(",", ":"))
        yield text + ("," if place < len(entries) else "")
    yield "]}"


def read_baseline(path: Path) -> Baseline:
    """The baseline that stands in a file.

    Raises:
        InputError: There is no such file, it is damaged, or it is no baseline that this version reads.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f'{path}: no such baseline; make one with "newsdedup baseline create"') from None
    except OSError as error:
        raise InputError(f"{path}: the baseline cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a baseline, or damaged: not UTF-8; {_AGAIN}") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(_MARKERS):
            raise InputError(
                f"{path} line {number}: a merge conflict; take out the marks and keep the lines of both sides, then "
                'run "newsdedup baseline update"'
            )
    try:
        document = _document(text)
    except (ValueError, RecursionError) as error:
        place = f" line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{path}{place}: not a baseline, or damaged: no valid JSON; {_AGAIN}") from None
    return _baseline(document, path)


def _document(text: str) -> object:
    """The JSON of a baseline; where it is broken, its lines, whose commas a merge by hand leaves behind or takes away.

    Raises:
        ValueError: Not even the lines are JSON.
    """
    try:
        return json.loads(text)
    except ValueError:
        head, *lines = text.strip().splitlines() or [""]
        if not lines or lines.pop() != "]}":
            raise
        findings = [json.loads(line.rstrip().removesuffix(",")) for line in lines if line.strip()]
        return {**json.loads(f"{head}]}}"), "findings": findings}


def _baseline(document: object, path: Path) -> Baseline:
    if not isinstance(document, dict) or document.get("type") != "newsdedup-baseline":
        raise InputError(f'{path}: not a baseline of newsdedup ("type" is missing); {_AGAIN}')
    if document.get("schema") != BASELINE_SCHEMA:
        raise InputError(
            f"{path}: baseline schema {document.get('schema')!r:.40}; this version reads {BASELINE_SCHEMA}; use the "
            f"version that made it, or {_AGAIN}"
        )
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise InputError(f'{path}: a damaged baseline, "findings" is no list; {_AGAIN}')
    entries: dict[str, BaselineEntry] = {}
    for number, fields in enumerate(findings, start=1):
        entry = _entry(fields)
        if entry is None:
            raise InputError(f"{path}: a damaged baseline, finding {number} cannot be read; remove it, or {_AGAIN}")
        twin = entries.get(entry.fingerprint, entry)
        if (twin.rule, twin.hashes) != (entry.rule, entry.hashes):
            raise InputError(f"{path}: a damaged baseline, finding {number} contradicts an earlier one; remove one")
        entries[entry.fingerprint] = _both(twin, entry)
    return Baseline(entries=dict(sorted(entries.items())))


def _both(one: BaselineEntry, other: BaselineEntry) -> BaselineEntry:
    """One entry for two with a fingerprint, as a merge that keeps both sides leaves them.

    The larger count holds and not the sum, since both sides count what was there before; what is one too many then
    fails, and an update takes it in. No name and no reason is lost.
    """
    if one == other:
        return one
    reasons = dict.fromkeys(reason for reason in (one.reason, other.reason) if reason)
    names = tuple(sorted({*one.names, *other.names}))
    return replace(one, count=max(one.count, other.count), names=names, reason="; ".join(reasons))


def _entry(fields: object) -> BaselineEntry | None:
    """The entry that the fields of a finding make; None when one is missing or of another kind."""
    if not isinstance(fields, dict):
        return None
    fingerprint, rule, count = (fields.get(name) for name in ("fingerprint", "rule", "count"))
    hashes, names, reason = fields.get("hashes"), fields.get("names", []), fields.get("reason") or ""
    if not isinstance(fingerprint, str) or rule not in list(Verdict) or not isinstance(reason, str):
        return None
    if not isinstance(count, int) or isinstance(count, bool) or count < 1 or not _is_pair(hashes):
        return None
    if not isinstance(names, list) or not all(map(_is_pair, names)):
        return None
    return BaselineEntry(
        fingerprint=fingerprint,
        rule=Verdict(rule),
        hashes=(hashes[0], hashes[1]),  # type: ignore[index]  # `_is_pair` has seen it
        count=count,
        names=tuple((left, right) for left, right in names),
        reason=reason,
    )


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)
