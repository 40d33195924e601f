"""Head office's alerts to a tenant about itself: ending licences and limits that are nearly reached, each once."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import asyncpg
import msgspec
import pytest

from edge.app import hub
from sync import limits
from sync.hub import office_alerts, tenants
from sync.hub.model import Key
from sync.hub.office_alerts import EVERY_S, OfficeAlerts
from sync.hub.store import Store
from sync.hub.tenants import Limits, NotTaken, StoreRecord, TenantRecord
from sync.hub.worker import Worker
from tests.contract.hub.test_hub_api import NOWHERE
from tests.sync_doubles import until

_OPEN = "SELECT kind, subject, mark, grave, said::text FROM office_alert WHERE ended_at IS NULL ORDER BY 1, 2, 3"


class Office:
    """A tenant at head office, and its alerts."""

    def __init__(self, store: Store, owner: Any) -> None:
        self.store, self.owner = store, owner

    async def told(self) -> list[tuple[str, str]]:
        await office_alerts.refresh(self.store.pool)
        await office_alerts.refresh(self.store.pool)  # a repetition changes nothing
        rows = await self.owner.fetch(_OPEN)
        return [(row["subject"], row["mark"].rpartition("/")[2] + ("!" if row["grave"] else "")) for row in rows]

    async def licence(self, days: int, store: str = "corner", **more: Any) -> None:
        day = await self.owner.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date + $1::int", days)
        async with self.owner.transaction():
            record = StoreRecord(licence="L-1", licence_ends=day, **more)
            await tenants.put_store(self.owner, "acme", store, record, tenants.OPERATOR)

    async def limits(self, **most: int) -> None:
        async with self.owner.transaction():
            await tenants.put_tenant(self.owner, "acme", TenantRecord(limits=Limits(**most)))


async def opened(database: str, scenario: Any) -> None:
    async with hub.open_hub(database) as store:
        owner = await asyncpg.connect(database)
        try:
            await scenario(Office(store, owner))
        finally:
            await owner.close()


def test_a_licence_is_told_of_in_time_and_behind_its_end(database: str) -> None:
    async def scenario(office: Office) -> None:
        for days, told in (
            (61, []),
            (60, ["60"]),
            (31, ["60"]),
            (30, ["30"]),
            (7, ["7!"]),
            (0, ["7!"]),
            (-1, ["over!"]),
        ):
            await office.licence(days)
            assert await office.told() == [("corner", mark) for mark in told], days
        await office.licence(400)
        assert await office.told() == [], "it was renewed"
        await office.licence(-5, state="closed")
        assert await office.told() == [], "a closed store needs none"
        assert await office.owner.fetchval("SELECT count(*) FROM office_alert") == 6, "one a step, with what was said"

    asyncio.run(opened(database, scenario))


def test_limits_are_told_of_at_eighty_and_at_a_hundred_percent(database: str) -> None:
    async def scenario(office: Office) -> None:
        await office.limits(stores=5, people=4, directives=10, keys=0)
        for number in range(5):
            await office.licence(400, f"store-{number}")
            expected = {4: ["80"], 5: ["100!", "80"]}.get(number + 1, [])
            assert await office.told() == [("stores", mark) for mark in expected], number
        await office.limits(stores=10, directives=10)
        assert await office.told() == []
        await office.owner.execute(
            "INSERT INTO tenant_usage VALUES ('acme', (now() AT TIME ZONE 'UTC')::date, 'directives', 8)"
        )
        assert await office.told() == [("directives", "80")]
        await office.owner.execute("UPDATE tenant_usage SET day = day - 1")
        assert await office.told() == [], "a new day has its own"

    asyncio.run(opened(database, scenario))


def test_a_box_that_was_fenced_makes_room_for_the_one_in_its_place(database: str) -> None:
    async def scenario(office: Office) -> None:
        await office.limits(boxes=2)
        for name, barred in (("old", "stolen"), ("till-1", "")):
            await office.owner.execute(
                "INSERT INTO device (tenant, store, device, through, through_hash, barred) "
                "VALUES ('acme', 'corner', $1, 1, '', $2)",
                *(name, barred),
            )
        assert await office.told() == [], "one of two"
        new, till, old = (Key("acme", "corner", name) for name in ("new", "till-1", "old"))
        await tenants.require_box(office.owner, new, ())
        await tenants.require_box(office.owner, till, (new,))
        for box in (old, Key("acme", "corner", "third")):
            with pytest.raises(NotTaken, match="limit of 2 boxes"):
                await tenants.require_box(office.owner, box, (new,))
        await tenants.require_box(office.owner, Key("neighbour", "corner", "third"), (new,))

    asyncio.run(opened(database, scenario))


def test_it_is_looked_at_once_a_minute(database: str) -> None:
    now = [0.0]

    async def scenario(office: Office) -> None:
        alerts = OfficeAlerts(office.store.pool, lambda: now[0])
        await alerts.turn()
        await office.licence(3)
        await alerts.turn()
        assert await office.owner.fetch(_OPEN) == []
        now[0] = EVERY_S
        await alerts.turn()
        assert len(await office.owner.fetch(_OPEN)) == 1

    asyncio.run(opened(database, scenario))


def test_rows_above_their_limit_are_counted_told_and_taken_at_a_slower_pace(database: str) -> None:
    async def scenario(office: Office) -> None:
        await office.owner.execute(
            "INSERT INTO device (tenant, store, device, through, through_hash) VALUES ('acme', 'corner', 'box', 10, '')"
        )
        await office.limits(rows=100)
        assert await office.told() == [], "what was there before is of no day"
        await office.owner.execute("UPDATE device SET through = 95")
        assert await office.told() == [("rows", "80")]
        await office.owner.execute("UPDATE device SET through = 120")
        assert await office.told() == [("rows", "100!"), ("rows", "80")]
        worker = Worker(office.store, NOWHERE)
        looking = asyncio.create_task(worker.keep_pace())
        await until(lambda: worker._pacing.above == {"acme"}, "it knows who is above")
        looking.cancel()
        assert worker._pacing.rest(Key("acme", "corner", "box"), 0.01, 1) == limits.PACE_MAX_S
        assert worker._pacing.rest(Key("other", "corner", "box"), 0.01, 1) == 0

    asyncio.run(opened(database, scenario))


def test_files_beyond_their_limit_are_not_taken(database: str) -> None:
    async def scenario(office: Office) -> None:
        await office.limits(files=3)
        await tenants.require_files(office.owner, "acme", 3 << 20)
        await office.owner.execute(
            "INSERT INTO support_piece (tenant, store, device, id, n, of_pieces, body) "
            "VALUES ('acme', 'corner', 'box', 'x', 1, 1, $1)",
            bytes(1 << 20),
        )
        await tenants.require_files(office.owner, "acme", 2 << 20)
        with pytest.raises(NotTaken, match="limit of 3 files"):
            await tenants.require_files(office.owner, "acme", (2 << 20) + 1)
        await tenants.require_files(office.owner, "neighbour", 1 << 40)

    asyncio.run(opened(database, scenario))


COORDINATORS = {"api_key", "membership", "tenant_usage"}
"""Tables that stay on the coordinator if the others are distributed."""


VARIABLES = {"own.id": "'acme'", "asked": "'acme'", "which": "'rows'", "today": "now()"}
SOURCES = "SELECT prosrc FROM pg_proc WHERE proname IN ('used_of_limits', 'file_mib_of')"


def tables_of(plan: dict[str, Any]) -> dict[str, str]:
    """Return the tables that a plan reads, each with its conditions."""
    conditions = " ".join(str(plan.get(name, "")) for name in ("Index Cond", "Recheck Cond", "Filter"))
    found = {plan["Relation Name"]: conditions} if "Relation Name" in plan else {}
    for inner in plan.get("Plans", ()):
        for name, said in tables_of(inner).items():
            found[name] = f"{found.get(name, '')} {said} {conditions}"
    return found


def test_what_is_used_is_counted_by_statements_that_each_need_one_machine(copied_database: str) -> None:
    """Distributed tables require this: one tenant at a time, never together with a table of the coordinator."""

    async def scenario(office: Office) -> None:
        every = dict.fromkeys(Limits.__struct_fields__, 10**6)
        await office.limits(**every)
        await office.licence(400)
        rows = await office.owner.fetch("SELECT which, used FROM used_of_limits()")
        used = {row["which"]: row["used"] for row in rows}
        assert used == {"stores": 1, "boxes": 0, "keys": 0, "people": 0, "files": 0}, "of a day nothing was used yet"
        seen = set()
        for source in await office.owner.fetch(SOURCES):
            for statement in re.findall(r"SELECT\b[^;]*?\bFROM \w+ [^;]*", source["prosrc"]):
                named = re.sub(r" INTO [\w, ]+?(?= FROM )| LOOP.*", "", statement, flags=re.DOTALL)
                for variable, value in (
                    ("own.id", "'acme'"),
                    ("asked", "'acme'"),
                    ("which", "'rows'"),
                    ("today", "now()"),
                ):
                    named = re.sub(rf"\b{re.escape(variable)}\b", value, named)
                ((plan,),) = await office.owner.fetch(f"EXPLAIN (FORMAT JSON) {named}")
                tables = tables_of(msgspec.json.decode(plan)[0]["Plan"])
                seen |= tables.keys()
                assert len(tables) == 1 or not COORDINATORS & tables.keys(), named
                for name, conditions in tables.items():
                    assert name == "tenant_record" or "tenant = 'acme'" in conditions, named
        counted = {"store_record", "device", "tenant_usage", "software_piece", "support_piece"}
        assert seen == {"tenant_record", *counted, *COORDINATORS}, "each was seen"

    asyncio.run(opened(copied_database, scenario))
