"""Stances: how States stand toward the external action of their local governments."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention, stance_sources
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import (
    Breakdown,
    Column,
    KeyFigure,
    Legend,
    Line,
    Part,
    Ranking,
    Swatch,
    Table,
    Told,
)
from dashboard.views import flows
from dashboard.views.stances_rule import criteria_sheet, rule_code, rule_in_words, weight_fields
from geo import corridors as geo_corridors
from geo.drawn import country_ids, hatches
from geo.places import places_of
from geo.stances import CLASSES, GRADES, rule_of, stances_of
from geo.world import World

RANKED = 10
POSITIONS = (0, 20, 40, 60, 75)  # lower bounds of the classes of the continuum
LINK_FILTERS = (
    "territory", "kind", "notion", "relation", "theme", "status", "referential",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Selection:
    """Every coded State with `kept`, and the links that the filters leave to each country."""

    states: pd.DataFrame
    links: pd.Series
    by_links: bool


def select(world: World, state: ViewState) -> Selection:
    """Coded States; kept are those that pass the filters on countries and, where a filter on
    links is set, those that the remaining links reach."""
    weights = filters.rule_weights(world, state)
    states = stances_of(world, weights)
    countries = world.table("countries").set_index("country_id")
    groups = geo_corridors.group_members(world)
    frame = places_of(world).frame
    named = {frame.at[p, "country_id"] for p in state.partner}
    by_links = any(getattr(state, name) for name in LINK_FILTERS) or state.years is not None
    kept_links = geo_corridors.selected_links(
        geo_corridors.links_of(world, weights), flows.wanted_of(state), state.years
    )
    reached = pd.Series(geo_corridors.tally(kept_links, "b_country_id"), dtype="int64")
    kept = [
        (not named or country in named)
        and (not state.subregion or countries.at[country, "m49_subregion"] in state.subregion)
        and (not state.group or not set(state.group).isdisjoint(groups[str(country)]))
        and (not state.stance or stance in state.stance)
        and (not by_links or country in reached.index)
        for country, stance in states["stance"].to_dict().items()
    ]
    return Selection(states.assign(kept=kept), reached, by_links)


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One State a row: criteria, class, position and range, confidence, note, sources."""
    selection = select(world, state)
    kept = selection.states[selection.states["kept"]].drop(columns="kept")
    cells = world.table("criteria")
    values = cells.pivot(index="country_id", columns="criterion", values="value")
    seen = cells[cells["source_title"] != ""].groupby("country_id")["source_title"]
    sources = seen.agg(lambda titles: " | ".join(dict.fromkeys(titles)))
    frame = places_of(world).frame
    table = kept.join(values).join(sources.rename("sources"))
    note = "note_fr" if state.lang == "fr" else "note_en"
    table = table.rename(columns={note: "note"}).assign(rule=rule_code(world, state))
    table.insert(0, "name", frame[f"name_{state.lang}"].reindex(table.index))
    other = "note_en" if state.lang == "fr" else "note_fr"
    return table.drop(columns=other).rename_axis("country_id").reset_index()


def shown(_world: World, selection: Selection, _state: ViewState) -> pd.DataFrame:
    """One class a row: its States, and the links that reach them."""
    kept = selection.states[selection.states["kept"]]
    return pd.DataFrame(
        {
            "stance": list(CLASSES),
            "states": [int((kept["stance"] == c).sum()) for c in CLASSES],
            "links": [
                int(selection.links.reindex(kept.index[kept["stance"] == c]).sum()) for c in CLASSES
            ],
        }
    )


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world in three colours and a hatch, or along the continuum, or by confidence."""
    states = selection.states
    ids = country_ids(world, state.convention)
    colours, classes = _coloured(states, state.option("measure"))
    told = dict(zip(states.index, states.to_dict("records"), strict=True))
    known = classes.to_dict()
    area = traces.areas(
        boundaries.address(world, state), ids, [int(known.get(i, 0)) for i in ids],
        colours, [_hover(world, selection, i, told.get(i), state.lang) for i in ids],
        selected=frozenset(state.partner),
        faded=[i in told and not told[i]["kept"] for i in ids],
    )  # fmt: skip
    hatched = [i for i, row in told.items() if row["stance"] == "unclassified" and row["kept"]]
    hatch = traces.hatch(hatches(world, state.convention), hatched)
    data = [area, *boundaries.contested(world, state), hatch]
    return frames.figure(data, state.view, geo=frames.world())


def _coloured(states: pd.DataFrame, measure: str) -> tuple[list[str], pd.Series]:
    """Colours, the first for no data, and the class of each coded State among them."""
    if measure == "class":
        colours = [colour("nodata"), *(colour(c) for c in CLASSES)]
        return colours, states["stance"].map({c: i + 1 for i, c in enumerate(CLASSES)})
    if measure == "confidence":
        colours = [colour("nodata"), colour("unclassified"), *sequence()[4:0:-2], sequence()[0]]
        order = {"": 1, "A": 2, "B": 3, "C": 4}
        return colours, states["confidence"].map(order)
    colours = [colour("nodata"), colour("unclassified"), *sequence()]
    position = pd.cut(states["position"], [*POSITIONS, 101], right=False, labels=False)
    return colours, (position + 2).fillna(1).astype(int)


def _hover(
    world: World, selection: Selection, place_id: str, row: Mapping[Hashable, Any] | None, lang: str
) -> str:
    words = catalogue(lang)
    name = escape(places_of(world).name(place_id, lang))
    if row is None:
        return f"<b>{name}</b><br>{words.say('stance.uncoded')}"
    lines = [f"<b>{name}</b>", words.say(f"stance.{row['stance']}")]
    if row["position"] == row["position"]:
        lines.append(
            words.say("stances.position", value=row["position"], low=row["position_min"],
                      high=row["position_max"])
        )  # fmt: skip
        lines.append(words.say("stances.confidence", grade=row["confidence"]))
    if count := int(selection.links.get(place_id, 0)):
        lines.append(words.say("n_links", n=count))
    if row["date_situation"]:
        lines.append(words.say("stances.dated", date=escape(row["date_situation"])))
    lines.append(escape(row["source_short"]))
    return "<br>".join(lines)


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, figures by class, States ranked, the rule in words, the sheet of a State."""
    words = catalogue(state.lang)
    states = selection.states
    kept = states[states["kept"]]
    classified = kept[kept["stance"] != "unclassified"]
    sentence = words.say(
        "stances.sentence", n=len(kept), total=len(states), classified=len(classified)
    )
    chosen = [p for p in state.partner if p in states.index]
    return Told(
        title=words.say("stances.title"),
        sentence=filters.sentence(sentence, world, state),
        key_figures=_key_figures(kept, classified, words),
        rankings=(_ranked(world, selection, state),),
        legend=_legend(world, state, words),
        table=_table(world, selection, state, words),
        sources=credits(
            world, stance_sources(world, kept.index), ("boundaries",), state.convention
        ),
        breakdown=_by_class(kept, state, words),
        sheet=criteria_sheet(world, chosen[0], state) if len(chosen) == 1 else None,
        weights=weight_fields(world, state),
        notes=(
            rule_in_words(rule_of(world, filters.rule_weights(world, state)), world, words),
            words.say("stances.indicative"),
        ),
        empty=kept.empty,
    )


def _key_figures(
    kept: pd.DataFrame, classified: pd.DataFrame, words: Catalogue
) -> tuple[KeyFigure, ...]:
    if len(kept) == 1:
        return _one_state(kept.iloc[0], words)
    told = [
        KeyFigure(words.number(int((kept["stance"] == c).sum())), words.say(f"stance.{c}"))
        for c in CLASSES
    ]
    stable = int(classified["stable"].sum())
    told.append(KeyFigure(words.number(stable), words.say("stances.key.stable"),
                          words.say("of_total", total=len(classified))))  # fmt: skip
    sure = int((classified["confidence"] == "A").sum())
    told.append(KeyFigure(words.number(sure), words.say("stances.key.sure"),
                          words.say("of_total", total=len(classified))))  # fmt: skip
    return tuple(told)


def _one_state(row: pd.Series, words: Catalogue) -> tuple[KeyFigure, ...]:
    """A single State: class, position with its range, confidence, whether its class holds."""
    stance = KeyFigure(words.say(f"stance.{row['stance']}"), words.say("column.stance"))
    if row["position"] != row["position"]:
        return (stance,)
    low, high = (words.number(row[f"position_{end}"], 1) for end in ("min", "max"))
    return (
        stance,
        KeyFigure(
            words.number(row["position"], 1), words.say("column.position"), f"{low} – {high}"
        ),
        KeyFigure(row["confidence"], words.say("column.confidence")),
        KeyFigure(words.say("yes" if row["stable"] else "no"), words.say("column.stable")),
    )


def _ranked(world: World, selection: Selection, state: ViewState) -> Ranking:
    """States by position; by number of links where a filter on links is set."""
    words = catalogue(state.lang)
    kept = selection.states[selection.states["kept"]]
    kept = kept.assign(links=selection.links.reindex(kept.index).fillna(0).astype(int))
    kept = kept.sort_values(["links"] if selection.by_links else ["position"], ascending=False)
    kept = kept if selection.by_links else kept.dropna(subset=["position"])
    most = max(int(kept["links"].max()), 1) if len(kept) else 1
    lines = tuple(
        Line(
            "partner", country, filters.place_label(world, country, state.lang),
            words.number(row["links"]) if selection.by_links else words.number(row["position"], 1),
            row["links"] / most if selection.by_links else row["position"] / 100,
            country in state.partner, words.say(f"stance.{row['stance']}"),
            colour(row["stance"]),
        )
        for country, row in _by_country(kept.head(RANKED))
    )  # fmt: skip
    rest = len(kept) - len(lines)
    said = words.say("ranking.more", n=rest) if rest > 0 else ""
    title = "stances.ranking.links" if selection.by_links else "stances.ranking.position"
    return Ranking(words.say(title), lines, said)


def _by_country(states: pd.DataFrame) -> list[tuple[str, Mapping[Hashable, Any]]]:
    return list(zip(map(str, states.index), states.to_dict("records"), strict=True))


def _by_class(kept: pd.DataFrame, state: ViewState, words: Catalogue) -> Breakdown:
    counts = kept["stance"].value_counts()
    whole = max(int(counts.sum()), 1)
    parts = tuple(
        Part("stance", c, words.say(f"stance.{c}"), words.number(int(counts[c])),
             counts[c] / whole, colour(c), c in state.stance)
        for c in CLASSES if c in counts
    )  # fmt: skip
    return Breakdown(words.say("stances.by_class"), parts)


def _legend(world: World, state: ViewState, words: Catalogue) -> Legend:
    measure = state.option("measure")
    none = Swatch(words.say("stance.uncoded"), colour("nodata"))
    unclassified = Swatch(words.say("stance.unclassified"), colour("unclassified"), "hatch")
    if measure == "class":
        rule = rule_of(world)
        told = tuple(
            Swatch(words.say(f"stances.class.{c}", supportive=rule.supportive,
                             uninformed=rule.uninformed), colour(c))
            for c in CLASSES[:3]
        )  # fmt: skip
    elif measure == "confidence":
        shades = [*sequence()[4:0:-2], sequence()[0]]
        told = tuple(
            Swatch(words.say(f"stances.grade.{g}"), c) for g, c in zip(GRADES, shades, strict=True)
        )
    else:
        highs = [*POSITIONS[1:], 100]
        told = tuple(
            Swatch(f"{low} – {high}", c)
            for low, high, c in zip(POSITIONS, highs, sequence(), strict=True)
        )
    return Legend(
        groups=(
            (words.say(f"legend.stances.{measure}"), (*told, unclassified, none)),
            ("", boundaries.legend(world, state)),
        ),
        notes=(
            home_convention(world, state.lang, state.convention),
            words.say("legend.projection.world"),
        ),
    )


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    kept = selection.states[selection.states["kept"]]
    name = places_of(world).frame[f"name_{state.lang}"].reindex(kept.index)
    table = pd.DataFrame(
        {
            "name": name,
            "stance": [words.say(f"stance.{c}") for c in kept["stance"]],
            "position": kept["position"],
            "range": [
                "" if low != low else f"{words.number(low, 1)} – {words.number(high, 1)}"
                for low, high in zip(kept["position_min"], kept["position_max"], strict=True)
            ],
            "confidence": kept["confidence"],
            "stable": [words.say("yes" if s else "no") for s in kept["stable"]],
            "links": selection.links.reindex(kept.index).fillna(0).astype(int),
            "dated": kept["date_situation"],
        }
    ).sort_values("name")
    numeric = ("position", "links")
    columns = tuple(
        Column(c, words.say(f"column.{c}"), c in numeric, "partner" if c == "name" else "")
        for c in table.columns
    )
    table = table.astype(object).where(table.notna(), None)
    return Table(
        columns,
        tuple(table.itertuples(index=False, name=None)),
        tuple((str(i),) for i in table.index),
    )
