"""Files fetched from a server of this machine: whole, gone on with, or refused in one sentence."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from geo.errors import DataError
from geo.ingest import downloads
from geo.ingest.downloads import fetched

OLD = b"".join(b"%06d\n" % n for n in range(60_000))
NEW = OLD.replace(b"1", b"2")
SHA256 = hashlib.sha256(OLD).hexdigest()


@dataclass
class Site:
    """What a server gives and how; `asked` are the requests it got: their Range and If-Range."""

    content: bytes = OLD
    tag: str = '"one"'
    ranges: str = "honoured"  # or ignored, unchecked (If-Range is not looked at), shifted
    stops: list[int] = field(default_factory=list)  # bytes after which each answer breaks off
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    length: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""


class Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *said: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        site = self.site
        wanted, condition = (self.headers.get(n) or "" for n in ("Range", "If-Range"))
        site.asked.append((wanted, condition))
        status = site.statuses.pop(0) if site.statuses else 200
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if site.ranges == "ignored" or (site.ranges == "honoured" and condition != site.tag):
            start = 0
        if status == 200 and start >= len(site.content):
            return self.answer(416, b"")
        if status == 200 and start:
            at = start - 1 if site.ranges == "shifted" else start
            told = f"bytes {at}-{len(site.content) - 1}/{len(site.content)}"
            return self.answer(206, site.content[at:], {"Content-Range": told})
        return self.answer(status, site.content if status == 200 else b"no")

    def answer(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        site = self.site
        self.send_response(status)
        held = {"ETag": site.tag, **(more or {}), **site.headers}
        if site.length:
            held["Content-Length"] = str(len(body))
        for name, value in held.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        stop = site.stops.pop(0) if site.stops and status in (200, 206) else len(body)
        self.wfile.write(body[:stop])
        self.close_connection = True


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server, and no pause before a second try."""
    monkeypatch.setattr(downloads, "PAUSE", 0)
    monkeypatch.setattr(downloads, "CHUNK", 1000)
    held = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Held", (Handler,), {"site": held}))
    server.daemon_threads = True
    held.address = f"http://127.0.0.1:{server.server_address[1]}/files/flows.csv"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def get(site: Site, folder: Path, **options: Any) -> Path:
    return fetched(site.address, folder, progress=False, secure=False, **options)


def refusal(site: Site, folder: Path, **options: Any) -> str:
    """The sentence; never is there a file under the final name."""
    with pytest.raises(DataError) as caught:
        get(site, folder, **options)
    assert not (folder / "flows.csv").exists()
    assert not (folder / "flows.csv.sha256").exists()
    said = str(caught.value)
    assert said.startswith("flows.csv: ")
    assert "\n" not in said
    return said


def begun(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, size: int = 100_000) -> Path:
    """The part that a first run leaves where the server breaks off."""
    with monkeypatch.context() as once:
        once.setattr(downloads, "TRIES", 1)
        site.stops = [size]
        assert "broke off" in refusal(site, folder)
    part = folder / "flows.csv.part"
    assert part.read_bytes() == site.content[:size]
    site.asked.clear()
    return part


def test_a_whole_file_has_its_checksum_beside_it(site: Site, tmp_path: Path):
    path = get(site, tmp_path / "new" / "folder", sha256=SHA256.upper())
    assert path == tmp_path / "new" / "folder" / "flows.csv"
    assert path.read_bytes() == OLD
    assert sorted(p.name for p in path.parent.iterdir()) == ["flows.csv", "flows.csv.sha256"]
    assert (path.parent / "flows.csv.sha256").read_text() == f"{SHA256}  flows.csv\n"
    assert site.asked == [("", "")]


def test_a_file_that_is_there_is_not_asked_for_again(site: Site, tmp_path: Path):
    get(site, tmp_path)
    assert get(site, tmp_path).read_bytes() == OLD
    assert len(site.asked) == 1
    site.content = NEW
    assert get(site, tmp_path, again=True).read_bytes() == NEW
    assert get(site, tmp_path).read_bytes() == NEW
    assert len(site.asked) == 2


@pytest.mark.parametrize("fetched_first", [True, False])
def test_a_file_of_a_person_is_not_written_over(site: Site, tmp_path: Path, fetched_first: bool):
    path = get(site, tmp_path) if fetched_first else tmp_path / "flows.csv"
    path.write_text("mine")
    with pytest.raises(DataError, match="not as it was" if fetched_first else "without its"):
        get(site, tmp_path)
    assert path.read_text() == "mine"


def test_a_part_is_gone_on_with(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    begun(site, tmp_path, monkeypatch)
    path = fetched(site.address, tmp_path, sha256=SHA256, secure=False)
    assert path.read_bytes() == OLD
    assert site.asked == [("bytes=100000-", '"one"')]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flows.csv", "flows.csv.sha256"]
    bar = capsys.readouterr().err
    assert "flows.csv" in bar
    assert "100%" in bar


def test_an_answer_that_breaks_off_is_gone_on_with_in_the_same_run(site: Site, tmp_path: Path):
    site.stops = [150_000, 50_000, 1_999]
    assert get(site, tmp_path).read_bytes() == OLD
    assert [wanted for wanted, _ in site.asked] == [
        "", "bytes=150000-", "bytes=200000-", "bytes=201000-",
    ]  # fmt: skip


def test_a_last_modified_serves_where_there_is_no_strong_tag(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    site.headers["Last-Modified"] = "Mon, 02 Nov 2026 10:00:00 GMT"
    site.tag, site.ranges = 'W/"one"', "unchecked"
    begun(site, tmp_path, monkeypatch)
    assert get(site, tmp_path).read_bytes() == OLD
    assert site.asked == [("bytes=100000-", "Mon, 02 Nov 2026 10:00:00 GMT")]


@pytest.mark.parametrize("tag", ["", 'W/"one"'])
def test_what_nothing_tells_from_another_edition_starts_over(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tag: str
):
    site.tag = tag
    begun(site, tmp_path, monkeypatch)
    site.content = NEW
    assert get(site, tmp_path).read_bytes() == NEW
    assert site.asked == [("", "")]


@pytest.mark.parametrize("ranges", ["ignored", "shifted"])
def test_a_server_without_ranges_starts_over(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranges: str
):
    begun(site, tmp_path, monkeypatch)
    site.ranges = ranges
    assert get(site, tmp_path, sha256=SHA256).read_bytes() == OLD
    assert site.asked[0] == ("bytes=100000-", '"one"')


@pytest.mark.parametrize("ranges", ["honoured", "unchecked"])
@pytest.mark.parametrize("content", [NEW, OLD[:100], OLD[:100_000]])
def test_a_file_changed_in_between_is_never_a_mixture(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranges: str, content: bytes
):
    begun(site, tmp_path, monkeypatch)
    site.content, site.tag, site.ranges = content, '"two"', ranges
    assert get(site, tmp_path).read_bytes() == content


def test_the_part_of_another_address_is_not_gone_on_with(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    begun(site, tmp_path, monkeypatch)
    site.address += "?edition=2"
    assert get(site, tmp_path).read_bytes() == OLD
    assert site.asked == [("", "")]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"address": 1}'])
def test_a_part_without_its_note_starts_over(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: str
):
    part = begun(site, tmp_path, monkeypatch)
    part.with_name("flows.csv.part.json").write_text(note)
    assert get(site, tmp_path).read_bytes() == OLD
    assert site.asked == [("", "")]


def test_nothing_is_kept_of_a_wrong_checksum(site: Site, tmp_path: Path):
    said = refusal(site, tmp_path, sha256="0" * 64)
    assert SHA256 in said
    assert "0" * 64 in said
    assert list(tmp_path.iterdir()) == []
    assert get(site, tmp_path, sha256=SHA256).read_bytes() == OLD


def test_a_file_fetched_is_held_to_a_checksum_pinned_later(site: Site, tmp_path: Path):
    get(site, tmp_path)
    with pytest.raises(DataError, match="not as it was fetched"):
        get(site, tmp_path, sha256="0" * 64)


def test_a_truncated_body_is_no_file_and_its_part_stays(site: Site, tmp_path: Path):
    site.stops = [2_500] * 9
    said = refusal(site, tmp_path)
    assert "broke off 4 times" in said
    assert "8,000 bytes are kept" in said
    assert site.address in said
    assert "--file" in said
    assert len(site.asked) == 4


def test_a_body_of_no_told_length_is_taken(site: Site, tmp_path: Path):
    site.length = False
    assert get(site, tmp_path).read_bytes() == OLD


def test_a_body_sent_packed_is_unpacked(site: Site, tmp_path: Path):
    site.content = gzip.compress(OLD)
    site.headers["Content-Encoding"] = "gzip"
    site.stops = [1000]
    assert get(site, tmp_path, sha256=SHA256).read_bytes() == OLD
    assert site.asked == [("", ""), ("", "")]


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_is_to_be_looked_for(site: Site, tmp_path: Path, status: int):
    site.statuses = [status]
    said = refusal(site, tmp_path)
    assert f"answers {status}" in said
    assert "no longer at http://127.0.0.1:" in said
    assert "--file" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [204, 206, 403, 418])
def test_another_answer_is_no_file(site: Site, tmp_path: Path, status: int):
    site.statuses = [status]
    assert f"answers {status}" in refusal(site, tmp_path)


def test_what_passes_is_tried_again(site: Site, tmp_path: Path):
    site.statuses = [503, 429, 500]
    assert get(site, tmp_path).read_bytes() == OLD
    assert len(site.asked) == 4


def test_what_does_not_pass_is_said(site: Site, tmp_path: Path):
    site.statuses = [503] * 9
    assert "answers 503 Service Unavailable: try again later" in refusal(site, tmp_path)
    assert len(site.asked) == 4


def test_a_web_page_is_not_the_file(site: Site, tmp_path: Path):
    site.headers["Content-Type"] = "text/html; charset=utf-8"
    assert "a web page and no file" in refusal(site, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", [True, False])
def test_a_file_too_large_is_not_fetched(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: bool
):
    site.length = length
    monkeypatch.setattr(downloads, "MOST_BYTES", len(OLD) - 1)
    assert "beyond the 419,999" in refusal(site, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(downloads, "MOST_BYTES", len(OLD))
    assert get(site, tmp_path).read_bytes() == OLD


def test_a_server_that_is_not_there(site: Site, tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        site.address = f"http://127.0.0.1:{taken.getsockname()[1]}/flows.csv"
        said = refusal(site, tmp_path)
    assert said == (
        "flows.csv: 127.0.0.1 cannot be reached (Connection refused): get the file from "
        f"{site.address} by hand and give it with --file"
    )


def test_a_server_that_says_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    monkeypatch.setattr(downloads, "ANSWERS", 0.05)
    monkeypatch.setattr(downloads, "TRIES", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        site.address = f"http://127.0.0.1:{silent.getsockname()[1]}/flows.csv"
        assert "(it does not answer in time)" in refusal(site, tmp_path)


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(downloads, "TRIES", 1)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for proxy in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)
    with pytest.raises(DataError, match=r"data\.example cannot be reached .*is there a network"):
        fetched("https://data.example/flows.csv", tmp_path, progress=False)


@pytest.mark.parametrize("to", ["http://localhost:9/flows.csv", "file:///etc/hosts", "ftp://x/y"])
def test_no_redirection_out_of_https_is_followed(site: Site, tmp_path: Path, to: str):
    site.statuses, site.headers = [302], {"Location": to}
    assert "leads on to an address that is not followed" in refusal(site, tmp_path)


def test_a_redirection_is_followed_and_a_ring_of_them_is_not(site: Site, tmp_path: Path):
    site.headers = {"Location": site.address}
    site.statuses = [302]
    assert get(site, tmp_path).read_bytes() == OLD
    site.statuses = [302] * 20
    with pytest.raises(DataError, match="not followed"):
        get(site, tmp_path, again=True)


@pytest.mark.parametrize(
    "address",
    ["http://data.example/f.csv", "http://127.0.0.1.data.example/f.csv", "file:///f.csv", "f.csv"],
)
def test_nothing_but_https_is_fetched(tmp_path: Path, address: str):
    for secure in (True, False):
        with pytest.raises(DataError, match="no https address"):
            fetched(address, tmp_path, secure=secure)
    with pytest.raises(DataError, match="no https address"):
        fetched("http://127.0.0.1:8/f.csv", tmp_path)


@pytest.mark.parametrize(
    ("last", "name", "called"),
    [("a%20b.csv", "", "a b.csv"), ("%2e%2e%2fup.csv", "", "_up.csv"), ("é:1.csv", "", "é_1.csv"),
     ("sparql?query=x/y", "", "sparql"), ("x", "../../up.json", "_.._up.json")],
)  # fmt: skip
def test_a_name_stays_in_its_folder(
    site: Site, tmp_path: Path, last: str, name: str, called: str
):  # fmt: skip
    site.address = site.address.replace("flows.csv", last)
    path = get(site, tmp_path / "in", name=name)
    assert path == tmp_path / "in" / called
    assert path.read_bytes() == OLD


def test_an_address_without_a_name_needs_one(tmp_path: Path):
    with pytest.raises(ValueError, match="give it a name"):
        fetched("https://data.example/", tmp_path)
    with pytest.raises(ValueError, match="no SHA-256"):
        fetched("https://data.example/f", tmp_path, sha256="md5")


def test_a_folder_that_cannot_be_written_to(site: Site, tmp_path: Path):
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(DataError, match="cannot be written to"):
        get(site, tmp_path / "folder")


def test_the_note_tells_what_the_part_is_of(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    part = begun(site, tmp_path, monkeypatch)
    told = json.loads(part.with_name("flows.csv.part.json").read_text("utf-8"))
    assert told == {"address": site.address, "validator": '"one"'}
