"""The matrix of origins and destinations, linked both ways with the map."""

from __future__ import annotations

import re

from drawn import Show

from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary, parse
from geo.world import World


def cells(show: Show, **filters: object) -> dict[tuple[str, str], int]:
    matrix = show("matrix", **filters).told.beside.content
    return {
        (head.place, cell.partner): cell.number
        for head, row in matrix.rows for cell in row if cell.number
    }  # fmt: skip


def test_cells_are_the_corridors_of_the_map(show: Show):
    rows = show("flows").told.table
    corridors = dict(zip(rows.keys, (row[2] for row in rows.rows), strict=True))
    found = cells(show)
    assert found
    assert all(corridors[pair] == number for pair, number in found.items())


def test_what_is_beyond_the_table_is_counted(show: Show):
    matrix = show("matrix").told.beside.content
    table = show("flows").told.table
    inside = cells(show)
    links = sum(row[2] for row in table.rows) - sum(inside.values())
    assert f"{len(table.rows) - len(inside)} autres corridors" in matrix.rest
    assert f"comptent {links} liens" in matrix.rest


def test_a_choice_stands_out_and_the_rest_stays(show: Show):
    chosen = show("matrix", territory=("region:11",), partner=("country:MLI",)).told.beside.content
    every = show("matrix").told.beside.content
    assert [h.place for h, _ in chosen.rows] == [h.place for h, _ in every.rows]
    marked = [(h.place, c.partner) for h, row in chosen.rows for c in row if c.chosen]
    assert marked == [("region:11", "country:MLI")]
    assert [h.place for h, _ in chosen.rows if h.chosen] == ["region:11"]


def test_filters_act_on_the_cells(show: Show):
    assert sum(cells(show, theme=("health",)).values()) < sum(cells(show).values())
    assert set(cells(show, measure="collectivities")) == set(cells(show))
    assert cells(show, partner=("country:TUV",), theme=("health",), years=(1901, 1902)) == {}


def test_levels_of_both_sides(show: Show):
    found = cells(show, level="departement", partner_level="admin1")
    assert all(a.startswith("departement:") and b.startswith("admin1:") for a, b in found)
    assert len(show("matrix", level="collectivity").told.beside.content.rows) == 40


def test_a_cell_leads_to_its_pair_and_back(world: World, words: Vocabulary):
    state = ViewState("matrix")
    html = parts(world, state, (), shown(world, state).told, words)["beside"]
    go = re.search(r'data-key="cell:region:11\|country:MLI" data-go="([^"]+)"', html)
    assert go
    there, notices = parse(go[1].replace("&amp;", "&"), words)
    assert (there.view, there.territory, there.partner, notices) == (
        "matrix", ("region:11",), ("country:MLI",), (),
    )  # fmt: skip
    again = parts(world, there, (), shown(world, there).told, words)["beside"]
    back = re.search(r'data-key="cell:region:11\|country:MLI" data-go="([^"]+)"', again)
    assert back
    assert parse(back[1].replace("&amp;", "&"), words)[0] == state
