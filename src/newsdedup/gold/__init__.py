"""Labelled pairs: reading them, measuring the detector on them, fitting it to them."""
