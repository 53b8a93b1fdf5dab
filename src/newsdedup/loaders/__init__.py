"""What is read and how: files, folders and standard input become articles, or a reason why not.

The readers are loaded when they are first used: who only asks what would be read does not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from newsdedup.loaders.kinds import reads

if TYPE_CHECKING:
    from newsdedup.loaders.again import read_text as read_text
    from newsdedup.loaders.load import load_articles as load_articles
    from newsdedup.loaders.params import LoaderParams as LoaderParams

_HOMES = {"load_articles": "load", "LoaderParams": "params", "read_text": "again"}

__all__ = ["LoaderParams", "load_articles", "read_text", "reads"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"newsdedup.loaders.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'newsdedup.loaders' has no attribute {name!r}")
