"""What people notice of alerts that come and go, wait for a morning, or find no one: none is lost, none said twice."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.analytics.notify.commands import ReportDelivery
from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.messages import Actor
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import AcknowledgeAlert, RaiseAlert, ResolveAlert
from edge.foundation.alerts.queries import read_alert
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, Heard, Telling, telling
from tests.shop_fixture import run

ME = Actor(DANA, "panel", "1", system().rights)
HOOK = "https://hooks.example/x"
PARIS = ZoneInfo("Europe/Paris")
BY_SLACK = NotificationPreferences(slack_webhook=HOOK, enabled_channels=("slack",), notify_on_critical=False)
NIGHT = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "20:00"}
"""It is nine o'clock when a test begins."""


async def comes_and_goes(shop: Telling, every_min: int, times: int) -> None:
    for _ in range(times):
        alert = await shop.raised("Printer")
        await shop.after()
        await shop.do(ResolveAlert(alert))
        await shop.after((every_min * MIN_S) - 3)


def test_what_comes_back_every_25_minutes_is_said_to_once_and_over_after_an_hour(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await comes_and_goes(shop, 25, 6)
            back = [one for one in shop.email.titles if one.startswith("Recurring")]
            assert back == ["Recurring, High: Printer"], "the first time only"
            told = len(shop.email.sent)
            await shop.after(34 * MIN_S)
            assert len(shop.email.sent) == told, "it was quiet for 59 minutes"
            await shop.after(2 * MIN_S)
            assert shop.email.titles[told:] == ["Resolved: Printer"]
            await shop.after(2 * HOUR_S)
            await comes_and_goes(shop, 25, 1)
            assert shop.email.titles[told + 1 :][0] == "High: Printer", "and from then on it is news again"

    run(scenario())


def test_who_heard_that_it_keeps_coming_back_hears_that_it_is_over_also_if_it_came_once_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await comes_and_goes(shop, 5, 3)
            alert = await shop.raised("Printer")
            await shop.after(3 * HOUR_S)
            told = len(shop.email.sent)
            await shop.do(ResolveAlert(alert))
            await shop.after()
            await shop.after(59 * MIN_S)
            assert len(shop.email.sent) == told
            await shop.after(2 * MIN_S)
            assert shop.email.titles[told:] == ["Resolved: Printer"]

    run(scenario())


@pytest.mark.parametrize("severity", ["info", "low", "medium", "high"])
def test_what_a_phone_was_not_told_at_night_it_is_told_in_the_morning(tmp_path: Path, severity: str) -> None:
    async def scenario() -> None:
        phone = NotificationPreferences(
            phone="+33612345678", enabled_channels=("whatsapp", "push"), min_severity="info", **NIGHT
        )
        async with telling(tmp_path, **{DANA: phone}) as shop:
            whatsapp = Heard("whatsapp")
            shop.add(whatsapp)
            await shop.restart()
            shop.clock.advance(-HOUR_S + MIN_S)  # at one past eight, and the night ends in twelve hours
            await shop.raised("Freezer", severity)
            await shop.after()
            assert whatsapp.sent == []
            await shop.after(12 * HOUR_S)
            assert [one.endswith(": Freezer") for one in whatsapp.titles] == [True]

    run(scenario())


def test_who_sleeps_through_what_is_critical_is_followed_by_the_next_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        asleep = msgspec.structs.replace(MAIL, critical_passes=False, order=1, **NIGHT)
        async with telling(tmp_path, **{DANA: asleep, OMER: BY_SLACK}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            await shop.after(5)
            assert (shop.email.sent, shop.slack.titles) == ([], ["Critical: Fire"])

    run(scenario())


def test_a_channel_that_makes_no_noise_is_a_step_also_at_night(tmp_path: Path) -> None:
    async def scenario() -> None:
        spared = msgspec.structs.replace(
            BY_SLACK, notify_on_critical=True, critical_passes=False, quiet_spares=("slack",), **NIGHT
        )
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, order=1), OMER: spared}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            assert shop.slack.titles == ["Critical: Fire"]
        (tmp_path / "second").mkdir()
        ladder = msgspec.structs.replace(spared, notify_on_critical=False)
        async with telling(tmp_path / "second", **{DANA: msgspec.structs.replace(MAIL, order=1), OMER: ladder}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            await shop.after(10 * MIN_S)
            assert shop.slack.titles == ["Critical: Fire"]

    run(scenario())


@pytest.mark.parametrize("late", [False, True])
def test_what_is_critical_and_could_not_be_delivered_goes_to_the_next_at_once(tmp_path: Path, late: bool) -> None:
    async def scenario() -> None:
        first = msgspec.structs.replace(MAIL, order=1)
        async with telling(tmp_path, **{DANA: first, OMER: BY_SLACK}) as shop:
            shop.email.faults = [] if late else [Undelivered("refused", "550 5.1.1", permanent=True)]
            await shop.raised("Fire", "critical")
            await shop.after()
            if late:
                await shop.do(ReportDelivery(shop.rows()[0].id, "failed", "5.1.1"))
            await shop.after(5)
            assert shop.slack.titles == ["Critical: Fire"], "nobody waits ten minutes for who was not reached"

    run(scenario())


def test_the_ladder_does_not_call_one_phone_twice_because_two_people_share_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(MAIL, phone="+33612345678", urgent_channels=("sms",))
        one, other = (msgspec.structs.replace(both, order=order) for order in (1, 2))
        async with telling(tmp_path, **{DANA: one, OMER: other}) as shop:
            await shop.raised("Fire", "critical")
            for _ in range(3):
                await shop.after(10 * MIN_S)
            assert (len(shop.email.sent), len(shop.sms.sent)) == (1, 1)

    run(scenario())


def test_a_lesser_cause_that_just_ended_does_not_make_what_is_critical_wait(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.do(ResolveAlert(await shop.do(RaiseAlert("offline", "", "medium"))))
            await shop.after(0)
            await shop.raised("Fire", "critical", causes=("offline",))
            await shop.after(0)
            assert shop.email.titles == ["Critical: Fire"]
            await shop.raised("Freezer", "medium", causes=("offline",))

    run(scenario())


def test_what_was_as_grave_before_is_not_told_again_and_stays_with_who_sees_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            alert = await shop.raised("Freezer", "high")
            await shop.after()
            await shop.raised("Freezer", "critical")
            await shop.after(0)
            await shop.do(AcknowledgeAlert(alert), ME)
            for severity in ("high", "critical"):
                await shop.raised("Freezer", severity)
                await shop.after()
            assert shop.email.titles == ["High: Freezer", "Escalated to Critical: Freezer"]
            now = read_alert(shop.shop.reader, alert)
            assert now and (now.severity, now.state, now.acked_by) == ("critical", "acknowledged", DANA)

    run(scenario())


def test_a_service_that_asked_to_wait_is_not_asked_what_came_up_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        other = msgspec.structs.replace(BY_SLACK, notify_on_critical=True, slack_webhook="https://hooks.example/other")
        mine = msgspec.structs.replace(other, slack_webhook=HOOK)
        async with telling(tmp_path, **{DANA: mine, OMER: other}) as shop:
            shop.slack.faults = [Undelivered("told_to_wait", "429", after_s=300.0)]
            await shop.raised("Freezer")
            await shop.after()
            assert [to for to, _ in shop.slack.sent] == ["https://hooks.example/other"]
            await shop.raised("Fire", "critical")
            await shop.after(4 * MIN_S)
            assert [to for to, _ in shop.slack.sent] == ["https://hooks.example/other"] * 2
            await shop.after(2 * MIN_S)
            assert sorted(to for to, _ in shop.slack.sent) == ["https://hooks.example/other"] * 2 + [HOOK] * 2

    run(scenario())


class Hook(Heard):
    """A webhook: a repeat is known by its key."""

    repeats = True

    def __init__(self) -> None:
        super().__init__("webhook")
        self.tried: list[tuple[str, str, bytes]] = []

    async def send(self, parcel: Parcel, to: str) -> str:
        self.tried.append((parcel.key, parcel.what, msgspec.json.encode(parcel.data)))
        return await super().send(parcel, to)


def test_a_program_gets_the_same_body_at_each_try_whatever_became_of_the_alert(tmp_path: Path) -> None:
    async def scenario() -> None:
        program = NotificationPreferences(webhook=HOOK, enabled_channels=("webhook",))
        async with telling(tmp_path, **{DANA: program}) as shop:
            hook = Hook()
            shop.add(hook)
            await shop.restart()
            hook.faults = [Undelivered("server_failed", "500")] * 2
            alert = await shop.raised("Freezer")
            await shop.after()
            await shop.do(RaiseAlert("message", "Freezer", "high", {"title": "Freezer"}, again=True))
            await shop.after(5)
            await shop.do(ResolveAlert(alert))
            await shop.after(30)
            await shop.after(1)
            (first, second, third, over) = hook.tried
            assert first == second == third
            assert (over[1], hook.sent[-1][1].what) == ("resolved", "resolved")
            assert [row.body for row in shop.rows()] == ["", ""], "nothing of it is kept once it is through"

    run(scenario())


def test_what_follows_in_a_mail_box_answers_the_mail_that_told_of_it_alone_or_with_others(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            together = [await shop.raised(subject) for subject in ("Freezer", "Door")]
            await shop.after()
            alone = await shop.raised("Window")
            await shop.after(MIN_S)
            for alert in (*together[:1], alone):
                await shop.do(ResolveAlert(alert))
                await shop.after(11 * MIN_S)
            assert shop.email.titles == ["2 alerts", "High: Window", "Resolved: Freezer", "Resolved: Window"]
            channel = EmailChannel(OutgoingMail(MailServer("mail.example", 25), Breakers()), "shop@corner.example")
            first, second, third, fourth = (channel.message(parcel, to) for to, parcel in shop.email.sent)
            assert (third["In-Reply-To"], fourth["In-Reply-To"]) == (first["Message-ID"], second["Message-ID"])
            assert fourth["References"] == second["Message-ID"] and third["Subject"].startswith("Re: Resolved")
            assert len({mail["Message-ID"] for mail in (first, second, third, fourth)}) == 4

    run(scenario())


def test_what_was_never_sent_is_not_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered("refused", "554", permanent=True)]
            await shop.raised("Freezer")
            await shop.after()
            await shop.raised("Freezer", "critical")
            await shop.after(0)
            assert [(parcel.answers, parcel.thread[:5]) for _, parcel in shop.email.sent] == [("", "alert")]

    run(scenario())


def test_a_digest_leaves_out_what_its_person_heard_of_since_yesterday(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, digest_at="10:00")}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            await shop.after(24 * HOUR_S)
            await shop.raised("Door")
            await shop.after(3)
            await shop.after(HOUR_S)
            _, _, digest = [parcel.text for _, parcel in shop.email.sent]
            assert "Freezer" in digest and "Door" not in digest, "they were told of it an hour ago"
            await shop.after(24 * HOUR_S)
            assert len(shop.email.sent) == 4 and "Door" in shop.email.sent[-1][1].text

    run(scenario())


def test_a_digest_that_has_nothing_to_say_at_its_time_says_nothing_later_that_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, digest_at="08:00")}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            for _ in range(3 * 24):
                await shop.after(HOUR_S)
            sent = [datetime.fromtimestamp(row.changed_us / 1e6, PARIS) for row in shop.rows() if row.what == "digest"]
            assert {at.hour for at in sent} == {8} and len(sent) == 2

    run(scenario())
