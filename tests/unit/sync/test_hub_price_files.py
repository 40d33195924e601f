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
