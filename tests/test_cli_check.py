"""The gate from the command line, over real files: what fails, what passes, and what stays the same."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import pytest

from cli_desk import COPY, EXCERPT, OWN, REWRITE, Desk, heads
from conftest import REPOSITORY


class TestTheGate:
    def test_fails_on_what_repeats_the_archive_and_says_what(self, desk: Desk) -> None:
        for name in (COPY, REWRITE, EXCERPT, OWN):
            desk.put(f"drafts/{name}.md", name)
        code, out, _ = desk.run("check", "drafts", "--against", "archive")
        assert code == 1
        assert heads(out) == [
            "drafts/k01-syndicated.md: copies archive/b1.md",
            "drafts/k02-spun.md: rewrites archive/b2.md",
            "drafts/k03-excerpt.md: shares passages with archive/b3.md",
        ]
        assert "4 new articles against 6: 3 findings" in out

    def test_lets_pass_what_reports_the_same_event_on_its_own(self, desk: Desk) -> None:
        desk.put("drafts/a.md", OWN)
        code, out, _ = desk.run("check", "drafts/a.md", "--against", "archive")
        assert (code, heads(out)) == (0, [])

    @pytest.mark.parametrize(
        ("weakest", "codes"), [("identical", (0, 0, 0)), ("copy", (1, 0, 0)), ("excerpt", (1, 1, 0))]
    )
    def test_fails_at_and_above_the_verdict_that_is_asked_for(
        self, desk: Desk, weakest: str, codes: tuple[int, ...]
    ) -> None:
        for name, code in zip((COPY, EXCERPT, REWRITE), codes, strict=True):
            draft = desk.put("drafts/a.md", name)
            found, out, _ = desk.run("check", str(draft), "--against", "archive", "--fail-on", weakest)
            assert (found, len(heads(out))) == (code, 1), name

    def test_can_fail_on_related_reports(self, desk: Desk) -> None:
        desk.put("drafts/a.md", "k01-independent")
        code, out, _ = desk.run("check", "drafts", "--against", "archive", "--fail-on", "related")
        assert (code, heads(out)) == (1, ["drafts/a.md: reports the same event as archive/b1.md"])

    def test_holds_new_articles_against_each_other(self, desk: Desk) -> None:
        desk.put("drafts/a.md", "k01-spun")
        desk.put("drafts/b.md", "k01-orig")
        code, out, _ = desk.run("check", "drafts")
        assert (code, len(heads(out))) == (1, 1)
        assert "2 new articles: 1 finding" in out or "2 new articles against 0: 1 finding" in out

    def test_does_not_hold_an_article_against_itself(self, desk: Desk) -> None:
        desk.put("archive/b1.md", "k01-revision")
        for new in ("archive/b1.md", "./archive//b1.md", str(desk.folder / "archive" / "b1.md")):
            code, out, _ = desk.run("check", new, "--against", "archive")
            assert (code, heads(out)) == (0, [])
            assert "1 known article not held against: among the new ones, or gone" in out

    @pytest.mark.parametrize(
        ("folder", "new", "known"),
        [
            ("drafts", "..", "../archive"),
            ("drafts", "../archive/b1.md", "{}/archive"),
            ("drafts", "../drafts/../archive/b1.md", "../archive"),
            (".", "link.md", "archive"),
            (".", "archive/b1.md", "link"),
            (".", "link/b1.md", "archive"),
            ("link", "b1.md", "../archive"),
        ],
    )
    def test_nor_against_itself_by_another_name(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, folder: str, new: str, known: str
    ) -> None:
        Path("drafts").mkdir()
        Path("link").symlink_to("archive", target_is_directory=True)
        Path("link.md").symlink_to("archive/b1.md")
        monkeypatch.chdir(folder)
        code, out, _ = desk.run("check", new, "--against", known.format(desk.folder))
        assert (code, heads(out)) == (0, [])
        assert "not held against: among the new ones" in out

    def test_names_what_stands_outside_as_seen_from_here(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.put("drafts/a.md", COPY)
        monkeypatch.chdir("drafts")
        for known in ("../archive", str(desk.folder / "archive")):
            assert heads(desk.run("check", "a.md", "--against", known)[1]) == ["a.md: copies ../archive/b1.md"]

    def test_holds_every_record_whatever_its_id(self, desk: Desk) -> None:
        names = (OWN, COPY, REWRITE, COPY)
        records = [{"id": "7", "text": desk.newsroom.articles[name].text} for name in names]
        Path("new.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        code, out, err = desk.run("check", "new.jsonl", "--against", "archive")
        assert (code, heads(out)) == (
            1,
            ["new.jsonl#7: copies archive/b1.md", "new.jsonl#7#3: rewrites archive/b2.md"],
        )
        assert "new.jsonl line 4: id '7' is already used by new.jsonl line 2, with the same text" in err
        code, out, _ = desk.run("check", "archive/b2.md", "--against", "new.jsonl")
        assert (code, heads(out)) == (1, ["archive/b2.md: rewrites new.jsonl#7#3"])
        assert desk.run("check", "new.jsonl", "--against", "new.jsonl")[0] == 0

    def test_does_not_hold_a_record_against_itself_in_other_company(self, desk: Desk) -> None:
        for path, name in (("a.jsonl", OWN), ("b.jsonl", COPY)):
            record = {"id": "7", "text": desk.newsroom.articles[name].text}
            Path(path).write_text(json.dumps(record) + "\n", encoding="utf-8")
        for new, known in ((("a.jsonl", "b.jsonl"), ("b.jsonl",)), (("b.jsonl",), ("a.jsonl", "b.jsonl"))):
            given = [option for path in known for option in ("--against", path)]
            code, out, _ = desk.run("check", *new, *given)
            assert (code, heads(out)) == (0, []), new

    def test_holds_standard_input_against_what_was_indexed_from_there(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, words in (
            ("k02-orig", ("index", "-", "-o", "a.idx")),
            ("k02-spun", ("check", "-", "--against", "a.idx")),
        ):
            stdin = io.TextIOWrapper(io.BytesIO(desk.newsroom.articles[name].text.encode()), encoding="utf-8")
            monkeypatch.setattr("sys.stdin", stdin)
            code, out, _ = desk.run(*words)
        assert (code, heads(out)) == (1, ["-#-: rewrites -"])

    def test_reads_standard_input_on_one_side_only(self, desk: Desk) -> None:
        code, out, err = desk.run("check", "-", "--against", "-")
        assert (code, out) == (2, "")
        assert "standard input can be read only once" in err

    def test_takes_an_article_for_none_of_its_options(self, desk: Desk) -> None:
        for name in ("-q.md", "--config=x.md"):
            desk.put(name, COPY)
            code, out, _ = desk.run("check", "--against", "archive", name)
            assert (code, heads(out)) == (1, [f"{name}: copies archive/b1.md"])

    def test_tells_records_of_one_id_apart_by_their_files(self, desk: Desk) -> None:
        for path, name in (("old.jsonl", "k02-orig"), ("new.jsonl", "k02-spun")):
            record = {"id": "7", "text": desk.newsroom.articles[name].text}
            (desk.folder / path).write_text(json.dumps(record) + "\n", encoding="utf-8")
        code, out, _ = desk.run("check", "new.jsonl", "--against", "old.jsonl")
        assert (code, heads(out)) == (1, ["new.jsonl#7: rewrites 7"])

    @pytest.mark.parametrize("command", [("check",), ("baseline", "create")])
    def test_needs_something_new(self, desk: Desk, command: tuple[str, ...]) -> None:
        code, out, err = desk.run(*command, "--against", "archive")
        assert (code, out) == (2, "")
        assert err.startswith("newsdedup: error: no NEW articles; ")

    def test_says_with_strict_that_inputs_were_skipped_unless_something_fails(self, desk: Desk) -> None:
        desk.put("drafts/a.md", OWN)
        (desk.folder / "drafts" / "b.md").write_bytes(b"\0\1\2")
        assert desk.run("check", "drafts", "--against", "archive", "--strict")[0] == 3
        assert desk.run("check", "drafts", "--against", "archive")[0] == 0
        desk.put("drafts/c.md", COPY)
        assert desk.run("check", "drafts", "--against", "archive", "--strict")[0] == 1

    def test_writes_several_formats_in_one_run(self, desk: Desk) -> None:
        desk.put("drafts/a.md", REWRITE)
        sinks = ("-o", "sarif=a.sarif", "-o", "junit=a.xml", "-o", "gitlab=a.json", "-o", "jsonl=a.jsonl")
        code, out, _ = desk.run("check", "drafts", "--against", "archive", "--format", "github", *sinks)
        assert code == 1
        assert out.startswith("::error file=drafts/a.md,line=")
        (result,) = json.loads(Path("a.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert result["ruleId"] == "rewrite"
        assert ET.parse("a.xml").getroot().find(".//failure") is not None  # noqa: S314 - our own file
        assert json.loads(Path("a.json").read_text(encoding="utf-8"))[0]["location"]["path"] == "drafts/a.md"

    @pytest.mark.parametrize("told", [None, "GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
    def test_names_files_from_the_top_of_the_checkout_and_articles_from_where_it_runs(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, told: str | None
    ) -> None:
        for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
            monkeypatch.delenv(name, raising=False)
        if told:
            monkeypatch.setenv(told, str(desk.folder))
        else:
            desk.git("init", "-q")
        desk.put("site/drafts/a.md", REWRITE)
        monkeypatch.chdir("site")
        _, out, _ = desk.run("check", "drafts", "--against", "../archive", "--format", "github", "-o", "sarif=a.sarif")
        assert out.startswith("::error file=site/drafts/a.md,line=")
        assert "::drafts/a.md: rewrites ../archive/b2.md" in out
        (result,) = json.loads(Path("a.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        places = [place["physicalLocation"] for place in (*result["locations"], *result["relatedLocations"])]
        assert [place["artifactLocation"]["uri"] for place in places] == ["site/drafts/a.md", "archive/b2.md"]

    def test_points_at_a_file_whatever_its_name(self, desk: Desk) -> None:
        draft = desk.put("drafts/a.md", REWRITE)
        for name in (b"a\nb.md", b"\xff.md", b"\\xff\x1b.md"):
            draft = draft.rename(draft.with_name(os.fsdecode(name)))
            _, out, _ = desk.run("check", "drafts", "--against", "archive", "--format", "sarif")
            (result,) = json.loads(out)["runs"][0]["results"]
            place = result["locations"][0]["physicalLocation"]
            assert Path(os.fsdecode(unquote_to_bytes(place["artifactLocation"]["uri"]))).is_file()
            assert place["region"]["endLine"] > 1, "its lines were found"

    def test_has_formats_that_a_scan_has_not(self, desk: Desk) -> None:
        code, _, err = desk.run("scan", "archive", "--format", "sarif")
        assert code == 2
        assert "scan has no format sarif; check has" in err


class TestFindingsStayTheSame:
    @pytest.fixture
    def expected(self, desk: Desk) -> list[str]:
        for name in (COPY, REWRITE, EXCERPT, OWN):
            desk.put(f"drafts/{name}.md", name)
        found = desk.fingerprints("drafts", "--against", "archive")
        assert len(found) == 3
        return found

    def test_in_another_order(self, desk: Desk, expected: list[str]) -> None:
        drafts = sorted(map(str, Path("drafts").iterdir()), reverse=True)
        known = [
            option for path in sorted(Path("archive").iterdir(), reverse=True) for option in ("--against", str(path))
        ]
        assert desk.fingerprints(*drafts, *known) == expected

    def test_in_another_place(self, desk: Desk, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        other = desk.folder / "elsewhere" / "again"
        for name in ("drafts", "archive"):
            shutil.copytree(name, other / name)
        monkeypatch.chdir(other)
        assert desk.fingerprints("drafts", "--against", "archive") == expected

    def test_after_files_were_renamed(self, desk: Desk, expected: list[str]) -> None:
        Path("archive").rename("older")
        Path("drafts/k02-spun.md").rename("drafts/0.md")
        assert desk.fingerprints("drafts", "--against", "older") == expected

    def test_against_an_index(self, desk: Desk, expected: list[str]) -> None:
        code, _, err = desk.run("index", "archive", "-o", "a.idx")
        assert (code, err.startswith("newsdedup: wrote a.idx: 6 articles, ")) == (0, True)
        assert desk.fingerprints("drafts", "--against", "a.idx") == expected
        text = [desk.run("check", "drafts", "--against", path)[1] for path in ("archive", "a.idx")]
        assert text[0] == text[1]


class TestAnIndex:
    def test_of_other_parameters_is_refused(self, desk: Desk) -> None:
        desk.run("index", "archive", "-o", "a.idx", "--views", "copy")
        code, out, err = desk.run("check", desk.put("a.md", COPY).name, "--against", "a.idx")
        assert (code, out) == (4, "")
        assert "views: copy there, copy,facts,passages,terms here" in err
        assert err.count("\n") == 1
        assert desk.run("check", "a.md", "--against", "a.idx", "--views", "copy")[0] == 1

    def test_that_is_damaged_where_it_is_looked_up_is_refused(self, desk: Desk) -> None:
        desk.run("index", "archive", "-o", "a.idx")
        path = desk.folder / "a.idx"
        data = path.read_bytes()
        place = data.rindex(b'["archive/b1.md"')
        path.write_bytes(data[:place] + b"x" + data[place + 1 :])
        code, out, err = desk.run("check", "archive/b1.md", "--against", "a.idx")
        assert (code, out) == (4, "")
        assert "a.idx: damaged" in err

    def test_stands_alone(self, desk: Desk) -> None:
        desk.run("index", "archive", "-o", "a.idx")
        code, _, err = desk.run("check", "archive", "--against", "a.idx", "--against", "archive")
        assert code == 2
        assert "stands alone" in err

    def test_does_not_replace_what_it_reads(self, desk: Desk) -> None:
        code, _, err = desk.run("index", "archive/b1.md", "-o", "archive/b1.md")
        assert code == 2
        assert "is an input" in err

    @pytest.mark.parametrize("target", ["archive/b1.md", "archive/new.md"])
    def test_does_not_stand_as_an_article_in_a_folder_that_it_reads(self, desk: Desk, target: str) -> None:
        before = sorted(path.read_bytes() for path in Path("archive").iterdir())
        code, _, err = desk.run("index", "archive", "-o", target)
        assert code == 2
        assert "would be read as an article" in err
        assert sorted(path.read_bytes() for path in Path("archive").iterdir()) == before

    def test_that_cannot_be_written_leaves_nothing(self, desk: Desk) -> None:
        assert desk.run("index", "archive", "-o", "none/a.idx")[0] == 2
        assert sorted(path.name for path in desk.folder.iterdir()) == ["archive"]


class TestABaseline:
    def start(self, desk: Desk, names: Iterable[str] = (COPY, REWRITE)) -> None:
        for name in names:
            desk.put(f"drafts/{name}.md", name)
        assert desk.run("baseline", "create", "drafts", "--against", "archive")[0] == 0

    def check(self, desk: Desk, *known: str) -> tuple[int, str]:
        given = [option for path in known or ("archive",) for option in ("--against", path)]
        code, out, _ = desk.run("check", "drafts", *given, "--baseline", "newsdedup-baseline.json")
        return code, out

    def test_shows_what_is_there_and_does_not_fail_on_it(self, desk: Desk) -> None:
        self.start(desk)
        code, out = self.check(desk)
        assert (code, len(heads(out))) == (0, 2)
        assert "2 suppressed" in out

    def test_holds_after_files_were_moved_and_what_stands_around_the_text_was_edited(self, desk: Desk) -> None:
        self.start(desk)
        Path("archive").rename("older")
        Path("drafts/k02-spun.md").rename("drafts/moved.md")
        draft = Path("drafts/k01-syndicated.md")
        draft.write_text(draft.read_text("utf-8").replace("source:", "author: A\nsource:"), encoding="utf-8")
        assert self.check(desk, "older")[0] == 0

    def test_fails_on_a_further_copy(self, desk: Desk) -> None:
        self.start(desk)
        shutil.copy("drafts/k02-spun.md", "drafts/k02-again.md")
        assert self.check(desk)[0] == 1
        shutil.copy("archive/b1.md", "archive/c1.md")
        Path("drafts/k02-again.md").unlink()
        assert self.check(desk)[0] == 1

    def test_is_updated_and_keeps_its_reasons(self, desk: Desk) -> None:
        self.start(desk)
        path = Path("newsdedup-baseline.json")
        document = json.loads(path.read_text(encoding="utf-8"))
        document["findings"][0]["reason"] = "licensed"
        kept = document["findings"][0]["fingerprint"]
        path.write_text(json.dumps(document), encoding="utf-8")
        desk.put("drafts/more.md", EXCERPT)
        code, out, err = desk.run("baseline", "diff", "drafts", "--against", "archive")
        assert (code, out) == (0, "+ excerpt    archive/b3.md  drafts/more.md\n")
        assert "3 findings, 1 came, 0 went" in err
        assert desk.run("baseline", "update", "drafts", "--against", "archive")[0] == 0
        entries = {each["fingerprint"]: each for each in json.loads(path.read_text(encoding="utf-8"))["findings"]}
        assert len(entries) == 3
        assert entries[kept]["reason"] == "licensed"
        assert self.check(desk)[0] == 0
        Path("drafts/more.md").unlink()
        assert desk.run("baseline", "diff", "drafts", "--against", "archive")[1].startswith("- excerpt ")

    def test_keeps_what_an_update_did_not_look_at(self, desk: Desk) -> None:
        self.start(desk)
        path = Path("newsdedup-baseline.json")
        before = path.read_bytes()
        for git in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"]):
            desk.git(*git)
        for narrow in (
            ["drafts/k02-spun.md", "--against", "archive"],
            ["drafts"],
            [".", "--changed-since", "HEAD"],
            ["drafts", "--changed-since", "HEAD", "--against", "archive"],
        ):
            assert desk.run("baseline", "diff", *narrow)[1] == "", narrow
            assert desk.run("baseline", "update", *narrow)[0] == 0
            assert path.read_bytes() == before, narrow

    @pytest.mark.parametrize("known", ["archive", "a.idx"])
    def test_lets_go_what_was_edited_or_deleted(self, desk: Desk, known: str) -> None:
        self.start(desk)
        desk.run("index", "archive", "-o", "a.idx")
        desk.put(f"drafts/{COPY}.md", OWN)
        out = desk.run("baseline", "diff", f"drafts/{COPY}.md", "--against", known)[1]
        assert out == f"- copy       archive/b1.md  drafts/{COPY}.md\n"
        Path(f"drafts/{REWRITE}.md").unlink()
        out = desk.run("baseline", "diff", "drafts", "--against", known)[1]
        assert [line[0] for line in out.splitlines()] == ["-", "-"]

    def test_is_not_replaced_unasked(self, desk: Desk) -> None:
        self.start(desk)
        code, _, err = desk.run("baseline", "create", "drafts", "--against", "archive")
        assert code == 2
        assert "is there" in err
        assert desk.run("baseline", "create", "drafts", "--against", "archive", "--force")[0] == 0

    def test_that_is_not_there_is_an_error(self, desk: Desk) -> None:
        desk.put("drafts/a.md", OWN)
        code, _, err = desk.run("check", "drafts", "--against", "archive", "--baseline", "none.json")
        assert code == 2
        assert "none.json: no such baseline" in err

    def test_does_not_replace_an_article(self, desk: Desk) -> None:
        before = Path("archive/b1.md").read_bytes()
        words = ("baseline", "create", "archive", "--baseline", "archive/b1.md", "--force")
        assert desk.run(*words)[0] == 2
        assert Path("archive/b1.md").read_bytes() == before

    def test_that_a_configuration_above_names_is_told_as_seen_from_here(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.put("drafts/a.md", COPY)
        Path(".git").mkdir()
        Path("newsdedup.yaml").write_text("baseline: known.json\n", encoding="utf-8")
        assert "wrote known.json:" in desk.run("baseline", "create", "drafts", "--against", "archive")[2]
        Path("known.json").unlink()
        monkeypatch.chdir("drafts")
        assert "error: ../known.json: no such baseline" in desk.run("check", "a.md", "--against", "../archive")[2]


class TestReports:
    @pytest.mark.parametrize(
        ("options", "target", "what"),
        [
            (("--baseline", "b.json"), "b.json", "baseline"),
            (("--config", "c.yaml"), "./c.yaml", "configuration"),
            ((), "newsdedup.yaml", "configuration"),
            (("--model", "m.json"), "m.json", "model"),
        ],
    )
    def test_do_not_replace_what_steers_the_run(
        self, desk: Desk, options: tuple[str, ...], target: str, what: str
    ) -> None:
        for name in ("c.yaml", "newsdedup.yaml"):
            Path(name).write_text("min_score: 0.8\n", encoding="utf-8")
        for command in (("check",), ("scan",)):
            if command == ("scan",) and what == "baseline":
                continue
            code, _, err = desk.run(*command, "archive", *options, "-o", f"json={target}")
            assert code == 2
            assert f"is the {what} of this run" in err

    def test_do_not_stand_as_articles_among_the_changed_files(self, desk: Desk) -> None:
        desk.git("init", "-q")
        code, _, err = desk.run("check", "--changed-since", "HEAD", "-o", "text=report.txt")
        assert code == 2
        assert "would be read as an article" in err

    def test_that_nobody_reads_to_the_end_leave_the_exit_code(self, desk: Desk) -> None:
        desk.put("drafts/a.md", COPY)
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
        for known, code in (("archive", 1), ("archive/b2.md", 0)):
            reading, writing = os.pipe()
            os.close(reading)
            with os.fdopen(writing, "wb") as stdout:
                words = [sys.executable, "-m", "newsdedup", "check", "drafts", "--against", known]
                done = subprocess.run(words, stdout=stdout, stderr=subprocess.PIPE, check=False, env=env)
            assert (done.returncode, done.stderr) == (code, b""), known


class TestWhatIsAllowed:
    def test_by_a_rule_with_a_reason(self, desk: Desk) -> None:
        desk.put("drafts/wire/a.md", COPY)
        desk.put("drafts/b.md", REWRITE)
        rules = "allow:\n  - {new: 'drafts/wire/*', reason: licensed wire copy}\n"
        Path("newsdedup.yaml").write_text(rules, encoding="utf-8")
        code, out, _ = desk.run("check", "drafts", "--against", "archive")
        assert code == 1
        assert "licensed wire copy" in out
        Path("drafts/b.md").unlink()
        assert desk.run("check", "drafts", "--against", "archive")[0] == 0

    def test_by_patterns_that_count_from_the_folder_of_the_configuration(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.git("init", "-q")
        desk.put("drafts/wire/a.md", COPY)
        rules = "allow:\n  - {new: 'drafts/wire/*', against: archive/b1.md, reason: licensed wire copy}\n"
        Path("newsdedup.yaml").write_text(rules, encoding="utf-8")
        assert desk.run("check", "drafts", "--against", "archive")[0] == 0
        monkeypatch.chdir("drafts")
        assert desk.run("check", "wire", "--against", "../archive")[0] == 0
        Path("wire").rename("other")
        assert desk.run("check", "other", "--against", "../archive")[0] == 1

    def test_a_copy_that_names_its_source_by_one_option(self, desk: Desk) -> None:
        source = desk.newsroom.articles["k01-orig"].source
        draft = desk.put("drafts/a.md", COPY)
        draft.write_text(
            draft.read_text("utf-8").replace("---\n", f"---\noriginally_published: {source}\n", 1), encoding="utf-8"
        )
        assert desk.run("check", "drafts", "--against", "archive")[0] == 1
        code, out, _ = desk.run("check", "drafts", "--against", "archive", "--allow-declared")
        assert (code, len(heads(out))) == (0, 1)


def test_what_stands_beside_known_articles_is_counted_and_is_no_failure(desk: Desk) -> None:
    desk.put("drafts/a.md", OWN)
    (desk.folder / "archive" / "picture.png").write_bytes(b"x")
    (desk.folder / "archive" / ".git").mkdir()
    code, out, err = desk.run("check", "drafts", "--against", "archive", "--strict")
    assert (code, err) == (0, "")
    assert "note: not read where the known articles are: 1 hidden, 1 unknown-type" in out
    (desk.folder / "archive" / "b.md").write_bytes(b"\0")
    assert desk.run("check", "drafts", "--against", "archive", "--strict")[0] == 3
