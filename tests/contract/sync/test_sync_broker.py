"""The broker's refusals become clear sentences on the status page."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from sim.broker import Broker
from sim.ports import free_port
from tests.authority import Authority
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, held

PASSWORDS = {"till": "secret", "hub": "secret"}
CONNACK = b"\x20\x03\x00\x00\x00"
FD_SETSIZE = 1024
"""Number of files that select() can watch: those with lower descriptors (select(2))."""
HUB = "user hub\ntopic readwrite edge/#\n"


def test_no_broker_is_said_with_its_address() -> None:
    port = free_port()

    async def scenario() -> None:
        async with an_edge(History(), port) as edge:
            await until(lambda: "No broker is running" in edge.link.state.why, "it says so")
            assert str(port) in edge.link.state.why
            assert edge.link.state.phase == "offline"

    asyncio.run(scenario())


def test_an_unknown_host_is_said() -> None:
    async def scenario() -> None:
        async with an_edge(History(), 1883, host="no-such-host.invalid") as edge:
            await until(lambda: "no-such-host.invalid can't be found" in edge.link.state.why, "it says so")

    asyncio.run(scenario())


def test_a_wrong_password_is_said() -> None:
    async def scenario(port: int) -> None:
        async with an_edge(History(), port, user="till", password="wrong") as edge:
            await until(lambda: "rejected the user name or password" in edge.link.state.why, "it says so")

    with Broker(passwords=PASSWORDS) as broker:
        asyncio.run(scenario(broker.port))


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"], "hung_up"),
        ([CONNACK, b"\x90\x04\x00\x01\x00\x55"], "broken_off"),  # a SUBACK with an undefined reason code
        ([CONNACK, b"\x32\x06\x00\x01\xff\x00\x01\x00"], "broken_off"),  # a PUBLISH with a topic that isn't UTF-8
    ],
)
def test_what_is_no_mqtt_ends_the_connection_and_is_said(answers: list[bytes], code: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for packet in answers:
            await reader.read(1000)
            writer.write(packet)
            await writer.drain()
        if code == "hung_up":  # web servers do; otherwise our end must close
            writer.close()
        await reader.read()
        ended.set()

    async def scenario() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            async with an_edge(History(), server.sockets[0].getsockname()[1]) as edge:
                await until(lambda: edge.link.state.trouble.code == code, "it is said")
            await ended.wait()

    ended = asyncio.Event()
    asyncio.run(scenario())


def test_it_syncs_with_more_files_open_than_select_can_watch(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(300)
        async with a_hub(database, broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        for _ in range(FD_SETSIZE):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        asyncio.run(scenario())


def test_no_hub_is_said_and_found_when_it_comes(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with an_edge(History(), broker.port) as edge:
            await until(lambda: "no hub is connected" in edge.link.state.why, "it says so")
            async with a_hub(database, broker.port):
                await edge.all_acknowledged()

    asyncio.run(scenario())


def test_a_device_that_may_not_write_is_said_and_goes_on_once_it_may(database: str) -> None:
    async def scenario(broker: Broker) -> None:
        user = {"user": "till", "password": "secret"}
        async with (
            a_hub(database, broker.port, user="hub", password="secret"),
            an_edge(History(), broker.port, **user) as edge,
        ):
            await until(lambda: "doesn't allow this device to write" in edge.link.state.why, "it says so")
            broker.allow(f"{HUB}user till\ntopic readwrite edge/acme/corner/till-1/#\n")
            await edge.all_acknowledged()

    with Broker(passwords=PASSWORDS, acl=f"{HUB}user till\ntopic read edge/acme/corner/till-1/down\n") as broker:
        asyncio.run(scenario(broker))


def test_a_device_that_may_not_read_says_that_no_answer_comes(database: str) -> None:
    async def scenario(port: int) -> None:
        user = {"user": "till", "password": "secret"}
        async with (
            a_hub(database, port, user="hub", password="secret"),
            an_edge(History(), port, **user) as edge,
        ):
            await until(lambda: edge.link.state.why == "The hub isn't responding.", "it says so")
            assert "lets this device use its topics" in edge.link.state.advice

    with Broker(passwords=PASSWORDS, acl=f"{HUB}user till\ntopic write edge/acme/corner/till-1/up\n") as broker:
        asyncio.run(scenario(broker.port))


def test_a_broker_that_cannot_prove_who_it_is_gets_no_row(database: str, tmp_path: Path) -> None:
    async def scenario(port: int, ours: Path, anothers: Path) -> None:
        async with an_edge(History(), port, tls=True, host="localhost", ca_file=str(anothers)) as edge:
            await until(lambda: "certificate" in edge.link.state.why, "it says so")
        tls = {"tls": True, "host": "localhost", "ca_file": str(ours)}
        async with a_hub(database, port, **tls), an_edge(History(), port, **tls) as edge:
            await edge.all_acknowledged()

    ours, anothers = Authority(tmp_path / "ours"), Authority(tmp_path / "anothers")
    with Broker(extra=ours.issue(name="localhost")) as broker:
        asyncio.run(scenario(broker.port, ours.ca, anothers.ca))


def test_a_device_sees_only_its_own_topics_with_one_pattern_for_all(database: str) -> None:
    """The access list that we recommend: the user name is tenant/store/device."""
    name = "acme/corner/till-1"

    async def scenario(port: int) -> None:
        async with (
            a_hub(database, port, user="hub", password="secret"),
            an_edge(History(), port, user=name, password="secret") as edge,
        ):
            await edge.all_acknowledged()

    acl = f"{HUB}pattern write edge/%u/up\npattern read edge/%u/down\n"
    with Broker(passwords={name: "secret", "hub": "secret"}, acl=acl) as broker:
        asyncio.run(scenario(broker.port))
