"""The ladder where people want quiet, channels do not work, or someone gives an alert back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.messages import Actor
from edge.core.registry import Severity
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import (
    AcknowledgeAlert,
    LapseAcknowledgement,
    RaiseAlert,
    ResolveAlert,
    SendAlert,
    UnacknowledgeAlert,
)
from edge.foundation.alerts.queries import open_alerts
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.runtime.outgoing.faults import Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, Heard, telling
from tests.shop_fixture import CONFIG, run

ME = Actor(DANA, "panel", "1", system().rights)
PHONE = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",), order=1)
HOOK = "https://hooks.slack.example/x"
SLACK = NotificationPreferences(slack_webhook=HOOK, enabled_channels=("slack",), notify_on_critical=False)
LEAVE = {"away_from": "2027-01-14", "away_until": "2027-01-16"}
QUIET = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "12:00"}


def test_who_gives_it_back_leaves_a_full_wait(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE}) as shop:
            alert = await shop.raised("Fire", "critical")
            await shop.after(9 * MIN_S)
            await shop.do(AcknowledgeAlert(alert), ME)
            await shop.after(20 * MIN_S)
            await shop.do(UnacknowledgeAlert(alert), ME)
            await shop.after(9 * MIN_S)
            await shop.after(30)
            assert (len(shop.email.sent), shop.sms.sent) == (1, [])
            await shop.after(10 * MIN_S)
            assert shop.sms.titles == ["Critical: Fire"], "it goes on where it stood"

    run(scenario())


def test_a_step_that_reaches_nobody_is_left_out_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        asleep = msgspec.structs.replace(PHONE, critical_passes=False, **QUIET)
        async with telling(tmp_path, **{DANA: asleep, OMER: SLACK}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            assert shop.email.sent == [] and shop.sms.sent == []
            await shop.after(10 * MIN_S)
            assert shop.slack.titles == ["Critical: Fire"], "not ten minutes more for a phone that is silent"
            left = [(one.person, one.channel, one.why) for one in shop.rows() if one.key.startswith("left:")]
            assert left == [(DANA, "sms", "quiet_now")], "and it is seen why nobody asked her"

    run(scenario())


def test_a_channel_that_does_not_work_is_no_step(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE, OMER: SLACK}) as shop:
            down = "UPDATE notify_channel SET fault = 'wrong_password' WHERE name = 'sms'"
            await shop.shop.maintain(lambda db: db.execute(down) and None)
            await shop.raised("Fire", "critical")
            await shop.after()
            await shop.after(10 * MIN_S)
            assert (shop.sms.sent, shop.slack.titles) == ([], ["Critical: Fire"])
            left = [(one.person, one.channel, one.why) for one in shop.rows() if one.key.startswith("left:")]
            assert left == [(DANA, "sms", "channel_down")]

    run(scenario())


def test_two_people_with_one_phone_get_one_message(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL, OMER: MAIL}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            assert shop.email.titles == ["High: Freezer"]

    run(scenario())


def test_who_was_told_at_night_hears_that_night_that_it_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, **QUIET)}) as shop:
            alert, other = await shop.raised("Fire", "critical"), await shop.raised("Freezer")
            await shop.after(6 * MIN_S)
            await shop.do(ResolveAlert(alert))
            await shop.do(ResolveAlert(other))
            await shop.after()
            assert shop.email.titles == ["Critical: Fire", "Resolved: Fire"]

    run(scenario())


def test_a_service_that_asks_to_wait_is_asked_nothing_else_meanwhile(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(
            tmp_path, **{DANA: MAIL, OMER: msgspec.structs.replace(MAIL, email="o@example.com")}
        ) as shop:
            shop.email.faults = [Undelivered("told_to_wait", after_s=600.0)] * 2
            await shop.raised("Freezer")
            await shop.after()
            shop.email.faults = []
            await shop.raised("Fire", "critical")
            tried = [row.tries for row in shop.rows()]
            await shop.after(9 * MIN_S)
            assert [row.tries for row in shop.rows()][: len(tried)] == tried
            await shop.after(2 * MIN_S)
            assert {row.state for row in shop.rows() if row.person == OMER} == {"sent"}

    run(scenario())


def test_that_it_is_over_is_told_where_they_want_to_hear_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(
            MAIL,
            phone="+33123456789",
            enabled_channels=("email", "sms"),
            resolved_channels_off=("sms",),
            resolved_kinds_off=("offline",),
            min_severity="info",
        )
        async with telling(tmp_path, **{DANA: both}) as shop:
            fridge = await shop.raised("Fridge")
            line = await shop.do(RaiseAlert("offline", "", "high"))
            await shop.after(3)
            assert (shop.email.titles, len(shop.sms.sent)) == (["2 alerts"], 1)
            await shop.after(6 * MIN_S)
            await shop.do(ResolveAlert(fridge))
            await shop.do(ResolveAlert(line))
            await shop.after()
            await shop.after(11 * MIN_S)
            assert shop.email.titles[1:] == ["Resolved: Fridge"] and len(shop.sms.sent) == 1

    run(scenario())


def test_a_kind_of_alert_goes_by_the_channels_chosen_for_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        slack = "https://hooks.slack.example/x"
        chosen = msgspec.structs.replace(
            MAIL,
            phone="+33123456789",
            slack_webhook=slack,
            urgent_channels=("sms",),
            kind_channels={"offline": ("slack",)},
        )
        async with telling(tmp_path, **{DANA: chosen}) as shop:
            line = await shop.do(RaiseAlert("offline", "", "high"))
            await shop.raised("Fridge")
            await shop.after(3)
            assert (shop.email.titles, len(shop.slack.sent), shop.sms.sent) == (["High: Fridge"], 1, [])
            await shop.do(ResolveAlert(line))
            await shop.after(11 * MIN_S)
            assert len(shop.slack.sent) == 2, "that it is over goes where it was told"
            shop.slack.faults = [Undelivered("refused", permanent=True)]
            await shop.do(RaiseAlert("offline", "again", "high"))
            await shop.after(61)
            await shop.after(61)
            assert len(shop.email.sent) == 2, "what does not work is no reason not to be told"
            await shop.do(RaiseAlert("offline", "held", "high"))
            await shop.after(1)
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(chosen, kind_channels={})))
            await shop.after(61)
            assert len(shop.slack.sent) == 2 and shop.rows()[-2].why == "other_channel"
            await shop.after(61)
            assert len(shop.email.sent) == 3, "it goes as all others do now"

    run(scenario())


def test_what_was_chosen_for_goods_nearly_gone_holds_where_low_ones_become_graver(tmp_path: Path) -> None:
    async def scenario() -> None:
        chosen = msgspec.structs.replace(
            MAIL, slack_webhook="https://hooks.slack.example/x", kind_channels={"stock_critical": ("slack",)}
        )
        values = {"name": "Milk", "total": "3"}
        async with telling(tmp_path, **{DANA: chosen}) as shop:
            await shop.do(RaiseAlert("stock_low", "milk", "high", values))
            await shop.after(3)
            assert (len(shop.email.sent), shop.slack.sent) == (1, []), "what is only low goes as all others do"
            alert = await shop.do(RaiseAlert("stock_low", "milk", "critical", values))
            await shop.after(3)
            assert (len(shop.email.sent), len(shop.slack.sent)) == (1, 1)
            off = msgspec.structs.replace(chosen, resolved_kinds_off=("stock_critical",))
            await shop.do(SetPreferences(DANA, off))
            await shop.do(ResolveAlert(alert))
            await shop.after(3)
            await shop.after(11 * MIN_S)
            assert (len(shop.email.sent), len(shop.slack.sent)) == (1, 1), "nor do they hear that it is over"

    run(scenario())


def test_that_a_manager_has_no_address_is_kept_once_an_alert(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: SLACK, OMER: NotificationPreferences()}) as shop:
            alert = await shop.raised("Fire", "critical")
            for _ in range(2):
                await shop.after()
                await shop.after(31 * MIN_S)
                await shop.do(AcknowledgeAlert(alert), ME)
                await shop.do(LapseAcknowledgement(alert))
            assert max(one.turn for one in open_alerts(shop.shop.reader)) > 1
            left = [(one.person, one.why) for one in shop.rows() if one.key.startswith("left:") and one.person == OMER]
            assert left == [(OMER, "no_address")]

    run(scenario())


def test_who_comes_back_from_leave_gets_one_digest(tmp_path: Path) -> None:
    async def scenario() -> None:
        away = msgspec.structs.replace(MAIL, away_from="2027-01-14", away_until="2027-01-16")
        async with telling(tmp_path, **{DANA: away}) as shop:
            await shop.raised("Freezer")
            gone = await shop.raised("Gone by then")
            await shop.after()
            await shop.after(24 * HOUR_S)
            await shop.do(ResolveAlert(gone))
            assert shop.email.sent == [], "it is Saturday, the last day of leave"
            for _ in range(3):
                await shop.after(12 * HOUR_S)
            assert shop.email.titles == ["Still open: 1"]

    run(scenario())


@pytest.mark.parametrize("severity", ["high", "medium"])
def test_what_is_for_whom_is_on_leave_goes_to_the_next_at_once(tmp_path: Path, severity: Severity) -> None:
    async def scenario() -> None:
        away = msgspec.structs.replace(MAIL, order=2, min_severity="medium", **LEAVE)
        nothing = msgspec.structs.replace(MAIL, email="omer@x.com", order=1, notify_on_high=False)
        async with telling(tmp_path, **{DANA: away, OMER: nothing}) as shop:
            await shop.raised("Freezer", severity)
            await shop.after()
            await shop.do(SendAlert("For Dana", "", severity, people=(DANA,)))
            await shop.after(61)
            assert [to for to, _ in shop.email.sent] == ["omer@x.com"] * 2
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(away, away_from="", away_until="")))
            await shop.raised("Window", severity)
            await shop.after(61)
            assert [to for to, _ in shop.email.sent][2:] == [MAIL.email], "she is back"

    run(scenario())


def test_what_waits_for_whom_goes_on_leave_goes_to_the_next(tmp_path: Path) -> None:
    async def scenario() -> None:
        sleeps = msgspec.structs.replace(MAIL, **QUIET)
        nothing = msgspec.structs.replace(MAIL, email="omer@x.com", notify_on_high=False)
        async with telling(tmp_path, **{DANA: sleeps, OMER: nothing}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            assert shop.email.sent == []
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(sleeps, **LEAVE)))
            await shop.after()
            await shop.after()
            assert [to for to, _ in shop.email.sent] == ["omer@x.com"]

    run(scenario())


def test_no_one_is_told_by_mail_on_return_where_nothing_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        away = msgspec.structs.replace(MAIL, away_from="2027-01-14", away_until="2027-01-16")
        async with telling(tmp_path, **{DANA: away}) as shop:
            for _ in range(5):
                await shop.after(12 * HOUR_S)
            assert shop.email.sent == []

    run(scenario())


def test_what_is_heard_in_the_shop_keeps_its_hours(tmp_path: Path) -> None:
    async def scenario() -> None:
        """It is Friday, 09:00; the shop opens at ten, and Dana sleeps by day."""
        sleeps = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "20:00"}
        spoken = msgspec.structs.replace(
            MAIL, enabled_channels=("email", "speaker"), quiet_spares=("email",), critical_passes=False, **sleeps
        )
        async with telling(tmp_path) as shop:
            speaker = Heard("speaker")
            shop.add(speaker)
            await shop.restart()
            await shop.do(SetPreferences(DANA, spoken))
            await shop.do(SetHours(StoreHours(((OpenSpan(600, 1200),),) * 7)))
            await shop.raised("Milk")
            await shop.raised("Fire", "critical")
            await shop.after(3)
            assert speaker.titles == ["Critical: Fire"], "closed, and yet"
            assert "High: Milk" in shop.email.titles and "Critical: Fire" in shop.email.titles, "mail makes no noise"
            await shop.after(HOUR_S)
            assert speaker.titles[1:] == ["High: Milk"], "the shop is open, whoever sleeps"

    run(scenario())


def test_who_is_alone_and_has_one_channel_is_asked_three_times(tmp_path: Path) -> None:
    async def scenario() -> None:
        office = f'{CONFIG}\n[notify]\noffice = "ops@example.com"\n'
        async with telling(tmp_path, text=office, **{DANA: MAIL}) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            told = []
            for _ in range(12):
                await shop.after(10 * MIN_S)
                told.append([to for to, _ in shop.email.sent].count(MAIL.email))
            assert told == [1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3], "half an hour apart"
            assert [to for to, _ in shop.email.sent][3:] == ["ops@example.com"], "and then head office"

    run(scenario())


def test_two_who_were_told_at_once_are_asked_again_one_after_the_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = {DANA: MAIL, OMER: msgspec.structs.replace(MAIL, email="omer@x.com")}
        async with telling(tmp_path, **both) as shop:
            await shop.raised("Fire", "critical")
            await shop.after()
            for _ in range(24):
                await shop.after(5 * MIN_S)
            assert [to for to, _ in shop.email.sent] == [MAIL.email, "omer@x.com"] * 3

    run(scenario())


def test_what_nobody_in_the_shop_sees_to_goes_to_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        office = f'{CONFIG}\n[notify]\noffice = "ops@example.com"\n'
        async with telling(tmp_path, text=office, **{DANA: PHONE}) as shop:
            fire = await shop.raised("Fire", "critical")
            for _ in range(14):  # mail at once, three rounds of a short message
                await shop.after(10 * MIN_S)
            told = [(to, parcel.title) for to, parcel in shop.email.sent if to != MAIL.email]
            assert told == [("ops@example.com", "Critical: Fire · Corner Shop")], "once"
            assert len(shop.sms.sent) == 3
            await shop.do(ResolveAlert(fire))
            await shop.after(6 * MIN_S)
            told = [parcel.title for to, parcel in shop.email.sent if to != MAIL.email]
            assert told[1:] == ["Resolved: Fire · Corner Shop"]
            nobody = NotificationPreferences()
            await shop.do(SetPreferences(DANA, nobody))
            await shop.raised("Flood", "critical")
            await shop.after()
            await shop.after()
            assert shop.email.sent[-1][0] == "ops@example.com", "at once, where there is nobody at all"

    run(scenario())
