"""How the server is protected and watched: the options, and the processes that serve."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass

THREADS = 24  # of each process: those of exports that wait for their turn, and some for the page
SITE = re.compile(r"https?://[A-Za-z0-9.*:\[\]-]+")
STORAGE = re.compile(r"memory://$|rediss?://[^\s/]+")
ANYBODY, NOBODY = "*", "none"


@dataclass(frozen=True)
class Serving:
    """What the server does beside answering.

    `frames` are the sites that may frame a view with `embed=1`, separated by spaces, `*` for all
    and `none` for none; `proxies` the number of proxies in front whose X-Forwarded headers are
    believed; `limits` the storage in which requests are counted, empty where they are not;
    `metrics` and `log` whether /metrics answers and requests are written to the log.
    """

    frames: str = ANYBODY
    proxies: int = 0
    limits: str = ""
    metrics: bool = False
    log: bool = False


PLAIN = Serving()


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a server that others can reach."""
    group = parser.add_argument_group("to serve it to others")
    group.add_argument(
        "--workers", type=_count, default=0, metavar="N",
        help="serve by N processes of gunicorn (Linux, macOS) that share the data; HUP reads the "
             "data again (default: 0, one process of waitress)",
    )  # fmt: skip
    group.add_argument(
        "--proxies", type=_count, default=0, metavar="N",
        help="believe the X-Forwarded headers of N proxies in front: client, TLS, host, and prefix "
             "of the address (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--frame-ancestors", type=_frames, default=ANYBODY, metavar="SITES",
        help="sites that may frame a view with embed=1, as 'https://a.example https://b.example'; "
             "* for all (the default), none for none; no other page can be framed",
    )  # fmt: skip
    group.add_argument(
        "--limits",
        action="store_true",
        help="limit the exports and the files of each client, and the exports made at once",
    )
    group.add_argument(
        "--limits-storage", type=_storage, metavar="URL", default=os.environ.get("LIMITS_STORAGE", "memory://"),
        help="where requests are counted, as redis://host:6379 (default: LIMITS_STORAGE of the "
             "environment, else the memory of each process)",
    )  # fmt: skip
    group.add_argument("--metrics", action="store_true", help="answer /metrics, for Prometheus")
    group.add_argument(
        "--request-log", action="store_true",
        help="write each request to standard error, as a line of JSON",
    )  # fmt: skip


def chosen(options: argparse.Namespace) -> Serving:
    """What the options of a command ask for."""
    counted = options.limits_storage if options.limits else ""
    frames, proxies = options.frame_ancestors, options.proxies
    return Serving(frames, proxies, counted, options.metrics, options.request_log)


def _count(text: str) -> int:
    """A whole number, 0 or more."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, 0 or more")
    return int(text)


def _storage(text: str) -> str:
    """The address of what counts requests."""
    if not STORAGE.match(text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither memory:// nor redis://host:6379")
    return text


def _frames(text: str) -> str:
    """Sites separated by spaces or commas, `*` or `none`."""
    sites = text.replace(",", " ").split()
    if sites in ([ANYBODY], [NOBODY]):
        return sites[0]
    wrong = [site for site in sites if not SITE.fullmatch(site)]
    if wrong or not sites:
        raise argparse.ArgumentTypeError(f"{' '.join(wrong)!r} is no site, as https://a.example")
    return " ".join(sites)
