"""Which column of a file of boundaries says what: the layouts of those who publish them, else
the words of the names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.ingest.columns import first_named, words_of
from geo.ingest.grid import RawTable

OTHER = "other"  # a level that the atlas has no places of
# What a file, its layer or a cell calls a level; the word that comes first counts.
SAID: Mapping[str, str] = {
    "commune": "commune", "communes": "commune", "municipality": "commune",
    "municipalities": "commune", "epci": "epci", "intercommunalite": "epci",
    "intercommunalites": "epci", "departement": "departement", "departements": "departement",
    "department": "departement", "departments": "departement", "region": "region",
    "regions": "region", "country": "country", "countries": "country", "pays": "country",
    "adm0": "country", "adm1": "admin1", "admin1": "admin1", "arrondissement": OTHER,
    "arrondissements": OTHER, "canton": OTHER, "cantons": OTHER, "circonscription": OTHER,
    "circonscriptions": OTHER, "chflieu": OTHER, "adm2": OTHER, "adm3": OTHER, "adm4": OTHER,
    "adm5": OTHER, OTHER: OTHER,
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The columns by which a publisher's file is known, in small letters, the first of `roles`
    that it has, and the level of all its rows where the columns tell it."""

    needs: frozenset[str]
    roles: Mapping[str, tuple[str, ...]]
    level: str = ""


def _ign(level: str, *needs: str) -> Layout:
    """IGN ADMIN EXPRESS up to version 3; the name stands in NOM."""
    own = {} if level == OTHER else {"place_code": needs[:1], "place_name": ("nom",)}
    home = {"place_departement": ("insee_dep",)} if level in ("commune", "epci") else {}
    return Layout(frozenset(needs), own | home, level)


LAYOUTS = (
    # geoBoundaries
    Layout(frozenset(("shapename", "shapegroup", "shapetype")), {
        "place_name": ("shapename",), "place_code": ("shapeiso",),
        "place_country": ("shapegroup",), "place_level": ("shapetype",)}),
    # Natural Earth: States and provinces, then countries, whose ISO_A3 is -99 for France
    Layout(frozenset(("iso_3166_2", "adm0_a3")), {
        "place_code": ("iso_3166_2",), "place_name": ("name", "name_en"),
        "place_country": ("adm0_a3",)}, "admin1"),
    Layout(frozenset(("adm0_a3", "iso_a3")), {
        "place_code": ("iso_a3_eh", "iso_a3"), "place_other_code": ("adm0_a3",),
        "place_name": ("name_long", "name", "admin")}, "country"),
    # IGN ADMIN EXPRESS up to version 3, the layers that have most columns first
    _ign("commune", "insee_cad"), _ign(OTHER, "insee_arm"), _ign("commune", "insee_com"),
    _ign("epci", "code_siren", "nom"), _ign(OTHER, "insee_can"), _ign(OTHER, "insee_arr"),
    _ign("departement", "insee_dep", "nom"), _ign("region", "insee_reg", "nom"),
    # IGN ADMIN EXPRESS from version 4 and BD TOPO: the layer tells the level
    Layout(frozenset(("code_insee", "nom_officiel")), {
        "place_code": ("code_insee",), "place_name": ("nom_officiel",),
        "place_departement": ("code_insee_du_departement",)}),
    Layout(frozenset(("code_siren", "nom_officiel")), {
        "place_code": ("code_siren",), "place_name": ("nom_officiel",)}, "epci"),
)  # fmt: skip
# The words that a column's name must hold where no layout is known, the surest first.
WORDS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "place_code": (("code", "insee"), ("insee",), ("siren",), ("codgeo",), ("code",), ("iso3",),
                   ("iso",)),
    "place_name": (("nom",), ("name",), ("libelle",), ("libgeo",), ("nom", "officiel"),
                   ("label",), ("commune",)),
    "place_level": (("level",), ("niveau",)),
    "place_country": (("country",), ("pays",)),
    "place_departement": (("departement",), ("dep",)),
}  # fmt: skip


def roles_of(names: Sequence[str]) -> tuple[dict[str, str], str]:
    """The column of each role, and the level that the columns tell, "" for none."""
    lower = {name.lower(): name for name in reversed(names)}
    for layout in LAYOUTS:
        if layout.needs <= lower.keys():
            found = {role: next((lower[n] for n in wanted if n in lower), "")
                     for role, wanted in layout.roles.items()}  # fmt: skip
            return {role: name for role, name in found.items() if name}, layout.level
    return first_named(names, WORDS), ""


def level_said(text: str) -> str:
    """The level that the first word to tell one says, OTHER for one of no place, else ""."""
    words = words_of(text)
    return next((SAID[word] for word in words if word in SAID), "")


def level_of_code(code: str) -> str:
    """The level that the form of a code alone tells, "" for that of a département or région."""
    text = code.strip().upper()
    if re.fullmatch(r"\d{9}", text):
        return "epci"
    if re.fullmatch(r"\d{4,5}|2[AB]\d{3}", text):
        return "commune"
    if re.fullmatch(r"2[AB]|97[1-8]|98[4-9]", text):
        return "departement"
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", text):
        return "admin1"
    return "country" if re.fullmatch(r"[A-Z]{3}", text) else ""


def level_of_file(table: RawTable, file: str, code: str) -> str:
    """The level that all codes of a file cannot but have, else that which its name or the name
    of its layer says; "" where rows tell it for themselves or nothing does."""
    codes = [text for text in table.rows[code].str.strip() if text] if code else []
    told = {level_of_code(text) for text in codes}
    if "departement" in told and told <= {"departement", ""}:
        return "departement"
    said = level_said(f"{table.described.get('layer', '')} {file}")
    if said == OTHER or not codes or "" in told:
        return said
    return ""
