"""Make data/reference and data/boundaries again from pinned open packages."""

from geo.build.write import build

__all__ = ["build"]
