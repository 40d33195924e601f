"""A person's legal request, sent to all shops at once: each answers whether it knows them, and no name is kept."""

from __future__ import annotations

import asyncio

import pytest

from edge.app import hub
from edge.backoffice.directives.kinds.privacy import PRIVACY
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, with_factor

PLACE = "/v1/privacy/r1"
ASKED = {"kind": "erasure", "email": "dana.k@example.com"}
BOX = """
    INSERT INTO device (tenant, store, device, through_hash, heard_at) VALUES ('acme', $1, 'box', '', now())
"""
SAID = """
    INSERT INTO directive_outcome (tenant, store, device, version, kind, outcome, changed, unknown, reason, at)
    SELECT tenant, store, 'box', version, kind, 'applied', $2, $3, '', now() FROM directive WHERE store = $1
"""


def test_all_shops_are_asked_once_and_each_says_how_far_it_is(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            for shop in ("north", "south", "west"):
                await house.owner.execute(BOX, shop)
            paused = {"name": "West", "state": "paused"}
            assert (await send(dana, house, "PUT", "/v1/stores/west", paused))[0] == 201
            assert (await dana.get(PLACE))[0] == 404
            for wrong in ({"kind": "erasure"}, {"kind": "curse", "phone": "+33612345678"}, ASKED | {"phone": "06 12"}):
                assert (await send(dana, house, "PUT", PLACE, wrong))[0] == 400
            status, found = await send(dana, house, "PUT", PLACE, ASKED)
            states = {row["store"]: row["state"] for row in found["rows"]}
            assert (status, states) == (200, {"north": "waiting", "south": "waiting", "west": "not_sent"})
            assert (await send(dana, house, "PUT", PLACE, ASKED))[0] == 200
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 2, "none is asked twice"
            await house.owner.execute(SAID, "north", 1, "")
            await house.owner.execute(SAID, "south", 0, "r1")
            assert (await send(dana, house, "PUT", "/v1/stores/west", paused | {"state": "open"}))[0] == 200
            await send(dana, house, "PUT", PLACE, ASKED)
            rows = (await dana.get(PLACE))[1]["rows"]
            assert [row["state"] for row in rows] == ["noted", "nobody", "waiting"]
            log = await house.owner.fetch(
                "SELECT subject, before::text, after::text FROM office_log WHERE what = 'privacy'"
            )
            assert len(log) == 3 and "example.com" not in str(log)
            key = await house.client("acme", "read", "publish")
            assert (await send(key, house, "PUT", PLACE, ASKED))[0] == 403
            body = {"kind": "privacy", "body": {"asks": [{"id": "r2", **ASKED}]}}
            assert (await key.post("/v1/stores/north/directives", body))[0] == 403, "it wants a right of its own"

    asyncio.run(scenario())


def test_what_only_the_boxes_may_read_waits_for_their_keys(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database, sealed=hub.SEALED) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            await house.owner.execute(BOX, "north")
            _, found = await send(dana, house, "PUT", PLACE, ASKED)
            assert [row["state"] for row in found["rows"]] == ["not_sent"]
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 0, "nothing in the clear"

    asyncio.run(scenario())


def test_a_request_names_someone() -> None:
    assert PRIVACY.fault(b'{"asks": [{"id": "r1", "kind": "access"}]}')
    assert PRIVACY.fault(b'{"asks": [{"id": "r1", "kind": "access", "phone": "0612345678"}]}')
    assert not PRIVACY.fault(b'{"asks": [{"id": "r1", "kind": "access", "phone": "+33612345678"}]}')
    assert PRIVACY.sealed and PRIVACY.personal and PRIVACY.guarded
