"""The gap: coefficients found again by hand, intervals that cover, refusals, the embedded data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import nbinom, norm, poisson
from statsmodels.discrete.discrete_model import Poisson

from geo.corridors import links_of, selected_links
from geo.diaspora import figures_of, stock
from geo.gap import (
    COVER,
    REASONS,
    VERDICTS,
    Gap,
    Model,
    Refusal,
    cooperation_without_diaspora,
    diaspora_without_cooperation,
    fitted,
    gap_of,
    predicted,
)
from geo.joins import joined_links
from geo.world import World

Floats = npt.NDArray[np.float64]
SHARES = np.linspace(1, 30, 40)


def series(values: object) -> pd.Series:
    made = pd.Series(values)
    return made.set_axis([f"t{i:03d}" for i in range(len(made))])


def gap_from(links: object, share: object, population: object) -> Gap:
    people = np.asarray(share, dtype=float) / 100 * np.asarray(population, dtype=float)
    return fitted(series(links), series(people), series(population))


def drawn(seed: int, alpha: float, n: int = 100) -> tuple[Floats, Floats, Floats, Floats]:
    """Links drawn from a known law, their shares, populations and true expectations."""
    rng = np.random.default_rng(seed)
    share, population = rng.uniform(1, 30, n), rng.uniform(1e5, 2e6, n)
    mean = np.exp(-0.5 + 0.6 * np.log(share)) * population / 1e5
    return count(rng, mean, alpha), share, population, mean


def count(rng: np.random.Generator, mean: Floats, alpha: float) -> Floats:
    if not alpha:
        return rng.poisson(mean)
    return rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean))


def model_of(gap: Gap) -> Model:
    assert isinstance(gap.model, Model), gap.model
    return gap.model


def by_hand(table: pd.DataFrame, overdispersed: bool) -> tuple[Floats, Floats]:
    """Coefficients and standard errors at the maximum of the likelihood, written out."""
    y = table["links"].to_numpy(float)
    x, offset = np.log(table["share"].to_numpy()), np.log(table["population"].to_numpy() / 1e5)

    def loss(at: Floats) -> float:
        eta = at[0] + at[1] * x + offset
        if not overdispersed:
            return float((np.exp(eta) - y * eta).sum())
        r, mean = np.exp(-at[2]), np.exp(eta)
        chance = gammaln(y + r) - gammaln(r) - gammaln(y + 1)
        return float(-(chance + r * np.log(r / (r + mean)) + y * np.log(mean / (r + mean))).sum())

    start = np.zeros(3 if overdispersed else 2)
    found = minimize(loss, start, method="Nelder-Mead", tol=1e-12,
                     options={"maxiter": 20_000, "maxfev": 20_000})  # fmt: skip
    assert found.success
    return found.x, np.sqrt(np.diag(np.linalg.inv(curvature(loss, found.x))))


def curvature(loss: object, at: Floats, step: float = 1e-4) -> Floats:
    """Second derivatives by central differences."""
    steps = np.eye(len(at)) * step
    f = loss
    return np.array([
        [(f(at + i + j) - f(at + i - j) - f(at - i + j) + f(at - i - j)) / (4 * step**2)  # type: ignore[operator]
         for j in steps] for i in steps
    ])  # fmt: skip


def test_a_poisson_is_the_maximum_of_its_likelihood():
    links, share, population, _ = drawn(1, alpha=0)
    gap = gap_from(links, share, population)
    model = model_of(gap)
    at, errors = by_hand(gap.table, overdispersed=False)
    assert model.name == "poisson"
    assert model.alpha == 0
    assert [model.intercept, model.slope] == pytest.approx(at, abs=1e-5)
    assert model.slope_error == pytest.approx(errors[1], rel=1e-3)
    assert (model.slope_low, model.slope_high) == pytest.approx(
        (at[1] - 1.96 * errors[1], at[1] + 1.96 * errors[1]), abs=1e-3
    )


def test_a_negative_binomial_is_the_maximum_of_its_likelihood():
    gap = gap_from(*drawn(2, alpha=0.4)[:3])
    model = model_of(gap)
    at, errors = by_hand(gap.table, overdispersed=True)
    assert model.name == "negative_binomial"
    assert [model.intercept, model.slope] == pytest.approx(at[:2], abs=1e-4)
    assert model.alpha == pytest.approx(np.exp(at[2]), rel=1e-3)
    assert model.slope_error == pytest.approx(errors[1], rel=1e-2)
    y, mean = gap.table["links"], gap.table["expected"]
    chi2 = ((y - mean) ** 2 / (mean + model.alpha_wide * mean**2)).sum()
    assert chi2 == pytest.approx(98, rel=1e-4) or model.alpha_wide == model.alpha


def test_the_model_is_chosen_by_the_score_test():
    """Dean's statistic as statsmodels gives it, its chance on one side."""
    for seed, alpha in ((3, 0), (4, 0.3)):
        gap = gap_from(*drawn(seed, alpha)[:3])
        model, table = model_of(gap), gap.table
        regressors = np.column_stack([np.ones(len(table)), np.log(table["share"])])
        result = Poisson(table["links"].to_numpy(), regressors,
                         exposure=table["population"].to_numpy()).fit(disp=0)  # fmt: skip
        told = result.get_diagnostic().test_dispersion()
        assert model.dean == pytest.approx(told.statistic[told.method.index("Dean B")], rel=1e-4)
        assert model.p_value == pytest.approx(norm.sf(model.dean), abs=1e-12)
        assert (model.name == "negative_binomial") == (model.p_value < 0.05) == bool(alpha)
        pearson = (result.resid_pearson**2).sum() / (len(table) - 2)
        assert model.spread == pytest.approx(pearson, rel=1e-4)


def test_links_in_proportion_to_people_leave_no_gap():
    """One link for 1,000 people of the diaspora: the slope is 1 and nothing is left over."""
    population = np.full(12, 100_000)
    share = np.arange(1, 13)
    gap = gap_from(share, share, population)
    model, table = model_of(gap), gap.table
    assert model.slope == pytest.approx(1, abs=1e-6)
    assert model.intercept == pytest.approx(0, abs=1e-6)
    assert (model.territories, model.links, model.zeros) == (12, 78, 0)
    assert table["expected"].tolist() == pytest.approx(share.tolist())
    assert table["residual"].abs().max() < 1e-5
    assert table["ratio"].tolist() == pytest.approx([1] * 12)
    assert set(table["verdict"]) == {"expected"}


def test_a_territory_far_from_the_others_is_told_apart():
    links = np.array([10] * 38 + [0, 60])
    gap = gap_from(links, np.tile([5, 10], 20), np.full(40, 500_000))
    model, table = model_of(gap), gap.table
    assert table["verdict"].tolist()[-2:] == ["less", "more"]
    mean = table["expected"]
    spread = np.sqrt(mean + model.alpha * mean**2)
    assert table["residual"].tolist() == pytest.approx(((links - mean) / spread).tolist())
    assert table["ratio"].tolist() == pytest.approx((links / mean).tolist())
    outside = (links < table["low"]) | (links > table["high"])
    assert (table["verdict"] != "expected").tolist() == outside.tolist()


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_known_coefficients_give_the_quantiles_of_the_law(alpha: float):
    model = Model("poisson", 0.3, 0.5, 0, 0.5, 0.5, alpha, alpha, 1, 0, 0.5, 40, 99, 0,
                  float("nan"), 0, ((0, 0), (0, 0)))  # fmt: skip
    mean, low, high = predicted(model, SHARES, 700_000)
    law = nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha else poisson(mean)
    assert mean.tolist() == pytest.approx((np.exp(0.3) * np.sqrt(SHARES) * 7).tolist())
    assert low.tolist() == law.ppf(0.1).tolist()
    assert high.tolist() == law.ppf(0.9).tolist()


def test_uncertain_coefficients_widen_the_interval_as_draws_of_them_do():
    covariance = ((0.05, -0.02), (-0.02, 0.012))
    model = Model("negative_binomial", 0.3, 0.5, 0, 0, 0, 0.2, 0.2, 1, 0, 0, 40, 99, 0,
                  float("nan"), 0, covariance)  # fmt: skip
    rng = np.random.default_rng(5)
    at = rng.multivariate_normal([0.3, 0.5], covariance, 200_000)
    for share in (1.0, 8.0, 30.0):
        _, low, high = predicted(model, np.array([share]), 700_000)
        links = count(rng, np.exp(at[:, 0] + at[:, 1] * np.log(share)) * 7, 0.2)
        assert (links <= low[0] - 1).mean() <= 0.102
        assert (links <= low[0]).mean() >= 0.098
        assert (links <= high[0] - 1).mean() <= 0.902
        assert (links <= high[0]).mean() >= 0.898


@pytest.mark.parametrize("alpha", [0.0, 0.25])
@pytest.mark.parametrize("n", [17, 100])
def test_the_interval_covers_what_it_says(alpha: float, n: int):
    """New links of the true law fall inside about four times of five."""
    inside = []
    for seed in range(60):
        links, share, population, mean = drawn(seed, alpha, n)
        gap = gap_from(links, share, population)
        table = gap.table
        assert isinstance(gap.model, Model)
        again = count(np.random.default_rng(1000 + seed), mean, alpha)
        inside.append(((again >= table["low"]) & (again <= table["high"])).mean())
    assert COVER - 0.04 <= np.mean(inside) <= COVER + 0.09


def test_no_people_counts_as_half_the_smallest_share():
    links, share, population, _ = drawn(6, alpha=0)
    share[:3] = 0
    gap = gap_from(links, share, population)
    model = model_of(gap)
    smallest = gap.table["share"][3:].min() / 2
    assert model.zeros == 3
    assert model.zero_as == pytest.approx(smallest)
    assert gap.table["share"].tolist()[:3] == [0, 0, 0]
    put = share.copy()
    put[:3] = smallest
    same = gap_from(links, put, population)
    assert gap.table["expected"].tolist() == pytest.approx(same.table["expected"].tolist())
    assert np.isnan(model_of(same).zero_as)


def test_what_has_no_figure_is_left_out_and_is_no_zero():
    links, share, population, _ = drawn(7, alpha=0, n=14)
    people = series(share / 100 * population)
    people["t000"] = np.nan
    inhabitants = series(population)
    inhabitants["t001"], inhabitants["t002"] = np.nan, 0
    gap = fitted(series(links), people.drop("t003"), inhabitants)
    assert gap.left_out["place_id"].tolist() == ["t000", "t001", "t002", "t003"]
    assert gap.left_out["reason"].tolist() == [
        "no_figure", "no_population", "no_population", "no_figure",
    ]  # fmt: skip
    assert gap.left_out["links"].tolist() == links[:4].tolist()
    assert gap.table["place_id"].tolist() == [f"t{i:03d}" for i in range(4, 14)]
    assert model_of(gap).territories == 10
    less = fitted(series(links), people.drop("t003").drop("t004"), inhabitants)
    assert less.model == Refusal("few_territories", 9, 10)


def test_a_territory_that_no_link_names_has_none():
    _, share, population, _ = drawn(8, alpha=0, n=12)
    gap = fitted(series([4] * 11), series(share / 100 * population), series(population))
    assert gap.table["links"].tolist() == [4] * 11 + [0]


NOTHING = np.zeros(12)
EVEN = np.full(12, 2e5)
RISING = np.arange(1, 13)


@pytest.mark.parametrize(
    ("links", "share", "population", "refusal"),
    [
        ([], [], [], Refusal("no_figure")),
        (RISING, np.full(12, np.nan), EVEN, Refusal("no_figure")),
        (RISING, NOTHING, EVEN, Refusal("no_figure")),
        (NOTHING, RISING, EVEN, Refusal("no_link")),
        (RISING[:1] * 50, RISING[:1], EVEN[:1], Refusal("few_territories", 1, 10)),
        (RISING[:9], RISING[:9], EVEN[:9], Refusal("few_territories", 9, 10)),
        ([3, 2, 4, *[0] * 9], RISING, EVEN, Refusal("few_links", 9, 10)),
        (RISING, np.full(12, 5), EVEN, Refusal("no_contrast")),
        ([0] * 11 + [40], RISING, EVEN, Refusal("no_convergence")),
    ],
)
def test_no_model_without_ground_for_one(
    links: object, share: object, population: object, refusal: Refusal
):
    gap = gap_from(pd.Series(links, dtype=float), share, population)
    assert gap.model == refusal
    assert refusal.reason in REASONS
    assert (gap.table["verdict"] == "").all()
    assert gap.table[["expected", "ratio", "residual", "low", "high"]].isna().all(axis=None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.one_of(st.none(), st.integers(0, 5000)), st.integers(0, 10_000)
        ),
        max_size=25,
    )
)
def test_whatever_the_numbers_there_is_an_answer(rows: list[tuple[int, int | None, int]]):
    links, people, population = zip(*rows, strict=True) if rows else ((), (), ())
    gap = fitted(series(list(links)).astype(float), series(list(people)).astype(float),
                 series(list(population)).astype(float))  # fmt: skip
    assert len(gap.table) + len(gap.left_out) == len(rows)
    if isinstance(gap.model, Refusal):
        assert gap.model.reason in REASONS
        return
    numbers = gap.table[["expected", "ratio", "residual", "low", "high"]].to_numpy(float)
    assert np.isfinite(numbers).all()
    assert (gap.table["low"] <= gap.table["high"]).all()
    assert set(gap.table["verdict"]) <= set(VERDICTS)


def test_the_two_lists():
    """Shares 1 to 8: above the median are 5 to 8, the lowest quarter are 1 and 2."""
    gap = gap_from([3, 0, 5, 0, 0, 2, 0, 0], RISING[:8], EVEN[:8])
    assert diaspora_without_cooperation(gap)["place_id"].tolist() == ["t007", "t006", "t004"]
    assert cooperation_without_diaspora(gap)["place_id"].tolist() == ["t000"]
    nothing = gap_from([], [], [])
    assert diaspora_without_cooperation(nothing).empty
    assert cooperation_without_diaspora(nothing).empty


def test_the_small_world_by_hand(small_world: World):
    figures = figures_of(small_world)
    links = links_of(small_world)
    gap = gap_of(small_world, links, stock(figures, "immigrants", (), "departement", None),
                 "departement")  # fmt: skip
    assert gap.table[["place_id", "links", "people", "population", "share"]].values.tolist() == [
        ["departement:69", 1, 100, 1000, 10],
        ["departement:75", 1, 600, 3000, 20],
        ["departement:93", 3, 300, 1000, 30],
    ]
    assert gap.model == Refusal("few_territories", 3, 10)
    assert gap.outside == 0
    above = gap_of(small_world, links, stock(figures, "immigrants", (), "region", None), "region")
    assert above.table[["place_id", "links", "people"]].values.tolist() == [
        ["region:11", 4, 900], ["region:84", 1, 100],
    ]  # fmt: skip
    listed = stock(figures, "immigrants", ("country:SEN",), "departement", None)
    with_senegal = selected_links(links, {"partner": ("country:SEN",)})
    some = gap_of(small_world, with_senegal, listed, "departement")
    assert some.table[["place_id", "links", "people", "bound"]].values.tolist() == [
        ["departement:75", 1, 50, "exact"], ["departement:93", 2, 40, "lower"],
    ]  # fmt: skip
    assert some.left_out.values.tolist() == [["departement:69", 1, "no_figure"]]


def test_a_number_derived_from_a_share_is_an_estimate(small_world: World):
    """The share of people born abroad in a région whose population is only in the reference."""
    found = stock(figures_of(small_world), "born_abroad", (), "region", None)
    gap = gap_of(small_world, links_of(small_world), found, "region")
    row = gap.table.iloc[0]
    assert (row["place_id"], row["people"], row["population"]) == ("region:84", 100, 1000)
    assert row["estimate"]
    assert gap.left_out["place_id"].tolist() == ["region:11"]


@pytest.mark.parametrize("level", ["departement", "region"])
def test_no_link_of_the_data_is_lost(world: World, level: str):
    links = links_of(world)
    gap = gap_of(world, links, stock(figures_of(world), "immigrants", (), level, None), level)
    assert gap.table["links"].sum() + gap.left_out["links"].sum() + gap.outside == len(links)
    joined = joined_links(world)
    column = joined[f"a_{level}_id"]
    assert gap.outside == (column == "").sum()
    known = column.value_counts()
    for row in gap.table.itertuples():
        assert row.links == known.get(row.place_id, 0)
    places = {*gap.table["place_id"], *gap.left_out["place_id"]}
    assert places == set(world.table(f"{level}s")[f"{level}_id"])


def test_the_embedded_departements_found_again_by_hand(world: World):
    gap = gap_of(world, links_of(world),
                 stock(figures_of(world), "immigrants", (), "departement", None),
                 "departement")  # fmt: skip
    model = model_of(gap)
    at, _ = by_hand(gap.table, overdispersed=True)
    assert model.name == "negative_binomial"
    assert [model.intercept, model.slope] == pytest.approx(at[:2], abs=1e-3)
    assert model.territories == len(gap.table) == 100
    assert gap.left_out.set_index("place_id").at["departement:976", "reason"] == "no_figure"
    table = gap.table.set_index("place_id")
    assert table.at["departement:93", "verdict"] == "more"
    assert table["estimate"].sum() == 4
    people = table["people"]
    assert people[~table["estimate"]].sum() == 6_656_101


def test_the_embedded_regions_with_one_country(world: World):
    found = stock(figures_of(world), "born_abroad", ("country:SEN",), "region", None)
    links = selected_links(links_of(world), {"partner": ("country:SEN",)})
    gap = gap_of(world, links, found, "region")
    assert len(gap.table) == model_of(gap).territories == 17
    assert gap.table["links"].sum() == model_of(gap).links


def test_a_period_without_a_figure_is_refused(world: World):
    found = stock(figures_of(world), "immigrants", (), "departement", (1956, 1990))
    links = selected_links(links_of(world), {}, (1956, 1990))
    gap = gap_of(world, links, found, "departement")
    assert gap.model == Refusal("no_figure")
    assert gap.table.empty
    assert gap.left_out["links"].sum() + gap.outside == len(links)


def test_two_runs_give_the_same(world: World):
    found = stock(figures_of(world), "immigrants", (), "region", None)
    first, second = (gap_of(world, links_of(world), found, "region") for _ in range(2))
    assert first.model == second.model
    pd.testing.assert_frame_equal(first.table, second.table)
