"""`newsdedup tune`: fits to the user's own labelled pairs, and writes a configuration."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsdedup.cli.messages import say
from newsdedup.cli.options import input_options, refuse_quiet_and_verbose, settings
from newsdedup.cli.output import deliver, planned_outputs, writable, write_whole
from newsdedup.cli.progress import work
from newsdedup.cli.scan import EXIT_SKIPPED, tell_skipped
from newsdedup.config import CONFIG_NAME, Config
from newsdedup.errors import ConfigError
from newsdedup.report.formats import FORMATS, Format
from newsdedup.report.plain import Style

if TYPE_CHECKING:
    from newsdedup.gold.load import Gold
    from newsdedup.gold.tuning import Tuning


@click.command()
@click.argument("gold", metavar="GOLD")
@click.option("-o", "--output", "target", metavar="FILE.yaml", default=CONFIG_NAME, help=f"Default: {CONFIG_NAME}.")
@click.option("--force", is_flag=True, help="Replace FILE.yaml; what else is set in it is lost.")
@click.option(
    "--precision",
    type=float,
    default=0.99,
    metavar="0..1",
    help="Wanted share of reports that are right; default: .99.",
)
@click.option(
    "--base-rate",
    type=float,
    metavar="0..1",
    help="Share of derived pairs among those that look alike; default: as labelled.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), help="What goes to standard output.")
@click.option("-q", "--quiet", is_flag=True, help="No messages, no progress; the figures alone.")
@click.option("-v", "--verbose", is_flag=True, help="The weights before and after, too.")
@click.option("--jobs", metavar="N", help="Worker processes; the result is the same.")
@input_options
def tune(
    *,
    gold: str,
    target: str,
    force: bool,
    precision: float,
    base_rate: float | None,
    form: str | None,
    quiet: bool,
    verbose: bool,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Fit the score and min_score to pairs that you have labelled, and write a configuration.

    GOLD is a folder with articles (docs.jsonl or docs.jsonl.gz) and labelled pairs (pairs.tsv: left, right, label and,
    if wanted, detail, tab-separated), as for eval. Weights stay near those that ship; both are held against pairs
    that were left out, and when tuning does not help the model that ships is kept and only min_score is written.
    Else the model goes into a file beside FILE.yaml. Needs scipy: pip install 'newsdedup[tune]'.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    _refuse_outside(precision, "--precision")
    _refuse_outside(base_rate, "--base-rate")
    config = settings(config_file, map_, **overrides)
    inputs = [str(Path(gold) / name) for name in ("docs.jsonl", "docs.jsonl.gz", "pairs.tsv")]
    outputs = planned_outputs(form, (), inputs, kept={}, quiet=quiet, verbose=verbose, color=False)
    path, model = _planned_files(target, inputs, force=force)
    from newsdedup.gold.fitting import require_scipy  # noqa: PLC0415  # numpy

    require_scipy()
    labelled = _labelled(gold, config)
    tuning = _tuned(labelled, config, precision, base_rate, quiet=quiet)
    if not quiet:
        tell_skipped(labelled.skipped, outputs)
    given = {"precision": precision, "base-rate": base_rate, "lang": overrides["lang"]}
    given |= {"max-bytes": overrides["max_bytes"], "map": ",".join(map_) or None}
    command = _command(gold, given)
    from newsdedup.report.tuning import tuned_config, tuned_model  # noqa: PLC0415

    if tuning.kept:  # first, so that no configuration ever names a model that is not there
        write_whole(model, tuned_model(tuning, command))
    write_whole(path, tuned_config(tuning, command, model.name))
    if not quiet:
        say(f"wrote {path}{f' and {model}' if tuning.kept else ''}")
    deliver(outputs, lambda form, style: _rendered(tuning, form, style))
    return EXIT_SKIPPED if config.strict and labelled.skipped else 0


def _command(gold: str, given: Mapping[str, object]) -> str:
    """What decides the result, as a command; where it goes is left out."""
    options = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    return shlex.join(["newsdedup", "tune", gold, *options])


def _refuse_outside(value: float | None, option: str) -> None:
    if value is not None and not 0 < value < 1:
        raise ConfigError(f"command line: {option} is {value:g}; allowed: a number above 0 and below 1")


def _planned_files(target: str, inputs: list[str], *, force: bool) -> tuple[Path, Path]:
    """The configuration and the model beside it.

    Raises:
        ConfigError: One cannot be written, is an input, or is there and may not be replaced.
    """
    path = writable(target, "-o")
    model = path.with_name(f"{path.stem}-model.json")
    for each in (path, writable(str(model), "-o")):
        if each.resolve() in (Path(name).resolve() for name in inputs):
            raise ConfigError(f"-o: {each} is an input; give the configuration another name")
        if each.exists() and not force:
            raise ConfigError(f"{each} is there; -o names another file, --force replaces it with all that is set in it")
    return path, model


def _labelled(gold: str, config: Config) -> Gold:
    from newsdedup.gold.load import load_gold  # noqa: PLC0415  # compression, charset tables
    from newsdedup.loaders import LoaderParams  # noqa: PLC0415

    params = LoaderParams(max_bytes=config.max_bytes, field_map=config.field_map, lang=config.lang)
    return load_gold(Path(gold), params)


def _tuned(gold: Gold, config: Config, precision: float, base_rate: float | None, *, quiet: bool) -> Tuning:
    from newsdedup.gold.tuning import tune as tuned  # noqa: PLC0415  # the language models

    with work(quiet=quiet) as progress:
        return tuned(
            gold,
            precision=precision,
            base_rate=base_rate,
            usual=Config().min_score,
            jobs=config.jobs,
            tell=progress,
        )


def _rendered(tuning: Tuning, form: Format, style: Style) -> Iterator[str]:
    from newsdedup.report.tuning import tuning_document, tuning_text  # noqa: PLC0415

    return tuning_document(tuning) if form is FORMATS["json"] else tuning_text(tuning, style)
