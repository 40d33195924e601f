"""A sale of another till as a record that head office hands down, and the sale that the shop makes of it again."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.app.head_office.hub_feeds import BATCH_BYTES, batches, cells_of
from edge.backoffice.feeds.reading.pos_records import OtherSaleRow
from edge.backoffice.feeds.reading.record_cells import Terms
from edge.backoffice.feeds.reading.records import row_of
from edge.backoffice.other_tills.sale import PosLine, PosSale

TERMS = Terms("EUR", "en", "Europe/Paris", 1_800_000_000_000_000)
WORDS = st.text("abcäשל 1", min_size=1, max_size=30).map(str.strip).filter(lambda text: len(text) > 2)
MONEY = st.integers(-(10**6), 10**9)
LINES = st.builds(
    PosLine, WORDS, st.integers(1, 10**7), WORDS, st.just("4006381333931"), st.sampled_from(["", "kg"]), MONEY
)
SALES = st.builds(
    PosSale,
    st.just("bar"),
    WORDS,
    st.integers(0, 2**53),
    st.sampled_from(["sale", "refund"]),
    WORDS,
    st.integers(0, 1_800_000_000_000_000),
    st.sampled_from(["EUR", "ILS", "JPY"]),
    MONEY,
    st.lists(LINES, min_size=1, max_size=4).map(tuple),
    WORDS,
    st.booleans(),
)


@given(SALES)
def test_a_sale_comes_to_the_same_sale(sale: PosSale) -> None:
    row, reasons = row_of("PosSale", cells_of(sale), TERMS)
    assert isinstance(row, OtherSaleRow) and not reasons
    assert row.sale == sale


def test_a_void_has_no_lines_and_names_lose_what_no_one_can_read() -> None:
    void = PosSale("bar", "T-1", 3, "void", "L1", 0, "EUR", 0)
    row, reasons = row_of("PosSale", cells_of(void), TERMS)
    assert (isinstance(row, OtherSaleRow) and row.sale, reasons) == (void, [])
    odd = msgspec.structs.replace(void, kind="sale", lines=(PosLine("a", 1000, "Bee\u200dr\n"),))
    assert cells_of(odd)["item_name.1"] == "Beer"


def test_records_go_out_in_parts_that_a_directive_can_hold() -> None:
    rows = [{"transaction_id": f"T-{n}", "name": "x" * 400} for n in range(520)]
    parts = list(batches(rows))
    assert [row for part in parts for row in part] == rows
    assert max(map(len, parts)) <= 50 and len(parts) >= 11
    assert max(len(msgspec.json.encode(part)) for part in parts) <= BATCH_BYTES + 2
