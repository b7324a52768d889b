"""The sections of a sheet, each told from the tables of `geo.sheets` and `geo.likeness`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.theme import colour
from dashboard.views.coded import labels
from dashboard.views.territory_content import COLLECTED, Block, Cell, Head, PlaceLink
from geo.corridors import UNCODED
from geo.joins import joined_links
from geo.likeness import Likeness, alike
from geo.networks import Network, networks_of
from geo.places import FRANCE, places_of
from geo.sheets import PlaceSheet, Standing, side_of, standing_of
from geo.stances import stances_of
from geo.vectors import label
from geo.world import World

LINKS = 15
MEMBERS = 4
ORDER = ["start_year", "b_country_id", "link_id"]  # of links one by one, the latest first
LINK_COLUMNS = [
    "link_id", "a_id", "b_id", "b_country_id", "kind", "themes", "start_year", "status",
    "source_title", "source_address",
]  # fmt: skip


def place_link(world: World, place_id: str, words: Catalogue, note: str = "") -> PlaceLink:
    """A place by its label, with the filter that opens its sheet."""
    near = side_of(world, place_id) == "a" and place_id != FRANCE
    said = filters.place_label(world, place_id, words.lang)
    return PlaceLink("territory" if near else "partner", place_id, said, note)


def opened(world: World, place_id: str, words: Catalogue) -> Cell:
    """A cell that opens the sheet of a place."""
    return Cell(places=(place_link(world, place_id, words),))


def stance_cell(world: World, country: str, weights: Any, words: Catalogue) -> Cell:
    """The stance of a State: its colour and its word."""
    held = stances_of(world, weights)["stance"]
    stance = str(held.get(country, UNCODED))
    shade = colour("nodata" if stance == UNCODED else stance)
    return Cell(words.say(f"stance.{stance}"), dot=shade)


def rest_of(total: int, told: int, words: Catalogue) -> str:
    """«and n others», or nothing."""
    return words.say("ranking.more", n=total - told) if total > told else ""


@lru_cache(maxsize=128)
def standing(world: World, place_id: str, lang: str) -> tuple[Block, ...]:
    """The sections that no filter changes."""
    held, words = standing_of(world, place_id), catalogue(lang)
    return (
        origins(world, held, words), totals(world, held, words), vectors(world, held, words),
        networks(world, held, words), likeness(world, alike(world, place_id), words),
        cases(world, held, words),
    )  # fmt: skip


def partners(world: World, sheet: PlaceSheet, weights: Any, words: Catalogue) -> tuple[Block, ...]:
    """The partners by country (or by région) and one by one."""
    return (
        _by_area(world, sheet, weights, words),
        _one_by_one(world, sheet, words),
    )


def _by_area(world: World, sheet: PlaceSheet, weights: Any, words: Catalogue) -> Block:
    """Countries with their stance for a French place, régions for a place abroad."""
    french = sheet.side == "a"
    rows = tuple(
        (
            opened(world, row["key"], words),
            *([stance_cell(world, row["key"], weights, words)] if french else []),
            Cell(words.number(row["links"]), toggles=(_narrowed(sheet), row["key"])),
        )
        for row in sheet.partners.first(COLLECTED).records()
    )
    stance = (Head(words.say("territory.column.stance"), short=True),) if french else ()
    return Block(
        "partners", words.say(f"territory.partners.{sheet.side}"),
        (Head(words.say(f"territory.column.area.{sheet.side}")), *stance,
         Head(words.say("column.links"), numeric=True)),
        rows, rest=rest_of(len(sheet.partners), len(rows), words),
        none=words.say("territory.partners.none"),
    )  # fmt: skip


def _narrowed(sheet: PlaceSheet) -> str:
    """The filter that a click on a number of links changes: the other side's."""
    return "partner" if sheet.side == "a" else "territory"


def _one_by_one(world: World, sheet: PlaceSheet, words: Catalogue) -> Block:
    rows = tuple(
        (opened(world, row["key"], words), Cell(_first_year(row["first_year"], words)),
         Cell(words.number(row["links"]), toggles=(_narrowed(sheet), row["key"])))
        for row in sheet.partner_places.first(COLLECTED).records()
    )  # fmt: skip
    return Block(
        "partner-places", words.say(f"territory.places.{sheet.side}"),
        (Head(words.say("column.partner" if sheet.side == "a" else "column.territory")),
         Head(words.say("territory.column.since"), numeric=True),
         Head(words.say("column.links"), numeric=True)),
        rows, rest=rest_of(len(sheet.partner_places), len(rows), words),
        none=words.say("territory.partners.none"),
    )  # fmt: skip


def _first_year(year: float, words: Catalogue) -> str:
    return str(int(year)) if year == year else words.say("territory.undated")


def origins(world: World, sheet: Standing, words: Catalogue) -> Block:
    """People by origin in the place, or by région for the country of a place abroad, each with
    the links known, whatever the filters."""
    found = sheet.presence
    french = sheet.side == "a"
    counted = french or sheet.identity.level == "country"
    estimated = bool(found.table["estimate"].all())
    rows = tuple(
        (
            opened(world, row["place_id"], words),
            Cell(
                _people(row, words),
                small=words.say("estimate") if row["estimate"] and not estimated else "",
            ),
            *([Cell(words.number(sheet.known.get(row["place_id"], 0)))] if counted else []),
        )
        for row in found.table.head(COLLECTED).to_dict("records")
    )
    name = filters.place_label(world, found.of, words.lang) if found.of else ""
    title = words.say(f"territory.origins.{sheet.side}", name=name)
    definition = _definition(world, found.definition, "label", words)
    head = [Head(words.say(f"territory.column.origin.{sheet.side}")),
            Head(words.say("column.number"), numeric=True)]  # fmt: skip
    head += [Head(words.say("territory.column.links"), numeric=True)] if counted else []
    lead = [words.say("territory.origins.lead", label=definition, year=str(found.year))]
    lead += [words.say("territory.origins.estimated")] if estimated else []
    return Block(
        "origins", title if found.of else words.say("territory.origins"), tuple(head), rows,
        lead=" ".join([*lead, *_of_another(world, sheet, words)]) if rows else "",
        rest=rest_of(len(found.table), len(rows), words),
        notes=(_definition(world, found.definition, "statement", words),) if rows else (),
        none=" ".join([words.say("territory.origins.none"), *_of_another(world, sheet, words)]),
    )  # fmt: skip


def _of_another(world: World, sheet: Standing, words: Catalogue) -> list[str]:
    """Whose figures these are where the place has none of its own."""
    of = sheet.presence.of
    if not of or of == sheet.identity.place_id:
        return []
    key = "country" if sheet.side == "b" else sheet.identity.level
    said = filters.place_label(world, of, words.lang)
    return [words.say(f"territory.figures_of.{key}", name=said)]


def _people(row: Mapping[Any, Any], words: Catalogue) -> str:
    number = words.number(row["number"])
    return words.say("at_least", value=number) if row["bound"] == "lower" else number


def _definition(world: World, definition: str, what: str, words: Catalogue) -> str:
    rows = world.table("definitions").set_index("definition")
    return str(rows.at[definition, f"{what}_{words.lang}"])


def totals(world: World, sheet: Standing, words: Catalogue) -> Block:
    """The people of each definition, and the first countries of birth where they are known."""
    found = sheet.presence
    rows = tuple(
        (
            Cell(_definition(world, row["definition"], "label", words),
                 small=_producers(world, row)),
            Cell(_people(row, words) if row["number"] > 0 else "–"),
            Cell(words.percent(row["share"]) if row["share"] == row["share"] else "–"),
            Cell(str(int(row["year"]))),
        )
        for row in found.totals.to_dict("records")
    )  # fmt: skip
    first = found.first["origin_id"].tolist()
    notes = [words.say("territory.totals.apart")] if len(rows) > 1 else []
    if first:
        names = words.joined(places_of(world).names(first, words.lang))
        year = str(int(found.first["year"].max()))
        notes.append(words.say("territory.first", names=names, year=year))
    return Block(
        "totals", words.say(f"territory.totals.{sheet.side}"),
        (Head(words.say("territory.column.population")),
         Head(words.say("column.number"), numeric=True),
         Head(words.say("territory.column.share"), numeric=True),
         Head(words.say("column.year"), numeric=True)),
        rows, lead=" ".join(_of_another(world, sheet, words)), notes=tuple(notes),
        none=words.say("territory.origins.none"),
    )  # fmt: skip


def _producers(world: World, row: Mapping[Any, Any]) -> str:
    keys = [key for key in (row["source_id"], row["number_source_id"]) if key in world.sources]
    return ", ".join(dict.fromkeys(_producer(world, key) for key in keys))


def _producer(world: World, key: str) -> str:
    """The producer of a source, without what its name stands for."""
    return world.sources[key].producer.split(" (")[0]


def vectors(world: World, sheet: Standing, words: Catalogue) -> Block:
    """The latest figure of each vector of the place."""
    kinds = world.table("kinds").drop_duplicates("kind").set_index("kind")[f"label_{words.lang}"]
    apart = sheet.identity.level == "epci"
    rows = tuple(
        (
            Cell(str(kinds.get(row["kind"], row["kind"]))),
            Cell(_measured(world, row, words),
                 small=filters.place_label(world, row["place_id"], words.lang) if apart else ""),
            Cell(_value(row, words), small=words.say("estimate") if row["estimate"] else ""),
            Cell(str(row["year"]) if row["year"] else "–"),
            Cell(row["source_title"] or _producer(world, row["source_id"]),
                 address=row["source_address"]),
        )
        for row in sheet.vectors.to_dict("records")
    )  # fmt: skip
    return Block(
        "vectors", words.say("territory.vectors"),
        (Head(words.say("territory.column.vector")), Head(words.say("territory.column.measure")),
         Head(words.say("territory.column.value"), numeric=True),
         Head(words.say("column.year"), numeric=True),
         Head(words.say("territory.column.source"))),
        rows, notes=(words.say("territory.vectors.note"),) if rows else (),
        none=words.say("territory.vectors.none"), wide=True,
    )  # fmt: skip


def _measured(world: World, row: Mapping[Any, Any], words: Catalogue) -> str:
    """What is counted: the indicator, where it says more than the unit, then the unit."""
    said = [label(world, row["origin"], code, words.lang)
            for code in (row["indicator"], row["unit"]) if code]  # fmt: skip
    return " · ".join(dict.fromkeys(said))


def _value(row: Mapping[Any, Any], words: Catalogue) -> str:
    number = words.number(row["value"], 0 if abs(row["value"]) >= 100 else 1)
    return words.say("at_least", value=number) if row["bound"] == "lower" else number


def networks(world: World, sheet: Standing, words: Catalogue) -> Block:
    """The networks that the place, or a place in it, is known to belong to."""
    known = networks_of(world)
    columns = ["network_id", "belongs", "status", "since_year", f"name_{words.lang}"]
    grouped = sheet.members[columns].groupby("network_id", sort=True)
    rows = tuple(
        (
            Cell(_network(known[str(key)], words)),
            Cell(_members(world, rows, words)),
            Cell(_coded(world, "dynamic", known[str(key)].dynamic, words)),
        )
        for key, rows in grouped
    )
    return Block(
        "networks", words.say("territory.networks"),
        (Head(words.say("territory.column.network")), Head(words.say("territory.column.members")),
         Head(words.say("territory.column.dynamic"))),
        rows, notes=(words.say("territory.networks.note"),) if rows else (),
        none=words.say("territory.networks.none"), wide=True,
    )  # fmt: skip


def _network(network: Network, words: Catalogue) -> str:
    name = network.name_fr if words.lang == "fr" else network.name_en
    return f"{name} ({network.acronym})" if network.acronym and network.acronym != name else name


def _members(world: World, rows: pd.DataFrame, words: Catalogue) -> str:
    """The members, each with its year where known; those that do not belong say their status."""
    said = []
    for row in rows.head(MEMBERS).to_dict("records"):
        notes = [] if row["belongs"] else [_coded(world, "status", row["status"], words).lower()]
        notes += [str(int(row["since_year"]))] if pd.notna(row["since_year"]) else []
        name = row[f"name_{words.lang}"]
        said.append(f"{name} ({', '.join(notes)})" if notes else name)
    more = len(rows) - len(said)
    said += [words.say("others", n=more)] if more else []
    return words.joined(said)


def _coded(world: World, field: str, code: str, words: Catalogue) -> str:
    """A code of the networks in words."""
    return labels(world, "networks", field, words.lang).get(code, code)


def likeness(world: World, found: Likeness, words: Catalogue) -> Block:
    """The places most like this one, with every part of the distance, and with whom they work."""
    rows = tuple(
        (
            Cell(places=(place_link(world, row["place_id"], words),),
                 small=_parts(parts, found, words)),
            Cell(_hundredths(row["distance"], words)),
            Cell(words.say("territory.compared", n=row["compared"], total=len(found.variables))),
            Cell(words.number(row["links"])),
            Cell(places=tuple(
                place_link(world, partner, words, words.number(links))
                for partner, links in found.partners[row["place_id"]]
            )),
        )
        for row, parts in zip(
            found.table.to_dict("records"), found.parts.to_dict("records"), strict=True
        )
    )  # fmt: skip
    return Block(
        "likeness", words.say("territory.likeness"),
        (Head(words.say(f"territory.column.alike.{found.level}")),
         Head(words.say("territory.column.distance"), numeric=True),
         Head(words.say("territory.column.compared"), short=True),
         Head(words.say("column.links"), numeric=True),
         Head(words.say("territory.column.works_with"))),
        rows,
        lead=words.say("territory.likeness.lead", n=found.candidates,
                       level=words.say(f"territory.levels.{found.level}")),
        notes=(words.say("territory.likeness.measure", variables="; ".join(
            words.say(f"territory.variable.{v}") for v in found.variables)),
            words.say("territory.likeness.note")),
        none=words.say("territory.likeness.none"), wide=True,
    )  # fmt: skip


def _parts(parts: Mapping[Any, float], found: Likeness, words: Catalogue) -> str:
    """«population 0,01 · links 0,09 · not compared: networks»."""
    names = {v: words.say(f"territory.part.{v}") for v in found.variables}
    known = [f"{names[v]} {_hundredths(parts[v], words)}" for v in names if parts[v] == parts[v]]
    unknown = [names[v] for v in names if parts[v] != parts[v]]
    said = [words.say("territory.uncompared", names=words.joined(unknown))] if unknown else []
    return " · ".join([*known, *said])


def _hundredths(value: float, words: Catalogue) -> str:
    """A distance with its two decimals, zeros too."""
    return format_decimal(value, format="0.00", locale=words.locale)


def cases(world: World, sheet: Standing, words: Catalogue) -> Block:
    """The cases that the source document tells of the place."""
    rows = tuple(
        (
            Cell(str(row[f"label_{words.lang}"]), small=_case_note(row, words)),
            Cell(_case_value(world, row, words)),
            Cell(words.say("territory.case.lines", lines=row["source_lines"])),
        )
        for row in sheet.cases.to_dict("records")
    )
    return Block(
        "cases", words.say("territory.cases"),
        (Head(words.say("territory.column.case")), Head(words.say("territory.column.value")),
         Head(words.say("territory.column.source"))),
        rows, none=words.say("territory.cases.none"), wide=True,
    )  # fmt: skip


def _case_note(row: Mapping[Any, Any], words: Catalogue) -> str:
    return str(row["note_fr" if words.lang == "fr" else "note"])


def _case_value(world: World, row: Mapping[Any, Any], words: Catalogue) -> str:
    if not row["value"]:
        return "–"
    return f"{row['value']} {label(world, 'cases', row['unit'], words.lang)}".strip()


def links(world: World, sheet: PlaceSheet, words: Catalogue) -> Block:
    """The links one by one, the latest dated first."""
    joined = joined_links(world)
    order = (
        joined[ORDER]
        .iloc[sheet.links.at]
        .sort_values(ORDER, ascending=[False, True, True], na_position="last")
    )
    table = joined.loc[order.index[:LINKS], LINK_COLUMNS]
    rows = tuple(
        (
            opened(world, row["a_id"], words),
            opened(world, row["b_id"], words),
            Cell(filters.label(world, "kind", row["kind"], words.lang)),
            Cell(themes_said(world, row["themes"], words)),
            Cell(str(int(row["start_year"])) if pd.notna(row["start_year"])
                 else words.say("territory.undated")),
            Cell(filters.label(world, "status", row["status"], words.lang)),
            Cell(row["source_title"], address=row["source_address"]),
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    more = len(order) - len(rows)
    heads = ("column.territory", "column.partner", "territory.column.kind",
             "territory.column.themes", "territory.column.since", "territory.column.status",
             "territory.column.source")  # fmt: skip
    return Block(
        "links", words.say("territory.links"), tuple(Head(words.say(h)) for h in heads), rows,
        rest=words.say("territory.links.rest", n=more) if more else "",
        none=words.say("territory.partners.none"), wide=True,
    )  # fmt: skip


def themes_said(world: World, joined: str, words: Catalogue) -> str:
    """The themes that a link declares, in words."""
    codes = [code for code in (joined or "").split(";") if code]
    said: Iterable[str] = (filters.label(world, "theme", code, words.lang) for code in codes)
    return ", ".join(said) or words.say("undeclared")
