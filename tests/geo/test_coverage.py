"""Coverage: each count made again with the csv module on the files."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from geo import coverage
from geo.load import load
from geo.world import World

DATA = Path(__file__).resolve().parents[2] / "data"


def rows_of(path: str, root: Path = DATA) -> list[dict[str, str]]:
    with (root / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_file_of_every_dataset_is_listed_with_its_rows(world: World):
    held = coverage.tables_held(world)
    files = {(path.parent.name, path.name) for path in DATA.glob("*/*.*")}
    listed = set(zip(held["dataset"], held["file"], strict=True))
    assert files - listed == {(name, "datapackage.json") for name in world.datasets}
    for row in held[held["kind"] == "table"].to_dict("records"):
        path = f"{row['dataset']}/{row['file']}"
        written = rows_of(path)
        assert row["rows"] == len(written), path
        assert row["columns"] == len(written[0]), path
        assert row["bytes"] == (DATA / path).stat().st_size
        named = {f"{row['dataset']}/{line['source_id']}" for line in written}
        assert set(row["source_ids"].split(";")) == named, path


def test_rows_of_a_source_are_those_that_name_it(world: World):
    held = coverage.sources_held(world)
    expected: Counter[str] = Counter()
    for path in DATA.glob("*/*.csv"):
        for row in rows_of(f"{path.parent.name}/{path.name}"):
            expected[f"{path.parent.name}/{row['source_id']}"] += 1
    counted = dict(zip(held["source_id"], held["rows"], strict=True))
    assert {key: n for key, n in counted.items() if n} == dict(expected)
    described = [
        f"{path.parent.name}/{source['id']}"
        for path in sorted(DATA.glob("*/datapackage.json"))
        for source in json.loads(path.read_text(encoding="utf-8"))["sources"]
    ]
    assert held["source_id"].tolist() == described
    assert held[["producer", "licence", "vintage", "accessed"]].ne("").all(axis=None)


def test_links_by_country_stand_beside_the_whole_extract_of_wikidata(world: World):
    country = {row["place_id"]: row["country_id"] for row in rows_of("links/places.csv")}
    links, near = Counter(), {}
    for row in rows_of("links/links.csv"):
        far = row["b_id"] if row["b_id"].startswith("country:") else country[row["b_id"]]
        links[far] += 1
        near.setdefault(far, set()).add(row["a_id"])
    elsewhere = {
        row["country_id"]: int(row["links"])
        for row in rows_of("links/coverage.csv")
        if row["country_id"] != "country:FRA"
    }
    held = coverage.links_by_country(world).set_index("country_id")
    assert held["links"].sum() == 941
    assert set(held.index) == set(links) | set(elsewhere)
    for place in held.index:
        assert held["links"][place] == links[place]
        assert held["collectivities"][place] == len(near.get(place, ()))
        assert held["wikidata_links"].get(place) == elsewhere.get(place) or (
            pd.isna(held["wikidata_links"][place]) and place not in elsewhere
        )
    assert held["links"].is_monotonic_decreasing


def test_years_of_start_and_those_not_known(world: World):
    years = Counter(row["start_year"] for row in rows_of("links/links.csv"))
    held = coverage.links_by_year(world)
    assert held["start_year"].isna().tolist() == [False] * (len(held) - 1) + [True]
    assert held["links"].iloc[-1] == years.pop("")
    known = held.iloc[:-1]
    assert dict(zip(known["start_year"], known["links"], strict=True)) == {
        int(year): n for year, n in years.items()
    }


def test_figures_by_definition_level_and_year(world: World):
    counted = Counter(
        (row["definition"], row["place_id"].split(":")[0], int(row["year"]))
        for row in rows_of("diaspora/figures.csv")
    )
    estimates = Counter(
        (row["definition"], row["place_id"].split(":")[0], int(row["year"]))
        for row in rows_of("diaspora/figures.csv")
        if row["estimate"] == "true"
    )
    held = coverage.figures_held(world).set_index(["definition", "level", "year"])
    assert held["rows"].to_dict() == dict(counted)
    assert {key: n for key, n in held["estimates"].items() if n} == dict(estimates)


def test_criteria_by_value_and_grade(world: World):
    rows = rows_of("stances/criteria.csv")
    held = coverage.criteria_held(world).set_index("criterion")
    for column in ("value", "grade"):
        counted = Counter((row["criterion"], row[column]) for row in rows if row[column])
        for (criterion, code), n in counted.items():
            assert held.loc[criterion, code] == n
    assert held[["yes", "partial", "no", "unknown"]].sum(axis=None) == len(rows)


def test_states_coded_among_all_countries(world: World):
    coded = {row["country_id"] for row in rows_of("stances/criteria.csv")}
    region = {row["country_id"]: row["m49_region"] for row in rows_of("reference/countries.csv")}
    held = coverage.states_held(world).set_index("m49_region")
    assert held["countries"].to_dict() == Counter(region.values())
    assert {k: n for k, n in held["coded"].items() if n} == Counter(region[c] for c in coded)
    classes = held[["supportive", "restricted", "uninformed", "unclassified"]]
    assert classes.sum(axis=1).tolist() == held["coded"].tolist()


def test_vectors_by_kind_and_year(world: World):
    counted = Counter((row["kind"], row["year"]) for row in rows_of("vectors/vectors.csv"))
    held = coverage.vectors_held(world)
    found = {
        (row["kind"], "" if pd.isna(row["year"]) else str(int(row["year"]))): row["rows"]
        for row in held.to_dict("records")
    }
    assert found == dict(counted)


def test_networks_by_theme(world: World):
    networks, members = rows_of("networks/networks.csv"), rows_of("networks/members.csv")
    theme = {row["network_id"]: row["theme"] for row in networks}
    held = coverage.networks_held(world).set_index("theme")
    assert held["networks"].to_dict() == Counter(theme.values())
    listed = {row["network_id"] for row in members}
    assert {k: n for k, n in held["with_members"].items() if n} == Counter(
        theme[network] for network in listed
    )
    assert {k: n for k, n in held["members"].items() if n} == Counter(
        theme[row["network_id"]] for row in members
    )
    french = [row for row in members if row["country_id"] == "country:FRA"]
    assert held["french"].sum() == len(french)
    assert held["members_dated"].sum() == sum(row["since_year"] != "" for row in members)


def test_countries_and_years_of_each_table_of_facts(world: World):
    held = coverage.spans_held(world).set_index("table")
    links = rows_of("links/links.csv")
    years = [int(row["start_year"]) for row in links if row["start_year"]]
    assert held.loc["links", ["first_year", "last_year"]].tolist() == [min(years), max(years)]
    assert held.loc["links", "undated"] == len(links) - len(years)
    members = {row["country_id"] for row in rows_of("networks/members.csv")}
    assert held.loc["members", "countries"] == len(members - {"country:FRA", ""})
    origins = {row["origin_id"] for row in rows_of("diaspora/figures.csv")}
    abroad = {o for o in origins if o.startswith("country:")} - {"country:FRA"}
    assert held.loc["figures", "countries"] == len(abroad)
    assert held.loc["figures", "undated"] == 0
    situations = [row["date_situation"] for row in rows_of("stances/criteria.csv")]
    said = [int(y) for text in situations for y in re.findall(r"\b(?:1[89]|20)\d\d\b", text)]
    assert held.loc["criteria", ["first_year", "last_year"]].tolist() == [min(said), max(said)]
    assert pd.isna(held.loc["cases", "first_year"])


def test_rows_of_each_country(world: World):
    held = coverage.by_country(world).set_index("country_id")
    countries = {row["country_id"] for row in rows_of("reference/countries.csv")}
    assert set(held.index) == countries - {"country:FRA"}
    known = Counter(
        row["country_id"] for row in rows_of("stances/criteria.csv") if row["value"] != "unknown"
    )
    known.pop("country:FRA", None)
    assert {k: n for k, n in held["criteria"].items() if n} == dict(known)
    links = coverage.links_by_country(world).set_index("country_id")["links"]
    assert held["links"].to_dict() == {place: links.get(place, 0) for place in held.index}
    vectors = Counter(
        country
        for row in rows_of("vectors/vectors.csv")
        for country in {row["place_id"], row["counterpart_id"]}
        if country.startswith("country:") and country != "country:FRA"
    )
    assert all(held["vectors"][place] >= n for place, n in vectors.items())
    assert held["vectors"]["country:MLI"] == vectors["country:MLI"]


def test_rows_without_a_place_are_counted(world: World):
    held = coverage.unplaced(world).set_index("table")
    members, cases = rows_of("networks/members.csv"), rows_of("cases/cases.csv")
    assert held.loc["members", "without_point"] == sum(row["lon"] == "" for row in members)
    assert held.loc["cases", "without_place"] == sum(row["place_id"] == "" for row in cases)
    assert held.loc["links", "without_place"] == 0


def test_what_the_join_could_not_place_is_listed_with_its_rows(world: World):
    lost = coverage.unmatched(world)
    by_end = Counter(row["b_id"] for row in rows_of("links/links.csv"))
    by_member = Counter(row["place_id"] for row in rows_of("networks/members.csv"))
    assert set(lost["subject"]) == {"links", "members"}
    assert lost[["name", "reason"]].ne("").all(axis=None)
    for row in lost.to_dict("records"):
        counted = (by_end if row["subject"] == "links" else by_member)[row["place_id"]]
        assert row["rows"] == counted == len(row["ids"].split(";"))
    how = coverage.joined_ends(world)
    missed = how[~how["placed"]].groupby("subject")["places"].sum()
    assert missed.to_dict() == lost.groupby("subject")["place_id"].nunique().to_dict()


def test_rows_that_no_map_shows_are_counted_with_their_reason(world: World):
    apart = coverage.set_apart(world).set_index(["origin", "reason"])["rows"]
    ended = [row for row in rows_of("links/links.csv") if row["status"] == "ended"]
    assert 0 < apart["links", "ended"] <= len(ended)
    groups = [
        row for row in rows_of("diaspora/figures.csv")
        if row["origin_id"].startswith("origin:") and row["origin_id"] != "origin:all"
    ]  # fmt: skip
    assert 0 < apart["diaspora", "group_of_countries"] <= len(groups)


@pytest.mark.parametrize(
    "name",
    ["tables_held", "sources_held", "links_by_country", "links_by_year", "figures_held",
     "criteria_held", "states_held", "vectors_held", "networks_held", "unplaced", "joined_ends",
     "unmatched", "set_apart", "spans_held", "by_country"],
)  # fmt: skip
def test_nothing_is_needed_but_a_world(small_world: World, name: str):
    held = getattr(coverage, name)(small_world)
    assert list(held.columns)


def test_the_small_world_is_counted_by_hand(small_world: World):
    held = coverage.links_by_country(small_world)
    assert held.fillna(-1).astype(object).to_numpy().tolist() == [
        ["country:SEN", 4, 4, 6, 4],
        ["country:MLI", 1, 1, -1, -1],
    ]
    joined = coverage.joined_ends(small_world)
    assert joined.loc[joined["subject"] == "links", "places"].sum() == 4


def test_an_end_that_is_no_known_place_is_listed(copied: Path):
    path = copied / "links" / "links.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("place:mli-kita", "place:nowhere"), encoding="utf-8")
    ends = coverage.unmatched(load(copied))
    ends = ends[ends["subject"] == "links"]
    assert ends.to_dict("records") == [
        {"subject": "links", "place_id": "place:nowhere", "name": "", "reason": "unknown_code",
         "detail": "", "rows": 1, "ids": "c"},
    ]  # fmt: skip
