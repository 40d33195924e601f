"""Records of tenants, stores and people: states, limits, who may change what, and no access to another tenant's."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from pyotp import TOTP

from edge.__main__ import main
from sim.broker import Broker
from sync.hub import tenants
from sync.hub.api import keys, openapi
from sync.hub.api.usage import Usage
from sync.hub.model import Key
from sync.hub.store import Store, open_pool, open_store
from sync.hub.tenants import Limits, NotTaken, StoreRecord, TenantRecord, TenantState
from sync.wire import Directive, Directives, Pull
from tests.contract.hub.test_hub_api import READS, Client, House, an_api
from tests.contract.hub.test_hub_staff import DANA, DIRECTIVE, PASSWORD, PRICES_PATH, hire, post, sign_in, staff
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.sync_doubles import History
from tests.sync_fixture import a_hub, an_edge, held

CORNER = {"name": "Corner", "country": "FR", "currency": "EUR", "group": "north", "state": "open"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname NOT IN ('api_key', 'tenant_usage', 'office_read')
      AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant')
    ORDER BY relname
"""


async def with_factor(house: House, **more: str) -> Client:
    """Sign Dana in with a second factor."""
    _, signed = await sign_in(house, **more)
    proof = {"password": PASSWORD}
    _, begun = await post(house, "/v1/factor", proof, signed["token"])
    code = TOTP(begun["secret"]).now()
    assert (await post(house, "/v1/factor/confirm", proof | {"code": code}, signed["token"]))[0] == 200
    await house.owner.execute("UPDATE staff_factor SET last_step = 0")
    _, signed = await sign_in(house, code=TOTP(begun["secret"]).now(), **more)
    return Client(house.session, house.base, signed["token"])


async def send(client: Client, house: House, way: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    sent = {**client.headers, **headers}
    async with house.session.request(way, house.base + path, json=body, headers=sent) as answer:
        return answer.status, await answer.json(content_type=None)


async def set_tenant(house: House, tenant: str = "acme", **record: Any) -> None:
    async with house.owner.transaction():
        await tenants.put_tenant(house.owner, tenant, TenantRecord(**record))


async def hub_cli(dsn: str, *words: str) -> int:
    return await asyncio.to_thread(main, ["hub", "--no-tls", "--database", dsn, *words])


def test_an_owner_sets_stores_and_all_of_it_is_written_down(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            by_password = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            assert (await send(by_password, house, "PUT", "/v1/stores/corner", CORNER))[0] == 403
            dana = await with_factor(house)
            assert (await send(dana, house, "PUT", "/v1/stores/corner", CORNER))[0] == 201
            assert (await send(dana, house, "PUT", "/v1/stores/corner", CORNER))[0] == 200, "the same again is none"
            paused = CORNER | {"state": "paused", "licence": "L-7", "licence_ends": "2027-01-31"}
            assert (await send(dana, house, "PUT", "/v1/stores/corner", paused))[0] == 200
            wrong_ones = ({"state": "ruined"}, {"currency": "euro"}, {"licence_ends": "soon"}, {"ring": "last"})
            for wrong in (*wrong_ones, {"hours": "always"}, {"hours": "Mo 09:00-12:00,11:00-13:00"}):
                assert (await send(dana, house, "PUT", "/v1/stores/corner", CORNER | wrong))[0] == 400
            (row,) = (await dana.get("/v1/stores?group=north"))[1]["rows"]
            assert (row["state"], row["licence_ends"], row["kept"], row["boxes"]) == ("paused", "2027-01-31", True, 0)
            (made, changed) = (await dana.get("/v1/tenant/changes"))[1]["rows"]
            assert (made["subject"], made["before"], made["after"]["state"]) == ("corner", None, "open")
            assert (changed["before"]["state"], changed["after"]["licence"]) == ("open", "L-7")
            assert made["who"].startswith("person-")
            assert (await by_password.get("/v1/tenant/changes"))[0] == 403, "who did what is for a second factor"

    asyncio.run(scenario())


def test_three_stores_are_canaries_and_no_more(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            first = CORNER | {"ring": "canary", "hours": "Mo-Fr 08:00-20:00; Sa 22:00-02:00"}
            for store in ("a", "b", "c"):
                assert (await send(dana, house, "PUT", f"/v1/stores/{store}", first))[0] == 201
            status, problem = await send(dana, house, "PUT", "/v1/stores/d", first)
            assert (status, problem["code"], problem["values"]) == (409, "ring_full", {"most": 3})
            assert (await send(dana, house, "PUT", "/v1/stores/a", first | {"name": "A"}))[0] == 200, (
                "it is one already"
            )
            assert (await send(dana, house, "PUT", "/v1/stores/a", CORNER | {"ring": "early"}))[0] == 200
            assert (await send(dana, house, "PUT", "/v1/stores/d", first))[0] == 201
            rings = {row["store"]: row["ring"] for row in (await dana.get("/v1/stores"))[1]["rows"]}
            assert rings == {"a": "early", "b": "canary", "c": "canary", "d": "canary"}

    asyncio.run(scenario())


def test_a_currency_with_sales_stays(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            say = ["store", "set", "acme/corner"]
            assert await hub_cli(database, *say, "--currency", "EUR") == 0
            assert await hub_cli(database, *say, "--currency", "CAD") == 0, "nothing was sold yet"
            await house.owner.execute("""
                INSERT INTO sale (tenant, store, device, register, number, seq, business_date, at, currency, net_minor,
                                  total_minor, rounding_minor)
                VALUES ('acme', 'corner', 'till', '1', 1, 1, '2026-01-01', now(), 'CAD', 1, 1, 0)
            """)
            assert await hub_cli(database, *say, "--currency", "EUR") == 1
            assert await hub_cli(database, *say, "--name", "Corner shop") == 0
            found = await tenants.store_of(house.owner, "acme", "corner")
            assert found == StoreRecord(name="Corner shop", currency="CAD")

    asyncio.run(scenario())


def test_a_limit_refuses_the_next_one_and_nothing_that_is_there(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            for store in ("a", "b"):
                assert (await send(dana, house, "PUT", f"/v1/stores/{store}", CORNER))[0] == 201
            assert await hub_cli(database, "tenant", "set", "acme", "--limit", "stores=1", "--limit", "keys=0") == 0
            status, problem = await send(dana, house, "PUT", "/v1/stores/c", CORNER)
            assert (status, problem["code"]) == (403, "limit_reached")
            assert problem["values"] == {"which": "stores", "limit": 1, "used": 2}
            changed = CORNER | {"name": "Changed"}
            assert (await send(dana, house, "PUT", "/v1/stores/a", changed))[0] == 200, "those there are work"
            for store in ("a", "b"):
                assert (await send(dana, house, "PUT", f"/v1/stores/{store}", CORNER | {"state": "closed"}))[0] == 200
            assert (await send(dana, house, "PUT", "/v1/stores/c", CORNER))[0] == 201, "a closed one takes no place"
            assert (await send(dana, house, "PUT", "/v1/stores/a", CORNER))[0] == 403, "nor is it opened beyond it"
            assert await hub_cli(database, "key", "add", "acme", "till") == 1
            assert await hub_cli(database, "tenant", "set", "acme", "--limit", "people=1", "--limit", "keys=") == 0
            assert await hub_cli(database, "key", "add", "acme", "till") == 0
            assert await staff(database, "join", DANA, "acme", "--role", "owner") == 0, "who belongs there is not new"
            assert await hub_cli(database, "tenant", "list") == 0
            assert await hub_cli(database, "tenant", "set", "acme", "--limit", "sheep=3") == 1
        assert "acme: active; 1 stores of 1, 0 boxes, 1 keys, 1 people of 1" in capsys.readouterr().out

    asyncio.run(scenario())


def test_requests_and_directives_of_a_day_have_an_end_and_a_refusal_counts_nothing(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "read", "publish")
            await set_tenant(house, limits=Limits(directives=2))
            for number in (1, 2):
                assert (await client.post(PRICES_PATH, DIRECTIVE, **{"Idempotency-Key": str(number)}))[0] == 201
            status, problem = await client.post(PRICES_PATH, DIRECTIVE)
            assert (status, problem["code"]) == (403, "limit_reached")
            values = problem["values"]
            assert (values["which"], values["limit"], values["used"]) == ("directives", 2, 2)
            assert datetime.fromisoformat(values["again_at"]) > datetime.now(UTC)
            assert (await client.post(PRICES_PATH, DIRECTIVE, **{"Idempotency-Key": "2"}))[0] == 201, "it is done"
            assert await house.owner.fetchval("SELECT used FROM tenant_usage WHERE what = 'directives'") == 2
            await set_tenant(house, limits=Limits(requests=5))  # four requests were made, and aren't recorded yet
            assert (await client.get("/v1/devices"))[0] == 200
            status, problem, _ = await client.get("/v1/devices")
            assert (status, problem["values"]["which"]) == (403, "requests")
            await set_tenant(house)
            assert (await client.get("/v1/devices"))[0] == 200

    asyncio.run(scenario())


def test_what_was_used_and_read_is_written_down_by_the_minute(database: str) -> None:
    now = [datetime(2026, 3, 1, 12, 30, tzinfo=UTC)]

    async def scenario() -> None:
        async with open_store(database), open_pool(database, "edge_hub_reader", 1) as pool:
            owner = await asyncpg.connect(database)
            mine, others = Usage(pool, lambda: now[0]), Usage(pool, lambda: now[0])
            for usage in (mine, others):
                await usage.count("acme", 5)
                await usage.count("acme", 5)
            for _ in range(2):
                mine.read("acme", "corner", "person-1", "orders")
            await mine.flush()
            await others.flush()
            await others.count("acme", 5)
            with pytest.raises(NotTaken) as refused:
                await others.count("acme", 5)
            assert refused.value.values["again_at"] == "2026-03-02T00:00:00+00:00"
            now[0] = datetime(2026, 3, 2, 0, 1, tzinfo=UTC)
            await others.count("acme", 5)
            assert await owner.fetchval("SELECT sum(used) FROM tenant_usage WHERE day = '2026-03-01'") == 4
            row = await owner.fetchrow("SELECT store, who, what, times FROM office_read")
            assert tuple(row) == ("corner", "person-1", "orders", 2)
            await owner.close()

    asyncio.run(scenario())


async def given(store: Store) -> tuple[Directive, ...]:
    """Return the directives for a new box of acme's corner store."""
    found = await store.directives(Key("acme", "corner", "till"), Pull(0))
    assert isinstance(found, Directives)
    return found.directives


def test_directives_of_a_suspended_tenant_wait_in_order(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            _, signed = await sign_in(house)
            owner, client = (
                Client(house.session, house.base, signed["token"]),
                await house.client("acme", "read", "publish"),
            )
            assert (await client.post(PRICES_PATH, DIRECTIVE))[0] == 201
            for _ in range(2):
                await set_tenant(house, state="suspended")  # a repetition changes nothing
            assert await house.owner.fetchval("SELECT count(*) FROM office_log WHERE what = 'tenant'") == 1
            status, problem, _ = await client.get("/v1/devices")
            assert (status, problem["code"]) == (403, "tenant_suspended")
            assert (await owner.get("/v1/devices"))[0] == 200, "an owner still reads"
            assert (await owner.post(PRICES_PATH, DIRECTIVE))[1]["code"] == "tenant_suspended"
            assert (await owner.get("/v1/me"))[0] == 200
            async with open_store(database) as store:
                with pytest.raises(NotTaken, match="suspended"):
                    await store.publish("acme", "corner", "prices", b"{}")
                waits = await store.publish("acme", "corner", "shipments", b"{}", by_itself=True)
                assert await given(store) == ()
                await set_tenant(house)
                found = await given(store)
                assert [one.kind for one in found] == ["prices", "shipments"] and found[-1].version == waits

    asyncio.run(scenario())


@pytest.mark.parametrize("state", ["suspended", "closing"])
def test_the_journals_of_a_suspended_tenant_are_taken(database: str, broker: Broker, state: TenantState) -> None:
    async def scenario() -> None:
        history = History()
        history.append(20)
        async with a_hub(database, broker.port), an_edge(history, broker.port) as device:
            await device.all_acknowledged()
            owner = await asyncpg.connect(database)
            tenant, shop = history.key.tenant, history.key.store
            record = TenantRecord(state=state, limits=Limits(boxes=0, requests=0, directives=0))
            async with owner.transaction():
                await tenants.put_tenant(owner, tenant, record)
                await tenants.put_store(owner, tenant, shop, StoreRecord(state="closed"), tenants.OPERATOR)
            await owner.close()
            await device.sell(40, at_once=20)
            await device.all_acknowledged()
            assert len(await held(database, history.key)) == history.head.seq

    asyncio.run(scenario())


def test_a_paused_store_takes_what_says_who_may_do_what_and_no_more(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "publish", "publish:signing-key")
            for state in ("paused", "closed"):
                assert await hub_cli(database, "store", "set", "acme/corner", "--state", state) == 0
                status, problem = await client.post(PRICES_PATH, DIRECTIVE)
                assert (status, problem["code"]) == (409, f"store_{state}")
            signing = {"kind": "signing-key", "body": {"keys": ["a" * 64]}}
            assert (await client.post(PRICES_PATH, signing))[0] == 201
            assert (await client.post("/v1/stores/other/directives", DIRECTIVE))[0] == 201

    asyncio.run(scenario())


def test_people_see_their_groups_and_support_sees_boxes_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine="viewer")
            dana = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            assert await staff(database, "join", DANA, "mine", "--group", "north") == 0
            assert (await dana.get("/v1/stores"))[1]["rows"] == [], "no store is of that group yet"
            await house.owner.execute("UPDATE store_record SET store_group = 'north'")
            assert len((await dana.get("/v1/stores"))[1]["rows"]) == 1
            assert (await dana.get("/v1/tenant"))[0] == 403, "what is of all stores"
            assert await staff(database, "join", DANA, "mine", "--role", "support") == 0
            may = {read.name for read in READS if (await dana.get(f"/v1/{read.name}"))[0] == 200}
            assert may == {read.name for read in READS if read.area == keys.BOXES}
            assert {"devices", "stores"} <= may and not may & {"sales", "orders", "customers", "alerts"}

    asyncio.run(scenario())


def test_owners_say_who_is_what_and_one_is_always_left(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            await house.owner.execute("INSERT INTO staff (email, password) VALUES ('noa@example.com', '')")
            assert await staff(database, "join", "noa@example.com", "acme") == 0
            dana = await with_factor(house)
            first, second = (await dana.get("/v1/people"))[1]["rows"]
            assert (first["email"], first["factor"], second["role"]) == (DANA, True, "viewer")
            me, noa = f"/v1/people/{first['person']}", f"/v1/people/{second['person']}"
            status, problem = await send(dana, house, "PUT", me, {"role": "viewer"})
            assert (status, problem["code"]) == (409, "last_owner")
            assert (await send(dana, house, "DELETE", me))[0] == 409
            assert (await send(dana, house, "PUT", noa, {"role": "king"}))[0] == 400
            assert (await send(dana, house, "PUT", noa, {"role": "owner", "stores": ["far"]}))[0] == 200
            assert (await send(dana, house, "DELETE", me))[0] == 409, "an owner of one store is not enough"
            assert (await send(dana, house, "PUT", noa, {"role": "owner"}))[0] == 200
            assert (await send(dana, house, "PUT", "/v1/people/77", {"role": "owner"}))[0] == 404
            assert (await send(dana, house, "DELETE", me))[0] == 200
            assert (await dana.get("/v1/me"))[0] == 401
            said = await house.owner.fetch("SELECT subject, after ->> 'role' FROM office_log ORDER BY at")
            number = {one["email"]: f"person-{one['person']}" for one in (first, second)}
            noas = number["noa@example.com"]
            assert [tuple(row) for row in said] == [(noas, "owner"), (noas, "owner"), (number[DANA], None)]

    asyncio.run(scenario())


def test_no_address_reaches_another_tenant(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call every described address as another tenant's owner, with all names that this tenant uses."""

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, neighbour="owner")
            await house.owner.execute("INSERT INTO staff (email, password) VALUES ('noa@example.com', '')")
            assert await staff(database, "join", "noa@example.com", "mine", "--role", "owner") == 0
            theirs = await house.owner.fetchval("SELECT person FROM membership WHERE of_tenant = 'mine'")
            dana = await with_factor(house)
            before = await state_of(house)
            described = openapi.document((*READS,))["paths"]
            asked = 0
            for path, ways in described.items():
                for way in ways:
                    if path.startswith(
                        (
                            "/v1/sign",
                            "/v1/factor",
                            "/v1/switch",
                            "/v1/invitation",
                            "/v1/password",
                            "/v1/enrolment",
                            "/join",
                        )
                    ):
                        continue  # about the caller only, or for anybody: covered by other tests
                    if path == "/v1/tenant/export":
                        continue  # a file, covered by `test_hub_closing.py`
                    place = path.replace("{store}", "x").replace("{person}", str(theirs)).replace("{invitation}", "1")
                    status, found = await send(dana, house, way.upper(), place, {} if way != "get" else None)
                    asked += 1
                    assert '"mine"' not in json.dumps(found) and "noa@" not in json.dumps(found), place
                    if "{person}" in path:
                        nobody = place.replace(str(theirs), "999999")
                        assert (await send(dana, house, way.upper(), nobody, {}))[0] == status, place
            assert asked > len(READS)
            role = {"role": "viewer"}
            assert (await send(dana, house, "PUT", f"/v1/people/{theirs}", role))[0] == 404
            assert (await send(dana, house, "PUT", "/v1/stores/x", {"name": "Taken"}))[0] == 200, (
                "one's own of that name"
            )
            assert (await dana.post("/v1/stores/x/directives", DIRECTIVE))[0] == 201
            assert await state_of(house) == before
            assert await house.owner.fetchval("SELECT role FROM membership WHERE of_tenant = 'mine'") == "owner"

    asyncio.run(scenario())


async def state_of(house: House) -> list[str]:
    """Return all rows of the tenant `mine`, as text."""
    found = []
    for (table,) in await house.owner.fetch(TABLES):
        found += await house.owner.fetch(f"SELECT t::text FROM {table} AS t WHERE tenant = 'mine' ORDER BY 1")
    return [text for (text,) in found]
