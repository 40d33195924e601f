"""What the value of a paired browser's cookie says: let in, changed every day, and a copy is noticed."""

from __future__ import annotations

import msgspec

from edge.foundation.access.browsers.live_device import KioskDevice, look_at_device
from edge.foundation.access.browsers.pairing import BEFORE_US, ROTATED_US, Pairing, digest, is_due, look_up_pairing

NOW = 10 * ROTATED_US
PAIRED = Pairing("a1", "till", "2", "Bar", "", "192.0.2.0/24", 1, 2, 2, NOW, digest("one"), b"", b"", 0)


def test_a_browser_that_only_asks_is_not_let_in() -> None:
    asking = msgspec.structs.replace(PAIRED, kind="", paired_us=0)
    assert look_up_pairing(asking, "one", NOW) == "asked"
    assert look_up_pairing(asking, "other", NOW) == "wrong"
    assert asking.surfaces == ()


def test_the_value_is_changed_after_a_day_and_not_before() -> None:
    assert not is_due(PAIRED, "one", NOW + ROTATED_US - 1)
    assert is_due(PAIRED, "one", NOW + ROTATED_US)
    coming = msgspec.structs.replace(PAIRED, next=digest("two"))
    assert look_up_pairing(coming, "one", NOW) == "good", "the answer with the new one may have been lost"
    assert look_up_pairing(coming, "two", NOW) == "new"
    assert not is_due(coming, "two", NOW + ROTATED_US)


def test_the_one_before_is_good_for_a_minute_and_then_a_copy() -> None:
    after = msgspec.structs.replace(PAIRED, secret=digest("two"), before=digest("one"), before_until_us=NOW + BEFORE_US)
    assert look_up_pairing(after, "two", NOW) == "good"
    assert look_up_pairing(after, "one", NOW + BEFORE_US - 1) == "good"
    assert look_up_pairing(after, "one", NOW + BEFORE_US) == "copied"
    for nonsense in ("", "three", "\udcff"):
        assert look_up_pairing(after, nonsense, NOW) == "wrong"


def test_a_kiosk_is_no_till() -> None:
    assert msgspec.structs.replace(PAIRED, kind="kiosk").surfaces == ("kiosk",)
    assert PAIRED.surfaces == ("cashier", "panel")


HERE, THERE = KioskDevice("192.0.2.7", "Chromium 140"), KioskDevice("192.0.2.9", "Chromium 140")
OTHER = KioskDevice("192.0.2.7", "curl/8")


def came(*devices: tuple[KioskDevice, int]) -> list[bool]:
    """Whether each was refused as a second one; with the seconds since the one before."""
    live, now_us, seen = None, 0, []
    for device, seconds in devices:
        now_us += seconds * 1_000_000
        live, second = look_at_device(live, device, now_us)
        seen.append(second)
    return seen


def test_a_kiosk_that_got_another_address_goes_on() -> None:
    assert came((HERE, 0), (THERE, 5), (THERE, 5), (THERE, 60), (THERE, 5)) == [False] * 5


def test_who_comes_while_the_first_goes_on_is_refused_until_it_stops() -> None:
    assert came((HERE, 0), (THERE, 5), (HERE, 5), (THERE, 5), (HERE, 5), (THERE, 5)) == [
        *(False, False, False, True, False, True),
    ]
    assert came((HERE, 0), (OTHER, 1), (HERE, 1), (OTHER, 30), (OTHER, 31)) == [False, True, False, True, False]


def test_a_third_is_none_either() -> None:
    third = KioskDevice("192.0.2.11", HERE.agent)
    assert came((HERE, 0), (THERE, 5), (third, 5), (HERE, 5), (THERE, 1)) == [False, False, True, False, True]
