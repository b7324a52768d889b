"""Vectors: every stock and flow that the data hold, in one table of one shape.

The table `vectors` gives figures by place. Diasporas, cooperation links, memberships of networks
and cases stand in tables of their own and are brought to the same shape here, so that a kind, old
or new, is only rows. A row says what it measures: figures that differ in kind, indicator, unit,
year or dataset are of different series, and two series are never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from geo.cases import cases_of
from geo.diaspora import ALL, figures_of
from geo.joins import joined_links, locate
from geo.networks import members_of
from geo.places import FRANCE, places_of
from geo.schema import CRS
from geo.world import World

COLUMNS = (
    "kind", "place_id", "counterpart_id", "indicator", "value", "unit", "measure", "year",
    "estimate", "bound", "source_id", "source_title", "source_address", "note", "origin",
    "row_id", "counted",
)  # fmt: skip
WITHIN = ("country_id", "region_id", "departement_id")
JOINED = ("level", *WITHIN, "far_id")
APART = ("origin", "row_id", "kind", "place_id", "reason", "detail")

DIASPORA, LINK, MEMBERSHIP = "diaspora", "decentralised_cooperation", "city_network"
CASES = "cases"
ANYWHERE = "any"  # the country of points and units where a point alone decides


@dataclass(frozen=True, eq=False)
class Vectors:
    """All vectors of a world.

    `table`: COLUMNS and JOINED, a figure or a thing counted a row. `counted` rows are one thing
    each (a link, a membership, a case), of value 1. `place_id` is what the figure describes,
    `counterpart_id` the other end («» for all or none), `far_id` the country abroad that the row
    concerns, at whichever end; `year` is missing where the source states none; `origin` is the
    dataset. `apart`: APART, what is not in the table, each with its reason.
    """

    table: pd.DataFrame
    apart: pd.DataFrame


@lru_cache(maxsize=4)
def vectors_of(world: World) -> Vectors:
    """Every vector of the data, joined to its place by code, or by point where it has none."""
    found = [
        _figures(world), _diasporas(world), _memberships(world), _links(world), _cases(world),
    ]  # fmt: skip
    rows = pd.concat([rows for rows, _ in found], ignore_index=True)
    located, unmatched = _located(rows, world)
    apart = pd.concat([*(apart for _, apart in found), unmatched], ignore_index=True)
    return Vectors(located, apart.reindex(columns=list(APART)).fillna(""))


Found = tuple[pd.DataFrame, pd.DataFrame]


def _figures(world: World) -> Found:
    """The table `vectors` itself."""
    rows = world.table("vectors")
    key = ["kind", "place_id", "counterpart_id", "indicator", "unit"]
    year = rows["year"].astype("string").fillna("")
    row_id = rows[key].astype(str).agg("|".join, axis=1) + "|" + year
    rows = rows.assign(row_id=row_id, bound=rows.get("bound", "exact"))
    return _shaped(rows, "vectors"), _apart(rows[:0], "", "")


def _diasporas(world: World) -> Found:
    """Stocks of people by residence and country of origin: numbers, and shares of the population.

    The indicator is the definition. Published groups of countries stay out: they overlap them.
    """
    rows = figures_of(world).frame
    wanted = rows["measure"].isin(["number", "share"]) & ~rows["definition"].str.startswith("pop")
    rows = rows[wanted].astype({"place_id": object, "origin_id": object, "source_id": object})
    whole = rows["origin_id"] == ALL
    rows = rows.assign(
        kind=DIASPORA, indicator=rows["definition"].astype(object), measure="stock",
        counterpart_id=rows["origin_id"].where(~whole, ""), year=rows["year"].astype("Int64"),
        unit=rows["unit"].astype(object), bound=rows["bound"].astype(object),
        row_id=rows["place_id"] + "|" + rows["origin_id"] + "|" + rows["definition"].astype(object),
    )  # fmt: skip
    country = whole | rows["origin_id"].str.startswith("country:")
    placed = ~rows["place_id"].str.startswith("area:")
    apart = [
        _apart(rows[~country], "diaspora", "group_of_countries"),
        _apart(rows[country & ~placed], "diaspora", "area_of_no_level"),
    ]
    return _shaped(_cited(rows[country & placed], world), "diaspora"), pd.concat(apart)


def _memberships(world: World) -> Found:
    """Memberships of networks, one a row, of those who belong (`geo.networks`)."""
    rows = _things(members_of(world), MEMBERSHIP, "memberships")
    rows = rows.assign(row_id=rows["network_id"] + "|" + rows["place_id"])
    belongs = rows["belongs"] & rows["until_year"].isna()
    return _shaped(rows[belongs], "networks"), _apart(rows[~belongs], "networks", "not_a_member")


def _links(world: World) -> Found:
    """Cooperation links not known to have ended, one a row, with the country at the far end."""
    rows = _things(joined_links(world), LINK, "links")
    rows = rows.assign(
        row_id=rows["link_id"], place_id=rows["a_id"], counterpart_id=rows["b_country_id"],
        country_id=rows["a_country_id"],
    )  # fmt: skip
    over = rows["status"] == "ended"
    return _shaped(rows[~over], "links"), _apart(rows[over], "links", "ended")


def _cases(world: World) -> Found:
    """Cases of the source document that name a kind of vector, one a row.

    By the code of the place; without one, a case that is told of a State, or lies abroad, is that
    State's, and any other is of the département that its point lies in (`geo.cases`).
    """
    rows = cases_of(world)
    rows = rows[rows["vector_kind"] != ""]
    rows = _cited(_things(rows, "", CASES), world)
    state = rows["whole"] | (rows["country_id"] != FRANCE)
    by_point = rows["country_id"].where(state, rows["departement_id"])
    rows = rows.assign(
        kind=rows["vector_kind"], row_id=rows["case_id"], indicator=CASES,
        place_id=rows["place_id"].where(rows["place_id"] != "", by_point),
    )  # fmt: skip
    placed = rows["place_id"] != ""
    return _shaped(rows[placed], "cases"), _apart(rows[~placed], "cases", "no_place")


def _things(rows: pd.DataFrame, kind: str, unit: str) -> pd.DataFrame:
    """Rows that each stand for one thing present: a stock of value 1 whose year is not stated."""
    return rows.assign(
        kind=kind, unit=unit, value=1.0, measure="stock", year=float("nan"), counted=True,
        indicator="", bound="exact", estimate=False,
    )  # fmt: skip


def _cited(rows: pd.DataFrame, world: World) -> pd.DataFrame:
    """Rows with the title and address of the source of their package."""
    titles = {key: source.citation for key, source in world.sources.items()}
    addresses = {key: source.address for key, source in world.sources.items()}
    at = rows["source_id"].astype(object)
    return rows.assign(source_title=at.map(titles), source_address=at.map(addresses))


def _shaped(rows: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Rows with COLUMNS, and the containing places and the point that they state themselves."""
    rows = rows.assign(origin=origin).reindex(columns=[*COLUMNS, *WITHIN, "lon", "lat"])
    numbers = ("value", "year", "estimate", "counted", "lon", "lat")
    text = [column for column in rows.columns if column not in numbers]
    rows[text] = rows[text].astype(object).fillna("")
    rows["counted"] = rows["counted"].eq(True)
    return rows.astype({"year": "Int64", "estimate": bool, "lon": float, "lat": float})


def _apart(rows: pd.DataFrame, origin: str, reason: str) -> pd.DataFrame:
    named = rows.assign(origin=origin, reason=reason, detail="")
    return named.reindex(columns=list(APART)).astype(object)


def _located(rows: pd.DataFrame, world: World) -> Found:
    """Rows with the level and all that contains their place, and those without, with the reason.

    By code; by what the row's own table has found; by its point where it has neither.
    """
    frame = places_of(world).frame
    coded = rows["place_id"].isin(frame.index)
    lost = ~coded & (rows[list(WITHIN)] == "").all(axis=1)
    found, unmatched = _by_point(rows[lost], world)
    rows.loc[found.index, list(WITHIN)] = found
    rows = rows.drop(index=unmatched.index)
    held = frame.reindex(rows["place_id"]).set_axis(rows.index)
    for column in WITHIN:
        rows[column] = held[column].where(held[column].fillna("") != "", rows[column])
    rows["level"] = held["level"].fillna("town")
    for level in ("country", "region", "departement"):
        own = rows["level"] == level
        rows.loc[own, f"{level}_id"] = rows.loc[own, "place_id"]
    rows["far_id"] = _far(rows)
    return rows[[*COLUMNS, *JOINED]].reset_index(drop=True), unmatched


def _by_point(rows: pd.DataFrame, world: World) -> Found:
    """What the points of rows lie in (WITHIN, by row), and the rows without, with the reason.

    The point is looked up in départements, then in the units of every State.
    """
    at = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index)
    points = gpd.GeoDataFrame(
        {"place_id": rows.index, "country_id": ANYWHERE, "unit_id": ""},
        geometry=at.where(rows["lon"].notna(), None).to_numpy(), crs=CRS,
    )  # fmt: skip
    layers = [world.layer("departements"), world.layer("countries")]
    units = pd.concat(layers, ignore_index=True).assign(country_id=ANYWHERE)
    found = locate(points, units[units["place_id"] != FRANCE])
    unit = found.located.set_index("place_id")["unit_id"].astype(object)
    region = world.table("departements").set_index("departement_id")["region_id"]
    french = unit.isin(region.index)
    within = pd.DataFrame({
        "country_id": unit.mask(french, FRANCE), "region_id": unit.map(region).fillna(""),
        "departement_id": unit.where(french, ""),
    })  # fmt: skip
    missed = found.unmatched.set_index("place_id")
    reason = missed["reason"].replace("no_point", "unknown_code")
    lost = rows.loc[missed.index].assign(reason=reason, detail=rows["place_id"])
    return within, lost.reindex(columns=list(APART)).astype(object)


def _far(rows: pd.DataFrame) -> pd.Series:
    """The country abroad that a row concerns: its own, else its counterpart; a figure of a whole
    country without counterpart is that country's, France's too."""
    away = rows["country_id"].where(rows["country_id"] != FRANCE, "")
    other = rows["counterpart_id"].where(rows["counterpart_id"].str.startswith("country:"), "")
    far = away.where(away != "", other.where(other != FRANCE, ""))
    alone = (rows["place_id"] == FRANCE) & (rows["counterpart_id"] == "")
    return far.mask(alone, FRANCE)


@lru_cache(maxsize=4)
def kinds_of(world: World) -> pd.DataFrame:
    """The kinds that the data declare, with what they hold, in the order of the table.

    The columns of `kinds`, with `figures` (rows), `french` and `abroad` (rows with a place
    there) and `first_year`, `last_year` (missing where no row states one).
    """
    kinds = world.table("kinds").drop_duplicates("kind").reset_index(drop=True)
    table = vectors_of(world).table
    french = (table["country_id"] == FRANCE) & (table["level"] != "country")
    by_kind = table.assign(french=french, abroad=table["far_id"] != "").groupby("kind")
    held = pd.DataFrame(
        {
            "figures": by_kind.size(),
            "french": by_kind["french"].sum(),
            "abroad": by_kind["abroad"].sum(),
            "first_year": by_kind["year"].min(),
            "last_year": by_kind["year"].max(),
        }
    ).reindex(kinds["kind"])
    counts = ["figures", "french", "abroad"]
    held[counts] = held[counts].fillna(0).astype(int)
    return kinds.assign(**{str(name): held[name].to_numpy() for name in held})


@lru_cache(maxsize=4)
def labels_of(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    """French and English words of indicators and units: (origin, code) -> (fr, en).

    From the table `codes` of each dataset, and for diasporas from its definitions.
    """
    codes = world.table("codes")
    codes = codes[codes["field"].isin(["indicator", "unit"])]
    datasets = codes["source_id"].str.split("/").str[0]
    pairs = zip(codes["label_fr"], codes["label_en"], strict=True)
    found = dict(zip(zip(datasets, codes["code"], strict=True), pairs, strict=True))
    for row in world.table("definitions").itertuples():
        found["diaspora", str(row.definition)] = (str(row.label_fr), str(row.label_en))
    return found


def label(world: World, origin: str, code: str, lang: str) -> str:
    """The words of an indicator or unit of a dataset; the code itself where it has no label.

    Units of links, memberships and cases are declared with the vectors.
    """
    words = labels_of(world)
    pair = words.get((origin, code)) or words.get(("vectors", code)) or (code, code)
    return pair[0 if lang == "fr" else 1]
