"""Sheets: all that the data know of one place, put together on one page.

A place stands for all that it contains: a région's sheet holds the links, members and rows of
its départements, EPCI and communes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from geo.adding import by_place
from geo.cases import cases_of
from geo.corridors import (
    SELECTORS,
    UNDECLARED,
    counts_by,
    group_members,
    links_of,
    selected_links,
    started_by_year,
    tally,
)
from geo.diaspora import (
    ALL,
    DEFINITIONS,
    Stock,
    figures_for,
    figures_of,
    origins_ranked,
    ranks,
    stock,
)
from geo.joins import located_ends
from geo.links import Groups, Links
from geo.networks import members_of
from geo.places import ANCESTORS, FRANCE, places_of
from geo.series import KEYS, LEVELS
from geo.vectors import vectors_of
from geo.world import World

METROPOLITAN = "area:FRA-METRO"
SIDES: Mapping[str, tuple[str, ...]] = {
    "a": (*SELECTORS["territory"], *SELECTORS["home"]),
    "b": SELECTORS["partner"],
}
# Where the row of a place stands in the reference, by level.
TABLES = {
    "country": "countries", "region": "regions", "departement": "departements", "epci": "epci",
    "commune": "communes", "admin1": "admin1", "town": "places",
}  # fmt: skip
# Codes of a place by the column of the reference that holds them.
CODES = ("code", "siren", "iso3", "iso2", "iso_numeric", "wikidata_id")
# Which of these the id of a place holds, where its table has no such column.
IN_ID = {"region": "code", "departement": "code", "commune": "code", "epci": "siren",
         "country": "iso3"}  # fmt: skip
STOCK = ["place_id", "number", "bound", "estimate", "source_id"]
TOTALS = [
    "place_id", "definition", "number", "share", "year", "bound", "estimate", "source_id",
    "number_source_id",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Identity:
    """Who a place is: `within` goes from the widest that contains it to the nearest, `codes`
    are (authority, code), `groups` those of its country; `population` is None where no figure
    is held, `population_source` the key of its source; `point` is longitude and latitude."""

    place_id: str
    level: str
    within: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    population: int | None
    population_source: str
    point: tuple[float, float] | None
    source: str


@dataclass(frozen=True, eq=False)
class Presence:
    """People by origin who live in a place or, for a place abroad, where those born in its
    country live in France.

    `of`: the place that the figures are of, which may be the département of a commune or the
    country of a town; "" where there is no figure. `table`: place_id (country of origin, or
    région of residence), number, bound, estimate, source_id, largest first, all under one
    `definition` and `year`. `totals`: one row a definition, never to be added: place_id,
    definition, number, share (percent, NaN where not published), year, bound, estimate,
    source_id and, where it is another, number_source_id.
    `first`: the first countries of birth of immigrants, where only their order is published.
    """

    of: str
    definition: str
    year: int
    table: pd.DataFrame
    totals: pd.DataFrame
    first: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Standing:
    """What is known of a place whatever the filters.

    `side` is "a" for a place of the country seen from, "b" for a partner. `known`: links by country
    (or région). `vectors`: as in `vectors_at`; `members` and `cases`: rows of `members_of` and
    `cases_of` that are of the place or in it.
    """

    identity: Identity
    side: str
    known: Mapping[str, int]
    presence: Presence
    vectors: pd.DataFrame
    members: pd.DataFrame
    cases: pd.DataFrame


@dataclass(frozen=True, eq=False)
class PlaceSheet(Standing):
    """One page on one place: what stands of it, and the links that were given.

    `links`: those that touch the place or what it contains. `partners` (countries for side a,
    régions for side b) and `partner_places` (the ends themselves): key and totals, as in
    `counts_by`. `themes`, `kinds`, `statuses`: number of links by code; a link of two themes counts
    in both. `years`: links started by year; `undated` have no start year. `stances`: stance,
    countries, links. `sources`: keys of all that is used.
    """

    links: Links
    partners: Groups
    partner_places: Groups
    themes: Mapping[str, int]
    kinds: Mapping[str, int]
    statuses: Mapping[str, int]
    years: Mapping[int, int]
    undated: int
    stances: pd.DataFrame
    sources: tuple[str, ...]


def sheet_of_place(world: World, place_id: str, links: Links) -> PlaceSheet:
    """The sheet of a place; `links` are those selected, as in `links_of`.

    KeyError for an unknown place.
    """
    standing = standing_of(world, place_id)
    own = links_with(world, links, place_id)
    near, far = _columns(standing.side)
    return PlaceSheet(
        **vars(standing), links=own, partners=counts_by(own, near),
        partner_places=counts_by(own, far), themes=themes_of(own), kinds=tally(own, "kind"),
        statuses=tally(own, "status"), years=started_by_year(own),
        undated=int(np.isnan(own.numbers("start_year")).sum()), stances=stances_met(own),
        sources=tuple(sorted({*_sources(standing), *own.met("source_id")} - {""})),
    )  # fmt: skip


@lru_cache(maxsize=256)
def standing_of(world: World, place_id: str) -> Standing:
    """What is known of a place whatever the filters; KeyError for an unknown place."""
    side = side_of(world, place_id)
    every = links_with(world, links_of(world), place_id)
    return Standing(
        identity=identity_of(world, place_id), side=side,
        known=tally(every, _columns(side)[0]), presence=presence_of(world, place_id),
        vectors=vectors_at(world, place_id), members=inside(members_of(world), place_id),
        cases=inside(cases_of(world), place_id),
    )  # fmt: skip


def _columns(side: str) -> tuple[str, str]:
    """The columns of the links of a side that hold the area and the place of its partners."""
    return ("b_country_id", "b_id") if side == "a" else ("a_region_id", "a_id")


def _sources(held: Standing) -> set[str]:
    told = (held.presence.table, held.presence.totals, held.presence.first, held.vectors,
            held.members, held.cases)  # fmt: skip
    used = {key for table in told for key in table["source_id"]}
    return {held.identity.source, *held.presence.totals["number_source_id"], *used}


def identity_of(world: World, place_id: str) -> Identity:
    """Level, codes, all that contains the place, population, point; KeyError if unknown."""
    places = places_of(world)
    level = places.value(place_id, "level")
    row = _reference_row(world, place_id, level)
    people = places.frame["population"].get(place_id)
    lon, lat = places.points[place_id]
    country = places.value(place_id, "country_id")
    authority, code = place_id.split(":", 1)
    authority = "natural_earth" if code.startswith("NE-") else IN_ID.get(authority, authority)
    codes = tuple((c, str(row[c])) for c in CODES if c in row.index and pd.notna(row[c]))
    known = {value for _, value in codes}
    own = () if code in known or authority == "place" else ((authority, code),)
    return Identity(
        place_id=place_id, level=level, within=containers(world, place_id),
        codes=tuple(pair for pair in (*own, *codes) if pair[1]),
        groups=tuple(group_members(world).get(country, ())),
        population=None if pd.isna(people) else int(people),
        population_source="" if pd.isna(people) else str(row["source_id"]),
        point=None if pd.isna(lon) or pd.isna(lat) else (float(lon), float(lat)),
        source=str(row["source_id"]),
    )  # fmt: skip


def _reference_row(world: World, place_id: str, level: str) -> pd.Series:
    """The row of a place; for a town that only memberships name, that of the first of them."""
    table = world.table(TABLES[level])
    rows = table[table.iloc[:, 0] == place_id]
    if rows.empty:
        members = world.table("members")
        rows = members[members["place_id"] == place_id]
    return rows.iloc[0]


def containers(world: World, place_id: str) -> tuple[str, ...]:
    """All that contains a place, the widest first; a town's unit is the one that its point is
    joined to."""
    places = places_of(world)
    units = _unit_by_town(world)
    found = [places.value(place_id, column) for column in ANCESTORS]
    found.append(units.get(place_id, ""))
    inside = [p for p in dict.fromkeys(found) if p and p != place_id and p in places]
    return tuple(inside)


@lru_cache(maxsize=4)
def _unit_by_town(world: World) -> Mapping[str, str]:
    located = located_ends(world).located
    return dict(zip(located["place_id"], located["unit_id"], strict=True))


def side_of(world: World, place_id: str) -> str:
    """ "a" for a place of the country that links are seen from, "b" for any other."""
    return "a" if places_of(world).value(place_id, "country_id") == FRANCE else "b"


def links_with(world: World, links: Links, place_id: str) -> Links:
    """The links that touch a place or what it contains."""
    if side_of(world, place_id) == "b":
        return selected_links(links, {"partner": (place_id,)})
    name = "home" if places_of(world).value(place_id, "level") == "country" else "territory"
    return selected_links(links, {name: (place_id,)})


def themes_of(links: Links) -> dict[str, int]:
    """Number of links by declared theme, most first, then those that declare none."""
    counts = {t: int(links.having("theme_list", (t,)).sum()) for t in links.listed["theme_list"]}
    last = sorted(counts, key=lambda theme: (theme == UNDECLARED, -counts[theme], theme))
    return {theme: counts[theme] for theme in last if counts[theme]}


def stances_met(links: Links) -> pd.DataFrame:
    """The stances of the partners' States: stance, countries, links, most links first."""
    counts = tally(links, "b_stance")
    stances, countries = links.texts("b_stance"), links.codes("b_country_id")
    met = [len(np.unique(countries[stances == stance])) for stance in counts]
    table = pd.DataFrame(
        {"stance": [*counts], "countries": met, "links": [*counts.values()]}
    ).astype({"countries": int, "links": int})
    return table.sort_values(["links", "stance"], ascending=[False, True], ignore_index=True)


def presence_of(world: World, place_id: str) -> Presence:
    """People by origin in a French place; for a place abroad, where in France the people born
    in its country live."""
    places = places_of(world)
    level = places.value(place_id, "level")
    if place_id == FRANCE:
        return _origins(world, FRANCE, "un_migrants", _national(world, ALL))
    if side_of(world, place_id) == "b":
        return _residences(world, places.value(place_id, "country_id"))
    published = level in ("region", "departement")
    of = place_id if published else places.value(place_id, "departement_id")
    return _origins(world, of, "born_abroad", _totals(world, of))


def _origins(world: World, of: str, definition: str, totals: pd.DataFrame) -> Presence:
    """The countries of origin of the people of a place."""
    figures = figures_of(world)
    table = origins_ranked(figures, definition, [of]).frame()
    table = table.rename(columns={"origin_id": "place_id"})
    first = ranks(figures, [of]).frame().astype({"origin_id": "object", "place_id": "object"})
    year = int(table["year"].max()) if len(table) else 0
    known = len(table) + len(first) + len(totals) > 0
    return Presence(of if known else "", definition, year, table[STOCK], totals, first)


def _residences(world: World, country: str) -> Presence:
    """The régions where the people born in a country live."""
    found = stock(figures_of(world), "born_abroad", (country,), "region", None)
    table = found.table.assign(source_id=found.table["number_source_id"])
    table = table[table["number"] > 0].sort_values(["number", "place_id"], ascending=[False, True])
    totals = _national(world, country)
    first = ranks(figures_of(world), []).frame()
    of = country if len(table) + len(totals) else ""
    return Presence(of, "born_abroad", found.year, table[STOCK], totals, first)


def _totals(world: World, of: str) -> pd.DataFrame:
    """People of all origins in a French place, one definition a row."""
    level = places_of(world).value(of, "level") if of else ""
    rows = [_total(world, definition, of, level) for definition in DEFINITIONS if of]
    return _as_totals(pd.concat(rows) if rows else pd.DataFrame())


def _total(world: World, definition: str, of: str, level: str) -> pd.DataFrame:
    """The latest figure of one definition for a place, as the map has it where the map has the
    place in that year; no row where there is none."""
    year = _latest_years(world, definition, level).get(of, 0)
    table = _stock_of_all(world, definition, level, year).table
    rows = table[table["place_id"] == of]
    if rows.empty:
        figures = figures_of(world)
        rows = stock(figures.of_place(of), definition, (), level, (year, year)).table
    return rows.assign(definition=definition, year=year)


@lru_cache(maxsize=12)
def _latest_years(world: World, definition: str, level: str) -> Mapping[str, int]:
    """The latest year with a figure of all origins, by place of a level."""
    known = figures_for(figures_of(world), definition, (), level)
    latest = known.groupby("place_id")["year"].max()
    return dict(zip(map(str, latest.index), latest.astype(int).tolist(), strict=True))


@lru_cache(maxsize=32)
def _stock_of_all(world: World, definition: str, level: str, year: int) -> Stock:
    return stock(figures_of(world), definition, (), level, (year, year))


def _national(world: World, origin: str) -> pd.DataFrame:
    """People of an origin in France as a whole, the latest figure of each definition."""
    figures = world.table("figures")
    rows = figures[
        (figures["origin_id"] == origin)
        & figures["place_id"].isin([FRANCE, METROPOLITAN])
        & (figures["measure"] == "number")
    ].sort_values(["definition", "year", "place_id"])
    rows = rows.drop_duplicates("definition", keep="last")
    number = rows["value"].astype(float)
    return _as_totals(rows.assign(number=number, share=float("nan"), number_source_id=""))


def _as_totals(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reindex(columns=TOTALS).reset_index(drop=True)


def vectors_at(world: World, place_id: str) -> pd.DataFrame:
    """The latest value of each vector that has figures of its own for a place: KEYS and VALUES
    of `geo.series`, source_title and source_address where one page states it. An EPCI has those
    of its communes, each on its row."""
    level = places_of(world).value(place_id, "level")
    values = _latest_values(world, "commune" if level not in LEVELS else level)
    places = values["place_id"].unique()
    here = [
        p for p in places if p == place_id or (level == "epci" and place_id in _above(world, p))
    ]
    return values[values["place_id"].isin(here)].reset_index(drop=True)


@lru_cache(maxsize=8)
def _latest_values(world: World, level: str) -> pd.DataFrame:
    """The figures of the vectors by place of a level, the latest year of each indicator; links,
    diasporas, memberships and cases have their own place on the sheet."""
    table = vectors_of(world).table
    table = table[table["origin"] == "vectors"]
    values = _cited(by_place(world, table.index.to_numpy(), level).keyed, table)
    kept = values.sort_values("year", kind="stable").drop_duplicates(
        [*(k for k in KEYS if k != "year"), "place_id"], keep="last"
    )
    return kept.sort_values(["kind", "indicator", "unit", "place_id"], ignore_index=True)


def _cited(values: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Values with the page that states them; "" for those added up from several rows."""
    keys = [*KEYS, "place_id", "source_id"]
    rows = table.assign(year=table["year"].fillna(0).astype("int64"))
    pages = rows[[*keys, "source_title", "source_address"]].drop_duplicates(keys)
    found = values.merge(pages, on=keys, how="left", validate="many_to_one")
    several = found["rows"] > 1
    for column in ("source_title", "source_address"):
        found[column] = found[column].astype(object).mask(several, "").fillna("")
    return found


def _above(world: World, place_id: str) -> set[str]:
    places = places_of(world)
    return {places.value(place_id, c) for c in ANCESTORS} if place_id in places else set()


def inside(rows: pd.DataFrame, place_id: str) -> pd.DataFrame:
    """Rows with the columns of `geo.sited` whose place is this one or lies in it."""
    columns = [c for c in ("place_id", *ANCESTORS) if c in rows]
    return rows[(rows[columns] == place_id).any(axis=1)].reset_index(drop=True)
