"""Click to paint: from a click to the last change of the page, over 20 changes of filter a view.

Run it alone on a quiet machine: `python tests/benchmarks/paint.py`. It prints medians and
decides nothing.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

import chromium  # noqa: E402
from screenshots import served  # noqa: E402

CHANGES = 20
VIEWS = ("flows", "time", "matrix", "diaspora", "gap", "stances", "vectors", "index", "networks",
         "cases")  # fmt: skip
CLICK = """(line) => new Promise((done) => {
  const lines = document.querySelectorAll("#ranking button[data-go]");
  const button = document.querySelector("#ranking .chosen") || lines[line % lines.length];
  let last = 0;
  const watch = new MutationObserver(() => { last = performance.now(); });
  watch.observe(document.body,
    { subtree: true, childList: true, attributes: true, characterData: true });
  const start = performance.now();
  button.click();
  const ended = setInterval(() => {
    if (performance.now() - Math.max(last, start) < 450) return;
    clearInterval(ended);
    watch.disconnect();
    done(last - start);
  }, 20);
})"""


def changes(page: Any) -> list[float]:
    """Milliseconds of each change: a line of a ranking chosen, then taken back, and again."""
    times = []
    for i in range(CHANGES):
        times.append(page.evaluate(CLICK, i // 2 % 5))
    return times


def main() -> int:
    path = chromium.find()
    if path is None:
        print("No Chromium found: install one, or set CHROMIUM", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    with served() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for view in VIEWS:
            page = browser.new_page(
                viewport={"width": 1366, "height": 768}, locale="fr-FR", bypass_csp=True
            )
            page.goto(f"{address}/?view={view}")
            page.wait_for_selector("#map .choroplethlayer path", state="attached")
            page.wait_for_timeout(1500)
            times = sorted(changes(page))
            median, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
            print(f"{view}: median {median:.0f} ms, p95 {p95:.0f} ms over {len(times)} changes")
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
