"""The views: each module selects tables for a state, draws its map and tells it in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from dashboard.views import (
    cases,
    data,
    diaspora,
    flows,
    gap,
    index,
    matrix,
    networks,
    stances,
    territory,
    time,
    vectors,
)

VIEWS: Mapping[str, ModuleType] = {
    "flows": flows,
    "time": time,
    "matrix": matrix,
    "diaspora": diaspora,
    "gap": gap,
    "stances": stances,
    "vectors": vectors,
    "index": index,
    "networks": networks,
    "cases": cases,
    "territory": territory,
    "data": data,
}

# The tabs of the page, each with its views; a tab is named after the first.
TABS = (
    ("flows", "time", "matrix"),
    ("diaspora", "gap"),
    ("stances",),
    ("vectors", "index"),
    ("networks", "cases"),
    ("territory",),
    ("data",),
)
