"""Access to head office's API: the key is checked before the body, each tenant has its own queue, and each right a
name.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from sync.hub.api import keys, limits
from sync.hub.store import open_store
from tests.contract.hub.test_hub_api import PRICES, SALES, Client, House, an_api
from tests.contract.hub.test_hub_tenant_records import send

DIRECTIVES = "/v1/stores/corner/directives"
PIN = {"kind": "pin", "body": {"pins": ["$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g"]}}
GOOD = {"kind": "prices", "body": PRICES}
LOCK = "LOCK TABLE sale_day"


async def a_day_of(client: Client) -> int:
    status: int = (await client.get("/v1/sales"))[0]
    return status


async def until_waiting(dsn: str, count: int) -> None:
    """Wait until this many reads wait for the lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%sales_by_day%'"
    connection = await asyncpg.connect(dsn)
    async with asyncio.timeout(20):
        while await connection.fetchval(waiting) < count:  # noqa: ASYNC110 - other connections do it
            await asyncio.sleep(0.02)
    await connection.close()


def test_a_tenant_whose_reads_wait_shuts_out_none_of_its_neighbours(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            busy, neighbour = await house.client("busy"), await house.client("quiet")
            assert (await busy.get("/v1/devices"))[0] == 200
            holder = await asyncpg.connect(database)
            async with holder.transaction():
                await holder.execute(LOCK)
                reads = [asyncio.create_task(a_day_of(busy)) for _ in range(60)]
                await until_waiting(database, limits.CONNECTIONS_OF_A_TENANT)
                async with asyncio.timeout(limits.QUERY_S / 2):
                    assert (await neighbour.get("/v1/devices"))[0] == 200
            await holder.close()
            answers = await asyncio.gather(*reads)
            assert answers.count(200) == limits.WAITING_OF_A_TENANT
            assert answers.count(429) == 60 - limits.WAITING_OF_A_TENANT

    asyncio.run(scenario())


def test_a_key_that_asks_too_often_at_one_address_is_told_when_to_come_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_REQUESTS_BURST", 5)
    monkeypatch.setattr(limits, "KEY_REQUESTS_A_SECOND", 0.01)

    async def scenario() -> None:
        async with an_api(database) as house:
            busy, other = await house.client("acme"), await house.client("acme")
            answers = [await busy.get("/v1/devices") for _ in range(7)]
            assert [status for status, _, _ in answers] == [200] * 5 + [429] * 2
            assert 1 <= int(answers[-1][2]["Retry-After"]) <= 100
            assert (await busy.get("/v1/sales"))[0] == 200, "its other addresses"
            assert (await other.get("/v1/devices"))[0] == 200, "another key"

    asyncio.run(scenario())


def test_strangers_have_a_queue_of_their_own(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            known = await house.client("acme")
            assert (await known.get("/v1/devices"))[0] == 200
            wrong = [Client(house.session, house.base, f"edge_{number}") for number in range(40)]
            strangers = [asyncio.create_task(one.get("/v1/devices")) for one in wrong]
            assert (await known.get("/v1/devices"))[0] == 200
            assert {answer[0] for answer in await asyncio.gather(*strangers)} <= {401, 503}

    asyncio.run(scenario())


@pytest.mark.parametrize("secret", ["", "edge_wrong"])
def test_who_has_no_key_sends_no_body(database: str, secret: str) -> None:
    """The answer arrives before the body is sent."""

    async def scenario() -> None:
        async with an_api(database) as house:
            host, _, port = house.base.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            head = f"POST {DIRECTIVES} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            writer.write(f"{head}Authorization: Bearer {secret}\r\n\r\n".encode())
            async with asyncio.timeout(limits.BODY_S / 2):
                assert b" 401 " in await reader.readline()
            writer.close()

    asyncio.run(scenario())


def test_what_is_not_said_to_be_json_is_not_read_as_it(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "publish")
            for kind in ("text/plain", "application/x-www-form-urlencoded"):
                status, problem = await client.post(DIRECTIVES, b"{}", **{"Content-Type": kind})
                assert status == 415 and "Content-Type: application/json" in problem["detail"], kind
                async with house.session.post(
                    f"{house.base}/v1/sign-in", data="{}", headers={"Content-Type": kind}
                ) as no:
                    assert no.status == 415, kind
            status, _ = await client.post(DIRECTIVES, b"{}", **{"Content-Type": "application/json; charset=utf-8"})
            assert status == 400, "read, and lacking"

    asyncio.run(scenario())


@pytest.mark.parametrize("body", [b'{"kind":' + b"[" * 60_000, b'{"kind":"prices","body":' + b"[" * 60_000])
def test_a_body_nested_without_end_is_not_understood(database: str, body: bytes) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            status, problem = await (await house.client("acme", "publish")).post(DIRECTIVES, body)
            assert (status, problem["title"]) == (400, "Not understood")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("may", "directive", "status"),
    [
        (("publish",), {"kind": "prices", "body": PRICES}, 201),
        (("publish",), PIN, 403),
        (("publish",), {"kind": "users", "body": {"users": []}}, 403),
        (("publish:pin",), PIN, 201),
        (("publish:pin",), {"kind": "prices", "body": PRICES}, 403),
        (("publish:prices",), {"kind": "prices", "body": PRICES}, 201),
        (("publish:prices", "read"), {"kind": "texts", "body": {"texts": []}}, 403),
        (("read",), {"kind": "prices", "body": PRICES}, 403),
    ],
)
def test_a_key_publishes_the_kinds_that_it_was_made_for(
    database: str, may: tuple[str, ...], directive: Any, status: int
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            got, answer = await (await house.client("acme", *may)).post(DIRECTIVES, directive)
            assert got == status, answer

    asyncio.run(scenario())


def test_what_stores_report_to_each_other_no_one_publishes(database: str) -> None:
    forged = {"announced": {"id": "c0dec0de", "from_store": "north", "lines": [{"sku": "milk", "quantity": 24_000}]}}
    settled = {"settled": {"id": "c0dec0de", "got": [0]}}
    wanted = {"wanted": {"to_store": "north", "lines": [{"sku": "milk", "quantity": 24_000}]}}

    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "read", "publish", "publish:shipments")
            for shipment in (forged, settled, wanted):
                directive = {"kind": "shipments", "body": {"shipments": [shipment]}}
                status, problem = await client.post(DIRECTIVES, directive)
                assert (status, problem["code"]) == (403, "sent_by_head_office_only")
                assert "/v1/stores/{store}/transfers" in problem["detail"]
                for body in ({"directives": [directive]}, {"directives": [GOOD], "back": [directive]}):
                    found = await send(client, house, "PUT", "/v1/publications/spring", body)
                    assert (found[0], found[1]["code"]) == (403, "sent_by_head_office_only")
            for kind in hub.INTERNAL:
                assert (await client.post(DIRECTIVES, {"kind": kind, "body": {}}))[0] == 403
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 0

    asyncio.run(scenario())


def test_what_a_publication_takes_back_is_looked_at_as_what_it_sends(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            editor = await house.client("acme", "read", "publish")
            for back, status in ((PIN, 400), ({"kind": "prices", "body": {"prices": 1}}, 400), (GOOD, 201)):
                body = {"directives": [GOOD], "back": [back]}
                assert (await send(editor, house, "PUT", "/v1/publications/spring", body))[0] == status, back
            texts = await house.client("acme", "read", "publish:texts")
            body = {"directives": [{"kind": "texts", "body": {"texts": []}}], "back": [GOOD]}
            assert (await send(texts, house, "PUT", "/v1/publications/sign", body))[0] == 403

    asyncio.run(scenario())


def test_a_transfer_is_asked_for_by_who_may_between_stores_that_there_are(database: str) -> None:
    milk = {"to_store": "north", "lines": [{"sku": "milk", "quantity": 24_000}], "note": "For Sunday"}
    path = "/v1/stores/corner/transfers"

    async def scenario() -> None:
        async with an_api(database) as house:
            for store in ("corner", "north"):
                await house.owner.execute("INSERT INTO store_record (tenant, store) VALUES ('acme', $1)", store)
            client = await house.client("acme", "publish:shipments")
            once = {"Idempotency-Key": "monday"}
            first, again = [await client.post(path, milk, **once) for _ in range(2)]
            assert first == again and first[0] == 201
            (row,) = await house.owner.fetch("SELECT store, kind, body FROM directive")
            assert (row["store"], row["kind"]) == ("corner", "shipments")
            assert json.loads(row["body"]) == {"shipments": [{"wanted": milk}]}
            for changed, status in (
                ({"to_store": "corner"}, 400),
                ({"to_store": "nowhere"}, 404),
                ({"lines": []}, 400),
                ({"lines": [{"sku": "milk", "quantity": -1}]}, 400),
                ({"lines": [{"sku": "milk", "quantity": 1}] * 201}, 400),
                ({"announced": {}}, 400),
            ):
                got, problem = await client.post(path, milk | changed)
                assert got == status, problem
            assert (await client.post("/v1/stores/nowhere/transfers", milk))[0] == 404
            for may, stores in ((("read",), ()), (("publish:prices",), ()), (("publish",), ("corner",))):
                assert (await (await house.client("acme", *may, stores=stores)).post(path, milk))[0] == 403
            stranger = await house.client("other", "publish")
            assert (await stranger.post(path, milk))[0] == 404
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 1

    asyncio.run(scenario())


def test_no_key_of_a_caller_takes_the_place_of_what_head_office_has_yet_to_say(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "publish")
            said = "transfer-c0dec0de-settled"
            assert (await client.post(DIRECTIVES, GOOD, **{"Idempotency-Key": said}))[0] == 201
            async with open_store(database) as store:
                own = await store.publish("acme", "corner", "shipments", b'{"shipments":[]}', said, by_itself=True)
            assert await house.owner.fetchval("SELECT kind FROM directive WHERE version = $1", own) == "shipments"

    asyncio.run(scenario())


def test_what_the_boxes_alone_may_read_waits_for_the_key_of_one(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database, sealed=hub.SEALED) as house:
            client = await house.client("acme", "publish:pin")
            status, problem = await client.post(DIRECTIVES, PIN)
            assert (status, problem["title"]) == (409, "Not yet") and "sent its key" in problem["detail"]
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 0, "and nothing of it is kept"

    asyncio.run(scenario())


def test_a_key_of_some_stores_sees_and_reaches_no_other(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(SALES)
            client = await house.client("acme", "read", "publish", stores=("store-1",))
            _, page, _ = await client.get("/v1/sales?limit=3")
            assert {row["store"] for row in page["rows"]} == {"store-1"}
            _, page, _ = await client.get(f"/v1/sales?after={page['next']}")
            assert {row["store"] for row in page["rows"]} == {"store-1"}
            assert (await client.get("/v1/sales?store=store-2"))[1]["rows"] == []
            prices = {"kind": "prices", "body": PRICES}
            assert (await client.post("/v1/stores/store-1/directives", prices))[0] == 201
            status, problem = await client.post("/v1/stores/store-2/directives", prices)
            assert (status, "speak to store-2" in problem["detail"]) == (403, True)

    asyncio.run(scenario())


def test_a_key_ends_and_says_when_it_was_used_last(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            number, secret = await keys.add(house.owner, "acme", "till", ["read"], days=1)
            client = Client(house.session, house.base, secret)
            (key,) = await keys.list_keys(house.owner)
            assert (key.id, key.used_at, key.ended) == (number, None, False)
            assert (await client.get("/v1/devices"))[0] == 200
            used = "SELECT used_at = date_trunc('hour', now(), 'UTC') FROM api_key"
            assert await house.owner.fetchval(used)
            await house.owner.execute("UPDATE api_key SET expires_at = now()")
            assert (await client.get("/v1/devices"))[0] == 401
            assert (await keys.list_keys(house.owner))[0].ended

    asyncio.run(scenario())


def test_what_no_one_has_foreseen_is_answered_in_the_same_form(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> object:
        raise LookupError("a bug")

    async def scenario(house: House) -> None:
        client = await house.client("acme")
        monkeypatch.setattr(keys, "find", broken)
        status, problem, headers = await client.get("/v1/devices")
        assert (status, headers["Content-Type"].split(";")[0]) == (500, "application/problem+json")
        assert problem["title"] == "Our fault" and "a bug" not in json.dumps(problem)

    async def in_a_house() -> None:
        async with an_api(database) as house:
            await scenario(house)

    asyncio.run(in_a_house())
