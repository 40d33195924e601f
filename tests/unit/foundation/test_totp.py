"""Codes of phones and of paper."""

from __future__ import annotations

import base64

import pytest

from edge.foundation.access.credentials.recovery_codes import new_recovery_codes, recovery_hash
from sync.identity.totp import is_code, new_secret, step_of

RFC = base64.b32encode(b"12345678901234567890").decode()
"""The secret of RFC 6238, appendix B; the codes there have eight digits, of which an app shows the last six."""


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")],
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    assert step_of(RFC, code, at_s * 1_000_000, 0) == at_s // 30
    assert step_of(RFC, f" {code[:3]} {code[3:]}", at_s * 1_000_000, 0) == at_s // 30, "as apps show it"


def test_one_step_off_is_right_two_are_wrong_and_none_is_right_again() -> None:
    at_us = 1_234_567_890_000_000
    for off, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        step = step_of(RFC, "005924", at_us + off * 30_000_000, 0)
        assert (step is not None) == right, off
    assert step_of(RFC, "005924", at_us, 1_234_567_890 // 30) is None


def test_a_recovery_code_is_known_however_it_is_typed_and_nothing_else_is_one() -> None:
    codes, salt = new_recovery_codes(), bytes(16)
    kept = recovery_hash(codes[0], salt)
    assert kept == recovery_hash(codes[0].lower().replace("-", ""), salt) != recovery_hash(codes[1], salt)
    assert kept != recovery_hash(codes[0], b"1" * 16)
    for wrong in ("", "287082", codes[0][:-1], codes[0] + "A"):
        assert recovery_hash(wrong, salt) is None
    assert is_code("287 082") and not is_code(codes[0]) and not is_code("28708")
    assert len(base64.b32decode(new_secret())) == 20
