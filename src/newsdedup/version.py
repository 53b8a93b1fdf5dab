"""The version of newsdedup."""

__version__ = "0.1.0"
