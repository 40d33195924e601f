"""Head office mails its alerts to a tenant over a real SMTP server.

Grave alerts are sent at once, and the others in one mail a day. Nothing is sent in quiet hours, and each alert only
once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from edge.app import hub
from edge.app.head_office.hub_letters import LetterRelay, OfficeMailServer
from edge.app.head_office.hub_office_mail import EVERY_S, OfficeLetterWriter, OpenAlert, due, line_of
from sync.hub import office_alerts
from sync.hub.mail_wishes import MailWish
from tests.contract.hub.test_hub_api import Client, an_api
from tests.contract.hub.test_hub_office_alerts import Office
from tests.contract.hub.test_hub_staff import DANA, hire, sign_in, staff
from tests.contract.hub.test_hub_tenant_records import hub_cli, send
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.outgoing import HERE, Mailbox, smtp_server

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def us(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


def an_alert(subject: str, grave: bool, at: datetime = NOON - HOUR) -> OpenAlert:
    return OpenAlert("licence", subject, "2026-12-01/7", grave, {"ends": "2026-12-01"}, us(at))


def test_what_is_grave_comes_at_once_and_the_rest_with_the_days_mail_outside_quiet_hours() -> None:
    grave, mild = an_alert("a", True), an_alert("b", False)
    paris = MailWish(zone="Europe/Paris", quiet_from="22:00", digest_at="08:00")
    assert due(paris, [grave, mild], {}, us(NOON)) == [grave], "what came at eleven waits for tomorrow morning"
    assert due(paris, [grave, mild], {}, us(NOON + 20 * HOUR)) == [grave, mild]
    assert due(paris, [grave, mild], {}, us(NOON + 10 * HOUR)) == [], "it is eleven in the evening in Paris"
    in_paris_half_past_eight = us(NOON + 20 * HOUR - HOUR / 2)
    assert due(MailWish(), [mild], {}, in_paris_half_past_eight) == [], "half past seven, by UTC"
    assert due(MailWish(), [mild], {}, in_paris_half_past_eight, "Europe/Paris") == [mild], "by the clock of the shops"
    assert due(MailWish(digest_at=""), [mild], {}, us(NOON + 48 * HOUR)) == []
    assert due(MailWish(), [grave], {grave.alert_words: us(NOON)}, us(NOON + HOUR)) == [], "once"


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_kind_is_said_in_each_language(language: str) -> None:
    said = {
        "ends": "2026-12-01",
        "used": 8,
        "limit": 10,
        "percent": 80,
        "title": "Spring",
        "reason": "x",
        "by": "person-1",
    }
    for kind, subject in (("licence", "corner"), ("quota", "stores"), ("stopped", "spring"), ("urgent", "spring")):
        line = line_of(language, OpenAlert(kind, subject, "m", True, said, 0), {"corner": "Corner shop"})
        assert "2026-12-01" not in line, "a date is written as the language writes it"
        assert line and "{" not in line and (kind == "quota" or "Corner shop" in line or "Spring" in line)


def with_mail(
    database: str,
    scenario: Callable[[Office, OfficeLetterWriter, LetterRelay, Mailbox, list[datetime]], Awaitable[None]],
) -> None:
    async def whole() -> None:
        async with hub.open_hub(database) as store, smtp_server() as mails:
            owner = await asyncpg.connect(database)
            now = [datetime.now(UTC)]
            told = OfficeLetterWriter(store.pool, lambda: now[0])
            relay = LetterRelay(store, OfficeMailServer(HERE, mails.port, "none", sender="office@chain.example"))
            await scenario(Office(store, owner), told, relay, mails, now)
            await owner.close()

    asyncio.run(asyncio.wait_for(whole(), 120))


def test_an_owner_hears_of_a_licence_and_of_what_stopped_by_mail_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(
        office: Office, told: OfficeLetterWriter, relay: LetterRelay, mails: Mailbox, now: list[datetime]
    ) -> None:
        await hire(database, monkeypatch, acme="owner")
        await office.licence(7)
        await office.owner.execute(
            "INSERT INTO publication (tenant, id, title, directives, reach, digest, made_by, state, reason) "
            "VALUES ('acme', 'spring', 'Spring prices', '[]', '{}', '', 'person-9', 'stopped', 'store-1: no sale')"
        )
        await office_alerts.refresh(office.store.pool)
        assert await told.turn() == 1, "one mail says both"
        assert await told.turn() == 0
        await relay.turn()
        (mail,) = mails.mails
        assert (mails.recipients, mail["From"]) == (["dana@example.com"], "office@chain.example")
        text = mail.get_content()
        assert "Spring prices stopped: store-1: no sale" in text and "licence of corner expires" in text
        assert await hub_cli(database, "staff", "mail", "dana@example.com", "acme", "--off") == 0
        await office.licence(3, "other")
        await office_alerts.refresh(office.store.pool)
        assert await told.turn() == 0
        quiet = ("--on", "--quiet", "22:00-07:00", "--zone", "Europe/Paris", "--language", "fr")
        assert await hub_cli(database, "staff", "mail", "dana@example.com", "acme", *quiet) == 0
        assert await hub_cli(database, "staff", "mail", "dana@example.com", "acme", "--zone", "Mars") == 1
        now[0] = now[0].replace(hour=23, minute=0)
        assert await told.turn() == 0, "it is night there"
        now[0] = now[0].replace(hour=11)
        assert await told.turn() == 1
        await relay.turn()
        assert "La licence de other" in mails.mails[1].get_content()

    with_mail(database, scenario)


def test_everybody_says_for_themselves_what_comes_by_mail(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, mine="viewer", neighbour="owner")
            dana = Client(house.session, house.base, (await sign_in(house, tenant="mine"))[1]["token"])
            status, found = (await dana.get("/v1/me/mail"))[:2]
            assert (status, found["told"], found["reached"], found["wish"]["on"]) == (200, False, True, None)
            wish = {"on": True, "without": ["licence"], "zone": "Asia/Jerusalem", "language": "he"}
            status, found = await send(dana, house, "PUT", "/v1/me/mail", wish)
            assert (status, found["told"], found["wish"]["without"]) == (200, True, ["licence"])
            for wrong in (
                {"zone": "Mars"},
                {"zone": "Europe"},
                {"without": ["weather"]},
                {"digest_at": "25:00"},
                {"x": 1},
            ):
                assert (await send(dana, house, "PUT", "/v1/me/mail", wrong))[0] == 400, wrong
            assert (await dana.get("/v1/me/mail"))[1] == found
            kept = await house.owner.fetch("SELECT mail::text FROM membership WHERE of_tenant = 'neighbour'")
            assert [row["mail"] for row in kept] == ["{}"], "in that business it is as it was"
            assert await staff(database, "join", DANA, "mine", "--store", "x") == 0
            assert not (await dana.get("/v1/me/mail"))[1]["told"], "who sees one store is not told of all"
            key = await house.client("mine", "read")
            assert (await key.get("/v1/me/mail"))[0] == 403, "a program has no mail"

    asyncio.run(scenario())


def test_a_kind_that_someone_does_not_want_is_not_told_and_the_rest_is() -> None:
    licence, stopped = an_alert("a", True), OpenAlert("stopped", "spring", "1", True, {}, us(NOON))
    assert due(MailWish(without=("licence",)), [licence, stopped], {}, us(NOON)) == [stopped]


def test_it_is_written_once_a_minute(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    async def scenario() -> None:
        async with hub.open_hub(database) as store:
            turns = 0
            writer = OfficeLetterWriter(store.pool)

            async def turn() -> int:
                nonlocal turns
                turns += 1
                return 0

            monkeypatch.setattr(writer, "turn", turn)
            monkeypatch.setattr("sync.hub.recurring.asyncio.sleep", sleep)
            with pytest.raises(asyncio.CancelledError):
                await writer.run()
            monkeypatch.undo()
            assert (turns, slept) == (3, [EVERY_S] * 3), "each minute, and not each second one"

    asyncio.run(scenario())
