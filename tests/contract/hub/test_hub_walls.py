"""The walls between tenants and between roles: every writing address of head office, called without permission.

Head office describes all its addresses (`tests/tidy/test_query_parameters.py`), so a new one without a line here fails.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sync.hub.api import openapi
from sync.hub.box_enrolment import BrokerPlace
from tests.contract.hub.test_hub_api import READS, Client, House, an_api
from tests.contract.hub.test_hub_staff import DANA, DIRECTIVE, hire, sign_in, staff
from tests.contract.hub.test_hub_tenant_records import send, state_of, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

FOOTER = {"directives": [{"kind": "settings", "body": {"settings": [{"name": "store.footer", "value": "Ours"}]}}]}
EMPLOYEE = "/v1/employees/{employee}"
MILK = [{"sku": "milk", "quantity": 1000}]
PERSON, STEP = "/v1/people/{person}", "/v1/publications/{publication}/"
ONESELF = (
    *("/v1/sign-in", "/v1/sign-out", "/v1/switch", "/v1/factor", "/v1/factor/confirm", "/v1/factor/drop"),
    *("/v1/me/mail", "/v1/invitation", "/v1/invitation/seen"),
    *("/v1/password/asked", "/v1/password/seen", "/v1/password"),
)
"""Addresses about the caller only. `test_hub_staff.py` and `test_hub_office_mail.py` test what these refuse, and for
holders of links `test_hub_invitations.py` and `test_hub_forgotten.py`.
"""
ANYBODY = ("/join/order", "/v1/enrolment")
"""Addresses for callers without a key. Codes sent by boxes are tested in `test_hub_box_codes.py`."""


READING = ("/v1/publications/products", "/v1/publications/price-file", "/v1/questions")
"""Addresses with a request body that write nothing. Whose products and figures they show is tested in
`test_hub_choosing.py` and `test_hub_questions.py`.
"""


class Wall(NamedTuple):
    """A valid request body, and the status for another tenant's owner who uses this tenant's names.

    404: as if it didn't exist; 200 and 201: applied to their own record of that name.
    """

    body: Any
    answer: int


WALLS: dict[tuple[str, str], Wall] = {
    ("POST", "/v1/stores/{store}/directives"): Wall(DIRECTIVE, 201),
    ("POST", "/v1/stores/{store}/transfers"): Wall({"to_store": "corner", "lines": MILK}, 404),
    ("PUT", "/v1/stores/{store}"): Wall({"name": "Ours"}, 200),
    ("POST", "/v1/stores/{store}/boxes"): Wall({"device": "box1"}, 201),
    ("DELETE", "/v1/stores/{store}/boxes/{device}/code"): Wall({}, 404),
    ("POST", "/v1/stores/{store}/boxes/{device}/help"): Wall({"question": "status"}, 409),
    ("POST", "/v1/stores/{store}/support"): Wall({"question": "check", "reason": "How is it?"}, 201),
    # without languages; `test_hub_text_files.py` tests whose texts it changes
    ("POST", "/v1/texts/file"): Wall({}, 400),
    ("POST", "/v1/tenant/removal"): Wall({"tenant": "mine"}, 409),
    ("POST", "/v1/tenant/removal/approve"): Wall({}, 409),
    ("DELETE", "/v1/tenant/removal"): Wall({}, 200),
    ("PUT", "/v1/privacy/{request}"): Wall({"kind": "access", "email": "dana@example.com"}, 200),
    ("PUT", EMPLOYEE): Wall({"name": "Dana", "roles": {}}, 201),
    ("POST", EMPLOYEE + "/undo"): Wall({"changed_at": "2026-01-01T00:00:00Z"}, 404),
    ("DELETE", EMPLOYEE): Wall({}, 404),
    ("POST", "/v1/people"): Wall({"email": "eve@example.com", "role": "viewer"}, 201),
    ("DELETE", "/v1/people/invitations/{invitation}"): Wall({}, 404),
    ("PUT", PERSON): Wall({"role": "viewer"}, 404),
    ("DELETE", PERSON): Wall({}, 404),
    ("POST", PERSON + "/password"): Wall({}, 404),
    ("PUT", "/v1/publications/{publication}"): Wall(FOOTER, 201),
    **{("POST", STEP + step): Wall({"digest": "0" * 64}, 404) for step in ("submit", "approve", "reject", "stop")},
    **{("POST", STEP + step): Wall({}, 404) for step in ("go-on", "take-back")},
}


def writing() -> list[tuple[str, str]]:
    """Return every address that writes."""
    described = openapi.document((*READS,))["paths"]
    ways = [(way.upper(), path) for path, found in described.items() for way in found if way != "get"]
    return sorted((way, path) for way, path in ways if path not in (*ONESELF, *ANYBODY, *READING))


def place(path: str, person: int) -> str:
    for name in ("{store}", "{publication}", "{request}", "{device}"):
        path = path.replace(name, "x")
    return path.replace("{employee}", "htheirs").replace("{person}", str(person)).replace("{invitation}", "1")


async def asked(client: Client, house: House, person: int) -> dict[tuple[str, str], tuple[int, str]]:
    """Return each answer's status and text. Steps come first, while none of the publications is their own."""
    order = sorted(WALLS, key=lambda one: (not one[1].startswith(STEP), one))
    return {
        (way, path): (found[0], json.dumps(found[1]))
        for way, path in order
        for found in [await send(client, house, way, place(path, person), WALLS[way, path].body)]
    }


def test_every_address_that_writes_has_its_line_here() -> None:
    assert writing() == sorted(WALLS)


def test_no_address_that_writes_reaches_another_tenant(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        boxes = BrokerPlace(folder=tmp_path, host="broker.example", port=8883)
        async with two_tenants(database), an_api(database, boxes=boxes) as house:
            await hire(database, monkeypatch, neighbour="owner")
            await house.owner.execute("INSERT INTO staff (email, password) VALUES ('noa@example.com', '')")
            assert await staff(database, "join", "noa@example.com", "mine", "--role", "owner") == 0
            await house.owner.execute("DELETE FROM publication WHERE tenant <> 'mine'")
            theirs = await house.owner.fetchval("SELECT person FROM membership WHERE of_tenant = 'mine'")
            await house.owner.execute(
                "SELECT invite_person('mine', 'noa@far.example', 'owner', NULL, NULL, '', '', '1 day')"
            )
            dana, before = await with_factor(house), await state_of(house)
            found = await asked(dana, house, theirs)
            assert {one: status for one, (status, _) in found.items()} == {
                one: wall.answer for one, wall in WALLS.items()
            }
            assert [one for one, (_, text) in found.items() if '"mine"' in text or "noa@" in text] == []
            assert await state_of(house) == before, "not a row of theirs"
            invited = await house.owner.fetch("SELECT of_tenant, email FROM staff_invitation ORDER BY 1")
            assert [tuple(row) for row in invited] == [("mine", "noa@far.example"), ("neighbour", "eve@example.com")]
            assert await house.owner.fetchval("SELECT role FROM membership WHERE person = $1", theirs) == "owner"
            assert (await send(dana, house, "POST", "/v1/switch", {"tenant": "mine"}))[0] == 403

    asyncio.run(scenario())


@pytest.mark.parametrize("role", ["viewer", "approver", "support", "translator"])
def test_a_role_writes_what_it_is_for_and_no_more(database: str, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    steps = {"approve", "reject", "stop", "go-on", "take-back"}
    allowed = {"approver": steps, "translator": {"/v1/texts/file"}}.get(role, set())

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine=role)
            await house.owner.execute(
                "UPDATE publication SET directives = $1 WHERE tenant = 'mine'", json.dumps(FOOTER["directives"])
            )
            me = await house.owner.fetchval("SELECT id FROM staff WHERE email = $1", DANA)
            dana = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            before = await state_of(house)
            found = await asked(dana, house, me)
            let_in = {path.removeprefix(STEP) for (_, path), (status, _) in found.items() if status != 403}
            assert let_in == allowed, found
            if role != "approver":
                assert await state_of(house) == before

    asyncio.run(scenario())


def test_a_translator_sees_and_writes_texts_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine="translator")
            dana = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            may = {read.name for read in READS if (await dana.get(f"/v1/{read.name}"))[0] == 200}
            assert may == {"names", "categories", "shop-texts", "translations"}
            (row,) = (await dana.get("/v1/names"))[1]["rows"]
            assert set(row) == {"store", "device", "sku", "names", "retired"}, "no price"
            assert (await dana.get("/v1/names?retired=false"))[0] == 200
            name = {"key": "product/milk", "source_language": "en", "source": "Milk", "language": "fr", "text": "Lait"}
            for kind, body in (("translations", [name]), ("texts", [{"ended": "old"}])):
                assert (await dana.post("/v1/stores/x/directives", {"kind": kind, "body": {kind: body}}))[0] == 201
            wrong = [name | {"language": "xx"}], [name | {"key": "milk"}]
            for body in wrong:
                status, _ = await dana.post(
                    "/v1/stores/x/directives", {"kind": "translations", "body": {"translations": body}}
                )
                assert status == 400

    asyncio.run(scenario())
