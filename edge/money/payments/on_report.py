"""Card payments on a register's X and Z reports."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.foundation.printing.document import TemplateBlock
from edge.money.payments.day_sums import card_sums_since, cash_back_since, cash_refunds_since, stored_since
from edge.money.payments.providers.provider import DRIVERS
from edge.money.payments.queries import last_close, work_of
from edge.money.payments.settings import PaymentSettings


def on_reports(db: Connection, register: str, since_seq: int, settings: PaymentSettings) -> tuple[TemplateBlock, ...]:
    """Blocks of a report, from the last Z (journal row `since_seq`) on.

    They show cards by brand, the part taken offline, unknown payments, whether a terminal with its own day was closed
    meanwhile, and failed refunds paid in cash from the drawer. Registers without a terminal have no card blocks.
    """
    return (*_card_totals(db, register, since_seq, settings), *_cash_refunds(db, register, since_seq, settings))


def _cash_refunds(
    db: Connection, register: str, since_seq: int, settings: PaymentSettings
) -> tuple[TemplateBlock, ...]:
    count, minor = cash_refunds_since(db, register, since_seq)
    data = {"shop": {"currency": settings.currency}, "count": count, "minor": minor}
    return (TemplateBlock("payments/given_in_cash", data),) if count else ()


def _card_totals(db: Connection, register: str, since_seq: int, settings: PaymentSettings) -> tuple[TemplateBlock, ...]:
    place = settings.terminals.get(register)
    if place is None:
        return ()
    payments, refunds = work_of(db, register)
    unknown = [one for one in payments if one.state == "unknown"]
    closed = last_close(db, place.name)
    told = "not_closed" if closed is None or closed.seq <= since_seq else "agrees" if closed.agrees else "differs"
    if "totals" not in DRIVERS[place.driver].abilities:
        told = ""  # the terminal has no day to close
    if settings.close_terminal == "by_itself":
        told = ""  # the terminal closes by itself, and no one here knows when
    differing = [one for one in closed.brands if not one.agrees] if closed and told == "differs" else []
    handed_count, handed_minor = cash_back_since(db, register, since_seq)
    stored_count, stored_minor = stored_since(db, register, since_seq)
    data = {
        "shop": {"currency": settings.currency},
        "brands": [
            {"brand": brand, "count": count, "minor": minor}
            for brand, (count, minor) in sorted(card_sums_since(db, register, since_seq).items())
        ],
        "stored": {"count": stored_count, "minor": stored_minor},
        "cash_back": {"count": handed_count, "minor": handed_minor},
        "unknown": {"count": len(unknown), "minor": sum(one.amount_minor for one in unknown)},
        "refunds": {"count": len(refunds), "minor": sum(one.amount_minor for one in refunds)},
        "terminal": told,
        "differing": [{"brand": one.brand, "theirs": one.amount_minor, "ours": one.our_minor} for one in differing],
    }
    return (TemplateBlock("payments/on_report", data),)
