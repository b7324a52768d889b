"""How long exports take and how large they are, each view and format, after the first picture.

Run it alone on a quiet machine: `python tests/benchmarks/exports.py`. It prints figures and decides
nothing.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

from dashboard.batch import packed_each  # noqa: E402
from dashboard.exports import EXPORTS, export  # noqa: E402
from dashboard.filters import vocabulary  # noqa: E402
from dashboard.scenes import READY, read  # noqa: E402
from dashboard.state import VIEWS  # noqa: E402
from geo.load import load  # noqa: E402

RUNS = 3
BASE = "http://127.0.0.1:8050/"


def main() -> None:
    """Print the seconds of the first picture, then medians and sizes by format, then batches."""
    world = load()
    words = vocabulary(world, "fr")
    scenes = read(READY, words)

    def timed(view: str, form: str, query: str = "") -> tuple[float, int]:
        start = time.perf_counter()
        made = export(world, view, form, query, words, BASE, scenes)
        return time.perf_counter() - start, len(made.content)

    print(f"first picture, with the start of the browser: {timed('flows', 'png')[0]:.1f} s")
    for view in VIEWS:
        timed(view, "html")
    for form in (name for name, held in EXPORTS.items() if held.picture):
        runs = [timed(view, form) for view in VIEWS for _ in range(RUNS)]
        seconds = [each for each, _ in runs]
        sizes = sorted(size // 1000 for _, size in runs)
        print(f"{form}: median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s, "
              f"{sizes[0]}-{sizes[-1]} kB")  # fmt: skip
    print("png, 4x, A3: {:.1f} s, {} bytes".format(*timed("flows", "png", "size=a3&scale=4")))
    print("deck of scenes: {:.1f} s, {} bytes".format(*timed("flows", "pptx", "deck=scenes")))
    start = time.perf_counter()
    size = sum(len(p) for p in packed_each(world, "flows", "pdf", "", words, BASE, "region"))
    print(f"a PDF for each région: {time.perf_counter() - start:.1f} s, {size} bytes")


if __name__ == "__main__":
    main()
