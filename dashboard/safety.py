"""What every answer says to the browser of its safety, and what stands on a prefix of addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.serving import ANYBODY, NOBODY, Serving

# Scripts are those of the server alone. Plotly and the components of Dash write style elements
# and attributes, the style sheet of Bootstrap holds small pictures.
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'",
    "base-uri": "'none'", "form-action": "'none'",
}  # fmt: skip
YEAR = 365 * 24 * 3600
FEATURES = (
    "camera", "microphone", "geolocation", "payment", "usb", "serial", "midi", "hid",
    "accelerometer", "gyroscope", "magnetometer", "display-capture",
)  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What others may show on pages of theirs, where nobody signs in: files to take away, boundaries.
SHARED = ("/export/", "/data/", "/geometry/")
QUERY = "%!$&'()*+,;=:@/?-._~"  # what stands as it is in the query of an address
PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
# Addresses of this server in the answer of a callback, whose JSON may write "/" as \u002f: of
# boundaries in figures, in links.
SLASH = rb"(?:/|\\u002f)"
ROOTED = re.compile(
    rb'("(?=SLASHgeometrySLASH)|href=\\"(?!SLASHSLASH))SLASH'.replace(b"SLASH", SLASH)
)


def register(server: Flask, serving: Serving, hashes: Sequence[str] = ()) -> None:
    """Put the headers on every answer of a server; `hashes` are those of its inline scripts."""
    policy = {**POLICY, "script-src": " ".join(("'self'", *hashes))}
    if serving.proxies:
        n = serving.proxies
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=n, x_proto=n, x_host=n, x_port=n, x_prefix=n
        )

    inner = server.wsgi_app

    def written(environ: dict[str, Any], start: Any) -> Any:
        """The query as an address writes it: as sent, it may hold bytes that are no text."""
        query = str(environ.get("QUERY_STRING", "")).encode("latin-1", "replace")
        return inner({**environ, "QUERY_STRING": quote(query, safe=QUERY)}, start)

    server.wsgi_app = written  # type: ignore[assignment, method-assign]

    @server.after_request
    def headed(answer: Response) -> Response:
        told = {**policy, **_ancestors(serving.frames)}
        answer.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in told.items())
        answer.headers.update(ALWAYS)
        shared = request.path.startswith(SHARED) and not serving.sign_in
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return answer

    @server.after_request
    def below(answer: Response) -> Response:
        """The addresses of a callback's answer, below the prefix that the request came by."""
        root = prefix()
        if root and request.path == "/_dash-update-component" and answer.is_json:
            start = root.encode("ascii") + b"/"
            answer.set_data(ROOTED.sub(lambda found: found[1] + start, answer.get_data()))
        return answer


def _ancestors(frames: str) -> dict[str, str]:
    """Who may frame this answer: a view with `embed=1` those that were named, all others nobody.
    Pages opened from a disk are among all, and no value of the directive stands for them."""
    if request.args.get("embed") != "1" or frames == NOBODY:
        return {"frame-ancestors": "'none'"}
    return {} if frames == ANYBODY else {"frame-ancestors": frames}


def prefix() -> str:
    """What a proxy in front puts before every address, as `/atlas`; empty without."""
    root = request.script_root.rstrip("/")
    return root if PREFIX.fullmatch(root) else ""
