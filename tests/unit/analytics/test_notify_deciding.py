"""What goes now, of any heap of messages at any moment: none is lost, a storm is one message, a night is a night."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.delivery_timing import AN_HOUR, Decision, DeliveryState, History, decide
from edge.analytics.notify.preferences import NotificationPreferences, last_due_us, quiet_until_us
from edge.foundation.alerts.queries import Alert
from edge.foundation.outbox.messages import DAY_US, HOUR_US, MINUTE_US, Message

ZONES = [ZoneInfo(name) for name in ("Asia/Jerusalem", "Europe/Paris", "America/Toronto", "Australia/Lord_Howe", "UTC")]
YEAR_2027_US = round(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
moments = st.integers(YEAR_2027_US, YEAR_2027_US + 366 * DAY_US)
clocks = st.times().map(lambda at: f"{at:%H:%M}")
severities = st.sampled_from(["critical", "high", "medium", "low", "info"])
Kinds = list[tuple[str, str]]
CHOSEN = NotificationPreferences(email="dana@example.com", enabled_channels=("email",), min_severity="info")


def alert(id: int, severity: Any, state: Any) -> Alert:
    return Alert(
        *(id, "message", str(id), severity, severity, state, 1, 1, 1, 0, 1, 1, "raised", "", 0, 0, "", {}, 0),
        *((), "", (), (), ()),
    )


def row(id: int, severity: str, made_us: int) -> Message:
    return Message(
        *(id, f"k{id}", id, "raised", severity, "u1", "email", "queued", "", "", 0),
        *(made_us, made_us, made_us + DAY_US, made_us, 0, 0, "", "", ""),
    )


def decided(kinds: Kinds, prefs: NotificationPreferences, now_us: int, zone: ZoneInfo, told: int = 0) -> Decision:
    rows = [row(id, severity, now_us - 1) for id, (severity, _) in enumerate(kinds, 1)]
    alerts = {id: alert(id, severity, state) for id, (severity, state) in enumerate(kinds, 1)}
    history = History(tuple(now_us - HOUR_US // 2 + n for n in range(told)), now_us - 2 * MINUTE_US if told else 0)
    person = Recipient("u1", "manager", True, prefs)
    return decide(rows, person, DeliveryState(alerts), history, now_us, zone)


@given(
    st.lists(st.tuples(severities, st.sampled_from(["raised", "acknowledged", "resolved"])), max_size=60),
    st.booleans(), clocks, clocks, st.booleans(), moments, st.sampled_from(ZONES), st.integers(0, 12),
)  # fmt: skip
def test_each_is_sent_or_waits_or_is_dropped_and_a_heap_is_one(
    kinds: Kinds,
    quiet: bool,
    start: str,
    end: str,
    passes: bool,
    now_us: int,
    zone: ZoneInfo,
    told: int,
) -> None:
    prefs = msgspec.structs.replace(
        CHOSEN, quiet_hours_enabled=quiet and start != end, quiet_hours_start=start, quiet_hours_end=end,
        critical_passes=passes,
    )  # fmt: skip
    found = decided(kinds, prefs, now_us, zone, told)
    sent = [one.id for send in found.sends for one in send.rows]
    everywhere = [*sent, *(one.id for one, _ in found.dropped), *(one.id for one, _ in found.later)]
    assert sorted(everywhere) == list(range(1, len(kinds) + 1)), "each once, and none forgotten"
    assert all(kinds[id - 1][1] == "raised" for id in sent), "what is over or seen to is not told"
    assert all(at_us > now_us for _, at_us in found.later)
    together = [send for send in found.sends if any(one.severity != "critical" for one in send.rows)]
    assert len(together) <= 1, "a storm is one message"
    assert told < AN_HOUR or not together, "and the eleventh of an hour waits"
    asleep = quiet_until_us(prefs, now_us, zone)
    if asleep:
        assert not together and (passes or not sent)
    else:
        critical = [id for id, kind in enumerate(kinds, 1) if kind == ("critical", "raised")]
        assert set(critical) <= set(sent), "what is critical neither waits nor joins"


@given(clocks, clocks, moments, st.sampled_from(ZONES))
def test_a_night_ends(start: str, end: str, now_us: int, zone: ZoneInfo) -> None:
    prefs = msgspec.structs.replace(CHOSEN, quiet_hours_enabled=True, quiet_hours_start=start, quiet_hours_end=end)
    until_us = quiet_until_us(prefs, now_us, zone)
    if start == end or until_us is None:
        return
    assert now_us < until_us <= now_us + 26 * HOUR_US, "within a day, whatever the clocks do"
    assert quiet_until_us(prefs, until_us - 1, zone) == until_us, "it is one night to its last moment"
    after_us = quiet_until_us(prefs, until_us, zone)
    assert after_us is None or after_us > until_us


@given(clocks, moments, st.sampled_from(ZONES))
def test_a_digest_is_due_once_a_day(at: str, now_us: int, zone: ZoneInfo) -> None:
    due_us = last_due_us(at, now_us, zone)
    assert now_us - 26 * HOUR_US < due_us <= now_us
    assert last_due_us(at, due_us, zone) == due_us, "the same moment, whenever it is asked for"
    assert last_due_us(at, due_us - 1, zone) < due_us


def test_what_came_a_second_before_a_night_is_told_before_it() -> None:
    zone, night = ZoneInfo("Europe/Paris"), {"quiet_hours_enabled": True, "quiet_hours_start": "22:00"}
    ten_us = round(datetime(2027, 1, 15, 22, tzinfo=zone).timestamp()) * 1_000_000
    person = Recipient("u1", "manager", True, msgspec.structs.replace(CHOSEN, **night))

    def sent(made_us: int, now_us: int) -> int:
        alerts = {1: alert(1, "high", "raised")}
        return len(decide([row(1, "high", made_us)], person, DeliveryState(alerts), History(), now_us, zone).sends)

    second_us = 1_000_000
    assert sent(ten_us - second_us, ten_us + second_us) == 1, "it waited for others of its moment"
    assert sent(ten_us, ten_us + 2 * second_us) == 0
    assert sent(ten_us - MINUTE_US, ten_us + second_us) == 0
