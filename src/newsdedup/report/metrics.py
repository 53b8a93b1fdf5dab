"""What an ingest did, for monitoring: the Prometheus text format 0.0.4, as node_exporter's textfile collector reads it.

Source:
    https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.result import RunFigures


def metrics_lines(figures: RunFigures, store: str, *, now: float) -> Iterator[str]:
    """The lines of a metrics file, all gauges, each with the store as its label.

    Args:
        figures: Of a run that has succeeded: what is in the file is as old as its last success.
        store: Name of the store, such as its absolute path.
        now: When the run succeeded, in seconds since 1970.
    """
    label = f'{{store="{_escaped(store)}"}}'
    for name, said, value in _gauges(figures, now):
        yield f"# HELP newsdedup_{name} {said}"
        yield f"# TYPE newsdedup_{name} gauge"
        yield f"newsdedup_{name}{label} {value}"


def _gauges(figures: RunFigures, now: float) -> Iterator[tuple[str, str, str]]:
    yield "run_new_articles", "Articles that the last run added.", str(figures.new)
    yield "run_new_versions", "Further texts of known articles that the last run added.", str(figures.versions)
    yield "run_repeated_articles", "Articles that the last run met again.", str(figures.repeated)
    yield "run_matched_pairs", "Pairs that the last run reported.", str(figures.matched)
    yield "run_skipped_inputs", "Inputs that the last run could not read.", str(figures.skipped)
    yield "run_seconds", "Wall time of the last run.", f"{figures.seconds:.3f}"
    yield "store_articles", "Articles in the store, every version counted.", str(figures.store_articles)
    yield "store_bytes", "What the store takes on disk.", str(figures.store_bytes)
    yield "last_success_timestamp_seconds", "When the last run that succeeded ended.", f"{now:.3f}"


def _escaped(text: str) -> str:
    """A label value; bytes of a file name that are no UTF-8 are shown as escapes."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
