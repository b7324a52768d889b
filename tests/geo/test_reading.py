"""Any table that a user brings is read as its file shows it, or refused in one sentence."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import random
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
import xlsxwriter
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geo.ingest import reading, sheets, vector
from geo.ingest.reading import number, numbers, read
from geo.ingest.unreadable import UnreadableFile

PLACES = [["code", "name", "pop"], ["01004", "Ambérieu", "14 134"], ["2A004", "Ajaccio", "72 000"]]
SQUARE = shapely.box(2, 48, 3, 49)
BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])  # crosses itself


def held(path: Path, sheet: str = "") -> list[list[str]]:
    """The header and the rows that are read of a file."""
    rows = read(path, sheet).rows
    assert list(rows.index) == list(range(len(rows)))
    assert all(type(cell) is str for row in rows.to_numpy() for cell in row)
    return [list(rows.columns), *rows.to_numpy().tolist()]


def put(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refusal(path: Path, sheet: str = "") -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(path, sheet)
    said = str(caught.value)
    assert said
    assert "\n" not in said
    return said


# --- delimited text


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",", **options: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, **options).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(("delimiter", "told"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("utf-16", "UTF-16"),
     ("cp1252", "cp1252"), ("latin-1", "cp1252")],
)  # fmt: skip
def test_each_delimiter_in_each_encoding(
    tmp_path: Path, delimiter: str, told: str, encoding: str, named: str
):
    path = put(tmp_path / "t.txt", text_of(PLACES, delimiter), encoding)
    assert held(path) == PLACES
    said = read(path).described
    assert (said["delimiter"], said["encoding"], said["header_row"]) == (told, named, "1")


def test_latin_1_is_what_cp1252_cannot_be(tmp_path: Path):
    path = put(tmp_path / "t.csv", "name;x\né\x81;1\n", "latin-1")
    assert held(path)[1] == ["é\x81", "1"]
    assert read(path).described["encoding"] == "latin-1"


def test_titles_and_blank_lines_above_a_header(tmp_path: Path):
    path = put(
        tmp_path / "insee.csv",
        "Population en 2021\nSource : Insee, RP\n\nMise en ligne;2024\n\n"
        "CODGEO;LIBGEO;P21;P15\n01001;L’Abergement;832;780\n01002;L’Argentière;267;256\n",
    )
    table = read(path)
    assert held(path)[0] == ["CODGEO", "LIBGEO", "P21", "P15"]
    assert (table.first_line, table.described["header_row"], len(table.rows)) == (7, "6", 2)


def test_a_header_repeated_in_codes_is_the_codes(tmp_path: Path):
    rows = [["Code", "Libellé", "Population", "Emplois", "Chômeurs"],
            ["CODGEO", "LIBGEO", "P21_POP", "P21_EMP", "P21_CHO"],
            ["01001", "L’Abergement", "832", "300", "20"],
            ["01002", "Lyon", "26", "12", "1"]]  # fmt: skip
    assert held(put(tmp_path / "t.csv", text_of(rows, ";"))) == rows[1:]
    words = [rows[0], ["PARIS", "FRANCE", "ND", "ND", "ND"], ["LYON", "FRANCE", "2", "3", "4"]]
    assert held(put(tmp_path / "u.csv", text_of(words, ";"))) == words


def test_years_name_columns_and_figures_do_not(tmp_path: Path):
    years = [["", "1990", "1995"], ["Mali", "12", "13"]]
    assert held(put(tmp_path / "y.csv", text_of(years)))[0] == ["column 1", "1990", "1995"]
    ages = [["age", "0", "1", "2", "3"], ["France", "9", "8", "7", "6"]]
    assert held(put(tmp_path / "a.csv", text_of(ages))) == ages
    path = put(tmp_path / "n.csv", "Paris,48.85,2.35\nLyon,45.76,4.84\n")
    assert re.match(r"line 1 is the first full one and holds figures .* header", refusal(path))


def test_a_figure_that_no_number_can_hold(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("1e309;2\nb;c\n", "utf-8")
    with pytest.raises(UnreadableFile, match="holds figures where the names"):
        read(path)


def test_a_row_of_groups_above_the_names_is_no_header(tmp_path: Path):
    groups = [["Total"] * 4, ["pays", "hommes", "femmes", "ensemble"], ["Mali", "1", "2", "3"]]
    assert held(put(tmp_path / "t.csv", text_of(groups))) == groups[1:]
    repeated = [["h", "f"] * 3, ["1", "2", "3", "4", "5", "6"]]
    assert held(put(tmp_path / "u.csv", text_of(repeated)))[0] == [
        "h", "f", "h (2)", "f (2)", "h (3)", "f (3)",
    ]  # fmt: skip


def test_names_are_made_unique_and_given(tmp_path: Path):
    path = put(tmp_path / "t.csv", 'name,name (2),name,,"two\nlines "\na,b,c,d,e\n')
    assert held(path)[0] == ["name", "name (2)", "name (3)", "column 4", "two lines"]


def test_empty_rows_and_columns_at_the_end_are_dropped(tmp_path: Path):
    path = put(tmp_path / "t.csv", "a;b;;\n1;;;\n;;;\n\n2;x;;\n;;;\n\n\n")
    assert held(path) == [["a", "b"], ["1", ""], ["", ""], ["", ""], ["2", "x"]]
    assert read(path).described["empty_rows"] == "2"


def test_blank_lines_keep_the_count_of_lines(tmp_path: Path):
    table = read(put(tmp_path / "t.csv", "title\n\na,b\n\n1,2\n\n3,4\n"))
    assert table.first_line == 5
    assert table.rows["a"].tolist() == ["1", "", "3"]


def test_short_rows_are_filled_and_counted(tmp_path: Path):
    path = put(tmp_path / "t.csv", "a,b,c\n1,2,3\n4\n5,6\n7,8,9\n")
    assert held(path)[1:] == [["1", "2", "3"], ["4", "", ""], ["5", "6", ""], ["7", "8", "9"]]
    assert read(path).described["short_rows"] == "2"


def test_a_long_row_is_refused_by_its_line(tmp_path: Path):
    said = refusal(put(tmp_path / "t.csv", 'a,b\n"x\ny",2\n\n3,4,5\n'))
    assert re.match(r"line 5 has 3 cells where the header, line 1, has 2; put quotation", said)
    assert held(put(tmp_path / "u.csv", "a,b\n1,2,,\n"))[1] == ["1", "2"]  # but empty cells


def test_a_long_row_far_down_is_refused_by_its_line(tmp_path: Path):
    lines = ["a;b", *(f"{i};x" for i in range(200_000)), "1;2;3"]
    assert refusal(put(tmp_path / "t.csv", "\n".join(lines))).startswith("line 200002 has 3 cells")


def test_quotation_marks(tmp_path: Path):
    quoted = [["name", "note"], ['the "Foo", bar', 'say ""'], ["two\nlines", '"']]
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        path = put(tmp_path / "t.csv", text_of(quoted, quoting=quoting))
        assert held(path) == quoted
    assert held(put(tmp_path / "u.csv", 'a,b\n5" pipe,x\n')) == [["a", "b"], ['5" pipe', "x"]]
    open_mark = refusal(put(tmp_path / "v.csv", 'a,b\n1,2\n3,"four\n5,6\n'))
    assert open_mark.startswith("a quotation mark opens on line 3 and never closes")
    after = refusal(put(tmp_path / "w.csv", 'a,b\n1,2\n"Foo" bar,4\n'))
    assert after.startswith("line 3 has text after a closing quotation mark")


def test_tabs_need_no_quotation_marks(tmp_path: Path):
    path = put(tmp_path / "t.tsv", 'name\tpays\n"Foo" bar\tFrance\n"Paris"@fr\t"France"@fr\n')
    assert held(path)[1:] == [['"Foo" bar', "France"], ['"Paris"@fr', '"France"@fr']]


def test_ends_of_lines(tmp_path: Path):
    for end in ("\n", "\r\n", "\r"):
        path = put(tmp_path / "t.csv", end.join(["title", "a,b", "1,2", "3,4"]))
        assert held(path) == [["a", "b"], ["1", "2"], ["3", "4"]]
        assert read(path).first_line == 3


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path):
    path = put(tmp_path / "t.csv", "nom;lat;lon\nParis;48,85;2,35\nLyon;45,76;4,84\n")
    table = read(path)
    assert list(table.rows.columns) == ["nom", "lat", "lon"]
    assert (table.described["delimiter"], table.described["decimal"]) == (";", ",")


def test_one_column(tmp_path: Path):
    path = put(tmp_path / "t.txt", "ville\nParis\nLyon\n")
    assert held(path) == [["ville"], ["Paris"], ["Lyon"]]
    assert read(path).described["delimiter"] == "none"


def test_many_rows_are_those_of_the_csv_module(tmp_path: Path):
    rng = random.Random(5)
    words = ["", "é", 'a "b"', "x,y", "01", "NA", "null", " ", "12"]
    rows = [["k", "l", "m"], *([str(i), *rng.choices(words, k=2)] for i in range(60_000))]
    for encoding in ("utf-8", "cp1252", "utf-16"):
        path = put(tmp_path / "t.csv", text_of(rows), encoding)
        with path.open(encoding=encoding, newline="") as stream:
            assert held(path) == list(csv.reader(stream))


def name_of_column() -> st.SearchStrategy[str]:
    return st.text("abcdefghijklmnopqrstuvwxyzé", min_size=2, max_size=8).filter(
        lambda name: number(name) is None and name not in ("nan", "null", "none")
    )


@st.composite
def tables(draw: st.DrawFn, characters: st.SearchStrategy[str]) -> list[list[str]]:
    header = draw(st.lists(name_of_column(), min_size=2, max_size=5, unique=True))
    cell = st.text(characters, max_size=6)
    row = st.lists(cell, min_size=len(header), max_size=len(header))
    rows = draw(st.lists(row, min_size=1, max_size=8).filter(lambda rows: any(rows[-1])))
    assume(any(rows[0]) and any(cell.strip() for row in rows for cell in row))
    return [header, *rows]


ANY = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@given(tables(ANY), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@example([["ab", "cd"], [";;;;;;", ";;;;;;"]], ",", "utf-8")
@example([["ab", "cd"], ["", "\r"], ['"', "\n"]], ";", "utf-8")
@settings(max_examples=300, deadline=None)
def test_any_table_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[list[str]],
    delimiter: str,
    encoding: str,
):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    held_back(put(path, text_of(table, delimiter), encoding), table)


@given(tables(st.sampled_from("abé èçôÀ«»,;|\t\"'\n019.-–œ€")), st.sampled_from(",;\t|"))
@settings(max_examples=150, deadline=None)
def test_any_table_in_cp1252_comes_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], delimiter: str
):
    content = text_of(table, delimiter).encode("cp1252")
    path = tmp_path_factory.mktemp("cp1252") / "t.csv"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        held_back(put(path, content), table)


def held_back(path: Path, table: list[list[str]]) -> None:
    """The file's rows are those of the table."""
    assert held(path) == table


# --- workbooks


def book(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        fill(workbook)
    return path


def with_rows(*sheets_: tuple[str, Sequence[Sequence[object]]]) -> Callable[..., None]:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name, rows in sheets_:
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)

    return fill


def test_cells_of_a_workbook_are_as_it_shows_them(tmp_path: Path):
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("S")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        hour = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = workbook.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, ["code", "year", "share", "yes", "day", "hour", "clock", "big"])
        sheet.write_string(1, 0, "01004")
        sheet.write_number(1, 1, 2019)
        sheet.write_number(1, 2, 0.1 + 0.2)
        sheet.write_boolean(1, 3, True)
        sheet.write_datetime(1, 4, dt.date(2019, 3, 4), day)
        sheet.write_datetime(1, 5, dt.datetime(2019, 3, 4, 10, 30), hour)
        sheet.write_datetime(1, 6, dt.time(10, 30), clock)
        sheet.write_number(1, 7, 1e18)

    assert held(book(tmp_path / "t.xlsx", fill))[1] == [
        "01004", "2019", "0.3", "true", "2019-03-04", "2019-03-04T10:30:00", "10:30:00", "1e+18",
    ]  # fmt: skip


def test_a_matrix_with_a_title_and_an_empty_corner(tmp_path: Path):
    rows = [["Bilateral stocks, 2017"], ["", "Mali", "Togo"], ["France", 12, 3], ["Spain", 4, 0]]
    table = read(book(tmp_path / "t.xlsx", with_rows(("M", rows))))
    assert list(table.rows.columns) == ["column 1", "Mali", "Togo"]
    assert (table.first_line, table.described["header_row"]) == (3, "2")


def test_a_header_on_row_11_below_merged_cells(tmp_path: Path):
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("Table 1")
        sheet.write(0, 0, "United Nations")
        sheet.write(3, 0, "International migrant stock")
        sheet.merge_range(9, 0, 10, 0, "Year")
        sheet.merge_range(9, 1, 10, 1, "Destination")
        sheet.merge_range(9, 2, 9, 9, "Origin")
        sheet.write_row(10, 2, ["Total", "Mali", "Togo", "Chad", "Peru", "Fiji", "Cuba", "Iran"])
        sheet.write_row(11, 0, [1990, "France", 9, 1, 2, 3, 0, 0, 1, 2])
        sheet.write_row(12, 0, [1990, "Spain", 9, 1, 2, 3, 0, 0, 1, 2])

    table = read(book(tmp_path / "t.xlsx", fill))
    assert list(table.rows.columns)[:4] == ["Year", "Destination", "Total", "Mali"]
    assert table.first_line == 12


def test_merged_cells_hold_their_text_once(tmp_path: Path):
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("S")
        sheet.write_row(0, 0, ["pays", "ville"])
        sheet.merge_range(1, 0, 2, 0, "Mali")
        sheet.write(1, 1, "Bamako")
        sheet.write(2, 1, "Kayes")

    assert held(book(tmp_path / "t.xlsx", fill))[1:] == [["Mali", "Bamako"], ["", "Kayes"]]


def test_the_sheet_with_a_table_is_chosen_or_named(tmp_path: Path):
    contents = [["Contents"], ["Table 1", "Stocks"], ["Table 2", "Flows"]]
    path = book(
        tmp_path / "t.xlsx",
        with_rows(("Lisez-moi", [["Un texte."], ["Un autre."]]), ("Contents", contents),
                  ("Blank", []), ("Data", [["pays", "n"], ["Mali", 3]]),
                  ("More", [["pays", "n"], ["Togo", 4]])),
    )  # fmt: skip
    table = read(path)
    assert table.described["sheet"] == "Data"
    assert table.described["other_sheets"] == "Lisez-moi, Contents, Blank, More"
    assert held(path, "More")[1] == ["Togo", "4"]
    assert "no sheet «Non»; its sheets are Lisez-moi, Contents, Blank, Data" in refusal(path, "Non")
    assert "has nothing in its sheet «Blank»" in refusal(path, "Blank")


def test_hidden_sheets_come_last(tmp_path: Path):
    def fill(workbook: xlsxwriter.Workbook) -> None:
        with_rows(("Old", [["a", "n"], ["x", 1]]), ("New", [["a", "n"], ["y", 2]]))(workbook)
        workbook.get_worksheet_by_name("New").activate()
        workbook.get_worksheet_by_name("Old").hide()

    assert read(book(tmp_path / "t.xlsx", fill)).described["sheet"] == "New"


def test_an_ending_that_is_not_that_of_the_content(tmp_path: Path):
    made = book(tmp_path / "t.xlsx", with_rows(("S", PLACES)))
    for name in ("t.xls", "t.ods", "t.csv", "t"):
        (tmp_path / name).write_bytes(made.read_bytes())
        assert held(tmp_path / name) == PLACES
    assert held(put(tmp_path / "u.xls", text_of(PLACES, "\t"))) == PLACES


def test_openpyxl_and_a_table_away_from_the_corner(tmp_path: Path):
    workbook = openpyxl.Workbook()
    for at, row in enumerate(PLACES):
        for i, cell in enumerate(row):
            workbook.active.cell(at + 4, i + 3, cell)
    workbook.save(tmp_path / "t.xlsx")
    table = read(tmp_path / "t.xlsx")
    assert held(tmp_path / "t.xlsx") == PLACES
    assert table.first_line == 5


def ods(path: Path, body: str, manifest: str = "") -> Path:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in [("office", "office"), ("table", "table"), ("text", "text")]
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            f">{manifest}</manifest:manifest>",
        )
        packed.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_row(*cells: str | float | None) -> str:
    made = "".join(
        "<table:table-cell/>" if cell is None
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
             "</table:table-cell>" if isinstance(cell, str)
        else f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
        for cell in cells
    )  # fmt: skip
    return f"<table:table-row>{made}</table:table-row>"


def test_ods(tmp_path: Path):
    far = ('<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
           'table:number-columns-repeated="16384"/></table:table-row>')  # fmt: skip
    body = ods_row("Titre") + ods_row("code", "name", "pop") + ods_row("01004", "Ambérieu", 14134)
    path = ods(tmp_path / "t.ods", f'<table:table table:name="Feuille">{body}{far}</table:table>')
    assert held(path) == [["code", "name", "pop"], ["01004", "Ambérieu", "14134"]]
    assert read(path).described["format"] == "ODS"
    locked = ods(tmp_path / "l.ods", "", '<manifest:encryption-data checksum=""/>')
    assert "protected by a password" in refusal(locked)


def ole(path: Path, name: str, stream: bytes) -> Path:
    """A compound file of one stream, after [MS-CFB]."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    count = len(stream) // 512
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    fat = [table, end, *range(3, count + 2), end]
    fat += [free] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        coded = title.encode("utf-16-le")
        named = coded.ljust(64, b"\0") + struct.pack("<H", len(coded) + 2 if title else 0)
        return named + struct.pack("<BB3I", kind, 1, free, free, child) + bytes(36) + struct.pack(
            "<IQ", start, size
        )  # fmt: skip

    folder = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(stream))
    folder += entry("", 0, free, 0, 0) * 2
    return put(path, header + struct.pack("<128I", *fat) + folder + stream)


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def xls(path: Path, rows: Sequence[Sequence[str | float]], *extra: tuple[int, bytes]) -> Path:
    """A workbook of one sheet «S», after [MS-XLS]."""

    def start(kind: int) -> tuple[int, bytes]:
        return 0x0809, struct.pack("<4H2I", 0x0600, kind, 0, 0, 0, 0x0600)

    def cell(at: int, i: int, held: str | float) -> tuple[int, bytes]:
        where = struct.pack("<3H", at, i, 0)
        if isinstance(held, str):
            return 0x0204, where + struct.pack("<HB", len(held), 1) + held.encode("utf-16-le")
        return 0x0203, where + struct.pack("<d", held)

    sheet = (0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S")
    ahead = len(biff(start(5), *extra, sheet, (0x0A, b"")))
    sheet = (0x85, struct.pack("<IBBBB", ahead, 0, 0, 1, 0) + b"S")
    cells = [cell(at, i, held) for at, row in enumerate(rows) for i, held in enumerate(row)]
    stream = biff(start(5), *extra, sheet, (0x0A, b""), start(0x10), *cells, (0x0A, b""))
    return ole(path, "Workbook", stream)


def test_xls(tmp_path: Path):
    path = xls(tmp_path / "t.xls", [["code", "name", "pop"], ["01004", "Ambérieu", 14134.0]])
    assert held(path) == [["code", "name", "pop"], ["01004", "Ambérieu", "14134"]]
    assert read(path).described == {
        "format": "XLS", "sheet": "S", "header_row": "1", "rows": "1", "columns": "3",
    }  # fmt: skip


# --- geometry and typed columns


def shapes(*made: shapely.Geometry | None, crs: object = "EPSG:4326") -> gpd.GeoDataFrame:
    codes = [f"0{i}" for i in range(len(made))]
    return gpd.GeoDataFrame({"code": codes, "n": range(len(made))}, geometry=list(made), crs=crs)


def geojson(path: Path, *coordinates: Sequence[float], **members: object) -> Path:
    features = [
        {"type": "Feature", "properties": {"code": "01", "day": "2019-01-02", "n": i, "x": i + 0.5,
                                           "yes": True, "none": None},
         "geometry": {"type": "Point", "coordinates": list(point)}}
        for i, point in enumerate(coordinates)
    ]  # fmt: skip
    return put(path, json.dumps({"type": "FeatureCollection", "features": features, **members}))


def test_geojson(tmp_path: Path):
    table = read(geojson(tmp_path / "t.geojson", (2, 48), (-63, 18)))
    assert list(table.rows.columns) == ["code", "day", "n", "x", "yes", "none"]
    assert table.rows.iloc[1].tolist() == ["01", "2019-01-02", "1", "1.5", "true", ""]
    assert table.geometry is not None
    assert table.geometry.crs == "EPSG:4326"
    assert [(p.x, p.y) for p in table.geometry] == [(2, 48), (-63, 18)]
    assert held(geojson(tmp_path / "t.json", (2, 48)))[1][0] == "01"


@pytest.mark.parametrize("name", ["t.gpkg", "t.shp", "t.parquet", "t.geojson"])
def test_each_format_of_geometry(tmp_path: Path, name: str):
    frame = shapes(SQUARE, shapely.box(-1, -1, 0, 0))
    path = tmp_path / name
    frame.to_parquet(path) if name == "t.parquet" else frame.to_file(path)
    table = read(path)
    assert held(path) == [["code", "n"], ["00", "0"], ["01", "1"]]
    assert table.geometry is not None
    assert shapely.equals(table.geometry.to_numpy(), frame.geometry.to_numpy()).all()
    assert table.described["crs"] == "EPSG:4326"


@pytest.mark.parametrize("name", ["t.gpkg", "t.shp", "t.parquet"])
def test_other_coordinate_systems_are_put_into_degrees(tmp_path: Path, name: str):
    frame = shapes(shapely.Point(2.35, 48.85)).to_crs("EPSG:2154")
    path = tmp_path / name
    frame.to_parquet(path) if name == "t.parquet" else frame.to_file(path)
    table = read(path)
    assert table.geometry is not None
    assert table.geometry.crs == "EPSG:4326"
    assert (table.geometry.x[0], table.geometry.y[0]) == pytest.approx((2.35, 48.85), abs=1e-8)
    assert table.described["crs"] == "EPSG:2154"


def test_invalid_polygons_are_repaired_and_counted(tmp_path: Path):
    path = tmp_path / "t.gpkg"
    shapes(BOW, SQUARE, None).to_file(path)
    table = read(path)
    assert table.geometry is not None
    assert table.geometry[0].is_valid
    assert table.geometry[0].area == pytest.approx(0.5)
    assert table.geometry[2] is None
    assert (table.described["repaired"], table.described["without_geometry"]) == ("1", "1")


def test_a_zip_of_shapefiles(tmp_path: Path):
    for name in ("one", "two"):
        shapes(SQUARE).rename(columns={"n": name}).to_file(tmp_path / f"{name}.shp")
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as packed:
        packed.writestr("__MACOSX/._one.shp", "x")
        for part in tmp_path.glob("*.???"):
            if part.suffix != ".zip":
                packed.write(part, f"in/{part.name}")
    assert read(tmp_path / "t.zip", "two").rows.columns.tolist() == ["code", "two"]
    assert read(tmp_path / "t.zip", "one").described["other_sheets"] == "two"
    assert "has no shapefile «three»; it has " in refusal(tmp_path / "t.zip", "three")


def test_texts_of_a_shapefile_without_cpg(tmp_path: Path):
    for encoding in ("UTF-8", "ISO-8859-1"):
        frame = shapes(SQUARE).assign(code="Évry")
        frame.to_file(tmp_path / "t.shp", encoding=encoding)
        (tmp_path / "t.cpg").unlink()
        assert held(tmp_path / "t.shp")[1][0] == "Évry"
        told = "UTF-8" if encoding == "UTF-8" else "cp1252"
        assert read(tmp_path / "t.shp").described["encoding"] == told


def test_layers_are_chosen_as_sheets_are(tmp_path: Path):
    path = tmp_path / "t.gpkg"
    shapes(SQUARE).to_file(path, layer="one")
    shapes(SQUARE, SQUARE).to_file(path, layer="two")
    assert read(path).described["other_sheets"] == "two"
    assert len(read(path, "two").rows) == 2
    assert "has no layer «three»; its layers are one, two" in refusal(path, "three")


def test_parquet_of_any_type(tmp_path: Path):
    frame = pd.DataFrame({
        "text": ["01", None], "whole": pd.array([2**60, None], "Int64"), "figure": [2019.0, 0.1],
        "yes": [True, False], "when": pd.to_datetime(["2019-01-02 00:00", "2019-01-02 03:04"]),
        "kind": pd.Categorical(["a", None]), "list": [["é"], []], "bytes": [b"\xff", None],
        "none": [None, None],
    })  # fmt: skip
    frame.to_parquet(tmp_path / "t.parquet")
    assert held(tmp_path / "t.parquet")[1:] == [
        ["01", str(2**60), "2019", "true", "2019-01-02", "a", '["é"]', "ff", ""],
        ["", "", "0.1", "false", "2019-01-02T03:04:00", "", "[]", "", ""],
    ]


# --- refusals


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "is empty: it has no bytes"),
        ("t.csv", b"\xef\xbb\xbf", "holds blank lines only"),
        ("t.csv", b"\n \n\r\n", "holds blank lines only"),
        ("t.csv", b"a,b\n", "has no rows below its header"),
        ("t.csv", b"a title\n\na,b\n\n,\n", "has no rows below its header"),
        ("t.csv", b"a,b\n1,\0\n", "line 2 holds a NUL byte"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16-le"), "line 1 holds a NUL byte: .* without its mark"),
        ("t.csv", b"\xff\xfea\0,\0b", "has no rows below|begins as UTF-16 and is not"),
        ("t.bin", bytes(range(256)) * 9, "is binary and none of the formats"),
        ("t", bytes(range(128, 256)) + bytes(range(1, 99)), "is binary"),
        ("t.csv", "é,à\nç,ü\nô,ï\nŷ,ÿ\nœ,ñ\n".encode() * 9 + b"\xe9,x\n", "line 46 .* not UTF-8"),
        ("t.xlsx", b"PK\x03\x04 garbage", "is a damaged zip or workbook"),
        ("t.xlsx", b"\x01\0\x02\0", "is damaged or no XLSX"),
        ("t.ods", b"not a workbook", "is damaged or no ODS"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900, "is a damaged XLS workbook"),
        ("t.xls", b"<html><table><tr><td>a</td></tr></table>", "is a page of HTML or XML"),
        ("t.pdf", b"%PDF-1.7", "is a PDF document"),
        ("t.csv.gz", b"\x1f\x8b\x08", "is packed with gzip"),
        ("t.geojson", b"name,x\na,1\n", "does not begin as JSON does"),
        ("t.geojson", b'{"type": "FeatureCollection", "features": [{', "is damaged or no GeoJSON"),
        ("t.json", b'{"a": 1}', "is JSON and no GeoJSON"),
        ("t.geojson", b'{"type": "FeatureCollection", "features": []}', "layer «t» has no"),
        ("t.geojson", '{\n"name": "é"}'.encode("latin-1"), "line 2 has a character .* not UTF-8"),
        ("t.gpkg", b"SQLite format 3\0" + bytes(900), "is damaged or no GeoPackage"),
        ("t.gpkg", b"\0nothing", "is damaged or no GeoPackage"),
        ("t.parquet", b"PAR1 cut", "is damaged or no Parquet"),
        ("t.dbf", b"\x03", "is one part of a shapefile; give the .shp"),
        ("t.shp", b"\0\0\x27\x0a" + bytes(96), "has no t.shx beside it"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, said: str):
    assert re.match(said, refusal(put(tmp_path / name, content))), refusal(tmp_path / name)


def test_no_file_and_a_folder(tmp_path: Path):
    assert refusal(tmp_path / "no.csv") == f"does not exist in {tmp_path}"
    assert refusal(tmp_path) == "is a folder; give a file in it"


def test_a_sheet_of_what_has_none(tmp_path: Path):
    assert refusal(put(tmp_path / "t.csv", "a,b\n1,2\n"), "S") == "has no sheets; leave out «S»"


def test_too_many_bytes_or_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wide = [[f"c{i}" for i in range(2001)], ["x"] * 2001]
    said = "has 2,001 columns; at most 2,000 are read"
    assert refusal(put(tmp_path / "t.csv", text_of(wide))) == said
    assert refusal(book(tmp_path / "t.xlsx", with_rows(("S", wide)))).endswith(said)
    frame = pd.DataFrame([wide[1]], columns=wide[0])
    frame.to_parquet(tmp_path / "t.parquet")
    assert refusal(tmp_path / "t.parquet") == said
    monkeypatch.setattr(reading, "MOST_BYTES", 99)
    assert refusal(tmp_path / "t.csv").startswith("has 14,")


def test_zips_that_unpack_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(60 * 2**20))
    assert re.match(r"would unpack to 62,914,560 bytes, 1,\d\d\d times its size", refusal(path))
    made = book(tmp_path / "u.xlsx", with_rows(("S", PLACES)))
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1000)
    assert refusal(made).startswith("would unpack to")


def test_a_zip_damaged_or_of_something_else(tmp_path: Path):
    made = book(tmp_path / "t.xlsx", with_rows(("S", PLACES))).read_bytes()
    assert "is a damaged zip or workbook" in refusal(put(tmp_path / "c.xlsx", made[:-900]))
    at = made.index(b"xl/worksheets/sheet1.xml") + 60
    broken = made[:at] + b"\xff\xff\xff\xff" + made[at + 4 :]
    assert "damaged" in refusal(put(tmp_path / "b.xlsx", broken))
    for member, said in (("a.csv", "is a zip of neither"), ("word/document.xml", "is a Word"),
                         ("xl/workbook.bin", "is an XLSB")):  # fmt: skip
        with zipfile.ZipFile(tmp_path / "z.zip", "w") as packed:
            packed.writestr(member, "a,b")
        assert refusal(tmp_path / "z.zip").startswith(said)


def test_a_damaged_part_that_a_zip_does_not_tell(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook><sheets><sheet")
    assert refusal(tmp_path / "t.xlsx").startswith("is a damaged workbook (xl/workbook.xml: ")
    cut = ods(tmp_path / "t.ods", '<table:table table:name="S"></table:fable>')
    assert refusal(cut).startswith("is a damaged workbook (content.xml: mismatched tag")


def test_cells_far_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("S")
        sheet.write(0, 0, 1)
        sheet.write(900_000, 16_000, 1)

    said = refusal(book(tmp_path / "t.xlsx", fill))
    assert said.startswith("has a sheet of 900,001 rows by 16,001 columns, beyond")
    unplaced = (
        '<worksheet><sheetData><row r="1"><c r="ZZ1"><v>1</v></c></row>'
        '<row r="900000"><c><v>1</v></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(tmp_path / "v.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", unplaced)
    assert refusal(tmp_path / "v.xlsx").startswith("has a sheet of 900,000 rows by 702 columns")
    monkeypatch.setattr(sheets, "MOST_CELLS", 12)  # no cell, but a style, does not count
    styled = openpyxl.Workbook()
    for row in PLACES:
        styled.active.append(row)
    styled.active["Z99"].font = openpyxl.styles.Font(bold=True)
    styled.save(tmp_path / "u.xlsx")
    assert held(tmp_path / "u.xlsx") == PLACES


def test_protected_workbooks(tmp_path: Path):
    said = "is protected by a password; save it without one"
    assert refusal(ole(tmp_path / "t.xlsx", "EncryptedPackage", b"x" * 5000)) == said
    locked = (0x2F, struct.pack("<3H", 1, 1, 1) + bytes(48))
    assert refusal(xls(tmp_path / "t.xls", [["a", "b"], ["c", "d"]], locked)) == said
    path = book(tmp_path / "u.xlsx", with_rows(("S", PLACES)))
    made = bytearray(path.read_bytes())
    central = made.index(b"PK\x01\x02")
    made[central + 8] |= 1
    assert refusal(put(tmp_path / "v.zip", bytes(made))) == said


def test_workbooks_without_a_table(tmp_path: Path):
    empty = book(tmp_path / "t.xlsx", with_rows(("A", []), ("B", [])))
    assert refusal(empty) == "has only empty sheets; nothing can be read"
    alone = book(tmp_path / "u.xlsx", with_rows(("A", [["a", "b"]]), ("B", [])))
    assert refusal(alone).startswith("sheet «A» has no rows below its header")
    figures = book(tmp_path / "v.xlsx", with_rows(("A", [["x", 1.5], ["y", 2.5]])))
    assert refusal(figures).startswith("sheet «A», row 1 is the first full one and holds figures")


def test_a_shapefile_without_its_parts(tmp_path: Path):
    for part in (".shx", ".dbf"):
        shapes(SQUARE).to_file(tmp_path / "t.shp")
        (tmp_path / f"t{part}").unlink()
        assert refusal(tmp_path / "t.shp").startswith(f"has no t{part} beside it")
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as packed:
            packed.write(tmp_path / "t.shp", "t.shp")
        assert refusal(tmp_path / "t.zip").startswith("has no t.shx beside it")


def test_geometry_without_a_coordinate_system(tmp_path: Path):
    shapes(SQUARE).to_file(tmp_path / "t.shp")
    (tmp_path / "t.prj").unlink()
    frame = shapes(SQUARE, crs=None)
    frame.to_parquet(tmp_path / "t.parquet")
    shapes(SQUARE).to_file(tmp_path / "t.gpkg")
    with sqlite3.connect(tmp_path / "t.gpkg") as base:
        base.execute("update gpkg_geometry_columns set srs_id = 0")
        base.execute("update gpkg_contents set srs_id = 0")
    base.close()
    for name in ("t.shp", "t.parquet", "t.gpkg"):
        assert "does not say in which coordinate system" in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ((652000, 6862000), "metres of a projection labelled as degrees"),
        ((48.85, 120.3), "latitude and longitude look swapped"),
        ((200, 48), "outside ±180 and ±90 degrees"),
        ((2, -190), "outside ±180 and ±90 degrees"),
    ],
)
def test_coordinates_that_are_no_degrees(tmp_path: Path, point: tuple[float, float], said: str):
    told = refusal(geojson(tmp_path / "t.geojson", (2, 48), point))
    assert told.startswith(f"feature 2 is at longitude {point[0]} and latitude {point[1]}")
    assert said in told


def test_coordinates_out_of_their_projection(tmp_path: Path):
    shapes(shapely.Point(1e9, 1e9), crs="EPSG:3035").to_file(tmp_path / "t.gpkg")
    assert refusal(tmp_path / "t.gpkg").startswith("feature 1 is at longitude")


def test_a_parquet_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pd.DataFrame({"a": ["x"] * 100_000}).to_parquet(tmp_path / "t.parquet")
    monkeypatch.setattr(vector, "MOST_CELLS", 99_999)
    assert refusal(tmp_path / "t.parquet").startswith("holds 100,000 rows by 1 columns")


# --- figures


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("12 129", 12129), ("12\u202f129,5", 12129.5), ("12,129.5", 12129.5), ("1.234,5", 1234.5),
        ("-4", -4), ("−4", -4), ("+4", 4), ("0,5", 0.5), (",5", 0.5), ("1,234", 1234),
        ("1.234", 1.234), ("0.123", 0.123), ("0,123", 0.123), ("1,234,567", 1234567),
        ("1.234.567", 1234567), ("12'129", 12129), ("1234,567", 1234.567), ("12,5 %", 12.5),
        ("1e-07", 1e-7), ("2019", 2019), (" 7 ", 7), ("007", 7), ("12 129,500", 12129.5),
        ("..", None), ("-", None), ("", None), ("n.d.", None), ("ND", None), ("Paris", None),
        ("1 2", None), ("1,23,4", None), ("12 3456", None), ("1.2.3", None), ("nan", None),
        ("inf", None), ("1-2", None), ("2019-01-02", None), ("2A004", None), (":", None),
        ("12 129 ,5", None),
    ],
)  # fmt: skip
def test_a_figure(text: str, figure: float | None):
    assert number(text) == figure


@pytest.mark.parametrize(
    ("cells", "hint", "figures"),
    [
        (["1,234", "0,5"], "", [1.234, 0.5]),
        (["1,234", "1,234.5"], "", [1234, 1234.5]),
        (["1,234", "12,345"], "", [1234, 12345]),
        (["1,234", "12,345"], ",", [1.234, 12.345]),
        (["1,234", "12,345"], ".", [1234, 12345]),
        (["1.234", "12.345"], "", [1.234, 12.345]),
        (["1.234", "12.345"], ",", [1234, 12345]),
        (["1.234", "12,5"], "", [1234, 12.5]),
        (["1,234", "1 200"], "", [1.234, 1200]),
        (["1,234", "5678"], "", [1.234, 5678]),
        (["1.234", "2.5", "x"], ",", [1.234, 2.5, np.nan]),
        (["1", "..", "", "3"], "", [1, np.nan, np.nan, 3]),
        ([], "", []),
    ],
)
def test_a_column_of_figures(cells: list[str], hint: str, figures: list[float]):
    given_ = pd.Series(cells, index=range(5, 5 + len(cells)), dtype="str", name="n")
    wanted = pd.Series(figures, index=given_.index, dtype="float64", name="n")
    pd.testing.assert_series_equal(numbers(given_, hint), wanted)


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1),
    st.sampled_from([(" ", ","), ("\u202f", ","), (".", ","), (",", "."), ("", "."), ("", ",")]),
)
@settings(deadline=None)
def test_figures_come_back(figures: list[object], signs: tuple[str, str]):
    group, decimal = signs
    texts = [f"{n:,}".translate({ord(","): group, ord("."): decimal}) for n in figures]
    found = numbers(pd.Series(texts, dtype="str"))
    assert found.tolist() == [float(n) for n in figures]  # type: ignore[arg-type]


# --- real files

REAL = os.environ.get("CORRIDORS_REAL_FILES", "")


@pytest.mark.skipif(not REAL, reason="CORRIDORS_REAL_FILES names no folder of real files")
@pytest.mark.parametrize(
    ("name", "shape", "first", "row"),
    [
        ("links/wikidata_twinnings_france.tsv", (3869, 12), 2, ["Gordes", "France"]),
        ("links/sister_cities_world_edges.csv", (8182, 2), 2, ["Q84", "Q9248"]),
        ("links/sister_cities_world_nodes.csv", (4566, 7), 2, ["Q84", "London", "48"]),
        ("flows/un_desa_2019_origin_destination_clean.csv", (1659, 234), 2, ["1990", "Burundi"]),
        ("flows/europe_nuts2_origines_eurostat_2021.csv", (12500, 14), 2, ["ITC4", "Lombardia"]),
        ("flows/WB_Bilateral_Estimates_Migrant_Stocks_2017.xlsx", (220, 218), 3, ["Afghanistan"]),
        ("flows/WB_Bilateral_Remittance_Estimates_2017.xlsx", (220, 216), 3, ["Afghanistan", "0"]),
        ("boundaries/communes-93-seine-saint-denis.geojson", (40, 2), 1, ["93015", "Coubron"]),
        ("boundaries/fr_regions-avec-outre-mer.geojson", (18, 2), 1, ["11", "Île-de-France"]),
    ],
)
def test_real_files(name: str, shape: tuple[int, int], first: int, row: list[str]):
    table = read(Path(REAL) / name)
    assert table.rows.shape == shape
    assert table.first_line == first
    assert table.rows.iloc[0, : len(row)].tolist() == row
    assert (table.geometry is not None) == name.endswith(".geojson")
