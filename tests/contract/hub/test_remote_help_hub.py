"""Remote help with the real broker, hub and API: started at the shop, requested at head office, answered, and recorded
at both ends.

The box itself refuses requests that are forged, replayed, too large or too late.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.app import hub
from edge.backoffice.support.commands import BeginHelp, EndHelp
from edge.backoffice.support.head_office_messages import HELP_BYTES, PIECE_BYTES, SupportPiece, encode
from edge.backoffice.support.queries import help_cases, newest_help, support_case
from edge.backoffice.support.service.support_desk import SupportDesk
from edge.core.messages import Actor
from edge.core.process.parts import Part, Ready, Supervisor
from edge.foundation.access.rights import MANAGE
from edge.runtime.secrets import secrets_of
from sim.broker import Broker
from sync.directive_signing import Signer
from sync.hub.model import Key
from sync.mqtt import BrokerConfig
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import DANA, hire, staff
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.sync.test_sync_signatures import OFFICE, OTHER, Box, a_box, pinned, send
from tests.http_client import when
from tests.shop_fixture import config, done
from tests.sync_doubles import until
from tests.sync_fixture import a_hub, background

PANEL = Actor("person-1", "panel", "", frozenset({MANAGE}))
PLACE = "/v1/stores/corner"
SECRET = "open-sesame-77"


class Counter:
    """A part that counts its starts."""

    def __init__(self) -> None:
        self.starts = 0

    async def run(self, ready: Ready) -> None:
        self.starts += 1
        ready()
        await asyncio.Event().wait()


class Stage:
    """A box with its help desk, and a helper at head office."""

    def __init__(self, box: Box, house: House, helper: Client, part: Counter, supervisor: Supervisor) -> None:
        self.box, self.house, self.helper, self.part, self.supervisor = box, house, helper, part, supervisor
        self.device = box.shop.reader.execute("SELECT device FROM header").fetchone()[0]
        self.address = f"{PLACE}/boxes/{self.device}/help"

    async def press(self) -> str:
        """Start remote help as a manager, and wait until head office knows; returns its id."""
        await done(self.box.shop, BeginHelp(), PANEL)
        help = newest_help(self.box.shop.reader)
        assert help is not None

        async def heard() -> bool:
            return any(row["id"] == help.id for row in (await self.helper.get("/v1/support/help"))[1]["rows"])

        await reached(heard, "head office hears of it")
        return help.id

    async def ask(self, question: str, subject: str = "") -> str:
        status, made = await self.helper.post(self.address, {"question": question, "subject": subject})
        assert status == 201, made
        return str(made["case"])

    async def answer(self, case: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def told() -> bool:
            status, body, _ = await self.helper.get(f"{PLACE}/support/{case}/{self.device}")
            found.update(body if status == 200 else {})
            return status == 200

        await reached(told, f"the answer of {case}")
        return found

    async def state(self, case: str, state: str) -> None:
        async def told() -> bool:
            rows = (await self.helper.get(f"/v1/support/cases?id={case}"))[1]["rows"]
            return [one["state"] for one in rows] == [state]

        await reached(told, f"{case} is {state}")


async def reached(what: Callable[[], Awaitable[bool]], why: str) -> None:
    await when(what, bool, why, within_s=60)


@asynccontextmanager
async def a_stage(
    dsn: str, broker: Broker, folder: Path, monkeypatch: pytest.MonkeyPatch, signer: Signer = OFFICE
) -> AsyncIterator[Stage]:
    place = BrokerConfig(port=broker.port)
    data = pinned(folder)
    secrets_of(data).set("terminal", SECRET)
    async with (
        an_api(dsn, broker=place, signer=signer) as house,
        a_hub(dsn, broker.port, hub.projectors(), hub.answers()),
        a_box(folder, broker.port) as box,
    ):
        await hire(dsn, monkeypatch)
        assert await staff(dsn, "join", DANA, "demo", "--role", "support") == 0
        supervisor, part = Supervisor(box.shop.bus), Counter()
        supervisor.start(Part("models", part.run))
        settings = config(folder)
        clock = lambda: box.shop.clock.read().at_us  # noqa: E731
        desk = SupportDesk(box.shop, settings, supervisor, secrets_of(data), box.part, clock, box.part)
        async with background(desk.run(lambda: None)):
            yield Stage(box, house, await with_factor(house), part, supervisor)
        await supervisor.stop()


def test_a_helper_looks_and_does_little_while_the_shop_allows_it(
    database: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_stage(database, broker, tmp_path, monkeypatch) as stage:
            shop = stage.box.shop
            status, said = await stage.helper.post(stage.address, {"question": "status"})
            assert (status, said["code"]) == (409, "help_is_off"), "nobody pressed"
            help = await stage.press()
            status = await stage.answer(await stage.ask("status"))
            assert status["question"] == "status" and status["sync"]["state"] == "flowing"
            log = msgspec.json.encode(await stage.answer(await stage.ask("log")))
            assert SECRET.encode() not in log
            assert "updates" in await stage.answer(await stage.ask("update"))
            assert stage.part.starts == 1
            assert (await stage.answer(await stage.ask("restart", "models")))["done"] is True
            await until(lambda: stage.part.starts == 2, "the part was restarted")
            for subject in ("panel", "sync", "nothing"):
                done_ = await stage.answer(await stage.ask("restart", subject))
                assert (done_["done"], done_["possible"]) == (False, ["models"]), subject
            assert (await stage.answer(await stage.ask("print", "elsewhere")))["done"] is False
            program = await stage.house.client("demo", "read", "support", "help")
            assert (await program.post(stage.address, {"question": "log"}))[0] == 403, "a person's right"
            assert (await stage.helper.post(stage.address, {"question": "bundle"}))[0] == 400
            assert (await stage.helper.post(stage.address, {"question": "log", "subject": "a" * 81}))[0] == 400
            stranger = await stage.house.client("other", "read", "support", "help")
            assert (await stranger.post(stage.address, {"question": "log"}))[0] == 403
            noted = {(one.question, one.subject, one.state, one.asked_by[:7]) for one in help_cases(shop.reader, help)}
            assert ("restart", "models", "sent", "person-") in noted and ("log", "", "sent", "person-") in noted
            asked = "SELECT count(*) FROM office_log WHERE what = 'support' AND after ->> 'help' = $1"
            assert await stage.house.owner.fetchval(asked, help) == len(noted), "head office's log has each"

            await done(shop, EndHelp(), PANEL)

            async def over() -> bool:
                return (await stage.helper.post(stage.address, {"question": "log"}))[0] == 409

            await reached(over, "head office hears that it is over")

    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_what_is_forged_replayed_or_after_the_end_is_refused_by_the_box(
    database: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attacker with the hub's database could bypass the API, but still needs the key, the grant and its period."""

    async def scenario() -> None:
        async with a_stage(database, broker, tmp_path, monkeypatch) as stage:
            shop = stage.box.shop
            help = await stage.press()
            case = await stage.ask("log")
            await stage.answer(case)
            body = bytes(await stage.house.owner.fetchval("SELECT body FROM directive WHERE kind = 'help'"))
            (asked,) = msgspec.json.decode(body)["help"]

            async def attack(signer: Signer | None = OFFICE, **more: Any) -> str:
                said = asked | {"case": f"{len(cases):032x}"} | more
                cases.append(said["case"])
                raw = msgspec.json.encode({"help": [said]})
                await send(database, broker.port, 0, signer, "help", raw)
                return str(said["case"])

            def why(case: str) -> str:
                found = support_case(shop.reader, case)
                return found.why if found else ""

            cases: list[str] = []
            before = len(help_cases(shop.reader, help))
            for signer in (None, OTHER):
                forged = await attack(signer)
                await until(lambda: stage.box.part.key == "link.unproven", "it is not head office's")
                assert support_case(shop.reader, forged) is None
            await attack(case=case)
            other = await attack(help="f" * 32)
            await until(lambda: why(other) == "other", "another shop's grant")
            assert len(help_cases(shop.reader, help)) == before, "nor did the replay do anything"
            late = await attack(until_us=1)
            await until(lambda: why(late) == "late", "too late")

            await done(shop, EndHelp(), PANEL)
            off = await attack()
            await until(lambda: why(off) == "off", "it was ended")
            await stage.state(off, "refused")

            box = Key("demo", "corner", stage.device)
            big = SupportPiece(case, 1, HELP_BYTES // PIECE_BYTES + 1, b"x")
            answer = await hub.answers()["support"](stage.house.owner, box, encode(big))
            assert b"unknown" in answer, "an answer bigger than help's isn't taken"

    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_help_ends_with_its_hour_by_itself_and_when_the_box_restarts(
    database: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_stage(database, broker, tmp_path, monkeypatch) as stage:
            shop = stage.box.shop
            help = await stage.press()
            stage.box.clock.advance(3601)
            case = await stage.ask("log")

            def ended() -> bool:
                found = newest_help(shop.reader)
                return found is not None and found.id == help and found.ended_us > 0

            await until(
                lambda: (found := support_case(shop.reader, case)) is not None and found.why == "off", "refused"
            )
            await until(ended, "and it is noted that it is over")
            await done(shop, BeginHelp(), PANEL)
            settings = config(tmp_path)
            desk = SupportDesk(shop, settings, stage.supervisor, secrets_of(settings.folder), None, shop.now_us)
            async with background(desk.run(lambda: None)):
                await until(lambda: getattr(newest_help(shop.reader), "ended_us", 0) > 0, "it ends with the restart")
            facts = shop.reader.execute(
                "SELECT body FROM journal WHERE type = 'SupportHelpEnded' ORDER BY seq"
            ).fetchall()
            assert [msgspec.json.decode(body)["why"] for (body,) in facts] == ["time", "restart"]

    asyncio.run(asyncio.wait_for(scenario(), 120))
