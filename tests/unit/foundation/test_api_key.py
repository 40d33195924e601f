"""Keys of programs: what one looks like, and whether it holds."""

from __future__ import annotations

import msgspec
import pytest

from edge.foundation.access.programs.api_key import (
    DAY_US,
    HOUR_US,
    ApiKey,
    KeyState,
    digest,
    hour_of,
    is_secret,
    parse,
    show,
    state,
)

MADE_US = 1_800_000_000_000_000
KEY = ApiKey("0" * 16, "Web", ("sell",), "", "u1", digest("a" * 64), MADE_US, MADE_US + DAY_US, False, 0, "")
USED = msgspec.structs.replace(KEY, used_us=MADE_US + HOUR_US)


def test_a_key_is_read_as_it_is_shown_and_nothing_else_is_one() -> None:
    text = show(KEY.id, "a" * 64)
    assert parse(text) == (KEY.id, "a" * 64)
    for wrong in ("", text[:-1], f"{text}\n", text.upper(), text.replace("edge", "hub"), f" {text}"):
        assert parse(wrong) is None
    assert is_secret(KEY, "a" * 64) and not is_secret(KEY, "b" * 64)


@pytest.mark.parametrize(
    ("key", "now_us", "doubted", "said"),
    [
        (KEY, MADE_US, False, "good"),
        (KEY, MADE_US + DAY_US - 1, False, "good"),
        (KEY, MADE_US + DAY_US, False, "ended"),
        (KEY, MADE_US, True, "suspect"),
        (KEY, MADE_US - 1, False, "suspect"),
        (USED, MADE_US, False, "suspect"),
        (USED, MADE_US + DAY_US, True, "suspect"),
    ],
)
def test_a_key_holds_until_its_end_by_a_clock_that_is_believed(
    key: ApiKey, now_us: int, doubted: bool, said: KeyState
) -> None:
    assert state(key, now_us, doubted) == said


def test_the_last_use_is_kept_no_finer_than_the_hour() -> None:
    assert hour_of(HOUR_US + 1) == hour_of(2 * HOUR_US - 1) == HOUR_US
