"""Whoever takes over a process of ours that opens what others made reads none of the shop's files, and calls no one."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from edge.app.cli import check
from edge.lib.sight.kinds import Probe
from models.runtime import Runtime
from models.runtime.restart_policy import Notice
from sandbox import landlock, seccomp
from sandbox.environment import NEEDED, bare_environment
from tests.contract.engine_rigs import text
from tests.models_fixture import play
from tests.toy_engines import plan

here = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")

TAKEN = """
import os, socket, subprocess, sys
from pathlib import Path
def taken(*_):
    for name, pry in (
        ("read", lambda: Path({ledger!r}).read_bytes()),
        ("write", lambda: Path({ledger!r}).write_bytes(b"x")),
        ("list", lambda: os.listdir({folder!r})),
        ("call", lambda: socket.create_connection(("127.0.0.1", {port}), 5)),
        ("picture", lambda: Path({picture!r}).read_bytes()),
        ("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))),
        ("unix", lambda: socket.socket(socket.AF_UNIX)),
        ("pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"x", {folder!r} + "/log")),
        ("message", lambda: socket.socketpair()[0].sendmsg([b"x"])),
        ("mode", lambda: os.chmod({ledger!r}, 0o666)),
        ("times", lambda: os.utime({ledger!r})),
        ("attribute", lambda: os.setxattr({ledger!r}, "user.x", b"x")),
        ("program", lambda: os.execv("/bin/true", ["true"])),
        ("spawned", lambda: subprocess.run(["/bin/true"], check=True)),
    ):
        try:
            pry()
        except PermissionError:
            continue
        print(name, file=sys.stderr)
    left, right = socket.socketpair()
    left.send(b"x")
    assert right.recv(1) == b"x"
    if "EDGE_HUB_DATABASE" in os.environ:
        print("environment", file=sys.stderr)
    print("tried", file=sys.stderr)
    os._exit(0)
import {module} as child
{put}
child.main({arguments})
"""
_TOLD = struct.Struct(">I")


def told(body: bytes) -> bytes:
    return _TOLD.pack(len(body)) + body


PICTURE = told(msgspec.msgpack.encode(Probe(b"no picture")))
CALENDAR = b'{"text": "", "first": "2026-01-01"}'
SHEET = b'{"title": "", "right_to_left": false, "shop": [], "paragraphs": [], "tables": []}'
CHOICE = b'{"needs": [], "groups": [], "choices": []}'
CHILDREN = [
    (
        "drivers.scanners.decoding.process",
        "from drivers.scanners.decoding import pictures; pictures.codes_in = taken",
        "['retail']",
        told(b"no picture"),
    ),
    ("edge.lib.sight.child", "child.Eyes.answer = taken", "[{pictures!r}]", PICTURE),
    ("edge.analytics.forecast.calendar.calendar_reader", "child.read = taken", "", CALENDAR),
    ("edge.core.process.pdf_sheet", "child.draw_sheet = taken", "", SHEET),
    ("edge.goods.purchasing.suggesting.supplier_choice", "child.solve_question = taken", "", CHOICE),
    ("edge.web.picture_process", "child._remade = taken", "", b"no picture"),
]


@here
@pytest.mark.parametrize(("module", "put", "arguments", "asked"), CHILDREN, ids=[one[0] for one in CHILDREN])
def test_who_takes_a_child_over_has_nothing_of_the_shop(
    module: str, put: str, arguments: str, asked: bytes, tmp_path: Path
) -> None:
    ledger, pictures = tmp_path / "ledger.db", tmp_path / "pictures"
    ledger.write_text("takings")
    pictures.mkdir()
    (pictures / "bay.jpg").write_text("a picture")
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = TAKEN.format(
            module=module,
            put=put,
            arguments=arguments.format(pictures=str(pictures)),
            ledger=str(ledger),
            folder=str(tmp_path),
            picture=str(pictures / "bay.jpg"),
            port=server.getsockname()[1],
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=asked,
            capture_output=True,
            timeout=120,
            check=False,
            env=bare_environment(),
        )
    may = ["picture"] if pictures.name in arguments else []
    call = ["call"] if landlock.version() < 4 and not seccomp.is_there() else []
    assert done.stderr.decode().split() == [*call, *may, "tried"]
    assert ledger.read_text() == "takings"


@here
def test_who_takes_a_model_over_has_its_files_and_nothing_else(tmp_path: Path) -> None:
    ledger, folder = tmp_path / "ledger.db", tmp_path / "model"
    ledger.write_text("takings")
    folder.mkdir()

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        may = (await runtime.ask(text("PRY"), 60)).text.split(",")
        assert may == ["read", *(["call"] if landlock.version() < 4 and not seccomp.is_there() else [])]

    with socket.create_server(("127.0.0.1", 0)) as server:
        (folder / "weights").write_text(str(server.getsockname()[1]))
        play(scenario, plan("llm", folder=str(folder)))
    assert ledger.read_text() == "takings"


def test_a_child_hears_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_HUB_DATABASE", "postgres://edge:secret@db/edge")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "EDGE_HUB_DATABASE" not in (found := bare_environment({"OMP_NUM_THREADS": "1"}))
    assert found.keys() <= {*NEEDED, "OMP_NUM_THREADS"} and found["LANG"] == "C.UTF-8"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(("network", "programs"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_filter_lets_through_and_refuses_by_the_number_of_its_machine(
    machine: str, network: bool, programs: bool
) -> None:
    """The filter carried out as the kernel does, for both machines, one of which we are."""
    place, known_as, _ = seccomp._MACHINES[machine]

    def verdict(number: int, address: int = 0, arch: int = known_as) -> int:
        data = struct.pack("=IIQ6Q", number, arch, 0, 0, 0, 0, 0, address, 0)
        loaded, at, code = 0, 0, seccomp.steps(machine, network, programs)
        while True:
            step = code[at]
            at += 1
            match step.code:
                case seccomp._LOAD:
                    (loaded,) = struct.unpack_from("=I", data, step.value)
                case seccomp._EQUAL:
                    at += step.yes if loaded == step.value else step.no
                case seccomp._AT_LEAST:
                    at += step.yes if loaded >= step.value else step.no
                case _:
                    return step.value

    assert verdict(0) == verdict(600) == seccomp._ALLOW, "read and whatever is newer than we are"
    assert verdict(0, arch=0x40000003) == seccomp._KILL, "the calls of another machine have other numbers"
    for calls, may in (
        (seccomp.SOCKETS, network),
        (seccomp.PROGRAMS, programs),
        (seccomp.ATTRIBUTES, False),
        (seccomp.WAYS_AROUND, False),
    ):
        for name, numbers in calls.items():
            if (number := numbers[place]) is not None:
                assert verdict(number) == (seccomp._ALLOW if may else seccomp._REFUSE), name
    for address in (1, 1 << 32, (1 << 64) - 1):
        assert verdict(seccomp.SEND_TO[place], address) == (seccomp._ALLOW if network else seccomp._REFUSE)
    assert verdict(seccomp.SEND_TO[place]) == seccomp._ALLOW
    if machine == "x86_64":
        assert verdict(seccomp._OTHER_ABI + 41) == seccomp._REFUSE


def test_a_kernel_that_shuts_in_no_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 7)
    assert list(check._sandbox()) == []
    monkeypatch.setattr(landlock, "version", lambda: 0)
    (said,) = check._sandbox()
    assert said.warn and "can't sandbox" in said.what and "Landlock" in said.advice
