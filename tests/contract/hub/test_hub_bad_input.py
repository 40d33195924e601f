"""Problems at head office that are refused or delayed, with plain messages.

A limit in the middle of a publication, a half-offline ring for a month, two approvals at once, an answer about another
version, and a tenant that leaves in the middle of a publication.
"""

from __future__ import annotations

import asyncio

import pytest

from sync.hub import publications, removal, tenants
from sync.hub.publications import Publication
from sync.hub.tenants import Limits, StoreRecord, TenantRecord
from tests.contract.hub.test_hub_api import Client, an_api
from tests.contract.hub.test_hub_publications import STORES, WANTED, put, step, with_chain
from tests.contract.hub.test_hub_publications import Chain as Waves
from tests.contract.hub.test_hub_rollouts import SETTING, TENANT, House, with_house
from tests.contract.hub.test_hub_staff import hire, post, staff

NOA = "noa@example.com"


async def limited(house: House, directives: int | None) -> None:
    async with house.owner.transaction():
        await tenants.put_tenant(house.owner, TENANT, TenantRecord(limits=Limits(directives=directives)))


def test_a_limit_in_the_middle_of_a_publish_holds_the_rest_which_gets_it_once(database: str) -> None:
    async def scenario(house: House) -> None:
        await limited(house, 5)
        await house.publish("spring", Publication((SETTING,), pause_s=0))
        await house.go()
        state, found = await house.state("spring")
        assert (state, found["applied"], found["waiting"]) == ("going", 5, 7), "those that have it, have it"
        used = await house.owner.fetchval("SELECT used FROM tenant_usage WHERE what = 'directives'")
        assert used == 5, "what was refused was not counted"
        await limited(house, None)
        await house.go()
        assert await house.state("spring") == ("done", {"applied": 12})
        assert {len(box.taken) for box in house.chain.boxes.values()} == {1}, "nobody twice"

    with_house(database, scenario)


def test_a_ring_that_is_half_off_line_for_a_month_goes_on_and_is_told_of(database: str) -> None:
    async def scenario(house: House) -> None:
        ring = ["store-000", "store-001", "store-002", "store-003"]
        for store in ring:
            await tenants.put_store(house.owner, TENANT, store, StoreRecord(ring="early"), "operator")
        for store in ring[:2]:
            house.chain.boxes[store].away = True
        gone = "UPDATE device SET heard_at = now() - interval '31 days' WHERE store = ANY ($1)"
        await house.owner.execute(gone, ring[:2])
        await house.publish("spring", Publication((SETTING,), pause_s=0, first=("store-011",)))
        await house.go()
        assert await house.state("spring") == ("done", {"applied": 10, "skipped": 2}), "nobody waits a month"
        query = "SELECT store, reason FROM publication_store WHERE state = 'skipped' ORDER BY store"
        told = [tuple(row) for row in await house.owner.fetch(query)]
        assert told == [(store, "behind") for store in ring[:2]], "the page says which, and why"
        for store in ring[:2]:
            house.chain.boxes[store].away = False
        await house.go()
        assert await house.state("spring") == ("done", {"applied": 12})
        assert {len(house.chain.boxes[store].taken) for store in ring} == {1}

    with_house(database, scenario)


def test_of_two_who_say_yes_at_once_one_is_written_down_and_of_yes_and_no_the_first_counts(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="approver")
            await house.owner.execute("INSERT INTO staff (email, password) SELECT $1, password FROM staff", NOA)
            assert await staff(database, "join", NOA, "acme", "--role", "approver") == 0
            people = []
            for email in ("dana@example.com", NOA):
                body = {"email": email, "password": "correct horse battery staple"}
                token = (await post(house, "/v1/sign-in", body))[1]["token"]
                people.append(Client(house.session, house.base, token))
            editor = await house.client("acme", "read", "publish")
            _, made = await put(editor, house)
            await step(editor, "submit")
            both = await asyncio.gather(*(step(one, "approve", digest=made["digest"]) for one in people))
            assert both == [(200, "approved")] * 2
            changes = (await house.owner.fetch("SELECT who FROM office_log WHERE after ->> 'state' = 'approved'"))[:]
            decided = await house.owner.fetchval("SELECT decided_by FROM publication")
            assert [row["who"] for row in changes] == [decided], "the first yes is the one"
            assert await step(people[0], "approve", digest="0" * 64) == (409, "publication_changed")
            assert await step(people[1], "reject", reason="late") == (409, "publication_state")
            assert await house.owner.fetchval("SELECT state FROM publication") == "approved"

    asyncio.run(scenario())


def test_a_confirmation_of_what_someone_else_has_changed_and_approved_since_is_none(database: str) -> None:
    async def scenario(house: House) -> None:
        seen, now = Publication((SETTING,), pause_s=0), Publication((SETTING,), pause_s=60)
        await house.publish("spring", now)
        async with house.owner.transaction():
            with pytest.raises(tenants.NotTaken, match="was changed"):
                await publications.take_step(house.owner, TENANT, "spring", "approve", "person-3", digest=seen.digest)

    with_house(database, scenario)


_OTHER = """
    INSERT INTO directive_outcome (tenant, store, device, version, kind, outcome, changed, unknown, reason, at)
    SELECT tenant, store, 'box', version + 1, kind, 'applied', 1, '', '', now() FROM directive WHERE store = $1
"""
_DUE = """
    INSERT INTO tenant_removal (tenant, asked_by, asked_at, approved_by, approved_at)
    VALUES ('acme', 'person-1', now() - interval '31 days', 'person-2', now() - interval '31 days')
"""


def test_an_answer_about_another_version_does_not_count(database: str) -> None:
    """A store that answers about another version holds its wave until it answers about the right one."""

    async def scenario(chain: Waves) -> None:
        assert await chain.turns() == 1
        await chain.owner.execute(_OTHER, STORES[0])
        assert await chain.turns() == 0
        assert await chain.states() == ("going", {"sent": 1})
        await chain.answer(STORES[:1])
        assert await chain.turns() == 2

    with_chain(database, scenario)


def test_a_tenant_that_goes_in_the_middle_of_a_publication_is_sent_nothing_more(database: str) -> None:
    """Later answers of its stores don't restore the publication, and its neighbour's publication continues."""

    async def scenario(chain: Waves) -> None:
        assert await chain.turns() == 1
        async with chain.owner.transaction():
            await tenants.put_tenant(chain.owner, "acme", TenantRecord(state="closing"))
        await chain.owner.execute(_DUE)
        await removal.remove(chain.owner, "acme", exported=False)
        await chain.owner.execute(
            "INSERT INTO device (tenant, store, device, through_hash, heard_at) VALUES ('next', 's', 'box', '', now())"
        )
        async with chain.owner.transaction():
            await publications.put(chain.owner, "next", "spring", WANTED, "person-1")
            await publications.take_step(chain.owner, "next", "spring", "submit", "person-1")
            await publications.take_step(chain.owner, "next", "spring", "approve", "person-2", digest=WANTED.digest)
        assert await chain.turns() == 1
        sent = [tuple(row) for row in await chain.owner.fetch("SELECT tenant, store FROM directive")]
        assert sent == [("next", "s")]
        assert not await chain.owner.fetchval("SELECT count(*) FROM publication_store WHERE tenant = 'acme'")

    with_chain(database, scenario)
