"""What the menu of exports offers for a state: pictures and documents, then rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard import filters
from dashboard.catalogue import Catalogue
from dashboard.exports import EXPORTS
from dashboard.state import ViewState, Vocabulary, to_query
from geo.world import World

SIZED = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Item:
    """One file to take away; the page adds size and frame to the address of a `sized` one."""

    label: str
    address: str
    sized: bool = False
    wide: bool = False


Group = tuple[str, list[Item]]


def groups(world: World, state: ViewState, known: Vocabulary, words: Catalogue) -> list[Group]:
    """The titles of the menu, each with its files."""
    query = to_query(state, known.lang)
    rows = [
        (words.say(f"export.{drawn}.{state.view}"),
         [Item(words.say(f"format.{form}{option.replace('=', '.')}"),
               f"/export/{state.view}.{form}{joined(query, shown, option)}")
          for form, held in EXPORTS.items() if not held.picture for option in held.variants])
        for drawn, shown in (("all", ""), ("shown", "rows=shown"))
    ]  # fmt: skip
    pictures = [
        Item(words.say(f"format.{form}"), f"/export/{state.view}.{form}{query}", form in SIZED)
        for form, held in EXPORTS.items() if held.picture
    ]  # fmt: skip
    several = _several(world, state, known, words)
    return [(words.say("export.picture"), [*pictures, *several]), *rows]


def _several(world: World, state: ViewState, known: Vocabulary, words: Catalogue) -> list[Item]:
    """Decks and batches: the scenes, the sheet of the place chosen, a map for each région."""
    lang = to_query(ViewState(lang=state.lang), known.lang)
    wanted = {words.say("export.scenes"): f"flows.pptx{joined(lang, 'deck=scenes')}"}
    if place := (*state.territory, *state.partner)[:1]:
        sheet = replace(state.in_view("territory"), present="0", embed="0")
        name = filters.place_label(world, place[0], state.lang)
        brief = f"territory.pptx{to_query(sheet, known.lang)}"
        wanted[words.say("export.brief", name=name)] = brief
    if filters.acts(filters.BY_NAME["territory"], state):
        every = to_query(replace(state, territory=()), known.lang)
        wanted[words.say("export.each")] = f"{state.view}.pdf{joined(every, 'each=region')}"
    return [Item(label, f"/export/{address}", wide=True) for label, address in wanted.items()]


def joined(query: str, *options: str) -> str:
    """The query of the page followed by what an export takes beside it."""
    pairs = [pair for pair in (query.lstrip("?"), *options) if pair]
    return f"?{'&'.join(pairs)}" if pairs else ""
