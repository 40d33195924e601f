"""What someone types of head office at a box: its address and a code, however they type them."""

from __future__ import annotations

import hashlib

import pytest

from sync.enrolment import OfficeCode, authority_mark, in_groups, new_secret, read_office
from sync.wire import WireError

SECRET, MARK = "K7QM2XPD9R4T", authority_mark(hashlib.sha256(b"a certificate").digest())


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("office.example {code}", "office.example"),
        ("  https://Office.Example:8443/   {code}\n", "office.example:8443"),
        ("192.0.2.7:8443\t{code}", "192.0.2.7:8443"),
        ("[2001:db8::7]:8443 {code}", "[2001:db8::7]:8443"),
    ],
)
def test_address_and_code_are_read_as_people_and_scanners_type_them(typed: str, at: str) -> None:
    code = in_groups(SECRET)
    assert code == "K7QM-2XPD-9R4T"
    for written in (code, code.lower(), code.replace("-", " "), SECRET):
        assert read_office(typed.format(code=written)) == OfficeCode(at, SECRET)
    assert read_office(f"{at} {in_groups(SECRET, MARK)}") == OfficeCode(at, SECRET, MARK)


def test_letters_that_are_taken_for_digits_are_those_digits() -> None:
    assert read_office("office.example oOiI-lL22-2222").secret == "001111222222"
    assert not {"O", "I", "L", "U"} & set("".join(new_secret() for _ in range(200)))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "K7QM-2XPD-9R4T",
        "office.example",
        "office.example K7QM-2XPD",
        "office.example K7QM-2XPD-9R4U",
        "http://office.example K7QM-2XPD-9R4T",
        "office.example/x?code= K7QM-2XPD-9R4T",
        "user@office.example K7QM-2XPD-9R4T",
        "office.example " + "K" * 400,
    ],
)
def test_an_invalid_address_with_a_code_is_refused(typed: str) -> None:
    with pytest.raises(WireError):
        read_office(typed)


def test_two_authorities_have_two_marks_of_eighty_bits() -> None:
    first, other = bytes(10) + b"\xff" * 22, bytes(9) + b"\x01" + b"\xff" * 22
    assert authority_mark(first) == "0" * 16
    assert authority_mark(other) == "0" * 15 + "1"
