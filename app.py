"""Corridors: the dashboard, composed and served."""

from __future__ import annotations

import argparse
import atexit
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dash import Dash
from flask import Flask, request

from dashboard import (
    answers,
    batch,
    callbacks,
    faults,
    languages,
    layout,
    limits,
    packing,
    processes,
    rendering,
    routes,
    safety,
    serving,
    signin,
    telemetry,
    watching,
)
from dashboard.filters import vocabulary
from dashboard.pages import NAMES, Page
from dashboard.scenes import READY, Scene, SceneError, read
from dashboard.serving import NOBODY, PLAIN, Serving
from dashboard.state import LANGUAGES, VIEWS, Vocabulary
from dashboard.workspaces import MEGA, MOST_MEGA, MOST_ROWS, Alone, Workspaces
from geo.errors import DataError
from geo.gap import prepare
from geo.load import EMBEDDED, load
from geo.transnational import LEVELS
from geo.world import World

VERSION = "0.1.0"
UPLOAD_ASSETS = r".*upload\.(js|css)$"  # of no use where files are not taken
PREPARED = 4.0  # seconds after the start: not while the first page is being answered


@dataclass(frozen=True)
class Taking:
    """How files are taken: at most how many bytes each, and the folder that they are kept below,
    a temporary one where none is named."""

    most: int = MOST_MEGA * MEGA
    folder: Path | None = None


def create_app(
    world: World, lang: str = "fr", scenes: Path = READY, spaces: Workspaces | None = None,
    most: int = MOST_MEGA * MEGA, how: Serving = PLAIN, ready: Callable[[], str] = str,
) -> Dash:  # fmt: skip
    """The app of one world; `lang` is the language of an address that names none. With `spaces`
    it takes files of at most `most` bytes, and shows each visitor theirs beside the world. `how`
    it is protected and watched; `ready` gives the reason why it is not ready, or an empty text."""
    server = Flask(__name__)
    server.config.update(packing.SETTINGS)
    app = Page(
        __name__, server=server,  # type: ignore[arg-type]
        title=NAMES[lang], update_title="", compress=True, serve_locally=True,
        suppress_callback_exceptions=True, assets_ignore="" if spaces else UPLOAD_ASSETS,
    )  # fmt: skip
    worlds = spaces or Alone(world)
    app.default_lang, app.frames = lang, how.frames != NOBODY
    figures = telemetry.Telemetry() if how.metrics else None
    watching.register(app.server, ready, how.log, figures)
    signin.register(app.server, lang, how)
    limits.register(app.server, lang, how.limits)
    faults.register(app.server, lang, app.callback_map.__contains__)
    languages.register(app.server, lang)
    safety.register(app.server, how, app.csp_hashes())
    packing.register(app.server)
    taken = (most // MEGA, MOST_ROWS) if spaces else None
    app.layout = lambda: layout.page(worlds.here(), _page_language(lang), taken)
    told = _scenes(scenes, vocabulary(world, lang))
    answers.register(app.server, worlds, (told, lang, taken), how.cache)
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
    return languages.sender(default) if request else default


def main(arguments: list[str] | None = None) -> int:
    """Serve the dashboard, or the faults where the data cannot be used."""
    options = _options(arguments)
    if options.export is not None:
        return _exported(options)
    address = f"http://{options.host}:{options.port}"
    most = options.upload_limit * MEGA
    taking = Taking(most, options.upload_dir) if options.allow_upload else None
    how = serving.chosen(options)
    if how.log:
        watching.log_requests()
    if options.open:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    if options.workers:
        return _shared(options, taking, how)
    prepared = threading.Event()
    server, data = served(options.data, options.lang, options.scenes, taking, how,
                          lambda: "" if prepared.is_set() else "being prepared")  # fmt: skip
    print(f"Corridors {VERSION}, {data}: {address}  (Ctrl+C stops)", flush=True)
    later = threading.Timer(PREPARED, _prepare, [prepared])
    later.daemon = True
    later.start()
    from waitress import serve

    refused = {"max_request_body_size": most + MEGA} if taking else {}
    if taking:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what goes at exit goes
    serve(server, host=options.host, port=options.port, threads=serving.THREADS, ident=None,
          clear_untrusted_proxy_headers=not how.proxies,
          **refused)  # fmt: skip
    return 0


def _prepare(prepared: threading.Event) -> None:
    prepare()
    prepared.set()


def _shared(options: argparse.Namespace, taking: Taking | None, how: Serving) -> int:
    """Serve by several processes, which share a folder for the files and one for the figures."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what goes at exit goes
    if how.metrics:
        os.environ.setdefault(telemetry.FOLDER, str(processes.shared_folder()))
    if taking and taking.folder is None:
        taking = replace(taking, folder=processes.shared_folder())

    def load_all() -> Flask:
        world, app = _opened(options.data, options.lang, options.scenes, taking, how, str)
        _warm(world, options.lang)
        print(f"Corridors {VERSION}, data {world.version}: {options.workers} processes on "
              f"http://{options.host}:{options.port}", flush=True)  # fmt: skip
        server: Flask = app.server
        return server

    told = processes.settings(options.host, options.port, options.workers, how.log)
    processes.serve(load_all, lambda error: _broken(error, options.lang, how), told)
    return 0


def _warm(world: World, lang: str) -> None:
    """Make what every first page needs before the processes part."""
    prepare()
    words, period = vocabulary(world, lang), layout.period(world)
    for each in LANGUAGES:
        layout.page(world, each)
    for view in VIEWS:
        rendering.rendered(world, f"?view={view}", None, words, period)


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
    folders: Sequence[Path], lang: str, scenes: Path = READY, taking: Taking | None = None,
    how: Serving = PLAIN, ready: Callable[[], str] = str,
) -> tuple[Flask, str]:  # fmt: skip
    """The server of the embedded data and these folders, and which data that is; a server that
    answers 503 with every fault where they cannot be used. It takes files where `taking` says."""
    try:
        world, app = _opened(folders, lang, scenes, taking, how, ready)
    except DataError as error:
        return _broken(error, lang, how), "without data"
    return app.server, f"data {world.version}"


def _opened(
    folders: Sequence[Path], lang: str, scenes: Path, taking: Taking | None, how: Serving,
    ready: Callable[[], str],
) -> tuple[World, Dash]:  # fmt: skip
    """The world of these folders and its app; DataError where they cannot be used."""
    world = load(EMBEDDED, *folders)
    if taking is None:
        return world, create_app(world, lang, scenes, how=how, ready=ready)
    spaces = Workspaces(world, folders, taking.folder)
    if taking.folder is None:
        atexit.register(spaces.close)
    return world, create_app(world, lang, scenes, spaces, taking.most, how, ready)


def _broken(error: DataError, lang: str, how: Serving) -> Flask:
    """A server that says why the data cannot be used; standard error says it too."""
    print(f"The data cannot be used:\n{error}", file=sys.stderr, flush=True)
    server = Flask(__name__, static_folder=None)
    watching.register(server, lambda: str(error), how.log)
    signin.register(server, lang, how)
    faults.register(server, lang)
    safety.register(server, how)
    routes.register_broken(server, error, VERSION)
    return server


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=NAMES["en"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument("--data", type=Path, nargs="*", default=[], metavar="DIR",
                        help="folders of datasets to add to the embedded ones")  # fmt: skip
    parser.add_argument("--lang", choices=LANGUAGES, default="fr",
                        help="where neither the address nor the browser names one")  # fmt: skip
    parser.add_argument("--scenes", type=Path, default=READY, metavar="FILE",
                        help="scenes to present: JSON, as data/scenes.json")  # fmt: skip
    parser.add_argument("--open", action="store_true", help="open a browser")
    serving.add_options(parser)
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
    if options.sign_in_from and not options.sign_in_header:
        parser.error("--sign-in-from goes with --sign-in-header")
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
