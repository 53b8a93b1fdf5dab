"""What is read and how: files, folders and standard input become articles, or a reason why not."""

from __future__ import annotations

from newsdedup.loaders.load import load_articles
from newsdedup.loaders.params import LoaderParams

__all__ = ["LoaderParams", "load_articles"]
