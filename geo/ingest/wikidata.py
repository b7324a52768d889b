"""Twin towns of Wikidata: the query that gets those of France, and links whose ends stand in a
table of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

import pandas as pd

from geo.ingest.grid import RawTable, unique
from geo.ingest.links import proposed
from geo.ingest.mapping import Reading
from geo.ingest.unreadable import UnreadableFile
from geo.places import fold

SOURCE: Mapping[str, str] = MappingProxyType({
    "title": "Wikidata twin towns (P190)",
    "producer": "Wikidata contributors",
    "citation": "Wikidata, property P190 (twinned administrative body)",
    "address": "https://www.wikidata.org/wiki/Property:P190",
    "licence": "CC0 1.0",
})  # fmt: skip
"""Where the twin towns come from, in the words that `--title` and the like take; their vintage is
the day on which the query was run."""

SERVICE = "https://query.wikidata.org/sparql"
FILE = "wikidata_twin_towns.json"
"""What to call the answer: the address of a query ends in no name of a file."""

QUERY = """\
# Twin towns (P190) of the places of France, declared at either end, one row a pair.
# First the pairs, each once, with the first and the last year that its declarations give; one
# that ended in a year not known is "ended" without a year. Then what is said of both ends. Codes
# are those of INSEE (P374 communes, P2586 departements, P2585 regions) and of GeoNames (P1566).
# A partner in several countries has them all, parted by "/".
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?origin (SAMPLE(?oName) AS ?originLabel) (MIN(?oCode) AS ?originCode)
       (SAMPLE(?oPoint) AS ?originPoint)
       ?destination (SAMPLE(?dName) AS ?destinationLabel) (SAMPLE(?dNameEn) AS ?destinationLabelEn)
       (GROUP_CONCAT(DISTINCT ?iso3; separator="/") AS ?destinationCountry)
       (CONCAT("geonames:", MIN(?geonames)) AS ?destinationCode)
       (SAMPLE(?dPoint) AS ?destinationPoint)
       ?start ?end ?status
WHERE {
  { SELECT ?origin ?destination
           (MIN(COALESCE(YEAR(?from), 9999)) AS ?first) (MAX(COALESCE(YEAR(?until), 0)) AS ?last)
           (IF(COUNT(?until) > 0, "ended", "") AS ?status)
    WHERE {
      { ?origin p:P190 ?twinning ; wdt:P17 wd:Q142 . ?twinning ps:P190 ?destination . }
      UNION
      { ?destination p:P190 ?twinning . ?twinning ps:P190 ?origin . ?origin wdt:P17 wd:Q142 . }
      ?twinning wikibase:rank ?rank .
      FILTER(?rank != wikibase:DeprecatedRank)
      FILTER NOT EXISTS { ?destination wdt:P17 wd:Q142 }
      OPTIONAL { ?twinning pq:P580 ?from }
      OPTIONAL { ?twinning pq:P582 ?until }
    }
    GROUP BY ?origin ?destination
  }
  BIND(IF(?first < 9999, ?first, "") AS ?start)
  BIND(IF(?last > 0, ?last, "") AS ?end)
  OPTIONAL { ?origin rdfs:label ?oName . FILTER(LANG(?oName) = "fr") }
  OPTIONAL { ?origin wdt:P374 ?commune }
  OPTIONAL { ?origin wdt:P2586 ?departement }
  OPTIONAL { ?origin wdt:P2585 ?region }
  BIND(COALESCE(?commune, CONCAT("departement:", ?departement), CONCAT("region:", ?region))
       AS ?oCode)
  OPTIONAL { ?origin wdt:P625 ?oPoint }
  OPTIONAL { ?destination rdfs:label ?dNameFr . FILTER(LANG(?dNameFr) = "fr") }
  OPTIONAL { ?destination rdfs:label ?dNameEn . FILTER(LANG(?dNameEn) = "en") }
  BIND(COALESCE(?dNameFr, ?dNameEn) AS ?dName)
  OPTIONAL {
    ?destination p:P17 ?within .
    ?within a wikibase:BestRank ; ps:P17 ?country .
    FILTER NOT EXISTS { ?within pq:P582 ?left }
    ?country wdt:P298 ?iso3 .
  }
  OPTIONAL { ?destination wdt:P1566 ?geonames }
  OPTIONAL { ?destination wdt:P625 ?dPoint }
}
GROUP BY ?origin ?destination ?start ?end ?status
"""
"""SPARQL for the query service of Wikidata, which stops a query after 60 seconds. Names of
columns are those that links are read by without a mapping."""

# The columns of the answer that tell it from other tables.
COLUMNS = frozenset(("origin", "originLabel", "destination", "destinationLabel",
                     "destinationCountry"))  # fmt: skip
# What columns of nodes are called beside the side of the edge.
NODE: Mapping[str, tuple[str, ...]] = {
    "Id": ("id", "qid", "item", "node", "wikidata"),
    "Label": ("label", "name", "nom", "libelle", "title"),
    "Country": ("country", "pays", "iso3", "iso2"),
    "Lat": ("lat", "latitude", "y"),
    "Lon": ("lon", "long", "lng", "longitude", "x"),
}
EDGE: Mapping[str, tuple[str, ...]] = {
    "origin": ("source", "origin", "from", "origine"),
    "destination": ("target", "destination", "dest", "to", "cible"),
}
TOLD = 3


def holds_twin_towns(table: RawTable, file: str) -> bool:  # noqa: ARG001  (columns tell)
    """Whether a table is the answer to the query."""
    return set(map(str, table.rows.columns)) >= COLUMNS


def twin_towns(table: RawTable) -> tuple[RawTable, Reading]:
    """The same, with its mapping; no cell names several places, whatever signs its labels have."""
    reading = proposed(table, FILE)
    return table, replace(reading, separators="", constants={"kind": "twinning"})


def address() -> str:
    """The address that answers the query with SPARQL 1.1 JSON."""
    return f"{SERVICE}?{urlencode({'query': QUERY, 'format': 'json'})}"


def joined(edges: RawTable, nodes: RawTable) -> RawTable:
    """The edges, each with what the nodes say of its two ends: originLabel, originCountry,
    destinationLabel and so on, then the edges' own columns.

    Rows and lines are those of the edges. An end that is no node has its id and nothing else.
    UnreadableFile where the ends or the ids cannot be told, or nodes of one id differ.
    """
    ends = {side: _column(edges, known, "ends") for side, known in EDGE.items()}
    held = _nodes(nodes, _column(nodes, NODE["Id"], "ids"))
    parts, missing = [], 0
    for side, column in ends.items():
        ids = edges.rows[column].str.strip()
        found = held.reindex(ids, fill_value="").set_axis(edges.rows.index)
        missing += int((~ids.isin(held.index)).sum())
        found["Id"] = ids
        parts.append(found.add_prefix(side))
    parts.append(edges.rows.drop(columns=list(ends.values())))
    rows = pd.concat(parts, axis=1)
    rows.columns = pd.Index(unique(map(str, rows.columns)), dtype="str")
    described = {**edges.described, "nodes": str(len(held)), "ends_without_node": str(missing),
                 "columns": str(rows.shape[1])}  # fmt: skip
    described.pop("decimal", None)
    if decimal := nodes.described.get("decimal"):
        described["decimal"] = decimal
    return replace(edges, rows=rows, described=described)


def _column(raw: RawTable, known: Sequence[str], of: Literal["ends", "ids"]) -> str:
    """The column of one of the known names, the first of them first."""
    have = {fold(str(name)): str(name) for name in raw.rows.columns}
    found = next((have[name] for name in known if name in have), "")
    if not found:
        raise UnreadableFile(
            "no_column_of_ends" if of == "ends" else "no_column_of_ids",
            known=", ".join(known),
            names=", ".join(map(str, raw.rows.columns)),
        )
    return found


def _nodes(nodes: RawTable, column: str) -> pd.DataFrame:
    """The nodes by id, their columns called as they follow the side of an edge."""
    rows = nodes.rows.assign(**{column: nodes.rows[column].str.strip()})
    rows = rows[rows[column] != ""].drop_duplicates()
    if (again := rows[column].duplicated(keep=False)).any():
        raise _differing(rows[again], column, nodes.lines)
    held = rows.set_index(column)
    called = {fold(word): name for name, words in NODE.items() for word in words}
    held.columns = pd.Index(unique(
        called.get(fold(str(name)), str(name)[:1].upper() + str(name)[1:]) for name in held.columns
    ), dtype="str")  # fmt: skip
    first = [name for name in NODE if name in held.columns and name != "Id"]
    rest = [name for name in held.columns if name not in first]
    return held.assign(Id="")[[*first, "Id", *(name for name in rest if name != "Id")]]


def _differing(twice: pd.DataFrame, column: str, lines: pd.Series) -> UnreadableFile:
    """The nodes that stand several times and differ: the first of them, and how many there are."""
    ids = twice[column].unique()
    pair = twice[twice[column] == ids[0]].head(2)
    one, other = pair.to_dict("records")
    cells = next(name for name in one if one[name] != other[name])
    first, second = (int(lines[row]) for row in pair.index)
    return UnreadableFile(
        "several_nodes_differ" if len(ids) > 1 else "nodes_differ",
        node=ids[0], one=first, other=second, column=str(cells), cell=one[cells],
        other_cell=other[cells], more=len(ids) - 1, nodes=", ".join(ids[1 : TOLD + 1]),
    )  # fmt: skip
