"""The file of an official source, fetched from its public address: gone on with where it broke
off, checked, and under its name only when it is whole."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tqdm import tqdm
from urllib3.exceptions import NameResolutionError, ReadTimeoutError
from urllib3.util import Retry

from geo.errors import DataError, Fault

MOST_BYTES = 2**30
"""The largest file that is fetched, as that which is read."""
CHUNK = 2**14
"""Bytes written at a time, and the most that an answer which breaks off loses."""
CONNECTS, ANSWERS = 10.0, 90.0
"""Seconds in which a server must take the connection, and send something."""
TRIES = 4
PAUSE = 0.5
"""Seconds before a second further try; twice as many before each one after it."""
LONGEST_WAIT = 60
"""Seconds that a server may ask to wait before it is tried again."""
MOST_REDIRECTS = 5
PASSING = (429, 500, 502, 503, 504)
GONE = (404, 410)
AGENT = "corridors/0.1 (atlas of cooperation between territories)"
# It tells of every try on the screen, across the bar; what came of them is said once.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
LOCAL = "http://127.0.0.1:"
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
LONGEST = 200  # characters of a query that a message repeats
SHA256 = re.compile(r"[0-9a-f]{64}")


class _BrokenOff(Exception):
    """An answer that ended before its end."""


@dataclass(frozen=True)
class _Part:
    """What is there of a file so far, and beside it what the server told that file by."""

    path: Path
    address: str

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def begun(self) -> tuple[int, str]:
        """How many bytes are there and what they are a part of; 0 where nobody can tell."""
        try:
            told = json.loads(self.note.read_text("utf-8"))
            if told["address"] == self.address and told["validator"]:
                return self.path.stat().st_size, str(told["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, ""

    def noted(self, validator: str) -> None:
        """Remember what the file is told by, before its first byte is there."""
        self.forgotten()
        told = {"address": self.address, "validator": validator}
        self.note.write_text(json.dumps(told), "utf-8")

    def forgotten(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def fetched(
    address: str, folder: Path, name: str = "", sha256: str = "", progress: bool = True,
    *, again: bool = False, secure: bool = True,
) -> Path:  # fmt: skip
    """The file at an address, in a folder that is made where it is not there.

    `name` is what to call it, else what the address does; `sha256` the checksum that it must
    have, in hexadecimal. The checksum found stands beside it as `<name>.sha256`. A file that is
    there with its checksum is not asked for again, unless `again`. What broke off stays as
    `<name>.part` and is gone on with, where the server says that the file is still the same.
    `secure` false lets http through, to 127.0.0.1 alone. Raises DataError in one sentence.
    """
    called = _name(address, name)
    if not address.startswith("https://") and (secure or not address.startswith(LOCAL)):
        raise _fault(called, f"{address} is no https address; nothing else is fetched")
    if sha256 and not SHA256.fullmatch(sha256.lower()):
        raise ValueError(f"{sha256} is no SHA-256")
    path, part = folder / called, _Part(folder / f"{called}.part", address)
    try:
        if path.exists() and not again:
            return _sound(path, sha256.lower())
        folder.mkdir(parents=True, exist_ok=True)
        with _session(secure) as session:
            _fetch(session, part, called, progress)
        return _kept(part, path, sha256.lower())
    except requests.RequestException as error:
        raise _fault(called, f"{_why(address, error)}: {_by_hand(address)}") from error
    except OSError as error:
        raise _fault(
            called, f"cannot be written to {folder} ({error.strerror or error})"
        ) from error


def _name(address: str, name: str) -> str:
    """A name that is safe on every system, from the one given or the address's last part."""
    last = name or unquote(PurePosixPath(urlsplit(address).path).name)
    safe = re.sub(r"[^\w.() -]+", "_", last).strip(". ")
    if not safe:
        raise ValueError(f"{address} names no file: give it a name")
    return safe


def _fault(name: str, text: str) -> DataError:
    return DataError([Fault(name, 0, text)])


def _by_hand(address: str) -> str:
    place, _, query = address.partition("?")
    asked = f"{place}?…" if len(query) > LONGEST else address
    return f"get the file from {asked} by hand and give it with --file"


def _session(secure: bool) -> requests.Session:
    """A session that tries again what passes and follows no redirection out of https."""
    session = requests.Session()
    session.max_redirects = MOST_REDIRECTS
    session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
    session.adapters.clear()
    retry = Retry(TRIES - 1, status_forcelist=PASSING, backoff_factor=PAUSE,
                  retry_after_max=LONGEST_WAIT, raise_on_status=False)  # fmt: skip
    session.mount("https://", HTTPAdapter(max_retries=retry))
    if not secure:
        session.mount(LOCAL, HTTPAdapter(max_retries=retry))
        session.trust_env = False
    return session


def _fetch(session: requests.Session, part: _Part, name: str, progress: bool) -> None:
    """Have all of the part, going on where an answer broke off. DataError where it does not
    come."""
    for turn in range(TRIES):
        try:
            if _answered(session, part, name, progress):
                return
        except _BrokenOff:
            time.sleep(PAUSE * 2**turn)
    have, _ = part.begun()
    what = f"{have:,} bytes are kept and gone on from" if have else "it starts over"
    host = urlsplit(part.address).hostname
    raise _fault(name, f"{host} broke off {TRIES} times: {what} when this is run again, or "
                       f"{_by_hand(part.address)}")  # fmt: skip


def _answered(session: requests.Session, part: _Part, name: str, progress: bool) -> bool:
    """One request, for what is not there yet; false where it must start over."""
    have, validator = part.begun()
    wanted = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
    timeout = (CONNECTS, ANSWERS)
    with session.get(part.address, headers=wanted, stream=True, timeout=timeout) as answer:
        if have and not _goes_on(answer, have, validator):
            if answer.status_code in (HTTPStatus.PARTIAL_CONTENT, 416):
                part.forgotten()
                return False
            have = 0
        _refuse(answer, part.address, name, HTTPStatus.PARTIAL_CONTENT if have else HTTPStatus.OK)
        total = _total(answer, have)
        if total > MOST_BYTES:
            part.forgotten()
            raise _too_large(part.address, name, total)
        if not have:
            part.noted(_validator(answer))
        _written(answer, part, name, have, total, progress)
    return True


def _goes_on(answer: requests.Response, have: int, validator: str) -> bool:
    """Whether an answer is the rest of the file that a part was begun of."""
    told = RANGE.match(answer.headers.get("Content-Range", ""))
    return bool(
        answer.status_code == HTTPStatus.PARTIAL_CONTENT
        and told
        and int(told[1]) == have
        and _validator(answer) in ("", validator)
    )


def _validator(answer: requests.Response) -> str:
    """What tells this file from another of the same address, byte by byte; "" for nothing."""
    if _encoded(answer):
        return ""
    etag = answer.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _encoded(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Encoding", "identity").lower() != "identity"


def _total(answer: requests.Response, have: int) -> int:
    """How long the whole file is, 0 where the server does not tell."""
    length = answer.headers.get("Content-Length", "")
    return have + int(length) if length.isdecimal() and not _encoded(answer) else 0


def _refuse(answer: requests.Response, address: str, name: str, awaited: int) -> None:
    """DataError for an answer that is not the file."""
    status, host = answer.status_code, urlsplit(address).hostname
    said = f"{host} answers {status} {answer.reason or ''}".rstrip()
    if status in GONE:
        raise _fault(name, f"{said}, the file is no longer at {address}: look for it on the site "
                           "of its producer and give it with --file")  # fmt: skip
    if status != awaited:
        raise _fault(name, f"{said}: try again later, or {_by_hand(address)}")
    page = answer.headers.get("Content-Type", "").lower().startswith("text/html")
    if page and not name.lower().endswith((".html", ".htm")):
        raise _fault(name, f"{host} answers with a web page and no file: {_by_hand(address)}")


def _written(
    answer: requests.Response, part: _Part, name: str, have: int, total: int, progress: bool
) -> None:
    """Add an answer to the part. _BrokenOff where it ends too soon, DataError where it does not
    end below the size that is fetched."""
    size = have
    with (
        part.path.open("ab") as file,
        tqdm(desc=name, initial=have, total=total or None, unit="B", unit_scale=True,
             unit_divisor=1024, disable=not progress) as bar,
    ):  # fmt: skip
        try:
            for chunk in answer.iter_content(CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    break
                file.write(chunk)
                bar.update(len(chunk))
        except requests.RequestException as error:
            raise _BrokenOff from error
        file.flush()
        os.fsync(file.fileno())
    if size > MOST_BYTES:
        part.forgotten()
        raise _too_large(part.address, name, size)
    if total and size != total:
        raise _BrokenOff


def _too_large(address: str, name: str, size: int) -> DataError:
    return _fault(name, f"has {size:,} bytes or more at {address}, beyond the {MOST_BYTES:,} that "
                        "are read: give a part of it with --file")  # fmt: skip


def _kept(part: _Part, path: Path, sha256: str) -> Path:
    """The part under its own name with its checksum beside it; DataError, and nothing kept,
    where it is not the one awaited."""
    found = _sum(part.path)
    if sha256 and found != sha256:
        part.forgotten()
        raise _fault(path.name, f"what {part.address} gives has the SHA-256 {found} in the place "
                                f"of {sha256}: it is another edition, or damaged")  # fmt: skip
    beside = _beside(path)
    new = beside.with_name(f"{beside.name}.part")
    new.write_text(f"{found}  {path.name}\n", "utf-8")
    new.replace(beside)
    part.path.replace(path)
    part.note.unlink(missing_ok=True)
    return path


def _sound(path: Path, sha256: str) -> Path:
    """A file that is there already; DataError where it is not the one that was fetched."""
    found, beside = _sum(path), _beside(path)
    told = sha256 or (beside.read_text("utf-8").partition(" ")[0] if beside.exists() else "")
    if found != told:
        said = f"is in {path.parent} and not as it was fetched" if told else (
            f"is in {path.parent} without its {beside.name}")  # fmt: skip
        raise _fault(path.name, f"{said}: move it away to fetch it, or give it with --file")
    return path


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _why(address: str, error: requests.RequestException) -> str:
    """What kept a server from being reached, in words."""
    host = urlsplit(address).hostname
    if isinstance(error, requests.TooManyRedirects | requests.exceptions.InvalidSchema):
        return f"{host} leads on to an address that is not followed"
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", cause)
    if isinstance(error, requests.exceptions.ProxyError):
        why = "the proxy of this network does not let it through"
    elif isinstance(error, requests.exceptions.SSLError):
        why = "its certificate cannot be trusted"
    elif isinstance(error, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        why = "it does not answer in time"
    elif isinstance(cause, NameResolutionError):
        why = "its name is not known here; is there a network?"
    else:
        below = getattr(cause, "__cause__", None) or cause
        why = str(getattr(below, "strerror", None) or type(below).__name__)
    return f"{host} cannot be reached ({why})"
