"""A second box and a witness are let in by digits that a person compares, while the shop is there."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.backoffice.twin.membership.members import WITNESSES
from sim.child import Child
from sim.ports import free_port
from tests.fork_server import EdgeChild
from tests.http_client import PIN, when
from tests.twin_boxes import Box, TwinShop, _is_paired, box_of, config_to_join
from twin.records import WITNESS_TIMEOUT_MS

DIGITS = re.compile(r"digits of this machine: (\d{4} \d{4})")


async def digits_in(log: Path) -> str:
    """What a machine that asks to be let in shows."""

    async def said() -> str:
        found = DIGITS.search(_text(log))
        return found[1] if found else ""

    return await when(said, bool, "a machine shows its digits")


async def _let_in(first: Box, log: Path) -> None:
    """Compare the digits, as a manager does, and let that machine in."""
    status, said = await _accept(first, log)
    assert status == 200, said


async def _accept(first: Box, log: Path) -> tuple[int, str]:
    digits = await digits_in(log)
    headers = {"Grant": first.api.token, "Register": "1", "Surface": "panel"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{first.port}", headers=headers) as session:
        async with session.get("/fragments/boxes") as answer:
            text = await answer.text()
        assert digits in text, text
        found = re.search(r'data-in="(\w+)"', text)
        assert found
        async with session.put(f"/api/v1/twin/knocks/{found[1]}", json={}) as answer:
            return answer.status, await answer.text()


@pytest.mark.slow
def test_a_second_box_and_a_witness_are_let_in(tmp_path: Path) -> None:
    async def add() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session:
            text = config_to_join()
            a, b = (box_of(tmp_path / name, session, text) for name in "ab")
            joins, witness = EdgeChild("join", tmp_path / "join.log"), EdgeChild("witness", tmp_path / "w.log")
            try:
                await _added(TwinShop(a, b, witness, tmp_path / "w"), joins)
            finally:
                for child in (a.process, b.process, joins, witness):
                    child.stop(signal.SIGKILL)

    asyncio.run(add())


async def _added(shop: TwinShop, joins: EdgeChild) -> None:
    a, b = shop.boxes
    a.spawn()
    await a.ready(("panel",))
    at = f"127.0.0.1:{a.port}"
    link = ["--port", str(free_port())]
    joins.spawn_edge(["--config", b.path, "twin", "join", at, *link, "--page", str(b.port)], os.environ)
    with socket.create_server(("127.0.0.1", tomllib.loads(a.path.read_text())["twin"]["port"])):
        status, said = await _accept(a, joins.log)
        assert (status, json.loads(said)["code"]) == (422, "twin_port_taken"), "it would begin no more: it sells on"
    await _let_in(a, joins.log)
    await when(has_ended(joins), bool, "the second box has what it needs")
    b.spawn()
    await when(has_begun_anew(a), bool, "the first box has begun anew, as one of two")
    shop.witness.spawn_edge(
        ["witness", "--folder", shop.witness_folder, "--join", at, *link[:1], str(free_port())], os.environ
    )
    await _let_in(a, shop.witness.log)
    await shop.paired(a)
    status = await a.edge("twin", "status")
    assert "box 1 is active: both" in status.out, status
    assert (await a.api.post("/api/v1/pin", {"pin": PIN}))[0] == 200
    await _has_more_witnesses(shop, at)
    assert (await a.api.post("/api/v1/twin/hand-over", {}, Grant=await a.api.grant(), Surface="panel"))[0] == 200
    await shop.paired(b)


async def _has_more_witnesses(shop: TwinShop, at: str) -> None:
    """Two more are let in; one of three may be away, and is taken out."""
    folder, a = shop.witness_folder.parent, shop.a
    more = {name: EdgeChild(name, folder / f"{name}.log") for name in WITNESSES[1:]}
    try:
        for name, child in more.items():
            joined = ["--folder", folder / name, "--join", at, "--port", str(free_port())]
            child.spawn_edge(["witness", *joined], os.environ)

            async def let_in(log: Path = child.log) -> int:
                return (await _accept(a, log))[0]  # 422 until the other box knows the one before

            await when(let_in, lambda status: status == 200, f"{name} is let in")
            await when(_heard(a, name), lambda ms: 0 <= ms < WITNESS_TIMEOUT_MS, f"{name} is heard")
        await shop.paired(a)
        more[WITNESSES[2]].stop(signal.SIGKILL)
        await when(_heard(a, WITNESSES[2]), lambda ms: ms > WITNESS_TIMEOUT_MS, "one of three is away")
        assert await _is_paired(a), "the other two and a box are a majority"
        headers = {"Grant": await a.api.grant(), "Register": "1", "Surface": "panel"}
        async with aiohttp.ClientSession(f"http://127.0.0.1:{a.port}", headers=headers) as session:
            for name in (WITNESSES[2], WITNESSES[1]):

                async def take_out(name: str = name) -> int:
                    async with session.delete(f"/api/v1/twin/members/{name}") as answer:
                        return answer.status  # 422 until the other box knows the change before

                await when(take_out, lambda status: status == 200, f"{name} is out")
        await shop.paired(a)
    finally:
        for child in more.values():
            child.stop(signal.SIGKILL)


def _heard(box: Box, name: str) -> Any:
    """How long ago a machine was heard (ms; -1: never)."""

    async def look() -> int:
        _, said = await box.api.get("/api/v1/twin")
        return int(said["twin"]["heard_ms"].get(name, -1))

    return look


def _text(log: Path) -> str:
    return log.read_text() if log.exists() else ""


def has_ended(child: Child) -> Any:
    async def look() -> bool:
        return not child.runs

    return look


def has_begun_anew(box: Box) -> Any:
    async def look() -> bool:
        return "this box is active" in box.log

    return look
