"""What a callback answers: the state read, the view told, each part ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import Patch, no_update

from dashboard import filters, layout, menu, panels
from dashboard.catalogue import Catalogue, catalogue
from dashboard.exports import said
from dashboard.leading import Leading, into, upwards
from dashboard.leading import address as _to
from dashboard.panels import Crumb, SceneButton, Tab
from dashboard.reconcile import cleared, control_values
from dashboard.scenes import Scene
from dashboard.showing import shown
from dashboard.state import LANGUAGES, Notice, ViewState, Vocabulary, parse, to_query
from dashboard.telling import Told
from dashboard.views import TABS, VIEWS
from geo.conventions import convention_of
from geo.world import World

WITHOUT_PANEL = ("wide", "alone")  # where what stands beside the map takes the panel's place


def rendered(
    world: World,
    query: str,
    drawn: str | None,
    known: Vocabulary,
    period: tuple[int, int],
    scenes: Sequence[Scene] = (),
) -> tuple[Any, str, dict[str, Any]]:
    """The answer to a new address: the figure (its data alone where the frame stays), the frame's
    revision, and the HTML of every part of the page, by id."""
    state, notices = parse(query, known)
    view = shown(world, state)
    revision = view.figure["layout"]["uirevision"]
    figure: Any = view.figure
    if drawn == revision:
        figure = Patch()
        figure["data"] = view.figure["data"]
    told = parts(world, state, notices, view.told, known) | presenting(state, scenes, known)
    if state.present == "1":
        told |= shortened(world, state, view.told)
    return figure, revision, {"parts": told, **page_of(world, state, view.told, known, period)}


def page_of(
    world: World, state: ViewState, told: Told, known: Vocabulary, period: tuple[int, int]
) -> dict[str, Any]:
    """What is no text: the value and options of each control, the class of the page, the address
    without a selection."""
    return {
        "controls": control_values(state, period),
        "options": options(world, state, known),
        "class": _class(state, told),
        "hidden": filters.hidden(state),
        "clear": _to(cleared(state), known),
    }


def parts(
    world: World, state: ViewState, notices: Sequence[Notice], told: Told, known: Vocabulary
) -> dict[str, Any]:
    """Everything the page says in a state, as HTML by the id of its element."""
    words = catalogue(state.lang)
    return {
        **panels.panels(told, Leading(state, known), words),
        "notices": _notices(world, state, notices, told, known),
        "filter-view": panels.tabs(_tabs(state, known, words)),
        "filter-subview": panels.tabs(_subviews(state, known, words)),
        "crumbs": panels.crumbs(_crumbs(world, state, known), words),
        "filter-lang": panels.languages(_languages(state, words)),
        "rail-reset": panels.tabs([
            Tab("reset", words.say("reset"), _to(ViewState(state.view, state.lang), known), False)
        ]),
        "exports": panels.exports(
            menu.groups(world, state, known, words), _alone(state, known), words
        ),
        "whole": panels.whole(_alone(state, known), words) if state.embed == "1" else "",
        "sources-line": words.say("sources.line", n=len(told.sources), version=world.version[:8]),
    }  # fmt: skip


def presenting(state: ViewState, scenes: Sequence[Scene], known: Vocabulary) -> dict[str, str]:
    """The way into the presenter's mode; in it, the scenes, the way on, back and out."""
    words, on = catalogue(state.lang), state.present == "1"
    switch = _to(replace(state, present="0" if on else "1"), known)
    if not on:
        return {"present": panels.tabs([Tab("present", words.say("present"), switch, on)]),
                "scenes": ""}  # fmt: skip
    states = [replace(s.state, lang=state.lang, present="1") for s in scenes]
    here = states.index(state) if state in states else -1
    told = [
        SceneButton(scene.name(state.lang), scene.note(state.lang), _to(at, known), i == here)
        for i, (scene, at) in enumerate(zip(scenes, states, strict=True))
    ]
    steps = {
        "back": told[max(here - 1, 0)].address if told else "",
        "on": told[min(here + 1, len(told) - 1)].address if told else "",
        "reset": _to(ViewState(state.view, state.lang, present="1"), known),
        "out": switch,
    }
    return {"present": "", "scenes": panels.scenes(told, steps, here, words)}


def shortened(world: World, state: ViewState, told: Told) -> dict[str, str]:
    """What is said in few words while presenting, the rest a click away: the convention of the
    boundaries under the legend, the sources in the foot."""
    words = catalogue(state.lang)
    convention = convention_of(world, state.convention).label(state.lang)
    version = words.say("present.version", version=world.version[:8])
    return {
        "legend": panels.legend(told, words.say("present.boundaries", convention=convention)),
        "sources": panels.items([*told.sources, version]),
        "sources-line": words.say("present.sources", n=len(told.sources)),
    }


def _class(state: ViewState, told: Told) -> str:
    """The classes of the page: its view, what stands beside the map, whether nothing is shown."""
    beside = f" beside-{told.beside.place}" if told.beside else ""
    modes = "".join(f" {name}" for name in ("embed", "present") if getattr(state, name) == "1")
    return f"page view-{state.view}{beside}{' empty' if told.empty else ''}{modes}"


def _tabs(state: ViewState, known: Vocabulary, words: Catalogue) -> list[Tab]:
    """A tab for each group of views; the one on leads to the view shown."""
    return [
        Tab(f"view-{views[0]}", words.say(f"tab.{views[0]}"),
            _to(state.in_view(state.view if state.view in views else views[0]), known),
            state.view in views)
        for views in _groups()
    ]  # fmt: skip


def _subviews(state: ViewState, known: Vocabulary, words: Catalogue) -> list[Tab]:
    """The views of the tab that is on, where it has several."""
    views = next(group for group in _groups() if state.view in group)
    return [
        Tab(f"subview-{view}", words.say(f"view.{view}"), _to(state.in_view(view), known),
            view == state.view)
        for view in views if len(views) > 1
    ]  # fmt: skip


def _groups() -> list[list[str]]:
    return [here for views in TABS if (here := [view for view in views if view in VIEWS])]


def _crumbs(world: World, state: ViewState, known: Vocabulary) -> list[list[Crumb]]:
    """The way back up from the one place chosen on each side, and one level down from it."""
    words, found = catalogue(state.lang), []
    for name in ("territory", "partner"):
        chosen: tuple[str, ...] = getattr(state, name)
        if len(chosen) != 1:
            continue
        steps = upwards(state, name, filters.path_of(world, chosen[0]))
        path = [
            Crumb(filters.place_label(world, place, state.lang) if place
                  else words.say(f"crumb.{name}"), _to(there, known))
            for place, there in steps[:-1]
        ]  # fmt: skip
        here = Crumb(filters.place_label(world, chosen[0], state.lang))
        below = into(state, chosen[0])
        deeper = "sheet" if below.view != state.view else "below"
        if below != state and below.view in VIEWS:
            down = [Crumb(words.say(f"crumb.{deeper}"), _to(below, known))]
        else:
            down = []
        found.append([*path, here, *down])
    return found


def _languages(state: ViewState, words: Catalogue) -> list[Tab]:
    """Each leads to an address that names its language: without a name it is the person's."""
    return [
        Tab(f"lang-{lang}", lang, to_query(replace(state, lang=lang), ""), lang == state.lang,
            words.say(f"lang.{lang}"))
        for lang in LANGUAGES
    ]  # fmt: skip


def _notices(
    world: World, state: ViewState, notices: Sequence[Notice], told: Told, known: Vocabulary
) -> str:
    words = catalogue(state.lang)
    texts = [said(notice, state.lang) for notice in notices]
    if told.beside and told.beside.place in WITHOUT_PANEL:
        texts += filters.changed_rule(world, state)
    if idle := filters.idle(state):
        texts.append(words.say("notice.idle", names=words.joined(idle)))
    return panels.notices(texts, _lifts(state, known, words) if told.empty else None, words)


def _lifts(state: ViewState, known: Vocabulary, words: Catalogue) -> list[tuple[str, str]]:
    """The filters that empty the view, each with the address without it."""
    names = [row.name for row, _ in filters.active(state) if filters.acts(row, state)]
    names += ["years"] if state.years else []
    return [
        (words.say(f"filter.{name}"),
         _to(replace(state, **{name: None if name == "years" else ()}), known))  # type: ignore[arg-type]
        for name in names
    ]  # fmt: skip


def _alone(state: ViewState, known: Vocabulary) -> str:
    """The address of the view on the whole page, as it is shared."""
    return to_query(replace(state, embed="0", present="0"), known.lang)


def options(world: World, state: ViewState, known: Vocabulary) -> dict[str, Any]:
    """Options of the choices that depend on the view, and of searched filters where a chosen
    value is not among what they offer."""
    chosen = {
        row.name: _with_chosen(world, state, row.name) for row in filters.FILTERS if row.search
    }
    return {
        **layout.choice_options(state.view, state.lang, known),
        **{name: found for name, found in chosen.items() if found},
    }


def _with_chosen(world: World, state: ViewState, name: str) -> list[dict[str, str]]:
    base = layout.base_options(world, name, state.lang)
    have = {option["value"] for option in base}
    extra = [v for v in getattr(state, name) if v not in have]
    labelled = [(v, filters.label(world, name, v, state.lang)) for v in extra]
    return [*layout.as_options(labelled), *base] if extra else []


def searched(world: World, name: str, typed: str, query: str, known: Vocabulary) -> Any:
    """Options that a search finds, with those already chosen."""
    if not typed.strip():
        return no_update
    state, _ = parse(query, known)
    chosen = [(v, filters.label(world, name, v, state.lang)) for v in getattr(state, name)]
    found = [o for o in filters.found(world, name, typed, state.lang) if o not in chosen]
    return layout.as_options([*found, *chosen], typed)


def turned(
    world: World, query: str, sorting: Mapping[str, Any], known: Vocabulary
) -> dict[str, Any]:
    """Another page or order of the table of the same state."""
    state, _ = parse(query, known)
    told, words = shown(world, state).told.table, catalogue(state.lang)
    sorting = sorting if isinstance(sorting, dict) else {}
    return {"parts": {"table": panels.table(told, Leading(state, known), words, sorting)}}
