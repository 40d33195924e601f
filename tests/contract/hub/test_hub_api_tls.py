"""Head office's API over TLS: who may connect, and what others are told."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from edge.app.cli.hub_places import door_of
from edge.app.head_office.hub_door import HubDoor
from edge.core.tls import AUTHORITY_FILE
from edge.lib.errors import ConfigError
from sim.child import Child, accepts
from sim.ports import free_port
from sim.postgres import Postgres
from tests.authority import DAY, Authority
from tests.tidy.test_systemd import of_unit, the_hub_as_documented

ALL = "0.0.0.0"


class Beyond(HubDoor, frozen=True):
    """A door that treats all callers as remote, except the proxy."""

    def is_near(self, address: str) -> bool:
        return bool(self.proxy) and address == self.proxy


async def _hello(request: web.Request) -> web.Response:
    return web.Response(text=await request.text() or "hello")


@asynccontextmanager
async def a_door(door: HubDoor) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _hello)
    async with door.open(app) as port:
        yield port


async def ask(
    address: str, ca: Path | None = None, name: str = "127.0.0.1", source: str = "127.0.0.1", **headers: str
) -> tuple[int, str]:
    trust = ssl.create_default_context(cafile=ca) if ca else True
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    connector = aiohttp.TCPConnector(local_addr=(source, 0))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get(address, ssl=trust, server_hostname=name if ca else None, headers=said) as answer,
    ):
        return answer.status, await answer.text()


async def marks(address: str, ca: Path, name: str) -> bool:
    """Whether browsers are told to use only TLS from now on, and the answer doesn't name a server version."""
    trust = ssl.create_default_context(cafile=ca)
    async with aiohttp.ClientSession() as session, session.get(address, ssl=trust, server_hostname=name) as answer:
        later = answer.headers.get("Strict-Transport-Security", "").startswith("max-age=")
        return later and "Server" not in answer.headers and answer.headers["X-Content-Type-Options"] == "nosniff"


def own(folder: Path, *, ends: timedelta = 365 * DAY, name: str = "hub.example") -> tuple[Authority, tuple[Path, Path]]:
    """Create an authority and a certificate of it; returns the authority and the certificate's files."""
    authority = Authority(folder)
    authority.issue(ends=ends, name=name)
    return authority, (folder / "broker.pem", folder / "broker.key")


def test_beyond_the_machine_there_is_tls_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_door(Beyond(ALL, name="hub.example", folder=tmp_path)) as port:
            ca = tmp_path / AUTHORITY_FILE
            assert await ask(f"https://127.0.0.1:{port}/", ca, "hub.example") == (200, "hello")
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await ask(f"https://127.0.0.1:{port}/", ca, "bank.example")
            status, told = await ask(f"http://127.0.0.1:{port}/v1/devices", Authorization="Bearer edge_secret")
            assert (status, "https://" in told, "hello" in told) == (426, True, False)
        async with a_door(Beyond(ALL, name="hub.example", folder=tmp_path)) as port:
            again = await ask(f"https://127.0.0.1:{port}/", ca, "hub.example")
            assert again[0] == 200, "who trusts it need not anew after a restart"

    asyncio.run(scenario())


def test_this_machine_goes_on_in_clear(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_door(HubDoor()) as port:
            assert (await ask(f"http://127.0.0.1:{port}/"))[0] == 200
        async with a_door(HubDoor(ALL, folder=tmp_path)) as port:
            assert (await ask(f"http://127.0.0.1:{port}/"))[0] == 200

    asyncio.run(scenario())


def test_a_certificate_of_ones_own_is_taken_and_exchanged_while_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        monkeypatch.setattr("edge.app.head_office.hub_door.CERTIFICATES_LOOKED_AT_S", 0.01)
        authority, files = own(tmp_path / "one")
        async with a_door(Beyond(ALL, own=files, folder=tmp_path)) as port:
            assert (await ask(f"https://127.0.0.1:{port}/", authority.ca, "hub.example"))[0] == 200
            other, newer = own(tmp_path / "two")
            for old, new in zip(files, newer, strict=True):
                shutil.copyfile(new, old)
            async with asyncio.timeout(30):
                while True:
                    try:
                        assert (await ask(f"https://127.0.0.1:{port}/", other.ca, "hub.example"))[0] == 200
                        break
                    except aiohttp.ClientConnectorError:
                        continue

    asyncio.run(scenario())


def test_a_certificate_that_is_over_is_not_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        authority, files = own(tmp_path / "own", ends=-timedelta(hours=1))
        async with a_door(Beyond(ALL, name="hub.example", own=files, folder=tmp_path)) as port:
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await ask(f"https://127.0.0.1:{port}/", authority.ca, "hub.example")
            assert (await ask(f"https://127.0.0.1:{port}/", tmp_path / AUTHORITY_FILE, "hub.example"))[0] == 200

    asyncio.run(scenario())


def test_a_proxy_that_is_named_speaks_in_clear_for_what_it_took_by_tls(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_door(Beyond(ALL, folder=tmp_path, proxy="127.0.0.3")) as port:
            address = f"http://127.0.0.1:{port}/"
            assert (await ask(address, source="127.0.0.3", X_Forwarded_Proto="https"))[0] == 200
            assert (await ask(address, source="127.0.0.3", X_Forwarded_Proto="http"))[0] == 426
            assert (await ask(address, source="127.0.0.4", X_Forwarded_Proto="https"))[0] == 426

    asyncio.run(scenario())


def test_half_a_certificate_a_wrong_proxy_and_no_folder_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = argparse.Namespace(host=ALL, port=0)
    for name in ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    with monkeypatch.context() as more, pytest.raises(ConfigError, match="EDGE_HUB_API_PROXY"):
        more.setenv("EDGE_HUB_API_PROXY", "balancer")
        door_of(args)
    with monkeypatch.context() as more, pytest.raises(ConfigError, match="EDGE_HUB_API_KEY_FILE"):
        (tmp_path / "cert.pem").write_text("")
        more.setenv("EDGE_HUB_API_CERT_FILE", str(tmp_path / "cert.pem"))
        door_of(args)

    async def scenario() -> None:
        with pytest.raises(ConfigError, match="EDGE_HUB_API_FOLDER"):
            async with a_door(door_of(args)):
                raise AssertionError("it must not open")

    asyncio.run(scenario())


def test_the_unit_starts_as_documented_and_answers_by_tls(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Postgres(durable=False) as server:
            state, secrets, port = tmp_path / "state", tmp_path / "secrets", free_port()
            secrets.mkdir()
            (boxes := tmp_path / "boxes").mkdir()  # the broker's folder, to which the documented account may write
            documented = the_hub_as_documented()[0]
            env = {**os.environ, **documented, "EDGE_HUB_DATABASE": server.dsn, "EDGE_HUB_CA": "system"}
            env |= {
                "EDGE_HUB_BOXES_FOLDER": str(boxes),
                "STATE_DIRECTORY": str(state),
                "CREDENTIALS_DIRECTORY": str(secrets),
            }
            made = Child("key", tmp_path / "key.log")
            made.spawn([sys.executable, "-m", "edge", "hub", "signing-key", str(secrets / "signing-key")], env)
            await asyncio.to_thread(made.wait_until, lambda: (secrets / "signing-key").exists())
            (secrets / "hub-password").write_text("secret")
            (line,) = of_unit("ExecStart", "edge-hub-api.service")
            words = line.split()[1:]
            words[words.index("--port") + 1] = str(port)
            child = Child("api", tmp_path / "api.log")
            child.spawn([sys.executable, *words], env)
            try:
                await asyncio.to_thread(child.wait_until, lambda: accepts(port))
                there = f"https://127.0.0.1:{port}/healthz"
                status, told = await ask(there, state / AUTHORITY_FILE, documented["EDGE_HUB_API_NAME"])
                assert (status, told) == (200, '{"ok": true}')
                assert await marks(there, state / AUTHORITY_FILE, documented["EDGE_HUB_API_NAME"])
            finally:
                await asyncio.to_thread(child.stop, signal.SIGTERM)

    asyncio.run(scenario())
