"""Files of prices at head office: opened in a process of their own, whole or not at all."""

from __future__ import annotations

from typing import NoReturn

import pytest

from edge.app.head_office import hub_price_files
from edge.app.head_office.hub_price_files import read_prices

LINES = b"sku,price\nmilk,1.20\nbeer,2.50\n"


def test_a_file_is_opened_in_another_process_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened_here(*_: object) -> NoReturn:
        raise AssertionError("a file from outside is opened beside other tenants' data")

    monkeypatch.setattr(hub_price_files, "open_table", opened_here)
    assert [(one.sku, one.price) for one in read_prices(LINES, "a.csv", "en")] == [("milk", "1.20"), ("beer", "2.50")]
    with pytest.raises(ValueError, match="has more than 1 rows"):
        read_prices(LINES, "a.csv", "en", most=1)
    with pytest.raises(ValueError, match="needs a column"):
        read_prices(b"a,b\n1,2\n", "a.csv", "en")


def test_a_file_of_product_numbers_is_enough_where_nothing_else_is_asked_for() -> None:
    numbers = b"sku\nmilk\nbeer\n"
    with pytest.raises(ValueError, match="one with the price"):
        read_prices(numbers, "a.csv", "en")
    assert [(one.sku, one.price) for one in read_prices(numbers, "a.csv", "en", numbers=True)] == [
        *(("milk", ""), ("beer", "")),
    ]
    with pytest.raises(ValueError, match="with the product number"):
        read_prices(b"a,b\n1,2\n", "a.csv", "en", numbers=True)


@pytest.mark.parametrize(
    ("language", "header"),
    [("en", "SKU;Batch number"), ("fr", "Référence;N° de lot"), ("he", 'מק"ט;מספר אצווה')],
)
def test_batches_are_read_under_their_headings(language: str, header: str) -> None:
    found = read_prices(f"{header}\nmilk;A7\n".encode(), "a.csv", language, numbers=True)
    assert [(one.sku, one.lot) for one in found] == [("milk", "A7")]
