"""What a process that is ours alone asks of its libraries; a program that uses newsdedup decides for itself."""

from __future__ import annotations

import gc
import os
import sys

_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # of mallopt, in glibc's malloc.h


def one_thread() -> None:
    """Asks numeric libraries that are not loaded yet for one thread, unless the environment says otherwise.

    Our matrices are small, and a pool of waiting threads doubles the CPU time.
    """
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")


def long_run() -> None:
    """Fits the memory management to millions of small objects without circles and to arrays made over and over.

    Looking for circles among the objects takes a tenth of a scan, giving the memory of working arrays back to the
    system and taking it again another twelfth.
    """
    import ctypes  # noqa: PLC0415 - 10 ms

    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "gnu_get_libc_version"):  # not musl, which has no such options
            library.mallopt(_MMAP_THRESHOLD, 16 << 20)
            library.mallopt(_TRIM_THRESHOLD, 256 << 20)
