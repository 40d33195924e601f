"""Head office's question to a box: asked by support, shown to the shop, approved, encrypted, and read by authorised
people.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.support import hub as support_hub
from edge.backoffice.support.commands import AgreeSupport, AllowSupport, DeclineSupport
from edge.backoffice.support.queries import support_case, support_cases
from edge.backoffice.support.service.support_desk import SupportDesk
from edge.core.bus import Bus
from edge.core.clock import SystemClock
from edge.core.process.parts import Supervisor
from edge.runtime.secrets import secrets_of
from sync.hub.model import Key
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import DANA, hire, sign_in, staff
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.head_office import head_office
from tests.shop_fixture import SYSTEM, config, done, open_shop

ASKED = {"question": "bundle", "reason": "The till is slow since noon", "hours": 24}
SECRET = "open-sesame-77"


class Office:
    """Head office as the box's link reaches it: the answers of its support room, from its database."""

    is_reachable = True

    def __init__(self, house: House, key: Key) -> None:
        self._house, self._key = house, key
        self.pieces = 0

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        assert room == "support"
        self.pieces += 1
        return await support_hub.answer(self._house.owner, self._key, body)


def test_an_answer_goes_with_a_yes_and_both_ends_write_it_down(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, open_shop(tmp_path, SystemClock()) as shop:
            settings = config(tmp_path)
            place = Key(*msgspec.structs.astuple(settings.header)[:3])
            address = f"/v1/stores/{place.store}/support"
            await hire(database, monkeypatch)
            assert await staff(database, "join", DANA, place.tenant, "--role", "support") == 0
            unproven = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            assert (await unproven.post(address, ASKED))[0] == 403, "it wants a second factor"
            helper = await with_factor(house)
            reader = await house.client(place.tenant, "read", "publish")
            assert (await reader.post(address, ASKED))[0] == 403, "a right of its own"
            status, made = await helper.post(address, ASKED)
            assert status == 201
            body = await house.owner.fetchval("SELECT body FROM directive WHERE kind = 'support'")
            (asked,) = KINDS["support"].items(body)
            assert (asked.case, asked.by[:7], asked.question) == (made["case"], "person-", "bundle")
            await done(shop, asked, SYSTEM)

            secrets = secrets_of(settings.folder)
            secrets.set("terminal", SECRET)
            office = Office(house, place)
            clock = lambda: shop.clock.read().at_us  # noqa: E731
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets, office, clock)
            (case,) = support_cases(shop.reader)
            await desk._see_to(case)
            text = desk.answer_to(case.id)
            assert office.pieces == 0, "it is shown, and nothing went"
            found = msgspec.json.decode(text)
            assert (found["question"], found["books"]["head"] > 0) == ("bundle", True)
            assert SECRET not in text and "Milk" not in text, "neither a secret nor a product"

            await done(shop, AgreeSupport(case.id, "0" * 64), SYSTEM)
            await desk._see_to(support_case(shop.reader, case.id))
            assert office.pieces == 0, "the yes was to something else"
            status, made = await helper.post(address, ASKED | {"question": "check"})
            (asked,) = KINDS["support"].items(
                await house.owner.fetchval("SELECT body FROM directive ORDER BY version DESC LIMIT 1")
            )
            await done(shop, asked, SYSTEM)
            answer = f"{address}/{asked.case}/{place.device}"
            await desk._see_to(support_case(shop.reader, asked.case))
            assert (await helper.get(answer))[0] == 404, "nobody said yes"
            text = desk.answer_to(asked.case)
            await done(shop, AgreeSupport(asked.case, hashlib.sha256(text.encode()).hexdigest()), SYSTEM)
            await desk._see_to(support_case(shop.reader, asked.case))
            assert support_case(shop.reader, asked.case).state == "sent"

            await read_by_who_may(house, helper, reader, answer, text)

    asyncio.run(asyncio.wait_for(scenario(), 120))


async def read_by_who_may(house: House, helper: Client, reader: Client, answer: str, text: str) -> None:
    """The answer equals what the shop was shown. Support may read it, and it is deleted after 14 days."""
    status, found, _ = await helper.get(answer)
    assert (status, found) == (200, msgspec.json.decode(text)), "what goes is what was shown"
    assert (await reader.get(answer))[0] == 403
    stranger = await house.client("other", "read", "support")
    assert (await stranger.get(answer))[0] == 404, "another tenant's"
    sealed = await house.owner.fetchval("SELECT body FROM support_piece")
    assert b"checks" not in sealed
    log = await house.owner.fetch("SELECT who, after::text FROM office_log WHERE what = 'support' ORDER BY at")
    assert [sorted(msgspec.json.decode(row["after"])) for row in log] == [
        ["case", "question"],
        ["case", "question"],
        ["case", "looked_at"],
    ]
    await house.owner.execute("UPDATE support_piece SET at = now() - interval '15 days'")
    await house.owner.execute("UPDATE support_ask SET asked_at = now() - interval '15 days'")
    assert (await helper.get(answer))[0] == 404, "over after 14 days"


def test_who_asks_waits_for_the_answer_or_reads_why_there_is_none(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the shop's general permission, the answer arrives while support waits.

    Without it, the shop must approve, and its silence is reported as such. Both ends record the question and the
    answer.
    """

    async def scenario() -> None:
        async with an_api(database) as house, head_office(database) as hub, open_shop(tmp_path, SystemClock()) as shop:
            settings = config(tmp_path)
            place = Key(*msgspec.structs.astuple(settings.header)[:3])
            address = f"/v1/stores/{place.store}/support"
            await hire(database, monkeypatch)
            assert await staff(database, "join", DANA, place.tenant, "--role", "support") == 0
            helper = await with_factor(house)
            clock = lambda: shop.clock.read().at_us  # noqa: E731
            office = Office(house, place)
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets_of(settings.folder), office, clock)
            await hub.up(place, shop)

            async def asked() -> str:
                status, made = await helper.post(address, ASKED | {"question": "queue"})
                assert status == 201
                return str(made["case"])

            async def taken(case: str) -> None:
                bodies = await house.owner.fetch("SELECT body FROM directive WHERE kind = 'support'")
                (one,) = (one for row in bodies for one in KINDS["support"].items(row["body"]) if one.case == case)
                await done(shop, one, SYSTEM)
                await desk._see_to(support_case(shop.reader, case))
                await hub.up(place, shop)

            async def heard(case: str, wait_s: int = 0) -> tuple[str, list[tuple[str, bool]]]:
                status, found, _ = await helper.get(f"{address}/{case}?wait_s={wait_s}")
                assert status == 200, found
                return found["said"], [(box["state"], box["answered"]) for box in found["boxes"]]

            case = await asked()
            assert await heard(case) == ("silent", [("silent", False)]), "the box has not heard of it"
            await taken(case)
            assert await heard(case, 10) == ("asked", [("asked", False)]), "nobody waits for what needs a yes"
            await done(shop, DeclineSupport(case), SYSTEM)
            await hub.up(place, shop)
            assert await heard(case, 10) == ("declined", [("declined", False)])

            await done(shop, AllowSupport(4), SYSTEM)
            case = await asked()
            waiting = asyncio.create_task(heard(case, 10))
            await taken(case)
            assert (await waiting)[0] == "answered"
            assert await heard(case) == ("answered", [("sent", True)])
            status, answer, _ = await helper.get(f"{address}/{case}/{place.device}")
            assert (status, answer["question"]) == (200, "queue")
            assert support_case(shop.reader, case).state == "sent", "the shop's journal has it"
            looked = "SELECT count(*) FROM office_log WHERE what = 'support' AND after ->> 'case' = $1"
            assert await house.owner.fetchval(looked, case) == 2, "asked, and looked at"

            await told_to_nobody_else(house, helper, place, f"{address}/{case}")

    asyncio.run(asyncio.wait_for(scenario(), 120))


async def told_to_nobody_else(house: House, helper: Client, place: Key, case: str) -> None:
    """Check that others learn nothing, that unknown cases are refused, and that waiting is limited."""
    assert (await helper.get(f"{case}?wait_s=11"))[0] == 400
    assert (await helper.get(f"{case[:-32]}{'0' * 32}"))[0] == 404
    reader = await house.client(place.tenant, "read")
    assert (await reader.get(case))[0] == 403
    stranger = await house.client("other", "read", "support")
    assert (await stranger.get(case))[0] == 404
