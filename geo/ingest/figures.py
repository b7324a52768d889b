"""Rows of vectors as figures of the atlas: what each says, and why some cannot be kept.

People of one of the definitions of the diasporas, in a French territory and a year, join the
diasporas; every other figure joins the vectors. No figure is taken where a file says several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.diaspora import ALL, DEFINITIONS
from geo.ingest.grid import MISSING, numbers
from geo.ingest.imported import DOUBTFUL, JUDGED, KEPT, REFUSED
from geo.ingest.rows import SOURCE, Ends, column, first_reason, mapped, name_of, worded, year_of
from geo.world import World

PLACE, COUNTERPART = "place", "counterpart"
VECTOR_COLUMNS = (
    "kind", "place_id", "place_name", "counterpart_id", "indicator", "value", "unit", "measure",
    "year", "estimate", "source_title", "source_address", "licence", "evidence", "source_id",
    "note",
)  # fmt: skip
FIGURE_COLUMNS = (
    "place_id", "origin_id", "definition", "measure", "unit", "year", "value", "bound", "estimate",
    "rounded", "source_id", "note", "note_fr",
)  # fmt: skip
VECTOR_KEY = ["kind", "place_id", "counterpart_id", "indicator", "unit", "year"]
FIGURE_KEY = ["place_id", "origin_id", "definition", "measure", "year"]
FIGURED = ("region", "departement", "epci", "commune")  # levels that the table of diasporas has
PERCENT = ("%", "percent", "pourcent", "part", "share")
# What the names of a file and its columns say of the kind of vector, and of a diaspora.
KINDS_SAID: Mapping[str, tuple[str, ...]] = {
    "remittances": ("remit", "transfert d argent", "transferts d argent"),
    "refugee_asylum": ("refugee", "refugie", "asylum", "asile"),
    "university_research": ("student", "etudiant"),
    "consulate": ("consul",),
    "travel_tourism": ("tourism", "tourisme", "passenger", "passager"),
    "capital_flow": ("foreign investment", "investissement"),
    "goods_trade": ("export", "import", "trade", "douane", "marchandise"),
    "diaspora": ("migra", "diaspora", "immigr", "etranger", "foreign", "born", "naissance",
                 "nationalit", "origin", "cob"),
}  # fmt: skip
DEFINED: Mapping[str, tuple[str, ...]] = {
    "immigrants": ("immigr",),
    "born_abroad": ("born", "nes a", "pays de naissance", "country of birth", "cob"),
    "foreigners": ("etrang", "foreign", "nationalit", "citizen"),
}
MEASURES: Mapping[str, tuple[str, ...]] = {"stock": ("stock",), "flow": ("flow", "flux")}
PEOPLE = "people"
BY_ORIGIN = "immigrants_by_origin"  # people of a country of origin who live in the place


def figures_read(world: World, cells: pd.DataFrame, ends: Ends, decimal: str) -> pd.DataFrame:
    """One row a figure, in the columns of the atlas, with what its matches are."""
    kinds = world.table("kinds").drop_duplicates("kind")
    words = {row["kind"]: (row["label_fr"].lower(), row["label_en"].lower(), row["kind"])
             for row in kinds.to_dict("records")}  # fmt: skip
    kind = mapped(column(cells, "vector"), lambda text: _kind(text, words))
    place = [ends.found[end] for (end,) in ends.sides[PLACE]]
    far = [ends.found[end] for (end,) in ends.sides[COUNTERPART]]
    names = {match.place_id: name_of(world, match) for match in ends.found.values()}
    value = cells["value"].fillna("") if "value" in cells else pd.Series("", index=cells.index)
    measured = kinds.set_index("kind")["measure"].replace("stock_and_flow", "stock")
    made = pd.DataFrame({
        "kind": kind, "place_id": [m.place_id for m in place],
        "place_name": [names[m.place_id] for m in place],
        "counterpart_id": [m.place_id for m in far],
        "indicator": column(cells, "indicator"),
        "value": numbers(value, decimal).astype("float64"), "unit": column(cells, "unit"),
        "year": mapped(column(cells, "year"), year_of),
        "definition": mapped(column(cells, "definition"), lambda text: worded(text, DEFINED)),
        "estimate": [text.lower() in ("true", "yes", "oui", "vrai", "1", "estimate", "e")
                     for text in column(cells, "estimate")],
        "note": column(cells, "note"), "note_fr": column(cells, "note_fr"),
        "left_out": column(cells, "left_out"), "source_title": column(cells, "source_title"),
        "source_address": column(cells, "source_address"),
    }, index=cells.index)  # fmt: skip
    unsaid = (made["indicator"] == "") & (made["kind"] == "diaspora") & (made["definition"] == "")
    made.loc[unsaid & (made["counterpart_id"] != ""), "indicator"] = BY_ORIGIN
    stated = pd.Series(mapped(column(cells, "measure"), lambda text: worded(text, MEASURES)),
                       index=made.index, dtype="str")  # fmt: skip
    made["measure"] = stated.where(stated != "", made["kind"].map(measured).fillna("stock"))
    made["missing"] = value.str.strip().str.lower().isin(MISSING)
    made["year_told"] = [bool(text) for text in column(cells, "year")]
    for side, held in ((PLACE, place), (COUNTERPART, far)):
        made[f"{side}_reason"] = [m.reason for m in held]
        made[f"{side}_candidates"] = [" ".join(m.candidates) for m in held]
        made[f"{side}_end"] = [end.key for (end,) in ends.sides[side]]
    others = ("value", "estimate", "missing", "year_told")
    return made.astype({name: "str" for name in made.columns if name not in others})


def _kind(text: str, words: Mapping[str, tuple[str, str, str]]) -> str:
    """The kind of vector that a text names by its code or label, "" for none."""
    said = text.strip().lower()
    exact = [kind for kind, names in words.items() if said in names]
    return exact[0] if exact else worded(text, KINDS_SAID) if said else ""


def judged(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """JUDGED: the first thing that keeps a row from being a figure of the atlas, if any."""
    doubtful = rows["place_candidates"] != ""
    lost = rows["place_id"].eq("") & ~doubtful
    reason = first_reason(rows.index, [
        (rows["left_out"] != "", rows["left_out"]),
        (rows["missing"], "no_value"), (rows["value"].isna(), "not_a_number"),
        (rows["kind"] == "", "unknown_vector"), (rows["unit"] == "", "no_unit"),
        (rows["year_told"] & (rows["year"] == ""), "unreadable_year"),
        (rows["counterpart_reason"] != "", rows["counterpart_reason"]),
        (lost, rows["place_reason"]),
    ])  # fmt: skip
    fine = (reason == "") & ~doubtful
    reason = reason.mask(fine, _known_already(world, rows[fine]).reindex(rows.index))
    reason = reason.mask(doubtful & (reason == ""), rows["place_reason"])
    waits = doubtful & (reason == rows["place_reason"])
    at_fault = reason.eq(rows["counterpart_reason"]) & rows["counterpart_reason"].ne("")
    outcome = np.select([reason == "", waits], [KEPT, DOUBTFUL], REFUSED)
    return pd.DataFrame({
        "outcome": outcome, "reason": reason,
        "end": rows["counterpart_end"].where(at_fault, rows["place_end"]).where(reason != "", ""),
        "candidates": rows["place_candidates"].where(waits, ""),
    })[list(JUDGED)]  # fmt: skip


def _known_already(world: World, rows: pd.DataFrame) -> pd.Series:
    """Why a row of a known place adds nothing, "" where it does: the file says the same figure
    twice, or several for one thing, or the atlas has it."""
    key = _joined(rows, [*VECTOR_KEY, "definition"])
    several = rows.groupby(key)["value"].transform("nunique") > 1
    reason = pd.Series("", index=rows.index).mask(several, "several_values")
    reason = reason.mask(key.duplicated() & ~several, "repeated_in_the_file")
    reason = reason.mask(_of_others(world, rows), "total_and_parts")
    known = pd.Series(np.where(
        of_diasporas(rows),
        _figure_keys(rows).map(_values_by(world.table("figures"), FIGURE_KEY)),
        _joined(rows, VECTOR_KEY).map(_values_by(world.table("vectors"), VECTOR_KEY)),
    ), index=rows.index)  # fmt: skip
    same = [_rounds_to(own, value) for own, value in zip(known, rows["value"], strict=True)]
    return reason.mask(known.notna(), np.where(same, "already_in_the_atlas",
                                               "differs_from_the_atlas"))  # fmt: skip


def _of_others(world: World, rows: pd.DataFrame) -> pd.Series:
    """The rows that would be counted twice in the series they belong to: totals of which the file
    has the parts, and parts or totals of what the atlas has as a total or by parts."""
    series = _joined(rows, [name for name in VECTOR_KEY if name != "counterpart_id"])
    held = world.table("vectors")
    texts = held[VECTOR_KEY].astype("string").fillna("").astype(str)
    known = _joined(texts, [name for name in VECTOR_KEY if name != "counterpart_id"])
    total, whole = rows["counterpart_id"] == "", texts["counterpart_id"] == ""
    parted = series.isin(set(series[~total])) | series.isin(set(known[~whole]))
    of_atlas = total & parted | ~total & series.isin(set(known[whole]))
    return of_atlas & ~of_diasporas(rows)


def _rounds_to(known: float, value: float) -> bool:
    """Whether a figure is the known one at the decimals that this is written with."""
    decimals = len(repr(known).partition(".")[2])
    return known == value or abs(known - round(value, decimals)) < 10.0 ** -(decimals + 6)


def _values_by(table: pd.DataFrame, columns: Sequence[str]) -> dict[str, float]:
    """The figures of a table of the atlas by the texts of its key."""
    texts = table[list(columns)].astype("string").fillna("").astype(str)
    return dict(zip(_joined(texts, columns), table["value"].astype(float), strict=True))


def _joined(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """The texts of columns as one key a row."""
    first, *others = (rows[column].astype(object) for column in columns)
    for other in others:
        first = first + "|" + other
    return first


def _figure_keys(rows: pd.DataFrame) -> pd.Series:
    made = rows.assign(origin_id=rows["counterpart_id"].where(rows["counterpart_id"] != "", ALL),
                       measure=_diaspora_measure(rows))  # fmt: skip
    return _joined(made, FIGURE_KEY)


def _diaspora_measure(rows: pd.DataFrame) -> pd.Series:
    share = rows["unit"].str.lower().str.startswith(PERCENT)
    return pd.Series(np.where(share, "share", "number"), index=rows.index)


def of_diasporas(rows: pd.DataFrame) -> pd.Series:
    """The rows that belong with the diasporas of the atlas: people of one of its definitions in
    a French territory, in a year."""
    french = rows["place_id"].str.partition(":")[0].isin(FIGURED) if len(rows) else False
    return (rows["kind"].eq("diaspora") & rows["definition"].isin(DEFINITIONS) & french
            & rows["year"].ne("")).astype(bool)  # fmt: skip


def vector_rows(rows: pd.DataFrame, title: str) -> pd.DataFrame:
    """VECTOR_COLUMNS."""
    return rows.assign(
        licence="", evidence="seen", source_id=SOURCE,
        source_title=rows["source_title"].where(rows["source_title"] != "", title),
        indicator=rows["indicator"].where(rows["indicator"] != "", rows["definition"]),
        value=_plain(rows["value"]), estimate=_truth(rows["estimate"]),
    ).reindex(columns=list(VECTOR_COLUMNS))  # fmt: skip


def diaspora_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """FIGURE_COLUMNS."""
    measure = _diaspora_measure(rows)
    return rows.assign(
        origin_id=rows["counterpart_id"].where(rows["counterpart_id"] != "", ALL),
        measure=measure, unit=measure.map({"share": "percent", "number": PEOPLE}),
        bound="exact", rounded="", source_id=SOURCE,
        note_fr=rows["note_fr"].where(rows["note_fr"] != "", rows["note"]),
        value=_plain(rows["value"]), estimate=_truth(rows["estimate"]),
    ).reindex(columns=list(FIGURE_COLUMNS))  # fmt: skip


def _plain(values: pd.Series) -> pd.Series:
    """Numbers as texts, whole ones without a point."""
    return values.map(lambda value: f"{value:.0f}" if value == round(value) else repr(value))


def _truth(values: pd.Series) -> pd.Series:
    return values.map({True: "true", False: "false"})
