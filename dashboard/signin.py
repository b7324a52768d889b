"""Who is answered where people sign in: those whom a proxy in front names in a header.

The proxy asks people who they are (OpenID Connect, CAS, SAML…). Nobody else is told more than
whether the server is up, whatever they ask for. The name itself goes no further than this module:
what belongs to a person is known by a digest.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from ipaddress import ip_address

from flask import Flask, Response, g, has_app_context, request

from dashboard.catalogue import catalogue
from dashboard.faults import Told
from dashboard.languages import language
from dashboard.serving import Networks, Serving

PROBED = ("/health", "/ready")  # asked by what watches a server, which does not sign in
LONGEST = 256  # characters of a name
# No commas: servers join by one the values of a header that was sent twice. No braces: Caddy 2.6
# writes its placeholder where it knows no name.
NAME = re.compile(rf"(?=\S)[^,{{}}\x00-\x1f\x7f]{{1,{LONGEST}}}(?<!\s)")
NOBODY = "(null)"  # what Apache writes for a variable that is not set


def register(server: Flask, lang: str, how: Serving) -> None:
    """Refuse all that comes without a name, where people sign in; keep the rest from caches."""
    if not how.sign_in:
        return

    @server.before_request
    def signed_in() -> None:
        name = _name(how.sign_in, how.sign_in_from)
        if name:
            g.person = sha256(name.encode()).hexdigest()
        elif not _probing():
            raise Told(401, catalogue(language(lang)).say("fault.401"))

    @server.after_request
    def kept_by_nobody_else(answer: Response) -> Response:
        if person():
            _private(answer)
            return answer
        if answer.is_json and _probing():
            answer.set_data(json.dumps({"status": answer.get_json().get("status", "")}))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def person() -> str:
    """A digest of the name of who asks; empty where nobody signs in, or nothing is asked."""
    return str(g.get("person", "")) if has_app_context() else ""


def _probing() -> bool:
    return request.method in ("GET", "HEAD") and request.path in PROBED


def _name(header: str, proxies: Networks) -> str:
    """The name that the header has; empty where it has none, or comes from elsewhere than one of
    the `proxies`: the other end of the connection, whatever X-Forwarded-For says."""
    held = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    name = request.environ.get(f"HTTP_{header.upper().replace('-', '_')}", "")
    known = _among(str(held.get("REMOTE_ADDR") or ""), proxies)
    return name if known and NAME.fullmatch(name) and name != NOBODY else ""


def _among(address: str, networks: Networks) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or ip
    return any(inner in network for network in networks)


def _private(answer: Response) -> None:
    """Keep an answer from all caches but that of the browser, and from that too where it is not
    said how long it holds."""
    held = answer.cache_control
    held.no_store = held.no_store or not answer.headers.get("Cache-Control")
    held.public, held.private = False, True
