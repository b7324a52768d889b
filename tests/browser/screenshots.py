"""The pictures of the README: each view of the app, as a laptop in a meeting room shows it."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import chromium
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "browser" / "screenshots"
LAPTOP = {"width": 1366, "height": 768}
HEAVIEST = 150_000
PATIENCE = 60.0
CHOSEN = {"territory": "&territory=departement:93"}  # a view that shows one place


@contextmanager
def served() -> Iterator[str]:
    """The address of the app, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT)
    try:
        until = time.monotonic() + PATIENCE
        while not answers(address):
            if app.poll() is not None or time.monotonic() > until:
                raise SystemExit("The app did not start.")
            time.sleep(0.2)
        yield address
    finally:
        app.terminate()
        app.wait()


def answers(address: str) -> bool:
    """True once the app is there and its data can be used."""
    try:
        with urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def picture(page: Page, address: str) -> Image.Image:
    """What a page shows once nothing moves any more."""
    page.goto(address)
    page.wait_for_selector("#main[aria-busy=false]")
    page.wait_for_selector("#map .choroplethlayer path, .beside-alone #beside *", state="attached")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def views_of(page: Page) -> list[str]:
    """Every view that the tabs of the page lead to, tab by tab."""
    tabs = page.eval_on_selector_all("#filter-view button", "all => all.map((b) => b.id)")
    found: list[str] = []
    for tab in tabs:
        page.click(f"#{tab}")
        page.wait_for_function(f"document.querySelector('#{tab}[aria-pressed=true]')")
        below = page.eval_on_selector_all("#filter-subview button", "all => all.map((b) => b.id)")
        found += [name.split("-", 1)[1] for name in (below or [tab])]
    return found


def light(image: Image.Image) -> bytes:
    """A PNG with as many colours, of 256 or fewer, as keep it under HEAVIEST bytes."""
    for colours in (256, 128, 64, 32):
        written = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= HEAVIEST:
            break
    return written.getvalue()


def main() -> int:
    path = chromium.find()
    if path is None:
        print(f"No screenshot made: {chromium.MISSING}.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport=LAPTOP, locale="fr-FR", bypass_csp=True)
        picture(page, address)
        names = views_of(page)
        for view in names:
            file = FOLDER / f"{view}.png"
            file.write_bytes(light(picture(page, f"{address}/?view={view}{CHOSEN.get(view, '')}")))
            print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
