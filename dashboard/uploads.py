"""The addresses by which a visitor brings a file, sees what would come of it, keeps or removes it.

They are there only where the server takes files. Each request that changes something must come
from the page itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from dashboard import bringing, importing, layout
from dashboard.bringing import NotTaken
from dashboard.catalogue import Catalogue, catalogue
from dashboard.faults import posted
from dashboard.filters import vocabulary
from dashboard.rendering import rendered
from dashboard.safety import prefix
from dashboard.state import LANGUAGES
from dashboard.workspaces import COOKIE, MEGA, Workspace, Workspaces
from geo.world import World

LARGEST = 2 * MEGA  # bytes of a mapping with its decisions
PIECE = 1 << 20
BYTES, JSON = "application/octet-stream", "application/json"
BESIDE = {"refused.csv": "text/csv; charset=utf-8", "doubtful.csv": "text/csv; charset=utf-8",
          "mapping.json": JSON}  # fmt: skip
MARK = b"\xef\xbb\xbf"  # by which a spreadsheet knows UTF-8


def register(server: Flask, spaces: Workspaces, lang: str, most: int) -> None:
    """Put the addresses on a server; a file has at most `most` bytes."""
    routes = Blueprint("upload", __name__, url_prefix="/upload")
    routes.before_request(_checked)

    def words() -> Catalogue:
        asked = request.args.get("lang", "")
        return catalogue(asked if asked in LANGUAGES else lang)

    @routes.errorhandler(Exception)
    def told(error: Exception) -> tuple[Response, int]:
        if isinstance(error, NotTaken):
            return _error(str(error), error.status)
        if isinstance(error, HTTPException):
            return _error(error.description or error.name, error.code or 400)
        current_app.logger.exception("upload")
        if isinstance(error, OSError):
            return _error(words().say("upload.fault.disk"), 507)
        return _error(words().say("upload.fault.failed"), 400)

    @routes.post("")
    def take() -> Response:
        """The file in the body; how it would be read."""
        if (request.content_length or 0) > most:
            raise NotTaken(413, bringing.too_large(most, words()))
        found = spaces.found()
        space = found or spaces.created()
        if space is None:
            raise NotTaken(503, words().say("upload.fault.full"))
        try:
            file = bringing.put(space, request.args.get("name", ""), _pieces(), most, words())
            kind = request.args.get("kind", "")
            answer = jsonify(importing.opened(spaces, space, file, kind, words().lang))
        except Exception:
            _let_go(space)
            raise
        Thread(target=importing.ready, args=(spaces, space), daemon=True).start()
        return answer if found else _remembered(answer, space)

    @routes.post("/read")
    def read_again() -> Response:
        """The same file, read by another sheet or as another kind."""
        space, file = bringing.pending(spaces.found(), words())
        asked = _posted(words())
        file = replace(file, sheet=str(asked.get("sheet", "")))
        kind = str(asked.get("kind", ""))
        return jsonify(importing.opened(spaces, space, file, kind, words().lang))

    @routes.post("/try")
    def try_out() -> Response:
        space, file = bringing.pending(spaces.found(), words())
        return jsonify(importing.tried(spaces, space, file, _posted(words()), words().lang))

    @routes.post("/keep")
    def keep() -> Response:
        _posted(words())
        space, _ = bringing.pending(spaces.found(), words())
        files = bringing.kept(spaces, space, words())
        _first_page(spaces.here(), words().lang)
        return jsonify(files=list(files))

    @routes.get("/<name>")
    def beside(name: str) -> Response:
        if name not in BESIDE:
            raise NotTaken(404, words().say("upload.fault.nothing"))
        held = bringing.left_out(spaces.found(), name, words())
        answer = Response((MARK if name.endswith(".csv") else b"") + held,
                          content_type=BESIDE[name])  # fmt: skip
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @routes.delete("/pending")
    def drop() -> Response:
        """Let go of the file that was not kept."""
        space = spaces.found()
        if space:
            _let_go(space)
        return Response(status=204)

    @routes.delete("")
    def remove() -> Response:
        """Remove all that the visitor brought."""
        space = spaces.found()
        if space:
            spaces.remove(space)
        answer = Response(status=204)
        answer.delete_cookie(COOKIE, path=prefix() or "/", samesite="Strict", httponly=True)
        return answer

    @server.after_request
    def not_shared(answer: Response) -> Response:
        """What stands on a visitor's files is kept by no proxy, and given to nobody else."""
        if not answer.headers.get("Cache-Control"):
            answer.vary.add("Cookie")
            answer.cache_control.no_store = COOKIE in request.cookies
        return answer

    server.register_blueprint(routes)


def _first_page(world: World, lang: str) -> None:
    """Make what the page shows of new data at once, rather than when it is opened."""
    layout.page(world, lang)
    rendered(world, "", None, vocabulary(world, lang), layout.period(world))


def _checked() -> None:
    """NotTaken for a change that does not come from the page of this server."""
    if request.method in ("GET", "HEAD"):
        return
    origin = urlsplit(request.headers.get("Origin", ""))
    if not origin.netloc or origin.netloc != request.host:
        raise NotTaken(403, "Another page than that of this server asks for a change.")
    awaited = BYTES if request.path.rstrip("/").endswith("/upload") else JSON
    if request.method == "POST" and request.mimetype != awaited:
        raise NotTaken(400, f"The type of the content must be {awaited}.")


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(PIECE):
        yield piece


def _posted(words: Catalogue) -> dict[str, Any]:
    """The object of JSON in the body."""
    if (request.content_length or 0) > LARGEST:
        raise NotTaken(413, words.say("upload.fault.json"))
    held = posted()
    if not isinstance(held, dict):
        raise NotTaken(400, words.say("upload.fault.json"))
    return held


def _let_go(space: Workspace) -> None:
    """Remove what was not kept, and the workspace where nothing was."""
    if space.datasets():
        bringing.drop(space)
    else:
        shutil.rmtree(space.folder, ignore_errors=True)


def _remembered(answer: Response, space: Workspace) -> Response:
    answer.set_cookie(COOKIE, space.cookie, path=prefix() or "/", httponly=True,
                      samesite="Strict", secure=request.is_secure)  # fmt: skip
    return answer


def _error(text: str, status: int) -> tuple[Response, int]:
    return jsonify(error=text), status
