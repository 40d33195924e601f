"""Who is told what, together or alone, and when not; and what is never told twice."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.messages import Actor
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import AcknowledgeAlert, LapseAcknowledgement, RaiseAlert, ResolveAlert
from edge.runtime.outgoing.faults import Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, telling
from tests.shop_fixture import run


def test_from_an_alert_to_its_end_and_nothing_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            alert = await shop.raised("Freezer")
            await shop.after(1)
            assert shop.email.sent == [], "what comes within two seconds joins it"
            await shop.after(2)
            assert shop.email.titles == ["High: Freezer"]
            assert shop.email.sent[0][0] == "dana@example.com"
            for _ in range(3):
                await shop.after(HOUR_S)
            await shop.restart()
            await shop.after()
            assert len(shop.email.sent) == 1, "not again by time, nor by a restart"
            await shop.do(RaiseAlert("message", "Freezer", "critical", {"title": "Freezer"}))
            await shop.after(0)
            assert shop.email.titles[1:] == ["Escalated to Critical: Freezer"]
            assert shop.email.sent[1][1].answers == shop.email.sent[1][1].thread == f"alert {alert}"
            await shop.do(ResolveAlert(alert))
            await shop.after()
            assert shop.email.titles[2:] == ["Resolved: Freezer"]
            assert set(shop.states()) == {"sent"}

    run(scenario())


def test_what_comes_together_goes_as_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            for number in range(120):
                await shop.raised(f"Thing {number}")
            await shop.after()
            assert shop.email.titles == ["120 alerts"] and "and 100 more" in shop.email.sent[0][1].text
            await shop.raised("Later 1")
            await shop.raised("Later 2", "critical")
            await shop.after(10)
            assert shop.email.titles[1:] == ["Critical: Later 2"], "critical ones neither wait nor join"
            await shop.raised("Later 3")
            await shop.after(61)
            assert shop.email.titles[2:] == ["2 alerts"]

    run(scenario())


def test_more_than_wait_at_once_are_all_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            raised = [await shop.raised(f"Thing {number}") for number in range(1_100)]
            await shop.after(1)
            await shop.do(ResolveAlert(raised[0]))
            shop.email.faults = [Undelivered("server_failed")]
            await shop.after()
            assert shop.email.sent == []
            await shop.after(20)
            assert shop.email.titles == ["1099 alerts"]
            assert (
                "and 1079 more" in shop.email.sent[0][1].text
                and "Raised and resolved since: 1" in shop.email.sent[0][1].text
            )
            await shop.do(ResolveAlert(raised[1]))
            await shop.after()
            assert shop.email.titles[1:] == ["Resolved: Thing 1"], (
                "who was told of it by number alone hears that it is over"
            )
            await shop.raised("Later")
            await shop.after(61)
            assert shop.email.titles[2:] == ["High: Later"], "none is counted twice"

    run(scenario())


def test_an_alert_that_was_left_out_twice_counts_once_and_not_beside_its_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered("server_failed")] * 100
            for subject in ("Freezer", "Window"):
                await shop.raised(subject, "high")
                await shop.after(0)
                await shop.raised(subject, "critical")
                await shop.after(0)
            whats = [row.what for row in shop.rows()]
            assert whats == ["raised", "worse"] * 2

            def leave_out(db: Connection) -> None:
                db.execute("UPDATE notify_message SET state = 'suppressed', why = 'too_many' WHERE id < 4")

            await shop.shop.maintain(leave_out)
            shop.email.faults = []
            await shop.after(20)
            assert shop.email.titles == ["2 alerts"]

    run(scenario())


def test_ten_an_hour_and_then_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            for number in range(14):
                await shop.raised(f"Thing {number}")
                await shop.after(120)
            assert len(shop.email.sent) == 10
            await shop.after(31 * MIN_S)
            assert len(shop.email.sent) == 10
            await shop.after(5 * MIN_S)
            assert shop.email.titles[10:] == ["4 alerts"]

    run(scenario())


def test_of_shelves_six_an_hour_and_of_a_bay_one_a_quarter(tmp_path: Path) -> None:
    async def scenario() -> None:
        prefs = msgspec.structs.replace(MAIL, min_severity="low")
        async with telling(tmp_path, **{DANA: prefs}) as shop:

            async def empty(bay: str, kind: str = "shelf_gap") -> None:
                await shop.do(RaiseAlert(kind, bay, "medium", {"bay": bay, "count": 1, "sku": "milk"}))

            await empty("Dairy")
            await shop.after()
            assert shop.email.titles == ["Medium: Empty facings in Dairy: 1"]
            await empty("Dairy", "shelf_wrong")
            await empty("Bread")
            await shop.after(2 * MIN_S)
            assert shop.email.titles[1:] == ["Medium: Empty facings in Bread: 1"], (
                "of one bay once a quarter of an hour"
            )
            await shop.after(14 * MIN_S)
            assert shop.email.titles[2:] == ["Medium: Misplaced products in Dairy: 1"]
            for number in range(5):
                await empty(f"Bay {number}")
                await shop.after(2 * MIN_S)
            assert len(shop.email.sent) == 6, "the rest is on the page of the shelves"
            await shop.raised("Freezer")
            await shop.after(2 * MIN_S)
            assert shop.email.titles[6:] == ["High: Freezer"], "what is no shelf's does not wait"
            await shop.after(35 * MIN_S)
            assert shop.email.titles[7:] == ["2 alerts"], "once the first is an hour ago, in one"

    run(scenario())


def test_quiet_hours_hold_back_all_but_what_is_critical(tmp_path: Path) -> None:
    async def scenario() -> None:
        quiet = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "10:00"}
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, **quiet)}) as shop:
            gone = await shop.raised("Gone by then")
            await shop.raised("Freezer")
            await shop.after()
            fire = await shop.raised("Fire", "critical")
            await shop.after()
            assert shop.email.titles == ["Critical: Fire"]
            await shop.do(AcknowledgeAlert(fire))
            await shop.do(ResolveAlert(gone))
            await shop.after(58 * MIN_S)
            assert len(shop.email.sent) == 1
            await shop.after(3 * MIN_S)
            assert (
                shop.email.titles[1:] == ["High: Freezer"]
                and "Raised and resolved since: 1" in shop.email.sent[1][1].text
            )

    run(scenario())


def test_what_nobody_sees_to_goes_up_the_ladder(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",), order=1)
        second = NotificationPreferences(
            slack_webhook="https://hooks.slack.example/x",
            enabled_channels=("slack",),
            min_severity="high",
            notify_on_critical=False,
        )
        async with telling(tmp_path, **{DANA: both, OMER: second}) as shop:
            alert = await shop.raised("Fire", "critical")
            await shop.after(1)
            heard = lambda: (len(shop.email.sent), len(shop.sms.sent), len(shop.slack.sent))  # noqa: E731
            assert heard() == (1, 0, 0)
            await shop.after(9 * MIN_S)
            assert heard() == (1, 0, 0)
            await shop.after(MIN_S)
            assert heard() == (1, 1, 0), "the next channel of the same person"
            await shop.after(10 * MIN_S)
            assert heard() == (1, 1, 1), "then the next person"
            await shop.after(29 * MIN_S)
            assert heard() == (1, 1, 1)
            await shop.after(2 * MIN_S)
            assert heard() == (1, 2, 1), "half an hour behind the last step it begins anew"
            await shop.do(AcknowledgeAlert(alert), Actor(DANA, "panel", "1", system().rights))
            await shop.after()
            assert shop.slack.titles[1:] == ["Acknowledged by Dana: Fire"]
            await shop.after(HOUR_S)
            assert heard() == (1, 2, 2)
            await shop.do(LapseAcknowledgement(alert))
            await shop.after()
            assert shop.email.titles[1:] == ["Still open, Critical: Fire (since 2027-01-15 09:00)"]

    run(scenario())


def test_a_cause_holds_back_its_consequence_until_it_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        wants = msgspec.structs.replace(MAIL, min_severity="info")
        async with telling(tmp_path, **{DANA: wants}) as shop:
            late = RaiseAlert("sync_late", "", "medium", {"rows": 5}, causes=("offline",))
            await shop.do(late)
            await shop.after(10)
            assert shop.email.sent == [], "its cause may only be noticed after it"
            down = await shop.do(RaiseAlert("offline", "", "medium"))
            await shop.after(40)
            assert shop.email.titles == ["Medium: No connection to head office"]
            await shop.after(HOUR_S)
            await shop.do(ResolveAlert(down))
            await shop.after(4 * MIN_S)
            assert len(shop.email.sent) == 2, "only that it is over"
            await shop.after(2 * MIN_S)
            await shop.after()
            assert shop.email.titles[2:] == ["Medium: Head office has been missing 5 entries for more than an h…"]

    run(scenario())


def test_what_keeps_coming_back_is_said_to_and_then_is_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            for _ in range(6):
                alert = await shop.raised("Printer")
                await shop.after(3)
                await shop.do(ResolveAlert(alert))
                await shop.after(3 * MIN_S)
            told = len(shop.email.sent)
            said = [one for one in shop.email.titles if not one.startswith("Resolved")]
            assert said == ["High: Printer"] * 2 + ["Recurring, High: Printer"]
            await shop.after(HOUR_S)
            await shop.after(10 * MIN_S)
            assert shop.email.titles[told:] == ["Resolved: Printer"]

    run(scenario())
