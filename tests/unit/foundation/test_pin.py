"""The set-up PIN is hashed and known to no journal; which PINs may be chosen, and which hashes pass for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done, Refused
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_password, hash_pin, is_hash, matches
from edge.foundation.access.credentials.pin_rules import why_not
from edge.foundation.access.events import PinChanged
from edge.foundation.access.queries import pin_hash
from tests.cheap_hashes import as_in_a_shop
from tests.shop_fixture import CASHIER, SYSTEM, open_shop, run


def test_a_pin_is_four_to_twelve_digits_and_of_a_manager_six() -> None:
    texts = ("739", "7394", "739418", "739418205713", "7394182057131", "73a4", "١٢٣٤", "")
    assert [text for text in texts if why_not(text, manages=False) is None] == ["7394", "739418", "739418205713"]
    assert [text for text in texts if why_not(text, manages=True) is None] == ["739418", "739418205713"]
    assert why_not("7394", manages=True) == "pin_short"


@pytest.mark.parametrize("pin", ("1234", "0000", "4321", "2580", "3112", "1231", "1987", "2026", "111111", "123123"))
def test_what_is_tried_first_may_not_be_chosen(pin: str) -> None:
    assert why_not(pin, manages=False) == "pin_refused"


@pytest.mark.parametrize("pin", ("311299", "123199", "991231", "19991231", "31121999"))
def test_nor_a_birthday(pin: str) -> None:
    assert why_not(pin, manages=True) == "pin_refused"


def test_nor_what_others_know_of_its_owner() -> None:
    assert why_not("734182", manages=True, own=("+972 50-734 182",)) == "pin_refused"
    assert why_not("734182", manages=True, own=("+972 50-734 183", "")) is None


def test_only_the_right_pin_matches() -> None:
    stored = hash_pin("4711")
    assert "4711" not in stored
    assert matches(stored, "4711")
    assert not matches(stored, "4712")


def test_a_shops_hashes_cost_what_owasp_and_rfc_9106_say_and_one_of_a_test_is_taken_too() -> None:
    with as_in_a_shop():
        assert hash_pin("4711").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert hash_password("no hurry").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_pin("4711").startswith("$argon2id$v=19$m=7168,t=1,p=1$") and is_hash(hash_pin("4711"))


def test_a_hash_that_would_stop_the_till_is_none() -> None:
    good = hash_pin("4711")
    assert is_hash(good)
    salt = good.split("$", 4)[4]
    for costs in ("m=4194304,t=3,p=4", "m=65536,t=99,p=4", "m=65536,t=3,p=64", "m=8,t=1,p=1", "m=0,t=3,p=4", "t=3"):
        hostile = f"$argon2id$v=19${costs}${salt}"
        assert not is_hash(hostile)
        assert not matches(hostile, "4711"), "one that is stored already is not computed either"
    for other in ("$argon2id$broken", good.replace("argon2id", "argon2i"), good + "\n", "4711", ""):
        assert not is_hash(other)


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
            manager = CASHIER.with_rights("manage", "override")
            assert isinstance(await shop.do(SetPin(hash_pin("4711")), manager), Refused), "not without the old one"
            bodies = [row[0] for row in shop.reader.execute("SELECT body FROM journal")]
            assert not any(b"argon" in body or b"4711" in body for body in bodies)

    run(scenario())
