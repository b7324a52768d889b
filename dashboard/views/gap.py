"""The gap: links of cooperation against those that the diaspora of a territory would predict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from dashboard import filters
from dashboard.captions import credits
from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import ViewState, Weights
from dashboard.telling import Column, KeyFigure, Line, Ranking, Table, Told
from dashboard.views.diaspora_stock import definition_of, origins_of, stock_of
from dashboard.views.flows import wanted_of
from dashboard.views.gap_beside import beside
from dashboard.views.gap_map import draw, legend
from dashboard.views.gap_words import refused
from dashboard.views.territories import territories_of
from geo import diaspora as geo_diaspora
from geo import gap as geo_gap
from geo.corridors import links_of, selected_links
from geo.links import Links
from geo.places import places_of
from geo.world import World

RANKED = 8
STANDING_OUT = 4
Wanted = tuple[tuple[str, tuple[str, ...]], ...]
__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The gap of every territory, the people and links it stands on, the territories chosen.

    A chosen territory is shown, not filtered: the model needs all of them.
    """

    gap: geo_gap.Gap
    stock: geo_diaspora.Stock
    links: Links
    origins: tuple[str, ...]
    asked: str
    level: str
    chosen: frozenset[str]


def select(world: World, state: ViewState) -> Selection:
    """Links with the countries that are chosen, against the people who were born in them; a
    country chosen on one side alone stands for both."""
    origins, level = origins_of(world, state), state.option("level")
    asked = state.option("measure")
    wanted = wanted_of(state) | {"territory": (), "partner": state.partner or state.origin}
    gap, stock, links = _fitted(
        world, tuple(sorted(wanted.items())), state.years, filters.rule_weights(world, state),
        "born_abroad" if origins else asked, origins, level,
    )  # fmt: skip
    return Selection(
        gap=gap, stock=stock, links=links, origins=origins, asked=asked, level=level,
        chosen=frozenset(territories_of(world, state.territory, level)),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _fitted(
    world: World, wanted: Wanted, years: tuple[int, int] | None, weights: Weights,
    definition: str, origins: tuple[str, ...], level: str,
) -> tuple[geo_gap.Gap, geo_diaspora.Stock, Links]:  # fmt: skip
    """The gap does not depend on the territories chosen: kept from one choice to the next."""
    stock = stock_of(world, definition, origins, level, years)
    links = selected_links(links_of(world, weights), dict(wanted), years)
    return geo_gap.gap_of(world, links, stock, level), stock, links


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One territory a row, those left out included with the reason, and the model behind it."""
    selection = select(world, state)
    gap = selection.gap
    table = pd.concat([shown(world, selection, state), _named(world, gap.left_out, state)])
    if state.territory:
        table = table[table["place_id"].isin(selection.chosen)]
    if isinstance(gap.model, geo_gap.Model):
        model = gap.model
        return table.assign(
            model=model.name, formula=model.formula, slope=model.slope,
            slope_error=model.slope_error, alpha=model.alpha,
        ).reset_index(drop=True)  # fmt: skip
    return table.assign(model=gap.model.reason).reset_index(drop=True)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One territory a row, as the map shows it."""
    table = _named(world, selection.gap.table, state)
    return table.assign(definition=selection.stock.definition, year=selection.stock.year)


def _named(world: World, table: pd.DataFrame, state: ViewState) -> pd.DataFrame:
    name = places_of(world).frame[f"name_{state.lang}"]
    named = table.assign(name=table["place_id"].map(name))
    return named[["place_id", "name", *(c for c in table.columns if c != "place_id")]]


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, key figures, the two lists, the scatter and the model, legend, table, sources."""
    words = catalogue(state.lang)
    gap = selection.gap
    return Told(
        title=words.say("gap.title"),
        sentence=filters.sentence(
            _sentence(world, selection, words), world, state, named=("partner", "origin")
        ),
        key_figures=_key_figures(selection, words),
        rankings=(
            *_lists(world, selection, state),
            _standing_out(world, selection, state, "less"),
            _standing_out(world, selection, state, "more"),
        ),
        legend=legend(world, selection, state),
        table=_table(world, selection, state, words),
        sources=credits(world, _used(world, selection), ("boundaries",)),
        beside=beside(world, selection, state),
        notes=tuple(_notes(world, selection, state, words)),
        empty=gap.table.empty or selection.links.empty,
    )


def _sentence(world: World, selection: Selection, words: Catalogue) -> str:
    gap = selection.gap
    people = [
        definition_of(world, selection.stock.definition)[f"label_{words.lang}"],
        _origin_words(world, selection.origins, words),
        *([str(selection.stock.year)] if selection.stock.year else []),
    ]
    told = {"people": ", ".join(people), "links": words.say("n_links", n=len(selection.links))}
    if isinstance(gap.model, geo_gap.Refusal):
        return words.say("gap.refused", why=refused(gap.model, words), **told)
    verdicts = gap.table["verdict"].value_counts()
    level = words.say(f"levels.{selection.level}", n=len(gap.table))
    return words.say(
        "gap.sentence", total=len(gap.table), level=level, more=int(verdicts.get("more", 0)),
        less=int(verdicts.get("less", 0)), **told,
    )  # fmt: skip


def _origin_words(world: World, origins: tuple[str, ...], words: Catalogue) -> str:
    if not origins:
        return words.say("diaspora.all_origins")
    known = [i for i in origins if i in places_of(world)]
    if not known:
        return words.say("diaspora.no_origin")
    if len(known) > 4:
        return words.say("diaspora.many_origins", n=len(known))
    return words.say("diaspora.from", names=words.joined(places_of(world).names(known, words.lang)))


def _key_figures(selection: Selection, words: Catalogue) -> tuple[KeyFigure, ...]:
    gap = selection.gap
    if gap.table.empty:
        return ()
    without = len(geo_gap.diaspora_without_cooperation(gap))
    few = len(geo_gap.cooperation_without_diaspora(gap))
    told = [
        KeyFigure(words.number(without), words.say("gap.key.without_cooperation")),
        KeyFigure(words.number(few), words.say("gap.key.without_diaspora")),
    ]
    if isinstance(gap.model, geo_gap.Model):
        verdicts = gap.table["verdict"].value_counts()
        told += [
            KeyFigure(words.number(int(verdicts.get(key, 0))), words.say(f"gap.key.{key}"))
            for key in ("less", "more")
        ]
    return tuple(told)


def _lists(world: World, selection: Selection, state: ViewState) -> list[Ranking]:
    """A diaspora and no cooperation, by share; cooperation and no diaspora, by links."""
    words, gap = catalogue(state.lang), selection.gap
    if gap.table.empty:
        return []
    shares = gap.table["share"]
    lacking = geo_gap.diaspora_without_cooperation(gap)
    alone = geo_gap.cooperation_without_diaspora(gap)
    shared = [words.percent(share) for share in lacking["share"]]
    linked = [words.say("n_links", n=links) for links in alone["links"].tolist()]
    found = []
    for key, table, amounts, column, bound in (
        ("without_cooperation", lacking, shared, "share", shares.median()),
        ("without_diaspora", alone, linked, "links", shares.quantile(0.25)),
    ):
        lines = _lines(world, selection, state, table, amounts, table[column])
        rest = words.say(f"gap.rule.{key}", bound=words.percent(float(bound)))
        more = len(table) - len(lines)
        said = f"{words.say('ranking.more', n=more)}. {rest}" if more else rest
        found.append(Ranking(words.say(f"gap.list.{key}"), lines, said))
    return found


def _standing_out(world: World, selection: Selection, state: ViewState, verdict: str) -> Ranking:
    """The territories outside their interval on one side, furthest first."""
    words, table = catalogue(state.lang), selection.gap.table
    table = table[table["verdict"] == verdict]
    table = table.sort_values("residual", ascending=verdict == "less").head(STANDING_OUT)
    amounts = [
        words.say("gap.against", links=links, expected=words.number(expected, 1))
        for links, expected in zip(table["links"].tolist(), table["expected"], strict=True)
    ]
    lines = _lines(world, selection, state, table, amounts, table["residual"].abs())
    return Ranking(words.say(f"gap.list.{verdict}"), lines, words.say("gap.against.note"))


def _lines(
    world: World, selection: Selection, state: ViewState, table: pd.DataFrame,
    amounts: list[str], lengths: pd.Series,
) -> tuple[Line, ...]:  # fmt: skip
    """The first lines of a list of territories; a click on one chooses it."""
    most = float(lengths.max()) if len(table) else 1.0
    return tuple(
        Line("territory", place, filters.place_label(world, place, state.lang), amount,
             length / most, place in selection.chosen)
        for place, amount, length in list(zip(table["place_id"], amounts, lengths, strict=True))[
            :RANKED
        ]
    )  # fmt: skip


def _notes(world: World, selection: Selection, state: ViewState, words: Catalogue) -> list[str]:
    """What the people and the links are, what is missing, what is no territory of the level."""
    gap, stock = selection.gap, selection.stock
    notes = [definition_of(world, stock.definition)[f"statement_{state.lang}"]]
    if selection.asked != stock.definition:
        notes.append(words.say("diaspora.switched"))
    if selection.origins:
        notes.append(words.say("diaspora.listed"))
    if gap.table["bound"].eq("lower").any():
        notes.append(words.say("diaspora.lower"))
    if gap.table["estimate"].any():
        notes.append(words.say("gap.estimated", n=int(gap.table["estimate"].sum())))
    if not gap.table.empty and geo_gap.diaspora_without_cooperation(gap).empty:
        notes.append(words.say("gap.none.without_cooperation"))
    if len(gap.left_out):
        notes.append(words.say(
            "gap.left_out", n=len(gap.left_out), links=int(gap.left_out["links"].sum()),
            level=words.say(f"levels.{selection.level}", n=len(gap.left_out)),
        ))  # fmt: skip
    if gap.outside:
        notes.append(words.say(f"gap.outside.{selection.level}", n=gap.outside))
    if state.years:
        notes.append(words.say("gap.years"))
    return notes


def _used(world: World, selection: Selection) -> set[str]:
    """The sources of the links, of the people and of the population they are a share of."""
    stock = selection.stock
    figures = geo_diaspora.figures_of(world).frame
    people = figures[(figures["definition"] == geo_diaspora.POPULATIONS[stock.definition])
                     & (figures["year"] == stock.year)]  # fmt: skip
    people = people[people["place_id"].isin(selection.gap.table["place_id"])]
    reference = world.table(f"{selection.level}s")
    told = {*selection.links.met("source_id"), *people["source_id"].unique()}
    if not set(selection.gap.table["place_id"]) <= set(people["place_id"]):
        told |= set(reference["source_id"])
    return (told | {*stock.table["source_id"], *stock.table["number_source_id"]}) - {""}


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    """The territories with a figure, furthest below what is expected first, then the others."""
    gap = selection.gap
    table = pd.concat([shown(world, selection, state), _named(world, gap.left_out, state)])
    order = {"less": 0, "more": 1, "expected": 2, "": 3}
    rank = table["verdict"].map(order).fillna(4)
    table = table.assign(rank=rank).sort_values(["rank", "residual", "share"], kind="stable")
    columns = (
        Column("name", words.say("column.territory"), parameter="territory"),
        Column("links", words.say("column.links"), numeric=True),
        Column("expected", words.say("gap.column.expected"), numeric=True),
        Column("low", words.say("gap.column.low"), numeric=True),
        Column("high", words.say("gap.column.high"), numeric=True),
        Column("residual", words.say("gap.column.residual"), numeric=True),
        Column("verdict", words.say("gap.column.verdict")),
        Column("people", words.say("column.number"), numeric=True),
        Column("share", words.say("column.share"), numeric=True),
        Column("bound", words.say("column.bound")),
    )
    table["verdict"] = [_verdict(v, r, words) for v, r in
                        zip(table["verdict"], table["reason"], strict=True)]  # fmt: skip
    table["bound"] = [_bound(b, e, words) for b, e in
                      zip(table["bound"], table["estimate"], strict=True)]  # fmt: skip
    table = table.round({"expected": 1, "residual": 2, "share": 2, "people": 0})
    table = table.astype(object).where(table.notna(), None)
    values = tuple(table[[c.name for c in columns]].itertuples(index=False, name=None))
    return Table(columns, values, tuple((i,) for i in table["place_id"]))


def _verdict(verdict: object, reason: object, words: Catalogue) -> str:
    if isinstance(verdict, str):
        return words.say(f"gap.verdict.{verdict}" if verdict else "gap.no_model")
    return words.say(f"gap.reason.{reason}")


def _bound(bound: object, estimate: object, words: Catalogue) -> str | None:
    if not isinstance(bound, str):
        return None
    return words.say("estimate") if estimate is True else words.say(f"bound.{bound}")
