"""Metrics of an ingest: what a Prometheus client reads out of the file is what the run did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from newsdedup.report.metrics import metrics_lines
from test_report_samples import FIGURES


def families(store: str = "/var/lib/news.db", now: float = 1_700_000_000.25) -> Iterable[Metric]:
    text = "".join(f"{line}\n" for line in metrics_lines(FIGURES, store, now=now))
    return text_string_to_metric_families(text)


def test_every_figure_is_a_gauge_with_the_store_as_its_label() -> None:
    found = {family.name: family for family in families()}
    assert {name: family.samples[0].value for name, family in found.items()} == {
        "newsdedup_run_new_articles": 40,
        "newsdedup_run_new_versions": 2,
        "newsdedup_run_repeated_articles": 58,
        "newsdedup_run_matched_pairs": 3,
        "newsdedup_run_skipped_inputs": 1,
        "newsdedup_run_seconds": 1.234,
        "newsdedup_store_articles": 10_240,
        "newsdedup_store_bytes": 33_100_000,
        "newsdedup_last_success_timestamp_seconds": 1_700_000_000.25,
    }
    for family in found.values():
        assert (family.type, bool(family.documentation), len(family.samples)) == ("gauge", True, 1)
        assert family.samples[0].labels == {"store": "/var/lib/news.db"}


@pytest.mark.parametrize("store", ['/a "b"/c.db', "C:\\news\\new.db", "/a\nb.db", "/日本/{x=1}, y.db", "/a}b 1 # c"])
def test_a_label_is_read_back_as_it_was(store: str) -> None:
    assert {family.samples[0].labels["store"] for family in families(store)} == {store}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30))
def test_any_name_is_read_back_as_it_was(store: str) -> None:
    assert {family.samples[0].labels["store"] for family in families(store)} == {store}


def test_a_file_name_that_is_no_utf_8_can_still_be_written() -> None:
    lines = list(metrics_lines(FIGURES, "/a\udcff.db", now=1.0))
    assert {line.encode("utf-8").isascii() for line in lines} == {True}
    assert {family.samples[0].labels["store"] for family in families("/a\udcff.db")} == {"/a\\udcff.db"}


def test_the_format_asks_for_nothing_but_finite_plain_numbers() -> None:
    lines = list(metrics_lines(replace(FIGURES, seconds=1e-7, store_bytes=10**15), "s", now=1e9))
    assert [line.rpartition(" ")[2] for line in lines if line.startswith("newsdedup_")][5:] == [
        *("0.000", "10240", "1000000000000000", "1000000000.000"),
    ]
