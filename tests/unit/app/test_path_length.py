"""A scan and a payment pass few functions: who lengthens the path of every sale, sees it here (docs/flows.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.messages import Actor, Command
from edge.core.writer import Writer
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.operations.ledger import Ledger
from tests import path_length
from tests.shop_fixture import CASHIER, MILK, PRODUCTS, SYSTEM, FakeClock, config

SCAN, PAYMENT = 62, 106


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """The writer of a shop with the default settings, in which something was sold before."""
    settings = config(tmp_path)
    ledger = Ledger(settings, FakeClock())
    made = Writer(ledger.db, ledger.registry, ledger.clock, settings.store.zone, settings.day_turns_at_min)
    asked: list[tuple[Command, Actor]] = [(SetProducts(PRODUCTS), SYSTEM)]
    asked += [(command, CASHIER) for command in (AddLine(code=MILK), AddLine(code=MILK), Pay("cash"))]
    for number, (command, actor) in enumerate(asked, 1):
        path_length.do(made, path_length.request(made, command, actor, number))
    yield made
    ledger.close()


def test_a_scan_of_a_known_code_passes_few_functions(writer: Writer) -> None:
    calls = path_length.functions(writer, path_length.request(writer, AddLine(code=MILK), CASHIER, 11))
    assert len(calls) <= SCAN, path_length.said(calls)


def test_a_cash_payment_of_two_lines_passes_few_functions(writer: Writer) -> None:
    for number, code in ((11, MILK), (12, MILK)):
        path_length.do(writer, path_length.request(writer, AddLine(code=code), CASHIER, number))
    calls = path_length.functions(writer, path_length.request(writer, Pay("cash"), CASHIER, 13))
    assert len(calls) <= PAYMENT, path_length.said(calls)
