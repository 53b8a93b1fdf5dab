"""One writer at a time: a lock that the kernel frees when its holder ends, however it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

from newsdedup.errors import StoreError, StoreLockedError
from newsdedup.printable import printable_path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.25
_MOST_PID_BYTES = 20


class WriterLock:
    """Held from its making to `close`.

    The file stays when the lock goes: who waits for it has it open, and would else lock a file without a name.
    """

    def __init__(self, path: Path, name: str, timeout_seconds: float) -> None:
        """Takes the lock.

        Args:
            path: The lock file; made when it is not there.
            name: Of the store, for messages.
            timeout_seconds: How long to wait for another holder; 0 not at all.

        Raises:
            StoreLockedError: Another process holds it.
            ValueError: The time is negative or no number.
        """
        if not timeout_seconds >= 0:
            raise ValueError(f"lock_timeout_seconds must be 0 or more, not {timeout_seconds}")
        if fcntl is None:
            raise StoreError(f"{name}: a store needs file locks as Unix has them; use Linux, macOS or WSL")
        # not inherited by processes started from here (PEP 446): a worker that outlives its run holds no lock
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._wait(path, name, timeout_seconds)
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        except BaseException:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        """Gives the lock back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _wait(self, path: Path, name: str, timeout_seconds: float) -> None:
        end = time.monotonic() + timeout_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                left = end - time.monotonic()
                if left <= 0:
                    raise StoreLockedError(
                        f"{name}: another run is writing to it{self._holder()}; run again later, or wait for it with "
                        f"--lock-timeout TIME (the lock is {printable_path(str(path))}; it frees itself)"
                    ) from None
                time.sleep(min(pause, left))
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                return

    def _holder(self) -> str:
        pid = os.pread(self._descriptor, _MOST_PID_BYTES, 0).decode("ascii", "replace").strip()
        return f" (process {pid})" if pid.isdecimal() else ""
