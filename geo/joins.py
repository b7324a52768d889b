"""The join: ends of links to places and boundaries, by code first, then by where their point lies.

A point inside a first-level unit of its declared country belongs to it. A point in no unit of
its country, such as a port drawn off a simplified coast, belongs to the nearest one within
`NEAREST_KM`. Whatever finds no boundary is returned with its reason, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod

from geo.errors import CrsMismatch, Fault
from geo.places import places_of
from geo.schema import CRS, crs_name
from geo.world import World

NEAREST_KM = 25.0
_GEOD = Geod(ellps="WGS84")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Joined:
    """`located`: one row a place that found its unit (place_id, unit_id, method, km);
    `unmatched`: one row a place that did not (place_id, reason, detail)."""

    located: pd.DataFrame
    unmatched: pd.DataFrame

    def counts(self) -> dict[str, int]:
        """How many places each method placed and each reason kept out."""
        placed = self.located["method"].value_counts()
        missed = self.unmatched["reason"].value_counts()
        return {str(k): int(v) for k, v in [*placed.items(), *missed.items()]}


def locate(points: gpd.GeoDataFrame, units: gpd.GeoDataFrame, km: float = NEAREST_KM) -> Joined:
    """Find the unit that each point lies in, within the country that the point declares.

    `points`: place_id, country_id, unit_id ("" where no code is given), geometry (Point or None).
    `units`: place_id, country_id, geometry (polygons). Both in EPSG:4326, else CrsMismatch.
    """
    _same_crs(points, units)
    coded = points["unit_id"] != ""
    valid = points["unit_id"].isin(units["place_id"])
    empty = points.geometry.isna() | points.geometry.is_empty
    by_code = pd.DataFrame(
        {"place_id": points["place_id"], "unit_id": points["unit_id"], "method": "code", "km": 0.0}
    )[coded & valid]
    rest = points[~(coded & valid) & ~empty]
    inside = _inside(rest, units)
    near = _nearest(rest[~rest["place_id"].isin(inside["place_id"])], units, km)
    located = pd.concat([by_code, inside, near], ignore_index=True)
    missed = points[~points["place_id"].isin(located["place_id"])]
    return Joined(located, _explained(missed, units, coded & ~valid))


def _same_crs(points: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> None:
    for name, frame in (("points", points), ("boundaries", units)):
        if frame.crs != CRS:
            said = f"are in {crs_name(frame.crs)}; the join is done in {CRS}"
            raise CrsMismatch([Fault(name, 0, said)])


def _inside(points: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    at, unit = units.sindex.query(points.geometry.array, predicate="intersects")
    same = points["country_id"].to_numpy()[at] == units["country_id"].to_numpy()[unit]
    found = pd.DataFrame(
        {
            "place_id": points["place_id"].to_numpy()[at[same]],
            "unit_id": units["place_id"].to_numpy()[unit[same]],
            "method": "point_in_polygon",
            "km": 0.0,
        }
    )
    return found.sort_values(["place_id", "unit_id"]).drop_duplicates("place_id")


def _nearest(points: gpd.GeoDataFrame, units: gpd.GeoDataFrame, km: float) -> pd.DataFrame:
    """The nearest unit of the same country, by geodesic distance, within `km` kilometres."""
    lat = points.geometry.y.to_numpy()
    reach = km / (110.5 * np.clip(np.cos(np.radians(lat)), 0.05, None))
    at, unit = units.sindex.query(points.geometry.array, predicate="dwithin", distance=reach)
    same = points["country_id"].to_numpy()[at] == units["country_id"].to_numpy()[unit]
    at, unit = at[same], unit[same]
    found = pd.DataFrame(
        {
            "place_id": points["place_id"].to_numpy()[at],
            "unit_id": units["place_id"].to_numpy()[unit],
            "method": "nearest",
            "km": kilometres(points.geometry.to_numpy()[at], units.geometry.to_numpy()[unit]),
        }
    )
    found = found[found["km"] <= km].sort_values(["place_id", "km", "unit_id"])
    return found.drop_duplicates("place_id")


def kilometres(points: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_]) -> Floats:
    """Geodesic distance from each point to its shape (degrees), 0 inside.

    The nearest vertex or side is looked for with longitudes shrunk by the cosine of the
    latitude: in plain degrees a place to the north looks nearer than one to the east.
    """
    shrink = np.clip(np.cos(np.radians(shapely.get_y(points))), 0.05, None)
    nearest = [
        shapely.shortest_line(_squeezed(point, k), _squeezed(shape, k))
        for point, shape, k in zip(points, shapes, shrink, strict=True)
    ]
    at = shapely.get_coordinates(nearest).reshape(-1, 4)
    at[:, 0::2] /= shrink[:, None]
    return np.asarray(_GEOD.inv(at[:, 0], at[:, 1], at[:, 2], at[:, 3])[2]) / 1000


def _squeezed(shape: shapely.Geometry, share: float) -> shapely.Geometry:
    return shapely.transform(shape, lambda at: at * [share, 1])


def _explained(
    missed: gpd.GeoDataFrame, units: gpd.GeoDataFrame, bad_code: pd.Series
) -> pd.DataFrame:
    """One reason for each place without a unit, with what was found instead."""
    no_point = missed.geometry.isna() | missed.geometry.is_empty
    at, unit = units.sindex.query(missed.geometry.array, predicate="intersects")
    ids, unit_ids = missed["place_id"].to_numpy()[at], units["place_id"].to_numpy()[unit]
    elsewhere = missed["place_id"].map(dict(zip(ids, unit_ids, strict=True))).astype("object")
    reason = np.select(
        [no_point & bad_code[missed.index], no_point, elsewhere.notna()],
        ["unknown_code", "no_point", "other_country"],
        default="no_boundary_near",
    )
    return pd.DataFrame(
        {
            "place_id": missed["place_id"].to_numpy(),
            "reason": reason,
            "detail": elsewhere.where(elsewhere.notna(), missed["unit_id"]).to_numpy(),
        }
    )


@lru_cache(maxsize=4)
def located_ends(world: World) -> Joined:
    """Every foreign end of a link, joined to the first-level units of its country."""
    places = places_of(world).frame
    links = world.table("links")
    ends = places.loc[places.index.isin(pd.concat([links["a_id"], links["b_id"]]))]
    ends = ends[ends["region_id"].eq("") & ~ends["level"].isin(["departement", "country"])]
    points = gpd.GeoDataFrame(
        {
            "place_id": ends["place_id"],
            "country_id": ends["country_id"],
            "unit_id": ends["admin1_id"],
        },
        geometry=gpd.points_from_xy(ends["lon"], ends["lat"]),
        crs=CRS,
    ).reset_index(drop=True)
    return locate(points, units_of(world))


@lru_cache(maxsize=4)
def units_of(world: World) -> gpd.GeoDataFrame:
    """First-level units abroad with the country each is of: place_id, country_id, geometry."""
    country = world.table("admin1").set_index("admin1_id")["country_id"]
    layer = world.layer("admin1")
    return layer.assign(country_id=layer["place_id"].map(country))


@lru_cache(maxsize=4)
def joined_links(world: World) -> pd.DataFrame:
    """Links with the places of both ends: a_* and b_* name, level, ancestors and point.

    An end that is no known place keeps its row with empty ancestors; `unresolved_links` lists it.
    """
    places = places_of(world).frame
    units = located_ends(world).located.set_index("place_id")["unit_id"]
    admin1 = places["place_id"].map(units).fillna(places["admin1_id"])
    places = places.assign(admin1_id=admin1).drop(columns=["place_id"])
    joined = world.table("links")
    for end in ("a", "b"):
        side = places.reindex(joined[f"{end}_id"]).add_prefix(f"{end}_").reset_index(drop=True)
        text = side.select_dtypes(["object", "str"]).columns
        side[text] = side[text].fillna("")
        joined = pd.concat([joined, side], axis=1)
    country = world.table("countries").set_index("country_id")
    joined["b_subregion"] = joined["b_country_id"].map(country["m49_subregion"]).fillna("")
    return joined


def unresolved_links(world: World) -> pd.DataFrame:
    """Links with an end that is in no reference table: link_id, end, place_id, reason."""
    known = places_of(world)
    links = world.table("links")
    rows = [
        {"link_id": link, "end": end, "place_id": place, "reason": "unknown_code"}
        for end in ("a", "b")
        for link, place in zip(links["link_id"], links[f"{end}_id"], strict=True)
        if place not in known
    ]
    return pd.DataFrame(rows, columns=["link_id", "end", "place_id", "reason"])


def unmatched_ends(world: World) -> pd.DataFrame:
    """Every end of a link that the join could not place: place_id, reason, detail, links.

    `links` are the ids of the links that stand on it, joined by «;».
    """
    links = world.table("links")
    ends = pd.concat([links[["link_id", "a_id"]].rename(columns={"a_id": "place_id"}),
                      links[["link_id", "b_id"]].rename(columns={"b_id": "place_id"})])  # fmt: skip
    named = ends.groupby("place_id")["link_id"].agg(lambda ids: ";".join(sorted(ids)))
    unknown = unresolved_links(world)[["place_id", "reason"]].drop_duplicates().assign(detail="")
    rows = pd.concat([located_ends(world).unmatched, unknown], ignore_index=True)
    rows["links"] = rows["place_id"].map(named).fillna("")
    return rows.sort_values(["reason", "place_id"], ignore_index=True)
