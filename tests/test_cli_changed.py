"""`--changed-since`: what counts as new, as known and as gone in a git checkout."""

from __future__ import annotations

import shutil

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
