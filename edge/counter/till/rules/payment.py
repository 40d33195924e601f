"""Pays a basket. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket import money_back
from edge.counter.basket.basket import TENDERS_LIMIT, Basket, BasketLine, recorded_lines
from edge.counter.basket.event_structs import ReturnedGoods, Tender, TenderDetails, TenderKind
from edge.counter.basket.taxed_total import table_of
from edge.counter.basket.totals import Totals, taxation_of, totals
from edge.counter.till.events import SaleCompleted
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import in_all_languages
from edge.lib.units.quantity import ONE
from edge.money.tenders.tender import ADVANCE, OWN, currency_of, is_foreign, worth_minor

_replace = msgspec.structs.replace
_AMOUNT = attrgetter("amount_minor")
NO_DETAILS = TenderDetails()


def pay(
    basket: Basket,
    kind: TenderKind,
    amount_minor: int | None,
    reference: str,
    settings: TillSettings,
    details: TenderDetails = NO_DETAILS,
) -> Basket | SaleCompleted:
    """Return the basket with a payment added, or the sale if nothing is due.

    `amount_minor` None: exactly the amount due. For foreign cash it's required, in its own minor units. The sale's
    `number` is 0 until the till assigns one. `details`: other fields of its `Tender`.
    """
    sold = basket.sold_lines
    if not sold:
        raise Refusal("basket_empty")
    if basket.questions:
        raise Refusal("answer_first", {"waiting": len(basket.questions)})
    if basket.returns and not _are_money(basket.returns, settings) and any(line.kind == "load" for line in sold):
        raise Refusal("card_for_card")
    try:
        sums = totals(basket, settings)
    except KeyError as missing:  # the tax table changed after the line was added
        raise no_tax_refusal(basket, missing) from None
    due = _amount_due_in(kind, sums)
    if kind == "cash" and amount_minor is not None and amount_minor % settings.cash_step_minor:
        raise Refusal("no_such_coin", {"given_minor": amount_minor, "coin_minor": settings.cash_step_minor})
    if not due and not basket.tenders:
        amount_minor = 0  # a total of zero needs no payment; the customer gets any money back
    if amount_minor is None and is_foreign(kind):
        raise Refusal("amount_missing")
    given_minor = due if amount_minor is None else amount_minor
    said = {} if details is NO_DETAILS else msgspec.structs.asdict(details)
    tender = _tender(Tender(kind, given_minor, reference, **said), basket, settings)
    if tender.amount_minor < due:
        if not tender.amount_minor:
            raise Refusal("amount_missing")
        if len(basket.tenders) + 1 >= TENDERS_LIMIT:
            raise Refusal("too_many_tenders", {"limit": TENDERS_LIMIT})
        return basket.with_changes(tenders=(*basket.tenders, tender))
    over_minor = max(0, tender.amount_minor - (sums.due_minor if is_foreign(kind) else due))
    if over_minor and over_minor != tender.cash_back_minor:
        _refuse_surplus(kind, due, settings)
    if over_minor and surplus_treatment(kind, settings) == "kept":
        basket = _with_surplus(basket, over_minor)
        sums, over_minor = totals(basket, settings), 0
    return _completed_sale(basket, sums, tender, over_minor, settings)


def no_tax_refusal(basket: Basket, missing: KeyError) -> Refusal:
    """Why a basket has no `totals`: its tax class is missing, or there are no taxes for the place of delivery."""
    key = str(missing.args[0])
    if basket.delivered_to and key == basket.delivered_to:
        return Refusal("no_tax_there", {"province": key})
    return Refusal("no_tax_class", {"tax_class": key})


def _amount_due_in(kind: TenderKind, sums: Totals) -> int:
    """The amount that settles a basket: rounded to coins for cash, otherwise exact.

    Foreign notes settle it with the smaller of both, because the surplus is returned in coins and rounded then.
    """
    if is_foreign(kind):
        return min(sums.due_minor, sums.due_cash_minor)
    return sums.due_cash_minor if kind == "cash" else sums.due_minor


def _are_money(returns: Iterable[ReturnedGoods], settings: TillSettings) -> bool:
    """Whether returned goods were paid with money, not with gift cards, credit or other goods.

    Only then may they pay for a gift card.
    """
    for goods in returns:
        money_minor = sum(one.amount_minor for one in goods.left if one.kind not in ("gift", "credit"))
        if money_minor <= goods.total_minor - settings.cash_step_minor:
            return False
    return True


def surplus_treatment(kind: TenderKind, settings: TillSettings) -> str:
    """How an overpayment is handled: `change`, `kept` or `refused`."""
    if kind == "cash" or is_foreign(kind):
        return "change"
    return next((own.surplus for own in settings.tenders if own.id == kind), "refused")


def _tender(given: Tender, basket: Basket, settings: TillSettings) -> Tender:
    """Convert the payment to the shop's currency. Raises `Refusal` if the tender isn't accepted."""
    kind = given.kind
    if is_foreign(kind) and currency_of(kind) == settings.currency:
        raise Refusal("tender_unknown", {"tender": kind})
    if is_foreign(kind):
        rate = settings.rates.get(currency_of(kind))
        if rate is None:
            raise Refusal("no_rate_today", {"currency": currency_of(kind)})
        counts = worth_minor(given.amount_minor, rate.rate)
        return msgspec.structs.replace(given, amount_minor=counts, foreign_minor=given.amount_minor, rate=rate.rate)
    if kind not in OWN and all(own.id != kind for own in settings.tenders):
        raise Refusal("tender_unknown", {"tender": kind})
    if kind in ("gift", "credit") and any(line.kind == "load" for line in basket.sold_lines):
        raise Refusal("card_for_card")
    return given


def _refuse_surplus(kind: TenderKind, due_minor: int, settings: TillSettings) -> None:
    if surplus_treatment(kind, settings) != "refused":
        return
    raise Refusal("card_too_much" if kind == "card" else "tender_too_much", {"due_minor": due_minor})


def _with_surplus(basket: Basket, minor: int) -> Basket:
    """Return the basket with a line for a tender's surplus."""
    id = basket.last_id + 1
    line = BasketLine(id, "", "", in_all_languages("counter.line_surplus"), "piece", ONE, minor, "", kind="surplus")
    return basket.with_changes(last_id=id, lines=(*basket.lines, line))


def _completed_sale(
    basket: Basket, sums: Totals, tender: Tender, over_minor: int, settings: TillSettings
) -> SaleCompleted:
    """The completed sale; `over_minor`: the overpayment, returned in coins."""
    change = settings.coins.nearest(over_minor + sums.surplus_minor)
    given = (*basket.tenders, tender) if basket.advance is None else (_ahead(basket, sums), *basket.tenders, tender)
    tenders = tuple([one for one in given if one and one.amount_minor])
    goes = _going_out(basket, sums, settings) if basket.returns else ()
    out = tuple([one for goods in goes for one in goods.back]) if goes else ()
    by = taxation_of(basket, settings)
    moved_minor = sum(map(_AMOUNT, tenders)) - change - sum(map(_AMOUNT, out))
    return SaleCompleted(
        number=0,
        currency=settings.currency,
        lines=recorded_lines(basket.lines),
        taxes=sums.taxes,
        taxes_included=by.table.inclusive,
        net_minor=sums.net_minor,
        total_minor=sums.total_minor,
        rounding_minor=moved_minor - sums.total_minor,
        tenders=tenders,
        change_minor=change,
        opened_us=basket.opened_us,
        age_checked=basket.age_checked,
        tax=table_of(basket.sold_lines, by.table),
        deposit_minor=sums.deposit_minor,
        promotions=basket.promotions,
        price_list=basket.price_list,
        customer=basket.customer,
        discount=basket.discount,
        returns=goes,
        back=out,
        coupons=basket.coupons,
        tax_ahead=by.ahead,
        delivered_to=basket.delivered_to,
        steps=basket.steps,
    )


def _ahead(basket: Basket, sums: Totals) -> Tender | None:
    """The basket's advance as a tender of this sale; None if it has none."""
    held = basket.advance
    return Tender(ADVANCE, sums.advance_minor, held.said, order=held.order) if held else None


def _going_out(basket: Basket, sums: Totals, settings: TillSettings) -> tuple[ReturnedGoods, ...]:
    """The returned goods with the refund of any surplus.

    It goes to their original tenders, or becomes store credit if other goods paid for them. Cash is rounded once.
    """
    if sums.total_minor >= 0:
        return basket.returns
    sources = [(goods.paid_minor, goods.left) for goods in basket.returns]
    parts = money_back.spread_over(-sums.total_minor, sources, settings.coins)
    to_credit = {own.id for own in settings.tenders if not own.back}
    return tuple(
        msgspec.structs.replace(goods, back=tuple(money_back.to_store_credit(one, to_credit) for one in part))
        for goods, part in zip(basket.returns, parts, strict=True)
    )
