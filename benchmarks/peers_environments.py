"""The peers of `peers.py`: what each needs, and an environment of its own for each, made once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _common import BenchmarkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What is installed together.

    Attributes:
        without_dependencies: Installed alone first: it asks for far more than the command that is run imports.
    """

    name: str
    requirements: Sequence[str]
    without_dependencies: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One row of the table: `run` is its name in `peers_run.py`."""

    label: str
    run: str
    environment: Environment


DATASKETCH = Environment(name="datasketch", requirements=("datasketch==2.0.0", "xxhash==4.1.0"))

PEERS = (
    Peer(label="gaoya 0.2.2", run="gaoya", environment=Environment(name="gaoya", requirements=("gaoya==0.2.2",))),
    Peer(label="rensa 0.5.0", run="rensa", environment=Environment(name="rensa", requirements=("rensa==0.5.0",))),
    Peer(
        label="FastSketchLSH 1.0.1",
        run="fastsketch",
        environment=Environment(name="fastsketchlsh", requirements=("fastsketchlsh==1.0.1",)),
    ),
    Peer(label="datasketch 2.0.0 + xxhash", run="datasketch-xxhash", environment=DATASKETCH),
    Peer(label="datasketch 2.0.0", run="datasketch", environment=DATASKETCH),
    Peer(
        label="text-dedup 0.4.0",
        run="text-dedup",
        environment=Environment(
            name="text-dedup",
            # All that `python -m text_dedup.minhash` imports; the package itself also asks for pyspark and unisim.
            requirements=(
                "click==8.5.1",
                "click-option-group==0.5.9",
                "datasets==5.2.0",
                "ftfy==6.3.1",
                "numpy==2.4.6",
                "psutil==7.2.2",
                "regex==2026.11.15",
                "rich==13.9.4",
                "scipy==1.17.1",
                "tqdm==4.70.1",
                "xxhash==4.1.0",
            ),
            without_dependencies=("text-dedup==0.4.0",),
        ),
    ),
)

NOT_RUN = {
    "semhash": "its embeddings are a model that is fetched from a hub at run time",
    "datatrove": "its MinHash is four jobs over files of their own, about a hundred articles a second",
}
"""Peers that are named and left out, and why."""


def default_folder() -> Path:
    """Where the environments stand: below the user's cache folder."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        cache = Path(named)
    elif sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        cache = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return cache / "newsdedup-benchmarks" / "peers"


def ready_python(environment: Environment, folder: Path) -> Path:
    """The Python of an environment, which is made when it is not there whole.

    Its name holds a digest of the Python and the versions in it, so that other pins make another environment.

    Raises:
        BenchmarkError: It could not be made; a line of what pip said is in the message.
    """
    contents = (sys.version, *environment.without_dependencies, *environment.requirements)
    digest = hashlib.sha256("\n".join(contents).encode()).hexdigest()[:8]
    place = folder.resolve() / f"{environment.name}-{digest}"
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    whole = place / "whole"
    if whole.exists():
        return python
    print(f"installing {environment.name} into {place}", file=sys.stderr)
    shutil.rmtree(place, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    _run([sys.executable, "-m", "venv", str(place)])
    if environment.without_dependencies:
        _run([*pip, "--no-deps", *environment.without_dependencies])
    _run([*pip, *environment.requirements])
    whole.touch()
    return python


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BenchmarkError(str(error)) from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise BenchmarkError((said or ["it said nothing"])[-1])
