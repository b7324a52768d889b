"""Pictures of documents: a browser without a window, kept ready, that paints HTML."""

from __future__ import annotations

import asyncio
import atexit
import base64
import os
import tempfile
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import logistro
from choreographer import Browser
from choreographer.errors import (
    BrowserClosedError,
    BrowserFailedError,
    ChannelClosedError,
    ChromeNotFoundError,
)

PATIENCE = 60.0  # seconds for one picture
AT_ONCE = 2
NO_PROXY = "http://127.0.0.1:9"  # nothing answers there: what is painted needs no network
FELL = (BrowserClosedError, BrowserFailedError, ChannelClosedError)
GONE = (*FELL, asyncio.CancelledError)  # the last: what was asked when the browser fell


SPARE = 0.25  # of a pixel, that a height may lose before it is rounded
READY = """new Promise((done, failed) => {
  const wait = () => window.snapshot
    ? snapshot.ready.then(() => done(snapshot.height()), failed)
    : setTimeout(wait, 10);
  wait();
})"""  # the height of the sheet, once all is drawn


class NoBrowser(Exception):
    """No Chromium, Chrome or Edge was found, or it does not start."""


class NotPainted(Exception):
    """The browser could not paint a document; the text says why."""


@dataclass(frozen=True)
class Wanted:
    """What to make of a document: `forms` are png, svg or pdf; `layout` is the width and height
    (px) it is laid out in; a PNG has `density` pixels for one of these, and of a layout that was
    rounded up the part that is `pixels` high."""

    layout: tuple[int, int]
    forms: tuple[str, ...]
    density: float = 1.0
    pixels: int = 0
    inches: tuple[float, float] = (0.0, 0.0)


class Painter:
    """One browser in a thread of its own, started by the first picture and again after a fall."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._browser: Browser | None = None
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def paint(self, document: str, wanted: Wanted) -> tuple[bytes, ...]:
        """Pictures of an HTML document that fulfils `snapshot.ready`, one for each form wanted.

        NoBrowser or NotPainted where there is none.
        """
        try:
            painted = self._run(self._painted(document, wanted))
            return tuple(painted.result(PATIENCE * 2))
        except TimeoutError as error:
            raise NotPainted(f"no picture within {PATIENCE:.0f} s") from error

    def close(self) -> None:
        """Close the browser; the next picture starts it again."""
        if self._browser:
            self._run(self._closed()).result(PATIENCE)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _closed(self) -> None:
        browser, self._browser = self._browser, None
        if browser:
            await browser.close()

    async def _ready(self) -> Browser:
        async with self._opening:
            if self._browser is None:
                logistro.getLogger("browser_proc").setLevel("CRITICAL")
                try:
                    browser = Browser(proxy_server=NO_PROXY, enable_sandbox=_may_sandbox())
                    await browser.open()
                except (*FELL, ChromeNotFoundError, RuntimeError, OSError) as error:
                    raise NoBrowser from error
                self._browser = browser
            return self._browser

    async def _painted(self, document: str, wanted: Wanted) -> tuple[bytes, ...]:
        async with self._turns:
            try:
                return await asyncio.wait_for(self._in_tab(document, wanted), PATIENCE)
            except GONE:
                await self._closed()
                return await asyncio.wait_for(self._in_tab(document, wanted), PATIENCE)

    async def _in_tab(self, document: str, wanted: Wanted) -> tuple[bytes, ...]:
        browser = await self._ready()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "snapshot.html"
            path.write_text(document, encoding="utf-8")
            tab = await browser.create_tab(path.as_uri())
            try:
                return await _taken(tab, wanted)
            finally:
                await browser.close_tab(tab.target_id)


def _may_sandbox() -> bool:
    """False for root on Linux, whom Chromium starts for without a sandbox only."""
    return not (hasattr(os, "geteuid") and os.geteuid() == 0)


async def _taken(tab: Any, wanted: Wanted) -> tuple[bytes, ...]:
    width, height = wanted.layout
    await _asked(tab, "Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=wanted.density, mobile=False)  # fmt: skip
    tall = max(height, await _said(tab, READY))
    return tuple([await TAKEN[form](tab, wanted, tall) for form in wanted.forms])


async def _svg(tab: Any, wanted: Wanted, tall: int) -> bytes:  # noqa: ARG001
    return str(await _said(tab, "snapshot.svg()")).encode("utf-8")


async def _pdf(tab: Any, wanted: Wanted, tall: int) -> bytes:  # noqa: ARG001
    across, down = wanted.inches
    made = await _asked(tab, "Page.printToPDF", printBackground=True, generateTaggedPDF=True,
                        paperWidth=across, paperHeight=down, scale=across * 96 / wanted.layout[0],
                        marginTop=0, marginBottom=0, marginLeft=0, marginRight=0)  # fmt: skip
    return base64.b64decode(made["data"])


async def _png(tab: Any, wanted: Wanted, tall: int) -> bytes:
    width, height = wanted.layout
    whole = tall > height or not wanted.pixels
    high = tall if whole else (wanted.pixels + SPARE) / wanted.density
    clip = {"x": 0, "y": 0, "width": width, "height": high, "scale": 1}
    made = await _asked(tab, "Page.captureScreenshot", format="png", clip=clip,
                        captureBeyondViewport=True)  # fmt: skip
    return base64.b64decode(made["data"])


TAKEN = {"svg": _svg, "pdf": _pdf, "png": _png}


async def _asked(tab: Any, command: str, **params: Any) -> dict[str, Any]:
    answer = await tab.send_command(command, params=params)
    if "error" in answer:
        raise NotPainted(f"{command}: {answer['error'].get('message', '')}")
    result: dict[str, Any] = answer["result"]
    return result


async def _said(tab: Any, expression: str) -> Any:
    """The value of an expression of JavaScript in the page."""
    answer = await _asked(tab, "Runtime.evaluate", expression=expression, awaitPromise=True,
                          returnByValue=True)  # fmt: skip
    if "exceptionDetails" in answer:
        thrown = answer["exceptionDetails"]
        raise NotPainted(str(thrown.get("exception", thrown).get("description", thrown["text"])))
    return answer["result"].get("value")


@lru_cache
def painter() -> Painter:
    """The painter of this process, made by the first picture."""
    made = Painter()
    atexit.register(made.close)
    return made
