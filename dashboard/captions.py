"""Credits of what is shown and of nothing else, and the convention that boundaries follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from dashboard.catalogue import Catalogue
from geo.conventions import convention_of, conventions
from geo.load import EMBEDDED
from geo.schema import Source
from geo.world import Dataset, World

REPLACED = ("countries", "regions", "departements", "admin1")


def credits(
    world: World, keys: Iterable[str], datasets: Iterable[str] = (), convention: str = ""
) -> tuple[str, ...]:
    """Citations of sources (by `dataset/id`) and of whole datasets, each once, in that order.

    Of boundary conventions, only the one followed is credited, with the default, whose shapes
    the others complete themselves with; with those of the atlas, the sources of the shapes that
    stand in the place of its own.
    """
    other = {each.source for each in conventions(world)[1:]}
    other -= {convention_of(world, convention).source}
    whole = [s.key for name in datasets for s in world.datasets[name].sources]
    whole += sorted(brought(world, REPLACED)) if "boundaries" in datasets else []
    wanted = [*sorted(set(keys)), *(key for key in whole if key not in other)]
    found = (world.sources[key] for key in dict.fromkeys(wanted) if key in world.sources)
    return tuple(dict.fromkeys(map(_cited, found)))


def _cited(source: Source) -> str:
    return f"{source.citation} ({source.licence})"


def marked(world: World, credited: tuple[str, ...], words: Catalogue) -> tuple[str, ...]:
    """The same credits, with a mark on those of data that were added to those of the atlas."""
    added = _added(world)
    return tuple(words.say("sources.added", source=s) if s in added else s for s in credited)


@lru_cache(maxsize=4)
def _added(world: World) -> frozenset[str]:
    """The credits of datasets that stand beside those of the atlas."""
    held = world.datasets.values()
    own = {s for dataset in held if _embedded(dataset) for s in map(_cited, dataset.sources)}
    every = {s for dataset in held for s in map(_cited, dataset.sources)}
    return frozenset(every - own) if own else frozenset()


def _embedded(dataset: Dataset) -> bool:
    return dataset.folder.parent == EMBEDDED


@lru_cache(maxsize=32)
def brought(world: World, layers: tuple[str, ...]) -> frozenset[str]:
    """The sources (`dataset/id`) of the shapes that datasets put in layers, beside or in the
    place of those of the atlas."""
    named = [world.layer(name) for name in layers]
    found = {key for layer in named if "source_id" in layer for key in layer["source_id"]}
    return frozenset(found - {""})


def stance_sources(world: World, countries: Iterable[str]) -> set[str]:
    """The sources (`dataset/id`) that the stances of these countries stand on."""
    cited = _criteria_sources(world)
    return set().union(*(cited.get(country, ()) for country in countries))


@lru_cache(maxsize=4)
def _criteria_sources(world: World) -> Mapping[str, set[str]]:
    """The sources of the criteria of each State."""
    cells = world.table("criteria")
    return {str(c): set(held) for c, held in cells.groupby("country_id")["source_id"]}


def home_convention(world: World, lang: str, convention: str = "") -> str:
    """What a boundary convention says of itself under every map, the default for an empty name."""
    return convention_of(world, convention).statement(lang)
