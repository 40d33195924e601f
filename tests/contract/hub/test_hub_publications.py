"""Publications: another person approves exactly what is sent, and waves stop at the first box that fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import asyncpg
import msgspec
import pytest

from edge.app import hub
from edge.app.head_office.hub_publications import PublicationRelay
from sync.hub import publications, tenants
from sync.hub.publications import Planned, Publication, waves_of
from sync.hub.rings import Gate
from sync.hub.store import Store
from sync.hub.tenants import NotTaken, Ring, StoreRecord
from tests.contract.hub.test_hub_api import NOWHERE, PRICES, Client, House, an_api
from tests.contract.hub.test_hub_staff import DANA, hire, staff
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

PLACE = "/v1/publications/spring"
HALF = {"kind": "percent_off", "share": 50_000}
BODY = {"directives": [{"kind": "prices", "body": PRICES}], "title": "Spring prices", "pause_s": 0}
STORES = tuple(f"store-{number:02}" for number in range(12))
WANTED = Publication((Planned("prices", PRICES),), pause_s=0)


async def step(client: Client, name: str, **body: str) -> tuple[int, Any]:
    status, found = await client.post(f"{PLACE}/{name}", body)
    return status, found.get("code") or found.get("state")


async def put(client: Client, house: House, **changed: Any) -> tuple[int, Any]:
    return await send(client, house, "PUT", PLACE, BODY | changed)


def test_a_stopped_release_goes_on_only_by_an_owner_with_a_reason(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="approver")
            approver, editor = await with_factor(house), await house.client("acme", "read", "publish")
            assert (await put(editor, house))[0] == 201
            assert await step(editor, "submit") == (200, "waiting")
            assert await step(approver, "reject") == (409, "publication_reason")
            release = '[{"kind": "software", "body": {}}]'
            stopped = "UPDATE publication SET state = 'stopped', directives = $1::jsonb"
            await house.owner.execute(stopped, release)
            assert (await step(approver, "go-on", reason="it is fine"))[0] == 403
            await house.owner.execute("UPDATE membership SET role = 'owner'")
            assert await step(approver, "go-on") == (409, "publication_reason")
            assert await step(approver, "go-on", reason=" ") == (409, "publication_reason")
            assert await step(approver, "go-on", reason="it is fine") == (200, "going")
            assert await house.owner.fetchval("SELECT reason FROM publication") == "it is fine"

    asyncio.run(scenario())


def test_a_publication_needs_the_yes_of_someone_else_to_what_it_is(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="approver")
            approver, editor = await with_factor(house), await house.client("acme", "read", "publish")
            status, made = await put(editor, house)
            assert status == 201 and (await put(editor, house)) == (200, made), "the same again is the same one"
            assert (await put(approver, house))[0] == 403, "who approves does not write"
            assert await step(approver, "approve", digest=made["digest"]) == (409, "publication_state")
            assert await step(editor, "submit") == (200, "waiting")
            assert (await step(editor, "approve", digest=made["digest"]))[0] == 403, "who writes does not approve"
            assert await step(approver, "approve", digest="0" * 64) == (409, "publication_changed")
            assert await step(approver, "reject", reason="too cheap") == (200, "rejected")
            (row,) = (await editor.get("/v1/publications"))[1]["rows"]
            assert (row["reason"], row["decided_by"][:7], row["wave"]) == ("too cheap", "person-", 0)
            assert await step(editor, "submit") == (200, "waiting")
            assert await step(approver, "approve", digest=made["digest"]) == (200, "approved")
            status, changed = await put(editor, house, pause_s=60)
            assert (status, changed != made) == (200, True)
            assert (await editor.get("/v1/publications"))[1]["rows"][0]["state"] == "draft", "the yes is taken back"
            other = await house.client("other", "read", "publish")
            assert (await other.post(f"{PLACE}/submit", {}))[0] == 404
            for wrong in ({"directives": []}, {"directives": [{"kind": "pin", "body": {"pins": []}}]}, {"stores": []}):
                assert (await put(editor, house, **wrong))[0] == 400
            assert (await put(editor, house, directives=[{"kind": "prices", "body": {"prices": 7}}]))[0] == 400
            one = await house.client("acme", "read", "publish", stores=["corner"])
            assert (await put(one, house, pause_s=1))[0] == 403, "a publication is for who sees all stores"

    asyncio.run(scenario())


def test_nobody_approves_their_own_unless_they_are_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            await house.owner.execute("INSERT INTO staff (email, password) VALUES ('noa@example.com', '')")
            assert await staff(database, "join", "noa@example.com", "acme") == 0
            dana = await with_factor(house)
            _, made = await put(dana, house)
            assert await step(dana, "submit") == (200, "waiting")
            assert await step(dana, "approve", digest=made["digest"]) == (409, "publication_own")
            assert await staff(database, "leave", "noa@example.com", "acme") == 0
            assert await step(dana, "approve", digest=made["digest"]) == (200, "approved")
            last = (await dana.get("/v1/tenant/changes?what=publication"))[1]["rows"][-1]
            assert last["after"] == {"state": "approved", "digest": made["digest"], "own": True}, "the log says so"
            assert DANA not in str(last)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("stores", "sizes"), [(0, []), (1, [1]), (2, [1, 1]), (12, [1, 2, 9]), (40, [1, 4, 35]), (41, [1, 5, 35])]
)
def test_waves_are_one_store_a_tenth_and_the_rest(stores: int, sizes: list[int]) -> None:
    waves = [wave for _, wave in waves_of([str(number) for number in range(stores)])]
    assert [waves.count(wave) for wave in sorted(set(waves))] == sizes


def test_an_owner_alone_says_yes_to_what_is_urgent_and_all_are_told(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            await house.owner.execute("INSERT INTO staff (email, password) VALUES ('noa@example.com', '')")
            assert await staff(database, "join", "noa@example.com", "acme") == 0
            dana = await with_factor(house)
            recall = {"kind": "recalls", "body": {"recalls": [{"sku": "milk", "lot": "A7", "note": "glass"}]}}
            _, made = await put(dana, house, directives=[recall], urgent=True)
            assert await step(dana, "submit") == (200, "waiting")
            assert await step(dana, "approve", digest=made["digest"]) == (200, "approved")
            (told,) = (await dana.get("/v1/tenant/alerts?kind=urgent"))[1]["rows"]
            assert (told["subject"], told["said"]["title"], told["grave"]) == ("spring", "Spring prices", True)

    asyncio.run(scenario())


async def known_of_a_store(house: House) -> None:
    """Set up what head office knows: two prices, the cost of bread, a promotion and a setting."""
    await house.owner.execute("DELETE FROM publication")
    await house.owner.execute("UPDATE product SET sku = 'milk', price_minor = 100")
    await house.owner.execute(
        "INSERT INTO product (tenant, store, device, sku, names, price_minor) "
        "VALUES ('mine', 'x', 'x', 'bread', '{}', 195)"
    )
    await house.owner.execute(
        "UPDATE stock_movement SET sku = 'bread', unit_cost_minor = 210, at = now() WHERE tenant = 'mine'"
    )
    await house.owner.execute(
        "UPDATE promotion SET id = 'one', until_at = NULL, body = $1",
        json.dumps({"id": "one", "names": {"en": "Old"}, "deal": HALF}),
    )
    await house.owner.execute("UPDATE setting_override SET name = 'store.footer', value = '\"Thanks\"'")


def test_a_draft_is_seen_as_a_store_would_see_it_and_who_says_something_else_is_named(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = [{"sku": sku, "price_minor": price} for sku, price in (("milk", 130), ("bread", 200), ("salt", 1))]
    footer = {"kind": "settings", "body": {"settings": [{"name": "store.footer", "value": "Thanks"}]}}
    deal = {
        "kind": "promotions",
        "body": {"promotions": [{"set": {"id": "one", "names": {"en": "New"}, "deal": HALF}}, {"end": "x"}]},
    }
    mine = [{"kind": "prices", "body": {"prices": prices}}, footer, deal]
    other = {"directives": [{"kind": "prices", "body": {"prices": [prices[0] | {"price_minor": 99}, prices[1]]}}]}

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine="owner")
            await known_of_a_store(house)
            dana = await with_factor(house)
            assert (await put(dana, house, directives=mine))[0] == 201
            status, seen, _ = await dana.get(f"{PLACE}/preview?store=x")
            lines = {one["field"]: (one["was"], one["now"], one["finding"]) for one in seen["changes"]}
            assert status == 200 and lines == {
                "milk": (100, 130, "price_jump"),
                "bread": (195, 200, "below_cost"),
                "salt": (None, 1, "unknown"),
                "store.footer": ("Thanks", "Thanks", "same"),
                "one": (
                    {"id": "one", "names": {"en": "Old"}, "deal": HALF},
                    {"id": "one", "names": {"en": "New"}, "deal": HALF},
                    "",
                ),
                "x": (None, None, ""),
            }
            assert next(one["cost"] for one in seen["changes"] if one["field"] == "bread") == 210
            assert (seen["reached"], [box["device"] for box in seen["boxes"]]) == (["x"], ["x"])
            assert "heard_at" in seen["boxes"][0] and "version" in seen["boxes"][0], "how old what is known is"
            assert seen["wave"] == 0 and seen["conflicts"] == []
            assert seen["counts"] == {
                **{"stores": 1, "changes": 6, "price_jump": 1, "below_cost": 1, "unknown": 1, "same": 1},
            }
            assert (await send(dana, house, "PUT", "/v1/publications/cheap", other))[0] == 201
            assert (await dana.get(f"{PLACE}/preview"))[1]["conflicts"] == [], "a draft says nothing yet"
            assert (await dana.post("/v1/publications/cheap/submit", {}))[0] == 200
            (said,) = (await dana.get(f"{PLACE}/preview"))[1]["conflicts"]
            assert (said["publication"], said["state"], said["fields"]) == ("cheap", "waiting", ["prices milk"])
            assert (await send(dana, house, "PUT", "/v1/publications/far", other | {"stores": ["far"]}))[0] == 201
            assert (await dana.post("/v1/publications/far/submit", {}))[0] == 200
            found = (await dana.get("/v1/publications/far/preview"))[1]
            assert (found["conflicts"], found["counts"]["stores"]) == ([], 0), "another store"
            assert (await dana.get(f"{PLACE}/preview?store=far"))[1]["wave"] is None
            stranger = await house.client("neighbour", "read")
            assert (await stranger.get(f"{PLACE}/preview?store=x"))[0] == 404

    asyncio.run(scenario())


def test_a_recall_goes_to_all_stores_at_once(database: str) -> None:
    recall = Publication((Planned("recalls", {"recalls": [{"sku": "milk", "lot": "A7"}]}),))

    async def scenario(chain: Chain) -> None:
        await chain.turns()
        assert await chain.states() == ("going", {"sent": len(STORES)})

    with_chain(database, scenario, recall)


def test_what_says_nothing_of_gates_keeps_its_digest() -> None:
    """Such publications were approved before gates existed."""
    assert WANTED.digest == msgspec.structs.replace(WANTED, gate=Gate(2, 5)).digest
    others = [msgspec.structs.replace(WANTED, gate=Gate(3)), msgspec.structs.replace(WANTED, urgent=True)]
    assert len({one.digest for one in (WANTED, *others)}) == 3


def test_stores_go_as_their_ring_says() -> None:
    of: dict[str, Ring] = {"b": "early", "c": "canary", "d": "early", "e": "rest"}
    stores = ["a", "b", "c", "d", "e", "f"]
    assert dict(waves_of(stores, None, of)) == {"c": 0, "b": 1, "d": 1, "a": 2, "e": 2, "f": 2}
    assert dict(waves_of(stores, ["f"], of))["c"] == 2, "who is named goes first, and nobody else"
    assert dict(waves_of(["e", "f", "g"], None, {"e": "rest"})) == {"f": 0, "e": 2, "g": 1}, "the last is not first"


class Chain:
    """Twelve stores with a box each, and an approved publication to all of them."""

    def __init__(self, store: Store, owner: Any, wanted: Publication) -> None:
        self.owner, self.wanted = owner, wanted
        self.relay = PublicationRelay(store, NOWHERE)

    async def make(self) -> None:
        for shop in STORES:
            await self.owner.execute(
                """
                INSERT INTO device (tenant, store, device, through_hash, heard_at)
                VALUES ('acme', $1, 'box', '', now())
                """,
                shop,
            )
        async with self.owner.transaction():
            await publications.put(self.owner, "acme", "spring", self.wanted, "person-1")
            await self.take("submit")
            await self.take("approve", digest=self.wanted.digest)

    async def take(self, name: publications.Step, **more: Any) -> None:
        await publications.take_step(self.owner, "acme", "spring", name, "person-2", **more)

    async def turns(self) -> int:
        """Take all turns that change something, and some more; returns the number of directives."""
        told = 0
        for _ in range(6):
            told += await self.relay.turn()
        return told

    async def answer(self, shops: Sequence[str], outcome: str = "applied") -> None:
        """Store these stores' answers to all directives that they were sent."""
        await self.owner.execute(
            """
            INSERT INTO directive_outcome (tenant, store, device, version, kind, outcome, changed, unknown, reason, at)
            SELECT tenant, store, 'box', version, kind, $2, 1, '', '', now() FROM directive WHERE store = ANY ($1)
            """,
            list(shops),
            outcome,
        )

    async def states(self) -> tuple[str, dict[str, int]]:
        """Return the publication's state, and the number of stores in each state."""
        found = await self.owner.fetch("SELECT state, count(*) AS n FROM publication_store GROUP BY state")
        counts = {row["state"]: row["n"] for row in found if row["state"] != "waiting"}
        return await self.owner.fetchval("SELECT state FROM publication"), counts


def test_one_that_cannot_be_read_ends_alone(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        await chain.owner.execute("UPDATE publication SET directives = '7'")
        async with chain.owner.transaction():
            await publications.put(chain.owner, "acme", "other", WANTED, "person-1")
            await publications.take_step(chain.owner, "acme", "other", "submit", "person-1")
            digest = WANTED.digest
            await publications.take_step(chain.owner, "acme", "other", "approve", "person-2", digest=digest)
        assert await chain.turns() == 1
        found = await chain.owner.fetch("SELECT id, state FROM publication ORDER BY id")
        assert [tuple(row) for row in found] == [("other", "going"), ("spring", "stopped")]

    with_chain(database, scenario)


def test_the_digest_is_the_same_however_it_was_written_and_kept(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        moment = datetime(2027, 1, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))
        body = {"z": 1e3, "a": 0.10, "text": "חלב"}
        wanted = Publication((Planned("prices", body),), stores=("a", "b"), from_at=moment)
        async with chain.owner.transaction():
            await publications.put(chain.owner, "acme", "summer", wanted, "person-1")
        row = await chain.owner.fetchrow(f"SELECT {publications.FIELDS} FROM publication WHERE id = 'summer'")
        kept = publications.publication_of(row)
        assert kept == wanted and kept.digest == wanted.digest == row["digest"]
        assert msgspec.structs.replace(wanted, stores=None).digest != wanted.digest

    with_chain(database, scenario)


def with_chain(database: str, scenario: Any, wanted: Publication = WANTED) -> None:
    async def whole() -> None:
        async with hub.open_hub(database) as store:
            owner = await asyncpg.connect(database)
            chain = Chain(store, owner, wanted)
            await chain.make()
            await scenario(chain)
            await owner.close()

    asyncio.run(whole())


def test_each_wave_begins_when_the_one_before_has_done_it(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        assert await chain.turns() == 1
        assert await chain.states() == ("going", {"sent": 1})
        assert await chain.turns() == 0, "nothing is sent twice, nor before the first store has done it"
        await chain.answer(STORES[:1])
        assert await chain.turns() == 2
        await chain.answer(STORES[1:3])
        assert await chain.turns() == 9
        await chain.answer(STORES[3:])
        await chain.turns()
        assert await chain.states() == ("done", {"applied": 12})
        with pytest.raises(NotTaken, match="it is done"):
            await publications.put(chain.owner, "acme", "spring", Publication(WANTED.directives), "person-1")

    with_chain(database, scenario)


def test_one_box_that_could_not_stops_all_until_someone_says_go_on(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        await chain.turns()
        await chain.answer(STORES[:1], "refused")
        assert await chain.turns() == 0
        assert await chain.states() == ("stopped", {"failed": 1})
        assert "store-00" in await chain.owner.fetchval("SELECT reason FROM publication")
        await chain.take("go-on", reason="review")
        assert await chain.turns() == 2
        assert await chain.states() == ("going", {"skipped": 1, "sent": 2})
        await chain.take("stop", reason="enough")
        await chain.answer(STORES[1:3])
        assert await chain.turns() == 0

    with_chain(database, scenario)


def test_a_paused_store_and_one_that_is_away_hold_up_no_one(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        async with chain.owner.transaction():
            await tenants.put_store(chain.owner, "acme", STORES[0], StoreRecord(state="paused"), "operator")
        await chain.owner.execute(
            "UPDATE device SET heard_at = now() - interval '25 hours' WHERE store = ANY ($1)", list(STORES[1:3])
        )
        assert await chain.turns() == 2 + 9
        rows = await chain.owner.fetch(
            "SELECT store, reason FROM publication_store WHERE state = 'skipped' ORDER BY store"
        )
        assert [tuple(row) for row in rows] == [
            (STORES[0], "store_paused"),
            (STORES[1], "behind"),
            (STORES[2], "behind"),
        ]

    with_chain(database, scenario)


def test_what_was_changed_behind_the_yes_is_not_sent_on_and_a_pause_is_kept(database: str) -> None:
    async def scenario(chain: Chain) -> None:
        await chain.owner.execute("UPDATE publication SET state = 'approved', from_at = now() + interval '1 hour'")
        assert await chain.turns() == 0, "not before its moment"
        await chain.owner.execute("UPDATE publication SET from_at = NULL, pause_s = 60")
        await chain.turns()
        state, _ = await chain.states()
        assert state == "stopped", "its pause is another than what was approved"
        digest = Publication(WANTED.directives, pause_s=60).digest
        await chain.owner.execute("UPDATE publication SET digest = $1", digest)
        await chain.take("go-on", reason="review")
        assert await chain.turns() == 1
        await chain.answer(STORES[:1])
        assert await chain.turns() == 0, "the wave is done, and watched for a minute"
        await chain.owner.execute("UPDATE publication SET wave_done_at = now() - interval '61 seconds'")
        assert await chain.turns() == 2

    with_chain(database, scenario)
