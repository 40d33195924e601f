"""Addresses are mended where that is sure, and what is wrong is said by field."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from zoneinfo import available_timezones

import pytest
from babel.core import Locale, UnknownLocaleError, get_global

from edge.lib.regions.addresses import Address, check, not_delivered, show
from edge.lib.regions.countries import country_of, first_weekday, weekend
from edge.lib.regions.provinces import provinces


def in_canada(postal_code: str, province: str = "ON") -> Address:
    return Address(("290 Bremner Blvd",), "Toronto", province, postal_code)


def test_a_right_one_is_ok_and_a_sloppy_one_is_mended_and_shown() -> None:
    assert check(in_canada("M5V 3L9")).state == "ok"
    found = check(Address((" 290  Bremner Blvd ", ""), " Toronto", "on", "m5v3l9", "ca"))
    assert (found.state, found.faults) == ("corrected", {})
    assert show(found.address) == ["290 Bremner Blvd", "Toronto ON M5V 3L9"]


@pytest.mark.parametrize(
    ("postal", "fault"),
    [
        *[(f"{letter}1A 1A1", "postal_form") for letter in "DFIOQUWZ"],
        *[(f"M1{letter} 1A1", "postal_form") for letter in "DFIOQU"],
        ("M1W 1Z1", ""),
        ("M55 3L9", "postal_form"),
        ("M5V 3L", "postal_form"),
        ("M5V 3L99", "postal_form"),
        ("M5V 3L\u0669", "postal_form"),  # a digit, of another script
        ("m5v-3l9", ""),
        ("M5V\u00a03L9", ""),
        (" m 5 v 3 l 9 ", ""),
        ("", "missing"),
        ("H2X 1Y4", "postal_province"),
    ],
)
def test_postal_codes_are_canada_posts(postal: str, fault: str) -> None:
    assert check(in_canada(postal)).faults.get("postal_code", "") == fault


def test_every_province_has_its_letters_and_x_is_of_two_by_the_first_three() -> None:
    assert len(provinces()) == 13
    for id, one in provinces().items():
        for begin in one.postal:
            assert check(in_canada((begin + "1A1A1")[:3] + " 1A1", id)).state == "ok", (id, begin)
    assert check(in_canada("X0A 1A1", "NU")).state == "ok"
    assert check(in_canada("X0A 1A1", "NT")).confirm
    assert check(in_canada("X1A 1A1", "NT")).state == "ok"


def test_another_provinces_code_may_be_confirmed_by_someone_who_knows() -> None:
    sure = Address(("1 Main St",), "Lloydminster", "SK", "T9V 0A1", confirmed=True)
    assert check(sure).state == "ok"


def test_of_another_country_only_lengths_and_characters_are_looked_at() -> None:
    assert check(Address(("1 rue X",), "Paris", "", "75001", "FR")).state == "unchecked"
    long = check(Address(("x" * 81,), "y" * 80, "", "z" * 13, "FR"))
    assert long.faults == {"lines.0": "too_long", "postal_code": "too_long"}
    hidden = check(Address(("a\u202eb",), "Par\x00is", "", "", "FR"))
    assert hidden.faults == {"lines.0": "characters", "city": "characters"}
    assert check(Address((), "", country="FRA")).faults == {
        "lines": "missing",
        "city": "missing",
        "country": "country",
    }
    assert check(Address(("1", "2", "3", "4"), "Paris", country="FR")).faults == {"lines": "too_many"}


def test_nothing_is_brought_to_a_post_box_or_beyond_the_province() -> None:
    assert not_delivered(in_canada("M5V 3L9"), "ON") is None
    assert not_delivered(in_canada("M5V 3L9"), "QC") == "other_province"
    boxes = ("PO Box 12", "P.O. Box 4", "Post Office Box 7", "POBox 12", "ת.ד. 44", 'ת"ד 44', "תא דואר 44")
    for line in (
        *boxes,
        "C.P. 12",
        "C.P.12",
        "CP 12",
        "Case postale 3",
        "BP 12",
        "Boîte postale 12",
        "Boi\u0302te postale",
    ):
        assert not_delivered(Address((line,), "Toronto", "ON", "M5V 3L9"), "ON") == "post_box", line
    for line in ("12 Boxwood Ave", "12 CP Rail Rd", "1 rue de la Poste", "2 Postal Boxes Rd", "RR 1"):
        assert not_delivered(Address((line,), "Toronto", "ON", "M5V 3L9"), "ON") is None, line


def test_a_new_rate_never_changes_the_past() -> None:
    scotia = provinces()["NS"]
    assert scotia.rates(date(2025, 3, 31)) == {"HST": 15000}
    assert scotia.rates(date(2025, 4, 1)) == {"HST": 14000}
    assert provinces()["QC"].rates(date(2026, 1, 1)) == {"GST": 5000, "QST": 9975}


def test_a_time_zone_tells_the_country() -> None:
    assert [country_of(zone) for zone in ("America/Toronto", "Asia/Jerusalem")] == ["CA", "IL"]


def test_every_zone_is_in_the_country_that_cldr_says() -> None:
    aliases, countries = get_global("zone_aliases"), get_global("zone_territories")
    newer = {"America/Coyhaique", "Antarctica/Troll"}  # CLDR has the one in no country yet, the other in the world
    wrong = {
        zone: country_of(zone)
        for zone in available_timezones() - newer
        if country_of(zone) != countries.get(aliases.get(zone, zone), "")
    }
    assert wrong == {}
    assert [country_of(zone) for zone in sorted(newer)] == ["CL", "AQ"]


def test_weeks_begin_and_end_where_cldr_says_in_every_country() -> None:
    wrong: dict[str, object] = {}
    for country in (code for code in get_global("territory_zones") if len(code) == 2):
        with suppress(UnknownLocaleError):
            found = Locale.parse(f"und_{country}")
            if found.territory == country and found.first_week_day + 1 != first_weekday(country):
                wrong[country] = first_weekday(country)
            if found.territory == country and weekend(country) != (*range(found.weekend_start, found.weekend_end + 1),):
                wrong[country] = weekend(country)
    assert wrong == {}
