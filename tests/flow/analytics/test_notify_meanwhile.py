"""What changes while a message waits or a ladder is climbed: people, hours, channels, and the alert itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.commands import RetryMessage, SetPreferences, SwitchChannel
from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.messages import Actor
from edge.foundation.access.commands import SetUser
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import AcknowledgeAlert, ResolveAlert, SendAlert
from edge.foundation.alerts.queries import read_alert
from edge.foundation.outbox.messages import DAY_US, forget_old
from edge.runtime.outgoing.faults import Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, PIN, Heard, telling
from tests.shop_fixture import CONFIG, run

BY_DANA, BY_OMER = (Actor(user, "panel", "1", system().rights) for user in (DANA, OMER))
QUIET = msgspec.structs.replace(
    MAIL, quiet_hours_enabled=True, quiet_hours_start="08:00", quiet_hours_end="12:00", critical_passes=False
)
PHONE = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",), order=1)
SLACK = NotificationPreferences(
    slack_webhook="https://hooks.slack.example/x", enabled_channels=("slack",), notify_on_critical=False
)
HOOK = NotificationPreferences(webhook="https://program.example/hook", enabled_channels=("webhook",))
NEW = "u3"


@pytest.mark.parametrize(
    "change",
    [{"quiet_hours_end": "09:30"}, {"quiet_hours_enabled": False}, {"quiet_spares": ("email",)}],
    ids=["window", "switch", "spared"],
)
def test_what_is_held_goes_at_once_when_its_hours_are_changed(tmp_path: Path, change: dict[str, object]) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: QUIET}) as shop:
            await shop.raised("Freezer")
            await shop.after(45 * MIN_S)
            assert shop.email.sent == [], "09:45, held until noon"
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(QUIET, **change)))
            await shop.after()
            assert shop.email.titles == ["High: Freezer"]

    run(scenario())


def test_what_is_held_stays_so_where_its_hours_are_longer_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: QUIET}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(QUIET, quiet_hours_end="14:00")))
            await shop.after(4 * HOUR_S)
            assert shop.email.sent == [], "13:00"
            await shop.after(HOUR_S)
            assert shop.email.titles == ["High: Freezer"]

    run(scenario())


@pytest.mark.parametrize(
    "change",
    [{"kinds_off": ("message",)}, {"notify_on_high": False}],
    ids=["kind", "severity"],
)
def test_what_is_held_is_not_sent_once_they_do_not_want_it(tmp_path: Path, change: dict[str, object]) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: QUIET}) as shop:
            await shop.raised("Freezer")
            await shop.do(SendAlert("For Dana", "", "high", people=(DANA,)))
            await shop.after()
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(QUIET, **change)))
            await shop.after(4 * HOUR_S)
            assert shop.email.titles == ["High: For Dana"], "what names her is told whatever she chose"
            assert [row.why for row in shop.rows() if row.state == "suppressed"] == ["not_wanted"]

    run(scenario())


def test_that_it_is_over_is_not_sent_once_they_do_not_want_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            freezer = await shop.raised("Freezer")
            await shop.after()
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(QUIET, quiet_hours_start="09:30")))
            await shop.after(HOUR_S)
            await shop.do(ResolveAlert(freezer))
            await shop.after(6 * MIN_S)
            assert shop.states() == ["sent", "queued"], "10:06, held until noon"
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(MAIL, resolved_kinds_off=("message",))))
            await shop.after(6 * HOUR_S)
            assert [(row.what, row.state) for row in shop.rows()] == [("raised", "sent"), ("resolved", "suppressed")]

    run(scenario())


def test_who_does_not_manage_any_more_is_not_sent_what_was_held(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: QUIET}) as shop:
            await shop.raised("Freezer")
            await shop.raised("Fire", "critical")
            await shop.after()
            await shop.do(SetUser(DANA, "Dana", "cashier", PIN))
            await shop.after(4 * HOUR_S)
            assert (shop.email.sent, {row.why for row in shop.rows() if row.person == DANA}) == ([], {"no_right"})

    run(scenario())


def test_what_is_held_is_reckoned_by_the_zone_that_the_shop_has_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: QUIET}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            assert shop.email.sent == []
            await shop.restart(CONFIG.replace("Europe/Paris", "Asia/Tokyo"))
            await shop.after()
            assert shop.email.titles == ["High: Freezer"], "it is five in the afternoon there"

    run(scenario())


def test_a_start_asks_no_sooner_whom_asked_to_wait(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(
            tmp_path, **{DANA: MAIL, OMER: msgspec.structs.replace(MAIL, email="o@example.com")}
        ) as shop:
            shop.email.faults = [Undelivered("told_to_wait", after_s=600.0)] * 2
            await shop.raised("Freezer", "critical")
            await shop.after()
            shop.email.faults = []
            await shop.restart()
            await shop.do(SetPreferences(OMER, msgspec.structs.replace(MAIL, email="omer@example.com")))
            await shop.after(9 * MIN_S)
            assert shop.email.sent == []
            await shop.after(2 * MIN_S)
            assert len(shop.email.sent) == 2

    run(scenario())


def test_each_step_of_the_ladder_takes_order_roles_and_leave_of_its_own_moment(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE, OMER: SLACK}) as shop:
            await shop.do(SetUser(NEW, "Noa", "manager", PIN))
            await shop.do(SetPreferences(NEW, msgspec.structs.replace(SLACK, slack_webhook="https://h.example/noa")))
            await shop.raised("Fire", "critical")
            await shop.after()
            assert len(shop.email.sent) == 1
            away = msgspec.structs.replace(PHONE, away_from="2027-01-15", away_until="2027-01-16")
            await shop.do(SetPreferences(DANA, away))
            await shop.after(10 * MIN_S)
            assert (shop.sms.sent, [to for to, _ in shop.slack.sent]) == ([], [SLACK.slack_webhook])
            await shop.do(SetPreferences(DANA, PHONE))  # she is back, and again the first to be asked
            await shop.after(10 * MIN_S)
            assert shop.sms.titles == ["Critical: Fire"]
            await shop.do(SetUser(OMER, "Omer", "cashier", PIN))
            await shop.after(10 * MIN_S)
            assert [to for to, _ in shop.slack.sent][1:] == ["https://h.example/noa"], "nobody is left out for that"
            await shop.after(29 * MIN_S)
            assert (len(shop.sms.sent), len(shop.slack.sent)) == (1, 2), "that was the round"
            await shop.after(2 * MIN_S)
            assert len(shop.sms.sent) == 2, "and this is the next"

    run(scenario())


def test_who_was_told_at_once_and_left_is_followed_by_the_next(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE, OMER: SLACK}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            await shop.do(SetUser(DANA, "Dana", "cashier", PIN))
            await shop.after(10 * MIN_S)
            await shop.after(10 * MIN_S)
            assert shop.slack.titles == ["Critical: Fire"]

    run(scenario())


def test_steps_that_were_missed_while_off_are_one_and_the_next_a_full_wait_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE, OMER: SLACK}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            shop.clock.advance(25 * MIN_S)
            await shop.restart()
            await shop.after()
            await shop.after(9 * MIN_S)
            assert (len(shop.sms.sent), len(shop.slack.sent)) == (1, 0)
            await shop.after(MIN_S)
            assert len(shop.slack.sent) == 1

    run(scenario())


def test_of_two_who_see_to_it_the_first_has_it_and_both_get_the_same_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE, OMER: SLACK}) as shop:
            fire = await shop.raised("Fire", "critical")
            await shop.after()
            first = await shop.do(AcknowledgeAlert(fire), BY_OMER)
            assert await shop.do(AcknowledgeAlert(fire, "I am here too"), BY_DANA) == first
            found = read_alert(shop.shop.reader, fire)
            assert found and (found.state, found.acked_by) == ("acknowledged", OMER)
            await shop.after(30 * MIN_S)
            assert (shop.sms.sent, len(shop.email.sent)) == ([], 1), "nobody is asked any more"

    run(scenario())


def test_what_is_over_before_it_went_is_told_to_programs_alone_and_in_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL, OMER: HOOK}) as shop:
            program = Heard("webhook")
            shop.add(program)
            await shop.restart()
            freezer = await shop.raised("Freezer")
            await shop.part.plan()
            await shop.do(ResolveAlert(freezer))
            program.faults = [Undelivered("no_connection"), Undelivered("server_failed")]
            await shop.after()
            await shop.after(6 * MIN_S)
            assert program.sent == [] and len(program.faults) < 2
            await shop.after(20 * MIN_S)
            await shop.after(20 * MIN_S)
            assert [parcel.what for _, parcel in program.sent] == ["raised", "resolved"]
            numbers = [parcel.data["number"] for _, parcel in program.sent]
            assert numbers == sorted(set(numbers))
            assert shop.email.sent == []

    run(scenario())


def test_a_channel_that_is_set_up_later_tells_nothing_of_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        wants = msgspec.structs.replace(MAIL, webhook=HOOK.webhook, enabled_channels=("email", "webhook"))
        async with telling(tmp_path, **{DANA: wants}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            assert {row.channel for row in shop.rows()} == {"email"}
            program = Heard("webhook")
            shop.add(program)
            await shop.restart()
            await shop.after(HOUR_S)
            assert program.sent == []
            await shop.raised("Window")
            await shop.after(61)
            assert [parcel.data["title"] for _, parcel in program.sent] == ["High: Window · Corner Shop"]

    run(scenario())


def test_what_waits_for_a_channel_that_is_switched_off_waits_on_and_not_for_ever(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            await shop.raised("Freezer")
            await shop.part.plan()
            await shop.do(SwitchChannel("email", False))
            await shop.after(HOUR_S)
            assert (shop.email.sent, shop.states()) == ([], ["queued"])
            await shop.do(SwitchChannel("email", True))
            await shop.after()
            assert (shop.email.titles, shop.states()) == (["High: Freezer"], ["sent"])
            await shop.raised("Window")
            await shop.part.plan()
            await shop.do(SwitchChannel("email", False))
            await shop.after(25 * HOUR_S)
            await shop.do(SwitchChannel("email", True))
            await shop.after()
            (late,) = shop.rows()[1:]
            assert (len(shop.email.sent), late.state, late.why) == (1, "failed", "life_over")

    run(scenario())


def test_who_is_new_in_a_role_sees_what_is_open_and_is_sent_nothing_old(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            await shop.do(SendAlert("Freezer", "", "high", (), ("manager",)))
            await shop.after()
            await shop.do(SetUser(NEW, "Noa", "manager", PIN))
            await shop.do(SetPreferences(NEW, msgspec.structs.replace(MAIL, email="noa@example.com")))
            await shop.after(2 * HOUR_S)
            assert [to for to, _ in shop.email.sent] == [MAIL.email]
            await shop.do(SendAlert("Window", "", "high", (), ("manager",)))
            await shop.after(61)
            assert [to for to, _ in shop.email.sent][1:] == [MAIL.email, "noa@example.com"]

    run(scenario())


def test_what_has_grown_worse_is_told_although_somebody_sees_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            freezer = await shop.raised("Freezer")
            await shop.after()
            await shop.raised("Freezer", "critical")
            await shop.part.plan()
            await shop.do(AcknowledgeAlert(freezer), BY_OMER)
            await shop.after(61)
            assert shop.email.titles == ["High: Freezer", "Escalated to Critical: Freezer"]

    run(scenario())


def test_a_dead_letter_goes_after_thirty_days_and_says_since_when(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.email.faults = [Undelivered("refused", "550", permanent=True)]
            await shop.raised("Freezer")
            await shop.after()
            (row,) = shop.rows()
            assert row.state == "failed"
            await shop.after(3 * 24 * HOUR_S)
            await shop.do(RetryMessage(row.id))
            await shop.after()
            (sent,) = shop.email.sent
            assert sent[1].text.endswith("since 2027-01-15 09:00")
            await shop.shop.maintain(lambda db: forget_old(db, shop.clock.at_us + 31 * DAY_US))
            assert shop.rows() == []

    run(scenario())
