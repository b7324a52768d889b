"""The gap between diasporas and cooperation: links observed against links expected.

The expectation is a count regression with population as exposure,

    links ~ Poisson(mu),  log mu = a + b log(share of the diaspora, %) + log(population / 100,000),

fitted by maximum likelihood (statsmodels). Where a one-sided score test (Dean 1992, of variance
mu + alpha mu^2) finds more spread than a Poisson has, the negative binomial with that variance
takes its place. It describes the links that are in the data and explains nothing: no causal
claim can stand on it.

A share of zero has no logarithm; half the smallest positive share stands for it, and the model
says so. A territory without a figure is left out, which is not a zero.
"""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.corridors import NEAR, tally
from geo.diaspora import ALL, POPULATIONS, Stock, figures_of
from geo.links import Links
from geo.world import World

PER = 100_000
COVER = 0.80
Z95 = 1.959964
LEAST_TERRITORIES = 10
LEAST_LINKS = 10
SIGNIFICANT = 0.05
WIDEST_ERROR = 10.0
NEAR_ENOUGH = 1e-6
LEVELS = {"region": "regions", "departement": "departements"}
VERDICTS = ("less", "expected", "more")
REASONS = (
    "no_figure", "no_link", "few_territories", "few_links", "no_contrast", "no_convergence",
)  # fmt: skip
QUIET: dict[str, Any] = {
    "disp": 0, "warn_convergence": False, "skip_hessian": True, "maxiter": 200,
    "callback": lambda *_: None,  # else it warns where a mean meets its links exactly
}  # fmt: skip
MODELLED = ("expected", "ratio", "residual", "low", "high")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A fitted regression; `slope` is the exponent of the share, with its 95 % interval.

    `name` is `poisson` or `negative_binomial`. `alpha` is the dispersion of the negative
    binomial (0 for a Poisson), `alpha_wide` the one that the intervals take (see `predicted`);
    `spread` is Pearson's chi2 over its degrees of freedom for the
    Poisson, `dean` the statistic of the test of overdispersion and `p_value` its one-sided level.
    `covariance` is that of (intercept, slope), alpha held at its estimate. `zero_as` is the share
    (%) that stood for zero people, `zeros` how many territories it was used for.
    """

    name: str
    intercept: float
    slope: float
    slope_error: float
    slope_low: float
    slope_high: float
    alpha: float
    alpha_wide: float
    spread: float
    dean: float
    p_value: float
    territories: int
    links: int
    zeros: int
    zero_as: float
    log_likelihood: float
    covariance: tuple[tuple[float, float], tuple[float, float]]

    @property
    def formula(self) -> str:
        """The regression in symbols, with the variance that it supposes."""
        law, variance = (
            ("NB2", "mu + alpha mu^2") if self.name == "negative_binomial" else ("Poisson", "mu")
        )
        return (
            f"links ~ {law}(mu), log mu = a + b log(share %) + log(population / {PER}), "
            f"var = {variance}"
        )


@dataclass(frozen=True)
class Refusal:
    """Why no model is given: one of REASONS, with the number found and the least there must be
    (both 0 where neither applies)."""

    reason: str
    found: int = 0
    least: int = 0


@dataclass(frozen=True, eq=False)
class Gap:
    """Links against diaspora, a territory a row, in the order of place ids.

    `table`: place_id, links, people, population, share (%), then, by the model: expected (links),
    ratio (links / expected), residual (Pearson: links less expected, over the standard deviation
    of the law), low and high (80 % predictive interval of the links, whole numbers, ends
    included) and verdict (`less`, `expected`, `more`; "" without a model).
    `left_out`: place_id, links, reason (`no_figure`, `no_population`).
    `outside`: links that are in no territory of the level, such as a région's own between
    départements; set by `gap_of`.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    model: Model | Refusal
    outside: int = 0


def prepare() -> None:
    """Import what fits the model now: it takes some two seconds, which nobody should wait for."""
    importlib.import_module("statsmodels.discrete.discrete_model")


def fitted(links: pd.Series, people: pd.Series, population: pd.Series) -> Gap:
    """The gap of each territory of `population` (people), all three series by place_id.

    Links elsewhere are not looked at. A territory that `links` does not name has none; one that
    `people` (number of people) or `population` does not name, or names with NaN, is left out.
    Never raises for what the numbers are: where no model can be given, `model` says why and the
    columns that it would fill are empty.
    """
    table = pd.DataFrame({"population": population.astype("float64")}).sort_index()
    table["links"] = links.reindex(table.index).fillna(0).astype("int64")
    table["people"] = people.reindex(table.index).astype("float64")
    table["share"] = table["people"] / table["population"] * 100
    no_people = table["people"].isna()
    unknown = no_people | ~(table["population"] > 0)
    left_out = table.loc[unknown, ["links"]].assign(
        reason=np.where(no_people[unknown], "no_figure", "no_population")
    )
    table = table.loc[~unknown, ["links", "people", "population", "share"]]
    model = _model(table)
    table = _judged(table, model)
    return Gap(_with_ids(table), _with_ids(left_out), model)


def _with_ids(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename_axis("place_id").reset_index()


def _model(table: pd.DataFrame) -> Model | Refusal:
    links = int(table["links"].sum())
    if table.empty or not table["share"].any():
        return Refusal("no_figure")
    if links == 0:
        return Refusal("no_link")
    if len(table) < LEAST_TERRITORIES:
        return Refusal("few_territories", len(table), LEAST_TERRITORIES)
    if links < LEAST_LINKS:
        return Refusal("few_links", links, LEAST_LINKS)
    regressors, zeros, zero_as = _regressors(table["share"])
    if np.ptp(regressors[:, 1]) < 1e-9:
        return Refusal("no_contrast")
    found = _estimated(
        table["links"].to_numpy("float64"), regressors, table["population"].to_numpy() / PER
    )
    if found is None:
        return Refusal("no_convergence")
    return Model(**found, territories=len(table), links=links, zeros=zeros, zero_as=zero_as)


def _regressors(share: pd.Series) -> tuple[Floats, int, float]:
    """Columns 1 and log(share %), how many shares are zero, and the share put in their place."""
    values = share.to_numpy("float64")
    zero = values <= 0
    smallest = float(values[~zero].min()) / 2
    logs = np.log(np.where(zero, smallest, values))
    count = int(zero.sum())
    return np.column_stack([np.ones(len(logs)), logs]), count, smallest if count else math.nan


def _estimated(links: Floats, regressors: Floats, exposure: Floats) -> dict[str, Any] | None:
    """The Poisson, or the negative binomial where the Poisson is overdispersed; None where the
    maximum of the likelihood is not found or says nothing of the slope."""
    from scipy.special import ndtr  # as statsmodels, long to import and needed here alone
    from statsmodels.discrete.discrete_model import Poisson

    with np.errstate(all="ignore"):
        poisson = Poisson(links, regressors, exposure=exposure)
        level = np.array([math.log(links.sum() / exposure.sum()), 0.0])  # one rate everywhere
        result = poisson.fit(start_params=level, method="newton", **QUIET)
        covariance = _covariance(poisson, result)
        if covariance is None:
            return None
        mean = np.asarray(result.predict(), dtype="float64")
        excess = (links - mean) ** 2 - links
        dean = float(excess.sum() / math.sqrt(2 * (mean**2).sum()))
        told = {
            "spread": float(((links - mean) ** 2 / mean).sum() / (len(links) - 2)),
            "dean": dean, "p_value": float(ndtr(-dean)),
        }  # fmt: skip
        if told["p_value"] >= SIGNIFICANT:
            return _said("poisson", result, covariance) | told
        alpha = max(float(excess.sum() / (mean**2).sum()), 0.01)
        second = _overdispersed(links, regressors, exposure, np.append(result.params, alpha))
        return None if second is None else second | told


def _overdispersed(
    links: Floats, regressors: Floats, exposure: Floats, start: Floats
) -> dict[str, Any] | None:
    """The negative binomial, sought from `start` (intercept, slope, alpha)."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    binomial = NegativeBinomial(links, regressors, loglike_method="nb2", exposure=exposure)
    result = binomial.fit(start_params=start, method="bfgs", gtol=1e-7, **QUIET)
    covariance = _covariance(binomial, result)
    if covariance is None or not result.params[2] > 0:
        return None
    mean = np.asarray(result.predict(), dtype="float64")
    wide = _wide(float(result.params[2]), links, mean)
    return _said("negative_binomial", result, covariance) | {"alpha_wide": wide}


def _wide(alpha: float, links: Floats, mean: Floats) -> float:
    """The dispersion at which Pearson's chi2 equals its degrees of freedom, `alpha` at least.

    Few territories make the most likely dispersion too small, for two coefficients were fitted to
    the same links.
    """

    def short(wide: float) -> bool:
        chi2 = ((links - mean) ** 2 / (mean + wide * mean**2)).sum()
        return bool(chi2 > len(links) - 2)

    low, high = alpha, alpha
    while short(high):
        high *= 2
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) else (low, middle)
    return high


def _covariance(model: Any, result: Any) -> Floats | None:
    """The inverse of the observed information, or None where the search did not end at a maximum:
    one more step of Newton would lead further than a thousandth of a standard error."""
    params = np.asarray(result.params, dtype="float64")
    if not np.isfinite(params).all():
        return None
    information = -np.asarray(model.hessian(params), dtype="float64")
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 1e-9:
        return None
    covariance: Floats = np.linalg.inv(information)
    slope = np.asarray(model.score(params), dtype="float64")
    arrived = float(slope @ covariance @ slope) <= NEAR_ENOUGH
    return covariance if arrived and math.sqrt(covariance[1, 1]) <= WIDEST_ERROR else None


def _said(name: str, result: Any, covariance: Floats) -> dict[str, Any]:
    slope, error = float(result.params[1]), math.sqrt(covariance[1, 1])
    (a, b), (c, d) = covariance[:2, :2].tolist()
    return {
        "name": name, "intercept": float(result.params[0]), "slope": slope,
        "slope_error": error, "slope_low": slope - Z95 * error, "slope_high": slope + Z95 * error,
        "alpha": float(result.params[2]) if len(result.params) > 2 else 0.0,
        "log_likelihood": float(result.llf), "covariance": ((a, b), (c, d)),
        "alpha_wide": 0.0,
    }  # fmt: skip


def _judged(table: pd.DataFrame, model: Model | Refusal) -> pd.DataFrame:
    """The table with what the model expects of each territory, and the verdict on it."""
    if isinstance(model, Refusal):
        return table.assign(**dict.fromkeys(MODELLED, np.nan), verdict="")
    links, population = table["links"].to_numpy(), table["population"].to_numpy()
    share = table["share"].to_numpy("float64")
    mean, low, high = predicted(model, share, population)
    deviation = np.sqrt(mean + model.alpha * mean**2)
    verdict = np.select([links < low, links > high], ["less", "more"], default="expected")
    return table.assign(
        expected=mean, ratio=links / mean, residual=(links - mean) / deviation,
        low=low, high=high, verdict=verdict,
    )  # fmt: skip


def predicted(model: Model, share: Floats, population: Floats) -> tuple[Floats, Floats, Floats]:
    """Links expected, and the ends of their 80 % predictive interval, at these shares (%) and
    populations (people), broadcast together.

    The interval has a tenth of the chance below and above at most. It counts the spread of the
    law and that of the coefficients (normal, by Gauss-Hermite quadrature). Its dispersion is
    `alpha_wide`, for which Pearson's chi2 equals its degrees of freedom: on simulated links it
    holds some 82 % of new ones for 100 territories, 78 to 80 % for 17 that are overdispersed.
    """
    share, population = np.broadcast_arrays(
        np.atleast_1d(np.asarray(share, dtype="float64")), np.asarray(population, dtype="float64")
    )
    x = np.log(np.where(share > 0, share, model.zero_as))
    mean = np.exp(model.intercept + model.slope * x) * population / PER
    (a, b), (_, d) = model.covariance
    error = np.sqrt(np.clip(a + 2 * b * x + d * x**2, 0, None))
    node, weight = np.polynomial.hermite_e.hermegauss(21)
    means = mean[:, None] * np.exp(error[:, None] * node)
    weight = weight / weight.sum()
    tail = (1 - COVER) / 2
    low, high = (_quantile(t, means, weight, model.alpha_wide) for t in (tail, 1 - tail))
    return mean, low, high


def _quantile(level: float, means: Floats, weight: Floats, alpha: float) -> Floats:
    """The least whole number that a mixture of counts reaches with chance `level`, by bisection;
    `means` is (territories, nodes), `weight` that of each node."""
    low = np.full(len(means), -1.0)
    high = np.ones(len(means))
    while (short := _below(high, means, weight, alpha) < level).any():
        high[short] *= 2
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reached = _below(middle, means, weight, alpha) >= level
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return high


def _below(count: Floats, means: Floats, weight: Floats, alpha: float) -> Floats:
    """The chance of at most `count` links."""
    from scipy.special import betainc, gammaincc

    k = count[:, None] + 1
    if alpha > 0:
        chance = betainc(1 / alpha, np.maximum(k, 1e-12), 1 / (1 + alpha * means))
    else:
        chance = gammaincc(np.maximum(k, 1e-12), means)
    return np.asarray(np.where(k > 0, chance, 0) @ weight, dtype="float64")


def diaspora_without_cooperation(gap: Gap) -> pd.DataFrame:
    """Rows of the table with no link and a share above the median; largest share first."""
    table = gap.table
    rows = table[(table["links"] == 0) & (table["share"] > table["share"].median())]
    return rows.sort_values(["share", "place_id"], ascending=[False, True])


def cooperation_without_diaspora(gap: Gap) -> pd.DataFrame:
    """Rows of the table with at least a link and a share in the lowest quarter; most links first.

    A territory without a figure is never among them, nor one whose figure is a lower bound:
    neither is «no diaspora».
    """
    table = gap.table
    few = table["share"] <= table["share"].quantile(0.25)
    if "bound" in table:
        few &= table["bound"] != "lower"
    rows = table[(table["links"] > 0) & few]
    return rows.sort_values(["links", "share", "place_id"], ascending=[False, True, True])


def gap_of(world: World, links: Links, stock: Stock, level: str) -> Gap:
    """The gap of each région or département (`level`), whatever the level of the collectivity
    that holds a link.

    `links` are those of `links_of` that the filters on partner, theme, kind and years leave; a
    filter on territory must not be among these, for it would read as links that do not exist.
    People are the published number, else the published share of the population (an estimate).
    The table also has bound and estimate, of the people. Population: that of the figures' source
    and year, else that of the reference table.
    """
    known = pd.Series(tally(links, NEAR[level]), dtype="int64")
    place = world.table(LEVELS[level]).set_index(f"{level}_id")
    population = _population(world, stock).reindex(place.index)
    population = population.fillna(place["population"].astype("float64"))
    rows = stock.table.set_index("place_id").reindex(place.index)
    derived = rows["number"].isna() & rows["share"].notna()
    people = rows["number"].fillna(rows["share"] / 100 * population)
    gap = fitted(known, people, population)
    ids = gap.table["place_id"]
    table = gap.table.assign(
        bound=rows["bound"].reindex(ids).to_numpy(),
        estimate=(rows["estimate"].eq(True) | derived).reindex(ids).to_numpy(),
    )
    inside = int(table["links"].sum() + gap.left_out["links"].sum())
    return Gap(table, gap.left_out, gap.model, outside=len(links) - inside)


def _population(world: World, stock: Stock) -> pd.Series:
    """The population that goes with the people of a stock: same source and year, by place."""
    figures = figures_of(world).frame
    rows = figures[
        (figures["definition"] == POPULATIONS[stock.definition])
        & (figures["year"] == stock.year)
        & (figures["origin_id"] == ALL)
    ]
    rows = rows.drop_duplicates("place_id")
    return rows.set_index(rows["place_id"].astype("object"))["value"].astype("float64")
