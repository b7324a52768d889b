"""Prove that datasets are what they say: every fault, with its file, its line and what is right."""

from geo.check.folders import check

__all__ = ["check"]
