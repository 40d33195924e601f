"""How phones, emails and names of customers are read as people write them, and by what names they are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.people.customers import rules
from edge.people.customers.lookup import search
from edge.people.customers.settings import settings_of
from tests.customers import known
from tests.refusals import outcome_of
from tests.shop_fixture import config, open_shop, run


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("416-555-0123", "CA", ("+14165550123", "")),
        ("(416) 555 0123 ext. 12", "CA", ("+14165550123", "12")),
        ("06 12 34 56 78", "FR", ("+33612345678", "")),
        ("+972 52-555-0101", "CA", ("+972525550101", "")),
        ("+1 (416) 555-0123,,12", "FR", ("+14165550123", "12")),
        ("1-416.555.0123 x12", "CA", ("+14165550123", "12")),
        ("416 555-0123, poste 12", "CA", ("+14165550123", "12")),
        ("tel:+1-416-555-0123;ext=12", "CA", ("+14165550123", "12")),
        ("\u202a+1 416\u00a0555\u20110123\u202c", "CA", ("+14165550123", "")),
        ("４１６５５５０１２３", "CA", ("+14165550123", "")),
        ("1-800-FLOWERS", "CA", ("+18003569377", "")),
        ("011 33 6 12 34 56 78", "CA", ("+33612345678", "")),
        ("(212) 555-0134", "US", ("+12125550134", "")),
        ("06.12.34.56.78", "FR", ("+33612345678", "")),
        ("+33 (0)6 12 34 56 78", "FR", ("+33612345678", "")),
        ("0033 6 12 34 56 78", "FR", ("+33612345678", "")),
        ("01 23 45 67 89 poste 3", "FR", ("+33123456789", "3")),
        ("052-555-0101", "IL", ("+972525550101", "")),
        ("02-678-1234", "IL", ("+97226781234", "")),
        ("0525550101 שלוחה 12", "IL", ("+972525550101", "12")),
        ("020 7946 0018", "GB", ("+442079460018", "")),
        ("+44 (0)7700 900123", "GB", ("+447700900123", "")),
        ("", "CA", ("", "")),
        ("\u200e ", "CA", ("", "")),
    ],
)
def test_a_phone_is_read_as_people_write_it(typed: str, region: str, kept: tuple[str, str]) -> None:
    phone = rules.phone_of(typed, region)
    assert isinstance(phone, rules.PhoneNumber)
    assert (phone.e164, phone.extension) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("12", "911", "+", "no phone", "+999 1", "1" * 61, "416\x00555", "41655501234567"),
        *("555-0123", "+1 555 0123"),  # of a town alone
        *("000-000-0000", "+1 123 456 7890", "416-055-0123"),  # never given to anybody
        "416-555-0123 / 416-555-0199",
    ],
)
def test_what_is_no_phone_is_refused(typed: str) -> None:
    assert outcome_of(rules.phone_of, typed, "CA") == Refused("phone_invalid")


@pytest.mark.parametrize(("typed", "region"), [("15", "FR"), ("3639", "FR"), ("100", "IL"), ("*2700", "IL")])
def test_a_short_code_is_no_ones_phone(typed: str, region: str) -> None:
    assert outcome_of(rules.phone_of, typed, region) == Refused("phone_invalid")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\ufeffAna@Example.org\u200b", "ana@example.org"),
        ("e\u0301va@x.org", "\u00e9va@x.org"),
        ("a.b+tag@x.org", "a.b+tag@x.org"),
        ("a@münchen.de", "a@münchen.de"),
        ("אבא@דוגמה.קום", "אבא@דוגמה.קום"),
        ("x" * 64 + "@x.org", "x" * 64 + "@x.org"),
    ],
)
def test_a_mail_has_one_form_however_it_was_copied(typed: str, kept: str) -> None:
    assert rules.email_of(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("x" * 200, "x" * 200),
        ("e\u0301" * 200, "\u00e9" * 200),
        ("👨\u200d👩\u200d👧 Levi", "👨\u200d👩\u200d👧 Levi"),
        ("שָׁלוֹם  לוי", "שָׁלוֹם לוי"),
        ("Renée\u00a0O’Brien", "Renée O’Brien"),
        ("\u200b\u200f", ""),
        ("x" * 201, Refused("name_too_long", {"limit": 200})),
        *[(f"a{one}b", Refused("control_characters", {"field": "name"})) for one in "\x00\x07\t\n\x7f\u202e\u2066"],
    ],
)
def test_a_name_is_as_people_see_it(typed: str, kept: str | Refused) -> None:
    assert outcome_of(rules.name_of, typed) == kept


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *[("Siobhán O’Brien", typed) for typed in ("o'brien", "brien", "siobhan o", "o'br")],
        *[("Anne Lebœuf", typed) for typed in ("leboeuf", "lebœuf", "LEBOEUF anne")],
        *[("Jean-Pierre de la Tour", typed) for typed in ("tour", "jean pierre", "pierre t", "de la tour")],
        *[("שָׁלוֹם חיים", typed) for typed in ("שלום", "שלומ", "חיימ", "של ח")],
        *[("Łukasz Ødegård", typed) for typed in ("lukasz", "odegard")],
        *[("Ana Lee", typed) for typed in ("0123", "555-0123", "\u202a+1 416 555-0123\u202c", "+1 416 555 0123 x7")],
    ],
)
def test_somebody_is_found_as_people_type_it(name: str, typed: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            id = await known(shop, name=name, phone="+1 416 555 0123")
            await known(shop, name="Somebody Else", phone="+1 416 556 0124")
            assert [found.id for found in search(shop.reader, typed, settings_of(config(tmp_path)))] == [id]

    run(scenario())


@pytest.mark.parametrize(
    "typed",
    [
        *("dana", "a@@b.org", "a@b", "a b@c.org", "@c.org", "a@c..org", "x" * 250 + "@a.org", "x" * 65 + "@a.org"),
        *("<a@c.org>", "a@c.org, b@c.org", "a;b@c.org", "mailto:a@c.org", "a@c,org", "a@-c.org", "a@c.o", "a@c.org."),
    ],
)
def test_an_invalid_mail_is_refused(typed: str) -> None:
    assert outcome_of(rules.email_of, typed) == Refused("email_invalid")
