"""What keeps a file from being read is said in full in French as in English."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import MappingProxyType

import pytest

from geo.ingest import reading, unreadable
from geo.ingest.sheets import EmptySheet
from geo.ingest.unreadable import SENTENCES, UnreadableFile

FOLDER = Path(unreadable.__file__).parent
RAISED = {"UnreadableFile", "EmptySheet"}
# Codes that stand in a table and not where they are raised, by their expression there.
IN_TABLES = MappingProxyType(
    {"code": {*dict(reading.OTHERS).values()}, "lacking": {*reading.PARTS.values()}}
)
# A library says {error} in English; in French its line stands for it.
ENGLISH_ONLY, FRENCH_ONLY = {"error"}, {"line"}


def raised() -> Iterator[tuple[str, set[str], str]]:
    """Each code in the sources of the importer, with the values given and the place."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in RAISED:
                continue
            for code in codes(node.args[0]):
                yield code, {str(k.arg) for k in node.keywords}, f"{path.name}:{node.lineno}"


def codes(first: ast.expr) -> set[str]:
    if isinstance(first, ast.IfExp):
        return codes(first.body) | codes(first.orelse)
    if isinstance(first, ast.Constant):
        return {str(first.value)}
    return IN_TABLES[ast.unparse(first)]


def named(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def filled(code: str) -> UnreadableFile:
    """A fault of a code with a value for each name, a figure where its template wants one."""
    values: dict[str, str | int] = {}
    for template in SENTENCES[code].values():
        values |= {name: 1234567 if form else name.upper()
                   for _, name, form, _ in Formatter().parse(template) if name}  # fmt: skip
    return UnreadableFile(code, **values)


def test_every_code_raised_has_its_sentences_and_every_sentence_is_raised():
    assert {code for code, _, _ in raised()} == set(SENTENCES)
    assert len(SENTENCES) > 80


def test_every_place_gives_the_values_that_its_sentences_name():
    lacking = [
        (place, code, names)
        for code, given, place in raised()
        for template in SENTENCES[code].values()
        if (names := named(template) - given)
    ]
    assert lacking == []


@pytest.mark.parametrize("code", SENTENCES)
def test_both_languages_say_the_same_things(code: str):
    assert set(SENTENCES[code]) == {"en", "fr"}
    english, french = (named(SENTENCES[code][lang]) for lang in ("en", "fr"))
    assert english - french <= ENGLISH_ONLY
    assert french - english <= (FRENCH_ONLY if "error" in english else set())


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_french_in_french(code: str):
    fault = filled(code)
    french = fault.said("fr")
    assert french != fault.said("en")
    assert re.match(r"(il|elle|c’est|la|l’|le|un|une|une fois) ?", french)
    without = french.replace("SELECT", "").replace("UTF-8", "")
    assert not re.search(r"\b(the|is|it|its|has|of|and|or|save|which|read)\b", without)
    assert "'" not in french
    assert not re.search(r"[^\u00a0][:;!?»]|«[^\u00a0]", french)
    assert "ERROR" not in french
    assert "1,234,567" not in french


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_one_line_without_its_stop(code: str):
    for lang in ("en", "fr"):
        said = filled(code).said(lang)
        assert not re.search(r"[\n{}]|  |\.$|^ | $", said)
    assert str(filled(code)) == filled(code).said("en").removeprefix("it ")


def test_figures_are_written_as_a_language_does():
    fault = UnreadableFile("too_large", size=1_234_567_890, most=2**30)
    assert str(fault) == ("has 1,234,567,890 bytes, more than the 1,073,741,824 that are read; "
                          "split it")  # fmt: skip
    assert "1\u202f234\u202f567\u202f890 octets" in fault.said("fr")
    fault = UnreadableFile("outside", feature=12345, x=-190.25, y=1e-7)
    assert "feature 12345 is at longitude -190.25 and latitude 1e-07" in str(fault)
    assert "l’entité 12345 est à la longitude -190,25 et à la latitude 1e-07" in fault.said("fr")
    ratio = UnreadableFile("unpacked_too_large", size=5, ratio=1234.4)
    assert "1,234 times" in str(ratio)
    assert "1\u202f234 fois" in ratio.said("fr")


def test_texts_of_a_file_are_told_as_they_stand_but_for_their_lines():
    fault = UnreadableFile("no_such_sheet", wanted="1,5 {x}\n 2.0", names="a")
    assert fault.said("en") == "it has no sheet «1,5 {x} 2.0»; its sheets are a"
    assert "feuille «\u00a01,5 {x} 2.0\u00a0»\u00a0; ses feuilles sont a" in fault.said("fr")


def test_a_fault_passes_to_another_process():
    for fault in (
        UnreadableFile("no_such_sheet", wanted="a", names="b, c"),
        EmptySheet("empty_sheet", sheet="Données"),
        UnreadableFile("protected"),
    ):
        back = pickle.loads(pickle.dumps(fault))
        assert type(back) is type(fault)
        assert (str(back), back.said("fr")) == (str(fault), fault.said("fr"))
        assert (back.code, back.values) == (fault.code, fault.values)


def test_a_code_without_sentences_is_an_error_where_it_is_raised():
    with pytest.raises(KeyError, match="no_such_code"):
        UnreadableFile("no_such_code")
