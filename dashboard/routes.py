"""Addresses beside the page: health, boundaries for the browser, exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from flask import Flask, Response, abort, jsonify, request

from dashboard import downloads
from dashboard.batch import packed_each, territories
from dashboard.exports import Refused, export, said
from dashboard.filters import vocabulary
from dashboard.scenes import Scene, SceneError, parsed, written
from dashboard.state import LANGUAGES, Notice, Vocabulary
from dashboard.unchanged import unchanged
from dashboard.workspaces import Worlds
from geo.closer import drawn_layer
from geo.errors import DataError
from geo.transnational import LEVELS
from geo.world import World

LARGEST = 1_000_000  # bytes of a file of scenes
YEAR, HOUR = 365 * 24 * 3600, 3600


def register(
    server: Flask, worlds: Worlds, version: str, lang: str, scenes: Sequence[Scene] = ()
) -> None:
    """Put the addresses on a server; `scenes` are what a deck of scenes shows."""

    @server.get("/health")
    def health() -> Response:
        world = worlds.base
        return jsonify(
            status="ok", version=version, data_version=world.version,
            datasets={name: sum(d.rows.values()) for name, d in world.datasets.items()},
        )  # fmt: skip

    @server.get("/geometry/<layer>.<data_version>.json")
    def geometry(layer: str, data_version: str) -> Response:
        world = next((w for w in (worlds.base, worlds.here()) if w.version == data_version), None)
        if world is None:
            abort(404)
        try:
            drawn = drawn_layer(world, layer)
        except KeyError:
            abort(404)
        answer = Response(drawn, mimetype="application/geo+json")
        answer.cache_control.public, answer.cache_control.immutable = True, True
        answer.cache_control.max_age = YEAR
        if world is not worlds.base:
            answer.cache_control.public, answer.cache_control.private = False, True
            answer.cache_control.max_age = HOUR
        return answer

    @server.get("/data/<dataset>/<file>")
    @unchanged(worlds)
    def one_file(dataset: str, file: str) -> Response:
        held = downloads.content(worlds.here(), dataset, file)
        if held is None:
            abort(404)
        return attached(held, downloads.media_type(file), f"{dataset}-{file}")

    @server.get("/data/<dataset>.zip")
    @unchanged(worlds)
    def all_files(dataset: str) -> Response:
        held = downloads.archive(worlds.here(), dataset)
        if held is None:
            abort(404)
        return attached(held, "application/zip", f"corridors-{dataset}.zip")

    @server.get("/scenes.json")
    def ready_scenes() -> Response:
        return jsonify(written(scenes, vocabulary(worlds.here(), lang)))

    @server.post("/scenes.json")
    def checked_scenes() -> Response:
        """The scenes of a file as they are understood, or why they are not."""
        world = worlds.here()
        try:
            return jsonify(written(_posted(world, lang), vocabulary(world, lang)))
        except SceneError as error:
            return Response(str(error), 400, mimetype="text/plain")

    @server.post("/export/<view>.<form>")
    def exported_scenes(view: str, form: str) -> Response:
        """A deck of the scenes that come with the request."""
        try:
            told = _posted(worlds.here(), lang)
        except SceneError as error:
            return Response(str(error), 400, mimetype="text/plain")
        return answered(view, form, told)

    @server.get("/export/<view>.<form>")
    @unchanged(worlds, scenes, lang)
    def exported(view: str, form: str) -> Response:
        return answered(view, form, scenes)

    def answered(view: str, form: str, scenes: Sequence[Scene]) -> Response:
        world, query = worlds.here(), request.query_string.decode("utf-8", "replace")
        words = vocabulary(world, lang)
        each = request.args.get("each", "")
        try:
            if each:
                return _each(world, view, form, query, words, each)
            made = export(world, view, form, query, words, request.url_root, scenes)
        except Refused as refusal:
            return Response(str(refusal), refusal.status, mimetype="text/plain")
        return attached(made.content, made.mimetype, made.filename)


def _posted(world: World, lang: str) -> tuple[Scene, ...]:
    """The scenes in the body of the request; SceneError where they cannot be used."""
    asked = request.args.get("lang", lang)
    body = request.stream.read(LARGEST).decode("utf-8", "replace")
    return parsed(body, vocabulary(world, lang), asked if asked in LANGUAGES else lang)


def _each(world: World, view: str, form: str, query: str, words: Vocabulary, each: str) -> Response:
    """A ZIP that is sent while it is made; `X-Files` says how many files it will hold."""
    if each not in LEVELS:
        notice = Notice("each", each[:40], "not_allowed", tuple(LEVELS))
        raise Refused(400, said(notice, words.lang))
    asked = "&".join(pair for pair in query.split("&") if not pair.startswith("each="))
    pieces = packed_each(world, view, form, asked, words, request.url_root, each)
    first = next(pieces)
    sent = chain((first,), pieces)
    answer = attached(sent, "application/zip", f"corridors-{view}-{each}.zip")
    answer.headers["X-Files"] = str(len(territories(world, each)))
    return answer


def attached(content: bytes | Iterable[bytes], media: str, name: str) -> Response:
    """An answer that the browser saves under a name."""
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def register_untaken(server: Flask) -> None:
    """404 for the addresses of files where none is taken; the page would answer them otherwise."""

    @server.route("/upload", defaults={"path": ""}, methods=("GET", "POST", "DELETE"))
    @server.route("/upload/<path:path>", methods=("GET", "POST", "DELETE"))
    def no_upload(path: str) -> Response:  # noqa: ARG001  (every address says the same)
        return Response("This server takes no files.\n", 404, mimetype="text/plain")


def register_broken(server: Flask, error: DataError, version: str) -> None:
    """What a server whose data cannot be used answers: why, to people and to probes."""

    @server.get("/health")
    def health() -> tuple[Response, int]:
        return jsonify(status="error", version=version, reason=str(error)), 503

    @server.get("/", defaults={"path": ""})
    @server.get("/<path:path>")
    def any_page(path: str) -> Response:  # noqa: ARG001  (every page says the same)
        return Response(f"The data cannot be used:\n{error}\n", 503, mimetype="text/plain")
