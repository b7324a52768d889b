"""Networks: who belongs to which network of local governments, what they share, how each fares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries
from dashboard.figures.scales import count_classes
from dashboard.figures.theme import colour
from dashboard.state import LISTS, ViewState
from dashboard.telling import (
    Beside,
    Column,
    KeyFigure,
    Legend,
    Line,
    Ranking,
    Swatch,
    Table,
    Told,
)
from dashboard.views.coded import labels
from dashboard.views.networks_beside import beside
from dashboard.views.networks_map import FADED, MEMBERSHIPS, PALE, SIGNS, SIZES, draw, marks
from geo.cases import cases_of
from geo.networks import (
    APART,
    DYNAMICS,
    Count,
    Gathered,
    Network,
    Town,
    cells,
    gathered,
    members_of,
    networks_of,
    ranked,
    selected,
    towns_of,
)
from geo.places import places_of
from geo.world import World

RANKED = 10
NATIONAL = "S088"  # the case that counts the networks of French local governments
__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Selection:
    """Memberships kept, their places, and those that pass all filters but the networks chosen;
    `counts` and `open_counts` are the networks of both.

    `known` counts all memberships of the data; `chosen` are the networks chosen, in order; `apart`
    says, by place, who does not belong and why.
    """

    members: pd.DataFrame
    counts: Mapping[str, Count]
    open: pd.DataFrame
    open_counts: Mapping[str, Count]
    places: Mapping[str, Gathered]
    networks: Mapping[str, Network]
    chosen: tuple[str, ...]
    known: int
    apart: Mapping[str, list[str]]


def select(world: World, state: ViewState) -> Selection:
    """Apply every filter."""
    members, wanted = members_of(world), wanted_of(state)
    free = {name: values for name, values in wanted.items() if name != "network"}
    kept = selected(members, wanted, state.years)
    open_ = selected(members, free, state.years) if state.network else kept
    counts = ranked(kept)
    return Selection(
        members=kept, counts=counts, open=open_, places=gathered(kept),
        open_counts=ranked(open_) if state.network else counts,
        networks=networks_of(world), chosen=state.network, known=len(members),
        apart=_apart(world, kept, state.lang),
    )  # fmt: skip


def _apart(world: World, members: pd.DataFrame, lang: str) -> dict[str, list[str]]:
    """The network and status of those that do not belong, by place."""
    status, networks = labels(world, "networks", "status", lang), networks_of(world)
    found: dict[str, list[str]] = {}
    rows = cells(members, "place_id", "network_id", "status", "belongs")
    for place, network, held, belongs in rows:
        if not belongs:
            said = f"{networks[network].acronym} · {status.get(held, held)}"
            found.setdefault(place, []).append(escape(said))
    return found


def wanted_of(state: ViewState) -> dict[str, tuple[str, ...]]:
    """The filters of a state that act on memberships."""
    return {n: getattr(state, n) for n in LISTS if "networks" in filters.BY_NAME[n].views}


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One membership a row, with its network, its place and its source."""
    members = selected(members_of(world), wanted_of(state), state.years)
    networks = networks_of(world)
    lang = state.lang
    acronym = members["network_id"].map({key: n.acronym for key, n in networks.items()})
    columns = {
        "network_id": "network_id", "acronym": "network", "dynamic": "dynamic",
        f"name_{lang}": "member", "member_name": "name_in_source", "level": "level",
        "place_id": "member_id", "country_id": "country_id", "region_id": "region_id",
        "departement_id": "departement_id", "admin1_id": "admin1_id", "stance": "stance",
        "status": "status", "since_year": "since_year", "until_year": "until_year", "lon": "lon",
        "lat": "lat", "evidence": "evidence", "source_title": "source_title",
        "source_address": "source_address", "note": "note",
    }  # fmt: skip
    table = members.assign(acronym=acronym)[list(columns)].rename(columns=columns)
    return table.reset_index(drop=True)


def shown(_world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One network a row: its members in what is shown and all those known here, those it states,
    its dynamic with its basis, its seat and its source."""
    counts, none = selection.counts, Count(0, 0, 0)
    fr = state.lang == "fr"
    return pd.DataFrame(
        [
            {
                "network_id": key, "name": n.name_fr if fr else n.name_en, "acronym": n.acronym,
                "members": counts.get(key, none).members,
                "french_members": counts.get(key, none).french,
                "countries": counts.get(key, none).countries, "members_known": n.known,
                "members_stated": n.stated, "stated_year": n.stated_year,
                "stated_of": n.stated_of, "coverage": n.coverage, "dynamic": n.dynamic,
                "dynamic_basis": n.basis_fr if fr else n.basis_en, "founded_year": n.founded,
                "ended_year": n.ended, "theme": n.theme, "scope": n.scope,
                "seat": n.seat_name_fr if fr else n.seat_name_en,
                "seat_country_id": n.seat_country_id,
                "lon": n.seat[0] if n.seat else None, "lat": n.seat[1] if n.seat else None,
                "low_confidence": n.low_confidence, "source_lines": n.source_lines,
                "source_title": n.source_title, "source_address": n.source_address,
                "note": n.note_fr if fr else n.note_en,
            }
            for key, n in _in_question(selection).items()
        ],
        columns=SHOWN,
    )  # fmt: skip


SHOWN = [
    "network_id", "name", "acronym", "members", "french_members", "countries", "members_known",
    "members_stated", "stated_year", "stated_of", "coverage", "dynamic", "dynamic_basis",
    "founded_year", "ended_year", "theme", "scope", "seat", "seat_country_id", "lon", "lat",
    "low_confidence", "source_lines", "source_title", "source_address", "note",
]  # fmt: skip


def _in_question(selection: Selection) -> dict[str, Network]:
    """The networks chosen, or those of the memberships kept; all of them where nothing filters."""
    held = set(selection.members["network_id"])
    if len(selection.open) == selection.known:
        held = set(selection.networks)
    chosen = set(selection.chosen)
    return {
        key: network for key, network in selection.networks.items()
        if key in (chosen if chosen else held)
    }  # fmt: skip


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, key figures, networks ranked, cards and overlap, legend, table, sources."""
    words = catalogue(state.lang)
    members, towns = selection.members, towns_of(world)
    places = [towns[place] for place, held in selection.places.items() if held.networks]
    sentence = words.say(
        "networks.sentence", n=int(members["belongs"].sum()),
        total=sum(n.known for n in selection.networks.values()),
        places=words.say("networks.places", n=len(places)),
        countries=words.say("n_countries", n=len({town.country_id for town in places})),
        networks=words.say("networks.n", n=len(_some(selection.counts))),
    )  # fmt: skip
    return Told(
        title=words.say("networks.title"),
        sentence=filters.sentence(sentence, world, state),
        key_figures=_key_figures(world, selection, places, words),
        rankings=(
            _by_members(world, selection, state, words), _by_dynamic(world, selection, words),
        ),
        legend=_legend(world, selection, state, words),
        table=_table(world, selection, state, words),
        sources=credits(world, _used(world, selection), ("boundaries",), state.convention),
        beside=Beside("networks", beside(world, selection, state), "right"),
        notes=_notes(world, selection, state, words),
        empty=members.empty and (_narrowed(state) or not selection.chosen),
    )  # fmt: skip


def _used(world: World, selection: Selection) -> set[str]:
    """The sources of the memberships, of their networks and of the national count."""
    networks = {n.source_id for n in _in_question(selection).values()}
    return {*selection.members["source_id"], *networks, _national(world)[1]}


@lru_cache(maxsize=4)
def _national(world: World) -> tuple[float | None, str]:
    """How many networks the source counts in France, and where it says so; None where the data
    has no such case."""
    cases = cases_of(world)
    found = cases[cases["case_id"] == NATIONAL]
    if found.empty or found["low"].isna().all():
        return None, ""
    return float(found["low"].iloc[0]), str(found["source_id"].iloc[0])


def _some(counts: Mapping[str, Count]) -> dict[str, int]:
    """The networks that have members, with how many."""
    return {key: count.members for key, count in counts.items() if count.members}


def _key_figures(
    world: World, selection: Selection, places: Sequence[Town], words: Catalogue
) -> tuple[KeyFigure, ...]:
    everywhere = sum(n.french > 0 for n in selection.networks.values())
    french = sum(town.french for town in places)
    figures = {
        "networks": (
            len(_some(selection.counts)), words.say("of_total", total=len(selection.networks)),
        ),
        "memberships": (int(selection.members["belongs"].sum()), words.say("networks.register")),
        "collectivities": (len(places), words.say("networks.french", n=french)),
        "countries": (len({town.country_id for town in places}), ""),
    }  # fmt: skip
    found = [
        KeyFigure(words.number(n), words.say(f"networks.key.{name}", n=n), note)
        for name, (n, note) in figures.items()
    ]
    national, _ = _national(world)
    if national:
        share = words.percent(everywhere / national * 100)
        note = words.say("networks.key.national_note", n=everywhere, share=share)
        found.append(KeyFigure(words.number(national), words.say("networks.key.national"), note))
    return tuple(found)


def _by_members(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Ranking:
    """Networks by the members that the other filters leave, so that another can be chosen."""
    known = _some(selection.open_counts)
    lines = _lines(world, selection, dict(list(known.items())[:RANKED]), words)
    more = len(known) - len(lines)
    rest = words.say("networks.rest", n=more) if more else ""
    title = words.say("networks.ranking.filtered" if _narrowed(state) else "networks.ranking")
    return Ranking(title, lines, rest)


def _narrowed(state: ViewState) -> bool:
    """Whether anything but a choice of networks filters."""
    others = (name for name in wanted_of(state) if name != "network")
    return state.years is not None or any(getattr(state, name) for name in others)


def _lines(
    world: World, selection: Selection, known: Mapping[str, int], words: Catalogue
) -> tuple[Line, ...]:
    """Networks with the sign and the word of their dynamic, and members known; «–» for none."""
    said = labels(world, "networks", "dynamic", words.lang)
    most = max(known.values(), default=0) or 1
    return tuple(
        Line(
            "network", key, f"{network.acronym} · {SIGNS[network.dynamic]} "
            f"{said.get(network.dynamic, network.dynamic).lower()}",
            words.number(n) if n else "–", n / most, key in selection.chosen,
            "" if n else words.say("networks.none"),
        )
        for key, n in known.items() for network in (selection.networks[key],)
    )  # fmt: skip


def _by_dynamic(world: World, selection: Selection, words: Catalogue) -> Ranking:
    """The networks whose dynamic is known, by what it is."""
    networks = [n for d in DYNAMICS[:-1] for n in selection.networks.values() if n.dynamic == d]
    unknown = words.say("networks.dynamics.unknown", n=len(selection.networks) - len(networks))
    known = {n.network_id: n.known for n in networks}
    return Ranking(words.say("networks.dynamics"), _lines(world, selection, known, words), unknown)


def _notes(
    world: World, selection: Selection, state: ViewState, words: Catalogue
) -> tuple[str, ...]:
    status, towns = labels(world, "networks", "status", state.lang), towns_of(world)
    found = []
    counts = Counter(selection.members["status"])
    if apart := [f"{status.get(s, s)} ({counts[s]})" for s in APART if s in counts]:
        found.append(words.say("networks.apart", names=words.joined(apart)))
    if nowhere := sum(math.isnan(towns[place].lon) for place in selection.places):
        found.append(words.say("networks.nowhere", n=nowhere))
    if low := sum(n.low_confidence for n in _in_question(selection).values()):
        found.append(words.say("networks.low_confidence", n=low))
    if state.years:
        undated = int(members_of(world)["since_year"].isna().sum())
        found.append(words.say("networks.undated", n=undated))
    return (*found, words.say("networks.coverage"))


def _legend(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Legend:
    sizes = tuple(
        Swatch(label, colour("accent"), "point", size)
        for label, size in zip(count_classes(MEMBERSHIPS).labels(words), SIZES, strict=True)
    )
    kinds = [
        Swatch(mark.label, mark.colour, f"point {mark.symbol}", 11)
        for mark in marks(selection.networks, selection.chosen, words)
        if mark.label
    ]
    if not selection.members["belongs"].all():
        kinds.append(
            Swatch(words.say("networks.legend.apart"), colour("ink-soft"), "point open", 9)
        )
    if len(selection.members) < selection.known:
        kinds.append(Swatch(words.say("networks.legend.rest"), FADED.colour, "point", PALE + 2))
    if any(selection.networks[key].seat for key in selection.chosen):
        kinds.append(Swatch(words.say("networks.legend.seat"), colour("ink"), "point star", 12))
    areas = (
        Swatch(words.say("networks.none"), colour("land")),
        Swatch(words.say("networks.some"), colour("under-2")),
    )
    ground = (*areas, *boundaries.legend(world, state))
    groups = [(words.say("networks.legend.sizes"), sizes), ("", ground)]
    if kinds:
        groups.insert(1, (words.say("networks.legend.kinds"), tuple(kinds)))
    return Legend(
        tuple(groups),
        (words.say("networks.legend.france"),
         home_convention(world, state.lang, state.convention),
         words.say(f"legend.projection.{state.projection}")),
    )  # fmt: skip


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    """One membership a row; a network, a French or a foreign member toggles its filter."""
    columns = (
        Column("network", words.say("filter.network"), parameter="network"),
        Column("territory", words.say("networks.column.territory"), parameter="territory"),
        Column("partner", words.say("networks.column.partner"), parameter="partner"),
        Column("country", words.say("networks.column.country")),
        Column("status", words.say("networks.column.status")),
        Column("since_year", words.say("networks.column.since"), numeric=True),
        Column("source", words.say("networks.column.source")),
    )  # fmt: skip
    values, keys = _cells(world, state.lang)
    shown = selection.members.index.tolist()
    return Table(columns, tuple(values[at] for at in shown), tuple(keys[at] for at in shown))


@lru_cache(maxsize=4)
def _cells(world: World, lang: str) -> tuple[list[tuple[object, ...]], list[tuple[str, ...]]]:
    """The cells of each membership of the data, and what they toggle."""
    status, places, networks = (
        labels(world, "networks", "status", lang), places_of(world), networks_of(world),
    )  # fmt: skip
    values: list[tuple[object, ...]] = []
    keys: list[tuple[str, ...]] = []
    for row in members_of(world).to_dict("records"):
        name, place, country = row[f"name_{lang}"], row["place_id"], row["country_id"]
        network = networks[row["network_id"]]
        near, far = (name, None) if row["french"] else (None, name)
        values.append((
            network.acronym, near, far, places.name(country, lang),
            status.get(row["status"], row["status"]),
            None if pd.isna(row["since_year"]) else int(row["since_year"]), row["source_title"],
        ))  # fmt: skip
        own = place if place in places else ""
        keys.append((network.network_id, own if row["french"] else "",
                     "" if row["french"] else own))  # fmt: skip
    return values, keys
