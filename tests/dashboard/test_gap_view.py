"""The gap on the page: the map, the scatter and the lists tell the same as the model."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import drawn
import numpy as np
import pytest
from drawn import Rows, Show

from dashboard.catalogue import catalogue
from dashboard.exports import export
from dashboard.figures.theme import colour
from dashboard.filters import vocabulary
from dashboard.leading import Leading
from dashboard.panels import panels
from dashboard.showing import shown
from dashboard.state import LANGUAGES, OPTIONS, ViewState, parse
from dashboard.views import gap
from dashboard.views.gap_beside import ZERO, Side
from dashboard.views.gap_map import INSIDE, OUTSIDE, shade
from geo.gap import Model, Refusal
from geo.world import World

SENEGAL, ALGERIA, TUVALU = ("country:SEN",), ("country:DZA",), ("country:TUV",)
Facts = Callable[[str], Rows]


def selected(world: World, **filters: object) -> gap.Selection:
    return gap.select(world, ViewState("gap", **filters))  # type: ignore[arg-type]


def side(show: Show, **filters: object) -> Side:
    content = show("gap", **filters).told.beside.content
    assert isinstance(content, Side)
    return content


def html(world: World, **filters: object) -> dict[str, str]:
    state = ViewState("gap", **filters)  # type: ignore[arg-type]
    go = Leading(state, vocabulary(world, "fr"))
    return panels(shown(world, state).told, go, catalogue(state.lang))


@pytest.mark.parametrize("level", OPTIONS["gap"]["level"])
def test_the_map_has_the_colour_of_the_residual_and_of_the_interval(
    level: str, show: Show, world: World
):
    table = selected(world, level=level).gap.table.set_index("place_id")
    filled = drawn.colours(drawn.area(show("gap", level=level).figure, f"{level}s"))
    for place, found in filled.items():
        if place.split("@")[0] not in table.index:
            assert found == colour("nodata")
            continue
        row = table.loc[place.split("@")[0]]
        inside = row["low"] <= row["links"] <= row["high"]
        side_of = INSIDE if inside else OUTSIDE
        assert found in {colour(token) for token in side_of}
        if not inside:
            assert (found in {colour(t) for t in OUTSIDE[:2]}) == (row["links"] < row["low"])
        elif abs(row["residual"]) < 0.5:
            assert found == colour("gap-mid")


def test_no_figure_is_hatched_and_only_that(show: Show):
    """Mayotte alone of the départements drawn has no figure of 2021."""
    hatch = next(
        t for t in drawn.lines(show("gap").figure) if t["line"]["color"] == colour("hatch")
    )
    assert hatch["lon"] != [None]
    everywhere = show("gap", partner=TUVALU).figure
    more = next(t for t in drawn.lines(everywhere) if t["line"]["color"] == colour("hatch"))
    assert len(more["lon"]) > 5 * len(hatch["lon"])


@pytest.mark.parametrize(
    ("residual", "verdict", "token"),
    [
        (-2, "less", "gap-less-2"), (-1, "less", "gap-less-1"), (-2, "expected", "gap-less-2-in"),
        (-1, "expected", "gap-less-1-in"), (0, "expected", "gap-mid"),
        (1, "expected", "gap-more-1-in"), (2, "expected", "gap-more-2-in"),
        (1, "more", "gap-more-1"), (2, "more", "gap-more-2"), (0, "", "unclassified"),
    ],
)  # fmt: skip
def test_each_shade(residual: float, verdict: str, token: str):
    assert shade({"residual": residual, "verdict": verdict}) == token
    assert shade(None) == "nodata"


SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def lab(shade_: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen (Machado, Oliveira and Fernandes 2009)."""
    channels = np.array([int(shade_[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    at = xyz @ seen / np.array([0.9505, 1, 1.089])
    f = np.where(at > 0.008856, np.cbrt(at), 7.787 * at + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_the_shades_stay_apart_for_every_eye(sight: str):
    tokens = (*OUTSIDE, *INSIDE)
    seen = {token: lab(colour(token), sight) for token in tokens}
    apart = {
        pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]])
        for pair in itertools.combinations(tokens, 2)
    }
    assert min(apart.values()) > 8
    less = [t for t in tokens if "less" in t]
    opposite = [apart.get((a, a.replace("less", "more")), 99) for a in less]
    assert min(opposite) > 15
    dark = [seen[t][0] for t in ("gap-less-2", "gap-less-1", "gap-less-2-in", "gap-less-1-in",
                                 "gap-mid")]  # fmt: skip
    assert dark == sorted(dark)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_counts_what_the_table_says(lang: str, show: Show, world: World):
    told = show("gap", lang=lang).told
    verdicts = selected(world, lang=lang).gap.table["verdict"].value_counts()
    said = catalogue(lang).say(
        "gap.sentence", people="x", links="y", total=100, more=int(verdicts["more"]),
        less=int(verdicts["less"]), level=catalogue(lang).say("levels.departement", n=100),
    )  # fmt: skip
    assert told.sentence.endswith(said.split("y", 1)[1] + ".")
    assert "2021" in told.sentence


def test_the_two_lists_follow_their_rules(show: Show, world: World):
    told, table = show("gap").told, selected(world).gap.table.set_index("place_id")
    lacking, alone = told.rankings[:2]
    assert [line.value for line in lacking.lines] == [
        "departement:2B", "departement:09", "departement:89",
    ]  # fmt: skip
    median, quarter = table["share"].median(), table["share"].quantile(0.25)
    for line in lacking.lines:
        assert table.at[line.value, "links"] == 0
        assert table.at[line.value, "share"] > median
    for line in alone.lines:
        assert table.at[line.value, "links"] > 0
        assert table.at[line.value, "share"] <= quarter
    assert catalogue("fr").percent(median) in lacking.rest
    assert {line.parameter for line in (*lacking.lines, *alone.lines)} == {"territory"}
    out = {"less": told.rankings[2], "more": told.rankings[3]}
    for verdict, ranking in out.items():
        assert ranking.lines
        assert {table.at[line.value, "verdict"] for line in ranking.lines} == {verdict}


def test_links_are_those_of_the_data(facts: Facts, world: World):
    """Counted from the file: the links of Paris, a commune and a département."""
    links = facts("links/links")
    table = selected(world).gap.table.set_index("place_id")
    of_paris = [r for r in links if r["a_id"] in ("commune:75056", "departement:75")]
    assert table.at["departement:75", "links"] == len(of_paris)


def test_the_scatter_stands_where_the_numbers_do(show: Show, world: World):
    found = side(show).scatter
    table = selected(world).gap.table.set_index("place_id")
    assert found is not None
    assert {p.place for p in found.points} == set(table.index)
    by_share = sorted(found.points, key=lambda p: p.left)
    assert table.loc[[p.place for p in by_share], "share"].is_monotonic_increasing
    rate = table["links"] / table["population"]
    positive = sorted((p for p in found.points if rate[p.place]), key=lambda p: p.bottom)
    assert rate[[p.place for p in positive]].is_monotonic_increasing
    assert {p.bottom for p in found.points if not rate[p.place]} == {ZERO}
    assert all(0 <= p.left <= 100 and 0 < p.bottom <= 100 for p in found.points)
    assert {p.place for p in found.points if p.outside} == set(
        table.index[table["verdict"] != "expected"]
    )
    at = {t.label: t.at for t in found.across}
    low = next(p for p in found.points if p.place == "departement:77")  # 14.6 %
    assert at["10\xa0%"] < low.left < at["20\xa0%"]


def test_the_curve_runs_through_what_is_expected(show: Show, world: World):
    """At Paris's share the curve has the rate that the model expects of Paris."""
    found, table = side(show).scatter, selected(world).gap.table.set_index("place_id")
    assert found is not None
    curve = [tuple(map(float, p.split(","))) for p in found.curve.split()]
    band = [tuple(map(float, p.split(","))) for p in found.band.split()]
    row = table.loc["departement:75"]
    point = next(p for p in found.points if p.place == "departement:75")
    height = np.interp(point.left, [x for x, _ in curve], [100 - y for _, y in curve])
    higher = np.log(row["links"] / row["expected"])
    rates = [p for p in found.points if p.bottom > ZERO]
    a, b = rates[0], max(rates, key=lambda p: p.bottom)
    rate = table["links"] / table["population"]
    unit = (b.bottom - a.bottom) / np.log(rate[b.place] / rate[a.place])
    assert point.bottom - height == pytest.approx(higher * unit, abs=0.2)
    assert len(band) == 2 * len(curve)
    assert all(high < y for (_, high), (_, y) in zip(band, curve, strict=False))


def test_a_territory_chosen_shows_on_both_and_changes_no_figure(show: Show, world: World):
    before, after = selected(world), selected(world, territory=("departement:93",))
    assert after.gap is before.gap
    view = show("gap", territory=("departement:93",))
    assert drawn.outlined(drawn.area(view.figure, "departements")) == {
        "departement:93", "departement:93@paris",
    }  # fmt: skip
    content = view.told.beside.content
    chosen = [p for p in content.scatter.points if p.chosen]
    assert [p.place for p in chosen] == ["departement:93"]
    assert [p.place for p in content.scatter.points if p.named] == ["departement:93"]
    assert content.scatter.points[-1] == chosen[0]
    assert [place for place, _, _ in content.chosen] == ["departement:93"]
    assert "50 liens" in content.chosen[0][2]


def test_a_point_leads_to_the_territory_and_back(world: World):
    page = html(world)["beside"]
    assert 'data-key="spot:departement:93" data-go="?view=gap&amp;territory=departement:93"' in page
    again = html(world, territory=("departement:93",))["beside"]
    assert 'data-key="spot:departement:93" data-go="?view=gap"' in again
    assert page.count('class="spot') == len(selected(world).gap.table) + page.count("spot-name")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_model_is_said_with_its_figures_and_its_limits(lang: str, show: Show, world: World):
    model = selected(world).gap.model
    assert isinstance(model, Model)
    content = side(show, lang=lang)
    said, words = " ".join(content.model), catalogue(lang)
    assert words.say(f"gap.model.name.{model.name}") in said
    for figure in (model.slope, model.slope_error, model.slope_high, model.spread):
        assert words.number(figure, 2) in said
    assert ("−" + words.number(-model.slope_low, 2)) in said
    doubled = round((2**model.slope - 1) * 100)
    assert f"+{doubled}" in said
    assert words.say("gap.model.unsure") in said
    assert content.formula == model.formula
    page = html(world, lang=lang)["beside"]
    assert words.say("gap.no_cause") in page
    assert words.say("flows.coverage") in page


def test_a_country_chosen_on_either_side_is_compared_with_itself(world: World):
    """Senegal as partner or as country of birth: people born there, links with it."""
    for filters in ({"partner": SENEGAL}, {"origin": SENEGAL}):
        found = selected(world, **filters)
        assert found.stock.definition == "born_abroad"
        assert found.level == "region"
        assert set(found.links.met("b_country_id")) == set(SENEGAL)
        assert found.gap.table["people"].sum() == found.stock.table["number"].sum()
    both = selected(world, partner=SENEGAL, origin=ALGERIA)
    assert set(both.links.met("b_country_id")) == set(SENEGAL)
    assert both.origins == ALGERIA


def test_people_born_in_several_countries_are_a_minimum(show: Show, world: World):
    found = selected(world, group=("ldc",))
    assert found.level == "region"
    assert (found.gap.table["bound"] == "lower").all()
    assert not show("gap", group=("ldc",)).told.rankings[1].lines
    assert any("≥" in note for note in show("gap", group=("ldc",)).told.notes)


@pytest.mark.parametrize(
    ("filters", "reason", "empty"),
    [
        ({"partner": TUVALU}, "no_figure", True),
        ({"years": (1950, 1960)}, "no_figure", True),
        ({"kind": ("network",)}, "few_links", False),
        ({"partner": ("country:MLI",)}, "few_territories", False),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_model_the_page_says_why(
    filters: dict[str, object], reason: str, empty: bool, lang: str, show: Show, world: World
):
    found = selected(world, **filters).gap
    assert isinstance(found.model, Refusal)
    assert found.model.reason == reason
    view, page = show("gap", lang=lang, **filters), html(world, lang=lang, **filters)
    why = catalogue(lang).say(f"gap.refusal.{reason}", found=found.model.found,
                              least=found.model.least)  # fmt: skip
    assert why in view.told.sentence
    assert why in page["beside"]
    assert view.told.empty is empty
    assert not re.search(r"\b(nan|None|NaN)\b", " ".join(page.values()))
    filled = set(drawn.colours(drawn.area(view.figure, f"{selected(world, **filters).level}s"))
                 .values())  # fmt: skip
    assert filled <= {colour("nodata"), colour("unclassified")}
    assert "<polyline" not in page["beside"]


def test_the_legend_shows_the_shades_of_the_map_and_no_other(show: Show):
    for filters in ({}, {"level": "region"}, {"theme": ("health",)}, {"partner": SENEGAL}):
        view = show("gap", **filters)
        level = ViewState("gap", **filters).option("level")  # type: ignore[arg-type]
        filled = set(drawn.colours(drawn.area(view.figure, f"{level}s")).values())
        swatches = {s.colour for _, group in view.told.legend.groups for s in group}
        assert filled <= swatches


def test_an_export_has_one_territory_a_row(world: World, words):
    rows = gap.rows(world, ViewState("gap"))
    assert rows["place_id"].tolist() == list(dict.fromkeys(rows["place_id"]))
    assert set(rows["place_id"]) == set(world.table("departements")["departement_id"])
    assert rows["reason"].notna().sum() == 9
    assert rows["model"].unique().tolist() == ["negative_binomial"]
    one = gap.rows(world, ViewState("gap", territory=("departement:93",)))
    assert one["place_id"].tolist() == ["departement:93"]
    for form in ("csv", "json", "geojson"):
        for which in ("all", "shown"):
            done = export(world, "gap", form, f"?view=gap&rows={which}", words)
            assert b"departement:93" in done.content


def test_nonsense_in_the_address_is_left_out(words):
    state, notices = parse("?view=gap&measure=links&level=commune&origin=country:FRA", words)
    assert state == ViewState("gap")
    assert len(notices) == 3


def test_sources_are_those_of_the_figures_shown(show: Show, world: World):
    def told(**filters: object) -> str:
        return " ".join(show("gap", **filters).told.sources)

    insee = world.sources["diaspora/insee_iris"].citation
    eurostat = world.sources["diaspora/eurostat_nuts2"].citation
    assert insee in told()
    assert eurostat not in told()
    assert eurostat in told(partner=SENEGAL)
    assert insee not in told(partner=SENEGAL)
