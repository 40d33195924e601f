"""RKSV: two official scenarios of a register's life, and everything that a checker has to find in an export."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.austria.export import verify_export, write_export
from edge.lib.fiscal.austria.receipt import (
    HEADER,
    OUT,
    RksvReceipt,
    RksvRegister,
    RksvSigner,
    RksvState,
    decrypt_counter,
    encrypt_counter,
    from_machine_code,
    machine_code,
    read_text,
    sign_receipt,
)
from edge.lib.fiscal.es256 import from_base64url, to_base64url
from edge.lib.fiscal.fault import FiscalFault

SCENARIOS = Path(__file__).parents[4] / "shared" / "data" / "fiscal" / "at"
REGISTER = RksvRegister("KASSE-1", bytes(range(32)))
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in (101, 202, 303)]
SIGNERS = [RksvSigner(f"{number:x}", key) for number, key in enumerate(KEYS, 0xA0)]
PUBLIC = {signer.certificate: (key.public_key(),) for signer, key in zip(SIGNERS, KEYS, strict=True)}
OPENED = datetime(2026, 11, 2, 8)
NOTHING = (0, 0, 0, 0, 0)


def receipt(number: int, minor: int = 0, **rest: Any) -> RksvReceipt:
    return RksvReceipt(str(number), OPENED + timedelta(minutes=number), (minor, 0, 0, 0, 0), **rest)


def chain(*receipts: tuple[RksvReceipt, bool] | RksvReceipt, register: RksvRegister = REGISTER) -> list[str]:
    """Receipts signed one behind another; (receipt, False): while the signer is out."""
    state, found = RksvState(), []
    for entry in receipts:
        one, works = entry if isinstance(entry, tuple) else (entry, True)
        signer = SIGNERS[0] if works else RksvSigner(SIGNERS[0].certificate, None)
        jws, state = sign_receipt(register, one, state, signer)
        found.append(jws)
    return found


def fault(receipts: list[str], register: RksvRegister = REGISTER) -> str:
    with pytest.raises(FiscalFault) as raised:
        verify_export(write_export(receipts), register, PUBLIC)
    return raised.value.code


KINDS = {"STORNO_BELEG": "void", "TRAINING_BELEG": "training"}


@pytest.mark.parametrize("number", [1, 3])
def test_a_register_that_does_an_official_scenario_gives_an_export_that_is_right(number: int) -> None:
    path = SCENARIOS / f"scenario_{number}.json"
    if not path.exists():
        pytest.skip("missing: ../shared/data/fiscal")
    scenario = json.loads(path.read_text(), parse_float=Decimal)
    register = RksvRegister(scenario["cashBoxId"], base64.b64decode(scenario["base64AesKey"]))
    state, receipts, turnover_minor = RksvState(), [], 0
    for step in scenario["cashBoxInstructionList"]:
        sums_minor: Any = tuple(int(value * 100) for value in step["simplifiedReceipt"].values())
        kind: Any = KINDS.get(step["typeOfReceipt"], "standard")
        signer = SIGNERS[step["usedSignatureDevice"]]
        signer = RksvSigner(signer.certificate, None if step["signatureDeviceDamaged"] else signer.key)
        at = datetime.fromisoformat(step["dateToUse"])
        jws, state = sign_receipt(register, RksvReceipt(step["receiptIdentifier"], at, sums_minor, kind), state, signer)
        receipts.append(jws)
        turnover_minor += 0 if kind == "training" else sum(sums_minor)
    assert len(receipts) in (81, 85)
    assert verify_export(write_export(receipts), register, PUBLIC) == state
    assert state.counter_minor == turnover_minor
    assert [from_machine_code(machine_code(jws)) for jws in receipts] == receipts


def test_a_text_as_the_law_writes_it() -> None:
    first, second = chain(receipt(1), RksvReceipt("2", datetime(2026, 11, 2, 9, 5, 7), (120, -1250, 5, 0, 0)))
    text = machine_code(second).split("_")
    assert text[:10] == ["", "R1-AT1", "KASSE-1", "2", "2026-11-02T09:05:07", "1,20", "-12,50", "0,05", "0,00", "0,00"]
    assert text[11] == "a0"
    assert first.startswith(HEADER + ".") and base64.urlsafe_b64decode(HEADER) == b'{"alg":"ES256"}'
    # both as sha256sum and openssl enc -aes-256-ctr make them
    assert text[10] == "BvFR2qR4l6Y="
    assert machine_code(first).split("_")[12] == "XJg7/dsgYxg="


def test_the_counter_is_read_with_the_key_alone() -> None:
    for minor in (0, 1, -1, 123_456_789, -(2**39), 2**39 - 1):
        assert decrypt_counter(REGISTER, "7", encrypt_counter(REGISTER, "7", minor)) == minor
        assert decrypt_counter(REGISTER, "7", encrypt_counter(REGISTER, "7", minor, 5)) == minor
    other = RksvRegister(REGISTER.id, bytes(32))
    assert decrypt_counter(other, "7", encrypt_counter(REGISTER, "7", 5)) != 5
    assert encrypt_counter(REGISTER, "7", 5) != encrypt_counter(REGISTER, "8", 5)


def test_the_same_receipt_is_signed_the_same_again() -> None:
    assert chain(receipt(1), receipt(2, 100)) == chain(receipt(1), receipt(2, 100))


def test_training_leaves_the_counter_and_a_void_takes_its_sums_along() -> None:
    receipts = chain(receipt(1), receipt(2, 100), receipt(3, 7, kind="training"), receipt(4, -40, kind="void"))
    assert verify_export(write_export(receipts), REGISTER, PUBLIC).counter_minor == 60
    counters = [read_text(jws.split(".")[1]).counter for jws in receipts]
    assert counters[2:] == ["VFJB", "U1RP"]


def test_an_export_goes_on_where_another_ended() -> None:
    receipts = chain(receipt(1), receipt(2, 100), receipt(3, 50))
    state = verify_export(write_export(receipts[:2]), REGISTER, PUBLIC)
    assert verify_export(write_export(receipts[2:]), REGISTER, PUBLIC, state).counter_minor == 150


def test_a_paper_without_a_signer_says_so() -> None:
    jws = chain(receipt(1), (receipt(2, 100), False))[1]
    assert from_base64url(jws.rpartition(".")[2]) == OUT
    assert base64.b64decode(machine_code(jws).rpartition("_")[2]) == b"Sicherheitseinrichtung ausgefallen"


def test_the_first_receipt_is_zero_signed_and_of_this_register() -> None:
    assert fault(chain(receipt(1, 5))) == "start"
    assert fault(chain((receipt(1), False))) == "start"
    assert fault(chain(receipt(1, kind="training"))) == "start"
    assert fault(chain(receipt(1), register=RksvRegister("KASSE-2", REGISTER.aes_key))) == "register"
    assert fault(chain(receipt(1), receipt(2, 5))[1:]) in ("start", "counter")
    foreign, _ = sign_receipt(REGISTER, receipt(1), RksvState(0, "another"), SIGNERS[0])
    assert fault([foreign]) == "chain"


def test_a_wrong_counter_number_time_or_signer_is_found_by_name() -> None:
    start, state = sign_receipt(REGISTER, receipt(1), RksvState(), SIGNERS[0])
    off, _ = sign_receipt(REGISTER, receipt(2, 100), RksvState(1, start), SIGNERS[0])
    assert fault([start, off]) == "counter"
    assert fault(chain(receipt(2), receipt(2, 100))) == "doubled"
    assert fault(chain(receipt(2), receipt(1, 100))) == "time"
    stranger, _ = sign_receipt(REGISTER, receipt(2), state, RksvSigner("ff", KEYS[0]))
    assert fault([start, stranger]) == "key"
    wrong, _ = sign_receipt(REGISTER, receipt(2), state, RksvSigner(SIGNERS[1].certificate, KEYS[0]))
    assert fault([start, wrong]) == "signature"
    other = RksvRegister(REGISTER.id, REGISTER.aes_key, "R1-AT2")
    assert fault(chain(receipt(1), register=other)) == "suite"


def test_the_hour_that_comes_twice_in_autumn_is_no_clock_set_back() -> None:
    def at(hour: int, minute: int, number: str) -> RksvReceipt:
        return RksvReceipt(number, datetime(2026, 10, 25, hour, minute), NOTHING)

    right = chain(at(1, 0, "1"), at(2, 50, "2"), at(2, 10, "3"), at(3, 0, "4"))
    verify_export(write_export(right), REGISTER, PUBLIC)
    assert fault(chain(at(2, 50, "1"), at(2, 10, "2"), at(2, 5, "3"))) == "time"


def test_after_an_outage_a_zero_receipt_comes_first_or_second() -> None:
    out = (receipt(2, 100), False)
    for rest in ([receipt(3)], [receipt(3, 5), receipt(4)], [receipt(3, 5)], [(receipt(3, 5), False), receipt(4)]):
        verify_export(write_export(chain(receipt(1), out, *rest)), REGISTER, PUBLIC)  # type: ignore[arg-type]
    assert fault(chain(receipt(1), out, receipt(3, 5), receipt(4, 5))) == "outage"
    assert fault(chain(receipt(1), out, receipt(3, 5), receipt(4, kind="training"), receipt(5))) == "outage"
    again = (receipt(4, 100), False)
    assert fault(chain(receipt(1), out, receipt(3, 5), again, receipt(5, 5))) == "outage", "one more gives no more time"


def test_a_certificate_has_a_serial_number_in_hexadecimal() -> None:
    unnamed = RksvSigner("COMPANY-1", KEYS[0])
    start, _ = sign_receipt(REGISTER, receipt(1), RksvState(), unnamed)
    with pytest.raises(FiscalFault) as raised:
        verify_export(write_export([start]), REGISTER, {"COMPANY-1": (KEYS[0].public_key(),)})
    assert raised.value.code == "certificate"


def test_every_changed_character_is_found() -> None:
    receipts = chain(receipt(1), receipt(2, 100), (receipt(3, 50), False), receipt(4))
    missed = []
    for number, jws in enumerate(receipts):
        for place in range(len(jws)):
            other = "A" if jws[place] != "A" else "B"
            changed = [*receipts[:number], jws[:place] + other + jws[place + 1 :], *receipts[number + 1 :]]
            try:
                verify_export(write_export(changed), REGISTER, PUBLIC)
            except FiscalFault:
                continue
            missed.append((number, place))
    assert not missed


def test_receipts_lost_doubled_or_moved_are_found() -> None:
    receipts = chain(*(receipt(number, 100 * (number > 1)) for number in range(1, 6)))
    for at in range(len(receipts) - 1):
        assert fault(receipts[:at] + receipts[at + 1 :])
        assert fault([*receipts[: at + 1], *receipts[at:]])
        assert fault([*receipts[:at], receipts[at + 1], receipts[at], *receipts[at + 2 :]])


@pytest.mark.parametrize(
    "change",
    [
        lambda jws: jws + "=",
        lambda jws: jws + ".x",
        lambda jws: "." + jws.partition(".")[2],
        lambda jws: jws.replace(HEADER, to_base64url(b'{"alg":"none"}')),
        lambda jws: _repacked(jws, lambda text: text.replace("_1,00_", "_1.00_")),
        lambda jws: _repacked(jws, lambda text: text.replace("_1,00_", "_01,00_")),
        lambda jws: _repacked(jws, lambda text: text.replace("_0,00_", "_-0,00_", 1)),
        lambda jws: _repacked(jws, lambda text: text + "_"),
        lambda jws: _repacked(jws, lambda text: text[1:]),
        lambda jws: _repacked(jws, lambda text: text.replace("T08:02:00", " 08:02:00")),
    ],
)
def test_malformed_parts_are_refused(change: Callable[[str], str]) -> None:
    start, second = chain(receipt(1), receipt(2, 100))
    assert fault([start, change(second)]) == "malformed"


def _repacked(jws: str, change: Callable[[str], str]) -> str:
    header, payload, signature = jws.split(".")
    return f"{header}.{to_base64url(change(from_base64url(payload).decode()).encode())}.{signature}"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"Belege-Gruppe": [{"Belege-kompakt": []}]}', b"\xff"])
def test_a_file_that_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(FiscalFault) as raised:
        verify_export(data, REGISTER, PUBLIC)
    assert raised.value.code == "malformed"


@pytest.mark.parametrize("number", ["A_1", "", "1\n"])
def test_a_number_that_would_break_the_text_is_refused(number: str) -> None:
    with pytest.raises(FiscalFault, match="underscore"):
        chain(RksvReceipt(number, OPENED, NOTHING))
