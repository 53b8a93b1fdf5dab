"""`newsdedup tune` over a small labelled set: real runs, what is written and used, and everything that is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdedup import Config, compare_articles, load_articles
from newsdedup.article import Article
from newsdedup.cli.main import run
from newsdedup.config import load_settings
from newsdedup.gold.tuning import FEWEST
from newsdedup.verify.model import Model, Route, default_model, load_model, model_fingerprint
from test_gold_evaluate import newsroom_folder

Captured = pytest.CaptureFixture[str]
STORIES = ("a01", "a02", "a03", "k01", "k02")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newsroom_folder(tmp_path_factory.mktemp("made") / "stories", STORIES)


@pytest.fixture(autouse=True)
def here(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the labelled set `stories` of five newsroom stories."""
    shutil.copytree(made_once, tmp_path / "stories")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEDUP_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def blunt(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model that ships and is worse than it should be, so that tuning helps."""
    shipped = default_model()
    routes = {name: Route(weights=route.weights, bias=route.bias * 0.9) for name, route in shipped.routes.items()}
    blunted = Model(routes=routes, slope=0.3, offset=0.0)
    monkeypatch.setattr("newsdedup.gold.tuning.default_model", lambda: blunted)
    return blunted


def refuse_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes reading fail: what comes after is an error that was found before any work."""

    def worked(*arguments: object, **options: object) -> None:
        raise AssertionError("work was done")

    monkeypatch.setattr("newsdedup.gold.load.load_gold", worked)


def refused(captured: Captured, *arguments: str) -> str:
    """The one line that a refused run says."""
    assert run(["tune", *arguments]) == 2
    said = captured.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("newsdedup: error: ")
    return said.err.removeprefix("newsdedup: error: ").rstrip("\n")


def document(captured: Captured) -> Mapping[str, Any]:
    made: Mapping[str, Any] = json.loads(captured.readouterr().out)
    return made


def written(path: str = "newsdedup.yaml") -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    return values


def test_a_model_that_helps_is_written_beside_its_configuration(blunt: Model, capsys: Captured) -> None:
    assert run(["tune", "stories", "--format", "json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert said.err == "newsdedup: wrote newsdedup.yaml and newsdedup-model.json\n"
    assert found["kept"] is True
    assert found["tuned"]["log_loss"] < found["ships"]["log_loss"]
    assert found["gain"] > found["gain_error"] > 0
    assert written() == {"min_score": found["min_score"], "model": "newsdedup-model.json"}
    model = load_model(Path("newsdedup-model.json"))
    assert model.slope > blunt.slope
    of_file = json.loads(Path("newsdedup-model.json").read_text(encoding="utf-8"))
    assert found["model"] == {key: of_file[key] for key in ("routes", "calibration")}
    assert (of_file["made_by"], of_file["sets"]) == ("newsdedup tune stories --precision 0.99", ["stories"])


@pytest.mark.usefixtures("blunt")
def test_a_scan_uses_what_was_written(here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "made").mkdir()
    assert run(["tune", "stories", "-q", "-o", "made/mine.yaml"]) == 0
    capsys.readouterr()
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    config = load_settings(Path("../made/mine.yaml"), {}, {}, Path.cwd()).config
    assert run(["scan", "../stories/docs.jsonl", "--config", "../made/mine.yaml", "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = lines[0]["parameters"]
    assert config.model is not None
    assert shown["model"] == model_fingerprint(load_model(config.model))
    assert shown["min_score"] == config.min_score == written("../made/mine.yaml")["min_score"]
    pairs = {(line["left"], line["right"]): line["score"] for line in lines if line["type"] == "pair"}
    assert pairs
    articles = {item.id: item for item in load_articles("../stories/docs.jsonl") if isinstance(item, Article)}
    left, right = next(pair for pair, score in pairs.items() if 0.5 < score < 0.999)
    ships = compare_articles(articles[left], articles[right]).pair.score
    tuned = compare_articles(articles[left], articles[right], Config(model=config.model)).pair.score
    assert pairs[left, right] == pytest.approx(tuned, abs=2e-3) != pytest.approx(ships, abs=2e-3)


def test_the_flag_and_the_variable_name_a_model_too(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(default_model(), slope=0.01, offset=-9.0)
    text = json.dumps({"calibration": {"slope": other.slope, "offset": other.offset}, "routes": routes_of(other)})
    Path("strict.json").write_text(text, encoding="utf-8")
    command = ["scan", "stories/docs.jsonl", "--format", "jsonl"]
    assert run([*command, "--model", "strict.json"]) == 0
    flagged = capsys.readouterr().out.splitlines()
    monkeypatch.setenv("NEWSDEDUP_MODEL", "strict.json")
    assert run(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == flagged[:-1]  # the summary tells the time
    verdicts = {json.loads(line)["verdict"] for line in lines if '"type":"pair"' in line}
    assert verdicts <= {"identical"}
    assert run(["compare", "a.txt", "b.txt", "--model", "nix.json"]) == 2


def routes_of(model: Model) -> dict[str, Any]:
    return {name: {"weights": dict(route.weights), "bias": route.bias} for name, route in model.routes.items()}


def test_a_model_that_is_not_there_is_one_line(capsys: Captured) -> None:
    assert run(["scan", "stories", "--model", "nix.json"]) == 2
    assert capsys.readouterr().err == "newsdedup: error: model nix.json: no such file\n"


def test_when_tuning_does_not_help_only_min_score_is_written(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsdedup.gold.tuning.refit", lambda pairs, part, prior, base_rate: prior)
    assert run(["tune", "stories", "--precision", "0.9"]) == 0
    said = capsys.readouterr()
    assert said.err == "newsdedup: wrote newsdedup.yaml\n"
    assert "tuning does not help, the model that ships is kept: " in said.out
    assert list(written()) == ["min_score"]
    assert run(["tune", "stories", "--force", "-q", "--format", "json"]) == 0
    assert document(capsys)["model"] is None
    assert not Path("newsdedup-model.json").exists()
    assert run(["scan", "stories", "-q"]) == 0
    config = load_settings(None, {}, {}, Path.cwd()).config
    capsys.readouterr()
    assert (config.model, config.min_score) == (None, written()["min_score"])


def test_the_configuration_says_where_it_comes_from(capsys: Captured) -> None:
    assert run(["tune", "stories", "--precision", "0.9", "--base-rate", "0.25", "--lang", "en"]) == 0
    head = [line for line in Path("newsdedup.yaml").read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert head[0] == "# Made by: newsdedup tune stories --precision 0.9 --base-rate 0.25 --lang en"
    assert re.match(r"# newsdedup \S+, from stories: 50 articles; 30 derived and \d+ hard pairs; .*5 groups", head[1])
    assert re.match(r"# Left out in 5 folds: log loss 0\.\d{4} as shipped, 0\.\d{4} tuned; Brier", head[2])
    assert "precision 0.9 when 25 % of the pairs that look alike are derived" in head[3]
    capsys.readouterr()


def test_the_same_run_writes_the_same_bytes(blunt: Model, capsys: Captured) -> None:
    made: list[bytes] = []
    for _ in range(2):
        assert run(["tune", "stories", "--force"]) == 0
        made += [Path(name).read_bytes() for name in ("newsdedup.yaml", "newsdedup-model.json")]
        made.append(capsys.readouterr().out.encode())
    assert made[:3] == made[3:]
    assert blunt


def mislabel() -> None:
    """Copies that somebody took for independent reports."""
    rows = Path("stories/pairs.tsv").read_text(encoding="utf-8").splitlines()
    wrong = [row.replace("copy\tsyndicated en", "independent\tsyndicated en") for row in rows]
    assert rows != wrong
    Path("stories/pairs.tsv").write_text("\n".join(wrong) + "\n", encoding="utf-8")


def test_text_names_both_models_the_bar_and_the_pairs_to_look_at(capsys: Captured) -> None:
    mislabel()
    assert run(["tune", "stories", "-v", "--base-rate", "0.25"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^model +log loss +Brier +min_score +recall +false reports +precision$", out, re.MULTILINE)
    assert re.search(r"^ships +0\.\d{4} ", out, re.MULTILINE)
    assert re.search(r"^tuned +0\.\d{4} ", out, re.MULTILINE)
    assert re.search(r"^telling +lcs +\d+\.\d\d +\d+\.\d\d$", out, re.MULTILINE)
    assert "these pairs cannot show a precision of 0.99 when 25 % of the pairs that look alike are derived" in out
    assert out.endswith("Look at these labels first: a wrong one costs most.\n")
    assert re.search(
        r"labelled as not derived, and reported\n  independent +(?:0\.99|1\.00) +a0\d-orig +a0\d-syndicated", out
    )


def test_quiet_says_nothing_beside_the_figures(capsys: Captured) -> None:
    mislabel()
    assert run(["tune", "stories", "-q"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("model ")
    assert "derived, and" not in said.out


def test_a_configuration_that_is_there_stays(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_work(monkeypatch)
    Path("newsdedup.yaml").write_text("jobs: 2\n", encoding="utf-8")
    told = refused(capsys, "stories")
    assert told.startswith("newsdedup.yaml is there; -o names another file, --force replaces it")
    assert Path("newsdedup.yaml").read_text(encoding="utf-8") == "jobs: 2\n"


def test_so_does_a_model_that_is_there(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_work(monkeypatch)
    Path("mine-model.json").write_text("{}", encoding="utf-8")
    assert refused(capsys, "stories", "-o", "mine.yaml").startswith("mine-model.json is there;")
    assert not Path("mine.yaml").exists()


def test_force_replaces_it(capsys: Captured) -> None:
    Path("newsdedup.yaml").write_text("jobs: 2\n", encoding="utf-8")
    assert run(["tune", "stories", "--force"]) == 0
    assert "jobs" not in written()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["stories", "--precision", "1"], "command line: --precision is 1; allowed: a number above 0 and below 1"),
        (["stories", "--precision", "nan"], "command line: --precision is nan; allowed"),
        (["stories", "--base-rate", "0"], "command line: --base-rate is 0; allowed"),
        (["stories", "-o", "nix/mine.yaml"], "-o: no folder nix; make it first"),
        (["stories", "-o", "stories"], "-o: stories is a folder; give a file name in it"),
        (["stories", "-o", "stories/pairs.tsv"], "-o: stories/pairs.tsv is an input; give"),
        (["stories", "-q", "-v"], "-q and -v exclude each other; give one"),
        (["stories", "--jobs", "0"], "command line: --jobs is 0; allowed: a whole number"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(
    arguments: list[str], told: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_work(monkeypatch)
    assert refused(capsys, *arguments).startswith(told)


def test_without_scipy_nothing_is_begun(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_work(monkeypatch)
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert refused(capsys, "stories") == (
        "fitting needs scipy, which is not installed; run: pip install 'newsdedup[tune]'"
    )
    assert not Path("newsdedup.yaml").exists()


@pytest.mark.parametrize("kept", ["derived", "hard"])
def test_too_few_labelled_pairs_are_refused(kept: str, capsys: Captured) -> None:
    rows = Path("stories/pairs.tsv").read_text(encoding="utf-8").splitlines()
    derived = [row for row in rows[1:] if row.split("\t")[2] in ("copy", "revision", "excerpt", "rewrite")]
    hard = [row for row in rows[1:] if row.split("\t")[2] in ("independent", "followup", "template")]
    few = [*derived, *hard[: FEWEST - 1]] if kept == "derived" else [*derived[: FEWEST - 1], *hard]
    Path("stories/pairs.tsv").write_text("\n".join([rows[0], *few]) + "\n", encoding="utf-8")
    counts = (len(derived), 19) if kept == "derived" else (19, len(hard))
    told = refused(capsys, "stories")
    assert told.startswith(
        f"stories: {counts[0]} derived and {counts[1]} hard pairs are labelled; tuning needs 20 of each"
    )
    assert not Path("newsdedup.yaml").exists()


def test_pairs_of_too_few_stories_are_refused(capsys: Captured) -> None:
    rows = Path("stories/pairs.tsv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if not row.startswith("k02-")]
    Path("stories/pairs.tsv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert "hang together through shared articles in 4 groups; cross-validation needs 5" in refused(capsys, "stories")


def test_a_folder_without_labels_is_refused(capsys: Captured, here: Path) -> None:
    Path("stories/pairs.tsv").unlink()
    assert refused(capsys, "stories").startswith("stories: no pairs.tsv;")
    assert here


def test_records_that_cannot_be_read_are_told_and_strict_counts_them(capsys: Captured) -> None:
    with Path("stories/docs.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "empty", "text": ""}\n')
    Path("strict.yaml").write_text("strict: true\n", encoding="utf-8")
    assert run(["tune", "stories", "--config", "strict.yaml"]) == 3
    assert "skipped" in capsys.readouterr().err


def test_json_has_the_figures_of_both(capsys: Captured) -> None:
    assert run(["tune", "stories", "--format", "json", "-q"]) == 0
    found = document(capsys)
    assert (found["type"], found["name"], found["articles"], found["groups"]) == ("tuning", "stories", 50, 5)
    assert found["derived"] == 30
    assert found["base_rate"] == pytest.approx(30 / (30 + found["hard"] + found["distinct"]), abs=1e-6)
    for name in ("ships", "tuned"):
        figures = found[name]
        assert 0 <= figures["brier"] <= 1
        assert figures["log_loss"] > 0
        assert 0.5 <= figures["min_score"] <= 1
        assert set(figures["without_fold"]) == {"recall", "false", "precision"}
    assert found["min_score"] == found["tuned" if found["kept"] else "ships"]["min_score"]
    assert (found["model"] is None) == (not found["kept"])
