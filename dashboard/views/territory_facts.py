"""The facts of a sheet as rows, for whoever takes them away."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import filters
from dashboard.catalogue import catalogue
from geo.likeness import Likeness
from geo.places import places_of
from geo.sheets import PlaceSheet
from geo.world import World

FACTS = (
    "section", "place_id", "code", "label", "value", "unit", "year", "bound", "estimate",
    "source_id",
)  # fmt: skip
Fact = dict[str, Any]


def facts(world: World, sheet: PlaceSheet, found: Likeness, lang: str) -> pd.DataFrame:
    """The facts of a sheet, one a row: FACTS. `place_id` is the place that a row is about, `code`
    what it counts by; a place without a figure has no row."""
    who, words = sheet.identity, catalogue(lang)
    first = [_row("links", place_id=who.place_id, value=len(sheet.links))]
    if who.population is not None:
        people = {"value": who.population, "unit": "people", "source_id": who.population_source}
        first.append({"section": "population", "place_id": who.place_id, **people})
    counted = [
        _row(section, code=code, value=n, label=filters.label(world, section, code, lang))
        for section, counts in (("theme", sheet.themes), ("kind", sheet.kinds),
                                ("status", sheet.statuses))
        for code, n in counts.items()
    ]  # fmt: skip
    counted += [_row("year", year=y, value=n) for y, n in sheet.years.items() if n]
    counted += [
        _row("stance", code=r["stance"], value=r["links"], label=words.say(f"stance.{r['stance']}"))
        for r in sheet.stances.to_dict("records")
    ]
    table = pd.DataFrame([*first, *_of_places(sheet, found), *counted, *_figures_of(sheet)])
    table = table.reindex(columns=list(FACTS)).astype({"label": object, "place_id": object})
    places = places_of(world)
    told = table[["label", "place_id"]].fillna("").to_numpy().tolist()
    table["label"] = [
        said or (places.name(place, lang) if place in places else "") for said, place in told
    ]
    text = ["place_id", "code", "label", "unit", "bound", "source_id"]
    return table.assign(**{c: table[c].astype(object).fillna("") for c in text})


def _row(section: str, **values: Any) -> Fact:
    return {"section": section, "unit": "links", **values}


def _of_places(sheet: PlaceSheet, found: Likeness) -> list[Fact]:
    """Partners by area and one by one, networks, and the places most alike with their parts."""
    told = [
        _row(section, place_id=row["key"], value=row["links"])
        for section, table in (("partners", sheet.partners), ("partner", sheet.partner_places))
        for row in table.records()
    ]
    told += [
        {"section": "network", "place_id": row["place_id"], "code": row["network_id"],
         "label": row["member_name"], "unit": row["status"], "year": row["since_year"],
         "source_id": row["source_id"]}
        for row in sheet.members.to_dict("records")
    ]  # fmt: skip
    for row, parts in zip(
        found.table.to_dict("records"), found.parts.to_dict("records"), strict=True
    ):
        distance = {"place_id": row["place_id"], "unit": "distance"}
        told.append({"section": "alike", **distance, "value": row["distance"]})
        told += [{"section": "alike", **distance, "code": str(name), "value": part}
                 for name, part in parts.items() if part == part]  # fmt: skip
    return told


def _figures_of(sheet: PlaceSheet) -> list[Fact]:
    """People by origin, totals by definition, and vectors, each with its year and source."""
    found = sheet.presence
    kept = ("place_id", "bound", "estimate", "source_id")
    told = [
        {"section": "diaspora", "code": found.definition, "value": row["number"],
         "unit": "people", "year": found.year, **{k: row[k] for k in kept}}
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    told += [
        {"section": "population", "code": row["definition"], "value": row[what], "unit": unit,
         "year": row["year"], **{k: row[k] for k in kept}}
        for row in found.totals.to_dict("records")
        for what, unit in (("number", "people"), ("share", "percent"))
        if row[what] == row[what]
    ]  # fmt: skip
    told += [
        {"section": "vector", "code": row["kind"], "value": row["value"],
         "unit": " · ".join(v for v in (row["indicator"], row["unit"]) if v),
         "year": row["year"] or None, **{k: row[k] for k in kept}}
        for row in sheet.vectors.to_dict("records")
    ]  # fmt: skip
    told += [
        {"section": "case", "code": row["case_id"], "label": row["label_fr"], "unit": row["unit"],
         "place_id": row.get("place_id", ""), "source_id": row["source_id"]}
        for row in sheet.cases.to_dict("records")
    ]  # fmt: skip
    return told
