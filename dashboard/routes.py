"""Addresses beside the page: health, boundaries for the browser, exports."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify, request

from dashboard import downloads
from dashboard.exports import Refused, export
from dashboard.filters import vocabulary
from geo.closer import unit_layer
from geo.drawn import LAYERS, geojson
from geo.errors import DataError
from geo.world import World

YEAR = 365 * 24 * 3600


def register(server: Flask, world: World, version: str, lang: str) -> None:
    """Put the addresses on a server."""

    @server.get("/health")
    def health() -> Response:
        return jsonify(
            status="ok", version=version, data_version=world.version,
            datasets={name: sum(d.rows.values()) for name, d in world.datasets.items()},
        )  # fmt: skip

    @server.get("/geometry/<layer>.<data_version>.json")
    def geometry(layer: str, data_version: str) -> Response:
        if data_version != world.version:
            abort(404)
        try:
            drawn = geojson(world, layer) if layer in LAYERS else unit_layer(world, layer)
        except KeyError:
            abort(404)
        answer = Response(drawn, mimetype="application/geo+json")
        answer.cache_control.public, answer.cache_control.immutable = True, True
        answer.cache_control.max_age = YEAR
        return answer

    @server.get("/data/<dataset>/<file>")
    def one_file(dataset: str, file: str) -> Response:
        held = downloads.content(world, dataset, file)
        if held is None:
            abort(404)
        return attached(held, downloads.media_type(file), f"{dataset}-{file}")

    @server.get("/data/<dataset>.zip")
    def all_files(dataset: str) -> Response:
        held = downloads.archive(world, dataset)
        if held is None:
            abort(404)
        return attached(held, "application/zip", f"corridors-{dataset}.zip")

    @server.get("/export/<view>.<form>")
    def exported(view: str, form: str) -> Response:
        query = request.query_string.decode("utf-8", "replace")
        try:
            made = export(world, view, form, query, vocabulary(world, lang), request.url_root)
        except Refused as refusal:
            return Response(str(refusal), refusal.status, mimetype="text/plain")
        return attached(made.content, made.mimetype, made.filename)


def attached(content: bytes, media: str, name: str) -> Response:
    """An answer that the browser saves under a name."""
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def register_broken(server: Flask, error: DataError, version: str) -> None:
    """What a server whose data cannot be used answers: why, to people and to probes."""

    @server.get("/health")
    def health() -> tuple[Response, int]:
        return jsonify(status="error", version=version, reason=str(error)), 503

    @server.get("/", defaults={"path": ""})
    @server.get("/<path:path>")
    def any_page(path: str) -> Response:  # noqa: ARG001  (every page says the same)
        return Response(f"The data cannot be used:\n{error}\n", 503, mimetype="text/plain")
