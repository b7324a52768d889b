"""What the data hold and what they lack: rows, sources, years and countries, ends unmatched.

Every function counts rows as they stand and returns a table; an empty cell is a thing that the
data do not say, never a zero.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from geo.joins import joined_links, located_ends, unmatched_ends
from geo.networks import join_counts, unmatched_members
from geo.places import FRANCE, places_of
from geo.stances import GRADES, VALUES, stances_of
from geo.vectors import vectors_of
from geo.world import Dataset, World

METHODS = ("code", "point_in_polygon", "nearest")

# Tables of things on the ground, with the columns that say where each is.
PLACED = (
    ("links", "b_id", ""),
    ("figures", "place_id", ""),
    ("members", "place_id", "lon"),
    ("networks", "seat_country_id", "seat_lon"),
    ("vectors", "place_id", ""),
    ("cases", "place_id", "lon"),
)


@lru_cache(maxsize=4)
def tables_held(world: World) -> pd.DataFrame:
    """One row a table or layer, by dataset, in the order of the descriptors.

    dataset, table, kind (table or layer), file, bytes, rows, columns, source_ids (those its rows
    name, joined by «;»; for a layer, all of its dataset).
    """
    rows = [
        {
            "dataset": dataset.name,
            "table": resource.name,
            "kind": "layer" if resource.path.endswith(".parquet") else "table",
            "file": resource.path,
            "bytes": (dataset.folder / resource.path).stat().st_size,
            "rows": dataset.rows[resource.name],
            "columns": len(resource.columns),
            "source_ids": ";".join(_named(world, dataset, resource.name)),
        }
        for dataset in world.datasets.values()
        for resource in dataset.resources
    ]
    return pd.DataFrame(rows)


def _named(world: World, dataset: Dataset, table: str) -> list[str]:
    """The sources that the rows of a dataset's table name, in the order of its descriptor."""
    counted = _by_source(world, dataset, table)
    every = [source.key for source in dataset.sources]
    return every if counted is None else [key for key in every if key in counted.index]


def _by_source(world: World, dataset: Dataset, table: str) -> pd.Series | None:
    """Rows by source of one dataset's table (several datasets may share a table); None: a layer."""
    layers = {r.name for r in dataset.resources if r.path.endswith(".parquet")}
    if table in layers:
        return None
    keys = world.table(table)["source_id"]
    return keys[keys.str.startswith(f"{dataset.name}/")].value_counts()


@lru_cache(maxsize=4)
def sources_held(world: World) -> pd.DataFrame:
    """One row a source, by dataset: dataset, source_id, producer, title, citation, address,
    licence, vintage, accessed, rows (of all its tables that name it)."""
    found = []
    for dataset in world.datasets.values():
        counts = [_by_source(world, dataset, r.name) for r in dataset.resources]
        counted = [series for series in counts if series is not None]
        rows = pd.concat(counted).groupby(level=0).sum() if counted else pd.Series(dtype=int)
        found += [
            {
                "dataset": dataset.name, "source_id": source.key, "producer": source.producer,
                "title": source.title, "citation": source.citation, "address": source.address,
                "licence": source.licence, "vintage": source.vintage,
                "accessed": source.accessed, "rows": int(rows.get(source.key, 0)),
            }
            for source in dataset.sources
        ]  # fmt: skip
    return pd.DataFrame(found)


@lru_cache(maxsize=4)
def links_by_country(world: World) -> pd.DataFrame:
    """Links by the country of their far end, beside what Wikidata has of all of France.

    country_id, links, collectivities (French ones with such a link), wikidata_links,
    wikidata_collectivities (missing where the extract has none, or no table `coverage` is there);
    most links first. Countries of either are there, so that what is lacking shows.
    """
    joined = joined_links(world)
    known = joined[joined["b_country_id"] != ""].groupby("b_country_id")
    here = pd.DataFrame({"links": known.size(), "collectivities": known["a_id"].nunique()})
    there = pd.DataFrame(columns=["country_id", "links", "french_collectivities"])
    if "coverage" in world.tables:
        there = world.table("coverage")
    there = there[there["country_id"] != FRANCE].set_index("country_id")
    there = there[["links", "french_collectivities"]].astype("Int64")
    there.columns = pd.Index(["wikidata_links", "wikidata_collectivities"])
    both = here.join(there, how="outer").rename_axis("country_id").reset_index()
    both[["links", "collectivities"]] = both[["links", "collectivities"]].fillna(0).astype(int)
    order = ["links", "wikidata_links", "country_id"]
    return both.sort_values(order, ascending=[False, False, True], ignore_index=True)


# Tables of facts: where each says of which country a row is, and from which year.
SPANS = (
    ("links", ("b_id",), "start_year"),
    ("figures", ("origin_id",), "year"),
    ("vectors", ("place_id", "counterpart_id"), "year"),
    ("criteria", ("country_id",), "date_situation"),
    ("networks", ("seat_country_id",), "founded"),
    ("members", ("country_id",), "since_year"),
    ("cases", ("country_id",), ""),
)


@lru_cache(maxsize=4)
def spans_held(world: World) -> pd.DataFrame:
    """Countries and years that each table of facts spans.

    table, rows, countries (but France), first_year, last_year, undated (rows without a year);
    the three are missing for a table that has no column of years.
    """
    rows = []
    for name, columns, year in SPANS:
        table = world.table(name)
        dated = year in table
        years = _years(table[year]) if dated else pd.DataFrame()
        rows.append({
            "table": name,
            "rows": len(table),
            "countries": _countries(world, table, columns)["country_id"].nunique(),
            "first_year": years["first"].min() if dated else pd.NA,
            "last_year": years["last"].max() if dated else pd.NA,
            "undated": int(years["first"].isna().sum()) if dated else pd.NA,
        })  # fmt: skip
    numbers = ("first_year", "last_year", "undated")
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "Int64"))


def _years(column: pd.Series) -> pd.DataFrame:
    """The first and the last year of each cell, a number or a text such as «2016-2020»."""
    found = column.astype("string").fillna("").str.findall(r"\b(?:1[89]|20)\d\d\b")
    return pd.DataFrame({
        "first": found.map(lambda years: min(map(int, years), default=None)),
        "last": found.map(lambda years: max(map(int, years), default=None)),
    }).astype("Int64")  # fmt: skip


def _countries(world: World, table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Each row of a table with each country that it is of, France left out: row, country_id."""
    country = places_of(world).frame["country_id"]
    found = pd.concat([
        pd.DataFrame({"row": table.index, "country_id": table[c].map(country)}) for c in columns
    ])  # fmt: skip
    found = found[found["country_id"].notna() & ~found["country_id"].isin(["", FRANCE])]
    return found.drop_duplicates()


@lru_cache(maxsize=4)
def by_country(world: World) -> pd.DataFrame:
    """Rows of facts by country, France left out: country_id, and a column a table of `SPANS`,
    criteria counting those known; `wikidata_links`, missing where the extract says nothing.

    Every country of the table of countries is there, in its order: what is lacking shows.
    """
    countries = world.table("countries")["country_id"]
    held = pd.DataFrame(index=pd.Index(countries[countries != FRANCE], name="country_id"))
    for name, columns, _ in SPANS:
        table = world.table(name)
        table = table[table["value"] != "unknown"] if name == "criteria" else table
        counted = _countries(world, table, columns)["country_id"].value_counts()
        held[name] = counted.reindex(held.index, fill_value=0)
    there = links_by_country(world).set_index("country_id")["wikidata_links"]
    held.insert(1, "wikidata_links", there.reindex(held.index))
    return held.reset_index()


@lru_cache(maxsize=4)
def links_by_year(world: World) -> pd.DataFrame:
    """Links by year of start: start_year, links; the last row, without a year, is the unknown."""
    years = world.table("links")["start_year"]
    counted = years.value_counts(dropna=False).rename_axis("start_year").reset_index(name="links")
    return counted.astype({"start_year": "Int64"}).sort_values("start_year", ignore_index=True)


@lru_cache(maxsize=4)
def figures_held(world: World) -> pd.DataFrame:
    """Figures on diasporas by definition, level of the place and year.

    definition, level (the word before the colon of the place's id), year, rows, places, origins,
    estimates, lower_bounds.
    """
    figures = world.table("figures")
    figures = figures.assign(
        level=figures["place_id"].str.split(":").str[0], lower=figures["bound"] == "lower"
    )
    held = figures.groupby(["definition", "level", "year"]).agg(
        rows=("value", "size"),
        places=("place_id", "nunique"),
        origins=("origin_id", "nunique"),
        estimates=("estimate", "sum"),
        lower_bounds=("lower", "sum"),
    )
    return held.reset_index()


@lru_cache(maxsize=4)
def criteria_held(world: World) -> pd.DataFrame:
    """The coding of States by criterion: criterion, a column a value (yes, partial, no, unknown),
    a column a grade of evidence (A, B, C), in the order of the rule."""
    cells = world.table("criteria")
    columns = {
        **{value: cells["value"] == value for value in VALUES},
        **{grade: cells["grade"] == grade for grade in GRADES},
    }
    held = pd.DataFrame(columns).groupby(cells["criterion"]).sum()
    ruled = world.table("rule")["criterion"]
    return held.reindex(ruled[ruled.isin(held.index)]).rename_axis("criterion").reset_index()


@lru_cache(maxsize=4)
def states_held(world: World) -> pd.DataFrame:
    """States coded by M49 region: m49_region ("" for Antarctica), countries (entries of the table
    of countries, dependent territories included), coded, and a column a class of stance."""
    countries = world.table("countries").set_index("country_id")
    stance = stances_of(world)["stance"].reindex(countries.index)
    classes = pd.get_dummies(stance).astype(int)
    held = classes.assign(countries=1, coded=stance.notna().astype(int))
    summed = held.groupby(countries["m49_region"]).sum().reset_index()
    first = ["m49_region", "countries", "coded"]
    return summed[[*first, *(c for c in summed.columns if c not in first)]]


@lru_cache(maxsize=4)
def vectors_held(world: World) -> pd.DataFrame:
    """Vectors by kind and year: kind, year (missing where none is given), rows, places,
    estimates."""
    vectors = world.table("vectors")
    held = vectors.groupby(["kind", "year"], dropna=False).agg(
        rows=("value", "size"), places=("place_id", "nunique"), estimates=("estimate", "sum")
    )
    return held.reset_index()


@lru_cache(maxsize=4)
def networks_held(world: World) -> pd.DataFrame:
    """Networks by theme: theme, networks, dated (founding year known), with_members (at least one
    listed), members (listed), french, members_dated (year of joining known)."""
    networks, members = world.table("networks"), world.table("members")
    theme = members["network_id"].map(networks.set_index("network_id")["theme"])
    listed = networks["network_id"].isin(members["network_id"])
    held = networks.assign(listed=listed).groupby("theme").agg(
        networks=("network_id", "size"), dated=("founded", "count"), with_members=("listed", "sum")
    )  # fmt: skip
    counts = pd.DataFrame({
        "members": 1,
        "french": (members["country_id"] == FRANCE).astype(int),
        "members_dated": members["since_year"].notna().astype(int),
    })  # fmt: skip
    summed = counts.groupby(theme).sum().reindex(held.index, fill_value=0)
    return held.join(summed).reset_index()


@lru_cache(maxsize=4)
def unplaced(world: World) -> pd.DataFrame:
    """Rows that say no place, or no point: table, rows, without_place, without_point (missing
    where the table has no column of points), without_place counting empty ids."""
    rows = []
    for name, place, point in PLACED:
        if name not in world.tables:
            continue
        table = world.table(name)
        rows.append({
            "table": name,
            "rows": len(table),
            "without_place": int((table[place] == "").sum()),
            "without_point": int(table[point].isna().sum()) if point else pd.NA,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"without_point": "Int64"})


@lru_cache(maxsize=4)
def joined_ends(world: World) -> pd.DataFrame:
    """How far ends of links, and members of networks, found their first-level unit.

    subject (links or members), how (a method, or the reason for none), placed (true for a
    method), places; methods first, then reasons.
    """
    counts = {"links": located_ends(world).counts(), "members": join_counts(world)}
    rows = [
        {"subject": subject, "how": how, "placed": how in METHODS, "places": places}
        for subject, counted in counts.items()
        for how, places in counted.items()
    ]
    return pd.DataFrame(rows, columns=["subject", "how", "placed", "places"])


@lru_cache(maxsize=4)
def unmatched(world: World) -> pd.DataFrame:
    """Every end of a link and every member that found no unit, with why.

    subject (links or members), place_id, name ("" where no table has one), reason, detail (where
    the point lies instead), rows (links or memberships of it), ids (joined by «;»).
    """
    ends = unmatched_ends(world).rename(columns={"links": "ids"}).assign(subject="links")
    ends["name"] = places_of(world).frame["name_fr"].reindex(ends["place_id"]).fillna("").to_numpy()
    members = unmatched_members(world).rename(columns={"member_name": "name"})
    grouped = members.groupby(["place_id", "name", "reason", "detail"], as_index=False).agg(
        ids=("network_id", lambda ids: ";".join(sorted(ids)))
    )
    both = pd.concat([ends, grouped.assign(subject="members")], ignore_index=True)
    both["rows"] = np.where(both["ids"] == "", 0, both["ids"].str.count(";") + 1)
    return both[["subject", "place_id", "name", "reason", "detail", "rows", "ids"]]


@lru_cache(maxsize=4)
def set_apart(world: World) -> pd.DataFrame:
    """Rows that no map of vectors can show, by the table they are in and why: origin, reason,
    rows."""
    apart = vectors_of(world).apart.groupby(["origin", "reason"]).size()
    return apart.rename("rows").reset_index()
