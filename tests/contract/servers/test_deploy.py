"""Head office in containers: the commands of deploy/compose.yaml, run with the real broker and a real Postgres.

There are no containers here: names of containers, ports and folders are replaced with this machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shlex
import signal
import ssl
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest
import yaml

from edge.__main__ import main
from edge.app.cli.hub_places import broker_of, broker_place
from edge.app.cli.hub_prepare import BROKER, SECOND_BROKER
from edge.lib.errors import ConfigError
from edge.runtime.config import Sync
from edge.runtime.enrolment import section, sync_of
from sim.broker import find
from sim.child import Child, accepts
from sim.ports import free_port
from sim.postgres import Postgres
from sync.enrolment import Enrolment
from sync.hub.access import AccessFiles
from sync.hub.model import Key
from tests.contract.sync.test_sync_enrolment import TILL, a_box, a_link
from tests.http_client import when
from tests.sync_doubles import History, MemoryJournal, until
from tests.sync_fixture import background, held

DEPLOY = Path(__file__).parents[3] / "deploy"
INSIDE = "/var/lib/edge-hub"
NAME = "office.test"
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")
TOP_LEVEL = {"name", "services", "volumes"}
OF_A_SERVICE = {
    *("build", "image", "user", "restart", "read_only", "tmpfs", "cap_drop", "cap_add", "security_opt", "volumes"),
    *("logging", "entrypoint", "command", "environment", "depends_on", "healthcheck", "ports", "deploy", "profiles"),
    *("shm_size",),
}
"""The attributes of the Compose specification that we use."""
KNOWN = re.compile(r"EDGE_HUB_\w+")


def said(file: str = "compose.yaml") -> dict[str, Any]:
    """Return a file's content, with variables filled in as by Compose from `.env`. `!override` is Compose's own tag."""
    env = {"EDGE_HUB_NAME": NAME}
    text = VARIABLE.sub(lambda found: env.get(found[1], found[2] or ""), (DEPLOY / file).read_text())
    read: dict[str, Any] = yaml.safe_load(text.replace("!override ", ""))
    return read


SERVICES: dict[str, Any] = said()["services"]


def test_all_that_a_service_names_is_there() -> None:
    volumes = said()["volumes"]
    assert said().keys() <= TOP_LEVEL | {key for key in said() if key.startswith("x-")}
    for name, service in SERVICES.items():
        assert service["image"], name
        assert service.keys() <= OF_A_SERVICE, f"{name}: a misspelt key would be refused, or passed over"
        for other, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert other in SERVICES and (not healthy or "healthcheck" in SERVICES[other]), (name, other)
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in volumes or source.startswith("./head-office") or (DEPLOY / source).is_file(), volume
        for port in service.get("ports", ()):
            assert port.count(":") == 1
        assert service["restart"] in ("no", "unless-stopped"), name
        if name not in ("database", "prepare"):
            assert service["user"] == "10001:10001" and service["read_only"] and service["cap_drop"] == ["ALL"], name
    build = SERVICES["prepare"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()


def test_the_second_broker_is_the_first_one_once_more_and_both_are_named_to_whoever_connects() -> None:
    second = said("second.yaml")
    assert second.keys() == {"services"}
    (new,) = second["services"].keys() - SERVICES.keys()
    broker = second["services"][new]
    assert broker["extends"] == {"file": "compose.yaml", "service": "broker"}
    (alias,) = broker["networks"]["default"]["aliases"]
    assert alias == SECOND_BROKER, "the certificate has this name"
    taken = {port.split(":")[0] for service in SERVICES.values() for port in service.get("ports", ())}
    (port,) = broker["ports"]
    assert port.endswith(":8883") and port.split(":")[0] not in taken
    named = {name for name, service in SERVICES.items() if "EDGE_HUB_BROKER" in service.get("environment", {})}
    assert second["services"].keys() - {new} == named
    for name in named:
        service = second["services"][name]
        assert service.keys() == {"environment", "depends_on"} and service["depends_on"].keys() == {new}
        places = service["environment"]["EDGE_HUB_BROKER"]
        assert places == f"{SERVICES[name]['environment']['EDGE_HUB_BROKER']},{alias}:8883"
        args = argparse.Namespace(broker=places, no_tls=True)
        assert [one.host for one in broker_of(args).each] == [BROKER, alias]
    assert SERVICES["worker"]["deploy"] == {"replicas": 2}


def test_boxes_are_told_of_both_brokers_at_the_ports_at_which_they_listen(tmp_path: Path) -> None:
    second = said("second.yaml")["services"]
    (more,) = {name: one for name, one in second["api"]["environment"].items() if "BOXES" in name}.items()
    ports = [one["ports"][0].split(":")[0] for one in (SERVICES["broker"], second["broker-two"])]
    assert more == ("EDGE_HUB_BOXES_BROKER", ",".join(f"{NAME}:{port}" for port in ports))
    place = broker_place(tmp_path, more[1], "", True, "")
    AccessFiles(tmp_path).begin()
    enrolment = place.enrol(Key("acme", "corner", "till-1"), lambda _boxes: None)
    assert (enrolment.host, enrolment.port, enrolment.others) == (NAME, 8883, (f"{NAME}:8884",))
    section_ = tomllib.loads(section(sync_of(enrolment, tmp_path)))["sync"]
    assert msgspec.convert(section_, Sync) == sync_of(enrolment, tmp_path)
    assert (
        msgspec.json.decode(
            b'{"tenant":"a","store":"b","device":"c","host":"d","password":"1234567890123456"}', type=Enrolment
        ).others
        == ()
    ), "as an earlier head office writes it"
    with pytest.raises(ConfigError, match="too many"):
        broker_place(tmp_path, ",".join(f"b{n}:8883" for n in range(5)), "", True, "")


def test_no_setting_is_called_otherwise_than_the_programs_call_it() -> None:
    root = DEPLOY.parent
    code = "".join(path.read_text() for path in (root / "edge" / "app").rglob("hub*.py"))
    code += (root / "edge" / "app" / "cli" / "hub_places.py").read_text()
    named = {key for service in SERVICES.values() for key in service.get("environment", {}) if KNOWN.match(key)}
    assert len(named) > 10
    assert {key for key in named if f'"{key}"' not in code} == set()


class House:
    """This machine's equivalents of the containers' folders, ports and names."""

    def __init__(self, folder: Path, database: str, owner: str) -> None:
        self.folder, self.broker, self.api = folder, free_port(), free_port()
        self._databases = {"hub": database, "edge": owner}

    def command(self, service: str) -> list[str]:
        words = [self._here(word) for word in SERVICES[service]["command"]]
        return [str(self.api) if word == "8443" else word for word in words]

    def environment(self, service: str) -> dict[str, str]:
        found = {key: self._here(value or "") for key, value in SERVICES[service]["environment"].items()}
        user = re.match(r"postgresql://(\w+)@database/edge\?sslmode=verify-full", found["EDGE_HUB_DATABASE"])
        assert user, "the database proves itself"
        found["EDGE_HUB_DATABASE"] = self._databases[user[1]]  # the wheel's Postgres has no TLS
        return {**os.environ, **found}

    def _here(self, text: str) -> str:
        here = text.replace(INSIDE, str(self.folder))
        return here.replace("broker:8883", f"localhost:{self.broker}").replace(
            f"{NAME}:8883", f"localhost:{self.broker}"
        )


@contextmanager
def run_as(name: str, command: list[str], env: dict[str, str], log: Path) -> Iterator[Child]:
    child = Child(name, log)
    child.spawn(command, env)
    try:
        yield child
    finally:
        child.stop(signal.SIGTERM)


def make_ready(house: House) -> None:
    """Run `edge hub prepare` twice; the second run must not change anything."""
    command = house.command("prepare")
    command = command[: command.index("--owner")]  # only the containers have these accounts
    assert main(command) == 0
    files = {path: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()}
    assert main(command) == 0
    assert {path: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()} == files
    secret = [path for path in files if b"PRIVATE KEY" in files[path] or "password" in path.name]
    assert len(secret) >= 6
    assert all(path.stat().st_mode & 0o007 == 0 for path in secret)


async def prove(folder: Path, name: str, ca: Path) -> None:
    """Check that a client that trusts `ca` accepts a server with that folder's certificate as `name`."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "server.pem", folder / "server.key")
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=served)
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusted = ssl.create_default_context(cafile=str(ca))
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusted, server_hostname=name)
        writer.close()


async def make_database(server: Postgres, folder: Path) -> str:
    """Create the database like the Postgres image does at its first start; returns the address for user `hub`."""
    owner = await asyncpg.connect(server.dsn)
    await owner.execute("CREATE DATABASE edge TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
    await owner.close()
    owner = await asyncpg.connect(server.dsn_of("edge"))
    await owner.execute((folder / "database-start" / "logins.sql").read_text())
    await owner.close()
    password = (folder / "database-password").read_text().strip()
    return f"postgresql://hub:{password}@127.0.0.1:{server.port}/edge"


def broker_here(house: House) -> tuple[list[str], dict[str, str]]:
    """Return the command and environment of deploy/broker.sh with this machine's Mosquitto."""
    program, env = find("mosquitto")
    settings = house.folder / "broker" / "mosquitto.conf"
    text = settings.read_text().replace("listener 8883", f"listener {house.broker} 127.0.0.1")
    settings.write_text(text + ("user root\n" if os.geteuid() == 0 else ""))
    entry, folder = SERVICES["broker"]["entrypoint"], SERVICES["broker"]["command"]
    script = f". {shlex.quote(str(DEPLOY / entry[1].lstrip('/')))}"
    assert folder == [f"{INSIDE}/broker"]
    env = {**os.environ, **env, "PATH": f"{Path(program).parent}:{os.environ['PATH']}"}
    return ["/bin/sh", "-c", script, "sh", str(house.folder / "broker")], env


@pytest.mark.slow
def test_head_office_starts_as_the_file_says_and_takes_a_box_that_is_added(tmp_path: Path) -> None:
    async def scenario(house: House, here: ExitStack) -> None:
        place = house.folder
        command, env = broker_here(house)
        here.enter_context(run_as("broker", command, env, tmp_path / "broker.log"))
        await until(lambda: accepts(house.broker), "the broker listens")
        edge = [sys.executable, "-m", "edge"]
        migrate = [*edge, *house.command("migrate")]
        done = await asyncio.create_subprocess_exec(*migrate, env=house.environment("migrate"))
        assert await done.wait() == 0
        for service in ("worker", "api"):
            command = [*edge, *house.command(service)]
            here.enter_context(run_as(service, command, house.environment(service), tmp_path / f"{service}.log"))
        history = History(TILL)
        journal = MemoryJournal(history)
        line = place / "line"
        words = [
            "--folder",
            str(place / "broker"),
            "--address",
            f"localhost:{house.broker}",
            "--ca",
            str(place / "ca.pem"),
        ]
        assert await asyncio.to_thread(main, ["hub", "enrol", str(TILL), *words, "-o", str(line)]) == 0
        broker = a_box(tmp_path / "box", TILL, line)
        async with background(a_link(TILL, journal, broker).run()):
            await until(lambda: journal.position == (1, history.head.seq), "the box's rows are acknowledged", 60)
        assert await held(house.environment("migrate")["EDGE_HUB_DATABASE"], TILL) == history.rows

        authority = place / "api" / "tls" / "authority.pem"
        await until(authority.exists, "the API has a certificate", 60)
        trusted = ssl.create_default_context(cafile=str(authority))
        async with aiohttp.ClientSession() as web:

            async def health() -> int:
                try:
                    async with web.get(f"https://localhost:{house.api}/healthz", ssl=trusted) as answer:
                        return answer.status
                except aiohttp.ClientConnectionError:
                    return 0

            await when(health, lambda status: status == 200, "the API is well", 60)
        for folder, name in (
            ("broker", "broker"),
            ("broker", SECOND_BROKER),
            ("broker", NAME),
            ("database", "database"),
        ):
            await prove(place / folder, name, place / "ca.pem")

    folder = tmp_path / "head-office"
    with Postgres(durable=False) as server, ExitStack() as here:
        make_ready(House(folder, "", ""))
        assert sorted(AccessFiles(folder / "broker").users()) == ["hub"]
        dsn = asyncio.run(make_database(server, folder))
        asyncio.run(asyncio.wait_for(scenario(House(folder, dsn, server.dsn_of("edge")), here), 200))


def test_another_name_is_refused_as_boxes_know_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hub", "prepare", str(tmp_path / "x"), "one.test"]) == 0
    before = (tmp_path / "x" / "broker" / "server.pem").read_bytes()
    assert main(["hub", "prepare", str(tmp_path / "x"), "two.test"]) == 1
    assert "name other than 'two.test'" in capsys.readouterr().err
    assert (tmp_path / "x" / "broker" / "server.pem").read_bytes() == before


def test_what_is_run_again_is_written_without_a_gap(tmp_path: Path) -> None:
    """A missing certificate is made again, by the authority that boxes trust."""
    folder = tmp_path / "x"
    assert main(["hub", "prepare", str(folder), NAME]) == 0
    authority = (folder / "ca.pem").read_bytes()
    (folder / "broker" / "server.pem").unlink()
    assert main(["hub", "prepare", str(folder), NAME]) == 0
    assert (folder / "ca.pem").read_bytes() == authority
    asyncio.run(prove(folder / "broker", NAME, folder / "ca.pem"))
