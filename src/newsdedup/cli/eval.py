"""`newsdedup eval`: how well a labelled set is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsdedup.cli.options import (
    finding_options,
    input_options,
    kept_files,
    output_options,
    refuse_quiet_and_verbose,
    run_settings,
)
from newsdedup.cli.output import Outputs, deliver, planned_outputs, writable, write_bytes
from newsdedup.cli.progress import work
from newsdedup.cli.scan import EXIT_SKIPPED, tell_skipped
from newsdedup.config import Config
from newsdedup.errors import ConfigError
from newsdedup.report.formats import FORMATS, TERMINAL, Format
from newsdedup.report.plain import Style

if TYPE_CHECKING:
    from newsdedup.gold.evaluate import Evaluation

_HAVE_EVALUATION = ("text", "json")


@click.command()
@click.argument("gold", metavar="GOLD")
@click.option(
    "--plot",
    metavar="FILE",
    help="Draw facts against telling, a dot a labelled pair, as .png or .svg; needs matplotlib.",
)
@click.option(
    "--list",
    "most",
    type=click.IntRange(min=0),
    metavar="N",
    help="Missed pairs, and false reports, that the text lists; default: 10, with -v all.",
)
@output_options
@finding_options
@input_options
def eval(  # noqa: A001  # the command's name
    *,
    gold: str,
    plot: str | None,
    most: int | None,
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Hold what a scan reports against pairs that people have labelled.

    GOLD is a folder with articles (docs.jsonl or docs.jsonl.gz) and labelled pairs (pairs.tsv: left, right, label
    and, if wanted, detail, tab-separated). identical, copy, revision, excerpt and rewrite must be reported;
    independent, followup, template and related must not, and neither must any pair that is not listed; ignore counts
    neither way. The formats are text and json. Exit code 0 says that the evaluation is done, whatever it found.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, map_, **overrides)
    config, kept = found.config, kept_files(found)
    inputs = [str(Path(gold) / name) for name in ("docs.jsonl", "docs.jsonl.gz", "pairs.tsv")]
    outputs = planned_outputs(form, sinks, inputs, kept=kept, quiet=quiet, verbose=verbose, color=color)
    _refuse_other_formats(outputs)
    picture = None if plot is None else _planned_plot(plot, outputs, inputs)
    evaluation = _evaluated(gold, config, quiet=quiet, plotted=picture is not None)
    if not quiet:
        tell_skipped(evaluation.skipped, outputs)
    if picture is not None:
        from newsdedup.gold.plot import plot_bytes, plot_kind  # noqa: PLC0415  # matplotlib

        write_bytes(picture, [plot_bytes(evaluation, plot_kind(picture.name))])
    renders = _renders(evaluation, most)
    deliver(outputs, lambda form, style: renders[form](style))
    return EXIT_SKIPPED if config.strict and evaluation.skipped else 0


def _refuse_other_formats(outputs: Outputs) -> None:
    known = [TERMINAL, *(FORMATS[name] for name in _HAVE_EVALUATION)]
    for form in (outputs.stdout, *(sink.format for sink in outputs.files)):
        if form is not None and form not in known:
            name = next(name for name, each in FORMATS.items() if each is form)
            raise ConfigError(f"eval has no format {name}; available: {', '.join(_HAVE_EVALUATION)}")


def _planned_plot(plot: str, outputs: Outputs, inputs: Sequence[str]) -> Path:
    """The file to draw to, once it is sure that it can be drawn.

    Raises:
        ConfigError: Neither PNG nor SVG, a place that cannot be written, a file that is in use, or no matplotlib.
    """
    from newsdedup.gold.plot import plot_kind, require_matplotlib  # noqa: PLC0415

    picture = writable(plot, "--plot")
    plot_kind(picture.name)
    used = [*(sink.path for sink in outputs.files), *map(Path, inputs)]
    if picture.resolve() in (path.resolve() for path in used):
        raise ConfigError(f"--plot: {plot} is another report or an input; give the plot its own file")
    require_matplotlib()
    return picture


def _evaluated(gold: str, config: Config, *, quiet: bool, plotted: bool) -> Evaluation:
    # numpy, the language models, compression
    from newsdedup.api import parameters_of, settings_shown  # noqa: PLC0415
    from newsdedup.gold.evaluate import evaluate  # noqa: PLC0415
    from newsdedup.gold.load import DERIVED, LABELS, load_gold  # noqa: PLC0415
    from newsdedup.loaders import LoaderParams  # noqa: PLC0415

    params = LoaderParams(max_bytes=config.max_bytes, field_map=config.field_map, lang=config.lang)
    labelled = load_gold(Path(gold), params)
    with work(quiet=quiet) as progress:
        return evaluate(
            labelled,
            parameters_of(config),
            measured=LABELS if plotted else DERIVED,
            shown=settings_shown(config),
            progress=progress,
        )


def _renders(evaluation: Evaluation, most: int | None) -> Mapping[Format, Callable[[Style], Iterator[str]]]:
    from newsdedup.report.evaluation import MOST_LISTED, evaluation_document, evaluation_text  # noqa: PLC0415

    def text(style: Style) -> Iterator[str]:
        return evaluation_text(evaluation, style, MOST_LISTED if most is None else most)

    return {FORMATS["text"]: text, TERMINAL: text, FORMATS["json"]: lambda style: evaluation_document(evaluation)}
