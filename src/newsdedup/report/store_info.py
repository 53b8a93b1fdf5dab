"""What is in a store, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime

from newsdedup.report.plain import count, megabytes, visible
from newsdedup.store.nouns import Info, RunRow


def info_text(info: Info) -> Iterator[str]:
    """A line a fact, its name in a column of its own."""
    older = f", {info.superseded:,} of them older versions" if info.superseded else ""
    facts = {
        "store": info.path,
        "articles": f"{info.articles:,}{older}",
        "seen": f"{_time(info.oldest)} to {_time(info.newest)}" if info.oldest is not None else "nothing yet",
        "matches": f"{info.matches:,}",
        "clusters": f"{info.clusters:,}",
        "outlets": f"{info.outlets:,}",
        "runs": f"{info.runs:,}",
        **({"last run": _run(info.last_run)} if info.last_run is not None else {}),
        **({"clock": _ahead(info)} if info.ahead_days > 1 else {}),
        "on disk": f"{megabytes(info.text_bytes + info.index_bytes)}: {megabytes(info.text_bytes)} articles and "
        f"matches, {megabytes(info.index_bytes)} index ({count(info.segments, 'segment')})",
        "text kept": str(info.keep_text),
        "made": f"{_time(info.created)} by newsdedup {info.version}, schema {info.schema}",
        **{f"with {name}": value for name, value in info.parameters.items()},
    }
    width = max(map(len, map(visible, facts)))
    for name, value in facts.items():
        yield f"{visible(name):<{width}}  {visible(value)}"


def info_json(info: Info) -> Iterator[str]:
    """One JSON object; the members go by the names of the fields, times are ISO 8601 in UTC."""
    found: dict[str, object] = {field.name: getattr(info, field.name) for field in fields(info)}
    found |= {name: _time(getattr(info, name)) for name in ("created", "oldest", "newest")}
    found["keep_text"] = str(info.keep_text)
    found["parameters"] = dict(info.parameters)
    if info.last_run is not None:
        run = info.last_run
        found["last_run"] = {
            "number": run.number,
            "started": _time(run.started),
            "wall": _time(run.wall),
            "ended": _time(run.ended),
            "figures": dict(run.figures),
        }
    yield from json.dumps(found, indent=2).split("\n")


def _run(run: RunRow) -> str:
    ended = f"ended {_time(run.ended)}" if run.ended is not None else "not ended"
    return f"{run.number}, started {_time(run.wall)}, {ended}"


def _ahead(info: Info) -> str:
    out = f"newsdedup store expire {info.path} --keep TIME --set-clock puts it right"
    return f"{info.ahead_days:,.0f} days ahead of this machine's; {out}"


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
