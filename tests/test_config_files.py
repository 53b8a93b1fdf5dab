"""Which file is read: the nearest newsdedup.yaml or pyproject.toml with our table, up to the folder of the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdedup.config import Config, load_settings, overlooked
from newsdedup.errors import ConfigError
from newsdedup.gate.allow import AllowRule
from newsdedup.result import Verdict

TABLE = "[project]\nname = 'x'\n\n[tool.newsdedup]\n"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def jobs_and_file(cwd: Path) -> tuple[int, str | None]:
    found = load_settings(None, {}, {}, cwd)
    return found.config.jobs, found.file.name if found.file else None


def refusal(cwd: Path, file: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {}, {}, cwd)
    return str(caught.value)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout `repo` with a folder `a/b`, in a folder whose settings are none of its business."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "a" / "b").mkdir(parents=True)
    write(tmp_path / "newsdedup.yaml", "jobs: 99\n")
    return tmp_path / "repo"


def test_the_nearest_file_is_read_up_to_the_folder_of_the_checkout(checkout: Path) -> None:
    deep = checkout / "a" / "b"
    assert jobs_and_file(deep) == (1, None), "nothing above .git"
    write(checkout / "newsdedup.yaml", "jobs: 2\n")
    assert jobs_and_file(deep) == (2, "../../newsdedup.yaml")
    write(checkout / "a" / "pyproject.toml", TABLE + "jobs = 3\n")
    assert jobs_and_file(deep) == (3, "../pyproject.toml [tool.newsdedup]")
    write(deep / "newsdedup.yaml", "jobs: 4\n")
    assert jobs_and_file(deep) == (4, "newsdedup.yaml")
    assert jobs_and_file(checkout) == (2, "newsdedup.yaml")


def test_a_worktree_has_a_file_named_git(checkout: Path) -> None:
    (checkout / ".git").rmdir()
    write(checkout / ".git", "gitdir: elsewhere\n")
    write(checkout / "newsdedup.yaml", "jobs: 2\n")
    assert jobs_and_file(checkout / "a") == (2, "../newsdedup.yaml")


def test_outside_a_checkout_the_working_directory_alone_counts(tmp_path: Path) -> None:
    write(tmp_path / "newsdedup.yaml", "jobs: 2\n")
    (tmp_path / "a").mkdir()
    assert jobs_and_file(tmp_path / "a") == (1, None)
    assert jobs_and_file(tmp_path) == (2, "newsdedup.yaml")


def test_an_error_above_is_named_as_seen_from_here(checkout: Path) -> None:
    write(checkout / "newsdedup.yaml", "# mine\njobs: none\n")
    assert refusal(checkout / "a").startswith("../newsdedup.yaml line 2: jobs is none; allowed: ")


def test_files_are_named_as_seen_from_the_configuration_above(checkout: Path) -> None:
    write(checkout / "newsdedup.yaml", "model: m.json\nbaseline: ci/known.json\n")
    found = load_settings(None, {}, {}, checkout / "a" / "b").config
    assert (found.model, found.baseline) == (checkout / "m.json", checkout / "ci" / "known.json")


def test_yaml_goes_before_toml_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", TABLE + "jobs = 3\n")
    assert not overlooked(tmp_path / "other.yaml")
    yaml = write(tmp_path / "newsdedup.yaml", "all: true\n")
    assert jobs_and_file(tmp_path) == (1, "newsdedup.yaml")
    assert overlooked(yaml)
    write(tmp_path / "pyproject.toml", "[project]\nname = 'newsdedup'\n")
    assert not overlooked(yaml)
    write(tmp_path / "pyproject.toml", "[tool.newsdedup\n")
    assert not overlooked(yaml), "a file that is not read need not be whole"


def test_a_link_that_leads_nowhere_is_not_passed_by(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").symlink_to("gone.yaml")
    assert refusal(tmp_path) == "newsdedup.yaml: no such file"


# pyproject.toml


def test_a_table_has_the_same_keys_and_values(tmp_path: Path) -> None:
    text = """
preset = "short-items"
views = ["copy", "terms"]
window = "36h"
min_verdict = "copy"
fail_on = "excerpt"
baseline = "known.json"
map = {text = "body"}

[[tool.newsdedup.allow]]
reason = "ours"
new = "a/**"
verdicts = ["copy"]
expires = 2027-01-31
"""
    write(tmp_path / "pyproject.toml", TABLE + text)
    same = """
preset: short-items
views: [copy, terms]
window: 36h
min_verdict: copy
fail_on: excerpt
baseline: known.json
map: {text: body}
allow: [{reason: ours, new: a/**, verdicts: copy, expires: 2027-01-31}]
"""
    yaml = write(tmp_path / "same.yaml", same)
    found = load_settings(None, {}, {}, tmp_path).config
    assert found == load_settings(yaml, {}, {}, tmp_path).config
    assert (found.min_score, found.fail_on) == (0.55, Verdict.EXCERPT)
    assert isinstance(found.allow[0], AllowRule)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("jobs = 0\n", "pyproject.toml [tool.newsdedup]: jobs is 0; allowed: a whole number from 1 to 1024"),
        ("min-score = 1\n", "pyproject.toml [tool.newsdedup]: unknown key min-score; did you mean min_score?"),
        (
            "allow = [{reason = 'r'}]\n",
            "pyproject.toml [tool.newsdedup]: allow rule 1 would allow everything; "
            "name one or more of new, against, source, verdicts",
        ),
        ("jobs = \n", "pyproject.toml: broken TOML: Invalid value (at line 5, column 8)"),
        ("jobs = 1\njobs = 2\n", "pyproject.toml: broken TOML: Cannot overwrite a value (at line 6, column 9)"),
        ("map = [[[[[1]]]]]\n", "pyproject.toml [tool.newsdedup]: nested too deeply for a configuration"),
        ("map = " + "[" * 100_000, "pyproject.toml: broken TOML: nested too deeply"),
        ("map = {" + "a." * 501 + "a = 1}\n", "pyproject.toml line 5: over 500 dots in a line; break it into several"),
        ("# " + "x" * 1_000_000, "pyproject.toml: over 1 MB; a configuration is a few lines"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, table: str, told: str) -> None:
    file = write(tmp_path / "pyproject.toml", TABLE + table)
    assert refusal(tmp_path) == told
    assert refusal(tmp_path, file) == told.replace("pyproject.toml", str(file), 1)


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool]\nnewsdedup = 3\n")
    assert refusal(tmp_path).startswith("pyproject.toml [tool.newsdedup]: not a table; ")


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nname = 'x'\n",
        "[project]\ndependencies = ['newsdedup']\n",
        "[tool.ruff]\n",
        "tool = 3  # newsdedup\n",
        "newsdedup = \n",  # broken, and not ours
        b"\xff newsdedup",
        "newsdedup = " + "[" * 100_000,
        "newsdedup." + "a." * 600 + "a = 1\n",
        "",
    ],
)
def test_a_project_of_somebody_else_is_passed_by(checkout: Path, text: str | bytes) -> None:
    write(checkout / "newsdedup.yaml", "jobs: 2\n")
    write(checkout / "a" / "pyproject.toml", text)
    assert jobs_and_file(checkout / "a") == (2, "../newsdedup.yaml")


def test_a_broken_project_that_speaks_of_us_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", b"[tool.newsdedup]\n# \xff\n")
    assert refusal(tmp_path) == "pyproject.toml: not UTF-8 text; save it as UTF-8"
    write(tmp_path / "pyproject.toml", "[tool.newsdedup\n")
    assert refusal(tmp_path).startswith("pyproject.toml: broken TOML: ")


def test_a_project_may_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "other" / "pyproject.toml", TABLE + "jobs = 3\nmodel = 'm.json'\n")
    found = load_settings(file, {}, {}, tmp_path).config
    assert (found.jobs, found.model) == (3, tmp_path / "other" / "m.json")
    write(file, "[tool.ruff]\n")
    assert refusal(tmp_path, file) == f"{file}: no table [tool.newsdedup]; add it, or name another file"
    write(file, "newsdedup = \n")  # passed by when it is met by chance
    assert refusal(tmp_path, file).startswith(f"{file}: broken TOML: ")
    assert refusal(tmp_path, tmp_path / "nix.toml") == f"{tmp_path}/nix.toml: no such file"
    with_mark = write(tmp_path / "mark.toml", b"\xef\xbb\xbf[tool.newsdedup]\n")
    assert load_settings(with_mark, {}, {}, tmp_path).config == Config()
