"""Effects shared by several till commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from edge.core.messages import Actor, Done, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection, blob
from edge.counter.basket.basket import Basket, BasketLine, TakenUp
from edge.counter.basket.event_structs import RecordedLine, Tender
from edge.counter.kitchen.commands import Moment, Ordered, PrintSlips
from edge.counter.till.lines.basket_names import kept_basket
from edge.counter.till.queries import read_basket
from edge.counter.till.settings import TillSettings
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import OVERRIDE
from edge.foundation.printing.commands import OPEN_DRAWER
from edge.foundation.settings.queries import NOTICES, lines_in
from edge.goods.modifiers.modifier import preset_refs
from edge.goods.modifiers.queries import modifier_groups
from edge.goods.stock.commands import Moved
from edge.lib.units.quantity import SERVICE, THOUSANDTHS
from edge.money.gift_cards.commands import RenewHolds
from edge.money.payments.queries import require_idle
from edge.money.tenders.tender import is_foreign

_encode = msgspec.json.Encoder().encode
_SAVE = """
    INSERT INTO open_basket (register, revision, body) VALUES (?, ?, ?)
    ON CONFLICT (register) DO UPDATE SET revision = excluded.revision, body = excluded.body
"""


def today(tx: Transaction) -> date:
    """The current business day."""
    return date.fromisoformat(tx.business_date)


def save(tx: Transaction, basket: Basket) -> Basket:
    """Save the register's basket."""
    if not basket.opened_us and not basket.empty:
        basket = msgspec.structs.replace(basket, opened_us=tx.at_us)
    if basket.away and not basket.empty:  # a new basket was started, so the takeover notice has been seen
        basket = msgspec.structs.replace(basket, away=None)
    tx.db.execute(_SAVE, (basket.register, basket.revision, blob(kept_basket(tx, basket))))
    if basket.tenders and any(tender.card for tender in basket.tenders):
        tx.do(RenewHolds())
    return basket


def pin_first(actor: Actor, act: str, settings: TillSettings) -> None:
    """Require a manager's PIN if the shop's settings say so."""
    if act in settings.pin_for and not actor.may(OVERRIDE):
        raise Refusal("confirm_pin")


def stock_moves(lines: Iterable[RecordedLine], sign: int) -> tuple[Moved, ...]:
    """Stock movements of these lines: `sign` is -1 for goods sold, 1 for returns."""
    sums: dict[tuple[str, str, int], int] = {}
    for line in lines:
        if line.voided or line.kind != "goods" or line.unit == SERVICE:
            continue
        lot = line.label.lot if line.label and not line.parts else ""
        if not line.parts and not line.modifiers:  # the usual case: stock moves for the product itself
            key = (line.sku, lot, 0)
            sums[key] = sums.get(key, 0) + sign * line.quantity * line.units
            continue
        for part in line.stock_taken:
            if part.whole:
                of_lot = lot if part.sku == line.sku else ""
                key = (part.sku, of_lot, part.content if part.measure else 0)
                sums[key] = sums.get(key, 0) + sign * part.quantity * line.goods // THOUSANDTHS
    return tuple([Moved(sku, delta, lot, of) for (sku, lot, of), delta in sums.items()])


def with_notices(tx: Transaction, settings: TillSettings) -> TillSettings:
    """The settings with the shop's current notices for customers' papers."""
    if not NOTICES.of(tx):
        return settings
    above = lines_in(tx, "receipt_above", settings.language)
    below = lines_in(tx, "receipt_below", settings.language)
    if not above and not below:
        return settings
    return msgspec.structs.replace(settings, header=settings.header + above, footer=below + settings.footer)


def tell_slips(
    tx: Transaction,
    settings: TillSettings,
    moment: Moment,
    lines: Iterable[RecordedLine],
    note: str = "",
    receipt: int = 0,
    holder: str = "",
    fired: int = 0,
) -> int:
    """Send an order's changes to kitchen printers, without tips and money lines. Returns the number of tickets."""
    if not settings.slips:
        return 0
    ordered = tuple(
        Ordered(
            *(line.id, line.sku, line.names, line.unit, 0 if line.voided else line.quantity),
            modifiers=_kitchen_modifiers(tx.db, line),
            course=line.course if isinstance(line, BasketLine) else 0,
        )
        for line in lines
        if line.is_revenue
    )
    done = tx.do(PrintSlips(moment, ordered, note, receipt, holder, fired))
    assert isinstance(done, Done)
    return done.result if not done.repeated else len(ordered)


def _kitchen_modifiers(db: Connection, line: RecordedLine) -> tuple[dict[str, str], ...]:
    """The names of a line's modifiers, except the defaults of required choices, which kitchens don't need."""
    if not line.modifiers:
        return ()
    always = preset_refs(group for group in modifier_groups(db, line.sku) if group.least)
    return tuple(one.names for one in line.modifiers if one.ref not in always)


def open_drawer(tx: Transaction, tenders: Iterable[Tender], change_minor: int = 0) -> None:
    """Open the drawer if cash goes in or out, including foreign notes and a voucher's change.

    If only cards were used, it stays closed.
    """
    for tender in tenders:
        if change_minor or tender.kind == "cash" or is_foreign(tender.kind):
            tx.do(OPEN_DRAWER)
            return


def take_over_basket(tx: Transaction, there: Basket) -> Basket:
    """Take over another register's basket. That register's basket is cleared, and it shows who took it."""
    require_idle(tx.db, there.register)
    here = read_basket(tx.db, tx.actor.register)
    up = TakenUp(
        _signed_in_user(tx), there.up.called if there.up else "", there.up.parked if there.up else 0, there.register
    )
    basket = msgspec.structs.replace(there, register=tx.actor.register, revision=here.revision + 1, up=up, payment="")
    save(tx, there.taken_by(basket))
    return basket


def resumption(tx: Transaction, called: str, parked: int = 0) -> TakenUp:
    """Return a record of the user who resumes this basket, and its name and number."""
    return TakenUp(_signed_in_user(tx), called, parked)


def _signed_in_user(tx: Transaction) -> str:
    return name_of(tx.db, tx.actor.name) or tx.actor.name
