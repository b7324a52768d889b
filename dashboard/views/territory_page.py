"""The page of one place, put together from its sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Breakdown, KeyFigure, Line, Part, Ranking, Timeline
from dashboard.views import territory_sections as sections
from dashboard.views.stances_rule import criteria_sheet, rule_in_words
from dashboard.views.territory_content import (
    Block,
    Cell,
    Head,
    SheetPage,
    Stance,
)
from geo.corridors import UNCODED, UNDECLARED
from geo.places import places_of
from geo.sheets import PlaceSheet
from geo.stances import CLASSES, rule_of, stances_of
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.territory import Selection


def page(
    world: World, selection: Selection, state: ViewState, sources: tuple[str, ...]
) -> SheetPage:
    """The sheet of the subject of a selection, in the order in which it is read."""
    words, sheet = catalogue(state.lang), selection.sheet
    assert sheet is not None
    weights = filters.rule_weights(world, state)
    return SheetPage(
        level=words.say(f"place.{sheet.identity.level}"),
        within=tuple(sections.place_link(world, p, words) for p in sheet.identity.within),
        facts=_facts(world, sheet, words),
        others=tuple(sections.place_link(world, p, words) for p in selection.others),
        figures=_figures(world, sheet, words),
        stance=_stance(world, sheet, state, words) if sheet.side == "b" else None,
        partners=sections.partners(world, sheet, weights, words),
        rankings=_rankings(world, sheet, state, words),
        themes_none=words.say("territory.themes.none"),
        timeline=_timeline(sheet, words),
        years_title=words.say("flows.timeline"),
        years_none=words.say("territory.years.none"),
        by_stance=_by_stance(sheet, state, words) if sheet.side == "a" else None,
        blocks=(
            *sections.standing(world, selection.subject, state.lang),
            sections.links(world, sheet, words),
        ),
        sources_title=words.say("territory.sources"),
        sources=sources,
        notes=(words.say("flows.coverage"), words.say("territory.filtered")),
    )  # fmt: skip


def _facts(world: World, sheet: PlaceSheet, words: Catalogue) -> tuple[tuple[str, str], ...]:
    """Codes, population with its vintage, subregion and groups of the country."""
    who = sheet.identity
    told = [(words.say(f"territory.code.{name}"), code) for name, code in who.codes]
    if who.level in ("region", "departement", "epci", "commune"):
        told.insert(0, (words.say("territory.population"), _population(world, sheet, words)))
    else:
        labels = dict(filters.options_of(world, "group", words.lang))
        groups = ", ".join(labels[g] for g in who.groups if g in labels)
        told.append((words.say("territory.groups"), groups or words.say("no_data")))
    return tuple(told)


def _population(world: World, sheet: PlaceSheet, words: Catalogue) -> str:
    who = sheet.identity
    if who.population is None:
        return words.say("no_data")
    vintage = world.sources[who.population_source].vintage.split(" (")[0]
    return words.say("territory.inhabitants", n=who.population, vintage=vintage)


def _figures(world: World, sheet: PlaceSheet, words: Catalogue) -> tuple[KeyFigure, ...]:
    french = sheet.side == "a"
    areas = "countries" if french else "regions"
    told = [
        _counted(len(sheet.links), "territory.key.links", words),
        _counted(len(sheet.partners), f"territory.key.{areas}", words),
        _counted(len(sheet.partner_places), f"territory.key.places.{sheet.side}", words),
    ]
    active = sheet.statuses.get("active", 0)
    unknown = sheet.statuses.get("unknown", 0)
    told.append(
        KeyFigure(words.number(active), words.say("territory.key.active", n=active),
                  words.say("territory.key.unknown", n=unknown) if unknown else "")
    )  # fmt: skip
    return (*told, *(_immigrants(world, sheet, words) if french else ()))


def _immigrants(world: World, sheet: PlaceSheet, words: Catalogue) -> tuple[KeyFigure, ...]:
    """The share of immigrants, where it is the place's own."""
    return tuple(
        KeyFigure(
            words.percent(row["share"]), words.say("territory.key.immigrants"),
            f"{world.sources[row['source_id']].producer.split(' (')[0]}, {int(row['year'])}",
        )
        for row in sheet.presence.totals.to_dict("records")
        if row["definition"] == "immigrants" and row["share"] == row["share"]
        and row["place_id"] == sheet.identity.place_id
    )  # fmt: skip


def _counted(n: int, key: str, words: Catalogue) -> KeyFigure:
    return KeyFigure(words.number(n), words.say(key, n=n))


def _stance(world: World, sheet: PlaceSheet, state: ViewState, words: Catalogue) -> Stance:
    """The stance of the State of a place abroad; in full for the country itself."""
    who = sheet.identity
    country = places_of(world).value(who.place_id, "country_id")
    whole = who.level == "country"
    held = stances_of(world, filters.rule_weights(world, state))
    row = held.loc[country].to_dict() if country in held.index else {"stance": UNCODED}
    stance = str(row["stance"])
    link = None if whole else sections.place_link(world, country, words)
    coded = whole and stance != UNCODED
    return Stance(
        title=words.say("territory.stance", name=places_of(world).name(country, words.lang)),
        name=words.say(f"stance.{stance}"),
        colour=colour("nodata" if stance == UNCODED else stance),
        lines=_stance_lines(row, words),
        tools_title=words.say("territory.tools"),
        tools=_tools(world, country, words) if coded else (),
        no_tools=words.say("territory.tools.none") if coded else "",
        criteria=_criteria(world, country, state, words) if coded else None,
        rule=rule_in_words(
            rule_of(world, filters.rule_weights(world, state)), world, words
        ) if coded else "",
        place=link,
    )  # fmt: skip


def _stance_lines(row: dict[Any, Any], words: Catalogue) -> tuple[str, ...]:
    if row["stance"] == UNCODED:
        return (words.say("territory.stance.uncoded"),)
    measured = []
    if row["position"] == row["position"]:
        low, high = row["position_min"], row["position_max"]
        measured.append(words.say("stances.position", value=row["position"], low=low, high=high))
        measured.append(words.say("stances.confidence", grade=row["confidence"]))
    if row["date_situation"]:
        measured.append(words.say("stances.dated", date=row["date_situation"]))
    return tuple(line for line in (" · ".join(measured), str(row[f"note_{words.lang}"])) if line)


def _tools(world: World, country: str, words: Catalogue) -> tuple[tuple[str, str, str], ...]:
    """The criteria of support that hold, wholly or in part: label, value, what it means."""
    rule = world.table("rule")
    rule = rule[rule["role"] == "support"].set_index("criterion")
    cells = world.table("criteria")
    held = cells[(cells["country_id"] == country) & cells["criterion"].isin(rule.index)]
    return tuple(
        (str(rule.at[row["criterion"], f"label_{words.lang}"]), words.say(f"value.{row['value']}"),
         str(rule.get(f"{row['value']}_{words.lang}", {}).get(row["criterion"], "")))
        for row in held.to_dict("records") if row["value"] in ("yes", "partial")
    )  # fmt: skip


def _criteria(world: World, country: str, state: ViewState, words: Catalogue) -> Block:
    """Each criterion with its value, its text or document, date and grade."""
    told = criteria_sheet(world, country, state)
    rows = tuple(
        (Cell(line.label), Cell(f"{line.value} {line.points}".strip()), Cell(line.grade or "–"),
         Cell(line.source or words.say("territory.no_text"), address=line.address),
         Cell(line.date or "–"))
        for line in told.lines
    )  # fmt: skip
    heads = ("criterion", "value", "grade", "text", "date")
    return Block(
        "criteria", words.say("territory.criteria"),
        tuple(Head(words.say(f"territory.column.{h}"), short=h in ("value", "grade"))
              for h in heads), rows,
        notes=(words.say("stances.indicative"),), none=words.say("no_data"), wide=True,
    )  # fmt: skip


def _rankings(
    world: World, sheet: PlaceSheet, state: ViewState, words: Catalogue
) -> tuple[Ranking, ...]:
    """Themes, kinds and statuses of the links: a click keeps those that have one."""
    told = (("theme", sheet.themes), ("kind", sheet.kinds), ("status", sheet.statuses))
    return tuple(_ranking(world, name, counts, state, words) for name, counts in told)


def _ranking(
    world: World, name: str, counts: Mapping[str, int], state: ViewState, words: Catalogue
) -> Ranking:
    most = max(counts.values(), default=1)
    chosen: tuple[str, ...] = getattr(state, name)
    lines = tuple(
        Line(name, str(code), words.say("territory.theme.undeclared") if code == UNDECLARED
             else filters.label(world, name, code, words.lang),
             words.number(n), n / most, code in chosen,
             colour=colour("unclassified") if code == UNDECLARED else "")
        for code, n in counts.items()
    )  # fmt: skip
    return Ranking(words.say(f"territory.by.{name}"), lines)


def _timeline(sheet: PlaceSheet, words: Catalogue) -> Timeline | None:
    if not sheet.years:
        return None
    most = max(sheet.years.values())
    bars = tuple(
        (year, n / most, words.say("flows.started", n=n, year=str(year)))
        for year, n in sheet.years.items()
    )
    note = words.say("flows.undated", n=sheet.undated) if sheet.undated else ""
    return Timeline(words.say("flows.timeline"), bars, note)


def _by_stance(sheet: PlaceSheet, state: ViewState, words: Catalogue) -> Breakdown:
    held = {str(row["stance"]): row for row in sheet.stances.to_dict("records")}
    whole = max(len(sheet.links), 1)
    parts = tuple(
        Part("stance", key, words.say(f"stance.{key}"),
             words.say("territory.stance.count", n=held[key]["links"],
                       countries=words.say("n_countries", n=held[key]["countries"])),
             held[key]["links"] / whole, colour("nodata" if key == UNCODED else key),
             key in state.stance)
        for key in (*CLASSES, UNCODED) if key in held
    )  # fmt: skip
    return Breakdown(words.say("category.by.stance"), parts)
