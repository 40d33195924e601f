"""Employees of several stores: named once at head office, with a role in each store, and never sent a PIN.

The shops are real, with ledgers, and directives to them are sealed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.foundation.access.commands import GiveCode, SetSecrets, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import name_of, role_of, user_hashes
from sync.hub import employees
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.hub_chain import TENANT, Chain, a_chain
from tests.shop_fixture import SYSTEM, done

DANA = "hdana"
PLACE = f"/v1/employees/{DANA}"


async def put(owner: Client, house: House, name: str, **roles: str) -> int:
    return int((await send(owner, house, "PUT", PLACE, {"name": name, "roles": roles}))[0])


async def seen(owner: Client) -> dict[str, tuple[str, str, str]]:
    """Return Dana's state in each store: role, state and reason."""
    status, page, _ = await owner.get("/v1/employees")
    assert status == 200
    (row,) = page["rows"]
    return {one["store"]: (one["role"], one["state"], one["reason"]) for one in row["stores"]}


async def undo(owner: Client) -> int:
    (row,) = (await owner.get("/v1/employees"))[1]["rows"]
    return (await owner.post(f"{PLACE}/undo", {"changed_at": row["changed_at"]}))[0]


def known(chain: Chain, user: str = DANA) -> dict[str, tuple[str, str]]:
    """Return each store's name and role for her."""
    found = {}
    for name, shop in chain.shops.items():
        if role := role_of(shop.bus.reader, user):
            found[name] = (name_of(shop.bus.reader, user), role.id)
    return found


async def chooses_a_pin(shop: CommandBus, user: str) -> None:
    """Choose a PIN with a code on paper from the store's manager."""
    await done(shop, GiveCode(user, hash_pin("ABCDEFGH")), SYSTEM)
    await done(shop, SetSecrets(user, hash_pin("482915")), SYSTEM)


async def is_added(chain: Chain, owner: Client) -> None:
    house = chain.house
    assert await put(owner, house, "Dana", alder="cashier", birch="manager", cedar="baker") == 201
    assert await put(owner, house, "Dana", alder="cashier", birch="manager", cedar="baker") == 200
    assert await seen(owner) == {
        "alder": ("cashier", "waiting", ""),
        "birch": ("manager", "waiting", ""),
        "cedar": ("baker", "waiting", ""),
    }
    await chain.go(1)
    assert known(chain) == {"alder": ("Dana", "cashier"), "birch": ("Dana", "manager")}
    assert await seen(owner) == {
        "alder": ("cashier", "applied", ""),
        "birch": ("manager", "applied", ""),
        "cedar": ("baker", "refused", "no_such_role"),
    }
    bodies = [bytes(row["body"]) for row in await house.owner.fetch("SELECT body FROM directive")]
    assert len(bodies) == 3 and not any(text in body for body in bodies for text in (b"Dana", b"argon2", b"hdana"))
    logs = await house.owner.fetch("SELECT before::text, after::text FROM office_log WHERE what = 'employee'")
    assert len(logs) == 1 and "Dana" not in str([tuple(row) for row in logs])


async def is_changed(chain: Chain, owner: Client) -> None:
    """Change her name, and move her role to another store; her PIN stays the same."""
    shop = chain.shops["birch"].bus
    assert not user_hashes(shop.reader)
    await chooses_a_pin(shop, DANA)
    hashes = user_hashes(shop.reader)
    assert await put(owner, chain.house, "Dana Levi", birch="manager", cedar="cashier") == 200
    await chain.go(1)
    assert known(chain) == {"birch": ("Dana Levi", "manager"), "cedar": ("Dana Levi", "cashier")}
    assert [one[0] for one in user_hashes(shop.reader)] == [one[0] for one in hashes]
    assert (await seen(owner))["alder"] == ("", "applied", "")


async def is_undone(chain: Chain, owner: Client) -> None:
    """Undo the last change that was seen. A store that forgot her gets her back as a new user."""
    late = (await owner.post(f"{PLACE}/undo", {"changed_at": "2026-01-01T00:00:00Z"}))[1]
    assert late["code"] == "employee_edited"
    assert await undo(owner) == 200
    await chain.go(1)
    assert known(chain) == {"birch": ("Dana", "manager"), "cedar": ("Dana Levi", "cashier")}, "no bakers there"
    assert known(chain, f"{DANA}-3") == {"alder": ("Dana", "cashier")}
    assert (await seen(owner))["cedar"] == ("baker", "refused", "no_such_role")


async def leaves(chain: Chain, owner: Client) -> None:
    assert (await send(owner, chain.house, "DELETE", PLACE, {}))[1]["code"] == "employee_active"
    assert await put(owner, chain.house, "Dana") == 200
    assert (await send(owner, chain.house, "DELETE", PLACE, {}))[1]["code"] == "employee_active", "no store was told"
    await chain.go(1)
    assert (await seen(owner))["birch"] == ("", "refused", "last_manager")
    assert (await send(owner, chain.house, "DELETE", PLACE, {}))[1]["code"] == "employee_active"
    shop = chain.shops["birch"].bus
    await done(shop, SetUser("u1", "Noa", "manager", hash_pin("739105")), SYSTEM)
    assert await put(owner, chain.house, "Dana") == 200, "asked again, as it is"
    await chain.go(1)
    assert known(chain) == known(chain, f"{DANA}-3") == {}
    assert set((await seen(owner)).values()) == {("", "applied", "")}
    assert (await send(owner, chain.house, "DELETE", PLACE, {}))[0] == 200
    assert (await owner.get("/v1/employees"))[1]["rows"] == []
    assert (await send(owner, chain.house, "DELETE", PLACE, {}))[0] == 404


async def waits_for_a_box(chain: Chain, owner: Client) -> None:
    """Add a manager to a new store without a box. They are sent as soon as there is one."""
    record = {"name": "Dogwood", "country": "FR", "currency": "EUR", "state": "open"}
    assert (await send(owner, chain.house, "PUT", "/v1/stores/dogwood", record))[0] == 201
    assert await put(owner, chain.house, "Noa", dogwood="manager") == 201
    await chain.go(2)
    assert await seen(owner) == {"dogwood": ("manager", "waiting", "no_box")}
    await chain.open("dogwood")
    await chain.go(1)
    assert known(chain) == {"dogwood": ("Noa", "manager")}
    assert await seen(owner) == {"dogwood": ("manager", "applied", "")}


def test_an_employee_is_added_changed_and_ended_once_for_many_stores(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain:
            await hire(database, monkeypatch, **{TENANT: "owner"})
            owner = await with_factor(chain.house)
            for store in chain.shops:
                record = {"name": store, "currency": "EUR", "state": "open"}
                assert (await send(owner, chain.house, "PUT", f"/v1/stores/{store}", record))[0] == 201
            await is_added(chain, owner)
            await is_changed(chain, owner)
            await is_undone(chain, owner)
            await leaves(chain, owner)
            await waits_for_a_box(chain, owner)

    asyncio.run(asyncio.wait_for(scenario(), 200))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"name": " "}, 400),
        ({"name": "Da\nna"}, 400),
        ({"name": "D" * 61}, 400),
        ({"pin": "1234"}, 400),
        ({"pin_hash": "x"}, 400),
        ({"roles": {"corner": "Chef!"}}, 400),
        ({"roles": {"co rner": "cashier"}}, 400),
        ({"roles": {"nowhere": "cashier"}}, 409),
    ],
)
def test_an_invalid_employee_is_not_taken(database: str, changed: dict[str, Any], status: int) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute("INSERT INTO store_record (tenant, store) VALUES ('acme', 'corner')")
            program = await house.client("acme", "publish:users")
            body = {"name": "Dana", "roles": {"corner": "cashier"}} | changed
            got, problem = await send(program, house, "PUT", PLACE, body)
            assert got == status, problem
            for id in ("dana", "h", "h" + "a" * 40, "hDANA"):
                assert (await send(program, house, "PUT", f"/v1/employees/{id}", body))[0] == 400
            assert await house.owner.fetchval("SELECT count(*) FROM employee") == 0

    asyncio.run(scenario())


def test_of_two_who_edit_a_person_the_later_is_told(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute("INSERT INTO store_record (tenant, store) VALUES ('acme', 'corner')")
            program = await house.client("acme", "publish:users")
            assert await put(program, house, "Dana", corner="cashier") == 201
            (row,) = (await program.get("/v1/employees"))[1]["rows"]
            assert await put(program, house, "Dana Levi", corner="cashier") == 200
            program.headers["If-Match"] = f'"{row["changed_at"]}"'
            body = {"name": "Dana", "roles": {"corner": "manager"}}
            status, problem = await send(program, house, "PUT", PLACE, body)
            assert (status, problem["code"]) == (409, "employee_edited")
            monkeypatch.setattr(employees, "EMPLOYEES_MOST", 1)
            del program.headers["If-Match"]
            status, problem = await send(program, house, "PUT", "/v1/employees/hnoa1", body)
            assert (status, problem["code"]) == (409, "employee_limit")

    asyncio.run(scenario())


def test_employees_are_for_owners_with_a_second_factor_and_for_programs_of_their_own_right(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await house.owner.execute("DELETE FROM employee; DELETE FROM employee_store")
            await house.owner.execute("INSERT INTO store_record (tenant, store) VALUES ('mine', 'corner')")
            for may, stores in ((("read", "publish"), ()), (("publish:users",), ("corner",)), (("publish:pin",), ())):
                client = await house.client("mine", *may, stores=stores)
                assert (await client.get("/v1/employees"))[0] == 403, may
                assert await put(client, house, "Dana", corner="cashier") == 403, may
            assert await put(await house.client("mine", "publish:users"), house, "Dana", corner="cashier") == 201
            stranger = await house.client("neighbour", "publish:users")
            assert (await stranger.get("/v1/employees"))[1]["rows"] == []
            assert (await send(stranger, house, "DELETE", PLACE, {}))[0] == 404
            assert (await stranger.post(f"{PLACE}/undo", {"changed_at": "2026-01-01T00:00:00Z"}))[0] == 404

    asyncio.run(scenario())
