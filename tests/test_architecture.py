"""Imports go one way, app -> dashboard -> geo, and dash stays where it belongs."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LONGEST = 420  # lines: modules are split near 400
NEVER_IN_GEO = {"dash", "plotly", "flask", "dashboard", "app"}
PURE = {
    "state", "filters", "views", "figures", "captions", "exports", "telling", "reconcile",
    "catalogue",
}  # fmt: skip
WIRING = {"Input", "Output", "State", "ctx", "ALL", "MATCH", "ALLSMALLER", "callback"}
WORDS_FOR_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

AT_THE_TOP = {
    "app.py", "geo", "dashboard", "data", "assets", "tests", "README.md", "CHANGELOG.md", "LICENSE",
    "Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "Dockerfile",
    "compose.yaml",
}  # fmt: skip


def modules(root: Path) -> dict[str, Path]:
    """The project's own modules by dotted name."""
    files = [root / "app.py", *(root / "geo").rglob("*.py"), *(root / "dashboard").rglob("*.py")]
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for path in files
        if path.exists()
    }


def imported(path: Path, name: str) -> set[str]:
    """What a module imports, as dotted names; `from dash import Input` is dash and dash.Input."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            up = name.split(".")[: -node.level] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def wrong_ways(root: Path) -> list[str]:
    """Every import that goes the wrong way, and every module named after nothing."""
    faults: list[str] = []
    for name, path in modules(root).items():
        parts = name.split(".")
        uses = imported(path, name)
        tops = {use.split(".")[0] for use in uses}
        if parts[0] == "geo":
            faults += [f"{name} imports {top}" for top in sorted(tops & NEVER_IN_GEO)]
        if parts[0] == "dashboard":
            faults += [f"{name} imports app"] if "app" in tops else []
            pure = len(parts) > 1 and parts[1] in PURE
            faults += [f"{name} imports dash"] if pure and "dash" in tops else []
            if parts[1:] != ["callbacks"]:
                wires = {f"dash.{word}" for word in WIRING} | {"dash.dependencies"}
                faults += [f"{name} imports {use}" for use in sorted(uses & wires)]
        if parts[:2] != ["geo", "build"] and name != "geo.__main__":
            built = {use for use in uses if use.split(".")[:2] == ["geo", "build"]}
            faults += [f"{name} imports {use}" for use in sorted(built)]
        faults += [f"{name} is named {w}" for w in sorted(WORDS_FOR_NOTHING & set(parts))]
    return faults


def test_imports_go_one_way():
    assert wrong_ways(ROOT) == []


def test_the_test_itself_sees_the_project():
    assert {"app", "geo.load", "dashboard.state", "dashboard.callbacks"} <= set(modules(ROOT))


def test_a_module_stays_short_enough_to_read():
    long = {
        name: lines
        for name, path in modules(ROOT).items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_the_top_of_the_tree_holds_what_tools_look_for_there():
    held = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert held == AT_THE_TOP


def test_a_wrong_tree_is_told_in_full(tmp_path: Path):
    tree = {
        "app.py": "import dashboard.layout\n",
        "geo/load.py": "from dashboard.state import ViewState\n",
        "geo/arcs.py": "def lazy():\n    import plotly.graph_objects as go\n",
        "geo/places.py": "import dashes\nfrom geo import load\n",
        "dashboard/state.py": "from dash import html\n",
        "dashboard/views/flows.py": "import dash\n",
        "dashboard/panels.py": "from dash import html, Input\nfrom app import main\n",
        "dashboard/layout.py": "from dash.dependencies import Output\n",
        "dashboard/callbacks.py": "from dash import Input, Output, State, ctx\n",
        "dashboard/figures/utils.py": "",
    }
    for name, text in tree.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert sorted(wrong_ways(tmp_path)) == [
        "dashboard.figures.utils is named utils",
        "dashboard.layout imports dash.dependencies",
        "dashboard.panels imports app",
        "dashboard.panels imports dash.Input",
        "dashboard.state imports dash",
        "dashboard.views.flows imports dash",
        "geo.arcs imports plotly",
        "geo.load imports dashboard",
    ]


def test_a_relative_import_is_followed(tmp_path: Path):
    path = tmp_path / "dashboard" / "state.py"
    path.parent.mkdir()
    path.write_text("from .callbacks import render\n", encoding="utf-8")
    assert imported(path, "dashboard.state") == {
        "dashboard.callbacks", "dashboard.callbacks.render",
    }  # fmt: skip
