"""French collectivities: codes and names of the COG, shapes of départements and régions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import shapely

from geo.build.shapes import Layer, clean, label_point, merged, parts

Records = Sequence[Mapping[str, Any]]

# Natural Earth writes overseas départements by their letters; the COG has numbers.
DEPARTEMENT = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
# Overseas collectivities are countries in Natural Earth and départements in the COG's list.
COLLECTIVITY = {
    "SPM": "975", "BLM": "977", "MAF": "978", "ATF": "984",
    "WLF": "986", "PYF": "987", "NCL": "988", "CLP": "989",
}  # fmt: skip

# INSEE's TNCC (type de nom en clair): the article, and "of" before the name without it.
ARTICLE = {0: "", 1: "", 2: "le", 3: "la", 4: "les", 5: "l'", 6: "aux", 7: "las", 8: "los"}
OF = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'", 6: "des ",
      7: "de las ", 8: "de los "}  # fmt: skip
FORMER = ("commune-deleguee", "commune-associee")
VOWELS = "AEIOUYÂÀÉÈÊÎÏÔÖÛÜ"


def departement_shapes(units: list[dict[str, Any]]) -> Layer:
    """Shapes of all départements and overseas collectivities by place id, at full detail."""
    pieces: dict[str, list[shapely.Polygon]] = {}
    for unit in units:
        code = departement_code(unit["properties"])
        if code:
            shape = shapely.geometry.shape(unit["geometry"])
            pieces.setdefault(f"departement:{code}", []).extend(parts(shape))
    return {place: _joined(shapes) for place, shapes in sorted(pieces.items())}


def _joined(shapes: list[shapely.Polygon]) -> shapely.MultiPolygon:
    return merged([clean([shape]) for shape in shapes])


def departement_code(said: Mapping[str, Any]) -> str:
    """INSEE code of a unit of Natural Earth, "" for a unit that is not French."""
    if said["adm0_a3"] == "FRA":
        code: str = said["iso_3166_2"].removeprefix("FR-")
        return DEPARTEMENT.get(code, code)
    return COLLECTIVITY.get(said["adm0_a3"], "")


def region_shapes(departements: Layer, records: Records) -> Layer:
    """Shapes of régions: their départements dissolved, so that borders are the same."""
    members: dict[str, list[shapely.MultiPolygon]] = {}
    for record in records:
        shape = departements[f"departement:{record['code']}"]
        members.setdefault(f"region:{record['region']}", []).append(shape)
    return {place: merged(shapes) for place, shapes in sorted(members.items())}


def region_table(records: Records, communes: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """One row per région and overseas collectivity."""
    table = _named(records, "region", layer)
    return table.assign(population=_population(table["region_id"], communes["region_id"], communes))


def departement_table(records: Records, communes: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """One row per département and overseas collectivity."""
    table = _named(records, "departement", layer)
    ids = table["departement_id"]
    return table.assign(population=_population(ids, communes["departement_id"], communes))


def _named(records: Records, level: str, layer: Layer) -> pd.DataFrame:
    rows = []
    for record in records:
        place = f"{level}:{record['code']}"
        point = label_point(layer[place])
        rows.append({
            f"{level}_id": place, "code": record["code"], **_words(record),
            "region_id": f"region:{record.get('region', record['code'])}",
            "capital_commune_id": f"commune:{record['chefLieu']}", "zone": record["zone"],
            "population": "", "lon": point.x, "lat": point.y, "source_id": "cog",
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values(f"{level}_id", ignore_index=True)


def _population(ids: pd.Series, of: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Sum of the populations of communes; empty where no commune has one (TAAF, Clipperton)."""
    people = pd.to_numeric(communes["population"]).groupby(of).sum(min_count=1)
    return ids.map(people).astype("Int64")


def commune_table(communes: Records, epci: Records, ept: Records) -> pd.DataFrame:
    """One row per present commune, overseas included, with what it belongs to."""
    in_epci, in_ept = membership(epci), membership(ept)
    rows = [
        {
            "commune_id": f"commune:{commune['code']}", "code": commune["code"],
            **_words(commune),
            "departement_id": f"departement:{commune['departement']}",
            "region_id": f"region:{commune['region']}",
            "epci_id": in_epci.get(commune["code"], ""),
            "ept_id": in_ept.get(commune["code"], ""),
            "siren": commune.get("siren", ""),
            "population": commune.get("population"), "source_id": "cog",
        }
        for commune in communes if commune["type"] == "commune-actuelle"
    ]  # fmt: skip
    table = pd.DataFrame(rows).sort_values("commune_id", ignore_index=True)
    return table.assign(population=table["population"].astype("Int64"))


def former_table(communes: Records) -> pd.DataFrame:
    """One row per commune that is now a part of another one, delegated or associated."""
    rows = [
        {
            "code": commune["code"], "name": _words(commune)["name"],
            "kind": commune["type"].removeprefix("commune-"),
            "commune_id": f"commune:{commune['chefLieu']}",
            "departement_id": f"departement:{commune['departement']}", "source_id": "cog",
        }
        for commune in communes if commune["type"] in FORMER
    ]  # fmt: skip
    return pd.DataFrame(rows).sort_values("code", ignore_index=True)


def epci_table(records: Records, communes: pd.DataFrame) -> pd.DataFrame:
    """One row per EPCI and per établissement public territorial of the Paris metropolis.

    Its département and région are those where most of its people live (codes break a tie).
    """
    known = communes.set_index("code")
    rows = []
    for record in records:
        members = known.loc[sorted(member["code"] for member in record["membres"])]
        share = members.groupby(["departement_id", "region_id"])["population"].sum()
        departement, region = share.sort_values(kind="stable", ascending=False).index[0]
        rows.append({
            "epci_id": f"epci:{record['code']}", "siren": record["code"], "name": record["nom"],
            "kind": record["type"], "population": int(members["population"].sum()),
            "members": len(members), "departement_id": departement, "region_id": region,
            "source_id": "cog",
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("epci_id", ignore_index=True)


def membership(records: Records) -> dict[str, str]:
    """The inter-municipal body of each member commune, by the commune's code."""
    return {
        member["code"]: f"epci:{record['code']}"
        for record in records for member in record["membres"]
    }  # fmt: skip


def _words(record: Mapping[str, Any]) -> dict[str, str]:
    """Name, article and "of". Overseas communes have no TNCC: then by the name's first letters."""
    name: str = record["nom"]
    kind = record.get("typeLiaison")
    if kind is None:
        kind = _kind_of(name)
    return {"name": name, "article": ARTICLE[kind], "of_fr": OF[kind]}


def _kind_of(name: str) -> int:
    for kind in (2, 3, 4, 5):
        start = ARTICLE[kind].capitalize() + ("" if kind == 5 else " ")
        if name.startswith(start):
            return kind
    return 1 if name[0] in VOWELS else 0
