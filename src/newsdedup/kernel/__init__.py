"""The compiled kernel: the innermost loops in C, where this installation has them.

Every function of the kernel has a twin in numpy beside its only caller, which runs where no compiler was at hand; both
give the same bits, and the tests hold them to it. `NEWSDEDUP_KERNEL=numpy` in the environment turns the kernel off.
"""

from __future__ import annotations

import os
from types import ModuleType

VARIABLE = "NEWSDEDUP_KERNEL"


def _load() -> ModuleType | None:
    if os.environ.get(VARIABLE, "").lower() == "numpy":
        return None
    try:
        from newsdedup.kernel import _compiled  # noqa: PLC0415 - only where it was built
    except ImportError:
        return None
    return _compiled


compiled = _load()
"""The functions of `_compiled.pyi`, or None. Callers ask `kernel.compiled is None` each time, so that a test can set
it."""
