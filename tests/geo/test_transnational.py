"""The index: recomputed by hand on the small world, and by another route on the embedded one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from geo.transnational import (
    COVERAGE,
    LEAST,
    LEVELS,
    PER,
    Index,
    dichotomy,
    index_of,
    ingredients_of,
    scores_of,
    sensitivity,
)
from geo.world import World

SMALL = ["city_network", "consulate", "decentralised_cooperation", "diaspora", "students"]


@pytest.fixture(scope="module", params=list(LEVELS))
def index(request: pytest.FixtureRequest, world: World) -> Index:
    return index_of(world, request.param)


def test_by_hand(small_world: World):
    """Départements 69, 75, 93 of 1,000, 3,000 and 1,000 people.

    networks: -, 2, 1 -> per 100,000: -, 66.7, 100 -> -, 0, 100
    consulates: 1, 2, - -> 100, 66.7, - -> 100, 0, -
    links: 1, 1, 2 -> 100, 33.3, 200 -> 50, 0, 100
    immigrants: 100, 600, 300 -> 10,000, 20,000, 30,000 -> 0, 50, 100
    students 2022: 50, 400, 200 -> 5,000, 13,333, 20,000 -> 0, 50, 100
    """
    found = index_of(small_world, "departement")
    assert [item.key for item in found.ingredients.used] == SMALL
    expected = pd.DataFrame(
        {
            "departement:69": [np.nan, 100, 50, 0, 0],
            "departement:75": [0, 0, 0, 50, 50],
            "departement:93": [100, np.nan, 100, 100, 100],
        },
        index=SMALL,
    ).T
    pd.testing.assert_frame_equal(found.scores, expected, check_names=False, check_dtype=False)
    table = found.table.set_index("place_id")
    assert table["index"].to_dict() == pytest.approx(
        {"departement:93": 100.0, "departement:69": 37.5, "departement:75": 20.0}
    )
    assert table["rank"].to_dict() == {
        "departement:93": 1, "departement:69": 2, "departement:75": 3,
    }  # fmt: skip


def test_weights_by_hand(small_world: World):
    found = index_of(small_world, "departement", (("consulate", 0.0), ("diaspora", 3.0)))
    table = found.table.set_index("place_id")["index"]
    assert table["departement:75"] == pytest.approx((0 + 0 + 3 * 50 + 50) / 6)
    assert table["departement:69"] == pytest.approx((50 + 0 + 0) / 5)
    assert found.weights["diaspora"] == 3
    assert found.table.set_index("place_id").loc["departement:69", "present"] == 3


def test_fewer_ingredients_than_needed_is_left_out_with_its_reason(small_world: World):
    """69 then has links, immigrants and students only; without links, two are too few."""
    weights = (("consulate", 0.0), ("decentralised_cooperation", 0.0))
    left = index_of(small_world, "departement", weights).left_out
    assert left[["place_id", "present", "reason"]].values.tolist() == [["departement:69", 2, "few"]]
    assert left["index"].isna().all()
    assert left["rank"].isna().all()


def test_one_ingredient_is_enough_when_it_is_all_that_is_asked(small_world: World):
    rest = tuple((key, 0.0) for key in SMALL if key != "diaspora")
    found = index_of(small_world, "departement", rest)
    assert found.least == 1
    assert found.ranked["index"].tolist() == [100, 50, 0]


def test_no_weight_at_all_ranks_nobody(small_world: World):
    found = index_of(small_world, "departement", tuple((key, 0.0) for key in SMALL))
    assert set(found.table["reason"]) == {"no_weight"}
    assert sensitivity(found).empty
    assert dichotomy(found).size == 0


@pytest.mark.parametrize("weights", [(("nobody", 1.0),), (("diaspora", -1.0),),
                                     (("diaspora", float("nan")),)])  # fmt: skip
def test_weights_that_are_none(small_world: World, weights: tuple[tuple[str, float], ...]):
    with pytest.raises(ValueError, match=r"nobody|diaspora"):
        index_of(small_world, "departement", weights)


def test_by_another_route(index: Index):
    """Scores by scipy's rankdata, means in plain Python."""
    for item in index.ingredients.used:
        known = index.ingredients.values[item.key].dropna()
        ranks = (rankdata(known) - 1) / (len(known) - 1) * 100
        assert index.scores.loc[known.index, item.key].to_numpy() == pytest.approx(ranks)
        assert index.scores[item.key].notna().sum() == item.territories
    for row in index.ranked.itertuples():
        scores = [s for s in index.scores.loc[row.place_id] if s == s]
        assert len(scores) == row.present >= LEAST
        assert index.table.set_index("place_id").loc[row.place_id, "index"] == pytest.approx(
            sum(scores) / len(scores)
        )
    ranks = rankdata(-index.ranked["index"].to_numpy(), method="min")
    assert index.ranked["rank"].tolist() == ranks.tolist()


def test_values_are_what_the_data_say(world: World):
    found = ingredients_of(world, "departement")
    people = world.table("departements").set_index("departement_id")["population"]
    links = found.amounts["decentralised_cooperation"].dropna()
    per_head = links / people.reindex(links.index).astype(float) * PER
    assert found.values["decentralised_cooperation"].dropna().tolist() == pytest.approx(
        per_head.tolist()
    )
    figures = world.table("figures")
    share = figures[
        (figures["place_id"] == "departement:93") & (figures["definition"] == "immigrants")
        & (figures["measure"] == "share") & (figures["year"] == 2021)
        & (figures["source_id"] == "diaspora/interieur_2021")
    ]  # fmt: skip
    assert found.values.loc["departement:93", "diaspora"] == share["value"].item()


def test_diversity_by_hand(world: World):
    figures = world.table("figures")
    groups = figures[
        (figures["place_id"] == "departement:93")
        & (figures["source_id"] == "diaspora/eurostat_nuts3")
        & figures["origin_id"].str.startswith("origin:") & (figures["origin_id"] != "origin:native")
        & (figures["measure"] == "share")
    ]["value"].tolist()  # fmt: skip
    assert len(groups) == 9
    parts = [g / sum(groups) for g in groups]
    found = ingredients_of(world, "departement").values.loc["departement:93", "diversity"]
    assert found == pytest.approx(1 / sum(p * p for p in parts))
    assert 1 <= found <= 9


def test_a_region_of_one_departement_is_as_diverse_as_it(world: World):
    region = ingredients_of(world, "region")
    below = ingredients_of(world, "departement").values["diversity"]
    assert region.values.loc["region:04", "diversity"] == pytest.approx(below["departement:974"])
    item = next(i for i in region.used if i.key == "diversity")
    assert item.estimate


def test_every_kind_is_an_ingredient_or_aside_with_its_reason(index: Index, world: World):
    used = {item.kind for item in index.ingredients.used}
    aside = index.ingredients.aside
    assert used | set(aside["kind"]) == set(world.table("kinds")["kind"])
    assert not used & set(aside["kind"])
    assert set(aside["reason"]) <= {"no_figure", "other_level", "too_few"}
    assert set(aside["visibility"]) == {"visible", "interstitial"}
    assert all(item.coverage >= COVERAGE for item in index.ingredients.used)
    few = aside[aside["reason"] == "too_few"]["territories"]
    assert (few < COVERAGE * index.ingredients.used[0].of).all()


def test_who_is_left_out_is_not_zero(index: Index, world: World):
    table = index.table
    assert table["place_id"].is_unique
    assert len(table) == len(world.table(LEVELS[index.level]))
    assert (table["index"].isna() == (table["reason"] != "")).all()
    assert set(index.left_out["reason"]) == {"few", "other_status"}
    outside = world.table(LEVELS[index.level])
    com = outside.loc[outside["zone"] == "com", f"{index.level}_id"]
    assert set(index.left_out.loc[index.left_out["reason"] == "other_status", "place_id"]) == set(
        com
    )
    assert index.scores.loc[com].isna().all(axis=None)


def test_sensitivity_holds_the_ranks_of_its_family(index: Index):
    """Each ingredient left out, by calling the index again with that weight at nothing."""
    found = sensitivity(index).set_index("place_id")
    assert found.index.tolist() == index.ranked["place_id"].tolist()
    assert (found["best"] <= found["worst"]).all()
    assert (found["low"] <= found["high"]).all()
    assert found[["best", "low"]].min(axis=None) >= 1
    assert found[["worst", "high"]].max(axis=None) <= len(found)
    scores = index.scores.loc[found.index]
    ranks = []
    for item in index.ingredients.used:
        for factor in (0, 2):
            w = pd.Series(1.0, index=scores.columns)
            w[item.key] = factor
            means = (scores * w).sum(axis=1) / (scores.notna() * w).sum(axis=1)
            ranks.append(means.rank(ascending=False, method="min"))
    assert pd.concat(ranks, axis=1).min(axis=1).tolist() == found["best"].tolist()
    assert pd.concat(ranks, axis=1).max(axis=1).tolist() == found["worst"].tolist()


def test_sensitivity_says_the_same_twice(index: Index):
    pd.testing.assert_frame_equal(sensitivity(index), sensitivity(index))


def test_dichotomy(index: Index):
    found = dichotomy(index)
    ranked = index.ranked["index"].tolist()
    assert found.size == -(-len(ranked) // 5)
    assert found.top == pytest.approx(sum(ranked[: found.size]) / found.size)
    assert found.bottom == pytest.approx(sum(ranked[-found.size :]) / found.size)
    assert found.top > found.bottom
    assert not set(found.top_ids) & set(found.bottom_ids)


def test_scores_of_one_of_equals_and_of_none():
    values = pd.DataFrame({"one": [np.nan, 3.0, np.nan], "same": [2.0, 2.0, 2.0],
                           "none": [np.nan] * 3})  # fmt: skip
    scores = scores_of(values)
    assert scores["one"].dropna().tolist() == [50]
    assert scores["same"].tolist() == [50, 50, 50]
    assert scores["none"].isna().all()
