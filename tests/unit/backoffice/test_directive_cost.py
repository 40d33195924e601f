"""What a row of a directive costs: so many statements, however many rows there are and were."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.directives.commands import ApplyPart, TakeDirective
from edge.core.messages import Command, Done
from edge.core.writer import Request
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.operations.ledger import Ledger
from tests.shop_fixture import SYSTEM, config

SKUS = [f"p{number}" for number in range(60)]


def statements_of(ledger: Ledger, rows: list[dict[str, object]], id: int) -> list[str]:
    """What the writer asks SQLite to do for a part of a directive with these rows."""

    def run(command: Command, name: bytes) -> None:
        spec = ledger.registry.commands[type(command)]
        request = Request(spec, command, SYSTEM, name.ljust(16, b"."), b"", True)
        ((_, answer),) = ledger.writer.run([request], lambda request, answer: None)
        assert isinstance(answer, Done), answer

    if id == 1:
        run(SetProducts(tuple(Product(sku, {"en": sku}, (f"code-{sku}",), 100) for sku in SKUS)), b"products")
        run(TakeDirective(1, "prices", '{"prices": [{"sku": "p0", "price_minor": 100}]}'), b"directive")
    asked: list[str] = []
    ledger.db.set_trace_callback(asked.append)
    try:
        run(ApplyPart(1, "prices", tuple(rows)), b"part %d" % id)
    finally:
        ledger.db.set_trace_callback(None)
    return asked


@pytest.mark.parametrize(("field", "prefix", "reads"), [("sku", "", 5), ("code", "code-", 6)])
def test_a_price_of_a_directive_costs_few_reads(tmp_path: Path, field: str, prefix: str, reads: int) -> None:
    ledger = Ledger(config(tmp_path))
    few, many = SKUS[:10], SKUS[:50]
    try:
        less = statements_of(ledger, [{field: prefix + sku, "price_minor": 200} for sku in few], 1)
        more = statements_of(ledger, [{field: prefix + sku, "price_minor": 300} for sku in many], 2)
    finally:
        ledger.close()
    asked = (sum(sql.lstrip().startswith("SELECT") for sql in said) for said in (less, more))
    assert sum("INSERT INTO journal" in sql for sql in more) == len(many), "each price is a fact"
    assert abs((next(asked) - next(asked)) / (len(many) - len(few))) <= reads
