"""Memberships of the small world by hand; the embedded ones counted again with the csv module."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.load import EMBEDDED
from geo.networks import (
    APART,
    BELONGS,
    DYNAMICS,
    FEW,
    Count,
    Gathered,
    Overlap,
    belonging,
    dynamics,
    gathered,
    join_counts,
    members_of,
    networks_of,
    overlap,
    ranked,
    selected,
    towns_of,
    unmatched_members,
)
from geo.world import World

Rows = list[dict[str, str]]

LETTERS = dict(
    zip(
        [("desert", "commune:75056"), ("desert", "departement:93"), ("desert", "geonames:1"),
         ("desert", "geonames:8"), ("desert", "geonames:9"), ("old", "commune:69123"),
         ("river", "commune:75056"), ("river", "commune:93066"), ("river", "geonames:1"),
         ("river", "geonames:9"), ("river", "place:mli-nowhere")],
        "abcdefghijk", strict=True,
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def members(small_world: World) -> pd.DataFrame:
    return members_of(small_world)


@pytest.fixture(scope="module")
def all_members(world: World) -> pd.DataFrame:
    return members_of(world)


@pytest.fixture(scope="module")
def facts() -> Rows:
    with (EMBEDDED / "networks" / "members.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def letters(rows: pd.DataFrame) -> str:
    return "".join(LETTERS[key] for key in zip(rows["network_id"], rows["place_id"], strict=True))


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, "abcdefghijk"),
        ({"territory": ("region:11",)}, "abgh"),
        ({"territory": ("departement:93",)}, "bh"),
        ({"territory": ("epci:2",)}, "h"),
        ({"territory": ("epci:1",)}, "agh"),
        ({"territory": ("commune:69123", "departement:75")}, "afg"),
        ({"partner": ("country:SEN",)}, "cdi"),
        ({"partner": ("admin1:SN-DK",)}, "cdi"),
        ({"partner": ("admin1:ML-1",)}, "ej"),
        ({"partner": ("geonames:8", "country:MLI")}, "dejk"),
        ({"partner": ("country:FRA",)}, "abfgh"),
        ({"subregion": ("202",)}, "cdeijk"),
        ({"group": ("north",)}, "abfgh"),
        ({"group": ("ldc",), "stance": ("restricted",)}, "ejk"),
        ({"stance": ("supportive",)}, "cdi"),
        ({"stance": ("uncoded",)}, "abfgh"),
        ({"network": ("river",)}, "ghijk"),
        ({"theme": ("other",)}, "abcdef"),
        ({"dynamic": ("ended", "growing")}, "fghijk"),
        ({"scope": ("world",)}, "fghijk"),
        ({"membership": ("pilot", "left")}, "ej"),
        ({"network": ("empty",)}, ""),
        ({"territory": ("nothing",)}, ""),
    ],
)
def test_a_filter_keeps_its_memberships(
    members: pd.DataFrame, wanted: dict[str, tuple[str, ...]], kept: str
):
    assert letters(selected(members, wanted)) == kept


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"territory": ("region:11",), "partner": ("country:SEN",)}, "abcdghi"),
        ({"territory": ("departement:75",), "partner": ("country:MLI",)}, "aegjk"),
        ({"territory": ("commune:93066",), "partner": ("geonames:8",)}, ""),
        ({"territory": ("region:84",), "partner": ("country:SEN",)}, ""),
        ({"territory": ("region:11",), "group": ("north",)}, ""),
        ({"territory": ("region:11",), "partner": ("country:SEN",), "network": ("river",)}, "ghi"),
    ],
)
def test_both_sides_keep_the_networks_that_they_share(
    members: pd.DataFrame, wanted: dict[str, tuple[str, ...]], kept: str
):
    assert letters(selected(members, wanted)) == kept


@pytest.mark.parametrize(
    ("years", "kept"),
    [((1900, 2100), "efgik"), ((1990, 1990), "fg"), ((2005, 2009), "egi"), ((1900, 1989), "")],
)
def test_years_keep_memberships_known_to_have_run(
    members: pd.DataFrame, years: tuple[int, int], kept: str
):
    assert letters(selected(members, {}, years)) == kept


def test_members_find_their_unit_by_code_then_by_point(small_world: World, members: pd.DataFrame):
    unit = members.drop_duplicates("place_id").set_index("place_id")
    assert unit.loc["commune:93066", ["departement_id", "region_id"]].tolist() == [
        "departement:93", "region:11",
    ]  # fmt: skip
    assert unit.loc["geonames:8", "admin1_id"] == "admin1:SN-DK"
    assert unit.loc["geonames:9", "admin1_id"] == "admin1:ML-1"
    assert unit.loc["place:mli-nowhere", "admin1_id"] == ""
    assert join_counts(small_world) == {
        "code": 4, "point_in_polygon": 2, "nearest": 1, "no_point": 1,
    }  # fmt: skip


def test_what_finds_no_unit_is_listed(small_world: World):
    rows = unmatched_members(small_world)
    assert rows[["network_id", "place_id", "reason"]].values.tolist() == [
        ["river", "place:mli-nowhere", "no_point"]
    ]


def test_a_name_comes_from_the_places_or_from_the_membership(members: pd.DataFrame):
    names = members.set_index("place_id")["name_en"]
    assert names["geonames:9"].tolist() == ["Ségou", "Ségou"]
    assert names["departement:93"] == "Seine-Saint-Denis"


def test_a_network_says_what_is_known_of_it(small_world: World):
    river = networks_of(small_world)["river"]
    assert (river.known, river.french, dict(river.apart)) == (4, 2, {"pilot": 1})
    assert (river.stated, river.stated_year, river.coverage) == (8, 2020, 0.5)
    assert (river.dynamic, river.basis_en, river.basis_fr) == (
        "growing", "two counts", "deux décomptes",
    )  # fmt: skip
    assert (river.seat, river.named) == ((-17.0, 15.0), ("Paris", "Saint-Denis"))
    assert river.few
    assert not river.low_confidence


def test_what_is_not_known_of_a_network_stays_unknown(small_world: World):
    desert, empty, old = (networks_of(small_world)[key] for key in ("desert", "empty", "old"))
    assert (desert.founded, desert.stated, desert.coverage, desert.seat) == (None,) * 4
    assert desert.low_confidence
    assert dict(desert.apart) == {"applied": 1, "left": 1}
    assert (empty.known, empty.coverage) == (0, 0.0)
    assert (old.founded, old.ended) == (1913, 2004)
    assert (old.known, old.stated, old.coverage) == (1, 5, None), "the 5 are a part of it"


def test_ranking_counts_who_belongs(members: pd.DataFrame):
    assert list(ranked(members).items()) == [
        ("river", Count(4, 2, 3)), ("desert", Count(3, 1, 2)), ("old", Count(1, 1, 1)),
    ]  # fmt: skip
    pilots = selected(members, {"membership": ("pilot",)})
    assert ranked(pilots) == {"river": Count(0, 0, 0)}


def test_places_gather_their_memberships(small_world: World, members: pd.DataFrame):
    found = gathered(members)
    assert {place: len(held.networks) for place, held in found.items()} == {
        "commune:75056": 2, "geonames:1": 2, "commune:69123": 1, "commune:93066": 1,
        "geonames:8": 1, "place:mli-nowhere": 1, "departement:93": 0, "geonames:9": 0,
    }  # fmt: skip
    assert [*found][:3] == ["commune:75056", "geonames:1", "commune:69123"]
    assert found["commune:75056"].networks == ["desert", "river"]
    assert found["geonames:9"] == Gathered([], ["desert", "river"])
    towns = towns_of(small_world)
    assert [*towns] == [*found]
    assert [place for place, town in towns.items() if not town.placed] == ["place:mli-nowhere"]
    assert [place for place, town in towns.items() if town.french] == [
        "commune:75056", "commune:69123", "commune:93066", "departement:93",
    ]  # fmt: skip


def test_networks_overlap_by_the_places_they_share(members: pd.DataFrame):
    places = belonging(members)
    assert {key: len(held) for key, held in places.items()} == {"desert": 3, "old": 1, "river": 4}
    assert overlap(places["desert"], places["river"]) == Overlap(common=2, either=5)
    assert overlap(places["desert"], places["river"]).jaccard == 0.4
    assert overlap(places["desert"], places["old"]) == Overlap(common=0, either=4)
    assert overlap(places["old"], places["river"]).jaccard == 0


def test_dynamics_are_counted_with_their_zeros(small_world: World):
    assert dynamics(networks_of(small_world)) == {
        "growing": 1, "plateau": 0, "shrinking": 1, "ended": 1, "unknown": 1,
    }  # fmt: skip


def test_nothing_and_one_row_do_well(members: pd.DataFrame):
    none, one = members.iloc[:0], members.iloc[:1]
    for made in (ranked, gathered, belonging):
        assert made(none) == {}
    assert selected(none, {"territory": ("region:11",), "group": ("ldc",)}).empty
    assert ranked(one) == {"desert": Count(1, 1, 1)}
    assert [held.networks for held in gathered(one).values()] == [["desert"]]
    assert overlap(set(), set()).jaccard == 0
    assert dynamics({}) == dict.fromkeys(DYNAMICS, 0)


def test_embedded_memberships_are_all_there(world: World, all_members: pd.DataFrame, facts: Rows):
    assert len(all_members) == len(facts)
    belongs = [row for row in facts if row["status"] in BELONGS]
    assert {row["status"] for row in facts} <= {*BELONGS, *APART}
    assert {key: count.members for key, count in ranked(all_members).items()} == {
        **{row["network_id"]: 0 for row in facts}, **Counter(row["network_id"] for row in belongs),
    }  # fmt: skip
    french = Counter(r["network_id"] for r in belongs if r["country_id"] == "country:FRA")
    assert {k: n.french for k, n in networks_of(world).items() if n.french} == dict(french)
    assert sum(join_counts(world).values()) == len({row["place_id"] for row in facts})


def test_embedded_networks_keep_their_own_numbers(world: World):
    with (EMBEDDED / "networks" / "networks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = networks_of(world)
    assert [*found] == [row["network_id"] for row in rows]
    for row in rows:
        network = found[row["network_id"]]
        assert str(network.stated or "") == row["members"]
        assert str(network.founded or "") == row["founded"]
        assert network.low_confidence == (row["evidence"] == "unverified")
        assert bool(network.basis_fr) == bool(network.basis_en)
        assert bool(network.note_fr) == bool(network.note_en)
        if row["members_counted"] == "all":
            assert network.coverage == pytest.approx(network.known / int(row["members"]))
        else:
            assert network.coverage is None
    assert dynamics(found) == {d: sum(r["dynamic"] == d for r in rows) for d in DYNAMICS}
    assert {key for key, n in found.items() if n.known >= FEW} == {
        key for key, n in found.items() if not n.few
    }


def test_embedded_overlap_is_that_of_sets(all_members: pd.DataFrame, facts: Rows):
    places: dict[str, set[str]] = {}
    for row in facts:
        if row["status"] in BELONGS:
            places.setdefault(row["network_id"], set()).add(row["place_id"])
    found = belonging(all_members)
    assert found == places
    for a, b in combinations(places, 2):
        shared = overlap(found[a], found[b])
        common = [place for place in places[a] if place in places[b]]
        assert shared.common == len(common)
        assert shared.either == len(places[a]) + len(places[b]) - len(common)
        assert shared.jaccard == pytest.approx(len(common) / shared.either)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_filter_never_adds_a_membership(all_members: pd.DataFrame, data: st.DataObject):
    values = {
        "territory": ["region:11", "region:84", "commune:44109", "nothing"],
        "partner": ["country:SEN", "country:MAR", "geonames:2253354", "nothing"],
        "group": ["ldc", "north", "nothing"],
        "network": ["c40", "aimf", "uccn", "nothing"],
    }
    wanted = {
        name: tuple(data.draw(st.lists(st.sampled_from(held), max_size=2, unique=True), label=name))
        for name, held in values.items()
    }
    kept = selected(all_members, wanted)
    assert set(kept.index) <= set(selected(all_members, {"network": wanted["network"]}).index)
    assert sum(count.members for count in ranked(kept).values()) == kept["belongs"].sum()
    held = gathered(kept).values()
    assert sum(len(place.networks) for place in held) == kept["belongs"].sum()
    assert sum(len(place.apart) for place in held) == (~kept["belongs"]).sum()
