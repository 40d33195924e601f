"""What a person chose, and when they are told nothing: across midnight, and when the clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.analytics.notify.preferences import NotificationPreferences, faults, last_due_us, quiet_until_us
from edge.runtime.outgoing.retry import retry_after_s, wait_s

JERUSALEM = ZoneInfo("Asia/Jerusalem")
NIGHT = NotificationPreferences(quiet_hours_enabled=True, quiet_hours_start="22:00", quiet_hours_end="07:00")


def us(text: str, fold: int = 0) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=JERUSALEM, fold=fold).timestamp() * 1e6)


def shown(at_us: int | None) -> str:
    return "" if at_us is None else f"{datetime.fromtimestamp(at_us / 1e6, tz=JERUSALEM):%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2027-01-15T21:59", ""),
        ("2027-01-15T22:00", "16 07:00"),
        ("2027-01-16T03:00", "16 07:00"),
        ("2027-01-16T06:59", "16 07:00"),
        ("2027-01-16T07:00", ""),
    ],
)
def test_a_night_begins_with_its_first_minute_and_ends_before_its_last(now: str, until: str) -> None:
    assert shown(quiet_until_us(NIGHT, us(now), JERUSALEM)) == until
    assert quiet_until_us(NotificationPreferences(), us(now), JERUSALEM) is None


def test_a_break_at_noon() -> None:
    noon = msgspec.structs.replace(NIGHT, quiet_hours_start="13:00", quiet_hours_end="15:30")
    assert shown(quiet_until_us(noon, us("2027-01-15T14:00"), JERUSALEM)) == "15 15:30"
    assert quiet_until_us(noon, us("2027-01-15T12:59"), JERUSALEM) is None


def test_nights_on_which_the_clock_changes() -> None:
    """In Israel it goes from 02:00 to 03:00 on 26 March 2027, and back from 02:00 to 01:00 on 31 October 2027."""
    gap = msgspec.structs.replace(NIGHT, quiet_hours_end="02:30")
    end = quiet_until_us(gap, us("2027-03-26T01:59"), JERUSALEM)
    assert shown(end) == "26 03:00", "a time that there is not is the first moment behind the gap"
    twice = msgspec.structs.replace(NIGHT, quiet_hours_end="01:30")
    assert quiet_until_us(twice, us("2027-10-31T01:30"), JERUSALEM) == us("2027-10-31T01:30", fold=1)
    begins = msgspec.structs.replace(NIGHT, quiet_hours_start="01:30")
    assert quiet_until_us(begins, us("2027-10-31T01:45"), JERUSALEM) is not None, "a start takes the first of two"
    hours = (us("2027-10-31T07:00") - us("2027-10-30T22:00")) / 3.6e9
    assert hours == 10 and shown(quiet_until_us(NIGHT, us("2027-10-30T22:00"), JERUSALEM)) == "31 07:00"


def test_when_a_digest_was_due() -> None:
    assert shown(last_due_us("08:00", us("2027-01-15T08:00"), JERUSALEM)) == "15 08:00"
    assert shown(last_due_us("08:00", us("2027-01-15T07:59"), JERUSALEM)) == "14 08:00"


def test_who_wants_what() -> None:
    usual = NotificationPreferences()
    assert [usual.wants(one, "x") for one in ("critical", "high", "medium", "low")] == [True, True, False, False]
    some = NotificationPreferences(notify_on_high=False, min_severity="low", kinds_off=("offline",))
    assert [some.wants(one, "x") for one in ("high", "medium", "low", "info")] == [False, True, True, False]
    assert not some.wants("low", "offline") and some.wants("critical", "offline")
    assert NotificationPreferences(away_from="2027-01-10", away_until="2027-01-12").away("2027-01-12")
    assert not NotificationPreferences(away_from="2027-01-10", away_until="2027-01-12").away("2027-01-13")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_hours_start": "25:61"},
        {"email": "no address"},
        {"email": "a@b.example\r\nBcc: x@y.example"},
        {"phone": "054-1234567"},
        {"slack_webhook": "ftp://x"},
        {"webhook": "https://user@host/"},
        {"enabled_channels": ["pigeon"]},
        {"min_severity": "awful"},
        {"colour": "red"},
    ],
)
def test_what_is_wrong_is_not_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, NotificationPreferences)


def test_what_types_cannot_say() -> None:
    def said(**of: object) -> list[tuple[str, str]]:
        return list(faults(msgspec.convert(of, NotificationPreferences)))

    assert said(quiet_hours_start="22:00", quiet_hours_end="22:00") == [("quiet_hours_end", "quiet_hours_same")]
    assert said(enabled_channels=["sms"]) == [("phone", "channel_needs_address")]
    assert said(enabled_channels=["sms", "printer"], phone="+972541234567") == []
    assert said(away_from="2027-02-30") == [("away_from", "no_such_day")]
    assert said(away_from="2027-02-03", away_until="2027-02-01") == [("away_until", "away_backwards")]


def test_when_what_failed_is_tried_again() -> None:
    assert [wait_s(tries) for tries in (1, 2, 3, 9, 50)] == [5, 10, 20, 900, 900]
    assert (wait_s(1, 0), wait_s(1, 1)) == (4, 6)
    assert retry_after_s("120") == 120 and retry_after_s(None) is None and retry_after_s("soon") is None
    date = "Fri, 15 Jan 2027 10:00:00 GMT"
    for form in ("Fri, 15 Jan 2027 10:01:00 GMT", "Friday, 15-Jan-27 10:01:00 GMT", "Fri Jan 15 10:01:00 2027"):
        assert retry_after_s(form, date) == 60, form
    assert retry_after_s("Fri, 15 Jan 2027 09:00:00 GMT", date) == 0
    for other in ("-1", "+5", "1.5", "5s", "\u0665", "", "Fri, 15 Jan 2027 10:01:00 +0200", "2027-01-15T10:01:00Z"):
        assert retry_after_s(other, date) is None, other
    assert retry_after_s("0000000120") == 120
    for never in ("999999999", "9" * 40):
        assert (retry_after_s(never) or 0) > 86_400, "it is beyond the life of any message"
