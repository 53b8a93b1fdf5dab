"""The JSON schema for editors: it takes what the parser takes in its usual form, and refuses what that refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from newsdedup.config import KEYS, load_settings
from newsdedup.config.keys import PRESET_KEY, VALUE_KEYS
from newsdedup.config.schema import config_schema, schema_text
from newsdedup.config.written import default_yaml, init_yaml
from newsdedup.errors import ConfigError

CONFIGS = Path(__file__).parent.parent / "configs"
VALIDATOR: Any = jsonschema.Draft202012Validator(
    config_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def as_json(text: str) -> Any:
    """What an editor checks: dates are text there."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def parses(tmp_path: Path, text: str) -> bool:
    (tmp_path / "newsdedup.yaml").write_text(text, encoding="utf-8")
    try:
        load_settings(None, {}, {}, tmp_path)
    except ConfigError:
        return False
    return True


def test_the_committed_schema_is_the_generated_one() -> None:
    file = CONFIGS / "newsdedup.schema.json"
    assert file.read_text(encoding="utf-8") == schema_text(), (
        "run newsdedup config schema > configs/newsdedup.schema.json"
    )
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_every_key_is_described() -> None:
    properties: Any = config_schema()["properties"]
    assert [*properties] == [key.name for key in KEYS]
    for key in (PRESET_KEY, *VALUE_KEYS):
        assert properties[key.name]["description"] == " ".join(key.comment.split())


def shipped() -> Iterator[str]:
    yield from (path.read_text(encoding="utf-8") for path in sorted(CONFIGS.glob("*.yaml")))
    yield from (init_yaml(None), init_yaml("wire"))


@pytest.mark.parametrize("text", [*shipped()])
def test_what_ships_is_taken(text: str) -> None:
    VALIDATOR.validate(as_json(text))


def test_every_default_is_the_default() -> None:
    properties: Any = config_schema()["properties"]
    assert {name: of["default"] for name, of in properties.items()} == as_json(default_yaml())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "preset: strict-ci",
        "preset: null",
        "views: copy, terms",
        "views: [copy]",
        "lang: de",
        "lang: null",
        "min_verdict: template",
        "min_score: 1",
        "min_score: 0",
        "window: 14d",
        "window: '2.5'",
        "window: 36 h",
        "window: .5d",
        "window: 2.5",
        "window: null",
        "window: none",
        "bucket_cap: 2",
        "map: {text: body, canonical: original}",
        "map: 'text=body, id=guid'",
        "map: [text=body]",
        "model: m.json",
        "model: null",
        "baseline: ../known.json",
        "max_memory: 104857600",
        "max_memory: 100M",
        "max_memory: 4 GiB",
        "max_memory: 200000kb",
        "jobs: 1024",
        "strict: true",
        "fail_on: related",
        "allow: []",
        "allow: [{reason: r, new: a}]",
        "allow: [{reason: r, against: a, source: b, verdicts: [copy, related], expires: 2027-01-31}]",
        "allow: [{reason: r, verdicts: rewrite, expires: '2027-01-31'}]",
        "allow_declared: true",
    ],
)
def test_both_take(tmp_path: Path, text: str) -> None:
    assert parses(tmp_path, text)
    VALIDATOR.validate(as_json(text))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "min_scor: 1",
        "preset: wires",
        "preset: ''",
        "views: []",
        "views: [minhash]",
        "views: copy terms",
        "views: null",
        "lang: english",
        "lang: d",
        "min_verdict: theft",
        "min_score: 1.01",
        "min_score: -0.1",
        "min_score: true",
        "all: 2",
        "all: null",
        "window: 0",
        "window: 0.0d",
        "window: 14w",
        "window: 1.2.3d",
        "window: nones",
        "window: .",
        "bucket_cap: 1",
        "max_bytes: 0",
        "max_bytes: 1.5",
        "map: {body: text}",
        "map: {text: ''}",
        "map: [text]",
        "map: body=text",
        "model: ''",
        "model: 3",
        "max_memory: 99M",
        "max_memory: 1000K",
        "max_memory: 4.5G",
        "max_memory: 1000",
        "jobs: 0",
        "jobs: 1025",
        "jobs: null",
        "strict: 1",
        "fail_on: template",
        "fail_on: distinct",
        "fail_on: null",
        "baseline: ' '",
        "allow: null",
        "allow: {reason: r, new: a}",
        "allow: [a]",
        "allow: [{new: a}]",
        "allow: [{reason: r}]",
        "allow: [{reason: ' ', new: a}]",
        "allow: [{reason: r, expires: 2027-01-31}]",
        "allow: [{reason: r, new: null}]",
        "allow: [{reason: r, agains: a}]",
        "allow: [{reason: r, verdicts: []}]",
        "allow: [{reason: r, verdicts: [template]}]",
        "allow: [{reason: r, new: a, expires: soon}]",
        "allow: [{reason: r, new: a, expires: '2027-02-30'}]",
        "allow_declared: sometimes",
    ],
)
def test_both_refuse(tmp_path: Path, text: str) -> None:
    assert not parses(tmp_path, text)
    assert not VALIDATOR.is_valid(as_json(text))
