"""What becomes of a message that waits: overtaken, counted, sent another way, or let out by what works again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.commands import SendTest, SetPreferences
from edge.core.messages import Actor
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import AcknowledgeAlert, ResolveAlert
from edge.runtime.outgoing.faults import Undelivered
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, OMER, telling
from tests.shop_fixture import run

BY_OMER = Actor(OMER, "panel", "1", system().rights)
WRONG = Undelivered("wrong_password", "535", permanent=True, credentials=True)
NIGHT = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "12:00"}
"""It is nine o'clock when a test begins."""


@pytest.mark.parametrize("fault", ["server_failed", "refused"])
def test_what_waits_is_not_told_behind_what_is_worse(tmp_path: Path, fault: str) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered(fault)] * 3
            await shop.raised("Freezer")
            for _ in range(3):
                await shop.after(MIN_S)
            assert shop.states() == ["queued"]
            await shop.raised("Freezer", "critical")
            for _ in range(5):
                await shop.after(5 * MIN_S)
            assert shop.email.titles == ["Escalated to Critical: Freezer"]
            assert [(row.what, row.why) for row in shop.rows()][:1] == [("raised", "overtaken")]

    run(scenario())


def test_the_morning_tells_once_what_grew_worse_in_the_night(tmp_path: Path) -> None:
    async def scenario() -> None:
        asleep = msgspec.structs.replace(MAIL, critical_passes=False, **NIGHT)
        async with telling(tmp_path, **{DANA: asleep}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            await shop.raised("Freezer", "critical")
            for _ in range(3):
                await shop.after(HOUR_S)
            for _ in range(5):
                await shop.after(5 * MIN_S)
            assert shop.email.titles == ["Escalated to Critical: Freezer"]
            await shop.after(10 * MIN_S)
            assert len(shop.email.sent) == 2, "half an hour later she is asked again"

    run(scenario())


def test_what_came_and_went_is_counted_at_whichever_try_the_line_is_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            shop.email.faults = [Undelivered("no_connection")] * 1000
            first, second = await shop.raised("Freezer"), await shop.raised("Door")
            await shop.raised("Window")
            await shop.raised("Gate")
            await shop.after()
            await shop.do(ResolveAlert(first))
            for _ in range(4):
                await shop.after(MIN_S)
            await shop.do(AcknowledgeAlert(second), BY_OMER)
            for _ in range(4):
                await shop.after(5 * MIN_S)
            assert shop.states() == ["suppressed", "suppressed", "queued", "queued"]
            shop.email.faults = []
            await shop.after(15 * MIN_S)
            assert shop.email.titles == ["2 alerts"]
            assert "Raised and resolved since: 2" in shop.email.sent[0][1].text
            await shop.raised("Tap")
            await shop.after(10 * MIN_S)
            assert shop.email.titles[1:] == ["High: Tap"]
            assert "Raised and resolved since" not in shop.email.sent[1][1].text, "it was said"

    run(scenario())


HOOK = "https://hooks.slack.example/x"
BOTH = msgspec.structs.replace(MAIL, slack_webhook=HOOK, urgent_channels=("sms",), phone="+33123456789", **NIGHT)
BY_SLACK = msgspec.structs.replace(BOTH, enabled_channels=("slack",))


@pytest.mark.parametrize("back", [False, True], ids=["changed", "and back"])
def test_what_is_held_goes_by_the_channel_that_is_chosen_meanwhile(tmp_path: Path, back: bool) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: BOTH}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            await shop.do(SetPreferences(DANA, BY_SLACK))
            await shop.after(MIN_S)
            if back:
                await shop.do(SetPreferences(DANA, BOTH))
                await shop.after(MIN_S)
            assert (shop.email.sent, shop.slack.sent) == ([], []), "it is night all the same"
            await shop.after(4 * HOUR_S)
            chosen, other = (shop.email, shop.slack) if back else (shop.slack, shop.email)
            assert (chosen.titles, other.sent, shop.sms.sent) == (["High: Freezer"], [], [])
            assert [row.why for row in shop.rows() if row.state == "suppressed"] == ["other_channel"]

    run(scenario())


def test_what_went_by_the_channel_that_stays_is_not_told_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = msgspec.structs.replace(BOTH, enabled_channels=("email", "slack"), quiet_spares=("slack",))
        async with telling(tmp_path, **{DANA: both}) as shop:
            await shop.raised("Freezer")
            await shop.after()
            assert (shop.email.sent, shop.slack.titles) == ([], ["High: Freezer"])
            await shop.do(SetPreferences(DANA, msgspec.structs.replace(both, enabled_channels=("slack",))))
            await shop.after(4 * HOUR_S)
            assert (shop.email.sent, len(shop.slack.sent), shop.sms.sent) == ([], 1, [])

    run(scenario())


def test_what_lists_all_that_is_open_goes_by_the_channel_that_is_chosen_meanwhile(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: BOTH}) as shop:
            await shop.raised("Freezer")
            await shop.set_back()
            await shop.after()
            await shop.after(10 * MIN_S)
            await shop.do(SetPreferences(DANA, BY_SLACK))
            await shop.after()
            await shop.after(4 * HOUR_S)
            assert (shop.email.sent, shop.slack.titles) == ([], ["1 open alert; you may have seen it already"])

    run(scenario())


@pytest.mark.parametrize("by", ["start", "test", "itself"])
def test_a_wrong_password_is_tried_by_one_message_and_what_waited_goes_as_one(tmp_path: Path, by: str) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL, OMER: msgspec.structs.replace(MAIL, email="omer@x.com")}) as shop:
            shop.email.faults = [WRONG] * 1000
            for name in ("Freezer", "Window", "Door"):
                await shop.raised(name)
                await shop.raised(f"{name} again")
                await shop.after(5 * MIN_S)
            for _ in range(8):
                await shop.after(15 * MIN_S)
            assert 1000 - len(shop.email.faults) == 1, "two hours: at once, and no more"
            shop.email.faults = []
            if by == "start":
                await shop.restart()
            if by == "test":
                await shop.do(SendTest(OMER, "email"))
            for _ in range(2):
                await shop.after(10 * HOUR_S if by == "itself" else 3)
            told = {to: parcel.title for to, parcel in shop.email.sent if parcel.what != "test"}
            assert set(told) == {MAIL.email, "omer@x.com"} and len(shop.email.sent) == 2 + (by == "test")
            assert all("6" in title for title in told.values())

    run(scenario())


def test_what_a_channel_with_a_wrong_password_cannot_tell_goes_by_the_next_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(BOTH, quiet_hours_enabled=False)}) as shop:
            shop.email.faults = [WRONG] * 1000
            for name in ("Freezer", "Window", "Door"):
                await shop.raised(name)
                await shop.after(61)
                await shop.after(61)
            assert shop.sms.titles == ["High: Freezer", "High: Window", "High: Door"]
            assert len(shop.email.faults) == 999

    run(scenario())
