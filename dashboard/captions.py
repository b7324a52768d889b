"""Credits of what is shown and of nothing else, and the convention that boundaries follow."""

from __future__ import annotations

from collections.abc import Iterable

from geo.world import World


def credits(world: World, keys: Iterable[str], datasets: Iterable[str] = ()) -> tuple[str, ...]:
    """Citations of sources (by `dataset/id`) and of whole datasets, each once, in that order."""
    wanted = [*sorted(set(keys)), *(s.key for d in datasets for s in world.datasets[d].sources)]
    found = (world.sources[key] for key in dict.fromkeys(wanted) if key in world.sources)
    return tuple(dict.fromkeys(f"{s.citation} ({s.licence})" for s in found))


def stance_sources(world: World, countries: Iterable[str]) -> set[str]:
    """The sources (`dataset/id`) that the stances of these countries stand on."""
    cells = world.table("criteria")
    return set(cells.loc[cells["country_id"].isin(list(countries)), "source_id"])


def home_convention(world: World, lang: str) -> str:
    """The statement on contested boundaries that goes under every map."""
    boundaries = world.datasets["boundaries"]
    return boundaries.convention_fr if lang == "fr" else boundaries.convention_en
