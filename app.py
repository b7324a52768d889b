"""Corridors: the dashboard, composed and served."""

from __future__ import annotations

import argparse
import atexit
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dash import Dash
from flask import Flask, request

from dashboard import batch, callbacks, layout, routes
from dashboard.filters import vocabulary
from dashboard.scenes import READY, Scene, SceneError, read
from dashboard.state import LANGUAGES, Vocabulary
from dashboard.workspaces import MEGA, MOST_MEGA, MOST_ROWS, Alone, Workspaces
from geo.errors import DataError
from geo.gap import prepare
from geo.load import EMBEDDED, load
from geo.transnational import LEVELS
from geo.world import World

VERSION = "0.1.0"
UPLOAD_ASSETS = r".*upload\.(js|css)$"  # of no use where files are not taken
PREPARED = 4.0  # seconds after the start: not while the first page is being answered
NAMES = {"fr": "Corridors, atlas des coopérations entre territoires",
         "en": "Corridors, an atlas of cooperation between territories"}  # fmt: skip
INDEX = """<!DOCTYPE html>
<html lang="%(lang)s">
<head>
{%%metas%%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%%title%%}</title>
{%%favicon%%}
{%%css%%}
</head>
<body>
{%%app_entry%%}
<footer>{%%config%%}{%%scripts%%}{%%renderer%%}</footer>
</body>
</html>"""


@dataclass(frozen=True)
class Taking:
    """How files are taken: at most how many bytes each, and the folder that they are kept below,
    a temporary one where none is named."""

    most: int = MOST_MEGA * MEGA
    folder: Path | None = None


class Page(Dash):
    """A Dash app whose first page is in the language of its address."""

    default_lang = "fr"

    def asked_language(self) -> str:
        """The `lang` of the request's address, else the default."""
        asked = request.args.get("lang", "")
        return asked if asked in LANGUAGES else self.default_lang

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        lang = self.asked_language()
        page = INDEX % {"lang": lang}
        for name, value in {**parts, "title": NAMES[lang]}.items():
            page = page.replace("{%" + name + "%}", value)
        return page


def create_app(
    world: World, lang: str = "fr", scenes: Path = READY, spaces: Workspaces | None = None,
    most: int = MOST_MEGA * MEGA,
) -> Dash:  # fmt: skip
    """The app of one world; `lang` is the language of an address that names none. With `spaces`
    it takes files of at most `most` bytes, and shows each visitor theirs beside the world."""
    app = Page(
        __name__, title=NAMES[lang], update_title="", compress=True, serve_locally=True,
        suppress_callback_exceptions=True, assets_ignore="" if spaces else UPLOAD_ASSETS,
    )  # fmt: skip
    worlds = spaces or Alone(world)
    app.default_lang = lang
    taken = (most // MEGA, MOST_ROWS) if spaces else None
    app.layout = lambda: layout.page(worlds.here(), _page_language(lang), taken)
    told = _scenes(scenes, vocabulary(world, lang))
    callbacks.register(app, worlds, lang, told)
    routes.register(app.server, worlds, VERSION, lang, told)
    if spaces:
        from dashboard import uploads

        uploads.register(app.server, spaces, lang, most)
    else:
        routes.register_untaken(app.server)
    return app


def _scenes(path: Path, words: Vocabulary) -> tuple[Scene, ...]:
    """The scenes of a file; none where it cannot be used, with every reason on standard error."""
    try:
        return read(path, words)
    except SceneError as error:
        print(f"Scenes that cannot be used:\n{error}", file=sys.stderr)
        return ()


def _page_language(default: str) -> str:
    """The language of the page that asks for its layout, from its address where it sends it."""
    address = request.headers.get("Referer", "") if request else ""
    named = [lang for lang in LANGUAGES if f"lang={lang}" in address.partition("?")[2].split("&")]
    return named[0] if named else default


def main(arguments: list[str] | None = None) -> int:
    """Serve the dashboard, or the faults where the data cannot be used."""
    options = _options(arguments)
    if options.export is not None:
        return _exported(options)
    address = f"http://{options.host}:{options.port}"
    most = options.upload_limit * MEGA
    taking = Taking(most, options.upload_dir) if options.allow_upload else None
    server, data = served(options.data, options.lang, options.scenes, taking)
    print(f"Corridors {VERSION}, {data}: {address}  (Ctrl+C stops)", flush=True)
    if options.open:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    later = threading.Timer(PREPARED, prepare)
    later.daemon = True
    later.start()
    from waitress import serve

    refused = {"max_request_body_size": most + MEGA} if taking else {}
    if taking:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what goes at exit goes
    serve(server, host=options.host, port=options.port, threads=8, **refused)
    return 0


def _exported(options: argparse.Namespace) -> int:
    """Write an export instead of serving: the code of `batch.write`, or 1 for data of no use."""
    try:
        world = load(EMBEDDED, *options.data)
    except DataError as error:
        print(f"The data cannot be used:\n{error}", file=sys.stderr)
        return 1
    scenes = _scenes(options.scenes, vocabulary(world, options.lang))
    base = f"http://{options.host}:{options.port}/"
    form, each, lang = options.form, options.each, options.lang
    return batch.write(world, options.export, options.out, form, each, lang, base, scenes)


def served(
    folders: Sequence[Path], lang: str, scenes: Path = READY, taking: Taking | None = None
) -> tuple[Flask, str]:
    """The server of the embedded data and these folders, and which data that is; a server that
    answers 503 with every fault where they cannot be used. It takes files where `taking` says."""
    try:
        world = load(EMBEDDED, *folders)
    except DataError as error:
        print(f"The data cannot be used:\n{error}", file=sys.stderr)
        server = Flask(__name__, static_folder=None)
        routes.register_broken(server, error, VERSION)
        return server, "without data"
    if taking is None:
        return create_app(world, lang, scenes).server, f"data {world.version}"
    spaces = Workspaces(world, folders, taking.folder)
    atexit.register(spaces.close)
    return create_app(world, lang, scenes, spaces, taking.most).server, f"data {world.version}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=NAMES["en"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument("--data", type=Path, nargs="*", default=[], metavar="DIR",
                        help="folders of datasets to add to the embedded ones")  # fmt: skip
    parser.add_argument("--lang", choices=LANGUAGES, default="fr")
    parser.add_argument("--scenes", type=Path, default=READY, metavar="FILE",
                        help="scenes to present: JSON, as data/scenes.json")  # fmt: skip
    parser.add_argument("--open", action="store_true", help="open a browser")
    _add_uploads(parser.add_argument_group("to let visitors bring their own files in the page"))
    files = parser.add_argument_group("to write files instead of serving")
    files.add_argument("--export", metavar="QUERY", help="the query string of a view")
    files.add_argument("--out", type=Path, help="a file, or a folder with --each")
    files.add_argument("--as", dest="form", default="", metavar="FORMAT",
                       help="the format, else the ending of the file")  # fmt: skip
    files.add_argument("--each", choices=tuple(LEVELS), default="",
                       help="one file a territory of this level")  # fmt: skip
    options = parser.parse_args(arguments)
    if (options.export is None) != (options.out is None):
        parser.error("--export and --out go together")
    if options.upload_dir and not options.allow_upload:
        parser.error("--upload-dir goes with --allow-upload")
    return options


def _add_uploads(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--allow-upload", action="store_true",
                       help="each visitor sees the data with the files that they bring, and "
                            "nobody else does")  # fmt: skip
    group.add_argument("--upload-limit", type=_mega, default=MOST_MEGA, metavar="MB",
                       help=f"largest file (default: {MOST_MEGA})")  # fmt: skip
    group.add_argument("--upload-dir", type=_folder, metavar="DIR",
                       help="folder for the files, which several servers may share (default: a "
                            "temporary one, removed at exit)")  # fmt: skip


def _mega(text: str) -> int:
    """A number of megabytes, 1 or more."""
    if not (text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of megabytes, 1 or more")
    return int(text)


def _folder(text: str) -> Path:
    """A folder that can be written to, made where it is not there."""
    path = Path(text)
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (path / ".written").touch()
        (path / ".written").unlink()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
    return path


if __name__ == "__main__":
    sys.exit(main())
