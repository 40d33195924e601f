"""The hub's API: who may read what, in pages, and how publishing reaches the shop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest

from edge.app import hub
from edge.app.head_office.hub_door import HubDoor
from sim.broker import Broker
from sim.postgres import Postgres
from sync.directive_signing import Signer
from sync.hub.api import fleet, keys, limits, serving
from sync.hub.api.mailed_links import LinkLetter
from sync.hub.box_enrolment import BrokerPlace
from sync.hub.publishing import publish
from sync.hub.store import open_store
from sync.mqtt import BrokerConfig
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge

READS = (*fleet.READS, *hub.reads())
"""All reads of head office's API."""
NOWHERE = BrokerConfig(port=9)
PRICES = {"prices": [{"code": "4006381333931", "price_minor": 99}]}
SALES = """
    WITH sold AS (
        INSERT INTO sale (tenant, store, device, register, number, seq, business_date, at, currency, net_minor,
                          total_minor, rounding_minor)
        SELECT 'acme', 'store-' || (n % 3), 'till-1', '1', n, n, date '2026-01-01' + n, now(), 'EUR', 100, 117, 3
        FROM generate_series(1, 30) AS n RETURNING *
    ), hours AS (
        INSERT INTO sale_hour (tenant, store, device, business_date, currency, hour, sales, paid_minor)
        SELECT tenant, store, device, business_date, currency, date_trunc('hour', at, 'UTC'), 1,
               total_minor + rounding_minor FROM sold
    )
    INSERT INTO sale_day (tenant, store, device, business_date, currency, sales, refunds, net_minor, paid_minor,
                          earning, earned_minor)
    SELECT tenant, store, device, business_date, currency, 1, 0, net_minor, total_minor + rounding_minor, 1,
           total_minor + rounding_minor FROM sold
"""


class Client:
    """A program with a key."""

    def __init__(self, session: aiohttp.ClientSession, base: str, secret: str) -> None:
        self._session, self._base = session, base
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    async def get(self, path: str, **headers: str) -> tuple[int, Any, Any]:
        async with self._session.get(self._base + path, headers={**self.headers, **headers}) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if body else None, answer.headers

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body)
        sent = {"Content-Type": "application/json", **self.headers, **headers}
        async with self._session.post(self._base + path, data=data, headers=sent) as answer:
            return answer.status, await answer.json(content_type=None)


class House:
    """The API, with a way to make keys for it."""

    def __init__(self, session: aiohttp.ClientSession, port: int, owner: Any) -> None:
        self.session, self.owner = session, owner
        self.base = f"http://127.0.0.1:{port}"

    async def client(self, tenant: str, *may: str, stores: Sequence[str] = ()) -> Client:
        _, secret = await keys.add(self.owner, tenant, "test", may or ("read",), stores=stores)
        return Client(self.session, self.base, secret)


@asynccontextmanager
async def an_api(
    dsn: str,
    broker: BrokerConfig = NOWHERE,
    signer: Signer | None = None,
    sealed: frozenset[str] = frozenset(),
    letter: LinkLetter | None = None,
    boxes: BrokerPlace | None = None,
    door: HubDoor | None = None,
) -> AsyncIterator[House]:
    await hub.bring_up_to_date(dsn)
    owner = await asyncpg.connect(dsn)
    parts = msgspec.structs.replace(hub.api_parts(), sealed=sealed, letter=letter, boxes=boxes)
    async with (
        serving.serve(dsn, broker, parts, (door or HubDoor()).open, signer) as port,
        aiohttp.ClientSession() as session,
    ):
        yield House(session, port, owner)
    await owner.close()


def test_a_key_opens_its_own_tenant_and_nothing_else(database: str) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            may = ("read", "read:audit")
            mine, other = await house.client("mine", *may), await house.client("nobody", *may)
            for read in READS:
                path = f"/v1/{read.name}" + ("?from_date=2026-11-20" if read.by_days else "")
                rows, end = ("items", "") if read.as_in_shop else ("rows", None)
                status, page, _ = await mine.get(path)
                papers = 2 if read.name.startswith("sales/papers") else 1  # these list a sale and a refund
                assert (status, len(page[rows])) == (200, papers), read.name
                assert set(page[rows][0]) == {field.name for field in read.fields}
                assert "neighbour" not in json.dumps(page)
                assert (await other.get(path))[1] == {rows: [], "next": end}

    asyncio.run(scenario())


def test_without_a_key_in_use_there_is_nothing_to_see(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            number, secret = await keys.add(house.owner, "acme", "till", ["read"])
            good = Client(house.session, house.base, secret)
            assert (await good.get("/v1/devices"))[0] == 200
            assert await house.owner.fetchval("SELECT count(*) FROM api_key WHERE hash = $1", secret.encode()) == 0
            for wrong in ("", "edge_wrong", secret[:-1]):
                status, problem, headers = await Client(house.session, house.base, wrong).get("/v1/devices")
                assert (status, problem["title"]) == (401, "Sign in")
                assert headers["WWW-Authenticate"].startswith("Bearer")
            assert await keys.revoke(house.owner, number) and not await keys.revoke(house.owner, number)
            assert (await good.get("/v1/devices"))[0] == 401
            directive = {"kind": "prices", "body": PRICES}
            status, problem = await (await house.client("acme")).post("/v1/stores/corner/directives", directive)
            assert (status, problem["detail"].startswith("This key can't publish")) == (403, True)

    asyncio.run(scenario())


def test_pages_lead_through_all_rows_once_and_filters_narrow_them(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(SALES)
            client = await house.client("acme")
            rows: list[Any] = []
            after = ""
            while after is not None:
                status, page, _ = await client.get(f"/v1/sales?limit=7&after={after}")
                assert status == 200 and len(page["rows"]) <= 7
                rows += page["rows"]
                after = page["next"]
            assert rows == (await client.get("/v1/sales"))[1]["rows"] and len(rows) == 30
            assert rows == sorted(rows, key=lambda row: (row["store"], row["business_date"]))
            assert rows[0] == {
                **{"store": "store-0", "business_date": "2026-01-04", "currency": "EUR"},
                **{"sales": 1, "refunds": 0, "net_minor": 100, "paid_minor": 120},
                **{"voids": 0, "earning": 1, "earned_minor": 120},
            }
            _, page, _ = await client.get("/v1/sales?store=store-1&from=2026-01-05&to=2026-01-11")
            assert [row["business_date"] for row in page["rows"]] == ["2026-01-05", "2026-01-08", "2026-01-11"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "'limit' is from 1 to"),
        ("limit=1001", "'limit' is from 1 to"),
        ("limit=many", "'limit' isn't a whole number"),
        ("after=xyz", "'after' must be"),
        ("after=WzEsMl0", "'after' must be"),
        ("from=yesterday", "'from' isn't a date"),
        ("shop=1", "'shop' isn't a parameter here; available: limit, after, store, from, to, currency"),
        ("store=a&store=b", "a parameter is repeated"),
        ("store=%00", "path can't be read"),
        ("store=" + 401 * "x", "'store' is too long, or isn't text"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(database: str, query: str, detail: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            status, problem, headers = await (await house.client("acme")).get(f"/v1/sales?{query}")
            assert (status, headers["Content-Type"].split(";")[0]) == (400, "application/problem+json")
            assert problem["detail"].startswith(detail)

    asyncio.run(scenario())


def test_what_has_not_changed_is_not_sent_again(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme")
            _, _, headers = await client.get("/v1/sales")
            again = {"If-None-Match": headers["ETag"]}
            assert (await client.get("/v1/sales", **again))[:2] == (304, None)
            await house.owner.execute(SALES)
            status, page, changed = await client.get("/v1/sales", **again)
            assert (status, len(page["rows"])) == (200, 30) and changed["ETag"] != headers["ETag"]

    asyncio.run(scenario())


def test_a_directive_reaches_the_shop_and_asked_for_twice_it_is_published_once(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with (
            an_api(database, BrokerConfig(port=broker.port)) as house,
            a_hub(database, broker.port),
            an_edge(History(), broker.port) as edge,
        ):
            await edge.all_acknowledged()
            client = await house.client(KEY.tenant, "read", "publish")
            path, directive = f"/v1/stores/{KEY.store}/directives", {"kind": "prices", "body": PRICES}
            answers = [await client.post(path, directive, **{"Idempotency-Key": "monday"}) for _ in range(2)]
            at_once = await asyncio.gather(
                *(client.post(path, directive, **{"Idempotency-Key": "tuesday"}) for _ in range(4))
            )
            assert answers == [(201, answers[0][1])] * 2
            assert at_once == [(201, at_once[0][1])] * 4 and at_once[0] != answers[0]
            await until(lambda: len(edge.journal.applied) == 2, "the shop has both, by the hint")
            assert json.loads(edge.journal.applied[0].body) == PRICES
            _, page, _ = await client.get("/v1/devices")
            assert page["rows"][0]["app"] == "1.0" and page["rows"][0]["through"] == 1
            _, page, _ = await client.get("/v1/directives")
            assert [row["kind"] for row in page["rows"]] == ["prices", "prices"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        ("corner", {"kind": "weather", "body": {}}, 400, "this isn't a known directive type"),
        ("corner", {"kind": "prices", "body": {"prices": 1}}, 400, "this isn't a valid prices directive"),
        ("corner", b"{", 400, "Input data was truncated"),
        ("cor ner", {"kind": "prices", "body": PRICES}, 400, "Expected `str` matching regex"),
        ("corner", b" " * (limits.BODY_BYTES + 1), 413, "The body has more than"),
        (
            "corner",
            {"kind": "prices", "body": {"prices": PRICES["prices"] * 3000}},
            400,
            "a directive of",
        ),
    ],
)
def test_an_invalid_directive_is_not_published(database: str, path: str, body: Any, status: int, detail: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "publish")
            got, problem = await client.post(f"/v1/stores/{path}/directives", body)
            assert (got, problem["detail"][: len(detail)]) == (status, detail)
            for table in ("directive", "directive_head"):
                assert not await house.owner.fetch(f"SELECT tenant FROM {table}")

    asyncio.run(scenario())


def test_a_tenant_that_asks_too_much_at_once_is_told_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme")
            for name, status in (("STRANGERS", 503), ("WAITING_OF_A_TENANT", 429), ("WAITING", 503)):
                with monkeypatch.context() as patched:
                    patched.setattr(limits, name, 0)
                    got, _, headers = await client.get("/v1/devices")
                    assert (got, headers["Retry-After"]) == (status, "1")
            assert (await client.get("/v1/devices"))[0] == 200

    asyncio.run(scenario())


def test_while_the_database_is_away_it_says_so_and_comes_back() -> None:
    async def scenario() -> None:
        async with Postgres() as server, an_api(server.dsn) as house:
            client = await house.client("acme")
            server.kill()
            status, problem, _ = await client.get("/v1/devices")
            assert (status, problem["title"]) == (503, "The database is unavailable")
            server.restart()
            seen = [status]
            async with asyncio.timeout(20):
                while seen[-1] == 503:
                    seen.append((await client.get("/v1/devices"))[0])
            assert seen[-1] == 200

    asyncio.run(scenario())


def test_rows_from_a_moment_on(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            reader = await house.client("acme")
            for moment in ("2026-11-22T01:00:00Z", "2026-11-22T01:00"):
                assert (await reader.get(f"/v1/alerts?from={moment}"))[0] == 200, moment
            for moment in ("yesterday", "0001-01-01T00:00:00%2B14:00"):
                assert (await reader.get(f"/v1/alerts?from={moment}"))[0] == 400, moment

    asyncio.run(scenario())


def test_it_describes_itself(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            nobody = Client(house.session, house.base, "")
            status, document, _ = await nobody.get("/openapi.json")
            assert (status, document["openapi"]) == (200, "3.1.0")
            reader = await house.client("acme", "read", "read:audit")
            answer = "/v1/stores/{store}/support/{case}/{device}"
            seen = "/v1/publications/{publication}/preview"
            own = {"/v1/me", "/v1/me/mail", "/v1/people", answer, seen, "/v1/tenant/export"}  # answers without rows
            own |= {"/v1/privacy/{request}", "/v1/stores/{store}/support/{case}"}
            own |= {
                "/v1/enrolment/authority",
                "/v1/texts/file",
                "/v1/publications/approvers",
                "/v1/box-codes",
                "/v1/employees",
            }
            gets = [path for path, item in document["paths"].items() if "get" in item and path not in own]
            assert sorted(gets) == sorted(f"/v1/{read.name}" for read in READS)
            for path in gets:
                asked = document["paths"][path]["get"]["parameters"]
                assert {"limit", "after"} <= {parameter["name"] for parameter in asked}
                needed = "&".join(f"{one['name']}=2026-11-20" for one in asked if one.get("required"))
                assert (await reader.get(f"{path}?{needed}"))[0] == 200
            assert (await nobody.get("/healthz"))[:2] == (200, {"ok": True})
            assert (await nobody.get("/v1/nothing"))[0] == 404

    asyncio.run(scenario())


def test_publishing_from_a_worker_has_no_name_to_remember(database: str) -> None:
    async def scenario() -> None:
        async with open_store(database) as store:
            versions = [await publish(store, NOWHERE, "acme", "corner", "prices", b"{}") for _ in range(2)]
            assert versions == sorted(set(versions))

    asyncio.run(scenario())
