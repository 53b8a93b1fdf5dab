"""`--changed-since`: what counts as new, as known and as gone in a git checkout."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from cli_desk import COPY, EXCERPT, OWN, REWRITE, Desk, heads


class TestChangedSince:
    @pytest.fixture(autouse=True)
    def checkout(self, desk: Desk) -> None:
        desk.git("init", "-q")
        desk.git("add", ".")
        desk.git("commit", "-qm", "The archive")

    def test_what_is_new_is_held_against_the_rest(self, desk: Desk) -> None:
        desk.put("archive/new.md", COPY)
        desk.git("add", ".")
        desk.put("archive/untracked.md", REWRITE)
        desk.put("archive/b6.md", EXCERPT)
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD")
        assert code == 1
        assert heads(out) == [
            "archive/b6.md: shares passages with archive/b3.md",
            "archive/new.md: copies archive/b1.md",
            "archive/untracked.md: rewrites archive/b2.md",
        ]
        assert "3 new articles against 5" in out

    def test_a_changed_feed_is_new_whatever_its_name_ends_in(self, desk: Desk) -> None:
        text = desk.newsroom.articles[COPY].text
        items = [{"id": "own", "content_text": "Something else."}, {"id": "taken", "content_text": text}]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
        Path("archive/feed.json").write_text(json.dumps(feed), encoding="utf-8")
        entry = f"<item><guid>again</guid><description>{escape(text)}</description></item>"
        Path("archive/feed.xml").write_text(f"<rss><channel>{entry}</channel></rss>", encoding="utf-8")
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD", "--format", "github")
        assert code == 1
        found = sorted(line.partition(",end")[0] for line in out.splitlines() if line.startswith("::error "))
        assert found == ["::error file=archive/feed.json,line=1", "::error file=archive/feed.xml,line=1"]

    def test_nothing_is_new_where_nothing_changed(self, desk: Desk) -> None:
        desk.put("archive/a.md", COPY)
        desk.git("add", ".")
        desk.git("commit", "-qm", "A copy that is there")
        code, out, _ = desk.run("check", ".", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])

    def test_a_file_that_was_moved_is_not_new(self, desk: Desk) -> None:
        desk.git("mv", "archive/b1.md", "archive/moved.md")
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])
        desk.run("index", "archive", "-o", "a.idx")
        desk.git("mv", "archive/moved.md", "archive/again.md")
        assert desk.run("check", "archive", "--changed-since", "HEAD", "--against", "a.idx")[0] == 0

    def test_a_file_that_is_gone_is_known_no_more(self, desk: Desk) -> None:
        desk.run("index", "archive", "-o", "a.idx")
        desk.git("rm", "-q", "archive/b1.md")
        desk.put("drafts/a.md", COPY)
        assert desk.run("check", "drafts", "--against", "a.idx")[0] == 1
        assert desk.run("check", "drafts", "--changed-since", "HEAD", "--against", "a.idx")[0] == 0

    def test_commits_that_came_to_the_other_branch_are_not_ours(self, desk: Desk) -> None:
        desk.git("branch", "ours")
        desk.put("archive/theirs.md", REWRITE)
        desk.git("add", ".")
        desk.git("commit", "-qm", "Theirs")
        desk.git("checkout", "-q", "ours")
        desk.put("archive/own.md", OWN)
        code, out, _ = desk.run("check", "--changed-since", "main")
        assert (code, heads(out)) == (0, [])
        assert "1 new article against 6" in out

    def test_only_what_lies_below_the_paths_counts(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.put("other/a.md", COPY)
        desk.put("archive/deep/a.md", REWRITE)
        (desk.folder / "archive" / "x.py").write_text("pass", encoding="utf-8")
        monkeypatch.chdir("archive")
        code, out, _ = desk.run("check", ".", "--changed-since", "HEAD")
        assert (code, heads(out)) == (1, ["deep/a.md: rewrites b2.md"])
        assert "not read among the changed files: 1 unknown-type" in out

    def test_a_link_is_not_followed(self, desk: Desk) -> None:
        desk.put("outside.md", COPY)
        (desk.folder / "archive" / "a.md").symlink_to("../outside.md")
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])

    @pytest.mark.parametrize("revision", ["nix", "--help", "-n1", "HEAD:archive", ""])
    def test_a_revision_that_is_none_is_named(self, desk: Desk, revision: str) -> None:
        code, out, err = desk.run("check", "archive", f"--changed-since={revision}")
        assert (code, out) == (2, "")
        assert f"no revision {revision}" in err

    def test_outside_of_a_checkout_is_an_error(self, desk: Desk) -> None:
        shutil.rmtree(desk.folder / ".git")
        code, _, err = desk.run("check", "archive", "--changed-since", "HEAD")
        assert code == 2
        assert "not in a git checkout" in err

    def test_a_changed_article_that_is_known_and_not_new_stays_known(self, desk: Desk) -> None:
        b1 = Path("archive/b1.md")
        b1.write_text(b1.read_text("utf-8") + "\nOne more line.\n", encoding="utf-8")
        desk.put("drafts/a.md", COPY)
        code, out, _ = desk.run("check", "drafts", "--against", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (1, ["drafts/a.md: copies archive/b1.md"])

    def test_a_file_that_moved_in_from_elsewhere_is_new(self, desk: Desk) -> None:
        desk.put("drafts/s.md", COPY)
        desk.put("notes/s.markdown.orig", REWRITE)
        desk.git("add", ".")
        desk.git("commit", "-qm", "Drafts")
        desk.git("mv", "drafts/s.md", "archive/s.md")
        desk.git("mv", "notes/s.markdown.orig", "archive/t.md")
        found = ["archive/s.md: copies archive/b1.md", "archive/t.md: rewrites archive/b2.md"]
        assert heads(desk.run("check", "archive", "--changed-since", "HEAD")[1]) == found
        assert heads(desk.run("check", ".", "--changed-since", "HEAD")[1]) == found[1:], "it was no article before"

    def test_an_index_still_knows_what_moved_within_it(self, desk: Desk) -> None:
        desk.run("index", "archive", "-o", "a.idx")
        desk.git("mv", "archive/b1.md", "archive/moved.md")
        desk.put("archive/copy.md", COPY)
        code, out, _ = desk.run("check", "archive", "--against", "a.idx", "--changed-since", "HEAD")
        assert (code, heads(out)) == (1, ["archive/copy.md: copies archive/b1.md"])

    @pytest.mark.parametrize("staged", [False, True])
    def test_another_mode_is_no_change(self, desk: Desk, staged: bool) -> None:
        desk.put("archive/a.md", COPY)
        desk.git("add", ".")
        desk.git("commit", "-qm", "A copy that is there")
        Path("archive/a.md").chmod(0o755)
        if staged:
            desk.git("-c", "core.fileMode=true", "add", ".")
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])
        assert "0 new articles against 7" in out

    def test_a_hidden_file_is_passed_over_as_in_a_folder(self, desk: Desk) -> None:
        for path in ("archive/.a.md", "archive/.trash/a.md"):
            desk.put(path, COPY)
        Path("archive/link.md").symlink_to("b1.md")
        code, out, _ = desk.run("check", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])
        assert "not read among the changed files: 2 hidden, 1 symlink" in out
        assert desk.run("check", "archive/.trash", "--changed-since", "HEAD", "--against", "archive")[0] == 1

    def test_what_git_ignores_is_not_known(self, desk: Desk) -> None:
        Path(".gitignore").write_text("public/\n", encoding="utf-8")
        desk.put("content/a.md", COPY)
        desk.put("public/a.html", COPY)
        code, out, _ = desk.run("check", "content", "public", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])
        assert heads(desk.run("check", ".", "--changed-since", "HEAD")[1]) == ["content/a.md: copies archive/b1.md"]

    def test_before_the_first_commit_everything_has_changed(self, desk: Desk) -> None:
        shutil.rmtree(".git")
        desk.git("init", "-q")
        desk.put("drafts/a.md", COPY)
        desk.git("add", "drafts")
        code, out, _ = desk.run("check", ".", "--changed-since", "HEAD")
        assert code == 1
        assert "7 new articles" in out

    @pytest.mark.parametrize(
        "setting",
        [
            "diff.relative=true",
            "diff.renames=copies",
            "diff.noprefix=true",
            "diff.external=false",
            "diff.orderFile=nix",
            "diff.ignoreSubmodules=all",
            "core.quotePath=true",
            "color.ui=always",
            "core.excludesFile=ignored",
            "status.showUntrackedFiles=no",
        ],
    )
    def test_no_setting_of_the_user_changes_what_is_found(
        self, desk: Desk, setting: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.put("archive/ü.md", COPY)
        desk.put("drafts/new.md", REWRITE)
        Path("ignored").write_text("new.md\n", encoding="utf-8")
        Path("drafts/b5.md").write_bytes(Path("archive/b5.md").read_bytes() + b"\nMore.\n")
        desk.git("add", "archive")
        desk.git("config", *setting.split("="))
        monkeypatch.chdir("drafts")
        code, out, _ = desk.run("check", "..", "--changed-since", "HEAD")
        assert code == 1
        assert sorted(heads(out)) == [
            "../archive/ü.md: copies ../archive/b1.md",
            "b5.md: is another version of ../archive/b5.md",
            "new.md: rewrites ../archive/b2.md",
        ]

    @pytest.mark.parametrize("link", [False, True])
    def test_a_path_by_any_name_finds_the_same(self, desk: Desk, link: bool) -> None:
        desk.put("archive/a.md", COPY)
        folder = desk.folder / "archive"
        if link:
            (desk.folder.parent / "by-link").symlink_to(desk.folder, target_is_directory=True)
            folder = desk.folder.parent / "by-link" / "archive"
        code, out, _ = desk.run("check", str(folder), "--changed-since", "HEAD")
        assert (code, heads(out)) == (1, ["archive/a.md: copies archive/b1.md"])

    def test_a_path_outside_of_the_checkout_is_an_error(self, desk: Desk) -> None:
        other = desk.folder.parent / "other"
        other.mkdir()
        for path in (str(other), ".."):
            code, out, err = desk.run("check", path, "--changed-since", "HEAD")
            assert (code, out) == (2, "")
            assert "lies outside of this checkout" in err


class TestRepositoriesInTheCheckout:
    @pytest.fixture
    def inner(self, desk: Desk) -> Desk:
        """A checkout with a submodule that holds an article."""
        desk.git("init", "-q")
        desk.git("init", "-q", "source")
        desk.put("source/old.md", "k05-orig")
        desk.git("-C", "source", "add", ".")
        desk.git("-C", "source", "commit", "-qm", "Old")
        Path(".gitignore").write_text("/source\n", encoding="utf-8")
        desk.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", "./source", "archive/sub")
        desk.git("add", ".")
        desk.git("commit", "-qm", "With a submodule")
        return desk

    def check(self, desk: Desk) -> list[str]:
        _, out, err = desk.run("check", "archive", "--changed-since", "HEAD")
        assert err == ""
        return heads(out)

    def test_nothing_is_new_where_nothing_changed(self, inner: Desk) -> None:
        code, out, _ = inner.run("check", "archive", "--changed-since", "HEAD")
        assert (code, heads(out)) == (0, [])
        assert "0 new articles against 7" in out

    @pytest.mark.parametrize("steps", [0, 1, 2])
    def test_what_changed_in_a_submodule_is_new(self, inner: Desk, steps: int) -> None:
        inner.put("archive/sub/a.md", COPY)
        if steps >= 1:
            inner.git("-C", "archive/sub", "add", ".")
            inner.git("-C", "archive/sub", "commit", "-qm", "A copy")
        if steps >= 2:
            inner.git("add", "archive")
        assert self.check(inner) == ["archive/sub/a.md: copies archive/b1.md"]

    def test_a_submodule_that_came_is_new_as_a_whole(self, inner: Desk) -> None:
        inner.put("source/a.md", COPY)
        inner.git("-C", "source", "add", ".")
        inner.git("-C", "source", "commit", "-qm", "A copy")
        inner.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", "./source", "archive/second")
        assert "archive/second/a.md: copies archive/b1.md" in self.check(inner)

    def test_a_repository_that_git_knows_nothing_of_is_looked_into(self, inner: Desk) -> None:
        inner.put("archive/own/a.md", COPY)
        inner.git("init", "-q", "archive/own")
        inner.git("-C", "archive/own", "add", ".")
        inner.git("-C", "archive/own", "commit", "-qm", "A copy")
        inner.put("archive/own/b.md", REWRITE)
        assert self.check(inner) == [
            "archive/own/a.md: copies archive/b1.md",
            "archive/own/b.md: rewrites archive/b2.md",
        ]

    def test_variables_of_a_hook_do_not_lead_back(self, inner: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_DIR", str(inner.folder / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(inner.folder / ".git" / "index"))
        inner.put("archive/sub/a.md", COPY)
        assert self.check(inner) == ["archive/sub/a.md: copies archive/b1.md"]

    def test_a_submodule_that_is_not_checked_out_holds_nothing(self, inner: Desk) -> None:
        inner.git("submodule", "deinit", "-q", "-f", "archive/sub")
        assert self.check(inner) == []

    def test_a_commit_that_a_submodule_lacks_is_an_error(self, inner: Desk) -> None:
        inner.git("update-index", "--cacheinfo", f"160000,{'1' * 40},archive/sub")
        inner.git("commit", "-qm", "A commit that nobody has")
        code, out, err = inner.run("check", "archive", "--changed-since", "HEAD")
        assert (code, out) == (2, "")
        assert "no commit 111111111111 in the submodule" in err
