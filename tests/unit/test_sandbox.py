"""Whoever takes over a process of ours that opens what others made reads none of the shop's files, and calls nobody."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from edge.cli import check
from edge.lib.sight.kinds import Probe
from models.runtime import Runtime
from models.runtime.restart_policy import Notice
from sandbox import landlock
from tests.contract.engine_rigs import text
from tests.models_fixture import play
from tests.toy_engines import plan

here = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")

TAKEN = """
import os, socket, sys
from pathlib import Path
def taken(*_):
    for name, pry in (
        ("read", lambda: Path({ledger!r}).read_bytes()),
        ("write", lambda: Path({ledger!r}).write_bytes(b"x")),
        ("list", lambda: os.listdir({folder!r})),
        ("call", lambda: socket.create_connection(("127.0.0.1", {port}), 5)),
        ("picture", lambda: Path({picture!r}).read_bytes()),
    ):
        try:
            pry()
        except PermissionError:
            continue
        print(name, file=sys.stderr)
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
    ("edge.shop.forecast.calendar_reader", "child.read = taken", "", CALENDAR),
    ("edge.core.process.pdf_sheet", "child.draw_sheet = taken", "", SHEET),
    ("edge.shop.purchasing.supplier_choice", "child.solve_question = taken", "", CHOICE),
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
            [sys.executable, "-c", script], input=asked, capture_output=True, timeout=120, check=False
        )
    may = ["picture"] if pictures.name in arguments else []
    call = ["call"] if landlock.version() < 4 else []
    assert done.stderr.decode().split() == [*call, *may, "tried"]
    assert ledger.read_text() == "takings"


@here
def test_who_takes_a_model_over_has_its_files_and_nothing_else(tmp_path: Path) -> None:
    ledger, folder = tmp_path / "ledger.db", tmp_path / "model"
    ledger.write_text("takings")
    folder.mkdir()

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        may = (await runtime.ask(text("PRY"), 60)).text.split(",")
        assert may == ["read", *(["call"] if landlock.version() < 4 else [])]

    with socket.create_server(("127.0.0.1", 0)) as server:
        (folder / "weights").write_text(str(server.getsockname()[1]))
        play(scenario, plan("llm", folder=str(folder)))
    assert ledger.read_text() == "takings"


def test_a_kernel_that_shuts_in_nobody_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 7)
    assert list(check._sandbox()) == []
    monkeypatch.setattr(landlock, "version", lambda: 0)
    (said,) = check._sandbox()
    assert said.warn and "shuts in nobody" in said.what and "Landlock" in said.advice
