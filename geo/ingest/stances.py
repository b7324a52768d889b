"""A table of what States do about their local governments' external action, to criteria.

The atlas classes States by its own printed rule, so that what comes in are criteria, not classes.
A value brought for a State takes the place of the atlas's own, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.ingest.columns import first_named
from geo.ingest.grid import MISSING, RawTable
from geo.ingest.imported import JUDGED, KEPT, REFUSED, Imported
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.rows import SOURCE, by_role, column, country_ends, first_reason, mapped, worded
from geo.ingest.unfolding import ACROSS, VALUE, unfolded
from geo.places import fold
from geo.world import World

STATE = "state"
TOLD = ("grade", "source_title", "source_address", "date_situation", "note")
ROLES: tuple[str, ...] = (f"{STATE}_name", f"{STATE}_code", "criterion", "value", *TOLD)
WORDS: Mapping[str, Sequence[tuple[str, ...]]] = {
    f"{STATE}_code": (("country", "code"), ("code", "pays"), ("iso3",), ("iso2",), ("iso",)),
    f"{STATE}_name": (("country",), ("pays",), ("state",), ("etat",)),
    "criterion": (("criterion",), ("critere",), ("criteria",)),
    "value": (("value",), ("valeur",), ("answer",), ("reponse",)),
    "grade": (("grade",), ("niveau", "preuve")),
    "source_title": (("source", "title"), ("source",), ("texte",), ("text",), ("reference",)),
    "source_address": (("source", "address"), ("url",), ("lien",), ("link",), ("adresse",)),
    "date_situation": (("date",), ("annee",), ("year",), ("situation",)),
    "note": (("note",), ("notes",), ("commentaire",), ("comment",)),
}
# The words by which columns and cells name the criteria of the rule.
CRITERIA: Mapping[str, tuple[str, ...]] = {
    "legal_basis": ("legal basis", "base legale"),
    "state_funding": ("funding", "financement"),
    "state_informed": ("informed", "informe"),
    "prior_authorisation": ("authorisation", "authorization", "autorisation"),
    "state_body": ("state body", "organe", "instance de l etat"),
    "associations_channel": ("association",),
    "spending_abroad_limit": ("spending", "depense"),
    "state_incapacity": ("incapacity", "incapacite"),
}
VALUES: Mapping[str, tuple[str, ...]] = {
    "yes": ("yes", "oui", "true", "vrai", "1", "y", "o"),
    "partial": ("partial", "partly", "partiel", "en partie", "partiellement"),
    "no": ("no", "non", "false", "faux", "0", "n"),
    "unknown": ("unknown", "inconnu", "?"),
}
STATUSES = {"A": "law_or_official", "B": "secondary", "C": "unverified"}
UNVERIFIED = "C"  # the grade of a value that states none
REPLACES = "replaces_the_atlas"
FEWEST = 2  # columns called by criteria that make a table wide
CRITERION_COLUMNS = (
    "country_id", "criterion", "value", "grade", "status", "source_title", "source_address",
    "date_situation", "source_id",
)  # fmt: skip
STATE_COLUMNS = ("country_id", "date_situation", "source_short", "note_fr", "note_en", "source_id")


def proposed(table: RawTable, file: str) -> Reading:  # noqa: ARG001  (a file's name says nothing of criteria)
    """A mapping by the names of the columns; those called by criteria are unfolded."""
    names, private = open_columns(table)
    called = [name for name in names if worded(name, CRITERIA)]
    across = called if len(called) >= FEWEST else []
    roles = first_named((name for name in names if name not in across), WORDS)
    if across:
        roles = {role: name for role, name in roles.items() if role not in ("criterion", "value")}
    return Reading("stances", roles, personal=private, across=across,
                   across_is="criterion" if across else "")  # fmt: skip


def missing(reading: Reading) -> list[str]:
    """A sentence for each thing that criteria need and the mapping lacks."""
    roles = {*reading.columns, *reading.constants, reading.across_is}
    faults = []
    if not {f"{STATE}_name", f"{STATE}_code"} & roles:
        faults.append(f"no column was found for the State ({STATE}_name or {STATE}_code)")
    if "criterion" not in roles:
        faults.append("no column says the criterion, and none is called by one; the atlas classes "
                      "States itself, by criteria: " + ", ".join(CRITERIA))  # fmt: skip
    if "value" not in roles and not reading.across:
        faults.append("no column was found for the value (yes, partial, no or unknown)")
    return faults


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False  # noqa: ARG001  (few rows)
) -> Imported:  # fmt: skip
    """Read every row, or every cell of a wide table, as the value of a criterion in a State."""
    long = unfolded(table, reading.across) if reading.across else table
    if reading.across:
        reading = replace(reading, columns={**reading.columns, "criterion": ACROSS, "value": VALUE})
    cells = by_role(long, reading)
    ends = country_ends(world, cells, STATE)
    rows = _rows(world, cells, [ends.found[end].place_id for (end,) in ends.sides[STATE]], title)
    reasons = pd.Series([ends.found[end].reason for (end,) in ends.sides[STATE]], rows.index)
    judged = _judged(world, rows, reasons.astype(object))
    judged["end"] = [end.key for (end,) in ends.sides[STATE]]
    judged["end"] = judged["end"].where(judged["outcome"] == REFUSED, "")
    kept = rows[judged["outcome"] == KEPT]
    return Imported(
        long, {"criteria": kept.reindex(columns=list(CRITERION_COLUMNS)),
               "states": _states(world, kept)},
        judged[list(JUDGED)].set_axis(long.rows.index), ends.matches(world, {STATE: STATE}),
    )  # fmt: skip


def _rows(world: World, cells: pd.DataFrame, country: list[str], title: str) -> pd.DataFrame:
    """One row a value, in the columns of the atlas."""
    rule = world.table("rule").to_dict("records")
    labels = {fold(str(row[name])): row["criterion"] for row in rule
              for name in ("criterion", "label_fr", "label_en")}  # fmt: skip
    said = mapped(column(cells, "criterion"),
                  lambda text: labels.get(fold(text)) or worded(text, CRITERIA))  # fmt: skip
    grade = [text.upper() if text.upper() in STATUSES else UNVERIFIED
             for text in column(cells, "grade")]  # fmt: skip
    told = {name: column(cells, name) for name in ("source_address", "date_situation", "note")}
    return pd.DataFrame({
        "country_id": country, "criterion": said, "grade": grade,
        "told": [fold(text) not in MISSING for text in column(cells, "value")],
        "value": mapped(column(cells, "value"), _value),
        "status": [STATUSES[each] for each in grade], **told, "source_id": SOURCE,
        "source_title": [text or title for text in column(cells, "source_title")],
    }, index=cells.index).astype(object)  # fmt: skip


def _value(text: str) -> str:
    said = fold(text)
    return next((value for value, words in VALUES.items() if said in words), "")


def _judged(world: World, rows: pd.DataFrame, state: pd.Series) -> pd.DataFrame:
    """JUDGED: why a value cannot be kept, or that it takes the place of the atlas's."""
    key = ["country_id", "criterion"]
    several = rows.groupby(key)["value"].transform("nunique") > 1
    known = world.table("criteria").set_index(key)["value"]
    own = known.reindex(pd.MultiIndex.from_frame(rows[key])).fillna("").set_axis(rows.index)
    reason = first_reason(rows.index, [
        (~rows["told"].astype(bool), "no_value"), (rows["value"] == "", "unknown_value"),
        (rows["criterion"] == "", "unknown_criterion"), (state != "", state),
        (rows["country_id"] == "", "no_name"), (several, "several_values"),
        (rows.duplicated(key), "repeated_in_the_file"),
        (rows["value"] == own, "already_in_the_atlas"),
        (~own.isin(["", "unknown"]), REPLACES),
    ])  # fmt: skip
    outcome = np.where(reason.isin(["", REPLACES]), KEPT, REFUSED)
    return pd.DataFrame({"outcome": outcome, "reason": reason, "end": "", "candidates": ""})


def _states(world: World, kept: pd.DataFrame) -> pd.DataFrame:
    """STATE_COLUMNS: the States that the atlas does not have yet, as the file tells of them."""
    new = kept[~kept["country_id"].isin(world.table("states")["country_id"])]
    first = new.drop_duplicates("country_id")
    return first.assign(
        source_short=first["source_title"], note_fr=first["note"], note_en=first["note"],
    ).reindex(columns=list(STATE_COLUMNS))  # fmt: skip
