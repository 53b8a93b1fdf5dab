"""One thread for numeric libraries: our matrices are small, and a pool of waiting threads doubles the CPU time."""

from __future__ import annotations

import os

_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def one_thread() -> None:
    """Asks numeric libraries that are not loaded yet for one thread, unless the environment says otherwise."""
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
