"""What many people at once ask of `make serve`: answers, seconds, memory; then exports at once.

Run it alone on a quiet machine: `python tests/benchmarks/load.py`, or `--address URL` for a server
that runs already. It prints figures and decides nothing but its exit code: 1 after any error.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
PORT = 8071
VIEWS = ("flows", "diaspora", "stances", "vectors", "networks", "territory", "index")
PARTNERS = ("MLI", "SEN", "MAR", "BFA", "CHN", "TUN", "RUS", "MDG", "BRA", "VNM", "IND", "BEN")
REGIONS = ("11", "53", "84", "76", "75", "93", "44", "32", "28", "52", "24", "27", "94", "04")
EXPORTS = ("flows.csv", "stances.xlsx", "diaspora.geojson", "flows.png", "networks.pdf")
OUTPUTS = (("map", "figure"), ("drawn", "data"), ("told", "data"))


def query(chance: random.Random) -> str:
    """The address of a view after a change of filter."""
    parts = [f"view={chance.choice(VIEWS)}"]
    if chance.random() < 0.5:
        parts.append(f"partner=country:{chance.choice(PARTNERS)}")
    if chance.random() < 0.5:
        parts.append(f"territory=region:{chance.choice(REGIONS)}")
    if chance.random() < 0.3:
        parts.append(f"years={chance.randint(1970, 1990)}-{chance.randint(2000, 2025)}")
    return "?" + "&".join(parts)


def person(
    number: int, address: str, until: float, every: float, told: list[tuple[float, int]]
) -> None:  # fmt: skip
    """Change a filter every so many seconds, at moments of one's own."""
    chance, session = random.Random(number), requests.Session()
    time.sleep(chance.random() * every)
    while time.perf_counter() < until:
        start = time.perf_counter()
        told.append((0.0, 0))
        try:
            answer = session.post(f"{address}/_dash-update-component", timeout=60, json={
                "output": "..map.figure...drawn.data...told.data..",
                "outputs": [{"id": i, "property": p} for i, p in OUTPUTS],
                "inputs": [{"id": "url", "property": "search", "value": query(chance)}],
                "state": [{"id": "drawn", "property": "data", "value": None}],
                "changedPropIds": ["url.search"],
            })  # fmt: skip
            told[-1] = (time.perf_counter() - start, answer.status_code)
        except requests.RequestException as error:
            print(f"no answer: {error}", file=sys.stderr)
        time.sleep(max(0.0, every - (time.perf_counter() - start)))


@contextmanager
def serving(address: str) -> Iterator[tuple[str, int]]:
    """The address of a server, and the number of its first process where it is ours."""
    if address:
        yield address.rstrip("/"), 0
        return
    options = ["--workers", "2", "--limits", "--port", str(PORT)]
    ours = subprocess.Popen([sys.executable, str(ROOT / "app.py"), *options], cwd=ROOT)
    address = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(120):
            try:
                if requests.get(f"{address}/ready", timeout=5).ok:
                    break
            except requests.RequestException:
                pass
            time.sleep(0.5)
        yield address, ours.pid
    finally:
        ours.terminate()
        ours.wait(60)


def megabytes(pid: int) -> float:
    """The memory of a process and of those it began, each page counted once (Linux); else 0."""
    try:
        below = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
        texts = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in (pid, *below.split())]
    except OSError:
        return 0.0
    lines = [line for text in texts for line in text.splitlines() if line.startswith("Pss:")]
    return sum(int(line.split()[1]) for line in lines) / 1024


def asked(options: argparse.Namespace, address: str, pid: int) -> int:
    """Let people ask; the number of answers that were none."""
    told: list[list[tuple[float, int]]] = [[] for _ in range(options.people)]
    begun = time.perf_counter()
    until = begun + options.minutes * 60
    crowd = [threading.Thread(target=person, args=(i, address, until, options.every, each))
             for i, each in enumerate(told)]  # fmt: skip
    for one in crowd:
        one.start()
    while time.perf_counter() < until:
        time.sleep(min(30.0, max(0.1, until - time.perf_counter())))
        print(f"{time.perf_counter() - begun:4.0f} s: {sum(map(len, told))} changes, "
              f"{megabytes(pid):.0f} MB", flush=True)  # fmt: skip
    for one in crowd:
        one.join()
    answers = [each for held in told for each in held]
    seconds = sorted(took for took, status in answers if status == 200)
    wrong = Counter(status for _, status in answers if status != 200)
    middle, most = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(f"{options.people} people, a change every {options.every:g} s, {options.minutes:g} min: "
          f"{len(answers)} answers, other than 200: {dict(wrong) or 'none'}; "
          f"median {middle * 1000:.0f} ms, p95 {most * 1000:.0f} ms, "
          f"most {seconds[-1] * 1000:.0f} ms")  # fmt: skip
    return sum(wrong.values())


def exported(count: int, address: str) -> int:
    """Ask for exports at once; the number of those that did not arrive."""

    def one(i: int) -> int:
        name = EXPORTS[i % len(EXPORTS)]
        asked = f"partner=country:{PARTNERS[i % len(PARTNERS)]}"
        return requests.get(f"{address}/export/{name}?{asked}", timeout=300).status_code

    start = time.perf_counter()
    with ThreadPoolExecutor(count) as crew:
        statuses = Counter(crew.map(one, range(count)))
    print(f"{count} exports at once: {dict(statuses)} in {time.perf_counter() - start:.1f} s")
    return count - statuses[200]


def main() -> int:
    """Print the figures; 1 where anything did not arrive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="", help="a server that runs already")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--exports", type=int, default=20)
    options = parser.parse_args()
    with serving(options.address) as (address, pid):
        print(f"at rest: {megabytes(pid):.0f} MB")
        lost = asked(options, address, pid) + exported(options.exports, address)
        print(f"after: {megabytes(pid):.0f} MB")
    return min(lost, 1)


if __name__ == "__main__":
    sys.exit(main())
