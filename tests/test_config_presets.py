"""Presets: the files in `configs/` are what the code says; a value differs from its default and gives way to files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newsdedup.config import PRESETS, Config, load_settings
from newsdedup.config.keys import VALUE_KEYS
from newsdedup.config.written import flow, init_yaml, preset_yaml
from newsdedup.errors import ConfigError
from newsdedup.result import Verdict

CONFIGS = Path(__file__).parent.parent / "configs"


def test_there_is_a_file_for_each_preset_and_no_other() -> None:
    assert {path.stem for path in CONFIGS.glob("*.yaml")} == {*PRESETS, "default"}
    assert [*PRESETS] == ["wire", "local-news", "press-releases", "short-items", "strict-ci"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_file_of_its_name(tmp_path: Path, name: str) -> None:
    file = CONFIGS / f"{name}.yaml"
    assert file.read_text(encoding="utf-8") == preset_yaml(name), f"write preset_yaml({name!r}) to configs/{name}.yaml"
    assert load_settings(file, {}, {}, tmp_path).config == load_settings(None, {}, {"preset": name}, tmp_path).config


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_of_a_preset_differs_from_the_default_and_has_a_reason(tmp_path: Path, name: str) -> None:
    preset = PRESETS[name]
    found, defaults = load_settings(None, {}, {"preset": name}, tmp_path).config, Config()
    keys = {key.name: key.attribute for key in VALUE_KEYS}
    chosen = {keys[choice.key] for choice in preset.choices}
    assert chosen
    for attribute in keys.values():
        assert (getattr(found, attribute) != getattr(defaults, attribute)) == (attribute in chosen)
    assert all(choice.reason for choice in preset.choices)
    assert preset.purpose.endswith(".")


def test_a_file_goes_before_its_preset_and_before_one_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("min_score: 0.9\npreset: short-items\n", encoding="utf-8")
    assert load_settings(None, {}, {}, tmp_path).config.min_score == 0.9
    found = load_settings(None, {}, {"preset": "strict-ci"}, tmp_path).config
    assert (found.min_score, found.strict) == (0.9, True)
    assert load_settings(None, {"NEWSDEDUP_MIN_SCORE": "0.8"}, {}, tmp_path).config.min_score == 0.8


def test_the_strongest_source_says_which_preset(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("preset: wire\n", encoding="utf-8")
    environ = {"NEWSDEDUP_PRESET": "strict-ci"}
    assert load_settings(None, {}, {}, tmp_path).config.window_days == 3
    assert load_settings(None, environ, {}, tmp_path).config == Config(min_score=0.6, strict=True)
    found = load_settings(None, environ, {"preset": "press-releases"}, tmp_path)
    assert found.config == Config(fail_on=Verdict.EXCERPT, allow_declared=True)
    assert (found.by_key["preset"].value, found.by_key["preset"].origin) == ("press-releases", "command line")
    assert found.by_key["fail_on"].origin == "preset press-releases"


def test_no_preset_is_said_with_null(tmp_path: Path) -> None:
    (tmp_path / "newsdedup.yaml").write_text("preset: null\n", encoding="utf-8")
    assert load_settings(None, {}, {}, tmp_path).config == Config()


def test_an_unknown_preset_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    known = "allowed: one of wire, local-news, press-releases, short-items, strict-ci, or null"
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {}, {"preset": "wires"}, tmp_path)
    assert str(caught.value) == f"command line: --preset is wires; {known}"


# the file that `config init` writes


def uncommented(text: str) -> str:
    """What somebody gets who removes every # that stands before a setting."""
    return "".join(line.removeprefix("#") if line[1:2].isalpha() else line for line in text.splitlines(keepends=True))


@pytest.mark.parametrize("name", [None, *PRESETS])
def test_a_new_file_changes_nothing_until_a_setting_is_uncommented(tmp_path: Path, name: str | None) -> None:
    file = tmp_path / "newsdedup.yaml"
    file.write_text(init_yaml(name), encoding="utf-8")
    expected = load_settings(None, {}, {"preset": name}, tmp_path / "elsewhere").config
    found = load_settings(None, {}, {}, tmp_path)
    assert found.config == expected
    assert found.file is not None
    assert [entry.name for entry in found.file.entries] == (["preset"] if name else [])
    file.write_text(uncommented(init_yaml(name)), encoding="utf-8")
    found = load_settings(None, {}, {}, tmp_path)
    assert found.config == expected
    assert {setting.origin.split(" line ")[0] for setting in found.by_key.values()} == {"newsdedup.yaml"}


_PRINTED = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12) | st.sampled_from(
    ["no", "On", "null", "14d", "1.5h", "2027-01-31", "a: b", "a #b", "drafts/*.md", "*x", "7", "1e5", "~", ""]
)


@given(st.recursive(_PRINTED | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=4))
def test_a_value_in_one_line_is_read_as_the_same_value(value: object) -> None:
    assert yaml.safe_load(f"a: {{b: {flow(value)}}}")["a"]["b"] == value
