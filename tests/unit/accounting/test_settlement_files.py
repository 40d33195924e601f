"""A provider's file, read by a process of its own: whatever wrote it, the same batches; what is none is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.accounting.settlements import batch_reader, reader_client
from edge.accounting.settlements.batch import PAYOUT_LINES_MOST, fault_of
from edge.accounting.settlements.reader_client import read_apart
from edge.accounting.settlements.table_files import BATCHES_MOST
from edge.core.messages import Refusal
from edge.core.process import child
from edge.lib.errors import NeedsHuman
from edge.lib.tables.detect import FORMATS, write_table

HEADER = ("batch", "paid_on", "currency", "kind", "day", "amount", "fee", "net", "provider_id", "authorisation")
ROWS = [
    ["77", "2026-11-03", "EUR", "payment", "2026-11-02", "12.00", "0.12", "", "A1", "111111"],
    ["77", "2026-11-03", "EUR", "refund", "2026-11-02", "-2.00", "0", "", "A2", ""],
    ["77", "2026-11-03", "EUR", "total", "", "10.00", "0.12", "9.88", "", ""],
]
OF_NUMBERS = [
    {"batch": 77, "paid_on": "2026-11-03", "currency": "EUR", "kind": "payment", "day": "2026-11-02"}
    | {"amount": 12.0, "fee": 0.12, "provider_id": "A1", "authorisation": "111111", "raw": {"card": {"bin": 1}}},
    {"batch": 77, "paid_on": "2026-11-03", "currency": "EUR", "kind": "refund", "day": "2026-11-02"}
    | {"amount": -2, "fee": 0, "provider_id": "A2", "authorisation": None},
]


def one(amount: object) -> bytes:
    row = {"batch": "7", "paid_on": "2026-11-03", "currency": "EUR", "kind": "payment", "amount": amount}
    return json.dumps([row]).encode()


def test_whatever_wrote_it_the_batches_are_the_same(tmp_path: Path) -> None:
    read = []
    for form in FORMATS:
        file = tmp_path / form
        write_table(file, form, HEADER, ROWS)
        read.append(read_apart(file.read_bytes(), "plain", "en"))
    read.append(read_apart(json.dumps({"next": None, "items": OF_NUMBERS}).encode(), "plain", "en"))
    assert all(batches == read[0] for batches in read)
    (batch,) = read[0]
    assert (batch.id, batch.net_minor, len(batch.lines), fault_of(batch)) == ("77", 988, 2, "")


@pytest.mark.parametrize("amount", ["NaN", "1e99", 12.005, float("inf"), "x", {"minor": 5}, [1], True])
def test_an_amount_that_is_none_refuses_the_file(amount: object) -> None:
    with pytest.raises((Refusal, NeedsHuman)) as refused:
        read_apart(one(amount), "plain", "en")
    if isinstance(refused.value, Refusal):
        assert refused.value.code in ("batch_row", "batch_file")


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"[1, 2", b"{}", b"[[1]]", b"\x1f\x8b\x08broken", b"[" * 100_000]
)
def test_an_invalid_table_is_said_with_a_sentence_for_people(data: bytes) -> None:
    with pytest.raises((Refusal, NeedsHuman)) as refused:
        read_apart(data, "plain", "en")
    if isinstance(refused.value, NeedsHuman):
        assert refused.value.key.startswith("sheet.")


def test_a_file_of_too_many_lines_or_batches_is_refused() -> None:
    row = dict(zip(HEADER, ROWS[0], strict=True))
    with pytest.raises(Refusal) as refused:
        read_apart(json.dumps([row] * (PAYOUT_LINES_MOST + 1)).encode(), "plain", "en")
    assert refused.value.code == "batch_long"
    with pytest.raises(Refusal) as refused:
        read_apart(json.dumps([{**row, "batch": str(n)} for n in range(BATCHES_MOST + 1)]).encode(), "plain", "en")
    assert refused.value.code == "batch_file"


@pytest.mark.parametrize(("status", "key"), [(-9, "sheet.reader_died"), (None, "sheet.slow")])
def test_a_reader_that_is_ended_is_said_and_nothing_is_taken(
    status: int | None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(module: str, request: bytes, wait_s: float) -> bytes:
        assert module == batch_reader.__name__
        raise child.ChildFailed(module, status)

    monkeypatch.setattr(child, "ask", ended)
    with pytest.raises(NeedsHuman) as refused:
        reader_client.read_apart(one(1), "plain", "en")
    assert refused.value.key == key
