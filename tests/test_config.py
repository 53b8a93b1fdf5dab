"""Settings: precedence, unknown keys, ranges, hostile files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

import pytest

from newsdedup.config import KEYS, Config, load_settings, values
from newsdedup.config.keys import VALUE_KEYS
from newsdedup.config.written import default_yaml
from newsdedup.errors import ConfigError
from newsdedup.result import Verdict

DEFAULT_FILE = Path(__file__).parent.parent / "configs" / "default.yaml"


def from_yaml(tmp_path: Path, text: str | bytes) -> Config:
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "newsdedup.yaml").write_bytes(data)
    return load_settings(None, {}, {}, tmp_path).config


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        from_yaml(tmp_path, text)
    return str(caught.value)


def test_default_file_is_generated_from_the_defaults(tmp_path: Path) -> None:
    assert DEFAULT_FILE.read_text(encoding="utf-8") == default_yaml(), "write default_yaml() to configs/default.yaml"
    assert load_settings(DEFAULT_FILE, {}, {}, tmp_path).config == Config()


def test_every_field_has_a_key_and_a_comment() -> None:
    assert [key.attribute for key in VALUE_KEYS] == [field.name for field in dataclasses.fields(Config)]
    assert [key.name for key in KEYS] == ["preset", *(key.name for key in VALUE_KEYS)]
    text = default_yaml().replace("\n# ", "\n")
    assert all(f"\n{key.comment}\n{key.name}: " in text for key in KEYS)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(None, {}, {}, tmp_path).config == Config()


def test_command_line_goes_before_environment_before_file_before_defaults(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("min_score: 0.1\njobs: 2\nbucket_cap: 5\n", encoding="utf-8")
    environ = {"NEWSDEDUP_MIN_SCORE": "0.2", "NEWSDEDUP_JOBS": "3"}
    config = load_settings(None, environ, {"min_score": "0.3", "jobs": None}, tmp_path).config
    assert (config.min_score, config.jobs, config.bucket_cap, config.max_bytes) == (0.3, 3, 5, 20_000_000)


def test_a_named_file_stands_in_for_the_one_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("min_score: 0.1\n", encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("jobs: 4\n", encoding="utf-8")
    config = load_settings(other, {}, {}, tmp_path).config
    assert (config.jobs, config.min_score) == (4, 0.7)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "nix.yaml", {}, {}, tmp_path)
    with pytest.raises(ConfigError, match="not a file"):
        load_settings(tmp_path, {}, {}, tmp_path)


def test_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, "min_scor: 1\n") == "newsdedup.yaml line 1: unknown key min_scor; did you mean min_score?"
    assert refusal(tmp_path, "\nzzzz: 1\n").startswith("newsdedup.yaml line 2: unknown key zzzz; known: preset, views,")


def test_unknown_variable_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {"NEWSDEDUP_MIN_SCOR": "1"}, {}, tmp_path)
    assert str(caught.value) == "environment: unknown variable NEWSDEDUP_MIN_SCOR; did you mean NEWSDEDUP_MIN_SCORE?"


def test_variables_of_the_benches_and_empty_ones_are_no_settings(tmp_path: Path) -> None:
    environ = {"NEWSDEDUP_BENCH": "/x", "NEWSDEDUP_DEBUG": "1", "NEWSDEDUP_LANG": "", "PATH": "/bin"}
    assert load_settings(None, environ, {}, tmp_path).config == Config()


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("views: [facts, copy]", "views", ("copy", "facts")),  # always in one order
        ("views: copy,terms", "views", ("copy", "terms")),
        ("lang: EN", "lang", "en"),
        ("lang: no", "lang", "no"),  # YAML 1.1 reads false
        ("min_verdict: copy", "min_verdict", Verdict.COPY),
        ("min_score: 1", "min_score", 1.0),
        ("min_score: '0.25'", "min_score", 0.25),
        ("min_score: -0.0", "min_score", 0.0),
        ("all: yes", "report_all", True),
        ("window: 14d", "window_days", 14.0),
        ("window: 36h", "window_days", 1.5),
        ("window: 2.5", "window_days", 2.5),
        ("window: null", "window_days", None),
        ("window: none", "window_days", None),
        ("map: {text: body, id: guid}", "field_map", {"id": "guid", "text": "body"}),
        ("strict: true", "strict", True),
        ("fail_on: related", "fail_on", Verdict.RELATED),
        ("baseline: null", "baseline", None),
        ("allow: []", "allow", ()),
        ("allow_declared: on", "allow_declared", True),
    ],
)
def test_values_are_read(tmp_path: Path, line: str, attribute: str, value: object) -> None:
    found = getattr(from_yaml(tmp_path, line), attribute)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)  # -0.0 == 0.0


@pytest.mark.parametrize(
    "line",
    [
        "views: []",
        "views: [copy, minhash]",
        "views: 3",
        "lang: english",
        "min_verdict: plagiarism",
        "min_score: 1.01",
        "min_score: -0.1",
        "min_score: .nan",
        "min_score: true",
        "all: 2",
        "window: 0",
        "window: -3",
        "window: 14w",
        "window: 1.2.3d",
        "window: .inf",
        "bucket_cap: 1",
        "max_memory: 99M",
        "max_memory: -1",
        "max_memory: 4.5G",
        "max_memory: true",
        "max_memory: much",
        "max_bytes: 0",
        "max_bytes: 1.5",
        "map: {body: text}",
        "map: {text: ''}",
        "map: [text]",
        "map: 'text=a,text=b'",
        "model: 3",
        "model: ''",
        "model: [a.json]",
        'model: "a\\0b"',
        "jobs: 0",
        "jobs: true",
        "jobs:",
        "jobs: " + "9" * 4000,
        "strict: {a: b}",
        "preset: reuters",
        "preset: [wire]",
        "fail_on: template",
        "fail_on: distinct",
        "fail_on: null",
        "baseline: ''",
        "allow: 3",
        "allow: {reason: a, new: b}",
        "allow_declared: sometimes",
        "window: 2021-99-99",
        "window: 2021-01-01",
        "jobs: " + "9" * 5000,
    ],
)
def test_a_value_out_of_range_is_refused_with_place_key_and_allowed_values(tmp_path: Path, line: str) -> None:
    told = refusal(tmp_path, f"# a comment\n{line}\n")
    name = line.partition(":")[0]
    assert told.startswith(f"newsdedup.yaml line 2: {name} is ")
    assert "; allowed: " in told
    assert len(told) < 300


def test_a_value_says_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text(
        "# mine\nmin_score: 0.1\njobs: 2\npreset: wire\nall: yes\n", encoding="utf-8"
    )
    environ = {"NEWSDEDUP_JOBS": "3", "NEWSDEDUP_LANG": ""}
    found = load_settings(None, environ, {"all": False, "views": None}, tmp_path)
    origins = {name: setting.origin for name, setting in found.by_key.items() if setting.origin != "default"}
    assert origins == {
        "preset": "newsdedup.yaml line 4",
        "min_score": "newsdedup.yaml line 2",
        "all": "command line",
        "window": "preset wire",
        "jobs": "environment NEWSDEDUP_JOBS",
    }
    assert [*found.by_key] == [key.name for key in KEYS]
    for key in VALUE_KEYS:
        assert found.by_key[key.name].value == getattr(found.config, key.attribute)


def test_each_source_is_named_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^command line: --min-score is 7; allowed: a number from 0 to 1$"):
        load_settings(None, {}, {"min_score": "7"}, tmp_path)
    with pytest.raises(ConfigError, match=r"^environment: NEWSDEDUP_ALL is maybe; allowed: true or false$"):
        load_settings(None, {"NEWSDEDUP_ALL": "maybe"}, {}, tmp_path)
    with pytest.raises(ConfigError, match=r"^Config: min_score is 7; allowed"):
        Config(min_score=7)


@pytest.mark.parametrize(
    ("written", "found"), [("m.json", "conf/m.json"), ("../m.json", "conf/../m.json"), ("/etc/m.json", "/etc/m.json")]
)
def test_a_model_counts_from_the_folder_of_the_file_that_names_it(tmp_path: Path, written: str, found: str) -> None:
    (tmp_path / "conf").mkdir()
    named = tmp_path / "conf" / "newsdedup.yaml"
    named.write_text(f"model: {written}\n", encoding="utf-8")
    assert load_settings(named, {}, {}, tmp_path).config.model == tmp_path / found
    assert load_settings(None, {}, {}, tmp_path / "conf").config.model == tmp_path / found
    named.write_text(f"baseline: {written}\n", encoding="utf-8")
    assert load_settings(named, {}, {}, tmp_path).config.baseline == tmp_path / found


def test_a_model_of_the_environment_or_the_command_line_counts_from_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("model: in-file.json\n", encoding="utf-8")
    environ = {"NEWSDEDUP_MODEL": "a/m.json"}
    assert load_settings(None, environ, {}, tmp_path).config.model == Path("a/m.json")
    assert load_settings(None, environ, {"model": "b.json"}, tmp_path).config.model == Path("b.json")
    assert Config(model=Path("c.json")).model == Path("c.json")


@pytest.mark.parametrize(
    ("text", "environ", "overrides", "days"),
    [
        ("", {}, {}, 14.0),
        ("jobs: 2", {}, {"window": None}, 14.0),
        ("window: null", {}, {}, None),
        ("window: 3d", {}, {}, 3.0),
        ("preset: wire", {}, {}, 3.0),
        ("preset: wire", {}, {"window": "none"}, None),
        ("", {"NEWSDEDUP_WINDOW": "none"}, {}, None),
        ("window: 3d", {"NEWSDEDUP_WINDOW": "36h"}, {}, 1.5),
    ],
)
def test_an_ingest_has_a_window_unless_somebody_said_that_there_is_none(
    tmp_path: Path, text: str, environ: dict[str, str], overrides: dict[str, str], days: float | None
) -> None:
    (tmp_path / "newsdedup.yaml").write_text(text, encoding="utf-8")
    assert load_settings(None, environ, overrides, tmp_path).for_ingest().window_days == days


@pytest.mark.parametrize(
    ("written", "unit", "seconds"),
    [
        ("30s", "d", 30),
        ("5m", "s", 300),
        ("1.5h", "s", 5400),
        ("90d", "s", 7_776_000),
        ("2", "s", 2),
        ("2", "d", 172_800),
    ],
)
def test_a_duration_is_counted_in_seconds(written: str, unit: Literal["s", "d"], seconds: float) -> None:
    assert values.duration(written, unit=unit) == seconds


@pytest.mark.parametrize("written", ["", "nan", "inf", "-1s", "1w", "s", "1e3", "1.2.3s", "1 2s"])
def test_no_duration_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        values.duration(written, unit="s")


def test_no_model_is_the_one_that_ships(tmp_path: Path) -> None:
    assert from_yaml(tmp_path, "model: null").model is None
    assert Config().model is None


def test_a_program_may_write_values_as_a_file_does() -> None:
    config = Config(views=("facts", "copy"), lang="EN", window_days=2)
    assert (config.views, config.lang, config.window_days) == (("copy", "facts"), "en", 2.0)
    assert config == Config(views=("copy", "facts"), lang="en", window_days=2.0)


def test_map_options_are_collected(tmp_path: Path) -> None:
    config = load_settings(None, {}, {"map": ("text=body", "published=date")}, tmp_path).config
    assert config.field_map == {"text": "body", "published": "date"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1\n", "newsdedup.yaml line 2: broken YAML"),
        ("jobs: 1\n\tall: 2\n", "newsdedup.yaml line 2: broken YAML"),
        ("jobs: 1\njobs: 2\n", "newsdedup.yaml line 2: jobs is given twice"),
        ("a: &x [1]\nb: *x\n", "newsdedup.yaml line 2: aliases (*name) are refused"),
        ("a: &x [lol]\nb: &y [*x,*x]\n", "newsdedup.yaml line 2: aliases (*name) are refused"),  # billion laughs
        ("- a\n", "newsdedup.yaml line 1: not a mapping"),
        ("jobs: !!python/object/apply:os.system [x]\n", "newsdedup.yaml line 1: tags (!name) are refused"),
        ("\njobs: !!int x\n", "newsdedup.yaml line 2: tags (!name) are refused"),
        ("!!set {jobs}\n", "newsdedup.yaml line 1: tags (!name) are refused"),
        ("jobs: <<\n", "newsdedup.yaml line 1: broken YAML"),
        ("<<: {jobs: 2}\n", "newsdedup.yaml line 1: unknown key <<"),
        ("map:\n  text: a\n  text: b\n", "newsdedup.yaml line 3: text is given twice; keep one"),
        ("? [jobs]\n: 1\n", "newsdedup.yaml line 2: unknown key [...]"),
        ("[" * 3000, "newsdedup.yaml line 1: nested too deeply"),
        ("a: [[[[1]]]]\n", "newsdedup.yaml line 1: nested too deeply"),
        ("x: [" + "1," * 20_000 + "]", "newsdedup.yaml line 1: nested too deeply or too long"),
        ("x: 1\n---\ny: 2\n", "newsdedup.yaml line 2: broken YAML"),
        ("a\x00b", "newsdedup.yaml: broken YAML"),
        (b"\xff\xfe\x00", "newsdedup.yaml: not UTF-8 text"),
        ("# " + "x" * 1_000_000, "newsdedup.yaml: over 1 MB"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_with_its_place(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert refusal(tmp_path, text).startswith(told)


@pytest.mark.parametrize("text", ["", "# nothing\n", b"\xef\xbb\xbfjobs: 1\n"])
def test_an_empty_file_or_one_with_a_byte_order_mark_is_fine(tmp_path: Path, text: str | bytes) -> None:
    assert from_yaml(tmp_path, text) == Config()


@pytest.mark.parametrize(
    ("written", "size"),
    [("100M", 100 << 20), ("4G", 4 << 30), ("4 gib", 4 << 30), ("200000KB", 200_000 << 10), (10**9, 10**9)],
)
def test_memory_is_read_with_its_unit(written: str | int, size: int) -> None:
    assert values.memory(written) == size
