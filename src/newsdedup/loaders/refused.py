"""Why an input was not read, on its way from the place that saw it to the `Skipped` that reports it."""

from __future__ import annotations

import gzip
import zlib

READ_ERRORS = (OSError, EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a file or a compressed stream may raise: vanished, forbidden, cut off, corrupt."""


class RefusedError(Exception):
    """One input cannot be used; the run goes on. Never leaves the loaders.

    Attributes:
        reason: The stable code for `Skipped.reason`.
        detail: One line for a person, without the name of the input (the caller knows it).
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def unreadable(error: BaseException) -> RefusedError:
    """The refusal for one of READ_ERRORS, in the operating system's words where there are any."""
    if isinstance(error, OSError) and error.strerror:
        return RefusedError("unreadable", error.strerror)
    if isinstance(error, EOFError):
        return RefusedError("unreadable", "the compressed data is cut off; fetch the file again")
    return RefusedError("unreadable", f"the compressed data is damaged ({error}); fetch the file again")
