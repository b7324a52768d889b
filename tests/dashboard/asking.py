"""Ask a server for many things at random and print, as JSON, the bytes of memory that it takes
after each quarter of them: `python tests/dashboard/asking.py REQUESTS`."""

from __future__ import annotations

import ctypes
import gc
import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import app
from dashboard import answers
from dashboard.state import VIEWS
from geo.load import load

OUTPUTS = [{"id": i, "property": p}
           for i, p in (("map", "figure"), ("drawn", "data"), ("told", "data"))]  # fmt: skip
ROOM = 2_000_000  # bytes of answers kept, soon full


def query(chance: random.Random, countries: list[str], departements: list[str]) -> str:
    """An address, sound or senseless in part."""
    parts = [f"view={chance.choice(VIEWS)}", f"partner={chance.choice(countries)}"]
    if chance.random() < 0.5:
        parts += [f"territory={chance.choice(departements)}",
                  f"years={chance.randint(1960, 2000)}-2020"]  # fmt: skip
    if chance.random() < 0.2:
        parts += [f"level={chance.random()}", "measure=%00", f"weights=a:{chance.random()}"]
    return "?" + "&".join(parts)


def ask(client: Any, chance: random.Random, asked: str) -> None:
    """One request: mostly a change of filter, now and then an export or a page."""
    lot = chance.random()
    if lot < 0.1:
        client.get(f"/export/flows.{chance.choice(['csv', 'json', 'geojson'])}{asked}")
    elif lot < 0.2:
        client.get(f"/{chance.random()}/{asked}")
    else:
        client.post(answers.ADDRESS, json={
            "output": "..map.figure...drawn.data...told.data..", "outputs": OUTPUTS,
            "inputs": [{"id": "url", "property": "search", "value": asked}],
            "state": [{"id": "drawn", "property": "data", "value": None}],
            "changedPropIds": ["url.search"],
        })  # fmt: skip


def used() -> int:
    """Bytes of memory of this process, with all that can be given back given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def main(requests: int) -> None:
    answers.Here.__init__.__defaults__ = (ROOM,)
    world, chance = load(), random.Random(7)
    client = app.create_app(world).server.test_client()
    countries = world.table("countries")["country_id"].tolist()
    departements = world.table("departements")["departement_id"].tolist()
    told = []
    for _ in range(4):
        for _ in range(requests // 4):
            ask(client, chance, query(chance, countries, departements))
        told.append(used())
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
