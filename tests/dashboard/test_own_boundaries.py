"""Boundaries that a person brings: drawn in the place of the atlas's, or at a finer level."""

from __future__ import annotations

import io
import json
from pathlib import Path

import drawn
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import box

from app import create_app
from dashboard.exports import Refused, export
from dashboard.filters import vocabulary
from dashboard.layout import choice_options, period
from dashboard.reconcile import Act, reconcile
from dashboard.rendering import rendered
from dashboard.showing import shown
from dashboard.state import LANGUAGES, VIEWS, ViewState, parse, to_query
from dashboard.views import diaspora
from dashboard.views.territories import territories_of
from geo.__main__ import main
from geo.closer import drawn_layer
from geo.finer import finer_levels
from geo.load import EMBEDDED, load
from geo.schema import CRS
from geo.world import World

PEOPLE = {0: (1000, 100), 1: (2000, 100), 2: (500, 200)}  # population, immigrants; others have none
FIGURE = {"origin_id": "origin:all", "unit": "people", "year": 2021, "bound": "exact",
          "estimate": "false", "source_id": "made"}  # fmt: skip
TYPES = {"year": "integer", "value": "number", "estimate": "boolean"}


def ingested(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """The dataset that the command makes of a file of these shapes."""
    frame.to_file(path)
    out = path.with_suffix("")
    asked = ["ingest", str(path), "--as", "boundaries", "--accept", "--out", str(out)]
    assert main([*asked, "--title", f"Mine: {path.stem}"]) == 0
    return out


def whole_epci(world: World) -> pd.DataFrame:
    """The communes of the EPCI of fewest in Ille-et-Vilaine."""
    communes = world.table("communes")
    here = communes.loc[communes["departement_id"] == "departement:35", "epci_id"]
    sizes = communes["epci_id"].value_counts()
    return communes[communes["epci_id"] == sizes[sizes.index.isin(here)].idxmin()]


def figures(folder: Path, rows: list[dict[str, object]]) -> Path:
    """A dataset of figures on diasporas."""
    folder.mkdir()
    table = pd.DataFrame(rows)
    table.to_csv(folder / "figures.csv", index=False)
    fields = [{"name": name, "type": TYPES.get(name, "string")} for name in table.columns]
    source = {"id": "made", "producer": "Hand", "title": "By hand", "citation": "By hand",
              "path": "https://h.example", "licence": "CC0", "accessed": "2026",
              "vintage": "2021"}  # fmt: skip
    told = {"name": "own-figures", "title": "Figures", "sources": [source], "resources": [
        {"name": "figures", "path": "figures.csv", "schema": {"fields": fields}}]}  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def strips(world: World) -> gpd.GeoDataFrame:
    """The communes of an EPCI as strips beside one another."""
    communes = whole_epci(world)
    unit = world.layer("departements").set_index("place_id").geometry["departement:35"]
    at = unit.representative_point()
    shapes = [box(at.x + i * 0.01, at.y, at.x + (i + 1) * 0.01, at.y + 0.05)
              for i in range(len(communes))]  # fmt: skip
    columns = {"code": list(communes["code"]), "nom": list(communes["name"])}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


@pytest.fixture(scope="module")
def bare(strips: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of communes, without figures."""
    return ingested(strips, tmp_path_factory.mktemp("own") / "communes.geojson")


@pytest.fixture(scope="module")
def larger(strips: gpd.GeoDataFrame, bare: Path, world: World) -> World:
    """The atlas with these communes, figures of three of them and of one that has no shape, and
    régions of a person's own."""
    codes = [f"commune:{code}" for code in strips["code"]]
    told = [(codes[i], *pair) for i, pair in PEOPLE.items()] + [("commune:13055", 1000, 10)]
    rows = [{**FIGURE, "place_id": place, "definition": definition, "measure": measure,
             "value": value}
            for place, people, some in told
            for definition, measure, value in (("population_insee", "population", people),
                                               ("immigrants", "number", some))]  # fmt: skip
    layer = world.layer("regions").rename(columns={"place_id": "code"})
    layer["code"] = layer["code"].str.removeprefix("region:")
    regions = layer[layer["code"].isin(["53", "04", "11"])]
    mine = regions.assign(geometry=[shape.buffer(-0.02) for shape in regions.geometry])
    folder = bare.parent
    own = ingested(mine, folder / "regions.geojson")
    return load(EMBEDDED, bare, own, figures(folder / "figures", rows))


def ids(world: World) -> list[str]:
    return list(world.layer("communes")["place_id"])


def test_a_finer_level_is_offered_only_with_shapes_and_figures(
    bare: Path, world: World, larger: World
):
    assert finer_levels(larger) == ("commune",)
    for other in (world, load(EMBEDDED, bare)):
        words = vocabulary(other, "fr")
        assert finer_levels(other) == ()
        state, [notice] = parse("view=diaspora&level=commune", words)
        assert (state.level, notice.reason, notice.parameter) == ("", "not_allowed", "level")
        assert len(choice_options("diaspora", "fr", words)["level"]) == 2
        with pytest.raises(KeyError):
            drawn_layer(other, "communes")
    words = vocabulary(larger, "fr")
    offered = choice_options("diaspora", "fr", words)["level"]
    assert offered[-1] == {"label": "communes", "value": "commune"}
    assert len(choice_options("gap", "fr", words)["level"]) == 2
    assert parse("view=gap&level=commune", words)[1][0].reason == "not_allowed"


def test_the_level_is_in_the_address_and_chosen_by_its_control(larger: World):
    words = vocabulary(larger, "fr")
    state, notices = parse("view=diaspora&level=commune", words)
    assert (state.level, notices) == ("commune", ())
    assert parse(to_query(state), words)[0] == state
    act = Act("level", controls={"level": "commune"})
    assert reconcile(act, "view=diaspora", words, period(larger)).level == "commune"
    assert reconcile(act, "view=gap", words, period(larger)).level == ""
    assert state.in_view("diaspora").level == "commune"
    assert state.in_view("gap").level == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_communes_are_drawn_ranked_and_told_from_their_figures(lang: str, larger: World):
    state = ViewState("diaspora", lang, level="commune")
    view = shown(larger, state)
    area = drawn.area(view.figure, "communes")
    assert sorted(area["locations"]) == sorted(ids(larger))
    colours = drawn.colours(area)
    share = {place: some / people * 100 for place, (people, some) in by_place(larger).items()}
    told = {place: colours[place] for place in share}
    assert len(set(told.values())) == 3
    assert len({colours[place] for place in ids(larger) if place not in share}) == 1
    line = [row.value for row in view.told.rankings[0].lines]
    assert line == sorted(share, key=lambda place: -share[place])
    assert f"3 communes {'of' if lang == 'en' else 'sur'} {len(ids(larger))}" in view.told.sentence
    assert view.told.key_figures[0].value == "400"
    assert any("commune" in note and note.startswith("1") for note in view.told.notes)
    assert "Mine: communes" in " ".join(view.told.legend.notes)
    assert any("Mine: communes" in source for source in view.told.sources)
    assert view.told.table.rows


def by_place(world: World) -> dict[str, tuple[float, float]]:
    """Population and immigrants of the communes that have both a shape and figures."""
    table = world.table("figures")
    table = table[table["place_id"].isin(ids(world))]
    wide = table.pivot_table(index="place_id", columns="definition", values="value")
    return {str(i): (row["population_insee"], row["immigrants"]) for i, row in wide.iterrows()}


def test_the_map_is_framed_on_them(larger: World, strips: gpd.GeoDataFrame):
    frame = shown(larger, ViewState("diaspora", level="commune")).figure["layout"]["geo"]
    west, _, east, _ = strips.total_bounds
    low, high = frame["lonaxis"]["range"]
    assert low < west < east < high
    assert high - low < 1.2 * max(strips.total_bounds[2:] - strips.total_bounds[:2])
    one = ViewState("diaspora", level="commune", territory=(ids(larger)[0],))
    again = shown(larger, one).figure
    assert again["layout"]["geo"] == frame  # a click on a commune does not move the map
    assert drawn.outlined(drawn.area(again, "communes")) == {ids(larger)[0]}


def test_a_wider_territory_stands_for_the_communes_in_it(larger: World):
    here = set(ids(larger))
    for chosen in ("region:53", "departement:35", *whole_epci(larger)["epci_id"].unique()):
        inside = territories_of(larger, (chosen,), "commune")
        assert here <= inside
        assert territories_of(larger, (chosen,), "commune", below=True) == inside
    assert not here & territories_of(larger, ("departement:22",), "commune")
    assert territories_of(larger, ("commune:35238",), "departement") == {"departement:35"}
    assert territories_of(larger, ("commune:35238",), "departement", below=True) == set()
    [epci] = territories_of(larger, ("commune:35238",), "epci")
    assert "commune:35238" in territories_of(larger, (epci,), "commune")
    state = ViewState("diaspora", level="commune", territory=("departement:22",))
    assert shown(larger, state).told.empty


@pytest.mark.parametrize("form", ["geojson", "parquet"])
@pytest.mark.parametrize("rows", ["all", "shown"])
def test_exported_rows_of_communes_have_the_shape_that_was_brought(
    rows: str, form: str, larger: World, strips: gpd.GeoDataFrame
):
    words = vocabulary(larger, "fr")
    content = export(larger, "diaspora", form, f"level=commune&rows={rows}", words).content
    reader = gpd.read_parquet if form == "parquet" else gpd.read_file
    found = reader(io.BytesIO(content)).set_index("place_id").geometry
    shapes = dict(zip("commune:" + strips["code"], strips.geometry, strict=True))
    for place in by_place(larger):
        apart = [shape.symmetric_difference(shapes[place]).area for shape in found[[place]]]
        assert max(apart) < 1e-6 * shapes[place].area + 1e-8  # GeoJSON keeps seven decimals
    assert ("commune:13055" in found.index) is (rows == "all")
    assert found[found.index == "commune:13055"].isna().all()


def test_no_export_of_a_level_that_is_not_there(world: World):
    with pytest.raises(Refused):
        export(world, "diaspora", "csv", "level=commune", vocabulary(world, "fr"))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_the_boundaries_brought(view: str, larger: World):
    words = vocabulary(larger, "fr")
    assert rendered(larger, f"?view={view}&lang=en", None, words, period(larger), ())


def test_a_region_brought_is_drawn_where_the_atlas_draws_it(larger: World, world: World):
    here, before = (json.loads(drawn_layer(each, "regions")) for each in (larger, world))
    assert [f["id"] for f in here["features"]] == [f["id"] for f in before["features"]]
    shapes = [{f["id"]: shapely.geometry.shape(f["geometry"]) for f in each["features"]}
              for each in (here, before)]  # fmt: skip
    for place, changed in (("region:53", True), ("region:11", True), ("region:84", False)):
        assert (shapes[0][place].area < 0.999 * shapes[1][place].area) is changed
    reunion = shapes[0]["region:04"]  # overseas: it fills its frame at a scale of its own
    assert reunion.intersection(shapes[1]["region:04"]).area > 0.8 * reunion.area
    told = shown(larger, ViewState("flows")).told
    assert any("Mine: regions" in source for source in told.sources)


def test_the_browser_finds_the_layer(larger: World):
    client = create_app(larger).server.test_client()
    answer = client.get(f"/geometry/communes.{larger.version}.json")
    assert {f["id"] for f in answer.get_json()["features"]} == set(ids(larger))
    assert client.get(f"/geometry/epci.{larger.version}.json").status_code == 404


def test_figures_without_a_population_leave_the_map_without_classes(
    bare: Path, strips: gpd.GeoDataFrame, tmp_path: Path
):
    place = f"commune:{strips['code'].iloc[0]}"
    row = {**FIGURE, "place_id": place, "definition": "immigrants", "measure": "number",
           "value": 12}  # fmt: skip
    world = load(EMBEDDED, bare, figures(tmp_path / "figures", [row]))
    state = ViewState("diaspora", level="commune")
    assert diaspora.select(world, state).stock.table["share"].isna().all()
    assert shown(world, state).told.key_figures[0].value == "12"
