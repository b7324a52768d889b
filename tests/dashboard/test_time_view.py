"""The view of change over time: its bars, its window of years, its table and exports."""

from __future__ import annotations

import csv
import io
import re

import pytest
from drawn import Facts, Show

from dashboard.exports import export
from dashboard.filters import vocabulary
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary
from dashboard.views.time import span
from geo.world import World

BAR = r"M(\d+) ([\d.-]+)h.86v([\d.]+)h-.86z"
MALI = ("country:MLI",)


def test_the_chart_spans_all_known_years(world: World, facts: Facts):
    years = [int(r[c]) for r in facts("links/links") for c in ("start_year", "end_year") if r[c]]
    assert span(world) == (min(years), max(years))


def test_the_bars_of_a_year_say_its_links(show: Show, facts: Facts):
    chart = show("time").told.beside.content
    started = chart.panels[0]
    assert len(started.hits) == chart.last - chart.first + 1
    n = sum(r["start_year"] == "2005" for r in facts("links/links"))
    assert started.hits[2005 - chart.first].startswith(f"2005\xa0: {n} liens commencés")


def test_bars_reach_the_top_in_shares(show: Show):
    for measure in ("relation_share", "stance_share"):
        for panel in show("time", measure=measure).told.beside.content.panels:
            bars = [
                (int(at), float(top), float(height))
                for stack in panel.stacks
                for at, top, height in re.findall(BAR, stack.path)
            ]
            for year in {at for at, *_ in bars}:
                here = [(top, height) for at, top, height in bars if at == year]
                assert sum(height for _, height in here) == pytest.approx(100, abs=0.6)
                assert min(top for top, _ in here) == pytest.approx(0, abs=0.4)


def test_the_window_is_the_chosen_period(show: Show):
    chart = show("time", years=(1990, 2005)).told.beside.content
    whole = chart.last - chart.first + 1
    assert chart.window[0] == pytest.approx((1990 - chart.first) / whole * 100)
    assert chart.window[1] == pytest.approx(16 / whole * 100)
    assert chart.now == "1990 – 2005"
    assert show("time").told.beside.content.window == (0, 100)


def test_a_period_filters_the_map_and_leaves_the_bars(show: Show):
    every, some = show("time"), show("time", years=(1990, 2005))
    assert some.told.beside.content.panels == every.told.beside.content.panels
    assert some.told.key_figures[0].value != every.told.key_figures[0].value
    assert show(years=(1990, 2005)).told.key_figures == some.told.key_figures


def test_widths_never_follow_the_selection(show: Show):
    fixed = show("time", partner=MALI).figure
    assert show("time", partner=MALI, width="adaptive").figure["data"] == fixed["data"]


def test_links_without_a_date_are_counted_beside(show: Show, facts: Facts):
    undated = sum(not r["start_year"] for r in facts("links/links"))
    assert show("time").told.beside.content.notes[0].startswith(f"{undated} liens sans année")


def test_the_table_adds_up(show: Show, facts: Facts):
    table = show("time").told.table
    names = [c.name for c in table.columns]
    assert names[:4] == ["year", "started", "ended", "active"]
    assert sum(row[1] for row in table.rows) == sum(
        bool(r["start_year"]) for r in facts("links/links")
    )
    assert all(sum(row[4:]) == row[1] for row in table.rows)


def test_nothing_dated_leaves_an_empty_chart(world: World, show: Show):
    told = show("time", partner=("country:TUV",)).told
    assert told.empty
    assert all(stack.path == "" for p in told.beside.content.panels for stack in p.stacks)
    state = ViewState("time", partner=("country:TUV",))
    assert parts(world, state, (), shown(world, state).told, vocabulary(world))["beside"]


def test_the_export_has_a_row_a_year_and_value(world: World, words: Vocabulary, facts: Facts):
    made = export(world, "time", "csv", "years=2000-2010&rows=shown", words)
    rows = list(csv.DictReader(io.StringIO(made.content.decode())))
    assert {row["year"] for row in rows} <= {str(y) for y in range(2000, 2011)}
    started = sum(2000 <= int(r["start_year"] or 0) <= 2010 for r in facts("links/links"))
    assert sum(int(row["started"]) for row in rows) == started
    by_stance = export(world, "time", "csv", "measure=stance&rows=shown", words)
    assert by_stance.content.decode().splitlines()[0] == "year,stance,started,ended,active"
