"""Diasporas: one definition at a time, known totals, bounds and estimates carried along."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.diaspora import (
    DEFINITIONS,
    Figures,
    figures_for,
    figures_of,
    origins_ranked,
    population,
    ranks,
    series,
    stock,
    year_within,
)
from geo.world import World


@pytest.fixture(scope="module")
def figures(world: World) -> Figures:
    return figures_of(world)


@pytest.fixture(scope="module")
def drawn(small_world: World) -> Figures:
    return figures_of(small_world)


@pytest.fixture(scope="module")
def mainland(world: World) -> list[str]:
    table = world.table("departements")
    return table.loc[table["zone"] == "metro", "departement_id"].tolist()


def test_the_total_that_insee_published(figures: Figures):
    """6,656,101 immigrants in 2021, 10.16 % of the people of the same territories."""
    found = stock(figures, "immigrants", (), "departement", (2021, 2021))
    assert found.table["number"].sum() == 6_656_101
    listed = found.table.dropna(subset=["number"])["place_id"]
    people = population(figures, "immigrants", listed, 2021)
    assert found.table["number"].sum() / people * 100 == pytest.approx(10.16, abs=0.005)


def test_the_same_total_over_time(figures: Figures, mainland: list[str]):
    table = series(figures, "immigrants", mainland).frame().set_index("year")
    assert table.loc[2021, "number"] == 6_656_101
    assert table.loc[2021, "share"] == pytest.approx(10.16, abs=0.005)
    assert table.index.tolist() == list(range(2006, 2022))


def test_regions_add_up_to_the_same(figures: Figures):
    assert stock(figures, "immigrants", (), "region", None).table["number"].sum() == 6_656_101


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("level", ["departement", "region", "country"])
def test_definitions_are_never_mixed(figures: Figures, definition: str, level: str):
    rows = figures_for(figures, definition, (), level)
    assert set(rows["definition"]) <= {definition}
    assert set(rows["measure"]) <= {"number", "share"}
    found = stock(figures, definition, (), level, None)
    used = rows[rows["year"] == found.year]
    assert found.definition == definition
    assert set(found.table["place_id"]) <= set(used["place_id"])
    assert found.table["place_id"].is_unique
    assert found.table["share"].dropna().between(0, 100).all()


def test_no_figure_is_not_zero(figures: Figures, world: World):
    found = stock(figures, "immigrants", (), "departement", None).table
    missing = set(world.table("departements")["departement_id"]) - set(found["place_id"])
    assert missing
    assert (found[["number", "share"]].fillna(-1) != 0).all(axis=None)


def test_of_two_sources_of_one_share_the_widest_is_used_whole(figures: Figures):
    found = stock(figures, "immigrants", (), "departement", (2021, 2021)).table
    found = found.set_index("place_id")
    shares = figures_for(figures, "immigrants", (), "departement")
    shares = shares[(shares["year"] == 2021) & (shares["measure"] == "share")]
    wide = shares.groupby("source_id")["place_id"].nunique().idxmax()
    rows = shares[shares["source_id"] == wide].set_index("place_id")["value"]
    assert found["share"].loc[rows.index.tolist()].tolist() == rows.tolist()


def test_numbers_of_several_origins_are_added(drawn: Figures):
    found = stock(drawn, "immigrants", ("country:SEN", "country:MLI"), "departement", None).table
    rows = found.set_index("place_id")
    assert rows["number"].to_dict() == {"departement:75": 130, "departement:93": 40}
    assert rows["share"].to_dict() == {
        "departement:75": pytest.approx(130 / 30), "departement:93": pytest.approx(4),
    }  # fmt: skip
    assert rows["bound"].to_dict() == {"departement:75": "exact", "departement:93": "lower"}


def test_born_abroad_is_what_is_left_of_the_native(drawn: Figures):
    found = stock(drawn, "born_abroad", (), "region", None).table
    assert found[["place_id", "share"]].values.tolist() == [["region:84", 10]]
    assert pd.isna(found["number"].item())


def test_a_region_is_the_sum_of_its_departements_only_when_all_are_known(
    drawn: Figures, small_world: World
):
    found = stock(drawn, "immigrants", (), "region", None).table.set_index("place_id")
    assert found["number"].to_dict() == {"region:11": 900, "region:84": 100}
    assert found["share"].to_dict() == {"region:11": 22.5, "region:84": 10}
    table = small_world.table("figures")
    kept = table[~((table["place_id"] == "departement:93") & (table["origin_id"] == "origin:all"))]
    less = World("less", small_world.datasets, small_world.sources,
                 {**small_world.tables, "figures": kept}, small_world.layers)  # fmt: skip
    partial = stock(figures_of(less), "immigrants", (), "region", None).table
    assert partial["place_id"].tolist() == ["region:84"]


def test_a_sum_with_a_lower_bound_is_one(small_world: World):
    table = small_world.table("figures")
    at = (table["place_id"] == "departement:93") & (table["origin_id"] == "origin:all")
    table.loc[at & (table["measure"] == "number"), "bound"] = "lower"
    other = World("lower", small_world.datasets, small_world.sources,
                  {**small_world.tables, "figures": table}, small_world.layers)  # fmt: skip
    found = stock(figures_of(other), "immigrants", (), "region", None).table
    assert found.set_index("place_id")["bound"].to_dict() == {
        "region:11": "lower", "region:84": "exact",
    }  # fmt: skip


def test_an_origin_that_a_territory_does_not_list_makes_a_lower_bound(drawn: Figures):
    table = origins_ranked(drawn, "immigrants", ["departement:75", "departement:93"]).frame()
    rows = table.set_index("origin_id")
    assert table["origin_id"].tolist() == ["country:SEN", "country:MLI"]
    assert rows["number"].to_dict() == {"country:SEN": 90, "country:MLI": 80}
    assert set(rows["bound"]) == {"lower"}
    alone = origins_ranked(drawn, "immigrants", ["departement:75"])
    assert set(alone["bound"]) == {"exact"}


def test_shares_turned_into_numbers_are_estimates(figures: Figures, world: World):
    table = figures.frame
    shared = table[(table["definition"] == "born_abroad") & (table["measure"] == "number")]
    given = world.table("figures")
    keys = ["place_id", "origin_id", "definition", "measure", "year", "source_id"]
    new = ~pd.MultiIndex.from_frame(shared[keys]).isin(pd.MultiIndex.from_frame(given[keys]))
    assert new.any()
    assert shared.loc[new, "estimate"].all()


def test_nothing_given_is_lost_or_told_twice(figures: Figures, world: World):
    given = world.table("figures")
    keys = ["place_id", "origin_id", "definition", "measure", "year", "source_id"]
    table = figures.frame
    first = table.iloc[: len(given)]
    assert all(first[column].tolist() == given[column].tolist() for column in [*keys, "value"])
    ranked = table["measure"] == "rank"
    assert not table[~ranked].duplicated(keys).any()


@pytest.mark.parametrize(
    ("years", "found"),
    [(None, 2021), ((2010, 2015), 2012), ((2012, 2012), 2012), ((1990, 2000), 0)],
)
def test_the_latest_year_within_a_period(years: tuple[int, int] | None, found: int):
    assert year_within([2006, 2012, 2021], years) == found
    assert year_within([], years) == 0


def test_a_period_without_figures_gives_an_empty_stock(figures: Figures):
    found = stock(figures, "immigrants", (), "departement", (1900, 1950))
    assert found.year == 0
    assert found.table.empty


def test_population_is_unknown_where_one_territory_has_none(drawn: Figures):
    assert population(drawn, "immigrants", ["departement:75", "departement:93"], 2021) == 4000
    assert population(drawn, "immigrants", ["departement:75", "departement:0"], 2021) == 0


def test_ranks_are_in_order(figures: Figures):
    table = ranks(figures, ["departement:93"]).frame()
    assert table["rank"].tolist() == sorted(table["rank"])
    assert table["origin_id"].str.startswith("country:").all()
