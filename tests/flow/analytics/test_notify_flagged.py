"""Addresses that take no messages any more: said, and not tried again until they are changed or sent a test."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.commands import ReportDelivery, SendTest, SendText, SetPreferences
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.recipients import read_recipients
from edge.core.messages import Refused
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.outbox.messages import MessageState
from edge.runtime.outgoing.faults import Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, OMER, Heard, Telling, telling
from tests.shop_fixture import SYSTEM, run

SMS = msgspec.structs.replace(MAIL, phone="+972541234567", enabled_channels=("sms",), urgent_channels=("email",))
STOPPED = Undelivered("number_stopped", "21610", permanent=True)


def flagged(shop: Telling) -> dict[str, dict[str, str]]:
    return {one.id: dict(one.flagged) for one in read_recipients(shop.shop.reader, "") if one.flagged}


def said(shop: Telling) -> list[tuple[str, object]]:
    (watch,) = [one for one in shop.shop.registry.watches.values() if one.kind == "address_flagged"]
    return [(one.subject, one.values["count"]) for one in watch.read(shop.shop.reader, shop.clock.at_us, "")]


CASES = {
    "stop": ("sms", SMS, STOPPED, "number_stopped"),
    "dead number": ("sms", SMS, Undelivered("no_such_number", "21211", permanent=True), "no_such_number"),
    "webhook 410": (
        "webhook",
        msgspec.structs.replace(
            MAIL, webhook="https://program.example/h", enabled_channels=("webhook",), urgent_channels=("email",)
        ),
        Undelivered("hook_gone", "410", permanent=True),
        "hook_gone",
    ),
    "no mailbox": (
        "email",
        msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",)),
        Undelivered("refused", "550 5.1.1 no such user", permanent=True),
        "no_mailbox",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_address_that_takes_nothing_is_said_and_left_alone(tmp_path: Path, case: str) -> None:
    channel, prefs, fault, why = CASES[case]

    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: prefs}) as shop:
            heard = Heard(channel)
            shop.add(heard)
            await shop.restart()
            other = shop.sms if channel == "email" else shop.email
            heard.faults = [fault]
            await shop.raised("Freezer")
            await shop.after()
            await shop.after()
            assert (flagged(shop), said(shop)) == ({DANA: {channel: why}}, [(channel, 1)])
            assert other.titles == ["High: Freezer"], "the next channel takes over"
            await shop.restart()
            await shop.raised("Fire", "critical")
            await shop.after(61)
            await shop.after(HOUR_S)
            assert heard.sent == [] and "Critical: Fire" in other.titles
            assert [row.channel for row in shop.rows()].count(channel) == 1, "it was not even queued there"

    run(scenario())


@pytest.mark.parametrize("of_kind", [False, True])
def test_who_had_that_address_alone_is_told_by_the_next_channel_from_then_on(tmp_path: Path, of_kind: bool) -> None:
    async def scenario() -> None:
        slack = {"slack_webhook": "https://hooks.slack.example/x", "kind_channels": {"message": ("slack",)}}
        prefs = msgspec.structs.replace(SMS, **slack) if of_kind else SMS
        async with telling(tmp_path, **{DANA: prefs}) as shop:
            only, other = (shop.slack, shop.sms) if of_kind else (shop.sms, shop.email)
            only.faults = [Undelivered("hook_gone", permanent=True) if of_kind else STOPPED]
            for name in ("Freezer", "Window", "Door"):
                await shop.raised(name)
                await shop.after(61)
                await shop.after(61)
            assert other.titles == ["High: Freezer", "High: Window", "High: Door"]
            assert (only.sent, len(shop.rows())) == ([], 4)

    run(scenario())


def test_what_waits_for_such_an_address_goes_by_the_next_channel(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: SMS}) as shop:
            shop.sms.faults = [Undelivered("no_connection"), STOPPED]
            await shop.raised("Freezer")
            await shop.after()
            assert shop.states() == ["queued"]
            await shop.raised("Fire", "critical")
            await shop.after(1)
            await shop.after()
            assert (shop.sms.sent, sorted(shop.email.titles)) == ([], ["Critical: Fire", "High: Freezer"])

    run(scenario())


def test_it_is_tried_again_once_it_is_changed_or_sent_a_test(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: SMS}) as shop:
            shop.sms.faults = [STOPPED]
            await shop.raised("Freezer")
            await shop.after()
            refused = await shop.shop.do(SendText(DANA, "sms", "Rota"), SYSTEM)
            assert refused == Refused("address_flagged", {"channel": "sms"})
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(SMS, order=2)))
            assert flagged(shop) == {DANA: {"sms": "number_stopped"}}, "that is the same number"
            shop.sms.faults = [STOPPED]
            await shop.do(SendTest(DANA, "sms"))
            await shop.after()
            assert flagged(shop) == {DANA: {"sms": "number_stopped"}}, "it was tried, and is still so"
            await shop.do(SendTest(DANA, "sms"))
            await shop.after()
            assert (flagged(shop), said(shop), len(shop.sms.sent)) == ({}, [], 1)
            shop.sms.faults = [STOPPED]
            await shop.raised("Door")
            await shop.after(61)
            assert flagged(shop)
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(SMS, phone="+972541234568")))
            assert flagged(shop) == {}
            await shop.raised("Window")
            await shop.after(61)
            assert shop.sms.sent[-1][0] == "+972541234568"

    run(scenario())


@pytest.mark.parametrize("state", ["failed", "delivered"])
def test_what_a_service_reports_late_is_said_of_the_number(tmp_path: Path, state: MessageState) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: SMS, OMER: SMS}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            (row,) = shop.rows()
            await shop.do(ReportDelivery(row.id, "failed" if state == "failed" else "delivered", "30005"))
            both = {DANA: {"sms": "no_such_number"}, OMER: {"sms": "no_such_number"}}
            assert flagged(shop) == (both if state == "failed" else {}), "whoever has that number"

    run(scenario())


def test_the_address_is_kept_sealed_and_goes_with_its_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: SMS, OMER: NotificationPreferences()}) as shop:
            shop.sms.faults = [STOPPED]
            await shop.raised("Freezer")
            await shop.after()
            (body,) = shop.shop.reader.execute("SELECT body FROM notify_flagged").fetchone()
            assert "541234567" not in body
            await shop.do(ForgetPerson(DANA))
            assert shop.shop.reader.execute("SELECT count(*) FROM notify_flagged").fetchone() == (0,)

    run(scenario())
