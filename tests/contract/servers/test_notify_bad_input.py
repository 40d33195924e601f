"""Invalid requests to notifications: each answer says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.handlers import TEXTS_AN_HOUR
from edge.foundation.outbox.service.channels.whatsapp import WhatsAppChannel
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.contract.api.test_panel_notify import NOTIFY, people
from tests.notify_fixture import DANA, MAIL, telling
from tests.outgoing import HERE, http_server
from tests.shop_fixture import run
from tests.signing_in import reached_by_mail


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[tuple[Caller, dict[str, str]]]:
    async with serve(folder) as served, calling(served) as caller:
        await people(served)
        yield caller, {"Grant": served.site.door.token}


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\nBcc: all@example.com"])
def test_cr_or_lf_in_a_subject_is_refused(tmp_path: Path, break_: str) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (caller, grant):
            for path, body in (
                ("email", {"to": "u1", "subject": f"Rota{break_}", "body": "x"}),
                ("alert", {"title": f"Rota{break_}"}),
            ):
                answer = await caller.call("POST", f"{NOTIFY}/{path}", body, **grant)
                assert (answer.status, answer.code) == (400, "body_wrong"), path
                assert "subject" in answer.text or "title" in answer.text, "which field"

    run(scenario())


@pytest.mark.parametrize("wrong", ["25:61", "24:00", "7:00", "07:60", "noon", ""])
def test_25_61_is_no_time_of_a_day(tmp_path: Path, wrong: str) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (caller, grant):
            body = {"quiet_hours_start": wrong}
            answer = await caller.call("PUT", f"{NOTIFY}/preferences/u1", body, **grant)
            assert (answer.status, answer.code) == (400, "body_wrong")
            assert "quiet_hours_start" in answer.text

    run(scenario())


def test_a_channel_that_there_is_not_is_answered_with_those_there_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (caller, grant):

            async def refused(method: str, path: str, body: object) -> tuple[int, str]:
                answer = await caller.call(method, f"{NOTIFY}/{path}", body, **grant)
                return answer.status, answer.text

            status, text = await refused("POST", "channels/pigeon/test", {})
            assert status == 404 and "whatsapp" in text, "which there are"
            wrong: tuple[dict[str, Any], ...] = (
                {"enabled_channels": ["pigeon"]},
                {"kind_channels": {"offline": ["pigeon"]}},
                {"kind_channels": {"offline": []}},
                {"kind_channels": {"OFFLINE": ["email"]}},
                {"pigeon": "coo"},
            )
            for body in wrong:
                assert (await refused("PUT", "preferences/u1", body))[0] == 400, body
            assert (await refused("PUT", "preferences/u1", {"kind_channels": {"offline": ["sms"]}}))[0] == 422
            assert (await refused("POST", "alert", {"title": "x", "channels": ["pigeon"]}))[0] == 400

    run(scenario())


def test_a_person_without_an_address_is_said_and_sees_it_on_the_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (caller, grant):
            told = await caller.call("POST", f"{NOTIFY}/alert", {"title": "Bread", "users": ["u2"]}, **grant)
            assert told.json["users_unreached"] == ["u2"] and told.json["channels_notified"] == ["page"]

    run(scenario())


def test_a_template_that_the_provider_rejects_is_said_once_and_another_channel_tells(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as one, http_server() as meta, OutgoingHttp(Breakers(), (HERE,)) as http:
            meta.usual = (400, {}, '{"error": {"code": 132001, "message": "Template name does not exist"}}')
            one.add(WhatsAppChannel(http, f"{meta.url}/v23.0/1/messages", "token", "alert", ("en",), "en"))
            await one.restart()
            both = msgspec.structs.replace(
                MAIL, phone="+33123456789", enabled_channels=("whatsapp",), urgent_channels=("email",)
            )
            await one.do(SetPreferences(DANA, both))
            await one.raised("Freezer")
            await one.after()
            await one.after(1)
            assert one.email.titles == ["High: Freezer"]
            query = "SELECT fault, detail FROM notify_channel WHERE name = 'whatsapp'"
            assert one.shop.reader.execute(query).fetchone() == ("wrong_template", "132001")
            (channel_failed,) = one.shop.registry.watches["channel_failed"].read(one.shop.reader, 0, "")
            assert channel_failed.subject == "whatsapp"
            await one.after(600)
            assert len(meta.asked) == 1, "it is no retry for ever"

    run(scenario())


def test_more_texts_than_sixty_an_hour_are_answered_429_with_when_to_come_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await people(served)
            await reached_by_mail(served, "u1")
            grant, text = {"Grant": served.site.door.token}, {"to": "u1", "title": "Rota"}
            for number in range(TEXTS_AN_HOUR):
                answer = await caller.call("POST", f"{NOTIFY}/email", text, **grant)
                assert answer.status == 202, (number, answer.text)
            answer = await caller.call("POST", f"{NOTIFY}/email", text, **grant)
            assert (answer.status, answer.code) == (429, "too_many_messages")
            assert int(answer.headers["Retry-After"]) > 0 and "60" in answer.message

    run(scenario())
