"""Memory does not grow with what is asked: all that is remembered has an end."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import app
import dashboard
import geo
from dashboard.workspaces import REMEMBERED


def modules() -> list[ModuleType]:
    """Every module of the project but those that are run as programs."""
    found = [app]
    for package in (geo, dashboard):
        for told in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not told.name.endswith("__main__"):
                found.append(importlib.import_module(told.name))
    return found


def remembering(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The functions and methods of a module that remember results."""
    for name, held in vars(module).items():
        if isinstance(held, REMEMBERED):
            yield name, held
        elif isinstance(held, type) and held.__module__ == module.__name__:
            yield from ((f"{name}.{n}", m) for n, m in vars(held).items()
                        if isinstance(m, REMEMBERED))  # fmt: skip


def test_every_memory_of_results_has_an_end():
    """Also that of a function without arguments: it may be given some one day."""
    sizes = {f"{module.__name__}.{name}": held.cache_parameters()["maxsize"]
             for module in modules() for name, held in remembering(module)}  # fmt: skip
    assert len(sizes) > 80
    assert {name: size for name, size in sizes.items() if not size or size > 5_000} == {}
