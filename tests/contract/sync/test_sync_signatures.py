"""Signed directives with the real broker and Postgres: a box with head office's key only accepts head office's
directives.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.__main__ import main
from edge.app.hub import SEALED, bring_up_to_date, projectors
from edge.backoffice.directives.service import box_key
from edge.backoffice.directives.service.sync_part import SyncPart
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import name_of, rights_of
from edge.goods.catalog.commands import SetProducts
from edge.operations.ledger import Ledger
from edge.runtime import directive_trust
from edge.runtime.secrets import secrets_of
from sim.broker import Broker
from sync.directive_signing import Signer, holds
from sync.hub import signatures
from sync.hub.model import Key
from sync.hub.publishing import give_hint
from sync.hub.store import Store, open_store
from sync.mqtt import BrokerConfig
from sync.wire import Directive, Directives, Pull
from tests.contract.hub.test_hub_api import an_api
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, PRODUCTS, SYSTEM, FakeClock, config, done
from tests.sync_doubles import until
from tests.sync_fixture import a_hub, background, query

OFFICE, OTHER = Signer(Ed25519PrivateKey.generate()), Signer(Ed25519PrivateKey.generate())
DAY_US = 86_400_000_000
PIN_HASH = hash_pin("864209")


class Box:
    """A shop in this process, with its sync part."""

    def __init__(self, shop: CommandBus, part: SyncPart, clock: FakeClock) -> None:
        self.shop, self.part, self.clock = shop, part, clock

    def price(self) -> int:
        return int(self.shop.reader.execute("SELECT price_minor FROM product WHERE sku = 'milk'").fetchone()[0])

    def outcomes(self) -> list[tuple[int, str, str]]:
        found = self.shop.reader.execute("SELECT number, outcome, reason FROM directive ORDER BY number")
        return [(number, outcome, reason) for number, outcome, reason in found]


@asynccontextmanager
async def a_box(folder: Path, port: int) -> AsyncIterator[Box]:
    text = CONFIG + f'[sync]\nhost = "127.0.0.1"\nport = {port}\ntls = false\n'
    loaded = config(folder, text)
    clock = FakeClock(time.time_ns() // 1000)
    ledger = Ledger(loaded, clock)
    shop = ledger.shop()
    shop.start()
    try:
        if not shop.reader.execute("SELECT 1 FROM product").fetchone():
            await done(shop, SetProducts(PRODUCTS), SYSTEM)
        assert loaded.sync is not None
        part = SyncPart(loaded.sync, shop, loaded.header, ledger.path)
        jobs = JobRunner(shop, shop.bus, rights_of)
        async with background(part.run(lambda: None)), background(jobs.run(lambda: None)):
            await until(lambda: part.state == "flowing", "it is connected")
            yield Box(shop, part, clock)
    finally:
        shop.close()
        ledger.close()


def pinned(folder: Path, signer: Signer = OFFICE) -> Path:
    """Enrol a box with a key; returns its folder."""
    data = config(folder).folder
    (data / directive_trust.FILE).parent.mkdir(parents=True)
    directive_trust.pin(data, signer.public)
    return data


async def send(
    dsn: str, port: int, minor: int, signer: Signer | None = OFFICE, kind: str = "prices", raw: bytes = b""
) -> int:
    """Publish a price of milk, a key, or the body `raw`."""
    body = raw or b'{"prices": [{"code": "%s", "price_minor": %d}]}' % (MILK.encode(), minor)
    if kind == "signing-key" and not raw:
        body = b'{"keys": ["%s"]}' % OTHER.public.encode()
    async with open_store(dsn, signer=signer) as store:
        number = await store.publish("demo", "corner", kind, body)
        await give_hint(store, BrokerConfig(port=port), "demo", "corner", number)
    return number


def test_a_box_with_a_key_takes_what_is_signed_and_passes_over_what_is_not(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    async def scenario() -> None:
        pinned(tmp_path)
        async with a_hub(database, broker.port), a_box(tmp_path, broker.port) as box:
            one = await send(database, broker.port, 99)
            await until(lambda: box.price() == 99, "the signed price")
            forged = await send(database, broker.port, 1, None)
            await until(lambda: box.part.key == "link.unproven", "the page says so")
            assert box.part.values == {"number": str(forged)}
            assert (box.price(), [number for number, *_ in box.outcomes()]) == (99, [one])
            stolen = await send(database, broker.port, 2, OTHER)
            await until(lambda: box.part.values == {"number": str(stolen)}, "another's signature")
            await send(database, broker.port, 77)
            await until(lambda: box.price() == 77, "head office's next one is not held up")
            await until(lambda: box.part.key == "", "and all is well")

    asyncio.run(scenario())


def test_a_box_without_a_key_goes_on_as_before_and_says_so(database: str, broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port), a_box(tmp_path, broker.port) as box:
            await send(database, broker.port, 99, None)
            await until(lambda: box.price() == 99, "the price")
            await send(database, broker.port, 98, OFFICE)
            await until(lambda: box.price() == 98, "a signed one, too")
            number = await send(database, broker.port, 0, None, "signing-key")
            await until(lambda: box.outcomes()[-1][0] == number, "it is dealt with")
            assert box.outcomes()[-1][1] == "refused", "or whoever has the broker would lock head office out"
            assert not directive_trust.is_pinned(tmp_path / "data")

    asyncio.run(scenario())


def test_a_new_key_that_the_old_one_has_signed_takes_its_place(database: str, broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        pinned(tmp_path)
        async with a_hub(database, broker.port), a_box(tmp_path, broker.port) as box:
            number = await send(database, broker.port, 0, OFFICE, "signing-key")
            await until(lambda: (number, "applied", "") in box.outcomes(), "it is acknowledged")
            await send(database, broker.port, 1, OFFICE)
            await until(lambda: box.part.key == "link.unproven", "the old key signs nothing any more")
            await send(database, broker.port, 99, OTHER)
            await until(lambda: box.price() == 99, "the new one does")

    asyncio.run(scenario())


def test_an_ended_signature_is_refused_and_signed_anew_it_is_good(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    async def scenario() -> None:
        pinned(tmp_path)
        async with a_hub(database, broker.port):
            first = await send(database, broker.port, 99)
            await query(database, "UPDATE directive SET version = version - $1", 40 * DAY_US)
            async with open_store(database, signer=OFFICE) as store:
                await _sign_as_of(store, first - 40 * DAY_US)
            second = await send(database, broker.port, 50, None)
            async with a_box(tmp_path, broker.port) as box:
                await until(lambda: len(box.outcomes()) == 1, "the old one is dealt with")
                assert "has expired" in box.outcomes()[0][2]
                await until(lambda: box.part.key == "link.unproven", "the other is not signed")
                owner = await asyncpg.connect(database)
                try:
                    assert await signatures.renew(owner, OFFICE, "demo", "corner") == 2
                finally:
                    await owner.close()
                async with open_store(database) as store:
                    await give_hint(store, BrokerConfig(port=broker.port), "demo", "corner", second)
                await until(lambda: box.price() == 50, "signed anew it is taken")

    asyncio.run(scenario())


async def _sign_as_of(store: Store, now_us: int) -> None:
    """Sign the directive again as if it had been published at `now_us`."""
    async with store.pool.acquire() as connection:
        await connection.execute("RESET ROLE")
        version, kind, body = await connection.fetchrow("SELECT version, kind, body FROM directive")
        seal = OFFICE.seal("demo", "corner", Directive(version, kind, body), now_us)
        change = "UPDATE directive SET made_us = $1, expires_us = $2, signature = $3"
        await connection.execute(change, seal.made_us, seal.expires_us, seal.signature)


def test_what_programs_and_people_publish_is_signed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pem, body = tmp_path / "key.pem", tmp_path / "prices.json"
    body.write_text('{"prices": []}')
    hub = ["hub", "--database", database, "--broker", "127.0.0.1:9", "--no-tls"]
    assert main(["hub", "signing-key", str(pem)]) == 0
    public = capsys.readouterr().out.strip()
    assert main([*hub, "publish", "demo/corner", "prices", str(body)]) == 0
    assert main([*hub, "sign", "demo/corner"]) == 1
    assert "no signing key" in capsys.readouterr().err
    monkeypatch.setenv("EDGE_HUB_SIGNING_KEY_FILE", str(pem))

    async def by_the_api() -> None:
        async with an_api(database, signer=Signer.load(pem)) as house:
            program = await house.client("demo", "publish")
            status, answer = await program.post(
                "/v1/stores/corner/directives", {"kind": "prices", "body": {"prices": []}}
            )
            assert status == 201, answer

    async def signed() -> list[bool]:
        async with open_store(database) as store:
            found = await store.directives(Key("demo", "corner", "box1"), Pull(0))
        assert isinstance(found, Directives)
        return [holds(public, "demo", "corner", directive) for directive in found.directives]

    asyncio.run(by_the_api())
    assert main([*hub, "publish", "demo/corner", "prices", str(body)]) == 0
    assert asyncio.run(signed()) == [False, True, True]
    assert main([*hub, "sign", "demo/corner"]) == 0
    assert "3 directives of demo/corner were signed" in capsys.readouterr().out
    assert asyncio.run(signed()) == [True, True, True]


def test_a_ledger_that_is_set_back_is_not_given_an_old_directive_again(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    """An attacker with the broker withholds the newer price and sends the older one."""

    async def scenario() -> None:
        data = pinned(tmp_path)
        async with a_hub(database, broker.port):
            async with a_box(tmp_path, broker.port) as box:
                number = await send(database, broker.port, 99)
                await until(lambda: box.price() == 99, "the price")
                await until(lambda: (directive_trust.load(data) or box).highest == number, "its number is kept")
            for file in data.glob("ledger.*"):
                file.unlink()
            for table in ("projection", "journal", "device"):  # as if head office had never heard of the box
                await query(database, f"DELETE FROM {table}")
            async with a_box(tmp_path, broker.port) as box:
                await until(lambda: len(box.outcomes()) == 1, "it is dealt with")
                assert box.outcomes()[0][:2] == (number, "refused") and "was restored" in box.outcomes()[0][2]
                assert box.price() == 120

    asyncio.run(scenario())


def user(name: str) -> bytes:
    return msgspec.json.encode({"users": [{"user": SetUser("h7", name, "cashier", PIN_HASH)}]})


def test_what_is_of_people_is_sealed_to_the_box_and_no_byte_of_it_is_at_head_office(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    body = user("Zebediah")

    async def publish(sealed: frozenset[str] = SEALED) -> int:
        async with open_store(database, signer=OFFICE, sealed=sealed) as store:
            number = await store.publish("demo", "corner", "users", body)
            await give_hint(store, BrokerConfig(port=broker.port), "demo", "corner", number)
            return number

    async def keys() -> list[str]:
        return [key for (key,) in await query(database, "SELECT public FROM box_key")]

    async def scenario() -> None:
        data = pinned(tmp_path)
        await bring_up_to_date(database)
        early = await publish(sealed=frozenset())
        async with a_hub(database, broker.port, projectors=projectors()), a_box(tmp_path, broker.port) as box:
            await until(lambda: [number for number, *_ in box.outcomes()] == [early], "one of before is read as it was")
            await when(keys, bool, "the box has said its key")
            number = await publish()
            await until(lambda: (number, "applied", "") in box.outcomes(), "it reads what is sealed to it")
            assert name_of(box.shop.reader, "h7") == "Zebediah"
        bodies = dict(await query(database, "SELECT version, body FROM directive"))
        assert b"Zebediah" in bodies[early] and b"Zebediah" not in bodies[number]
        assert b"h7" not in bodies[number] and b"argon2" not in bodies[number]
        assert await keys() == [box_key.fingerprint(secrets_of(data))]

    asyncio.run(scenario())


def test_a_box_that_lost_its_key_makes_another_and_says_what_it_cannot_read(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    async def publish(signer: Signer = OFFICE) -> int:
        async with open_store(database, signer=signer, sealed=SEALED) as store:
            return await store.publish("demo", "corner", "users", user("Dana"))

    async def keys() -> list[str]:
        return [key for (key,) in await query(database, "SELECT public FROM box_key")]

    async def scenario() -> None:
        data = pinned(tmp_path)
        await bring_up_to_date(database)
        async with a_hub(database, broker.port, projectors=projectors()):
            async with a_box(tmp_path, broker.port):
                await when(keys, bool, "the box has said its key")
            before = await keys()
            number = await publish()
            for name in ("secrets.json", "secrets-key"):
                (data / name).unlink()
            async with a_box(tmp_path, broker.port) as box:
                await until(lambda: box.outcomes() != [], "it is dealt with")
                ((refused, outcome, why),) = box.outcomes()
                assert (refused, outcome) == (number, "refused") and "publish it again" in why
                await when(keys, lambda now: now != before, "another key")
                number = await publish()
                async with open_store(database) as store:
                    await give_hint(store, BrokerConfig(port=broker.port), "demo", "corner", number)
                await until(lambda: (number, "applied", "") in box.outcomes(), "published again it is read")

    asyncio.run(scenario())
