"""Likeness: distances drawn by hand, the same by plain Python on the files, and their bounds."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.likeness import (
    VARIABLES,
    Answered,
    Held,
    Nested,
    Scaled,
    Shared,
    alike,
    overlapping,
    partners_of,
    profiles_of,
)
from geo.places import places_of
from geo.world import World

DATA = Path(__file__).resolve().parents[2] / "data"
OTHERS = pd.Index(["b", "c", "d"])
PLACES = (
    "region:53", "departement:93", "epci:200054781", "commune:93066", "commune:01001",
    "country:MLI", "country:FRA", "admin1:SN-DK", "geonames:2253354",
)  # fmt: skip


def rows(table: str) -> list[dict[str, str]]:
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_differ_by_their_share_of_the_widest_gap():
    found = Scaled(pd.Series({"a": 1.0, "b": 2.0, "c": 5.0})).parts("a", OTHERS)
    assert found[:2].tolist() == [0.25, 1.0]
    assert math.isnan(found[2])


def test_numbers_that_are_all_the_same_do_not_differ():
    found = Scaled(pd.Series({"a": 3.0, "b": 3.0})).parts("a", pd.Index(["b"]))
    assert found.tolist() == [0.0]


def test_shares_differ_by_what_they_do_not_have_in_common():
    table = pd.DataFrame({"x": [0.5, 1.0, 0.0], "y": [0.5, 0.0, 1.0]}, index=["a", "b", "c"])
    found = Shared(table).parts("a", OTHERS)
    assert found[:2].tolist() == [0.5, 0.5]
    assert Shared(table).parts("b", pd.Index(["b", "c"])).tolist() == [0.0, 1.0]
    assert math.isnan(found[2])


def test_things_held_differ_by_jaccard():
    table = pd.DataFrame({"x": [1, 1, 0], "y": [1, 0, 0], "z": [0, 0, 1]}, index=["a", "b", "c"])
    found = Held(table).parts("a", OTHERS)
    assert found[:2].tolist() == [0.5, 1.0]
    assert math.isnan(found[2])


def test_nested_classes_differ_by_the_share_that_is_not_the_same():
    classes = pd.DataFrame(
        {"near": ["1", "1", "2"], "wide": ["X", "X", "X"]}, index=["a", "b", "c"]
    )
    found = Nested(classes).parts("a", OTHERS)
    assert found[:2].tolist() == [0.0, 0.5]
    assert math.isnan(found[2])


def test_answers_differ_where_both_are_known():
    table = pd.DataFrame(
        {"x": [1.0, 0.5, np.nan], "y": [0.0, np.nan, np.nan]}, index=["a", "b", "c"]
    )
    found = Answered(table).parts("a", OTHERS)
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


def test_the_drawn_departements_by_hand(small_world: World):
    """93 has three links (two with Senegal, one with Mali), 75 and 69 one twinning each."""
    found = alike(small_world, "departement:93")
    assert found.table["place_id"].tolist() == ["departement:75", "departement:69"]
    expected = pd.DataFrame(
        {
            "population": [1.0, 0.0],  # 3000 and 1000 beside 1000; the widest gap is 3000:1000
            "immigrants": [0.5, 1.0],  # 20 % and 10 % beside 30 %; the widest gap is 20 points
            "origins": [np.nan, np.nan],  # no order is published
            "links": [1.0, 1.0],  # one link beside three
            "countries": [1 / 3, 1 / 3],  # all of theirs with Senegal, two thirds of its own
            "themes": [0.5, np.nan],  # water and health beside water; 69 declares none
            "kinds": [1.0, 1.0],
            "networks": [0.5, 1.0],  # river and desert, or old, beside river
        }
    )
    pd.testing.assert_frame_equal(found.parts, expected, check_names=False)
    assert found.table["compared"].tolist() == [7, 6]
    assert found.table["distance"].tolist() == pytest.approx([(4.5 + 1 / 3) / 7, (4 + 1 / 3) / 6])
    assert found.partners == {
        "departement:75": (("country:SEN", 1),), "departement:69": (("country:SEN", 1),),
    }  # fmt: skip


def test_the_drawn_countries_by_hand(small_world: World):
    """Mali beside Senegal: same part of the world and group; they agree on 1 of 4 criteria."""
    found = alike(small_world, "country:MLI")
    assert found.table["place_id"].tolist() == ["country:SEN"]
    parts = found.parts.iloc[0]
    assert parts["location"] == 0
    assert parts["group"] == 0
    assert parts["links"] == 1  # four links beside one: the widest gap of the drawn world
    assert parts["criteria"] == 0.75
    assert math.isnan(parts["migrants"])
    assert found.table.at[0, "distance"] == pytest.approx(1.75 / 4)
    assert found.partners["country:SEN"] == (("region:11", 3), ("region:84", 1))


@pytest.mark.parametrize("place_id", PLACES)
def test_what_holds_for_every_place(world: World, place_id: str):
    found = alike(world, place_id)
    table = found.table
    assert len(table) == 5
    assert place_id not in set(table["place_id"])
    assert {places_of(world).value(p, "level") for p in table["place_id"]} == {found.level}
    assert (table["links"] > 0).all()
    assert table["distance"].between(0, 1).all()
    assert table["distance"].is_monotonic_increasing
    assert found.parts.columns.tolist() == list(found.variables) == list(VARIABLES[found.level])
    assert (found.parts.isna() | ((found.parts >= 0) & (found.parts <= 1))).all(axis=None)
    assert found.parts.mean(axis=1).tolist() == pytest.approx(table["distance"].tolist())
    assert (found.parts.notna().sum(axis=1) == table["compared"]).all()
    assert all(len(partners) <= 3 for partners in found.partners.values())
    assert list(found.partners) == table["place_id"].tolist()


def test_two_places_are_as_far_from_either_end(world: World):
    there = alike(world, "departement:93", n=200).table.set_index("place_id")["distance"]
    back = alike(world, "departement:13", n=200).table.set_index("place_id")["distance"]
    assert there["departement:13"] == back["departement:93"]


def test_ties_go_by_id(world: World):
    table = alike(world, "commune:01001", n=378).table
    assert table["distance"].duplicated().any()
    for _, tied in table.groupby("distance"):
        assert tied["place_id"].is_monotonic_increasing


def test_a_commune_without_link_is_compared_by_size_alone(world: World):
    found = alike(world, "commune:01001")
    assert set(found.table["compared"]) == {2}
    assert found.parts[["countries", "themes", "kinds", "networks"]].isna().all(axis=None)
    assert found.candidates == len({r["a_id"] for r in rows("links/links.csv")
                                    if r["a_id"].startswith("commune:")})  # fmt: skip


def test_neither_a_part_of_a_place_nor_what_it_is_part_of(world: World):
    paris, plaine = "epci:200054781", "epci:200057867"
    assert plaine in overlapping(world, paris)
    assert overlapping(world, plaine) == {paris}
    assert overlapping(world, "departement:93") == frozenset()
    inside = set(overlapping(world, paris))
    assert inside.isdisjoint(alike(world, paris, n=300).table["place_id"])


def test_an_unknown_place_is_an_error(world: World):
    with pytest.raises(KeyError):
        alike(world, "country:ZZZ")


def _shares(values: list[str]) -> dict[str, float]:
    return {value: n / len(values) for value, n in Counter(values).items()}


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    return 1 - sum(min(share, other.get(key, 0)) for key, share in one.items())


def test_saint_denis_and_tours_from_the_files(world: World):
    """The six parts of the distance of two communes, with nothing but csv."""
    ends = {r["place_id"]: r["country_id"] for r in rows("links/places.csv")}
    people = {r["commune_id"]: int(r["population"] or 0) for r in rows("reference/communes.csv")
              if r["population"]}  # fmt: skip
    links = [r for r in rows("links/links.csv") if r["a_id"].startswith("commune:")]
    counts = Counter(r["a_id"] for r in links)
    networks: dict[str, set[str]] = {}
    for r in rows("networks/members.csv"):
        if r["status"] in ("member", "founding_member", "associate", "signatory"):
            networks.setdefault(r["place_id"], set()).add(r["network_id"])
    one, other = "commune:93066", "commune:37261"
    own = {p: [r for r in links if r["a_id"] == p] for p in (one, other)}
    span = math.log10(max(people.values())) - math.log10(max(min(people.values()), 1))
    themes = {p: [t for r in own[p] for t in r["themes"].split(";") if t] for p in own}
    expected = {
        "population": abs(math.log10(people[one] / people[other])) / span,
        "links": abs(math.log10((counts[one] + 1) / (counts[other] + 1)))
        / math.log10(max(counts.values()) + 1),
        "countries": _apart(*(_shares([ends[r["b_id"]] for r in own[p]]) for p in own)),
        "kinds": _apart(*(_shares([r["kind"] for r in own[p]]) for p in own)),
        "networks": 1 - len(networks[one] & networks[other]) / len(networks[one] | networks[other]),
    }
    if all(themes.values()):
        expected["themes"] = _apart(*(_shares(themes[p]) for p in own))
    found = alike(world, one, n=400)
    at = found.table.index[found.table["place_id"] == other][0]
    assert found.parts.loc[at].dropna().to_dict() == pytest.approx(expected)
    assert found.table.at[at, "distance"] == pytest.approx(
        sum(expected.values()) / len(expected), abs=1e-9
    )


def test_mali_and_senegal_from_the_files(world: World):
    """The five parts of the distance of two countries, with nothing but csv."""
    ends = {r["place_id"]: r["country_id"] for r in rows("links/places.csv")}
    counts = Counter(ends[r["b_id"]] for r in rows("links/links.csv"))
    people = [
        (r["origin_id"], math.log10(float(r["value"]) + 1)) for r in rows("diaspora/figures.csv")
        if r["definition"] == "un_migrants" and r["origin_id"].startswith("country:")
    ]  # fmt: skip
    score = {"yes": 1.0, "partial": 0.5, "no": 0.0}
    counted = {r["criterion"] for r in rows("stances/rule.csv") if r["counted"] == "true"}
    answers: dict[str, dict[str, float]] = {"country:MLI": {}, "country:SEN": {}}
    for r in rows("stances/criteria.csv"):
        if r["country_id"] in answers and r["value"] in score and r["criterion"] in counted:
            answers[r["country_id"]][r["criterion"]] = score[r["value"]]
    mali, senegal = answers.values()
    both = sorted(mali.keys() & senegal.keys())
    logs = [value for _, value in people]
    expected = {
        "location": 0.0,
        "group": 0.0,
        "links": math.log10((counts["country:SEN"] + 1) / (counts["country:MLI"] + 1))
        / math.log10(max(counts.values()) + 1),
        "criteria": sum(abs(mali[c] - senegal[c]) for c in both) / len(both),
        "migrants": abs(dict(people)["country:MLI"] - dict(people)["country:SEN"])
        / (max(logs) - min(logs)),
    }
    found = alike(world, "country:MLI")
    assert found.table.at[0, "place_id"] == "country:SEN"
    assert found.parts.loc[0].to_dict() == pytest.approx(expected)


def test_the_partners_of_a_place_are_those_of_its_links(world: World):
    departement = {r["commune_id"]: r["departement_id"] for r in rows("reference/communes.csv")}
    departement |= {r["epci_id"]: r["departement_id"] for r in rows("reference/epci.csv")}
    ends = {r["place_id"]: r["country_id"] for r in rows("links/places.csv")}
    counts = Counter(
        ends[r["b_id"]] for r in rows("links/links.csv")
        if departement.get(r["a_id"], r["a_id"]) == "departement:92"
    )  # fmt: skip
    expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    owned = profiles_of(world, "departement").owned
    assert list(partners_of(owned, "departement:92")) == expected
    assert partners_of(owned, "departement:nowhere") == ()
