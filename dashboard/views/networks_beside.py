"""What stands beside the map of networks: the cards of those chosen, and what networks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import ViewState
from dashboard.views.coded import labels, typeset
from dashboard.views.networks_map import SIGNS
from geo.networks import FEW, Network, belonging, overlap
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.networks import Selection

CARDS = 3
COMPARED = 10  # networks in the matrix, at most
COMMON = (1, 2, 3, 4, 6)  # members in common: lower bounds of the shades


@dataclass(frozen=True)
class Card:
    """One network: `lines` are its facts (name, value), `grade` what its evidence is."""

    network_id: str
    title: str
    acronym: str
    dynamic: str
    basis: str
    lines: tuple[tuple[str, str], ...]
    grade: str
    note: str
    source: str
    address: str


@dataclass(frozen=True)
class Cell:
    """What two networks share: `shade` from 0 (nothing) to 5, `text` says it in full."""

    a_id: str
    b_id: str
    common: str
    shade: int
    text: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One line of the matrix: what the network shares with each of those above it."""

    network_id: str
    name: str
    known: str
    cells: tuple[Cell, ...]
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """All that the template shows."""

    cards: tuple[Card, ...]
    more: str
    pair: str
    title: str
    rows: tuple[Row, ...]
    note: str


def beside(world: World, selection: Selection, state: ViewState) -> Shown:
    """Cards of the networks chosen (the last ones of many), then the matrix."""
    words = catalogue(state.lang)
    chosen = selection.chosen[-CARDS:]
    hidden = len(selection.chosen) - len(chosen)
    places = belonging(selection.open)
    rows = _rows(selection, places, words)
    key = "networks.overlap.note" if rows else "networks.overlap.none"
    return Shown(
        cards=tuple(_card(world, selection.networks[i], words) for i in chosen),
        more=words.say("networks.cards.more", n=hidden) if hidden else "",
        pair=_pair(selection, places, words),
        title=words.say("networks.overlap"), rows=rows, note=words.say(key, few=FEW),
    )  # fmt: skip


def _card(world: World, network: Network, words: Catalogue) -> Card:
    fr = words.lang == "fr"
    dynamics = labels(world, "networks", "dynamic", words.lang)
    basis, note = (network.basis_fr, network.note_fr) if fr else (network.basis_en, network.note_en)
    seen = labels(world, "networks", "evidence", words.lang)
    evidence = "unverified" if network.low_confidence else "seen"
    return Card(
        network_id=network.network_id, title=_title(network, words),
        acronym=network.acronym,
        dynamic=f"{SIGNS[network.dynamic]} {dynamics.get(network.dynamic, network.dynamic)}",
        basis=typeset(basis, words.lang), lines=_facts(world, network, words),
        grade=seen.get(evidence, evidence), note=typeset(note, words.lang),
        source=_source(network, words), address=network.source_address,
    )  # fmt: skip


def _title(network: Network, words: Catalogue) -> str:
    name = network.name_fr if words.lang == "fr" else network.name_en
    return name if network.acronym in name else f"{name} ({network.acronym})"


def _source(network: Network, words: Catalogue) -> str:
    """The source as it names itself; the workshop record in the language; nothing where there is
    only general knowledge."""
    if network.source_id.endswith("/workshop"):
        return words.say("networks.record")
    return network.source_title if network.source_address else ""


def _facts(world: World, network: Network, words: Catalogue) -> tuple[tuple[str, str], ...]:
    fr = words.lang == "fr"
    theme, scope = (labels(world, "networks", f, words.lang) for f in ("theme", "scope"))
    status = labels(world, "networks", "status", words.lang)
    apart = [f"{status.get(s, s)} ({n})" for s, n in network.apart.items()]
    facts = {
        "years": _years(network, words),
        "seat": network.seat_name_fr if fr else network.seat_name_en,
        "theme": theme.get(network.theme, network.theme),
        "scope": scope.get(network.scope, network.scope),
        "members": _members(world, network, words),
        "french": words.number(network.french),
        "apart": words.joined(apart) if apart else "",
        "named": words.joined(network.named) if network.named else "",
        "lines": network.source_lines,
    }
    return tuple((words.say(f"networks.card.{k}"), v) for k, v in facts.items() if v)


def _years(network: Network, words: Catalogue) -> str:
    if network.founded and network.ended:
        return f"{network.founded}–{network.ended}"
    if network.founded:
        return words.say("networks.since", year=str(network.founded))
    return words.say("networks.until", year=str(network.ended)) if network.ended else ""


def _members(world: World, network: Network, words: Catalogue) -> str:
    """Members known here beside those that the network states, where that is the same thing."""
    if not network.stated:
        return words.say("networks.stated.none", n=network.known)
    year = f" ({network.stated_year})" if network.stated_year else ""
    stated = f"{words.number(network.stated)}{year}"
    coverage = network.coverage
    if coverage is None:
        of = labels(world, "networks", "members_counted", words.lang)[network.stated_of]
        return words.say("networks.stated.other", n=network.known, stated=stated, of=of.lower())
    if coverage > 1:
        return words.say("networks.stated.older", n=network.known, stated=stated)
    share = words.percent(coverage * 100)
    return words.say("networks.stated.all", n=network.known, stated=stated, share=share)


def _pair(selection: Selection, places: Mapping[str, set[str]], words: Catalogue) -> str:
    """What the two networks chosen share, where two are and places of both are known."""
    if len(selection.chosen) != 2 or not {*selection.chosen} <= {*places}:
        return ""
    one, other = selection.chosen
    return _cell(selection, places, one, other, words).text


def _rows(
    selection: Selection, places: Mapping[str, set[str]], words: Catalogue
) -> tuple[Row, ...]:
    """The networks with enough members known here, those with most in what is shown first."""
    here = {i: count.members for i, count in selection.open_counts.items()}
    ids = [i for i, n in here.items() if n and not selection.networks[i].few][:COMPARED]
    if len(ids) < 2:
        return ()
    return tuple(
        Row(
            key, selection.networks[key].acronym, words.number(here[key]),
            tuple(_cell(selection, places, key, other, words) for other in ids[:at]),
            key in selection.chosen,
        )
        for at, key in enumerate(ids)
    )  # fmt: skip


def _cell(
    selection: Selection, places: Mapping[str, set[str]], key: str, other: str, words: Catalogue
) -> Cell:
    shared = overlap(places.get(key, set()), places.get(other, set()))
    a, b = (selection.networks[i].acronym for i in sorted((key, other)))
    said = words.say(
        "networks.cell", a=a, b=b, n=shared.common, either=shared.either,
        share=words.percent(shared.jaccard * 100),
    )  # fmt: skip
    return Cell(
        a_id=other, b_id=key, common=words.number(shared.common),
        shade=sum(shared.common >= bound for bound in COMMON), text=said,
        chosen=set(selection.chosen) == {key, other},
    )  # fmt: skip
