"""The error tree: every error that a user can meet, with the exit code it ends the command with.

A message names the thing, the place and the way out; the command line prints it as one line.
"""

from __future__ import annotations


class NewsdedupError(Exception):
    """Base of all errors raised on purpose; `exit_code` is what the command line exits with."""

    exit_code = 2


class InputError(NewsdedupError):
    """An input that cannot be used at all, such as a PATH that does not exist, or an id used for two texts."""


class ConfigError(NewsdedupError):
    """An unknown key or a value out of range in a configuration file, the environment or an option."""


class StoreError(NewsdedupError):
    """What is kept on disk cannot be used: damaged, of another version, or made with other parameters."""

    exit_code = 4


class StoreLockedError(StoreError):
    """Another run is writing to the store; later it can be used (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75
