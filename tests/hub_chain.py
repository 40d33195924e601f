"""A chain of three shops and their head office, for tests: the shops are real, with ledgers, and so is head office."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from edge.app.head_office.hub_employees import EmployeeRelay
from edge.app.head_office.hub_publications import PublicationRelay
from edge.app.head_office.hub_relay import TransferRelay
from edge.backoffice.directives.commands import TakeDirective
from edge.backoffice.directives.queries import newest_taken
from edge.backoffice.directives.service.box_key import announce, open_sealed_body
from edge.backoffice.software.commands import MoveSoftware
from edge.backoffice.software.queries import open_update
from edge.backoffice.support import hub as support_hub
from edge.backoffice.support.commands import AgreeSupport
from edge.backoffice.support.queries import support_cases
from edge.backoffice.support.service.support_desk import SupportDesk
from edge.core.bus import Bus
from edge.core.clock import SystemClock
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Supervisor
from edge.foundation.settings.queries import read_settings
from edge.runtime.secrets import secrets_of
from sync.hub.model import Key
from sync.wire import Directives, Pull
from tests.contract.hub.test_hub_api import NOWHERE, Client, House, an_api
from tests.contract.hub.test_hub_tenant_records import send
from tests.head_office import HeadOffice, head_office
from tests.importing import job_runner
from tests.shop_fixture import CONFIG, SYSTEM, config, done, open_shop

TENANT = "demo"
DIGEST = "d" * 64


class Shop:
    """A shop of the chain: what it has to tell goes up, what it is told comes down."""

    def __init__(self, name: str, folder: Path, bus: CommandBus, office: HeadOffice) -> None:
        self.name, self.bus, self._office = name, bus, office
        self.settings = config(folder, text_of(name))
        header = self.settings.header
        self.key = Key(header.tenant, header.store, header.device)

    async def turn(self) -> None:
        await self._office.up(self.key, self.bus)
        told = await self._office.store.directives(self.key, Pull(newest_taken(self.bus.reader), 1))
        assert isinstance(told, Directives), told
        for one in told.directives:
            body = open_sealed_body(secrets_of(self.settings.folder), self.key.tenant, self.name, one)
            await done(self.bus, TakeDirective(one.version, one.kind, body.decode()), SYSTEM)
        jobs = self.bus.bus.subscribe("committed")
        while self.bus.reader.execute("SELECT count(*) FROM directive_open").fetchone()[0]:
            await jobs.next()
        await self._office.up(self.key, self.bus)

    async def software(self, *steps: str, reason: str = "") -> None:
        update = open_update(self.bus.reader)
        assert update is not None
        for step in steps:
            said = reason if step == steps[-1] else ""
            await done(self.bus, MoveSoftware(update.directive, step, said), SYSTEM)  # type: ignore[arg-type]

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        """Head office, as the box's support asks it."""
        async with self._office.store.pool.acquire() as connection:
            return await support_hub.answer(connection, self.key, body)

    is_reachable = True

    @property
    def footer(self) -> Any:
        return next((one.value for one in read_settings(self.bus.reader) if one.name == "store.footer"), None)


def text_of(name: str) -> str:
    return CONFIG.replace('id = "corner"', f'id = "{name}"')


class Chain:
    """Head office with its people, and the shops."""

    def __init__(self, house: House, office: HeadOffice, stack: AsyncExitStack, folder: Path) -> None:
        self.house, self.office, self._stack, self._folder = house, office, stack, folder
        relays = (PublicationRelay, EmployeeRelay, TransferRelay)
        self.relays = [relay(office.store, NOWHERE) for relay in relays]
        self.shops: dict[str, Shop] = {}
        self.writer: Client
        self.decider: Client

    async def open(self, name: str) -> Shop:
        folder = self._folder / name
        folder.mkdir()
        bus = await self._stack.enter_async_context(open_shop(folder, SystemClock(), text=text_of(name)))
        await self._stack.enter_async_context(job_runner(bus))
        shop = self.shops[name] = Shop(name, folder, bus, self.office)
        await announce(bus, secrets_of(shop.settings.folder))
        await shop.turn()
        return shop

    async def publish(self, id: str, *directives: Any, **more: Any) -> None:
        body = {"directives": list(directives), "pause_s": 0, **more}
        place = f"/v1/publications/{id}"
        status, said = await send(self.writer, self.house, "PUT", place, body)
        assert status == 201, said
        assert (await self.writer.post(f"{place}/submit", {}))[0] == 200
        assert (await self.writer.post(f"{place}/approve", {"digest": said["digest"]}))[0] == 403, "not their own"
        assert (await self.decider.post(f"{place}/approve", {"digest": said["digest"]}))[0] == 200

    async def go(self, turns: int = 10) -> None:
        for _ in range(turns):
            for relay in self.relays:
                await relay.turn()
            for shop in self.shops.values():
                await shop.turn()

    async def state(self, id: str) -> tuple[str, dict[str, str]]:
        (row,) = (await self.writer.get(f"/v1/publications?id={id}"))[1]["rows"]
        stores = (await self.writer.get(f"/v1/publications/stores?id={id}"))[1]["rows"]
        return row["state"], {one["store"]: one["state"] for one in stores}


@asynccontextmanager
async def a_chain(folder: Path, dsn: str) -> AsyncIterator[Chain]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(an_api(dsn))
        office = await stack.enter_async_context(head_office(dsn))
        chain = Chain(house, office, stack, folder)
        chain.writer = await house.client(TENANT, "read", "publish")
        chain.decider = await house.client(TENANT, "read", "approve")
        for name in ("alder", "birch", "cedar"):
            await chain.open(name)
        yield chain


async def is_helped(chain: Chain, owner: Client) -> None:
    """Head office asks, the shop sees what would go and says yes, and that is what head office reads."""
    shop = chain.shops["birch"]
    place = f"/v1/stores/{shop.name}/support"
    status, made = await owner.post(place, {"question": "check", "reason": "The printer was slow on Monday"})
    assert status == 201, made
    await shop.turn()
    secrets = secrets_of(shop.settings.folder)
    desk = SupportDesk(shop.bus, shop.settings, Supervisor(Bus()), secrets, shop, shop.bus.now_us)
    (case,) = support_cases(shop.bus.reader)
    await desk._see_to(case)
    answer = f"{place}/{case.id}/{shop.key.device}"
    assert (await owner.get(answer))[0] == 404, "nobody said yes"
    shown = desk.answer_to(case.id)
    await done(shop.bus, AgreeSupport(case.id, hashlib.sha256(shown.encode()).hexdigest()), SYSTEM)
    await desk._see_to(support_cases(shop.bus.reader)[0])
    status, found, _ = await owner.get(answer)
    assert (status, found["question"]) == (200, "check")


async def release(chain: Chain) -> None:
    """A newer version of the software, as head office holds it: boxes get it by a publication alone, and no other."""
    await chain.house.owner.execute(
        "INSERT INTO software_release (tenant, version, digest, said, signature, pieces) "
        "VALUES ($1, '9.1.0', $2, '', '', 1)",
        *(TENANT, DIGEST),
    )
    wanted = {"kind": "software", "body": {"releases": [{"version": "9.1.0", "digest": DIGEST}]}}
    assert (await chain.writer.post("/v1/stores/alder/directives", wanted))[0] == 400, "by a publication alone"
    unknown = {"kind": "software", "body": {"releases": [{"version": "9.9.0", "digest": DIGEST}]}}
    status, said = await send(chain.writer, chain.house, "PUT", "/v1/publications/x", {"directives": [unknown]})
    assert (status, said["code"]) == (409, "release_unknown")


async def is_walled(chain: Chain) -> None:
    """Another tenant with every right, which sees and stops nothing."""
    neighbour = await chain.house.client("neighbour", "read", "publish", "approve", "support")
    for name in ("devices", "stores", "publications", "publications/stores", "software", "releases", "support/cases"):
        assert (await neighbour.get(f"/v1/{name}"))[1]["rows"] == [], name
    theirs = await chain.house.owner.fetchval("SELECT id FROM publication WHERE state = 'done' LIMIT 1")
    assert (await neighbour.post(f"/v1/publications/{theirs}/take-back", {}))[0] == 404
    before = [shop.footer for shop in chain.shops.values()]
    ha = {"kind": "settings", "body": {"settings": [{"name": "store.footer", "value": ["Ha"]}]}}
    assert (await neighbour.post("/v1/stores/alder/directives", ha))[0] == 201
    await chain.go(1)
    assert [shop.footer for shop in chain.shops.values()] == before, "theirs of that name is another one"
