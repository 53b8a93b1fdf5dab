"""`newsdedup store` over a stand-in: what is asked of the store, what a person reads, and which code comes out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli_store import StandIn, stand_in
from newsdedup.errors import StoreError
from newsdedup.store.nouns import Expired, Info, KeepText, Migrated, RunRow

STORE = Path("news.db")
INFO = Info(
    path="news.db",
    schema=1,
    version="0.1.0",
    keep_text=KeepText.FULL,
    parameters={"lang": "None", "views": "copy,terms"},
    created=1_700_000_000.0,
    articles=10_240,
    superseded=12,
    matches=1_204,
    clusters=311,
    outlets=24,
    runs=1_201,
    last_run=RunRow(
        number=1_201, started=1_700_003_600.5, wall=1_700_003_600.5, ended=1_700_003_602.0, figures={"new": 4}
    ),
    oldest=1_700_000_000.0,
    newest=1_700_003_600.0,
    text_bytes=20_000_000,
    index_bytes=13_100_000,
    segments=7,
    ahead_days=0.0,
)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> StandIn:
    made = stand_in(monkeypatch, tmp_path, capsys)
    STORE.write_bytes(b"SQLite format 3\0")
    return made


@pytest.mark.parametrize("command", ["info", "verify", "expire --keep 90d", "migrate", "backup copy.db"])
def test_a_store_that_cannot_be_used_is_exit_code_4(store: StandIn, command: str) -> None:
    store.error = StoreError("news.db: made by a newer version; update newsdedup")
    name, *more = command.split()
    code, out, err = store.run("store", name, "news.db", *more)
    assert (code, out, err) == (4, "", "newsdedup: error: news.db: made by a newer version; update newsdedup\n")


def test_no_command_shows_the_help_and_exits_2(store: StandIn) -> None:
    code, out, err = store.run("store")
    assert (code, out) == (2, "")
    assert [each for each in ("info", "verify", "expire", "migrate", "backup") if f"  {each} " not in err] == []


class TestInfo:
    def test_is_a_line_a_fact(self, store: StandIn) -> None:
        store.answer = INFO
        assert store.run("store", "info", "news.db") == (
            0,
            "store       news.db\n"
            "articles    10,240, 12 of them older versions\n"
            "seen        2023-11-14T22:13:20Z to 2023-11-14T23:13:20Z\n"
            "matches     1,204\n"
            "clusters    311\n"
            "outlets     24\n"
            "runs        1,201\n"
            "last run    1201, started 2023-11-14T23:13:20Z, ended 2023-11-14T23:13:22Z\n"
            "on disk     33.1 MB: 20.0 MB articles and matches, 13.1 MB index (7 segments)\n"
            "text kept   full\n"
            "made        2023-11-14T22:13:20Z by newsdedup 0.1.0, schema 1\n"
            "with lang   None\n"
            "with views  copy,terms\n",
            "",
        )

    def test_of_an_empty_store(self, store: StandIn) -> None:
        store.answer = replace(INFO, articles=0, superseded=0, runs=0, last_run=None, oldest=None, newest=None)
        lines = store.run("store", "info", "news.db")[1].splitlines()
        assert lines[1:3] == ["articles    0", "seen        nothing yet"]
        assert not [line for line in lines if line.startswith("last run")]

    def test_says_of_a_run_that_was_cut_off_that_it_has_not_ended(self, store: StandIn) -> None:
        assert INFO.last_run is not None
        store.answer = replace(INFO, last_run=replace(INFO.last_run, ended=None))
        assert "last run    1201, started 2023-11-14T23:13:20Z, not ended\n" in store.run("store", "info", "news.db")[1]

    def test_says_of_a_clock_that_is_ahead_how_it_is_put_right(self, store: StandIn) -> None:
        store.answer = replace(INFO, ahead_days=1_460.2)
        told = (
            "clock       1,460 days ahead of this machine's; newsdedup store expire news.db --keep TIME --set-clock "
            "puts it right\n"
        )
        assert told in store.run("store", "info", "news.db")[1]

    def test_is_an_object_for_programs(self, store: StandIn) -> None:
        store.answer = INFO
        found = json.loads(store.run("store", "info", "news.db", "--format", "json")[1])
        assert found == {
            **{"path": "news.db", "schema": 1, "version": "0.1.0", "keep_text": "full", "articles": 10_240},
            **{"parameters": {"lang": "None", "views": "copy,terms"}, "superseded": 12, "matches": 1_204},
            **{"clusters": 311, "outlets": 24, "runs": 1_201, "segments": 7},
            **{
                "text_bytes": 20_000_000,
                "index_bytes": 13_100_000,
                "ahead_days": 0.0,
                "created": "2023-11-14T22:13:20Z",
            },
            **{"oldest": "2023-11-14T22:13:20Z", "newest": "2023-11-14T23:13:20Z"},
            "last_run": {
                "number": 1_201,
                "started": "2023-11-14T23:13:20Z",
                "wall": "2023-11-14T23:13:20Z",
                "ended": "2023-11-14T23:13:22Z",
                "figures": {"new": 4},
            },
        }


class TestVerify:
    def test_says_that_a_store_is_sound(self, store: StandIn) -> None:
        store.answer = ()
        assert store.run("store", "verify", "news.db") == (0, "sound\n", "")
        assert store.asked == {"arguments": (STORE,), "sample": 1000}

    def test_names_a_problem_a_line_and_exits_4(self, store: StandIn) -> None:
        store.answer = ("postings-00000001: checksum differs", "article a\nb: its signature differs")
        found = store.run("store", "verify", "news.db", "--sample", "5")
        assert found == (4, "postings-00000001: checksum differs\narticle a\\nb: its signature differs\n", "")
        assert store.asked["sample"] == 5

    def test_refuses_a_sample_that_is_no_number(self, store: StandIn) -> None:
        assert store.run("store", "verify", "news.db", "--sample", "-1")[0] == 2


class TestExpire:
    @pytest.mark.parametrize(("keep", "days"), [("90d", 90.0), ("90", 90.0), ("36h", 1.5)])
    def test_keeps_what_it_is_told_to(self, store: StandIn, keep: str, days: float) -> None:
        store.answer = Expired(articles=120, left=10_120, bytes_freed=3_100_000, touched=())
        assert store.run("store", "expire", "news.db", "--keep", keep, "--lock-timeout", "5m") == (
            0,
            "",
            "newsdedup: expired 120 articles of news.db: 10,120 left, 3.1 MB freed\n",
        )
        assert store.asked == {
            "arguments": (STORE, days),
            "lock_timeout_seconds": 300.0,
            "force": False,
            "set_clock": False,
            "progress": None,
        }
        assert store.run("store", "expire", "news.db", "--keep", keep, "--force", "-q") == (0, "", "")
        assert store.asked["force"] is True
        assert store.run("store", "expire", "news.db", "--keep", keep, "--set-clock", "-q") == (0, "", "")
        assert store.asked["set_clock"] is True

    @pytest.mark.parametrize("keep", ["0", "0d", "-1d", "nan", "inf", "forever", ""])
    def test_refuses_to_keep_no_time(self, store: StandIn, keep: str) -> None:
        code, _, err = store.run("store", "expire", "news.db", "--keep", keep)
        assert (code, store.events) == (2, [])
        assert f"--keep is {keep or 'empty'}; allowed: a time above 0 such as 30s, 5m, 36h, 90d, or a number" in err


class TestMigrate:
    @pytest.mark.parametrize(
        ("words", "views", "lang"),
        [
            ((), None, "keep"),
            (("--views", "facts,copy"), frozenset({"facts", "copy"}), "keep"),
            (("--lang", "DE"), None, "de"),
            (("--lang", "none"), None, None),
        ],
    )
    def test_changes_what_the_command_line_names_and_nothing_else(
        self, store: StandIn, words: tuple[str, ...], views: frozenset[str] | None, lang: str | None
    ) -> None:
        Path("newsdedup.yaml").write_text("lang: fr\nviews: [copy]\n", encoding="utf-8")
        store.answer = Migrated(articles=12, from_={"views": "copy", "lang": "en"}, to={"views": "facts", "lang": "de"})
        assert store.run("store", "migrate", "news.db", *words) == (
            0,
            "",
            "newsdedup: migrated 12 articles of news.db: lang en -> de, views copy -> facts\n",
        )
        asked = {"views": views, "lang": lang, "lock_timeout_seconds": 0.0, "progress": None}
        assert store.asked == {"arguments": (STORE,), **asked}

    @pytest.mark.parametrize(("option", "value"), [("--views", "all"), ("--views", ""), ("--lang", "german")])
    def test_refuses_what_no_setting_may_be(self, store: StandIn, option: str, value: str) -> None:
        code, _, err = store.run("store", "migrate", "news.db", option, value)
        assert (code, store.events) == (2, [])
        assert err.startswith(f"newsdedup: error: command line: {option} is {value or 'empty'}; allowed: ")

    def test_says_when_there_was_nothing_to_do(self, store: StandIn) -> None:
        store.answer = Migrated(articles=0, from_={"views": "copy"}, to={"views": "copy"})
        err = store.run("store", "migrate", "news.db")[2]
        assert err == "newsdedup: migrated 0 articles of news.db: the parameters are as they were\n"


class TestBackup:
    def test_names_what_it_wrote(self, store: StandIn) -> None:
        store.answer = 33_100_000
        assert store.run("store", "backup", "news.db", "copy.db") == (
            0,
            "",
            "newsdedup: backed up news.db to copy.db: 33.1 MB\n",
        )
        assert store.asked == {"arguments": (STORE, Path("copy.db"))}
