"""A tenant's data is exported as one file, then removed: by two people, after a wait, and nobody else's data."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from sync.hub import removal, tenants
from sync.hub.tenants import NotTaken, StoreRecord, TenantRecord
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import hub_cli, send, set_tenant, state_of, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

EXPORT, REMOVAL = "/v1/tenant/export", "/v1/tenant/removal"
ROWS_OF = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant')
"""


async def exported(client: Client, house: House) -> list[Any]:
    async with house.session.get(house.base + EXPORT, headers=client.headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
        return [json.loads(line) for line in gzip.decompress(await answer.read()).splitlines()]


async def code_of(client: Client, house: House, way: str, path: str, body: Any = None) -> tuple[int, str]:
    status, found = await send(client, house, way, path, body)
    return status, found.get("code", "")


async def tables_with(house: House, tenant: str) -> set[str]:
    names = [name for (name,) in await house.owner.fetch(ROWS_OF)]
    return {
        name
        for name in names
        if await house.owner.fetchval(f"SELECT EXISTS (SELECT FROM {name} WHERE tenant = $1)", tenant)
    }


def test_all_of_a_tenant_comes_out_as_one_file_that_says_its_end(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine="owner")
            dana = await with_factor(house)
            await house.owner.execute("UPDATE tenant_record SET state = 'suspended' WHERE tenant = 'mine'")
            head, *rows, end = await exported(dana, house)
            assert (head["format"], head["tenant"]) == ("edge-hub-export-1", "mine")
            tables = {row["table"] for row in rows}
            left = {"api_key", *head["left_out"]}
            assert tables == await tables_with(house, "mine") - left, "every table, and nothing that opens something"
            assert {row["row"]["tenant"] for row in rows} == {"mine"} and "neighbour" not in json.dumps(rows)
            (asked,) = (row["row"] for row in rows if row["table"] == "support_ask")
            assert "private" not in asked and asked["question"] == "x"
            assert end["end"] and sum(end["rows"].values()) == len(rows)
            (said,) = (await dana.get("/v1/tenant/changes?what=export"))[1]["rows"]
            assert said["after"] == {"rows": len(rows), "sha256": end["sha256"]}

    asyncio.run(scenario())


def test_the_sum_of_a_file_is_that_of_its_lines(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            async with house.session.get(house.base + EXPORT, headers=dana.headers) as answer:
                lines = gzip.decompress(await answer.read()).splitlines(keepends=True)
            assert json.loads(lines[-1])["sha256"] == hashlib.sha256(b"".join(lines[:-1])).hexdigest()
            key = await house.client("acme", "read", "read:audit")
            assert await code_of(key, house, "GET", EXPORT) == (403, "not_allowed")
            assert await code_of(key, house, "POST", REMOVAL, {"tenant": "acme"}) == (403, "not_allowed")

    asyncio.run(scenario())


async def an_archived_month(house: House, folder: Path) -> None:
    """Create an archived month, with a file without rows that stands for both tenants' rows."""
    empty = b"PGCOPY\n\xff\r\n\x00" + bytes(8) + b"\xff\xff"
    (folder / "file").write_bytes(zstandard.ZstdCompressor().compress(empty))
    await house.owner.execute("UPDATE archived_month SET sha256 = $1", hashlib.sha256(empty).digest())


def test_a_tenant_goes_by_two_people_after_a_wait_and_its_neighbour_stays(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, neighbour="owner")
            dana = await with_factor(house)
            untouched = await state_of(house)
            await house.owner.execute("DELETE FROM tenant_removal WHERE tenant = 'neighbour'")
            asking = {"tenant": "neighbour"}
            assert await code_of(dana, house, "POST", REMOVAL, asking) == (409, "removal_state")
            await house.owner.execute(
                "UPDATE tenant_record SET state = 'closing', changed_at = now() WHERE tenant = 'neighbour'"
            )
            remove = ["tenant", "remove", "neighbour", "neighbour"]
            assert await hub_cli(database, *remove) == 1, "nobody asked"
            assert await code_of(dana, house, "POST", REMOVAL, {"tenant": "neighbor"}) == (409, "removal_name")
            assert (await send(dana, house, "POST", REMOVAL, asking))[0] == 200
            assert await code_of(dana, house, "POST", f"{REMOVAL}/approve") == (409, "removal_own")
            assert await hub_cli(database, *remove) == 1, "nobody else said yes"
            assert await hub_cli(database, *remove, "--approve") == 0
            assert await hub_cli(database, *remove) == 1, "it waits"
            await house.owner.execute(
                "UPDATE tenant_removal SET asked_at = now() - interval '30 days 1 minute' WHERE tenant = 'neighbour'"
            )
            with pytest.raises(NotTaken, match="data hasn't been exported"):
                await removal.remove(house.owner, "neighbour")
            await exported(dana, house)
            assert await hub_cli(database, "tenant", "remove", "neighbour", "neighbor") == 1, "typed twice"
            with pytest.raises(NotTaken, match="some of its rows are in file"):
                await removal.remove(house.owner, "neighbour")
            await an_archived_month(house, tmp_path)
            assert await hub_cli(database, *remove, "--archives", str(tmp_path)) == 0
            assert await tables_with(house, "neighbour") == set(removal.KEPT)
            assert await state_of(house) == untouched
            assert (await dana.get("/v1/me"))[0] == 401, "nobody belongs there any more"
            barred = await house.owner.fetchval("SELECT barred FROM device WHERE tenant = 'neighbour'")
            assert barred == "the tenant was removed", "a box that still sends is not a new one"
            with pytest.raises(NotTaken, match="removed"):
                await set_tenant(house, "neighbour")

    asyncio.run(scenario())


def test_one_that_stays_is_not_asked_to_go_any_more(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            await set_tenant(house, state="closing")
            remove = ["tenant", "remove", "acme", "acme"]
            assert await hub_cli(database, *remove, "--ask") == 0
            assert await hub_cli(database, *remove, "--approve") == 1, "the operator asked"
            assert (await send(dana, house, "POST", f"{REMOVAL}/approve"))[0] == 200
            (asked,) = (await dana.get("/v1/tenant/removals"))[1]["rows"]
            assert (asked["asked_by"], asked["approved_by"][:7]) == ("operator", "person-")
            assert (await send(dana, house, "DELETE", REMOVAL))[0] == 200
            assert (await dana.get("/v1/tenant/removals"))[1]["rows"] == []
            assert await hub_cli(database, *remove, "--ask") == 0
            await set_tenant(house)
            assert (await dana.get("/v1/tenant/removals"))[1]["rows"] == [], "it is active again"
            async with house.owner.transaction():
                await tenants.put_store(house.owner, "acme", "corner", StoreRecord(), tenants.OPERATOR)
            assert await tenants.tenant_of(house.owner, "acme") == TenantRecord()

    asyncio.run(scenario())
