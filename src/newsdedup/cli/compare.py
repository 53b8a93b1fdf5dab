"""`newsdedup compare`: one pair looked at closely."""

from __future__ import annotations

import dataclasses
import difflib
from pathlib import Path

import click

from newsdedup.article import Article, Skipped
from newsdedup.cli.options import (
    input_options,
    kept_files,
    loaded,
    model_option,
    output_options,
    refuse_quiet_and_verbose,
    run_settings,
)
from newsdedup.cli.output import deliver, planned_outputs, refuse_other_formats
from newsdedup.config import Config
from newsdedup.errors import InputError
from newsdedup.report.plain import skipped_text

_MOST_IDS = 5  # named when the one asked for is not there


@click.command()
@click.argument("left")
@click.argument("right")
@click.option(
    "--among",
    multiple=True,
    metavar="PATH",
    help="Learn boilerplate from these articles, as a scan of them does; repeatable.",
)
@output_options
@model_option
@input_options
def compare(
    *,
    left: str,
    right: str,
    among: tuple[str, ...],
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Show how two articles relate: verdict, numbers, evidence, and what changed inside each sentence.

    LEFT and RIGHT are files, or FILE#ID for a record in a file of many.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, map_, **overrides)
    config, kept = found.config, kept_files(found)
    specs = [_located(spec) for spec in (left, right)]
    inputs = [*(path for path, _ in specs), *among]
    outputs = planned_outputs(
        form, sinks, inputs, command="compare", kept=kept, quiet=quiet, verbose=verbose, color=color
    )
    refuse_other_formats(outputs, "compare")
    if specs[0] == specs[1]:
        raise InputError(f"{left} and {right} are the same article; name two")
    first, second = (_article(path, wanted, config) for path, wanted in specs)
    if first.id == second.id:
        first, second = dataclasses.replace(first, id=left), dataclasses.replace(second, id=right)
    from newsdedup.api import compare_articles  # noqa: PLC0415  # numpy and the language models

    comparison = compare_articles(first, second, config, among=loaded(among, config) if among else ())
    deliver(outputs, lambda form, style: form.renderer("compare")(comparison, style))
    return 0


def _located(spec: str) -> tuple[str, str | None]:
    """(path, id in it) of `FILE` or `FILE#ID`; a file whose name holds a # is found first."""
    if spec == "-" or Path(spec).exists():
        return spec, None
    for place, char in enumerate(spec):
        if char == "#" and Path(spec[:place]).is_file():
            return spec[:place], spec[place + 1 :]
    return spec, None


def _article(path: str, wanted: str | None, config: Config) -> Article:
    """The one article that a path, or a path and an id, names.

    Raises:
        InputError: Nothing there can be compared, or more than one article could be meant.
    """
    if wanted is not None:
        return _record(path, wanted, config)
    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; name a file in it")
    found: list[Article] = []
    skipped: list[Skipped] = []
    for each in loaded([path], config):
        if isinstance(each, Skipped):
            skipped.append(each)
            continue
        found.append(each)
        if len(found) > 1:
            one = found[0].id.removeprefix(f"{path}#").removeprefix(f"{Path(path).name}#")
            raise InputError(f"{path} holds several articles; name one with {path}#{one}")
    if not found:
        raise InputError(f"cannot compare {skipped_text(skipped[0]) if skipped else f'{path}: no article in it'}")
    return found[0]


def _record(path: str, wanted: str, config: Config) -> Article:
    """The article of that id; a record without an id has `FILE#LINE`, so the line number alone names it too."""
    ids: list[str] = []
    names = (wanted, f"{path}#{wanted}", f"{Path(path).name}#{wanted}")
    for each in loaded([path], config):
        if isinstance(each, Skipped):
            if each.input in names:
                raise InputError(f"cannot compare {skipped_text(each)}")
        elif each.id in names:
            return each
        else:
            ids.append(each.id)
    near = difflib.get_close_matches(wanted, ids, n=_MOST_IDS) or ids[:_MOST_IDS]
    raise InputError(f"{path} has no article {wanted}; it has {', '.join(near) or 'none at all'}")
