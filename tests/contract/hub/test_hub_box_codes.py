"""A box is added on head office's page: it exchanges a code for its access to the broker, and its messages arrive."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.__main__ import main
from edge.app.head_office.hub_door import HubDoor
from edge.backoffice.directives.service.sync_part import broker_of
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.i18n import LANGUAGES, translate
from edge.runtime import config, directive_trust, enrolment
from edge.runtime.secrets import secrets_of
from sim.ports import free_port
from sync.enrolment import Enrolment, read_office
from sync.hub.access import AccessFiles
from sync.hub.box_enrolment import BrokerPlace
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, set_tenant, with_factor
from tests.contract.sync.test_sync_enrolment import SHOP, TILL, Office, a_link, an_office
from tests.sync_doubles import History, MemoryJournal, until
from tests.sync_fixture import a_hub, background

SIGNING = "ab" * 32


def a_place(folder: Path, port: int = 8883, ca: str = "") -> BrokerPlace:
    return BrokerPlace(folder=folder, host="127.0.0.1", port=port, ca=ca, signing_key=SIGNING)


@asynccontextmanager
async def a_chain(dsn: str, folder: Path, place: BrokerPlace | None, store: str = "corner") -> AsyncIterator[House]:
    """Head office with its own authority, and a store that has no box yet."""
    door = HubDoor("0.0.0.0", name="localhost", folder=folder / "api")
    async with an_api(dsn, boxes=place, door=door) as house:
        await house.owner.execute("INSERT INTO store_record (tenant, store) VALUES ('acme', $1)", store)
        yield house


async def added(dana: Client, house: House, device: str = "till-1", store: str = "corner") -> tuple[int, Any]:
    at = house.base.removeprefix("http://").replace("127.0.0.1", "localhost")
    return await send(dana, house, "POST", f"/v1/stores/{store}/boxes", {"device": device, "at": at})


async def refusal_of(line: str, box: str = "") -> str:
    with pytest.raises(NeedsHuman) as refused:
        await enrolment.trade(line, box)
    for language in LANGUAGES:
        for key in (refused.value.key, f"{refused.value.key}_do"):
            assert translate(language, key, **refused.value.values) != key
    return refused.value.key.removeprefix("enrol.")


def test_a_box_trades_a_code_for_its_place_and_is_heard(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario(office: Office) -> None:
        place = a_place(office.folder, office.broker.port, office.ca.read_text())
        async with a_chain(database, tmp_path, place) as house:
            await hire(database, monkeypatch, acme="owner")
            status, made = await added(await with_factor(house), house)
            assert (status, made["minutes"], made["picture"][:14]) == (201, 60, "data:image/svg")
            path = tmp_path / "box" / "config.toml"
            path.parent.mkdir()
            path.write_text(SHOP.format(TILL))
            code = tmp_path / "code"
            code.write_text(made["line"])
            assert await asyncio.to_thread(main, ["--config", str(path), "enrol", str(code)]) == 0
            loaded = config.load(path)
            assert loaded.sync is not None and directive_trust.is_pinned(loaded.folder)
            office.broker.reload()
            history = History()
            journal = MemoryJournal(history)
            link = a_link(TILL, journal, broker_of(loaded.sync, secrets_of(loaded.folder)))
            async with a_hub(database, office.broker.port, **office.hub), background(link.run()):
                await until(lambda: journal.position == (1, history.head.seq), "all rows acknowledged")
            logged = await house.owner.fetch(
                "SELECT who, what, subject, after::text FROM office_log WHERE what = 'box' ORDER BY at"
            )
            assert [(row["who"], row["subject"]) for row in logged] == [("person-1", "corner/till-1")] * 2
            secret = read_office(made["line"]).secret
            assert await house.owner.fetchval("SELECT count(*) FROM box_code") == 0
            assert secret not in str(logged) and secret not in caplog.text

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_a_code_is_taken_once_within_its_hour_and_another_one_ends_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(database, tmp_path, a_place(tmp_path)) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            first, second = (await added(dana, house))[1]["line"], (await added(dana, house))[1]["line"]
            assert first != second and await refusal_of(first) == "over"
            mistyped = second[:-24] + ("2" if second[-24] != "2" else "3") + second[-23:]
            assert await refusal_of(mistyped) == "over"
            made = await enrolment.trade(second.lower())
            assert (made.user, made.signing_key, made.port) == (str(TILL), SIGNING, 8883)
            assert await refusal_of(second) == "over", "it was used"
            third = (await added(dana, house))[1]["line"]
            await house.owner.execute("UPDATE box_code SET expires_at = now()")
            assert await refusal_of(third) == "over", "it is too old"
            both = (await added(dana, house))[1]["line"]
            found = await asyncio.gather(enrolment.trade(both), enrolment.trade(both), return_exceptions=True)
            assert sorted(isinstance(one, Enrolment) for one in found) == [False, True], "of two one has it"

    asyncio.run(scenario())


def test_open_codes_are_listed_and_withdrawn_by_owners_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(database, tmp_path, a_place(tmp_path)) as house:
            await hire(database, monkeypatch, acme="owner")
            dana = await with_factor(house)
            line = (await added(dana, house))[1]["line"]
            (row,) = (await dana.get("/v1/box-codes"))[1]["rows"]
            assert (row["store"], row["device"], row["made_by"]) == ("corner", "till-1", "person-1")
            assert read_office(line).secret not in str(row)
            code = "/v1/stores/corner/boxes/till-1/code"
            program = await house.client("acme", "read", "publish")
            assert (await program.get("/v1/box-codes"))[0] == 403
            assert (await send(program, house, "DELETE", code))[0] == 403
            other = await house.client("other", "read")
            assert (await other.get("/v1/box-codes"))[0] == 403
            assert (await send(dana, house, "DELETE", code))[0] == 200
            assert await refusal_of(line) == "over"
            assert (await dana.get("/v1/box-codes"))[1]["rows"] == []
            assert (await send(dana, house, "DELETE", code))[0] == 404
            said = "SELECT before::text FROM office_log WHERE what = 'box' AND after IS NULL"
            assert await house.owner.fetchval(said) == '{"state": "asked"}'

    asyncio.run(scenario())


def test_a_code_that_another_box_brings_or_that_cannot_be_taken_now_holds(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        folder = tmp_path / "broker"
        folder.mkdir()
        async with a_chain(database, tmp_path, a_place(folder)) as house:
            await hire(database, monkeypatch, acme="owner")
            line = (await added(await with_factor(house), house))[1]["line"]
            assert await refusal_of(line, "other/corner/till-1") == "another_box"
            await set_tenant(house, state="suspended")
            assert await refusal_of(line) == "over"
            await set_tenant(house, limits={"boxes": 0})
            assert await refusal_of(line) == "refused"
            await set_tenant(house)
            folder.rename(tmp_path / "away")
            assert await refusal_of(line) == "away", "the broker's files"
            (tmp_path / "away").rename(folder)
            assert AccessFiles(folder).users() == set() and (await enrolment.trade(line, str(TILL))).user == str(TILL)

    asyncio.run(scenario())


def test_who_does_not_prove_to_be_head_office_is_told_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(database, tmp_path, a_place(tmp_path)) as house:
            await hire(database, monkeypatch, acme="owner")
            line = (await added(await with_factor(house), house))[1]["line"]
            other = line[:-1] + ("2" if line[-1] != "2" else "3")
            assert await refusal_of(other) == "unproven", "another authority"
            assert await refusal_of(line[:-20]) == "unproven", "the system trusts none of head office's own"
            away = re.sub(r":\d+ ", f":{free_port()} ", line)
            assert await refusal_of(away) == "away"
            assert await refusal_of(line[:-2]) == "unreadable"
            assert (await enrolment.trade(line)).user == str(TILL), "none of these has cost the code"

    asyncio.run(scenario())


def test_who_guesses_waits_and_who_may_not_add_boxes_gets_no_code(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(database, tmp_path, a_place(tmp_path)) as house:
            await hire(database, monkeypatch, acme="owner", other="owner")
            editor = await house.client("acme", "read", "publish")
            assert (await added(editor, house))[0] == 403
            dana = await with_factor(house, tenant="other")
            assert (await added(dana, house))[0] == 404, "another tenant's store"
            status, _ = await send(dana, house, "POST", "/v1/switch", {"tenant": "acme"})
            assert status == 200
            guess = "localhost:{} 2222-2222-2222".format(house.base.rpartition(":")[2])
            said = []
            for _ in range(31):
                async with house.session.post(
                    house.base + "/v1/enrolment", json={"secret": read_office(guess).secret}
                ) as answer:
                    said.append(answer.status)
            assert said[:30] == [404] * 30 and said[30] == 429

    asyncio.run(scenario())


def test_where_the_page_cannot_enrol_it_says_which_command_does(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(database, tmp_path, None) as house:
            await hire(database, monkeypatch, acme="owner")
            status, said = await added(await with_factor(house), house)
            assert (status, said["code"]) == (409, "boxes_by_command") and "edge hub enrol" in said["detail"]

    asyncio.run(scenario())


def test_a_box_takes_no_enrolment_for_another(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SHOP.format(TILL))
    made = Enrolment(tenant="acme", store="alder", device="till-1", host="127.0.0.1", password="p" * 20)
    with pytest.raises(ConfigError, match="acme/alder/till-1"):
        enrolment.take(path, config.load(path), made)
    assert path.read_text() == SHOP.format(TILL)
