"""A message of many alerts names every critical one; only others are counted."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.notify.message_text import LINES, About, Said, compose
from edge.core.registry import Severity
from edge.foundation.alerts.queries import Alert

ABOUT = About("Corner", "en", ZoneInfo("Europe/Paris"), "EUR")


def said(id: int, severity: Severity) -> Said:
    values: dict[str, str | int] = {"free_mb": id}
    fields = msgspec.json.encode(
        {
            "id": id,
            "kind": "disk_full",
            "subject": f"{id}",
            "severity": severity,
            "worst": severity,
            "state": "raised",
            "count": 1,
            "first_us": 1,
            "last_us": 1,
            "ended_us": 0,
            "turn": 1,
            "turn_us": 1,
            "turn_why": "raised",
            "acked_by": "",
            "acked_us": 0,
            "acked_until_us": 0,
            "note": "",
            "values": values,
            "cause_seq": id,
            "causes": [],
            "raised_by": "",
            "people": [],
            "roles": [],
            "channels": [],
        }
    )
    alert = msgspec.json.decode(fields, type=Alert)
    return Said("raised", alert)


def test_forty_critical_alerts_are_all_named() -> None:
    text = compose(ABOUT, [said(id, "critical") for id in range(1, 41)]).text
    assert all(f" {id} MB left" in text for id in range(1, 41))
    assert "more" not in text


def test_of_the_others_as_many_are_named_as_there_is_room_for() -> None:
    many = [*(said(id, "medium") for id in range(1, 31)), *(said(id, "critical") for id in range(31, 34))]
    text = compose(ABOUT, many).text
    assert all(f" {id} MB left" in text for id in (31, 32, 33))
    assert sum(line.startswith("- ") for line in text.splitlines()) == LINES
    assert "and 13 more" in text
