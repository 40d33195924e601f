"""What a basket comes to, and how it is paid. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refused
from edge.lib.tax.rules import Taxed, TaxTable, taxes
from edge.lib.units.money import round_to
from edge.shop.till.events import SaleCompleted
from edge.shop.till.rules.basket import TENDERS_LIMIT, Basket, BasketLine, Tender, TenderKind
from edge.shop.till.settings import TillSettings


class Worth(msgspec.Struct, frozen=True):
    """What lines come to; the deposits are in `net_minor`, for they are not taxed."""

    net_minor: int
    taxes: tuple[Taxed, ...]
    total_minor: int
    deposit_minor: int = 0


class Totals(msgspec.Struct, frozen=True):
    """What a basket comes to. `due_minor` is still to be paid; `due_cash_minor` the same in coins that exist."""

    net_minor: int
    taxes: tuple[Taxed, ...]
    total_minor: int
    paid_minor: int
    due_minor: int
    due_cash_minor: int
    deposit_minor: int = 0


def worth(lines: Iterable[BasketLine], table: TaxTable) -> Worth:
    """What lines, none of them voided, come to. `KeyError`: a line's tax class is not in the table."""
    amounts, deposit = [], 0
    for line in lines:
        amounts.append((line.tax_class, line.amount_minor))
        deposit += line.deposits_minor
    rows = taxes(table, amounts)
    tax, minor = sum(row.tax_minor for row in rows), sum(amount for _, amount in amounts)
    total = (minor if table.inclusive else minor + tax) + deposit
    return Worth(total - tax, rows, total, deposit)


def totals(basket: Basket, settings: TillSettings) -> Totals:
    """The sums under a basket. `KeyError`: a line's tax class is not in the table (see `missing_tax_class`)."""
    sums, paid = worth(basket.sold, settings.tax), basket.paid_minor
    due = max(0, sums.total_minor - paid)
    cash = max(0, round_to(due, settings.cash_step_minor))
    return Totals(sums.net_minor, sums.taxes, sums.total_minor, paid, due, cash, sums.deposit_minor)


def total_minor(basket: Basket, settings: TillSettings) -> int:
    """What a basket comes to with its taxes; without those that come on top where the table does not know them all."""
    try:
        return worth(basket.sold, settings.tax).total_minor
    except KeyError:
        return basket.total_minor


def table_of(lines: Iterable[BasketLine], table: TaxTable) -> TaxTable:
    """Of a table, what these lines were taxed by."""
    used = {line.tax_class for line in lines}
    classes = tuple(entry for entry in table.classes if entry.id in used)
    return msgspec.structs.replace(table, classes=classes)


def missing_tax_class(tax_class: str, settings: TillSettings) -> Refused | None:
    """A refusal if the store has no such tax class: a sale is not guessed to be exempt."""
    return None if settings.tax.find(tax_class) else Refused("no_tax_class", {"tax_class": tax_class})


def pay(
    basket: Basket, kind: TenderKind, amount_minor: int | None, reference: str, settings: TillSettings
) -> Basket | SaleCompleted | Refused:
    """The basket with a payment in it, or the sale if nothing is due any more.

    `amount_minor` None: the customer gives exactly what is due. The sale's `number` is 0;
    the till gives it one.
    """
    if not basket.sold:
        return Refused("basket_empty")
    if basket.questions:
        return Refused("answer_first", {"waiting": len(basket.questions)})
    try:
        sums = totals(basket, settings)
    except KeyError as missing:  # the table of taxes was changed since the line came into the basket
        return Refused("no_tax_class", {"tax_class": str(missing.args[0])})
    due = sums.due_cash_minor if kind == "cash" else sums.due_minor
    if kind == "cash" and amount_minor is not None and amount_minor % settings.cash_step_minor:
        return Refused("no_such_coin", {"given_minor": amount_minor, "coin_minor": settings.cash_step_minor})
    if not due and not basket.tenders:
        amount_minor = 0  # what comes to nothing is paid with nothing; what was held out is handed back
    tender = Tender(kind, due if amount_minor is None else amount_minor, reference)
    if kind == "card" and tender.amount_minor > due:
        return Refused("card_too_much", {"due_minor": due})
    if tender.amount_minor < due:
        if not tender.amount_minor:
            return Refused("amount_missing")
        if len(basket.tenders) + 1 >= TENDERS_LIMIT:
            return Refused("too_many_tenders", {"limit": TENDERS_LIMIT})
        return basket.changed(tenders=(*basket.tenders, tender))
    # More than the total was given already, yet less than the total in coins that exist, or a line was taken out since.
    surplus = max(0, sums.paid_minor - max(0, sums.total_minor))
    back = round_to(surplus, settings.cash_step_minor)
    return SaleCompleted(
        number=0,
        currency=settings.currency,
        lines=basket.lines,
        taxes=sums.taxes,
        taxes_included=settings.tax.inclusive,
        net_minor=sums.net_minor,
        total_minor=sums.total_minor,
        rounding_minor=due - sums.due_minor + surplus - back,
        tenders=(*basket.tenders, tender) if tender.amount_minor else basket.tenders,
        change_minor=tender.amount_minor - due + back,
        opened_us=basket.opened_us,
        age_checked=basket.age_checked,
        tax=table_of(basket.sold, settings.tax),
        deposit_minor=sums.deposit_minor,
        promotions=basket.promotions,
        price_list=basket.price_list,
        customer=basket.customer,
    )
