"""Web orders by platforms' own words for their states, however they're spelled, and sums that are none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from edge.ordering.web_orders.web_order import WebOrder, read_order


def woo(**more: Any) -> WebOrder:
    told = {"id": 901, "status": "processing", "total": "20.00", "currency": "EUR", "line_items": []}
    return read_order("woocommerce", msgspec.json.encode(told | more), 2)


def shopify(**more: Any) -> WebOrder:
    told = {"id": 901, "total_price": "20.00", "currency": "EUR", "financial_status": "paid", "line_items": []}
    return read_order("shopify", msgspec.json.encode(told | more), 2)


@pytest.mark.parametrize("status", ["cancelled", "Cancelled", "wc-cancelled", "wc-refunded", "trash"])
def test_an_order_called_off_in_any_spelling_is_called_off(status: str) -> None:
    assert woo(status=status).cancelled


@pytest.mark.parametrize("status", ["checkout-draft", "checkout_draft", "wc-pending", "Failed"])
def test_a_draft_in_any_spelling_is_no_order(status: str) -> None:
    assert woo(status=status).unpaid


def test_shopifys_two_interfaces_name_the_same_states() -> None:
    assert shopify(financial_status="PAID").paid
    assert shopify(financial_status="REFUNDED").cancelled
    assert shopify(financial_status="VOIDED").unpaid


@pytest.mark.parametrize("total", ["1e3", "Infinity", "NaN", "20,00", "", None, True])
def test_a_sum_that_is_none_makes_the_order_unreadable(total: object) -> None:
    with pytest.raises(ValueError, match=r"isn't a sum"):
        woo(total=total)
