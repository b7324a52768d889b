"""Vectors: one shape for all kinds, joined to places, added only where it is right."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import small

from geo.adding import by_place, values_of
from geo.load import load
from geo.places import FRANCE, places_of
from geo.schema import Source
from geo.series import KEYS, LEVELS, Rows, Series, held_by, rows_of
from geo.values import Values, flows_of, latest
from geo.vectors import APART, COLUMNS, JOINED, kinds_of, label, vectors_of
from geo.world import World

STUDENTS = Series("students", "", "students", "stock", "vectors", 2022)


@pytest.fixture(scope="module")
def table(world: World) -> pd.DataFrame:
    return vectors_of(world).table


@pytest.fixture(scope="module")
def small_table(small_world: World) -> pd.DataFrame:
    return vectors_of(small_world).table


def rows(table: pd.DataFrame) -> Rows:
    """Which rows of the vectors of its world a part of their table has."""
    return table.index.to_numpy()


def values_in(world: World, table: pd.DataFrame, series: Series, level: str) -> Values:
    placed = by_place(world, rows(table), level)
    return values_of(world, rows(table), series, level, placed)


def by_id(world: World, table: pd.DataFrame, series: Series, level: str) -> dict[str, float]:
    return {f.place_id: f.value for f in values_in(world, table, series, level).figures}


def test_every_row_of_every_dataset_is_here_or_apart(world: World, table: pd.DataFrame):
    apart = vectors_of(world).apart
    counts = table["origin"].value_counts().add(apart["origin"].value_counts(), fill_value=0)
    assert counts["vectors"] == len(world.table("vectors"))
    assert counts["links"] == len(world.table("links"))
    assert counts["networks"] == len(world.table("members"))
    assert counts["cases"] == (world.table("cases")["vector_kind"] != "").sum()
    assert list(table.columns) == [*COLUMNS, *JOINED]
    assert list(apart.columns) == list(APART)
    assert (apart["reason"] != "").all()


def test_every_row_has_a_kind_a_place_and_a_source(world: World, table: pd.DataFrame):
    assert set(table["kind"]) <= set(world.table("kinds")["kind"])
    assert set(table["measure"]) <= {"stock", "flow"}
    assert (table[["place_id", "country_id", "unit", "source_id", "source_title"]] != "").all(
        axis=None
    )
    assert table["value"].notna().all()
    assert isinstance(world.sources[table["source_id"].iloc[0]], Source)


def test_what_the_data_declare_is_told_unchanged(world: World, table: pd.DataFrame):
    given = world.table("vectors")
    ours = table[table["origin"] == "vectors"]
    pd.testing.assert_series_equal(
        given["value"].sort_values(ignore_index=True), ours["value"].sort_values(ignore_index=True)
    )
    sent = ours[(ours["kind"] == "remittances") & (ours["place_id"] == "country:MAR")]
    asked = given[(given["kind"] == "remittances") & (given["place_id"] == "country:MAR")]
    assert sent["value"].tolist() == asked["value"].tolist()
    assert sent["counterpart_id"].tolist() == [FRANCE]


def test_ended_links_and_those_who_left_are_apart(small_world: World, small_table: pd.DataFrame):
    links = small_table[small_table["origin"] == "links"]
    assert set(links["row_id"]) == {"a", "c", "d", "e"}
    assert set(links["far_id"]) == {"country:SEN", "country:MLI"}
    apart = vectors_of(small_world).apart.set_index("row_id")["reason"]
    assert apart["b"] == "ended"
    assert apart["old|commune:69123"] == "not_a_member"
    assert apart["S004"] == "no_place"
    members = small_table[small_table["origin"] == "networks"]
    assert "desert|geonames:9" not in set(members["row_id"])


def test_a_case_is_joined_by_its_code_or_its_point(small_table: pd.DataFrame):
    case = small_table[small_table["origin"] == "cases"].iloc[0]
    assert (case["row_id"], case["kind"], case["place_id"]) == ("S005", "media", "commune:69123")
    assert (case["departement_id"], case["region_id"]) == ("departement:69", "region:84")


def test_a_figure_without_code_is_joined_by_its_point(copied: Path):
    path = copied / "vectors" / "vectors.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    new = [
        "students,place:here,,,7,students,stock,2022,false,Count,https://c.example,,drawn,4,45",
        "students,place:far,,,8,students,stock,2022,false,Count,https://c.example,,drawn,-12,15",
        "students,place:sea,,,9,students,stock,2022,false,Count,https://c.example,,drawn,-40,0",
        "students,place:none,,,9,students,stock,2022,false,Count,https://c.example,,drawn,,",
    ]
    lines = [header + ",lon,lat", *(row + ",," for row in rows), *new]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _declare(copied / "vectors", "vectors", {"lon": "number", "lat": "number"})
    vectors = vectors_of(load(copied))
    found = vectors.table.set_index("place_id")
    assert found.loc["place:here", ["departement_id", "region_id"]].tolist() == [
        "departement:93", "region:11",
    ]  # fmt: skip
    assert found.loc["place:far", "country_id"] == "country:SEN"
    apart = vectors.apart[vectors.apart["origin"] == "vectors"].set_index("place_id")
    assert apart["reason"].to_dict() == {
        "place:sea": "no_boundary_near", "place:none": "unknown_code",
    }  # fmt: skip


def _declare(folder: Path, table: str, fields: dict[str, str]) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    resource = next(r for r in descriptor["resources"] if r["name"] == table)
    resource["schema"]["fields"] += [{"name": n, "type": t} for n, t in fields.items()]
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def test_a_new_kind_needs_no_line_of_code(copied: Path):
    small.add_kind(copied)
    world = load(copied)
    table = vectors_of(world).table
    listed_kinds = kinds_of(world).set_index("kind").loc["seed_swap"]
    assert (listed_kinds["label_fr"], listed_kinds["figures"]) == ("Échange de semences", 1)
    series = latest(by_place(world, rows_of(world, "seed_swap"), "departement"))["seed_swap"]
    assert by_id(world, table, series, "departement") == {"departement:93": 12.0}
    (flow,) = flows_of(world, rows(table), series)
    assert (flow.origin_id, flow.dest_id) == ("country:SEN", "departement:93")
    assert label(world, "vectors", "bags", "fr") == "bags"


def test_kinds_without_figure_are_listed_with_their_open_source(world: World):
    kinds = kinds_of(world)
    assert kinds["kind"].tolist() == world.table("kinds")["kind"].tolist()
    media = kinds.set_index("kind").loc["media"]
    assert media["figures"] == 0
    assert "GDELT" in media["open_data_source"]
    assert kinds["figures"].sum() == len(vectors_of(world).table)


def test_a_figure_of_the_place_comes_before_those_below(
    small_world: World, small_table: pd.DataFrame
):
    """75 and 93 make up région 11 whole; of région 84 a commune alone is known: a lower bound."""
    region = values_in(small_world, small_table, STUDENTS, "region").table.set_index("place_id")
    assert region["value"].to_dict() == {"region:11": 600.0, "region:84": 50.0}
    assert region["bound"].to_dict() == {"region:11": "exact", "region:84": "lower"}
    assert by_id(small_world, small_table, STUDENTS, "departement") == {
        "departement:75": 400, "departement:93": 200, "departement:69": 50,
    }  # fmt: skip
    assert by_id(small_world, small_table, STUDENTS, "commune") == {"commune:69123": 50}


def test_a_region_short_of_a_departement_has_no_sum(small_world: World, small_table: pd.DataFrame):
    alone = small_table[small_table["place_id"] != "departement:75"]
    values = values_in(small_world, alone, STUDENTS, "region")
    assert values.table["place_id"].tolist() == ["region:84"]
    assert values.unused == 1
    assert values.unplaced == 0
    assert values_in(small_world, small_table, STUDENTS, "commune").unplaced == 2
    assert values_in(small_world, small_table, STUDENTS, "country").unplaced == 3


def test_years_are_never_added(small_world: World, small_table: pd.DataFrame):
    older = Series("students", "", "students", "stock", "vectors", 2021)
    assert by_id(small_world, small_table, older, "departement") == {"departement:93": 150}
    placed = by_place(small_world, rows(small_table), "departement")
    assert latest(placed)["students"] == STUDENTS


def test_shares_are_never_added(small_world: World, small_table: pd.DataFrame):
    share = Series("students", "", "% of students", "stock", "vectors", 2022)
    assert share.is_share
    assert by_id(small_world, small_table, share, "departement") == {"departement:93": 20}
    assert by_id(small_world, small_table, share, "region") == {}


def test_a_total_is_never_added_to_its_parts(small_world: World, small_table: pd.DataFrame):
    assert by_id(small_world, small_table, STUDENTS, "country") == {
        "country:SEN": 300, "country:MLI": 100,
    }  # fmt: skip


def test_counterparts_make_a_lower_bound(small_world: World, small_table: pd.DataFrame):
    consulates = Series("consulate", "", "consulates", "stock", "vectors", 2022)
    values = values_in(small_world, small_table, consulates, "region").table
    assert values[["place_id", "value", "bound"]].values.tolist() == [
        ["region:11", 2.0, "lower"], ["region:84", 1.0, "lower"],
    ]  # fmt: skip
    only = held_by(small_world, rows(small_table), [], ["country:SEN"])
    only = small_table.loc[only]
    assert by_id(small_world, only, consulates, "region") == {"region:11": 1, "region:84": 1}


def test_links_are_counted_with_all_that_a_territory_contains(
    world: World, small_world: World, small_table: pd.DataFrame
):
    links = Series("decentralised_cooperation", "", "links", "stock", "links", 0)
    assert by_id(small_world, small_table, links, "departement") == {
        "departement:93": 2, "departement:69": 1, "departement:75": 1,
    }  # fmt: skip
    found = by_id(world, vectors_of(world).table, links, "region")
    frame, given = places_of(world).frame, world.table("links")
    ends = given.loc[given["status"] != "ended", "a_id"]
    own = ends.where(ends.str.startswith("region:"))
    expected = own.fillna(ends.map(frame["region_id"])).replace("", None).value_counts()
    assert found == expected.to_dict()


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_added_across_series(world: World, table: pd.DataFrame, level: str):
    """Every value is at most the sum of its own series in the data, and no row serves twice."""
    values = by_place(world, rows(table), level).keyed
    assert not values.duplicated([*KEYS, "place_id"]).any()
    keyed = table.assign(year=table["year"].fillna(0).astype(int))
    given = keyed.groupby(list(KEYS)).agg(total=("value", "sum"), size=("value", "size"))
    used = values.groupby(list(KEYS)).agg(value=("value", "sum"), rows=("rows", "sum")).join(given)
    assert (used["value"] <= used["total"] + 1e-6).all()
    assert (used["rows"] <= used["size"]).all()
    shares = values["unit"].str.startswith("%") | (values["unit"] == "percent")
    assert (values.loc[shares, "rows"] == 1).all()


def test_the_first_series_of_a_kind_covers_most_places(world: World, table: pd.DataFrame):
    values = by_place(world, rows(table), "region")
    asylum = [found for found in values.covered if found.series.kind == "refugee_asylum"]
    assert asylum[0].places == max(found.places for found in asylum)
    first = latest(values)["refugee_asylum"]
    assert first == asylum[0].series
    assert (first.year, len(values.of(first)), asylum[0].places) == (2021, 10, 10)


def test_remittances_go_from_france_to_each_country(world: World, table: pd.DataFrame):
    given = world.table("vectors")
    given = given[given["kind"] == "remittances"]
    series = latest(by_place(world, rows(table), "country"))["remittances"]
    flows = flows_of(world, rows(table), series)
    assert {flow.origin_id for flow in flows} == {FRANCE}
    values = [flow.value for flow in flows]
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(given["value"].sum())
    assert all(flow.estimate for flow in flows)
    assert flows_of(world, rows(table), STUDENTS) == ()


def test_two_definitions_and_two_publishers_of_immigrants_stay_apart(
    world: World, table: pd.DataFrame
):
    near, far = (by_place(world, rows(table), level) for level in ("departement", "country"))
    people = [found.series for found in near.covered if found.series.kind == "diaspora"]
    assert {"immigrants", "born_abroad"} <= {series.indicator for series in people}
    abroad = [found.series for found in far.covered if found.series.kind == "diaspora"]
    assert {s.origin for s in abroad if s.indicator == "immigrants"} == {"vectors", "diaspora"}


def test_nothing_chosen_and_one_row(world: World, small_world: World, small_table: pd.DataFrame):
    assert len(rows_of(world, "no_such_kind")) == 0
    nothing = by_place(small_world, rows(small_table[:0]), "region")
    assert len(nothing) == 0
    assert nothing.keyed.empty
    assert nothing.covered == ()
    assert latest(nothing) == {}
    assert by_id(small_world, small_table[:1], STUDENTS, "country") == {}
    held = held_by(small_world, rows(small_table), ["departement:93"], [])
    assert small_table.loc[held, "departement_id"].unique().tolist() == ["departement:93"]


def test_words_in_both_languages(world: World, table: pd.DataFrame):
    pairs = table[["origin", "indicator", "unit"]].drop_duplicates()
    for row in pairs.itertuples(index=False):
        for code in filter(None, (row.indicator, row.unit)):
            fr, en = (label(world, row.origin, code, lang) for lang in ("fr", "en"))
            assert fr
            assert en
            assert (fr != code) or code in ("%",), (row.origin, code)
    assert label(world, "links", "links", "fr") == "liens"
