"""The palettes, as the common kinds of colour-blindness see them.

Colours are simulated after Machado, Oliveira and Fernandes (2009) at full severity and compared in
CAM02-UCS (Luo, Cui and Li, 2006), where 1 is about the least difference that two large patches
side by side let see.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from dashboard.figures.theme import colour, pale
from dashboard.views.categories import SHADES, STANCE_SHADES
from dashboard.views.gap_map import INSIDE, OUTSIDE
from dashboard.views.vectors_map import SHADES as HAVING

# Categories are thin lines, small points and swatches far from their legend: ten times what is just
# seen. Classes of a quantity are areas that touch, in an order that helps: six times.
APART, STEP = 10.0, 6.0

VISIONS = {
    "protanopia": "protanomaly", "deuteranopia": "deuteranomaly", "tritanopia": "tritanomaly",
    "usual": "",
}  # fmt: skip
CATEGORIES = [*(f"cat-{i}" for i in range(1, SHADES + 1)), "cat-none"]
STANCES = ["supportive", "restricted", "uninformed"]
GAP = [*OUTSIDE[:2], *INSIDE, *OUTSIDE[2:]]


def seen(shade: str, vision: str) -> np.ndarray:
    """A colour (#rrggbb) as it is seen, sRGB from 0 to 1."""
    channels = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    if not VISIONS[vision]:
        return channels
    space = {"name": "sRGB1+CVD", "cvd_type": VISIONS[vision], "severity": 100}
    return np.clip(cspace_convert(channels, space, "sRGB1"), 0, 1)


def distance(one: str, other: str, vision: str) -> float:
    return float(deltaE(seen(one, vision), seen(other, vision), input_space="sRGB1"))


def close(pairs: Iterable[tuple[str, str]], least: float, vision: str) -> dict[str, float]:
    """The pairs of colours, by the names of their tokens, that are less than `least` apart."""
    found = {f"{a} {b}": distance(colour(a), colour(b), vision) for a, b in pairs}
    return {names: round(far, 1) for names, far in found.items() if far < least}


@pytest.mark.parametrize("vision", VISIONS)
def test_categories_are_told_apart(vision):
    assert close(combinations(CATEGORIES, 2), APART, vision) == {}


@pytest.mark.parametrize("vision", VISIONS)
def test_stances_are_told_apart_as_areas_and_as_lines(vision):
    """Not classified is hatched on areas, so that its grey need not differ from that of no data."""
    lines = [*STANCE_SHADES.values(), "cat-none"]
    for told in ([*STANCES, "unclassified"], [*STANCES, "nodata"], lines):
        assert close(combinations(told, 2), APART, vision) == {}


@pytest.mark.parametrize("vision", VISIONS)
def test_pale_stances_under_corridors_are_told_apart(vision):
    """Beneath lines a stance is a ground, with the hatch for what is not classified."""
    shades = {name: pale(colour(name)) for name in STANCES} | {"land": colour("land")}
    found = {(a, b): distance(shades[a], shades[b], vision) for a, b in combinations(shades, 2)}
    assert {pair: far for pair, far in found.items() if far < STEP} == {}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("name", "ground"), [("seq", "nodata"), ("under", "land")])
def test_classes_of_a_quantity_step_apart_and_darken(name, ground, vision):
    steps = [ground, *(f"{name}-{i}" for i in range(1, 6))]
    assert close(pairwise(steps), STEP, vision) == {}
    light = [cspace_convert(seen(colour(s), vision), "sRGB1", "CAM02-UCS")[0] for s in steps[1:]]
    assert light == sorted(light, reverse=True)


@pytest.mark.parametrize("vision", VISIONS)
def test_the_gap_steps_apart_and_its_two_sides_more(vision):
    """No data is hatched; without a model, plain."""
    assert close(pairwise(GAP), STEP, vision) == {}
    assert close([("unclassified", "gap-mid")], STEP, vision) == {}
    sides = [(a, b) for a in GAP[:4] for b in GAP[5:]]
    assert close(sides, APART, vision) == {}


@pytest.mark.parametrize("vision", VISIONS)
def test_other_grounds_that_touch(vision):
    pairs = [
        ("land", "under-2"), HAVING, *(("unclassified", f"seq-{i}") for i in range(2, 6)),
        ("unit", "under-1"),
    ]  # fmt: skip
    assert close(pairs, STEP, vision) == {}


def test_the_simulation_and_the_distance_do_what_they_should():
    """Greys are seen as they are; a red and a green of equal weight merge without red cones."""
    assert distance("#808080", "#808080", "protanopia") == 0
    assert seen("#808080", "deuteranopia") == pytest.approx(np.full(3, 128 / 255), abs=0.01)
    usual, without = (distance("#b35900", "#598c00", v) for v in ("usual", "deuteranopia"))
    assert without < usual / 3
    assert distance("#000000", "#ffffff", "usual") == pytest.approx(100, abs=1)
