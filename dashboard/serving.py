"""How the server is protected and watched: the options, and the processes that serve."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

THREADS = 24  # of each process: those of exports that wait for their turn, and some for the page
SITE = re.compile(r"https?://[A-Za-z0-9.*:\[\]-]+")
STORAGE = re.compile(r"memory://$|rediss?://[^\s/]+")
ANYBODY, NOBODY = "*", "none"
MEMORY = "memory://"
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
# Headers that a browser or a proxy sends whoever is there, and none of which is a name.
NO_NAME = re.compile(
    r"(?:accept|access-control|content|if|sec|upgrade)(?:-.*)?|authorization|cache-control|cookie|"
    r"connection|dnt|forwarded|host|origin|pragma|priority|range|referer|te|user-agent|via|"
    r"x-forwarded-(?:for|host|port|prefix|proto)|x-real-ip|x-request-id|x-requested-with",
    re.IGNORECASE,
)
Networks = tuple[IPv4Network | IPv6Network, ...]
LOOPBACK: Networks = (ip_network("127.0.0.1"), ip_network("::1"))


@dataclass(frozen=True)
class Serving:
    """What the server does beside answering.

    `frames` are the sites that may frame a view with `embed=1`, separated by spaces, `*` for all
    and `none` for none; `proxies` the number of proxies in front whose X-Forwarded headers are
    believed; `limits` the storage in which requests are counted, empty where they are not, `cache`
    that in which answers are kept;
    `metrics` and `log` whether /metrics answers and requests are written to the log; `sign_in` the
    header in which a proxy at one of `sign_in_from` names the person who asks, empty where nobody
    has to sign in.
    """

    frames: str = ANYBODY
    proxies: int = 0
    limits: str = ""
    cache: str = MEMORY
    metrics: bool = False
    log: bool = False
    sign_in: str = ""
    sign_in_from: Networks = LOOPBACK


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
        "--frame-ancestors", type=_frames, metavar="SITES",
        help="sites that may frame a view with embed=1, as 'https://a.example https://b.example'; "
             "* for all (the default), none for none (the default where people sign in); no other "
             "page can be framed",
    )  # fmt: skip
    group.add_argument(
        "--limits",
        action="store_true",
        help="limit the exports and the files of each client, and the exports made at once",
    )
    group.add_argument(
        "--limits-storage", type=_storage, metavar="URL",
        default=os.environ.get("LIMITS_STORAGE", MEMORY),
        help="where requests are counted, as redis://host:6379 (default: LIMITS_STORAGE of the "
             "environment, else the memory of each process)",
    )  # fmt: skip
    group.add_argument(
        "--cache", type=_storage, metavar="URL", default=os.environ.get("CACHE_URL", MEMORY),
        help="where answers are kept for all processes, as redis://host:6379 (default: CACHE_URL "
             "of the environment, else the memory of each process)",
    )  # fmt: skip
    group.add_argument("--metrics", action="store_true", help="answer /metrics, for Prometheus")
    group.add_argument(
        "--request-log", action="store_true",
        help="write each request to standard error, as a line of JSON",
    )  # fmt: skip
    group.add_argument(
        "--sign-in-header", type=_header, metavar="NAME",
        help="answer nobody whom a proxy in front does not name in this header, as "
             "X-Forwarded-User; the proxy takes it out of what visitors send",
    )  # fmt: skip
    group.add_argument(
        "--sign-in-from", type=_networks, metavar="ADDRESSES",
        help="where that proxy asks from: addresses or networks, separated by commas (default: "
             "127.0.0.1,::1)",
    )  # fmt: skip


def chosen(options: argparse.Namespace) -> Serving:
    """What the options of a command ask for."""
    header = options.sign_in_header or ""
    return Serving(
        frames=options.frame_ancestors or (NOBODY if header else ANYBODY),
        proxies=options.proxies,
        limits=options.limits_storage if options.limits else "",
        cache=options.cache,
        metrics=options.metrics,
        log=options.request_log,
        sign_in=header,
        sign_in_from=options.sign_in_from or LOOPBACK,
    )


def _count(text: str) -> int:
    """A whole number, 0 or more."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, 0 or more")
    return int(text)


def _storage(text: str) -> str:
    """The address of what counts requests, or of what keeps answers."""
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


def _header(text: str) -> str:
    """The name of a header that can stand for a person."""
    if not HEADER.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name of a header: letters, digits and hyphens, as X-Forwarded-User"
        )
    if NO_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} names no person: requests have it anyway")
    return text


def _networks(text: str) -> Networks:
    """Addresses and networks separated by commas; one of all addresses is none."""
    try:
        held = tuple(ip_network(each.strip()) for each in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of addresses or networks, as 10.0.0.2,192.168.7.0/24: {error}"
        ) from None
    if any(each.prefixlen == 0 for each in held):
        raise argparse.ArgumentTypeError(f"{text!r} are all addresses: anybody could give a name")
    return held
