"""Whom alerts reach beside the page, and what is said where no one chose to be told."""

from __future__ import annotations

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.reach import reach
from edge.core.registry import Severity

USABLE = frozenset({"email"})
KINDS: dict[str, Severity] = {"part_lost": "high", "sync_late": "medium"}


def person(id: str, manages: bool = True, away: bool = False, **chosen: object) -> Recipient:
    address = {"email": f"{id}@example.com", "enabled_channels": ("email",)}
    prefs = NotificationPreferences(**{**address, **chosen})  # type: ignore[arg-type]
    return Recipient(id, "manager" if manages else "cashier", manages, prefs, away)


def test_where_someone_is_told_nothing_is_wrong() -> None:
    found = reach([person("dana")], USABLE, KINDS)
    assert (found.gap, found.critical, found.unheard) == ("", ("dana",), ())


def test_nobody_is_reached_without_a_channel_an_address_or_a_manager() -> None:
    assert reach([], USABLE, KINDS).gap == "nobody"
    assert reach([person("dana")], frozenset(), KINDS).gap == "nobody"
    assert reach([person("dana", email="")], USABLE, KINDS).gap == "nobody"
    assert reach([person("noa", manages=False)], USABLE, KINDS).gap == "nobody"
    assert reach([person("dana", away=True)], USABLE, KINDS).gap == "nobody"


def test_who_is_told_although_nobody_chose_it() -> None:
    found = reach([person("dana", notify_on_critical=False)], USABLE, KINDS)
    assert (found.gap, found.instead) == ("instead", "dana")
    only_urgent = person("omer", enabled_channels=(), urgent_channels=("email",))
    assert reach([only_urgent], USABLE, KINDS).gap == "instead"


def test_what_is_grave_and_what_everybody_switched_off() -> None:
    assert reach([person("dana", notify_on_high=False)], USABLE, KINDS).gap == "not_high"
    off = person("dana", kinds_off=("part_lost", "sync_late"))
    assert reach([off], USABLE, KINDS).unheard == ("part_lost",), "nobody is told of what is medium unless they ask"
    assert reach([off, person("omer")], USABLE, KINDS).unheard == ()
