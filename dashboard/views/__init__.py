"""The views: each module selects tables for a state, draws its map and tells it in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from dashboard.views import diaspora, flows, stances

VIEWS: Mapping[str, ModuleType] = {"flows": flows, "diaspora": diaspora, "stances": stances}
