"""Several processes that serve one app: data read again and processes that fall cost no answer;
and the files by which the server is put on a machine."""

from __future__ import annotations

import configparser
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import small
import yaml

import app

ROOT = Path(app.__file__).parent
PATIENCE = 240.0  # seconds; far more than anything here takes


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Served:
    """A server of two processes, asked without pause; a dataset of its own beside the others."""

    def __init__(self, log: Path, temporary: Path) -> None:
        self.own = small.write_own(log.parent / "links-own")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--port", str(self.port), "--data", str(self.own), "--workers", "2", "--limits",
                   "--request-log", "--metrics", "--allow-upload", "--proxies", "1"]  # fmt: skip
        self.log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), *options], stdout=out, stderr=out, cwd=ROOT,
                env={**os.environ, "TMPDIR": str(temporary)},
            )  # fmt: skip
        self.told: Counter[int | str] = Counter()
        self._over = threading.Event()

    def get(
        self, address: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[int, dict[str, str], bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            link.request("GET", address, headers=dict(headers))
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            link.close()

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.get("/ready")[0] == 200
        except OSError:
            return False

    def workers(self) -> set[int]:
        held = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in held.split()}

    def read_again(self) -> None:
        """Have the data read again, and wait until other processes have taken over."""
        before = self.workers()
        self.process.send_signal(signal.SIGHUP)
        until(lambda: len(self.workers()) == 2 and not before & self.workers())

    def version(self) -> str:
        """The version of the data that are served."""
        return str(json.loads(self.get("/health")[2])["data_version"])

    def ask(self) -> None:
        """Ask until told to stop, counting each status, and each connection that was cut."""
        while not self._over.is_set():
            try:
                self.told[self.get("/health")[0]] += 1
            except ConnectionRefusedError:
                self.told["refused"] += 1
            except (OSError, http.client.HTTPException):
                self.told["cut"] += 1

    def asked_while(self, act: Callable[[], None]) -> Counter[int | str]:
        """What was answered while something was done, in four threads."""
        self.told.clear()
        self._over.clear()
        threads = [threading.Thread(target=self.ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            act()
        finally:
            self._over.set()
            for thread in threads:
                thread.join(PATIENCE)
        return self.told


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("processes are told apart by /proc")
    folder = tmp_path_factory.mktemp("served")
    (folder / "tmp").mkdir()
    made = Served(folder / "log", folder / "tmp")
    try:
        until(made.ready)
        yield made
    finally:
        made.process.terminate()
        made.process.wait(PATIENCE)
    assert made.process.returncode == 0
    assert list((folder / "tmp").glob("corridors-*")) == []


def test_two_processes_answer_and_say_no_more_than_they_must(served: Served):
    until(lambda: len(served.workers()) == 2)
    status, headers, _ = served.get("/?lang=en")
    assert (status, headers["Server"]) == (200, "corridors")
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/atlas"}
    status, headers, page = served.get("/?lang=en", proxied)
    assert (status, "Strict-Transport-Security" in headers) == (200, True)
    assert b'src="/atlas/assets/page.js' in page
    assert served.get("/export/flows.csv")[0] == 200
    assert b'corridors_exports_total{format="csv",view="flows"} 1.0' in served.get("/metrics")[2]
    assert len(list((served.log.parent / "tmp").glob("corridors-*"))) == 2


def test_data_read_again_cost_no_answer(served: Served):
    told = served.asked_while(served.read_again)
    assert set(told) == {200}
    assert told[200] > 10
    assert len(list((served.log.parent / "tmp").glob("corridors-*"))) == 2


def test_data_that_cannot_be_used_leave_those_before_until_they_can(served: Served):
    file, japan = served.own / "links.csv", "/export/flows.csv?partner=country:JPN"
    whole, before = file.read_text("utf-8"), served.version()
    file.write_text(whole[:-40], encoding="utf-8")
    told = served.asked_while(served.read_again)
    assert set(told) == {200}
    assert served.version() == before
    assert served.get("/ready")[0] == 200
    assert b",2001," in served.get(japan)[2]
    log = served.log.read_text()
    assert "The data before are kept, as these cannot be used:\nlinks-own/links.csv" in log
    file.write_text(whole.replace(",2001,", ",2003,"), encoding="utf-8")
    served.read_again()
    assert served.version() != before
    assert b",2003," in served.get(japan)[2]


def test_a_process_that_falls_costs_its_own_answers_alone(served: Served):
    first = min(served.workers())

    def fall() -> None:
        os.kill(first, signal.SIGKILL)
        until(lambda: len(served.workers() - {first}) == 2)

    told = served.asked_while(fall)
    assert set(told) <= {200, "cut"}
    assert told["cut"] <= 4
    assert told[200] > 0


def test_the_log_is_of_lines_of_json(served: Served):
    served.get("/health?theme=secret")
    lines = [line for line in served.log.read_text().splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    assert {"/health", "/ready"} <= {line.get("route") for line in told}
    assert any("Booting worker" in line["text"] for line in told)
    assert "secret" not in "".join(lines)


def sources(dockerfile: str) -> list[str]:
    """What COPY takes from the folder of the project."""
    held = re.findall(r"^COPY (?!--from)(.*)$", dockerfile.replace("\\\n", " "), re.M)
    return [part for line in held for part in line.split()[:-1] if not part.startswith("--")]


def options_of(command: str) -> list[str]:
    """The options that a command gives to app.py."""
    return re.findall(r"(?<= )--[a-z-]+", command.partition("app.py")[2])


def test_the_container_is_made_of_what_is_there_and_starts_by_options_that_are():
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert {"app.py", "geo", "dashboard", "data", "assets"} <= set(sources(text))
    assert [name for name in sources(text) if not (ROOT / name).exists()] == []
    assert re.search(r"^FROM python:3\.1[12]-slim", text, re.M)
    assert re.search(r"^USER (?!root)", text, re.M)
    assert "/ready" in re.search(r"^HEALTHCHECK.*", text.replace("\\\n", " "), re.M)[0]  # type: ignore[index]
    help_text = subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, check=True,
                               capture_output=True, text=True).stdout  # fmt: skip
    command = text[text.index("\nCMD") :]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    serve = makefile[makefile.index("\nserve:") :].split("\n\n")[0]
    unit = (ROOT / ".deploy/corridors.service").read_text("utf-8")
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    own = "app.py " + " ".join(compose["services"]["app"]["command"])
    for told in (command, serve, unit, own):
        assert options_of(told)
        assert [name for name in options_of(told) if name not in help_text] == []


def test_the_services_hold_together():
    held = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert set(held["services"]) == {"app", "redis", "proxy"}
    assert "ports" not in held["services"]["app"]
    assert "ports" not in held["services"]["redis"]
    named = {
        volume.partition(":")[0]
        for service in held["services"].values() for volume in service.get("volumes", [])
    }  # fmt: skip
    files = {name for name in named if name.startswith(".")}
    assert files
    assert all((ROOT / name).exists() for name in files)
    assert named - files == set(held["volumes"])
    assert all(set(service.get("depends_on", {})) <= set(held["services"])
               for service in held["services"].values())  # fmt: skip


def test_the_proxy_passes_what_the_server_needs():
    text = (ROOT / ".deploy/Caddyfile").read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert "reverse_proxy app:8050" in text
    assert re.search(r"respond .*404", text)
    assert "/metrics" in text


def test_the_unit_is_one_and_hardened(tmp_path: Path):
    path = ROOT / ".deploy/corridors.service"
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(path.read_text("utf-8"))
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "ProtectKernelTunables"):
        assert service[name] in ("yes", "true")
    assert service["ProtectSystem"] == "strict"
    assert "HUP" in service["ExecReload"]
    verify = shutil.which("systemd-analyze")
    if verify:
        runnable = tmp_path / path.name
        runnable.write_text(
            re.sub(r"(?m)^(ExecStart=)\S+", r"\1/bin/true", path.read_text("utf-8"))
        )
        made = subprocess.run([verify, "verify", str(runnable)], capture_output=True, text=True)
        assert path.name not in made.stderr
