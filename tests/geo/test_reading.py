"""Any table that a user brings is read as its file shows it, or refused in one sentence."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
import shapely
import xlsxwriter
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geo.ingest.reading import UnreadableFile, number, read

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
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"),
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
            ["01001", "L’Abergement", "832", "300", "20"], ["01002", "Lyon", "26", "12", "1"]]  # fmt: skip
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
