"""The catalogues: complete in both languages, and nothing in them that is never said."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import catalogue as module
from dashboard.catalogue import catalogue

DASHBOARD = Path(module.__file__).parent
FILES = {
    lang: {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((DASHBOARD / "locale" / lang).glob("*.json"))
    }
    for lang in ("fr", "en")
}
TEXTS = {
    lang: {key: text for texts in files.values() for key, text in texts.items()}
    for lang, files in FILES.items()
}
SOURCES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in DASHBOARD.rglob("*.py")}
TEMPLATES = "".join(p.read_text(encoding="utf-8") for p in DASHBOARD.glob("templates/*.html"))
SAID_IN_TEMPLATES = set(re.findall(r"'([a-z_]+\.[a-z_.]+|empty)'", TEMPLATES))


def pattern(node: ast.JoinedStr) -> str:
    """An f-string as a regular expression: f"stance.{key}" is «stance\\..+»."""
    parts = (v.value if isinstance(v, ast.Constant) else None for v in node.values)
    return "".join(".+" if part is None else re.escape(str(part)) for part in parts)


def strings(node: ast.AST) -> Iterator[str]:
    """Patterns of the texts of an expression, whole f-strings rather than their pieces."""
    if isinstance(node, ast.JoinedStr):
        yield pattern(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
        yield re.escape(str(node.left.value)) + ".+"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def keys_said(tree: ast.AST) -> Iterator[str]:
    """What stands as the key in each `.say(…)`; of «a if x else b» the two results."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say":
            key = node.args[0]
            for choice in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                yield from strings(choice)


SAID = {key for tree in SOURCES.values() for key in keys_said(tree)} | {
    re.escape(key) for key in SAID_IN_TEMPLATES
}
# Keys that reach `say` through a variable are looked for among all texts of the sources.
WRITTEN = {text for tree in SOURCES.values() for text in strings(tree)}


def forms(text: str | dict[str, str]) -> dict[str, str]:
    return text if isinstance(text, dict) else {"": text}


def placeholders(text: str | dict[str, str]) -> set[str]:
    return {name for form in forms(text).values() for name in re.findall(r"(?<!{){(\w+)}", form)}


def test_both_languages_have_the_same_keys_in_the_same_order():
    assert list(FILES["fr"]) == list(FILES["en"])
    for name, texts in FILES["fr"].items():
        assert list(texts) == list(FILES["en"][name])


def test_a_key_stands_in_one_file_only():
    assert len(TEXTS["fr"]) == sum(map(len, FILES["fr"].values()))


@pytest.mark.parametrize("key", TEXTS["fr"])
def test_both_languages_have_the_same_blanks_and_plurals(key: str):
    fr, en = TEXTS["fr"][key], TEXTS["en"][key]
    assert placeholders(fr) == placeholders(en)
    assert set(forms(fr)) == set(forms(en))
    assert set(forms(fr)) in ({""}, {"one", "other"})
    assert all(form.strip() for text in (fr, en) for form in forms(text).values())


def test_every_key_said_exists():
    assert sorted(k for k in SAID if not any(re.fullmatch(k, key) for key in TEXTS["fr"])) == []


def test_every_key_is_said_somewhere():
    used = re.compile("|".join(sorted(SAID | {t for t in WRITTEN if not t.startswith(".")})))
    assert [key for key in TEXTS["fr"] if not used.fullmatch(key)] == []


def test_the_scan_sees_what_is_said():
    assert {"skip", r"stance\..+", r"flows\.sentence", r"click\.undo"} <= SAID


@pytest.mark.parametrize(
    ("value", "digits", "fr", "en"),
    [
        (12129, 0, "12\u202f129", "12,129"), (1234567, 0, "1\u202f234\u202f567", "1,234,567"),
        (0, 0, "0", "0"), (62.5, 1, "62,5", "62.5"), (62.0, 1, "62", "62"),
        (-3, 0, "-3", "-3"), (0.049, 1, "0", "0"),
    ],
)  # fmt: skip
def test_numbers(value: float, digits: int, fr: str, en: str):
    assert catalogue("fr").number(value, digits) == fr
    assert catalogue("en").number(value, digits) == en


@pytest.mark.parametrize(
    ("share", "fr", "en"),
    [(12.34, "12,3", "12.3%"), (0.456, "0,46", "0.46%"), (100, "100", "100%")],
)
def test_shares(share: float, fr: str, en: str):
    assert re.fullmatch(rf"{fr}\s%", catalogue("fr").percent(share))
    assert catalogue("en").percent(share) == en


@pytest.mark.parametrize(
    ("lang", "n", "said"),
    [
        ("fr", 0, "0 lien"), ("fr", 1, "1 lien"), ("fr", 2, "2 liens"),
        ("fr", 1200, "1\u202f200 liens"),
        ("en", 0, "0 links"), ("en", 1, "1 link"), ("en", 1200, "1,200 links"),
    ],
)  # fmt: skip
def test_plurals_follow_the_language(lang: str, n: int, said: str):
    assert catalogue(lang).say("n_links", n=n) == said


def test_a_year_has_no_separator_and_a_list_its_word():
    assert catalogue("fr").say("phrase.years", first="1990", last="2020") == "années 1990–2020"
    assert catalogue("fr").joined(["a", "b", "c"]) == "a, b et c"
    assert catalogue("en").joined(["a", "b", "c"]) == "a, b, and c"


def test_braces_in_a_value_are_left_alone():
    assert catalogue("fr").say("phrase.partner", names="{lang} {0}") == "partenaire\xa0: {lang} {0}"


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        catalogue("fr").say("no.such.key")


# What a line may break before in French: a sign with two parts, a closing quotation mark, «%»; or
# after an opening one.
BREAKS = re.compile(r"[ \t\n](?=[:;!?%»])|(?<=«)[ \t\n]")
GLUED = re.compile(r"[^\W\d_](?=[;!?»])|«(?=\w)")  # and where no space stands at all
INSIDE = re.compile(r"{[^{}]*}|https?://\S+|\?[a-z_]+=\S*")  # what is no French


def french(text: str | dict[str, str]) -> list[str]:
    return [INSIDE.sub("x", form) for form in forms(text).values()]


def test_no_line_breaks_before_a_sign_in_french():
    broken = {key: form for key, text in TEXTS["fr"].items() for form in french(text)
              if BREAKS.search(form) or GLUED.search(form)}  # fmt: skip
    assert broken == {}


@pytest.mark.parametrize(
    "text", ["a : b", "{a} : {b}", "non !", "50 %", "« a", "a »", "{n} ;", "a; b", "«a", "{n}!"]
)
def test_a_line_that_would_break_is_found(text: str):
    (form,) = french(text)
    assert BREAKS.search(form) or GLUED.search(form)


@pytest.mark.parametrize(
    "text", ["a\u00a0: b", "«\u00a0{a}\u00a0»", "50\u202f%", "{value:.1f} a", "https://a.fr/?b=c",
             "{n}\u202f; a", "/export/flows.csv?lang=fr"],
)  # fmt: skip
def test_a_line_that_would_not_is_left(text: str):
    (form,) = french(text)
    assert not BREAKS.search(form)
    assert not GLUED.search(form)
