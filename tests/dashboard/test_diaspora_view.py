"""Diasporas: one definition at a time, named; shares and numbers as published."""

from __future__ import annotations

import drawn
import pytest
from drawn import Facts, Show

from dashboard.figures.theme import colour
from dashboard.state import LANGUAGES, ViewState
from dashboard.views import diaspora
from geo.diaspora import DEFINITIONS, figures_of
from geo.world import World

MALI = ("country:MLI",)


def label(facts: Facts, definition: str, lang: str) -> str:
    rows = {row["definition"]: row for row in facts("diaspora/definitions")}
    return rows[definition][f"label_{lang}"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("level", ["departement", "region"])
@pytest.mark.parametrize("measure", DEFINITIONS)
def test_the_definition_asked_is_the_one_shown_and_named(
    measure: str, level: str, lang: str, show: Show, facts: Facts, world: World
):
    told = show("diaspora", lang=lang, measure=measure, level=level).told
    assert told.sentence.startswith(label(facts, measure, lang))
    assert label(facts, measure, lang) in told.legend.groups[0][0]
    if told.timeline:
        assert told.timeline.title.startswith(label(facts, measure, lang))
    state = ViewState("diaspora", lang, measure=measure, level=level)
    selection = diaspora.select(world, state)
    assert selection.stock.definition == measure
    assert set(diaspora.shown(world, selection, state)["definition"]) <= {measure}


@pytest.mark.parametrize("measure", DEFINITIONS)
@pytest.mark.parametrize(
    "filters", [{"partner": MALI}, {"origin": ("country:DZA",)}, {"group": ("ldc",)},
                {"stance": ("restricted",)}],
)  # fmt: skip
def test_by_origin_only_born_abroad_is_shown_and_the_switch_is_said(
    filters: dict[str, tuple[str, ...]], measure: str, show: Show, facts: Facts, world: World
):
    told = show("diaspora", measure=measure, **filters).told
    assert told.sentence.startswith(label(facts, "born_abroad", "fr"))
    switched = [n for n in told.notes if "non celle demandée" in n]
    assert bool(switched) is (measure != "born_abroad")
    selection = diaspora.select(world, ViewState("diaspora", measure=measure, **filters))
    assert selection.stock.definition == "born_abroad"


@pytest.mark.parametrize(
    "filters", [{}, {"level": "region"}, {"partner": MALI}, {"origin": ("country:DZA",)},
                {"measure": "foreigners"}, {"years": (2010, 2015)}],
)  # fmt: skip
def test_every_number_shown_is_of_one_definition_and_year(filters: dict[str, object], world: World):
    """Each number and share shown is a published one, or the sum of one definition and year."""
    selection = diaspora.select(world, ViewState("diaspora", **filters))
    stock, figures = selection.stock, figures_of(world).frame
    same = figures[(figures["definition"] == stock.definition) & (figures["year"] == stock.year)]
    origins = list(selection.origins) or ["origin:all"]
    same = same[same["origin_id"].isin(origins) & (same["measure"] == "number")]
    expected = same.groupby("place_id", observed=True)["value"].sum()
    numbers = stock.table[stock.table["number"] > 0].set_index("place_id")["number"]
    assert len(numbers) > 0
    assert (numbers == expected.reindex(numbers.index)).all()


def test_mali_by_region_as_published(show: Show, facts: Facts):
    published = {
        row["place_id"]: int(row["value"]) for row in facts("diaspora/figures")
        if row["origin_id"] == "country:MLI" and row["definition"] == "born_abroad"
        and row["measure"] == "number" and row["place_id"].startswith("region:")
    }  # fmt: skip
    table = show("diaspora", partner=MALI).told.table
    numbers = {key: row[1] for (key,), row in zip(table.keys, table.rows, strict=True)}
    assert numbers == published
    regions = drawn.area(show("diaspora", partner=MALI).figure, "regions")
    grey = {k for k, c in drawn.colours(regions).items() if c == colour("nodata")}
    assert grey == set(regions["locations"]) - set(published)


def test_immigrants_of_seine_saint_denis(show: Show, facts: Facts):
    share = next(
        float(row["value"]) for row in facts("diaspora/figures")
        if row["place_id"] == "departement:93" and row["source_id"] == "interieur_2021"
        and row["measure"] == "share"
    )  # fmt: skip
    view = show("diaspora", territory=("departement:93",))
    rows = dict(zip(view.told.table.keys, view.told.table.rows, strict=True))
    row = rows[("departement:93",)]
    assert (row[2], row[3]) == (round(share, 2), 2021)
    area = drawn.area(view.figure, "departements")
    assert drawn.outlined(area) == {"departement:93", "departement:93@paris"}
    assert drawn.faded(area) == set(area["locations"]) - drawn.outlined(area)
    assert "1 département sur 101" in view.told.sentence
    assert not view.told.empty
    origins = view.told.rankings[1]
    assert label(facts, "born_abroad", "fr") in origins.title
    assert origins.lines


def test_no_data_is_not_zero(show: Show):
    area = drawn.area(show("diaspora", measure="foreigners").figure, "departements")
    told = dict(zip(area["locations"], area["text"], strict=True))
    assert drawn.colours(area)["departement:971"] == colour("nodata")
    assert "Pas de donnée" in told["departement:971"]
    assert "Pas de donnée" not in told["departement:93"]


@pytest.mark.parametrize(
    ("years", "year"),
    [(None, 2021), ((2006, 2010), 2010), ((2015, 2015), 2015), ((1900, 2100), 2021)],
)
def test_the_latest_year_of_the_period_is_shown(
    years: tuple[int, int] | None, year: int, show: Show
):
    told = show("diaspora", years=years).told
    assert f", {year}\xa0:" in told.sentence
    assert {row[3] for row in told.table.rows} == {year}


def test_the_years_of_the_timeline(show: Show):
    bars = show("diaspora").told.timeline.bars
    assert [year for year, _, _ in bars] == list(range(2006, 2022))
    assert max(height for _, height, _ in bars) == 1


def test_classes_cover_every_share(show: Show):
    view = show("diaspora")
    area = drawn.area(view.figure, "departements")
    used = set(drawn.colours(area).values())
    swatches = view.told.legend.groups[0][1]
    assert used <= {s.colour for s in swatches}
    assert len({s.label for s in swatches}) == len(swatches) == 6


@pytest.mark.parametrize(
    ("filters", "credited", "not_credited"),
    [
        ({"measure": "foreigners"}, ["insee_iris"], ["eurostat_nuts2", "un_desa_2019"]),
        ({"measure": "born_abroad"}, ["eurostat_nuts3"], ["interieur_2021", "insee_iris"]),
        ({"partner": MALI, "measure": "born_abroad"}, ["eurostat_nuts2"],
         ["eurostat_nuts3", "insee_iris", "interieur_2021"]),
        ({"level": "region"}, ["interieur_2021", "insee_iris"], ["eurostat_nuts3"]),
        ({"partner": MALI}, ["eurostat_nuts2"], ["insee_iris", "interieur_2021"]),
        ({"partner": MALI, "measure": "immigrants"}, ["eurostat_nuts2", "insee_iris"],
         ["interieur_2021"]),
    ],
)  # fmt: skip
def test_sources_are_those_of_the_figures_shown(
    filters: dict[str, object], credited: list[str], not_credited: list[str], show: Show,
    world: World,
):  # fmt: skip
    told = " ".join(show("diaspora", **filters).told.sources)
    assert all(world.sources[f"diaspora/{key}"].citation in told for key in credited)
    assert not [k for k in not_credited if world.sources[f"diaspora/{k}"].citation in told]


def test_several_origins_are_added_up_and_counted_in_words(show: Show):
    five = tuple(f"country:{c}" for c in ("MLI", "SEN", "MAR", "DZA", "TUN"))
    assert "5 pays de naissance additionnés" in show("diaspora", origin=five).told.sentence
    two = show("diaspora", origin=five[:2]).told.sentence
    assert "pays de naissance\xa0: Mali et Sénégal" in two
