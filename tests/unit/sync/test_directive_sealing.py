"""What is sealed to a box is read by that box alone, in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sync.directive_sealing import MARK, NotForUs, is_sealed, new_key, open_, public_of, seal

BODY = b'{"users": []}'
OURS, THEIRS = new_key(), new_key()
PLACE = ("acme", "corner", "users")


def test_each_box_of_the_store_reads_it_and_no_one_else() -> None:
    sealed = seal(BODY, *PLACE, [public_of(OURS), public_of(THEIRS)])
    assert is_sealed(sealed) and not is_sealed(BODY) and BODY not in sealed
    assert open_(sealed, *PLACE, OURS) == open_(sealed, *PLACE, THEIRS) == BODY
    with pytest.raises(NotForUs):
        open_(sealed, *PLACE, new_key())


@pytest.mark.parametrize("place", [("other", "corner", "users"), ("acme", "far", "users"), ("acme", "corner", "pin")])
def test_in_another_place_it_opens_nothing(place: tuple[str, str, str]) -> None:
    with pytest.raises(NotForUs):
        open_(seal(BODY, *PLACE, [public_of(OURS)]), *place, OURS)


@given(some.integers(0, 150), some.integers(1, 255))
def test_no_changed_byte_is_taken(at: int, by: int) -> None:
    sealed = bytearray(seal(BODY, *PLACE, [public_of(OURS)]))
    at = len(MARK) + at % (len(sealed) - len(MARK))
    sealed[at] ^= by
    try:
        assert open_(bytes(sealed), *PLACE, OURS) == BODY, "only what says nothing may change"
    except NotForUs:
        return


@given(some.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(NotForUs):
        open_(MARK + body, *PLACE, OURS)
