"""Coverage, what did not match and contested areas, as the small tables of the page of data."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.views.coded import labels, typeset
from dashboard.views.data_content import Cell, Grid, Head, Part
from geo import coverage
from geo.conventions import contested_areas, contested_links, conventions
from geo.corridors import group_members
from geo.places import fold, places_of
from geo.stances import CLASSES
from geo.world import World

Row = Mapping[Hashable, Any]

FIRST = 8  # lines of a list before it folds


def parts(world: World, lang: str) -> tuple[Part, ...]:
    """Coverage by country, by year, what did not match, contested places."""
    words = catalogue(lang)
    return (
        Part("country", words.say("data.part.country"), (
            _spans(world, words), _missing(world, words), _regions(world, words),
        )),
        Part("year", words.say("data.part.year"), (
            _decades(world, words), _figures(world, words), _vectors(world, words),
            _networks(world, words),
        )),
        Part("unmatched", words.say("data.part.unmatched"), (
            _joined(world, words), _unmatched(world, words), _apart(world, words),
            _unplaced(world, words), _criteria(world, words),
        )),
        Part("contested", words.say("data.part.contested"), (
            _areas(world, words), _links(world, words),
        )),
    )  # fmt: skip


def number(words: Catalogue, value: Any) -> Cell:
    """A number as people write it; a dash for one that the data do not say."""
    return Cell("–" if pd.isna(value) else words.number(float(value)))


def year(value: Any) -> str:
    return "–" if pd.isna(value) else str(int(value))


def bar(words: Catalogue, value: Any, most: float) -> Cell:
    """A number with a bar as long as its part of the greatest."""
    held = number(words, value)
    return held if pd.isna(value) else Cell(held.text, float(value) / max(most, 1))


def _head(words: Catalogue, first: str, *others: str, text: int = 1) -> tuple[Head, ...]:
    """The heads of the columns; but for the first ones, they are numbers."""
    names = (first, *others)
    return tuple(Head(words.say(f"data.head.{n}"), at >= text) for at, n in enumerate(names))


def _spans(world: World, words: Catalogue) -> Grid:
    rows = tuple(
        (Cell(words.say(f"data.table.{row['table']}")), number(words, row["rows"]),
         number(words, row["countries"]), Cell(_period(row)), number(words, row["undated"]))
        for row in coverage.spans_held(world).to_dict("records")
    )  # fmt: skip
    head = _head(words, "table", "rows", "countries", "years", "undated")
    return Grid("spans", words.say("data.spans"), head, rows, note=words.say("data.spans.note"))


def _period(row: Row) -> str:
    if pd.isna(row["first_year"]):
        return "–"
    first, last = year(row["first_year"]), year(row["last_year"])
    return first if first == last else f"{first}–{last}"


def _missing(world: World, words: Catalogue) -> Grid:
    """Links here beside those of Wikidata: where the extract has more, most first."""
    table = coverage.links_by_country(world)
    table = table[table["wikidata_links"].fillna(0) > table["links"]]
    lacking = (table["wikidata_links"] - table["links"]).sort_values(ascending=False)
    table = table.loc[lacking.index]
    most = float(table["wikidata_links"].max()) if len(table) else 1
    rows = tuple(
        (Cell(places_of(world).name(row["country_id"], words.lang), partner=row["country_id"]),
         number(words, row["links"]), bar(words, row["wikidata_links"], most),
         Cell(_groups(world, row["country_id"], words)))
        for row in table.to_dict("records")
    )  # fmt: skip
    head = (*_head(words, "country", "links", "wikidata"), Head(words.say("data.head.group")))
    return Grid(
        "missing", words.say("data.missing"), head, rows,
        lead=words.say("data.missing.lead", n=len(rows)), none=words.say("data.missing.none"),
        first=FIRST, fold=words.say("data.fold.countries", n=len(rows) - FIRST),
    )  # fmt: skip


def _groups(world: World, country: str, words: Catalogue) -> str:
    labels = dict(filters.options_of(world, "group", words.lang))
    return words.joined([labels[group] for group in group_members(world).get(country, [])])


def _regions(world: World, words: Catalogue) -> Grid:
    """What each part of the world has in every table of facts."""
    held = coverage.by_country(world).set_index("country_id")
    columns = f"m49_region_{words.lang}", "m49_region"
    countries = world.table("countries").set_index("country_id").reindex(held.index)
    label = columns[0] if columns[0] in countries else columns[1]
    name = countries[label].replace("", words.say("data.elsewhere"))
    counted = (held.drop(columns="wikidata_links") > 0).groupby(name).sum()
    counted.insert(0, "all", held.groupby(name).size())
    rows = tuple(
        (Cell(str(region)), *(number(words, row[c]) for c in counted.columns))
        for region, row in counted.iterrows()
    )
    tables = (Head(words.say(f"data.table.{c}"), True) for c in counted.columns if c != "all")
    head = (*_head(words, "region", "all"), *tables)
    note = words.say("data.regions.note")
    return Grid("regions", words.say("data.regions"), head, rows, note=note)


def _decades(world: World, words: Catalogue) -> Grid:
    """Links by decade of start, and those whose start is not known."""
    table = coverage.links_by_year(world)
    known = table[table["start_year"].notna()]
    by_decade = known["links"].groupby(known["start_year"] // 10 * 10).sum()
    unknown = int(table.loc[table["start_year"].isna(), "links"].sum())
    most = float(max([unknown, *by_decade]))
    rows = [
        (Cell(f"{int(str(decade))}–{int(str(decade)) + 9}"), bar(words, n, most))
        for decade, n in by_decade.items()
    ]
    rows.append((Cell(words.say("no_date")), bar(words, unknown, most)))
    return Grid("decades", words.say("data.decades"), _head(words, "start", "links"), tuple(rows))


def _figures(world: World, words: Catalogue) -> Grid:
    """Figures on diasporas by definition and level: years, places, origins, estimates."""
    table = coverage.figures_held(world)
    labels = world.table("definitions").set_index("definition")[f"label_{words.lang}"]
    rows = []
    for key, held in table.groupby(["definition", "level"], sort=False):
        definition, level = map(str, key)
        first, last, count = held["year"].min(), held["year"].max(), held["year"].nunique()
        period = year(first) if first == last else f"{year(first)}–{year(last)} ({count})"
        rows.append((
            Cell(str(labels[definition])), Cell(words.say(f"data.level.{level}")), Cell(period),
            number(words, held["places"].max()), number(words, held["origins"].max()),
            number(words, held["rows"].sum()), number(words, held["estimates"].sum()),
        ))  # fmt: skip
    head = _head(words, "definition", "level", "years", "places", "origins", "rows", "estimates",
                 text=2)  # fmt: skip
    note = words.say("data.figures.note")
    return Grid("figures", words.say("data.figures"), head, tuple(rows), note=note)


def _vectors(world: World, words: Catalogue) -> Grid:
    """Figures on vectors by kind: rows by year; kinds without any are counted."""
    table = coverage.vectors_held(world)
    kinds = world.table("kinds").drop_duplicates("kind").set_index("kind")[f"label_{words.lang}"]
    rows = [
        (Cell(str(kinds[kind])),
         Cell(", ".join(f"{year(r['year'])} ({words.number(r['rows'])})"
                        for r in held.to_dict("records"))),
         number(words, held["rows"].sum()), number(words, held["estimates"].sum()))
        for kind, held in table.groupby("kind")
    ]  # fmt: skip
    head = _head(words, "kind", "year_rows", "rows", "estimates", text=2)
    note = words.say("data.vectors.note", n=len(kinds) - len(rows))
    fold = words.say("data.fold.kinds", n=len(rows) - FIRST)
    return Grid(
        "vectors", words.say("data.vectors"), head, tuple(rows), note=note, fold=fold, first=FIRST
    )


def _networks(world: World, words: Catalogue) -> Grid:
    table = coverage.networks_held(world)
    named = labels(world, "networks", "theme", words.lang)
    columns = ("networks", "dated", "with_members", "members", "french", "members_dated")
    rows = tuple(
        (Cell(named.get(row["theme"], row["theme"])), *(number(words, row[c]) for c in columns))
        for row in table.to_dict("records")
    )
    head = _head(words, "theme", *columns)
    fold = words.say("data.fold.themes", n=len(rows) - FIRST)
    return Grid("networks", words.say("data.networks"), head, rows, fold=fold, first=FIRST)


def _joined(world: World, words: Catalogue) -> Grid:
    """How places found the first-level unit they lie in, and the reasons why some did not."""
    table = coverage.joined_ends(world)
    wide = table.pivot(index="how", columns="subject", values="places")
    wide = wide.reindex(table["how"].drop_duplicates())
    subjects = [s for s in ("links", "members") if s in wide]
    rows = tuple(
        (Cell(words.say(f"data.how.{how}")), *(number(words, row[s]) for s in subjects))
        for how, row in wide.iterrows()
    )
    head = (*_head(words, "how"), *(Head(words.say(f"data.head.of_{s}"), True) for s in subjects))
    lead = words.say("data.joined.lead")
    return Grid("joined", words.say("data.joined"), head, rows, lead=lead)


def _unmatched(world: World, words: Catalogue) -> Grid:
    """Each end of a link and each member that found no unit, with why."""
    rows = tuple(
        (Cell(_called(world, row["place_id"], words, row["name"])),
         Cell(words.say(f"data.table.{row['subject']}")),
         Cell(words.say(f"data.how.{row['reason']}")),
         Cell(_called(world, row["detail"], words)), number(words, row["rows"]))
        for row in coverage.unmatched(world).to_dict("records")
    )  # fmt: skip
    head = _head(words, "place", "table", "reason", "found", "rows", text=4)
    none = words.say("data.unmatched.none")
    return Grid("unmatched", words.say("data.unmatched"), head, rows, none=none)


def _apart(world: World, words: Catalogue) -> Grid:
    """Rows that no map of vectors shows, with why."""
    tables = {"diaspora": "figures", "networks": "members"}
    rows = tuple(
        (Cell(words.say(f"data.table.{tables.get(row['origin'], row['origin'])}")),
         Cell(words.say(f"data.how.{row['reason']}")), number(words, row["rows"]))
        for row in coverage.set_apart(world).to_dict("records")
    )  # fmt: skip
    head = _head(words, "table", "reason", "rows", text=2)
    return Grid("apart", words.say("data.apart"), head, rows)


def _called(world: World, place: str, words: Catalogue, otherwise: str = "") -> str:
    """A place as people say it, or the name that a table gives it, or its id."""
    known = place in places_of(world)
    return filters.place_label(world, place, words.lang) if known else otherwise or place or "–"


def _unplaced(world: World, words: Catalogue) -> Grid:
    rows = tuple(
        (Cell(words.say(f"data.table.{row['table']}")), number(words, row["rows"]),
         number(words, row["without_place"]), number(words, row["without_point"]))
        for row in coverage.unplaced(world).to_dict("records")
    )  # fmt: skip
    head = _head(words, "table", "rows", "without_place", "without_point")
    note = words.say("data.unplaced.note")
    return Grid("unplaced", words.say("data.unplaced"), head, rows, note=note)


def _criteria(world: World, words: Catalogue) -> Grid:
    """What is known and not known of each criterion, and the States coded."""
    labels = world.table("rule").set_index("criterion")[f"label_{words.lang}"]
    values = ("yes", "partial", "no", "unknown")
    rows = tuple(
        (Cell(str(labels[row["criterion"]])),
         *(number(words, row[c]) for c in (*values, "A", "B", "C")))
        for row in coverage.criteria_held(world).to_dict("records")
    )  # fmt: skip
    head = (*_head(words, "criterion", *values), *(Head(grade, True) for grade in "ABC"))
    states = coverage.states_held(world)
    classified = sum(states[c].sum() for c in CLASSES[:3] if c in states)
    note = words.say("data.criteria.note", n=int(states["coded"].sum()),
                     all=int(states["countries"].sum()), classified=int(classified))  # fmt: skip
    return Grid("criteria", words.say("data.criteria"), head, rows, note=note)


def _areas(world: World, words: Catalogue) -> Grid:
    """How each convention draws each contested area."""
    areas, followed = contested_areas(world), conventions(world)
    said = areas.pivot(index="area_id", columns="convention", values=f"statement_{words.lang}")
    names = areas.drop_duplicates("area_id").set_index("area_id")[f"name_{words.lang}"]
    rows = tuple(
        (
            Cell(str(names[area])),
            *(Cell(str(said[c.name][area])) for c in followed),
        )
        for area in names.sort_values(key=lambda column: column.map(fold)).index
    )
    head = (*_head(words, "area"), *(Head(c.label(words.lang)) for c in followed))
    return Grid("areas", words.say("data.areas"), head, rows, lead=words.say("data.areas.lead"))


def _links(world: World, words: Catalogue) -> Grid:
    """Contested places where links end, the reason, who holds them in each convention."""
    table = contested_links(world)
    count = table.groupby("place_id")["link_id"].nunique()
    areas = contested_areas(world).drop_duplicates("area_id")
    names = dict(zip(areas["area_id"], areas[f"name_{words.lang}"], strict=True))
    followed = conventions(world)
    rows = tuple(
        (Cell(_called(world, row["place_id"], words)), number(words, count[row["place_id"]]),
         Cell(typeset(row[f"reason_{words.lang}"], words.lang)),
         *(Cell(names.get(row[f"in_{c.name}"]) or _called(world, row[f"in_{c.name}"], words))
           for c in followed))
        for row in table.drop_duplicates("place_id").to_dict("records")
    )  # fmt: skip
    heads = tuple(Head(c.label(words.lang)) for c in followed)
    head = (*_head(words, "place", "links"), Head(words.say("data.head.reason")), *heads)
    return Grid("links", words.say("data.contested"), head, rows,
                note=words.say("data.contested.note", n=len(table)),
                none=words.say("data.contested.none"))  # fmt: skip
