"""Territory: one page on one place, from its links to the places that resemble it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention, stance_sources
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries
from dashboard.figures.scales import count_classes
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import Beside, Column, Legend, Line, Ranking, Swatch, Table, Told
from dashboard.views import flows, territory_page, territory_sections
from dashboard.views.territory_content import Invitation
from dashboard.views.territory_facts import facts
from dashboard.views.territory_map import draw, drawn_notes
from geo import corridors as geo_corridors
from geo.joins import joined_links
from geo.likeness import Likeness, alike
from geo.links import Links
from geo.places import FRANCE, places_of
from geo.sheets import PlaceSheet, sheet_of_place
from geo.world import World

OFFERED = 10
__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The place whose sheet is shown ("" for none), the other places chosen, the links that the
    filters leave it (all of them where no place is chosen), its sheet and those most like it."""

    subject: str
    others: tuple[str, ...]
    links: Links
    known: int
    sheet: PlaceSheet | None
    likeness: Likeness | None


def select(world: World, state: ViewState) -> Selection:
    """The sheet of the territory chosen last, else of the partner chosen last, with the links
    that pass the other filters."""
    links = geo_corridors.links_of(world, filters.rule_weights(world, state))
    side = "territory" if state.territory else "partner"
    chosen: tuple[str, ...] = getattr(state, side)
    wanted = {name: v for name, v in flows.wanted_of(state).items() if name != side}
    kept = geo_corridors.selected_links(links, wanted, state.years)
    if not chosen:
        return Selection("", (), kept, len(links), None, None)
    subject = chosen[-1]
    sheet = sheet_of_place(world, subject, kept)
    far = state.partner if side == "territory" else ()
    return Selection(
        subject, (*reversed(chosen[:-1]), *far), sheet.links, len(links), sheet,
        alike(world, subject),
    )  # fmt: skip


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One link of the sheet a row; every link that passes the filters where no place is chosen."""
    side = "territory" if state.territory else "partner"
    chosen: tuple[str, ...] = getattr(state, side)[-1:]
    if chosen == (FRANCE,):
        chosen = ()
    one = replace(state, territory=chosen) if state.territory else replace(state, partner=chosen)
    return flows.rows(world, one)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """The facts of the sheet, one a row; the places offered where none is chosen."""
    if selection.sheet and selection.likeness:
        return facts(world, selection.sheet, selection.likeness, state.lang)
    found = [
        geo_corridors.counts_by(selection.links, column).frame()[["key", "links"]]
        for column in ("a_departement_id", "b_country_id")
    ]
    table = pd.concat(found, ignore_index=True).rename(columns={"key": "place_id"})
    names = places_of(world).names(table["place_id"], state.lang)
    return table.assign(name=names)[["place_id", "name", "links"]]


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """The sheet beside its map; without a place, what to choose from."""
    words = catalogue(state.lang)
    if selection.sheet and selection.likeness:
        title, sentence, named, content = _sheet(world, selection, state, words)
    else:
        title, sentence, named = words.say("territory.title"), _choose(selection, words), ()
        content = Beside("territory", _invitation(world, selection, words), "wide")
    return Told(
        title=title,
        sentence=filters.sentence(sentence, world, state, named=named),
        key_figures=(),
        rankings=(),
        legend=_legend(world, state, words),
        table=_table(world, selection, state, words),
        sources=territory_sources(world, selection, state.convention),
        beside=content,
        notes=(words.say("flows.coverage"),),
        empty=selection.links.empty and _narrowed(state, selection),
    )


def _sheet(
    world: World, selection: Selection, state: ViewState, words: Catalogue
) -> tuple[str, str, tuple[str, ...], Beside]:
    """Title, sentence, the filter that the title names, and the page of a place."""
    sheet = selection.sheet
    assert sheet is not None
    side = "territory" if sheet.side == "a" else "partner"
    named = (side,) if len(getattr(state, side)) == 1 else ()
    sources = territory_sources(world, selection, state.convention)
    page = territory_page.page(world, selection, state, sources)
    title = filters.place_label(world, selection.subject, state.lang)
    said = _said(sheet, _narrowed(state, selection), words)
    return title, said, named, Beside("territory", page, "wide")


def _said(sheet: PlaceSheet, narrowed: bool, words: Catalogue) -> str:
    """How many links are known, with whom."""
    if sheet.links.empty:
        return words.say(f"territory.sentence.{'filtered' if narrowed else 'none'}")
    if sheet.side == "a":
        return words.say(
            "territory.sentence.a", n=len(sheet.links),
            partners=words.say("n_partners", n=len(sheet.partner_places)),
            countries=words.say("n_countries", n=len(sheet.partners)),
        )  # fmt: skip
    near = words.say("n_collectivities", n=len(sheet.partner_places))
    return words.say("territory.sentence.b", n=len(sheet.links), collectivities=near)


def _choose(selection: Selection, words: Catalogue) -> str:
    return words.say("territory.choose", n=len(selection.links), total=selection.known)


def _narrowed(state: ViewState, selection: Selection) -> bool:
    """Whether a filter other than the subject itself may be what empties the links."""
    names = [row.name for row, values in filters.active(state)
             if filters.acts(row, state) and values != (selection.subject,)]  # fmt: skip
    return bool(names or state.years)


def territory_sources(world: World, selection: Selection, convention: str = "") -> tuple[str, ...]:
    """The credits of the sheet, the stances of the States met included."""
    sheet = selection.sheet
    own = set(sheet.sources) if sheet else set(selection.links.met("source_id"))
    countries = set(selection.links.met("b_country_id"))
    if selection.subject:
        countries.add(places_of(world).value(selection.subject, "country_id"))
    used = {*own, *stance_sources(world, countries)}
    return credits(world, used, ("boundaries",), convention)


def _invitation(world: World, selection: Selection, words: Catalogue) -> Invitation:
    """The places with most links, to start from."""
    lists = [
        _offered(world, selection, words, *of)
        for of in (("territory", "a_region_id", "regions"),
                   ("territory", "a_departement_id", "departements"),
                   ("territory", "a_id", "collectivities"),
                   ("partner", "b_country_id", "countries"))
    ]  # fmt: skip
    return Invitation(words.say("territory.invitation"), tuple(lists))


def _offered(
    world: World, selection: Selection, words: Catalogue, parameter: str, column: str, title: str
) -> Ranking:
    counts = list(geo_corridors.tally(selection.links, column).items())
    most = counts[0][1] if counts else 1
    lines = tuple(
        Line(parameter, key, filters.place_label(world, key, words.lang), words.number(n), n / most)
        for key, n in counts[:OFFERED]
    )  # fmt: skip
    rest = territory_sections.rest_of(len(counts), len(lines), words)
    return Ranking(words.say(f"territory.offered.{title}"), lines, rest)


def _legend(world: World, state: ViewState, words: Catalogue) -> Legend:
    none = Swatch(words.say("no_link_known"), colour("land"))
    shades = zip(count_classes().labels(words), sequence("under"), strict=True)
    told = (none, *(Swatch(label, shade) for label, shade in shades))
    told += boundaries.legend(world, state)
    statement = home_convention(world, state.lang, state.convention)
    return Legend(((words.say("legend.links"), told),), drawn_notes(words, state, statement))


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    """The links of the sheet, a row a link."""
    told = ["a_id", "b_id", "kind", "themes", "start_year", "status"]
    names = [f"a_name_{state.lang}", f"b_name_{state.lang}"]
    table = joined_links(world)[told + names].iloc[selection.links.at]
    columns = (
        Column("a", words.say("column.territory"), parameter="territory"),
        Column("b", words.say("column.partner"), parameter="partner"),
        Column("kind", words.say("territory.column.kind")),
        Column("themes", words.say("territory.column.themes")),
        Column("since", words.say("territory.column.since"), numeric=True),
        Column("status", words.say("territory.column.status")),
    )
    cells = [
        (
            row[names[0]], row[names[1]],
            filters.label(world, "kind", row["kind"], state.lang),
            territory_sections.themes_said(world, row["themes"], words),
            int(row["start_year"]) if pd.notna(row["start_year"]) else None,
            filters.label(world, "status", row["status"], state.lang),
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    keys = zip(table["a_id"].tolist(), table["b_id"].tolist(), strict=True)
    return Table(columns, tuple(cells), tuple(keys))
