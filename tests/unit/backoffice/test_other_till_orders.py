"""Orders of Square, Toast and Clover, sentence by sentence of what counts as sold there."""

from __future__ import annotations

from typing import Any

import pytest

from edge.backoffice.other_tills import clover, square, toast
from edge.backoffice.other_tills.sale import PosSale

NOON = "2027-01-15T12:00:00Z"
NOON_US = 1_800_014_400_000_000
BEER = {"catalog_object_id": "beer-v", "name": "Beer", "quantity": "2", "total_money": {"amount": 500}}


def of_square(**more: Any) -> list[PosSale]:
    order = {"id": "o1", "state": "COMPLETED", "version": 7, "closed_at": NOON, "location_id": "L1"}
    order |= {"total_money": {"amount": 500, "currency": "EUR"}, "line_items": [BEER]}
    return list(square.sales_of("bar", {**order, **more}))


def of_toast(check: dict[str, Any] | None = None, **more: Any) -> list[PosSale]:
    paid = {"paymentStatus": "PAID", "totalAmount": 10.0, "selections": [{"item": {"guid": "pie"}, "quantity": 1}]}
    order = {"guid": "g1", "modifiedDate": "2027-01-15T12:00:00.000+0000", "openedDate": "2027-01-15T11:00:00.000+0000"}
    return list(toast.sales_of("bar", {**order, "checks": [{**paid, **(check or {})}], **more}, "R1", "USD"))


def sold(sales: list[PosSale]) -> dict[str, int]:
    (sale,) = sales
    return sale.quantities_by_item()


@pytest.mark.parametrize("state", ["OPEN", "DRAFT"])
def test_what_is_open_at_square_does_nothing_and_what_is_cancelled_there_is_a_void(state: str) -> None:
    assert of_square(state=state) == []
    (sale,) = of_square()
    assert (sale.kind, sale.version, sale.at_us, sale.total_minor) == ("sale", 7, NOON_US, 500)
    (void,) = of_square(state="CANCELED", closed_at=None, updated_at=NOON)
    assert (void.kind, void.version, void.lines) == ("void", 7, ())


def test_squares_money_alone_is_no_goods_and_modifiers_go_with_their_line() -> None:
    money = [{**BEER, "item_type": kind} for kind in ("CUSTOM_AMOUNT", "GIFT_CARD")]
    shots = [{"catalog_object_id": "shot", "name": "Shot", "quantity": "0.5"}, {"name": "Ice", "quantity": "0"}]
    ham = {**BEER, "catalog_object_id": "ham", "quantity": "0.3335"}
    weighed = {**ham, "quantity_unit": {"measurement_unit": {"weight_unit": "IMPERIAL_POUND"}}}
    items = [*money, {**BEER, "quantity": "0"}, {**BEER, "modifiers": shots}, weighed]
    assert sold(of_square(line_items=items)) == {"beer-v": 2_000, "shot": 1_000, "ham": 334}
    (sale,) = of_square(line_items=items)
    assert [line.unit for line in sale.lines] == ["", "", "lb"]


def test_what_comes_back_at_square_is_restocked_of_its_order() -> None:
    back = {"source_order_id": "o0", "return_line_items": [{**BEER, "quantity": "1"}]}
    (refund,) = of_square(line_items=[], returns=[back], return_amounts={"total_money": {"amount": 250}})
    assert (refund.kind, refund.refund_of, refund.restock) == ("refund", "o0", True)
    assert (refund.quantities_by_item(), refund.total_minor) == ({"beer-v": 1_000}, -250)
    each = [{**back, "return_amounts": {"total_money": {"amount": amount}}} for amount in (250, 400)]
    several = of_square(line_items=[], returns=each, return_amounts={"total_money": {"amount": 650}})
    assert [(one.transaction_id, one.total_minor) for one in several] == [("o1", -250), ("o1/1", -400)]
    unsaid = of_square(line_items=[], returns=[back, back], return_amounts={"total_money": {"amount": 650}})
    assert sum(one.total_minor for one in unsaid) == -650, "what is said of all of it is not given back twice"


def test_several_returns_without_amounts_share_what_their_order_gave_back() -> None:
    def back(amount: int, **more: Any) -> dict[str, Any]:
        return {"return_line_items": [{**BEER, "quantity": "1", "total_money": {"amount": amount}}], **more}

    def given(*returns: dict[str, Any], **more: Any) -> list[int]:
        return [one.total_minor for one in of_square(line_items=[], returns=list(returns), **more)]

    assert given(back(250), back(400)) == [-250, -400], "by their items"
    whole = {"return_amounts": {"total_money": {"amount": 715}}}
    assert given(back(250), back(400), **whole) == [-275, -440], "with what came back beyond them, as a tip"
    stated = back(250, return_amounts={"total_money": {"amount": 300}})
    assert given(stated, back(400), **whole) == [-300, -415]
    assert given({}, {}, **whole) == [-357, -358]


def test_at_toast_a_check_that_is_paid_sells_at_the_first_moment_that_is_said() -> None:
    (sale,) = of_toast()
    assert (sale.kind, sale.version, sale.total_minor, sale.at_us) == ("sale", NOON_US, 1_000, NOON_US - 3_600_000_000)
    (sale,) = of_toast(closedDate="2027-01-15T12:00:00.000+0000", paidDate="2027-01-15T11:30:00.000+0000")
    assert sale.at_us == NOON_US
    assert [sale.kind for sale in of_toast({"paymentStatus": "OPEN"})] == ["void"]  # it may have been sold before
    assert sold(of_toast({"paymentStatus": "CLOSED"})) == {"pie": 1_000}
    assert of_toast(createdInTestMode=True) == [] and of_toast(approvalStatus="FUTURE") == []


@pytest.mark.parametrize("gone", ["voided", "deleted"])
def test_what_is_voided_or_deleted_at_toast_is_none(gone: str) -> None:
    for sales in (of_toast(**{gone: True}), of_toast({gone: True})):
        assert [sale.kind for sale in sales] == ["void"]
    pie, tea = {"item": {"guid": "pie"}, "quantity": 1}, {"item": {"guid": "tea"}, "quantity": 2}
    assert sold(of_toast({"selections": [{**pie, gone: True, "modifiers": [tea]}, tea]})) == {"tea": 2_000}


def test_toasts_modifiers_are_selections_at_any_depth() -> None:
    deep: dict[str, Any] = {"item": {"guid": "nut"}, "quantity": 1}
    for name in ("cream", "pie"):
        deep = {"item": {"guid": name}, "quantity": 1, "modifiers": [deep]}
    assert sold(of_toast({"selections": [deep]})) == {"pie": 1_000, "cream": 1_000, "nut": 1_000}


def test_what_toast_refunds_of_an_item_is_a_refund_of_its_order_and_less_than_its_price_is_money_alone() -> None:
    of = {"refundTransaction": {"guid": "r1"}}
    tea = {"item": {"guid": "tea"}, "quantity": 1, "price": 4}
    pie = {"item": {"guid": "pie"}, "quantity": 2, "price": 12, "modifiers": [{"item": {"guid": "nut"}, "quantity": 2}]}
    whole = {**pie, "refundDetails": {"refundAmount": 12.0, "taxRefundAmount": 1.2, **of}}
    part = {**tea, "refundDetails": {"refundAmount": 1.5, **of}}
    money = [{"refund": {"refundAmount": 13.5, "refundDate": "2027-01-15T13:00:00.000+0000", **of}}]
    sale, refund = of_toast({"selections": [whole, part], "payments": money})
    assert sale.quantities_by_item() == {"pie": 2_000, "nut": 2_000, "tea": 1_000}, "it was sold all the same"
    assert (refund.kind, refund.transaction_id, refund.refund_of, refund.restock) == ("refund", "r1", "g1", False)
    assert (refund.quantities_by_item(), refund.total_minor) == ({"pie": 2_000, "nut": 2_000}, -1_470)
    assert (refund.at_us, refund.version) == (NOON_US + 3_600_000_000, NOON_US)
    extra = {
        **tea,
        "modifiers": [{"item": {"guid": "milk"}, "quantity": 1, "price": 1, "refundDetails": {"refundAmount": 1}}],
    }
    _, refund = of_toast({"selections": [extra]})
    assert (refund.transaction_id, refund.quantities_by_item(), refund.at_us) == ("g1", {"milk": 1_000}, NOON_US)


def of_clover(*items: dict[str, Any], **more: Any) -> list[PosSale]:
    order = {"id": "c1", "currency": "USD", "total": 1000, "paymentState": "PAID"}
    order |= {"createdTime": NOON_US // 1000, "modifiedTime": NOON_US // 1000 + 5}
    return list(clover.sales_of("bar", {**order, "lineItems": {"elements": list(items)}, **more}, "M1"))


PIE = {"item": {"id": "pie"}, "name": "Pie", "price": 500}


def test_clovers_pieces_are_one_line_and_weighed_goods_are_thousandths() -> None:
    ham = {"item": {"id": "ham"}, "name": "Ham", "price": 1200, "unitQty": 250, "unitName": "lb"}
    (sale,) = of_clover(PIE, PIE, ham, {**ham, "unitQty": 500})
    assert (sale.kind, sale.version, sale.at_us, sale.location) == ("sale", NOON_US // 1000 + 5, NOON_US, "M1")
    assert [(line.item, line.quantity, line.unit, line.total_minor) for line in sale.lines] == [
        ("pie", 2000, "", 1000),
        ("ham", 750, "lb", 900),
    ]
    added = {"elements": [{"modifier": {"id": "cream"}, "amount": 50, "quantitySold": 2}, {"name": "Warm"}]}
    assert sold(of_clover({**PIE, "modifications": added})) == {"pie": 1000, "cream": 2000, "name:Warm": 1000}


def test_what_is_money_alone_at_clover_is_no_goods_and_what_has_no_item_is_known_by_its_name() -> None:
    gift = {"name": "Gift card", "price": 2500, "isRevenue": False}
    assert sold(of_clover(PIE, gift, {"name": "Custom cake", "price": 4000})) == {"pie": 1000, "name:Custom cake": 1000}


@pytest.mark.parametrize("state", ["OPEN", "PARTIALLY_PAID", "CREDITED", None])
def test_an_unpaid_order_of_clover_takes_back_what_it_sold(state: str | None) -> None:
    (void,) = of_clover(PIE, paymentState=state)
    assert (void.kind, void.refund_of, void.lines) == ("void", "-", ())


def test_what_comes_back_at_clover_is_the_orders_refund() -> None:
    refunds = {"elements": [{"amount": 500, "createdTime": NOON_US // 1000 + 3}, {"amount": 9, "voided": True}]}
    sale, back = of_clover(PIE, {**PIE, "refunded": True}, refunds=refunds, paymentState="PARTIALLY_REFUNDED")
    assert (sale.quantities_by_item(), back.quantities_by_item()) == ({"pie": 2000}, {"pie": 1000})
    assert (back.kind, back.transaction_id, back.refund_of, back.restock) == ("refund", "c1/refund", "c1", False)
    assert (back.total_minor, back.at_us) == (-500, NOON_US + 3000)
    assert len(of_clover(PIE, refunds={"elements": [{"amount": 9, "voided": True}]})) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"paymentState": "HALF"},
        {"modifiedTime": "noon"},
        {"createdTime": 0},
        {"total": True},
        {"total": 1.5},
        {"lineItems": "none"},
        {"id": ""},
    ],
)
def test_an_order_of_clover_that_its_pages_do_not_know_is_not_understood(wrong: dict[str, Any]) -> None:
    with pytest.raises(clover.NotUnderstood):
        of_clover(PIE, **{"lineItems": {"elements": [PIE]}, **wrong})


@pytest.mark.parametrize("wrong", [{"unitQty": -1}, {"unitQty": "2"}, {"price": 1.5}, {"price": "5"}])
def test_a_line_of_clover_that_is_none_is_not_understood(wrong: dict[str, Any]) -> None:
    with pytest.raises(clover.NotUnderstood):
        of_clover({**PIE, **wrong})


def test_only_orders_of_our_merchants_are_fetched_for_a_webhook() -> None:
    change = {"objectId": "O:c1", "type": "UPDATE", "ts": 5}
    body = {"merchants": {"M1": [change, change, {"objectId": "I:x"}, {"objectId": "O:"}], "M2": [change]}}
    assert clover.changes_of_hook("bar", body, {"M1": "main"}, "USD") == (["M1/c1"], [])
    gone = {"merchants": {"M1": [{**change, "type": "DELETE"}]}}
    orders, (void,) = clover.changes_of_hook("bar", gone, {"M1": "main"}, "USD")
    assert (orders, void.kind, void.refund_of) == ([], "void", "-")
    codes = ({"verificationCode": "ce7643c1-83ea"}, {"verificationCode": "<b>"}, {"verificationCode": 5}, [], {})
    assert [clover.code_of_hook(one) for one in codes] == ["ce7643c1-83ea", "", "", "", ""]
