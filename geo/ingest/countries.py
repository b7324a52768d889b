"""Countries by code or by any of their names, in French and English, accents and case aside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

from geo.places import fold
from geo.world import World

LANGUAGES = ("fr", "en", "es", "de", "pt", "it")
# Names that official files and Wikidata write and the CLDR does not hold, by ISO 3166-1 alpha-3.
ALSO: Mapping[str, tuple[str, ...]] = {
    "ATG": ("Antigua and Barbuda",),
    "BES": ("Bonaire, Sint Eustatius and Saba",),
    "BHS": ("Bahamas, The",),
    "BIH": ("Bosnie", "Bosnia"),
    "BOL": ("Bolivia (Plurinational State of)",),
    "BRN": ("Brunei Darussalam",),
    "CAF": ("République centrafricaine", "Centrafrique"),
    "CHN": ("People's Republic of China", "République populaire de Chine", "PRC"),
    "CIV": ("Ivory Coast", "Cote d'Ivoire"),
    "COD": ("Democratic Republic of the Congo", "DR Congo", "DRC", "RDC", "Congo, Dem. Rep.",
        "République démocratique du Congo", "Congo (Kinshasa)", "Zaïre",),
    "COG": ("Republic of the Congo", "Congo", "Congo, Rep.", "Congo (Brazzaville)",
        "République du Congo",),
    "CPV": ("Cape Verde", "Cap-Vert", "Cabo Verde"),
    "CUW": ("Curacao",),
    "CZE": ("Czech Republic", "République tchèque", "Czechia"),
    "EGY": ("Egypt, Arab Rep.",),
    "FLK": ("Falkland Islands (Malvinas)",),
    "FRO": ("Faeroe Islands",),
    "FSM": ("Micronesia (Fed. States of)", "Micronesia, Fed. Sts."),
    "GBR": ("UK", "Great Britain", "Grande-Bretagne", "Angleterre", "England", "Scotland",
        "Wales", "Northern Ireland", "Écosse",),
    "GMB": ("Gambia, The", "The Gambia"),
    "HKG": ("China, Hong Kong SAR", "Hong Kong SAR, China"),
    "IRL": ("Republic of Ireland", "République d’Irlande"),
    "IRN": ("Iran (Islamic Republic of)", "Iran, Islamic Rep.", "Iran, Islamic Republic of"),
    "KGZ": ("Kyrgyz Republic",),
    "KNA": ("Saint Kitts and Nevis",),
    "KOR": ("Republic of Korea", "Korea, Rep.", "Corée du Sud"),
    "LAO": ("Lao People's Democratic Republic", "Lao PDR"),
    "LCA": ("St. Lucia",),
    "MAC": ("China, Macao SAR", "Macao SAR, China"),
    "MAF": ("St. Martin (French part)",),
    "MDA": ("Republic of Moldova", "Moldavie"),
    "MKD": ("Republic of Macedonia", "Macedonia", "Macedonia, FYR", "Macédoine",
        "North Macedonia", "TFYR Macedonia",),
    "MMR": ("Burma", "Birmanie"),
    "NLD": ("Holland", "Hollande"),
    "PRK": ("Dem. People's Republic of Korea", "Korea, Dem. Rep.", "Korea, Dem. People's Rep."),
    "PSE": ("State of Palestine", "Palestinian National Authority", "Palestinian territories",
        "Palestine", "West Bank and Gaza", "Autorité palestinienne", "Territoires palestiniens",
        "Occupied Palestinian Territory",),
    "RUS": ("Russian Federation", "Fédération de Russie"),
    "SHN": ("Saint Helena",),
    "SLV": ("Salvador",),
    "SPM": ("Saint Pierre and Miquelon",),
    "STP": ("São Tomé and Principe", "Sao Tome and Principe"),
    "SVK": ("Slovak Republic",),
    "SWZ": ("Swaziland", "Eswatini"),
    "SXM": ("Sint Maarten (Dutch part)",),
    "SYR": ("Syrian Arab Republic", "Syria"),
    "TCA": ("Turks and Caicos Islands",),
    "TLS": ("Timor-Leste", "East Timor"),
    "TTO": ("Trinidad and Tobago",),
    "TUR": ("Turkiye", "Türkiye", "Turkey"),
    "TWN": ("Taiwan, China", "Republic of China"),
    "TZA": ("United Republic of Tanzania",),
    "USA": ("USA", "US", "United States of America", "États-Unis d'Amérique", "Etats Unis"),
    "VAT": ("Holy See", "Saint-Siège"),
    "VCT": ("Saint Vincent and the Grenadines",),
    "VEN": ("Venezuela (Bolivarian Republic of)", "Venezuela, RB"),
    "VIR": ("United States Virgin Islands", "Virgin Islands (U.S.)"),
    "VNM": ("Viet Nam", "Vietnam"),
    "WLF": ("Wallis and Futuna Islands",),
    "YEM": ("Yemen, Rep.",),
}  # fmt: skip
# What tables of migrants and flows call totals and groups, beside the regions of the CLDR.
GROUPS = (
    "World", "Monde", "Ensemble", "Total", "More developed regions", "Less developed regions",
    "Less developed regions, excluding least developed countries", "Least developed countries",
    "Less developed regions, excluding China", "Land-locked Developing Countries (LLDC)",
    "Small island developing States (SIDS)", "High-income countries", "Middle-income countries",
    "Upper-middle-income countries", "Lower-middle-income countries", "Low-income countries",
    "Latin America and the Caribbean", "Eastern and South-Eastern Asia", "South-Eastern Asia",
    "Central and Southern Asia", "Northern Africa and Western Asia", "Micronesia",
    "Micronesia (region)",
    "Europe and Northern America", "Australia and New Zealand", "Middle East", "European Union",
    "Oceania (excluding Australia and New Zealand)", "No income group available", "Maghreb",
    "Union européenne", "Afrique subsaharienne", "Europe du Sud", "Afrique du Nord",
)  # fmt: skip
ARTICLES = re.compile(r"^(?:the|la|le|les|l) ")
SAINTS = {"st": "saint", "ste": "sainte"}
EDGES = re.compile(r"[^\w\s]")


@lru_cache(maxsize=4)
def names_of(world: World) -> dict[str, str]:
    """The id of each country by the folded form of its codes and names; a name of two countries
    is none's."""
    table = world.table("countries")
    found: dict[str, set[str]] = {}

    def add(name: str, country: str) -> None:
        if name:
            found.setdefault(bare(name), set()).add(country)

    by_alpha2 = dict(zip(table["iso2"], table["country_id"], strict=True))
    for row in table.to_dict("records"):
        for name in ("name_fr", "name_en", "iso3", "iso2", "iso_numeric"):
            add(str(row[name]), row["country_id"])
        for name in ALSO.get(row["iso3"], ()):
            add(name, row["country_id"])
    for lang in LANGUAGES:
        for alpha2, name in Locale(lang).territories.items():
            if alpha2 in by_alpha2:
                add(str(name), by_alpha2[alpha2])
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def bare(name: str) -> str:
    """A country's name without accents, case, punctuation and leading article."""
    words = EDGES.sub(" ", fold(name.replace("&", " and "))).split()
    return ARTICLES.sub("", " ".join(SAINTS.get(word, word) for word in words))


def country_of(world: World, said: str) -> str:
    """The id of the country that a code or a name says, "" for none."""
    text = said.strip()
    if text.startswith("country:"):
        text = text.removeprefix("country:")
    return names_of(world).get(bare(text), "") if text else ""


@lru_cache(maxsize=1)
def _groups() -> frozenset[str]:
    """Names of the world, its continents and regions, and of what tables add to them."""
    regions = {str(name) for lang in LANGUAGES for code, name in Locale(lang).territories.items()
               if code.isdigit()}  # fmt: skip
    return frozenset(bare(name) for name in (*regions, *GROUPS))


@lru_cache(maxsize=1)
def _called() -> frozenset[str]:
    """Names of countries in LANGUAGES and those that ALSO has, with their codes."""
    told = {str(name) for lang in LANGUAGES for name in Locale(lang).territories.values()}
    also = {name for names in ALSO.values() for name in names}
    return frozenset(map(bare, told | also | ALSO.keys()))


def names_country(said: str) -> bool:
    """Whether a text is the name of a country or of a group of countries, whatever the world."""
    return bare(said) in _called() or names_group(said)


def names_group(said: str) -> bool:
    """Whether a name is that of a group of countries, a total or a remainder."""
    name = bare(said)
    return name in _groups() or name.startswith(("other ", "others ", "autre ", "autres ", "total"))
