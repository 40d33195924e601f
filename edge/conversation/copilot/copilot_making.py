"""Copilot tools on production (late, blocked, producible) and customer accounts (debts, limits, statements)."""

from __future__ import annotations

from typing import Any

from edge.accounting.accounts.queries import AccountStanding
from edge.analytics.production.queries import ProductionStatus, WorkOrder, open_works
from edge.conversation.assistant.phrasing import full_name, say_amount, unit_of
from edge.conversation.copilot.copilot_asking import ROWS, SAID, Asking, ToolAnswer, money, say
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku

ANY = frozenset({"open"})


def work(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Open work orders to which all requested states apply: late, blocked (with the cause), planned, in progress."""
    status: ProductionStatus = spec.read(db, ask.day)
    lacking = {one.number: one.missing for one in status.blocked}
    wanted = set(ask.meaning.filters.get("status", ())) - ANY
    orders = [
        one
        for one in open_works(db)
        if ask.product in ("", one.sku) and wanted <= _states(one, status.late, lacking.keys())
    ]
    late = sum(one.number in status.late for one in orders)
    blocked = sum(one.number in lacking for one in orders)
    rows: list[dict[str, Any]] = []
    told: list[str] = []
    for one in orders[:ROWS]:
        lacks = [{"sku": short.sku, "quantity": short.quantity} for short in lacking.get(one.number, ())]
        row = {"number": one.number, "sku": one.sku, "quantity": one.quantity, "state": one.state, "lacks": lacks}
        rows.append({**row, "late": one.number in status.late})
        told.append(_work_line(db, one, rows[-1], ask))
    figures = {"open": len(orders), "late": late, "blocked": blocked}
    if not orders:
        return ToolAnswer(figures, [], (say(ask, "work_none"),))
    first = say(ask, "work", n=len(orders), late=late, blocked=blocked)
    return ToolAnswer(figures, rows, (first, *told[:SAID]))


def _states(order: WorkOrder, late: tuple[int, ...], blocked: Any) -> set[str]:
    """The states that apply to a work order."""
    found = {str(order.state)}
    found |= {"late"} if order.number in late else set()
    return found | ({"blocked"} if order.number in blocked else set())


def _work_line(db: Connection, order: WorkOrder, row: dict[str, Any], ask: Asking) -> str:
    line = say(ask, "work_line", number=order.number, goods=_amount(db, order.sku, order.rest, ask))
    if row["late"]:
        line = say(ask, "work_late", line=line)
    lacks = [_amount(db, one["sku"], one["quantity"], ask) for one in row["lacks"][:SAID]]
    return say(ask, "work_lacks", line=line, goods=", ".join(lacks)) if lacks else line


def _amount(db: Connection, sku: str, quantity: int, ask: Asking) -> str:
    product = find_by_sku(db, sku)
    if product is None:
        return sku
    return f"{full_name(product, ask.language)} {say_amount(quantity, unit_of(product), ask.language)}"


def can_make(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Return the quantity of a product that the components on hand allow; without a product, of every product made."""
    status: ProductionStatus = spec.read(db, ask.day)
    known = status.can_make
    if ask.product:
        arguments = {"sku_code": ask.product}
        if ask.product not in known:
            return ToolAnswer({}, [], (say(ask, "not_made"),), arguments)
        quantity = known[ask.product]
        line = say(ask, "can_make", goods=_amount(db, ask.product, quantity, ask))
        return ToolAnswer({"can_make": quantity}, [{"sku": ask.product, "quantity": quantity}], (line,), arguments)
    found = sorted(((quantity, sku) for sku, quantity in known.items() if quantity), reverse=True)
    rows = [{"sku": sku, "quantity": quantity} for quantity, sku in found[:ROWS]]
    if not found:
        return ToolAnswer({"products": 0}, [], (say(ask, "can_make_none"),))
    goods = "; ".join(_amount(db, sku, quantity, ask) for quantity, sku in found[:SAID])
    return ToolAnswer({"products": len(found)}, rows, (say(ask, "can_make", goods=goods),))


def debts_of(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Debts and overdue amounts, largest first, of the named customers or of all; without customers who owe nothing."""
    is_late = "late" in ask.meaning.filters.get("status", ())
    found = [one for one in _standings(db, spec, ask) if (one.overdue_minor if is_late else one.owed_minor)]
    found.sort(key=lambda one: -(one.overdue_minor if is_late else one.owed_minor))
    total, overdue = sum(one.owed_minor for one in found), sum(one.overdue_minor for one in found)
    figures = {"owed_minor": total, "overdue_minor": overdue, "customers": len(found)}
    if not found:
        return ToolAnswer(figures, [], (say(ask, "owed_none_late" if is_late else "owed_none"),))
    first = say(ask, "owed", n=len(found), amount=money(total, ask), overdue=money(overdue, ask))
    told = "; ".join(_owes(one, ask) for one in found[:SAID])
    return ToolAnswer(figures, [_row(one) for one in found[:ROWS]], (first, told))


def over_limit(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Customers whose debts and open orders exceed their credit limit."""
    found = [one for one in _standings(db, spec, ask) if one.is_over]
    if not found:
        return ToolAnswer({"customers": 0}, [], (say(ask, "over_limit_none"),))
    told = "; ".join(
        say(
            ask,
            "over_limit_line",
            name=one.name or one.account.customer,
            exposure=money(one.exposure_minor, ask),
            limit=money(one.account.limit_minor or 0, ask),
        )
        for one in found[:SAID]
    )
    first = say(ask, "over_limit", n=len(found))
    return ToolAnswer({"customers": len(found)}, [_row(one) for one in found[:ROWS]], (first, told))


def statement(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """A month's statement of an account: opening balance, charges, payments, closing balance."""
    customer = next(iter(ask.meaning.filters.get("customer", ())), "")
    month = (ask.meaning.period.last if ask.meaning.period else ask.day)[:7]
    found = spec.read(db, customer, month, ask.day) if customer else None
    arguments = {"customer": customer, "month": month}
    if found is None:
        return ToolAnswer({}, [], (say(ask, "which_customer"),), arguments)
    more = sum(one.amount_minor for one in found.lines if one.amount_minor > 0)
    less = sum(one.amount_minor for one in found.lines if one.amount_minor < 0)
    figures = {"opening_minor": found.opening_minor, "closing_minor": found.closing_minor}
    figures |= {"more_minor": more, "less_minor": -less, "overdue_minor": sum(found.ages[1:])}
    sums = {"opening": found.opening_minor, "closing": found.closing_minor, "more": more, "less": -less}
    line = say(
        ask,
        "statement",
        month=MeaningTeller(db, ask.language, ask.currency).label("month", month),
        **{key: money(minor, ask) for key, minor in sums.items()},
    )
    rows = [{"day": one.day, "kind": one.kind, "amount_minor": one.amount_minor} for one in found.lines[:ROWS]]
    return ToolAnswer(figures, rows, (line,), arguments)


def _standings(db: Connection, spec: QuerySpec, ask: Asking) -> list[AccountStanding]:
    """Account balances of the named customers, or of all."""
    wanted = ask.meaning.filters.get("customer")
    found: list[AccountStanding] = spec.read(db, ask.day)
    return [one for one in found if wanted is None or one.account.customer in wanted]


def _row(one: AccountStanding) -> dict[str, Any]:
    sums = {"owed_minor": one.owed_minor, "overdue_minor": one.overdue_minor, "exposure_minor": one.exposure_minor}
    return {"customer": one.account.customer, "name": one.name, **sums}


def _owes(one: AccountStanding, ask: Asking) -> str:
    line = f"{one.name or one.account.customer} {money(one.owed_minor, ask)}"
    return say(ask, "owes_overdue", line=line, amount=money(one.overdue_minor, ask)) if one.overdue_minor else line
