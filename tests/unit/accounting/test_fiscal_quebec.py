"""Québec's texts: the example of what is signed, the chain, widths, answers, the code on the bill."""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import unquote

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.quebec.transactions import (
    FIRST,
    QuebecDevice,
    QuebecItem,
    QuebecTransaction,
    body_text,
    headers,
    is_body_signed,
    legal_text,
    money,
    qr_address,
    read_answers,
    request,
    sign_body,
)

DEVICE = QuebecDevice(
    device="0000-0000-0001",
    authorisation="D8T8-W8W8",
    system="S",
    version="V",
    certificate_code="C",
    partner="P",
    partner_version="1",
    parent_version="1",
    gst="567891234RT0001",
    qst="5678912340TQ0001",
    name="Casse-croûte",
)
ONE = QuebecTransaction(
    number="T0000002",
    at=datetime(2026, 8, 21, 16, 44, 39),
    operator="ann",
    items=(QuebecItem(label="Poutine", quantity_thousandths=1000, price_minor=480, tax="FP"),),
    net_minor=480,
    gst_minor=24,
    qst_minor=48,
    total_minor=552,
    due_minor=552,
)
KEY = ec.generate_private_key(ec.SECP256R1())


def test_what_is_signed_is_the_published_example() -> None:
    assert body_text(DEVICE, ONE, "") == (
        "T0000002" "20260821164439" "+000000000.24" "+000000000.48" "+000000005.52"
        "567891234RT0001" "5678912340TQ0001" "FAC" "OPE" + FIRST
    )  # fmt: skip


def test_signatures_are_chained_and_a_changed_sum_is_found() -> None:
    first = sign_body(KEY, DEVICE, ONE, "")
    assert len(first) == 88
    second = sign_body(KEY, DEVICE, ONE, first)
    assert second != first
    assert is_body_signed(KEY.public_key(), DEVICE, ONE, first, second)
    other = msgspec.structs.replace(ONE, total_minor=553)
    assert not is_body_signed(KEY.public_key(), DEVICE, other, first, second)
    assert not is_body_signed(KEY.public_key(), DEVICE, ONE, "", second)


def test_the_header_has_a_signature_of_88_characters() -> None:
    assert len(headers(KEY, DEVICE, "0" * 40, ["a" * 88])["SIGNATRANSM"]) == 88


def test_a_batch_goes_beside_the_newest() -> None:
    body = msgspec.json.decode(request([{"n": 1}, {"n": 2}, {"n": 3}]))["reqTrans"]
    assert body == {"transActu": {"n": 3}, "transLot": [{"n": 1}, {"n": 2}]}


@pytest.mark.parametrize("wrong", [10**11, -(10**11)])
def test_a_sum_that_is_too_long_stops_it(wrong: int) -> None:
    with pytest.raises(FiscalFault):
        money(wrong)


def test_a_number_that_is_too_long_stops_it() -> None:
    with pytest.raises(FiscalFault, match="T0000000000"):
        body_text(DEVICE, msgspec.structs.replace(ONE, number="T0000000000"), "")


def test_answers_say_what_is_final() -> None:
    def answered(code: str) -> bytes:
        error = {"id": "T2", "mess": "non", "codRetour": code}
        return msgspec.json.encode({"retourTrans": {"retourTransActu": {"noTrans": "T2", "listErr": [error]}}})

    assert [read_answers(answered(code))[0].final for code in ("0000", "0001", "0005", "0402")] == [False] * 3 + [True]
    found = read_answers(
        b'{"retourTrans":{"retourTransActu":{"noTrans":"T3","psiNoTrans":"9","psiDatTrans":"20260821164440",'
        b'"listErr":[{"id":"T2","mess":"non","codRetour":"0402"}]},"retourTransLot":{"noLot":"7","datLot":"1"}}}',
        ["T1", "T2"],
    )
    assert [(one.transaction, one.is_accepted, one.number) for one in found] == [
        ("T1", True, "7"),
        ("T2", False, ""),
        ("T3", True, "9"),
    ]
    for wrong in (b"", b"{}", b"[]", b"\xff", b'{"retourTrans":7}'):
        with pytest.raises(FiscalFault):
            read_answers(wrong)


def test_the_code_can_be_read_by_the_service_alone() -> None:
    service = rsa.generate_private_key(65537, 2048)
    signature = sign_body(KEY, DEVICE, ONE, "")
    address = qr_address("https://qr/?f=", service.public_key(), DEVICE, ONE, signature, "", "a" * 40)
    sealed = base64.b64decode(unquote(address.removeprefix("https://qr/?f=")))
    size = service.key_size // 8
    parts = [service.decrypt(sealed[at : at + size], padding.PKCS1v15()) for at in range(0, len(sealed), size)]
    text = b"".join(parts).decode("latin-1")
    assert text.startswith("a" * 40 + "20260821164439")
    assert text.endswith(signature + FIRST + "==T0000002")


def test_texts_have_legal_letters_alone() -> None:
    assert legal_text("שלום") == ".."
    assert len(legal_text("x" * 500)) == 128
