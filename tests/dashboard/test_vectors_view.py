"""Vectors: every kind in one view, stocks and flows drawn as such."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import drawn
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import small
from drawn import Rows, Show

from dashboard import filters
from dashboard.exports import export
from dashboard.figures.theme import colour
from dashboard.rendering import parts
from dashboard.showing import Shown, shown
from dashboard.state import LANGUAGES, ViewState, Vocabulary
from dashboard.views import vectors, vectors_map
from dashboard.views.coded import typeset
from dashboard.views.vectors_map import diameters
from geo.load import load
from geo.series import topics_of
from geo.vectors import kinds_of
from geo.world import World

Facts = Callable[[str], Rows]
MALI = ("country:MLI",)
LAYERS = ("countries", "regions", "departements")


def symbols(view: Shown) -> list[dict[str, Any]]:
    """The traces of circles and symbols that can be clicked."""
    return [
        t for t in view.figure["data"]
        if t.get("mode") == "markers" and t.get("customdata") and t["marker"]["opacity"] != 0
    ]  # fmt: skip


def layers(view: Shown) -> set[str]:
    drawn_from = " ".join(t.get("geojson", "") for t in view.figure["data"])
    return {name for name in LAYERS if re.search(rf"/geometry/{name}[._]", drawn_from)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_default_is_said_and_is_the_widest_flow(lang: str, show: Show, facts: Facts):
    told = show("vectors", lang=lang).told
    kinds = {r["kind"]: r[f"label_{lang}"] for r in facts("vectors/kinds")}
    assert told.sentence.startswith(typeset(kinds["remittances"], lang))
    assert ("par défaut" if lang == "fr" else "by default") in told.sentence
    assert "172" in told.sentence
    assert show("vectors", lang=lang, vector=("remittances",)).told.sentence != told.sentence


def test_remittances_are_lines_from_france_with_an_arrow(show: Show, facts: Facts):
    view = show("vectors", vector=("remittances",))
    assert layers(view) == {"countries"}
    rows = [r for r in facts("vectors/vectors") if r["kind"] == "remittances"]
    held = {line.value: line.amount for line in view.told.rankings[0].lines}
    largest = max(rows, key=lambda r: float(r["value"]))
    assert next(iter(held)) == largest["place_id"]
    curves = [t for t in drawn.lines(view.figure) if t["line"]["color"] == colour("corridor")]
    *widths, heads = curves
    starts = [(t["lon"][0], t["lat"][0]) for t in widths if t["lon"][0] is not None]
    assert len(set(starts)) == 1
    tips = {(heads["lon"][i + 1], heads["lat"][i + 1]) for i in range(0, len(heads["lon"]), 4)}
    ends = {(t["lon"][i - 1], t["lat"][i - 1]) for t in widths
            for i, x in enumerate(t["lon"]) if x is None}  # fmt: skip
    assert tips
    assert tips <= ends
    assert len(tips) == len({r["place_id"] for r in rows})


def test_of_too_many_flows_the_largest_are_drawn_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, world: World
):
    monkeypatch.setattr(vectors_map, "MOST_LINES", 5)
    state = ViewState(view="vectors", vector=("remittances",), lang="en")
    selection = vectors.select(world, state)
    *_, heads = drawn.lines(vectors.draw(world, selection, state))
    assert sum(lon is None for lon in heads["lon"]) == 5
    notes = vectors.tell(world, selection, state).notes
    assert "Only the 5 largest flows are drawn, of 172." in notes


def test_choosing_a_partner_keeps_the_scale_and_draws_its_flow_alone(show: Show):
    whole, mali = (show("vectors", vector=("remittances",), **f) for f in ({}, {"partner": MALI}))
    labels = [[s.label for s in v.told.legend.groups[0][1]] for v in (whole, mali)]
    assert labels[0] == labels[1]
    assert drawn.outlined(drawn.area(mali.figure, "countries")) == set(MALI)
    assert [line.value for line in mali.told.rankings[0].lines] == list(MALI)


def test_a_stock_is_circles_whose_area_is_in_proportion(show: Show, facts: Facts):
    view = show("vectors", vector=("consulate",), level="collectivity")
    assert layers(view) == {"countries", "departements"}
    counts: dict[str, int] = {}
    for row in facts("vectors/vectors"):
        if (row["kind"], row["unit"]) == ("consulate", "consulates general"):
            counts[row["counterpart_id"]] = counts.get(row["counterpart_id"], 0) + 1
    far = next(t for t in symbols(view) if t["geo"] == "geo")
    sizes = dict(zip(far["customdata"], far["marker"]["size"], strict=True))
    assert set(sizes) == set(counts)
    ratio = [sizes[c] ** 2 / n for c, n in counts.items()]
    assert max(ratio) == pytest.approx(min(ratio), rel=0.02)


def test_diameters_grow_with_the_root_and_zero_has_none():
    assert diameters(pd.Series([100.0, 25.0, 0.0]), 100, 40) == [40, 20, 0]
    assert diameters(pd.Series([], dtype=float), 0, 40) == []


def test_a_flow_without_direction_is_a_ring(show: Show):
    ring = symbols(show("vectors", vector=("capital_flow",)))
    filled = symbols(show("vectors", vector=("consulate",)))
    assert {t["marker"]["symbol"] for t in ring} == {"circle-open"}
    assert {t["marker"]["symbol"] for t in filled} == {"circle"}


def test_a_share_alone_is_areas_with_printed_bounds(show: Show):
    view = show("vectors", vector=("diaspora:diaspora-immigrants-percent",), level="departement")
    assert not symbols(view)
    shades = set(drawn.colours(drawn.area(view.figure, "departements")).values())
    assert {colour(f"seq-{i}") for i in range(1, 6)} <= shades
    labels = [s.label for s in view.told.legend.groups[0][1]]
    assert len(labels) == 5
    assert all("–" in label for label in labels)


def test_several_kinds_have_colours_and_symbols_of_their_own(show: Show):
    view = show("vectors", vector=("consulate", "decentralised_cooperation", "city_network"))
    far = [t for t in symbols(view) if t["geo"] == "geo"]
    assert len({t["marker"]["color"] for t in far}) == 3
    assert len({t["marker"]["symbol"] for t in far}) == 3
    told = {(s.colour, s.form) for s in view.told.legend.groups[0][1]}
    assert len(told) == 3
    assert {c for c, _ in told} == {t["marker"]["color"] for t in far}
    assert len(view.told.key_figures) == 6
    assert "924" in {f.value for f in view.told.key_figures}


def test_more_than_six_are_said_not_drawn(show: Show, world: World):
    kinds = tuple(kinds_of(world).sort_values("figures")["kind"].tail(8))
    view = show("vectors", vector=kinds)
    assert any(note.startswith("2 vecteurs choisis") for note in view.told.notes)


def test_emigrants_and_migrants_come_from_the_data(show: Show, facts: Facts, world: World):
    for topic, indicator in (("diaspora:emigrants-people", "emigrants"),
                             ("diaspora:immigrants-people", "immigrants")):  # fmt: skip
        view = show("vectors", vector=(topic,))
        rows = [r for r in facts("vectors/vectors") if r["indicator"] == indicator]
        values = {r["place_id"]: float(r["value"]) for r in rows}
        state = ViewState("vectors", vector=(topic,))
        table = vectors.shown(world, vectors.select(world, state), state)
        assert dict(zip(table["place_id"], table["value"], strict=True)) == values
        assert set(table["year"]) == {2020}
        assert view.told.key_figures[0].note.endswith("estimation")


def test_the_unit_the_year_and_the_source_are_said(show: Show):
    told = show("vectors", vector=("refugee_asylum:places_in_cada",)).told
    assert "2021" in told.sentence
    assert "CADA" in told.sentence
    assert any("Arrêté" in source for source in told.sources)


def test_a_figure_of_another_level_is_pointed_at(show: Show):
    told = show("vectors", vector=("embassy",), level="departement").told
    assert not told.empty
    told = show("vectors", vector=("refugee_asylum:places_in_cada",), level="departement").told
    assert told.empty
    assert any("régions" in note for note in told.notes)


def test_kinds_without_figure_are_named_with_their_open_source(show: Show, world: World):
    view = show("vectors")
    content = view.told.beside.content
    told = {k.value: k for _, kinds in content.families for k in kinds}
    assert set(told) == set(world.table("kinds")["kind"])
    assert told["media"].amount == ""
    assert "GDELT" in told["media"].source
    page = parts(world, ViewState("vectors"), (), view.told, filters.vocabulary(world, "fr"))
    assert 'data-go="?view=vectors&amp;vector=diaspora"' in page["beside"]
    assert "GDELT" in page["beside"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kind_without_data_is_no_zero(lang: str, show: Show):
    told = show("vectors", lang=lang, vector=("media",)).told
    assert told.empty
    assert ("pas de donnée" if lang == "fr" else "no data") in told.sentence
    assert not told.key_figures


def test_every_kind_and_every_topic_is_drawn(world: World):
    kinds = world.table("kinds")["kind"].tolist()
    levels = cycle(("region", "collectivity", "departement"))
    for vector, level in zip([*kinds, *topics_of(world)], levels, strict=False):
        view = shown(world, ViewState("vectors", vector=(vector,), level=level))
        go.Figure(view.figure)
        assert view.told.sentence.endswith(".")
        assert len(view.told.table.keys) == len(view.told.table.rows)


def test_years_leave_out_what_has_none_and_say_so(show: Show):
    told = show("vectors", vector=("decentralised_cooperation",), years=(2000, 2020)).told
    assert told.empty
    assert any(note.startswith("924 chiffres sans année") for note in told.notes)
    later = show("vectors", vector=("refugee_asylum:places_in_cph_refugees",), years=(2022, 2022))
    assert "2022" in later.told.sentence
    assert later.told.key_figures[0].note.startswith("7 régions")


def test_a_territory_is_told_apart_and_counted_alone(show: Show):
    view = show("vectors", vector=("consulate",), level="departement", territory=("region:93",))
    area = drawn.area(view.figure, "departements")
    assert drawn.outlined(area) == {
        f"departement:{n}" for n in ("04", "05", "06", "13", "83", "84")
    }
    assert {line.value for line in view.told.rankings[1].lines} <= drawn.outlined(area)


def test_a_new_kind_is_shown_listed_and_exported_without_code(copied: Path):
    small.add_kind(copied)
    world = load(copied)
    options = dict(filters.options_of(world, "vector", "fr"))
    assert options["seed_swap"] == "Échange de semences"
    content = vectors.tell(
        world, vectors.select(world, ViewState("vectors")), ViewState("vectors")
    ).beside.content
    assert "Échange de semences" in {k.label for k in content.row}
    state = ViewState("vectors", vector=("seed_swap",), level="departement")
    told = vectors.tell(world, vectors.select(world, state), state)
    assert "Échange de semences" in told.sentence
    assert not told.empty
    words = Vocabulary(known=lambda _name, _value: True, examples={})
    content = export(world, "vectors", "csv", "vector=seed_swap", words).content.decode("utf-8")
    assert [r["value"] for r in csv.DictReader(io.StringIO(content))] == ["12.0"]


def test_exports_are_the_rows_of_the_file(world: World, words: Vocabulary, facts: Facts):
    content = export(world, "vectors", "csv", "vector=remittances", words).content.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(content)))
    given = [r for r in facts("vectors/vectors") if r["kind"] == "remittances"]
    assert {(r["place_id"], float(r["value"])) for r in rows} == {
        (r["place_id"], float(r["value"])) for r in given
    }
    assert {r["unit"] for r in rows} == {"millions de dollars des États-Unis"}
    assert all(r["source_address"] for r in rows)


def test_numbers_shown_are_finite(show: Show):
    for trace in symbols(show("vectors", vector=("diaspora", "city_network"))):
        assert np.isfinite(trace["marker"]["size"]).all()
