"""Data and method: every dataset with its sources and files, what it covers and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import pandas as pd

from dashboard.captions import credits, home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.downloads import DESCRIPTOR, left_beside
from dashboard.figures import frames
from dashboard.state import OPTIONS, ViewState
from dashboard.telling import Beside, Column, KeyFigure, Legend, Table, Told
from dashboard.views.coded import typeset
from dashboard.views.data_content import Card, Document, File, Method, Origin
from dashboard.views.data_grids import parts
from dashboard.views.data_import import imports
from geo import coverage
from geo.conventions import conventions
from geo.joins import NEAREST_KM
from geo.places import places_of
from geo.world import Dataset, World

# Each method with the view that applies it; a view that is not there is not led to.
METHODS = (
    ("joins", "flows"), ("notions", "flows"), ("stance", "stances"), ("gap", "gap"),
    ("index", "index"), ("likeness", "territory"), ("diaspora", "diaspora"),
    ("conventions", "stances"), ("estimates", "vectors"), ("absence", ""), ("rebuild", ""),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Selection:
    """The tables of all datasets, and what is held of each country."""

    tables: pd.DataFrame
    countries: pd.DataFrame


def select(world: World, _state: ViewState) -> Selection:
    """Everything: filters do not act on what the data are."""
    return Selection(coverage.tables_held(world), coverage.by_country(world))


def draw(_world: World, _selection: Selection, state: ViewState) -> frames.Figure:
    """No map: the document stands alone."""
    return frames.figure([], state.view, geo=frames.world())


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One table a row: its dataset, file, rows, columns, bytes, sources, licences, vintages."""
    tables = coverage.tables_held(world)
    lang = state.lang
    titles = {d.name: getattr(d, f"title_{lang}") for d in world.datasets.values()}
    names = {
        (d.name, r.name): getattr(r, f"title_{lang}")
        for d in world.datasets.values()
        for r in d.resources
    }
    keys = [[world.sources[k] for k in ids.split(";") if k] for ids in tables["source_ids"]]
    pairs = zip(tables["dataset"], tables["table"], strict=True)
    return tables.assign(
        dataset_title=tables["dataset"].map(titles),
        table_title=[names[pair] for pair in pairs],
        producers=["; ".join(dict.fromkeys(s.producer for s in found)) for found in keys],
        licences=["; ".join(dict.fromkeys(s.licence for s in found)) for found in keys],
        vintages=["; ".join(dict.fromkeys(s.vintage for s in found)) for found in keys],
        accessed=["; ".join(dict.fromkeys(s.accessed for s in found)) for found in keys],
        download=[f"/data/{quote(d)}/{quote(f)}" for d, f in
                  zip(tables["dataset"], tables["file"], strict=True)],
    )  # fmt: skip


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One country a row: how many rows of each table of facts are of it."""
    names = places_of(world).names(selection.countries["country_id"].tolist(), state.lang)
    table = selection.countries.copy()
    table.insert(1, "name", names)
    return table


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """The document, the coverage of each country as its table, every source."""
    words = catalogue(state.lang)
    tables = selection.tables
    sentence = words.say(
        "data.sentence", n=len(tables), datasets=len(world.datasets),
        rows=int(tables["rows"].sum()), sources=len(credits(world, world.sources)),
    )  # fmt: skip
    return Told(
        title=words.say("data.title"),
        sentence=f"{sentence}.",
        key_figures=_key_figures(world, tables, words),
        rankings=(),
        legend=Legend((), (home_convention(world, state.lang, state.convention),)),
        table=_table(world, selection, state, words),
        sources=credits(world, world.sources),
        beside=Beside("data", document(world, state.lang), "alone"),
        notes=(words.say("data.as_they_are"),),
    )


@lru_cache(maxsize=4)
def document(world: World, lang: str) -> Document:
    """The page in a language; it depends on nothing else."""
    words = catalogue(lang)
    tables, sources = coverage.tables_held(world), coverage.sources_held(world)
    cards = tuple(_card(dataset, tables, sources, words) for dataset in world.datasets.values())
    methods = tuple(
        Method(key, words.say(f"data.method.{key}"), _method(world, key, words),
               view if view in OPTIONS else "")
        for key, view in METHODS
    )  # fmt: skip
    return Document(_key_figures(world, tables, words), cards, parts(world, lang), methods)


def _key_figures(world: World, tables: pd.DataFrame, words: Catalogue) -> tuple[KeyFigure, ...]:
    counts = {
        "datasets": len(world.datasets),
        "tables": len(tables),
        "rows": int(tables["rows"].sum()),
        "sources": len(credits(world, world.sources)),
    }
    return tuple(
        KeyFigure(words.number(n), words.say(f"data.key.{name}", n=n)) for name, n in counts.items()
    )


def _card(
    dataset: Dataset, tables: pd.DataFrame, sources: pd.DataFrame, words: Catalogue
) -> Card:  # fmt: skip
    held = tables[tables["dataset"] == dataset.name].to_dict("records")
    base = f"/data/{quote(dataset.name)}"
    titles = {r.name: r.title_fr if words.lang == "fr" else r.title_en for r in dataset.resources}
    files = tuple(
        File(titles[row["table"]], row["file"], words.number(row["rows"]),
             words.number(row["columns"]), _size(row["bytes"], words),
             f"{base}/{quote(row['file'])}")
        for row in held
    )  # fmt: skip
    origins = tuple(
        Origin(row["producer"], row["title"], row["address"], row["licence"], row["vintage"],
               row["accessed"], words.number(row["rows"]) if row["rows"] else "–")
        for row in sources[sources["dataset"] == dataset.name].to_dict("records")
    )  # fmt: skip
    total = sum(row["rows"] for row in held)
    french = words.lang == "fr"
    return Card(
        key=dataset.name,
        title=dataset.title_fr if french else dataset.title_en,
        brief=words.say("data.brief", n=len(held), rows=words.say("data.n_rows", n=total),
                        sources=words.say("n_sources", n=len(origins))),
        licences=tuple((licence.title, licence.address) for licence in dataset.licences),
        description=typeset(
            dataset.description_fr if french else dataset.description_en, words.lang
        ),
        files=files, origins=origins, archive=f"{base}.zip",
        archive_label=words.say("data.archive", size=_size(sum(r["bytes"] for r in held), words)),
        descriptor=f"{base}/{DESCRIPTOR}", imports=imports(dataset.folder, words),
        beside=tuple((name, f"{base}/{name}") for name in left_beside(dataset.folder)),
    )  # fmt: skip


def _size(count: int, words: Catalogue) -> str:
    """A number of bytes as people say it."""
    if count >= 1_000_000:
        return words.say("data.size.mega", value=words.number(count / 1_000_000, 1))
    return words.say("data.size.kilo", value=words.number(max(count / 1000, 1)))


def _method(world: World, key: str, words: Catalogue) -> str:
    if key == "conventions":
        said = " ".join(each.detail(words.lang) for each in conventions(world))
        return typeset(said, words.lang)
    if key == "joins":
        return words.say("data.method.joins.text", km=NEAREST_KM)
    return words.say(f"data.method.{key}.text")


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    """One country a row, each leading to it as a partner."""
    table = shown(world, selection, state)
    names = [c for c in selection.countries.columns if c != "country_id"]
    label = {n: words.say(f"data.table.{n}") for n in names}
    columns = (
        Column("name", words.say("data.head.country"), parameter="partner"),
        *(Column(name, label[name], numeric=True) for name in names),
    )
    cells = table[["name", *names]].astype(object)
    cells = cells.where(table[["name", *names]].notna(), None)
    return Table(
        columns, tuple(cells.itertuples(index=False, name=None)),
        tuple((country,) for country in table["country_id"]),
    )  # fmt: skip
