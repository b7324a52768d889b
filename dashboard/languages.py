"""The language of a request: of its address, of the page that sends it, of the person."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, redirect, request

from dashboard import safety
from dashboard.state import LANGUAGES

COOKIE = "lang"  # the language that was asked for last, where the browser would say another
YEAR = 365 * 24 * 3600


def asked(default: str) -> str:
    """The language of the request's address, else the default."""
    return named(_query()) or default


def sender(default: str) -> str:
    """The language of the page that sends the request, else the default."""
    return named(request.headers.get("Referer", "").partition("?")[2]) or default


def language(default: str) -> str:
    """The language to tell a person something in: of the address, else of the page that sends the
    request, else the person's own."""
    page = request.headers.get("Referer", "")
    own = default if page.startswith(request.host_url) else preferred(default)
    return asked(sender(own))


def named(query: str) -> str:
    """The language that a query string names, the last where it names several; empty for none."""
    held = dict(parse_qsl(query, keep_blank_values=True, errors="replace")).get("lang", "")
    return held if held in LANGUAGES else ""


def preferred(default: str) -> str:
    """The person's language: that of their cookie, else the first of ours that their browser asks
    for, whatever its region (`fr-CA` is `fr`), else the default."""
    kept = request.cookies.get(COOKIE, "")
    if kept in LANGUAGES:
        return kept
    wanted = [tag.lower()[:2] for tag, quality in request.accept_languages
              if quality > 0 and tag[2:3] in ("", "-", "_")]  # fmt: skip
    return next((lang for lang in wanted if lang in LANGUAGES), default)


def register(server: Flask, default: str) -> None:
    """Open the page in the person's language where its address names none, and keep the one that
    an address names. A frame in another page keeps the language that its author gave it."""

    @server.before_request
    def led() -> Any:
        if not _opening() or "lang" in request.args or preferred(default) == default:
            return None
        query = f"{_query()}&" if _query() else ""
        return redirect(f"{safety.prefix()}/?{query}lang={preferred(default)}")

    @server.after_request
    def kept(answer: Response) -> Response:
        if not _opening():
            return answer
        answer.vary.update(("Accept-Language", "Cookie"))
        answer.cache_control.private, answer.cache_control.no_cache = True, True
        lang = named(_query())
        if answer.status_code == 200 and lang and lang != preferred(default):
            answer.set_cookie(COOKIE, lang, max_age=YEAR, path=safety.prefix() or "/",
                              secure=request.is_secure, httponly=True, samesite="Lax")  # fmt: skip
        return answer


def _opening() -> bool:
    """Whether the request is for the page, as a person opens it."""
    page = request.path == "/" and request.method in ("GET", "HEAD")
    return page and request.args.get("embed") != "1"


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")
