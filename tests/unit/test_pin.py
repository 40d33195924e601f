"""The set-up PIN: hashed, guessed only slowly, and held at one register for a short time."""

from __future__ import annotations

from pathlib import Path

from edge.access.commands import SetPin
from edge.access.events import PinChanged
from edge.access.pin import (
    FIRST_WAIT_US,
    GRANT_US,
    GRANTS_KEPT,
    LONGEST_WAIT_US,
    PIN,
    WRONG_BEFORE_WAITING,
    Grants,
    hash_pin,
    matches,
)
from edge.access.queries import pin_hash
from edge.core.shapes import Done, Refused
from tests.house import CASHIER, SYSTEM, open_shop, run


def test_a_pin_is_four_to_twelve_digits() -> None:
    good = [text for text in ("123", "1234", "123456789012", "1234567890123", "12a4", "١٢٣٤") if PIN.fullmatch(text)]
    assert good == ["1234", "123456789012"]


def test_only_the_right_pin_matches() -> None:
    stored = hash_pin("4711")
    assert "4711" not in stored
    assert matches(stored, "4711")
    assert not matches(stored, "4712")
    assert not matches("$argon2id$nonsense", "4711")


def test_setting_a_pin_writes_that_it_was_done_and_not_what(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert pin_hash(shop.reader) is None
            first = await shop.do(SetPin(hash_pin("4711")), SYSTEM)
            again = await shop.do(SetPin(hash_pin("1147")), SYSTEM)
            assert isinstance(first, Done)
            assert isinstance(again, Done)
            assert (first.events, again.events) == ((PinChanged(True),), (PinChanged(False),))
            stored = pin_hash(shop.reader)
            assert stored is not None
            assert matches(stored, "1147")
            assert await shop.do(SetPin("4711"), SYSTEM) == Refused("pin_hash_wrong")
            assert isinstance(await shop.do(SetPin(hash_pin("1")), CASHIER), Refused)
            bodies = [row[0] for row in shop.reader.execute("SELECT body FROM journal")]
            assert not any(b"argon" in body or b"4711" in body for body in bodies)

    run(scenario())


def test_a_grant_holds_at_its_register_for_its_time() -> None:
    grants = Grants()
    token = grants.give("1", 0).token
    assert grants.held(token, "1", GRANT_US - 1)
    assert not grants.held(token, "1", GRANT_US)
    assert not grants.held(token, "2", 1)
    for nonsense in ("", "x", token[:-1], "קוד", "\udcff"):
        assert not grants.held(nonsense, "1", 1)


def test_guessing_takes_longer_and_longer() -> None:
    grants, now = Grants(), 0
    waits = []
    for tries in range(1, WRONG_BEFORE_WAITING + 13):
        assert grants.wrong(now) == (tries if tries >= WRONG_BEFORE_WAITING else 0)
        waits.append(grants.wait_us(now))
        now += waits[-1]
        assert grants.wait_us(now) == 0
    assert waits[: WRONG_BEFORE_WAITING - 1] == [0] * (WRONG_BEFORE_WAITING - 1)
    assert waits[WRONG_BEFORE_WAITING - 1 : WRONG_BEFORE_WAITING + 2] == [FIRST_WAIT_US * 2**n for n in range(3)]
    assert waits[-1] == LONGEST_WAIT_US
    grants.give("1", now)
    grants.wrong(now)
    assert grants.wait_us(now) == 0


def test_so_many_grants_and_no_more() -> None:
    grants = Grants()
    tokens = [grants.give("1", 0).token for _ in range(GRANTS_KEPT + 1)]
    assert len(set(tokens)) == GRANTS_KEPT + 1
    assert [grants.held(token, "1", 1) is not None for token in tokens[:2]] == [False, True]
    assert grants.held(tokens[-1], "1", 1)
