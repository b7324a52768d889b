"""Whatever the locale, the encoding and the time zone of the machine, the same bytes come out.

The Turkish locale is made where its definition is there (Debian's package `locales`); one that is
missing is C to every program, and that is then what is tried twice.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import app

ROOT = Path(app.__file__).parent
TURKISH = "tr_TR.ISO-8859-9"  # whose decimal sign is a comma
# The i in both cases, with and without its dot; accents; a decimal comma.
ROWS = (
    "Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type\n"
    "ISSY-LES-MOULINEAUX;TÜRKİYE;İzmir;38,41;27,14;JUMELAGE\n"
    "Évry-Courcouronnes;Mali;Kayes;;;jumelage\n"
    "saint-denis;ITALIE;IVREA;;;Accord\n"
)
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Etc/GMT+12"}
MACHINES = {
    "plain": ASCII,
    "Turkish": {"LC_ALL": TURKISH, "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati"},
}
# Run on a machine: what is made, by a digest, on standard output.
MAKES = """
import hashlib, json, locale, sys
from pathlib import Path
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
import app
from dashboard.state import VIEWS
from geo.__main__ import main
from geo.load import load
data, out, rows = map(Path, sys.argv[1:])
made = {}
def keep(name, held):
    made[name] = hashlib.sha256(held).hexdigest()
client = app.create_app(load(data)).server.test_client()
for view in VIEWS:
    for lang, form in (("fr", "csv"), ("fr", "html"), ("en", "json")):
        answer = client.get(f"/export/{view}.{form}?lang={lang}", buffered=True)
        assert answer.status_code == 200, (view, form, answer.text[:200])
        keep(f"{view}.{form}", answer.data)
for address in ("/scenes.json", "/_dash-layout", "/data/links.zip", "/health"):
    answer = client.get(address, buffered=True)
    held = json.dumps(answer.json, sort_keys=True).encode() if answer.is_json else answer.data
    keep(address, held)
assert client.get("/").status_code == 200
assert main(["check", str(data), "--no-progress"]) == 0
assert main(["ingest", str(rows), "--accept", "--out", str(out)]) == 0
for path in sorted(out.iterdir()):
    keep(path.name, path.read_bytes())
(out.parent / "made.json").write_text(json.dumps(made), "utf-8")
"""


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the Turkish locale."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef") and Path("/usr/share/i18n/locales/tr_TR").exists():
        source, _, encoding = TURKISH.partition(".")
        command = ["localedef", "-i", source, "-f", encoding, str(folder / TURKISH)]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def run(code: list[str], machine: Mapping[str, str], locales: Path) -> bytes:
    """What a command writes to standard output on a machine."""
    plain = {k: v for k, v in os.environ.items()
             if not k.startswith(("LC_", "LANG", "PYTHONUTF8", "TZ"))}  # fmt: skip
    told = {**plain, "LOCPATH": str(locales), "PYTHONPATH": str(ROOT), **machine}
    made = subprocess.run([sys.executable, *code], env=told, cwd=ROOT, capture_output=True)
    assert made.returncode == 0, made.stderr.decode("utf-8", "replace")[-2000:]
    return made.stdout


def made(
    machine: Mapping[str, str], small_data: Path, folder: Path, locales: Path
) -> dict[str, str]:
    """The digests of what a machine makes."""
    folder.mkdir()
    rows, out = folder / "rows.csv", folder / "out"
    rows.write_text(ROWS, "utf-8")
    run(["-W", "ignore", "-c", MAKES, str(small_data), str(out), str(rows)], machine, locales)
    held: dict[str, str] = json.loads((folder / "made.json").read_text("utf-8"))
    return held


@pytest.fixture(scope="module")
def usual(
    small_data: Path, tmp_path_factory: pytest.TempPathFactory, locales: Path
) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("usual") / "made"
    return made({"LC_ALL": "C.UTF-8", "TZ": "UTC"}, small_data, folder, locales)


@pytest.mark.parametrize("machine", list(MACHINES))
def test_the_same_bytes_come_out(
    machine: str, usual: dict[str, str], small_data: Path, tmp_path: Path, locales: Path
):
    here = made(MACHINES[machine], small_data, tmp_path / "made", locales)
    assert len(usual) > 40
    assert {"links.csv", "report.json"} <= set(usual)
    assert [name for name in usual if here.get(name) != usual[name]] == []


def test_a_terminal_without_accents_gets_the_table_whole(locales: Path):
    """Data are UTF-8 wherever they go; what is said to a person is written as the terminal can."""
    machines = ASCII, {"LC_ALL": "C.UTF-8"}
    told = [run(["-W", "ignore", "-m", "geo", "unmatched"], each, locales) for each in machines]
    assert told[0] == told[1]
    assert told[0].decode("utf-8").startswith("place_id,reason")
