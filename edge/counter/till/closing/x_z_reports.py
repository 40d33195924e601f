"""Commands of X and Z reports, inside the transaction. A Z closes the period; an X only reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.sums import DaySums
from edge.counter.till.after_sale import receipts
from edge.counter.till.after_sale.receipt_numbers import last_number, on_report
from edge.counter.till.closing.z_signature import ZSigner
from edge.counter.till.commands import PrintReport, ReprintReport
from edge.counter.till.events import ReportPrinted, ReportReprinted
from edge.counter.till.lines.parked_baskets import on_report as parked_on_report
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_basket, read_period, read_z_report
from edge.counter.till.rules import day_totals
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import TemplateBlock
from edge.foundation.printing.personal import Named, sealed_name
from edge.foundation.printing.queries import count_unconfirmed
from edge.money.payments.queries import open_payment

ReportExtras = Callable[[Connection, str, int], tuple[TemplateBlock, ...]]
"""Makes other capabilities' additions to a register's report.

Arguments: the ledger, the register, and the row of its last Z report.
"""


class Reporting:
    """Handles a store's reports. `besides`: makes other capabilities' additions; `signer`: signs each Z report."""

    def __init__(self, settings: TillSettings, besides: ReportExtras, signer: ZSigner) -> None:
        self._settings = settings
        self._besides = besides
        self._signer = signer

    def print_report(self, tx: Transaction, command: PrintReport) -> None:
        register, closes = tx.actor.register, command.kind == "z"
        paid_minor = read_basket(tx.db, register).paid_minor
        if closes and paid_minor:
            raise Refusal("already_paying", {"paid_minor": paid_minor})
        if closes and (paying := open_payment(tx.db, register)) and paying.state != "unknown":
            raise Refusal("payment_open")
        period = read_period(tx.db, register)
        sums = day_totals.sums(period.day)
        report = ReportPrinted(
            command.kind,
            self._settings.currency,
            *(sums.sales.count, sums.voids.count, sums.total_minor, sums.refunds.count),
            number=last_number(tx.db, register, "z") + 1 if closes else 0,
            since_us=period.since_us or tx.at_us,
            grand_total_minor=period.grand_minor + sums.total_minor,
            sums=sums,
            besides=tuple(self._rows(tx, register, period.since_seq, paid_minor)),
        )
        if closes:
            report = self._signer.sign(tx.db, register, report)
        fact = tx.append(report if closes else msgspec.structs.replace(report, sums=None, besides=()))
        tx.do(QueuePrint("report", receipts.of_report(report, sums, fact, self._settings, people=_people(tx.db, sums))))

    def reprint_report(self, tx: Transaction, command: ReprintReport) -> None:
        found = read_z_report(tx.db, tx.actor.register, command.number)
        if found is None:
            raise Refusal("no_such_report", {"number": command.number or 0})
        fact = tx.read(found.seq)
        report = fact.event
        assert isinstance(report, ReportPrinted)
        assert report.sums is not None
        reprinted = ReportReprinted(found.number, found.copies + 1)
        tx.append(reprinted)
        document = receipts.of_report(
            report, report.sums, fact, self._settings, reprinted.copy, _people(tx.db, report.sums)
        )
        tx.do(QueuePrint("report", document))

    def _rows(self, tx: Transaction, register: str, since_seq: int, paid_minor: int) -> Iterator[TemplateBlock]:
        """Further blocks of a report.

        Skipped numbers, unsettled papers and payments, and other capabilities' additions.
        """
        db = tx.db
        yield from on_report(db, register, since_seq)
        papers = count_unconfirmed(db, register)
        if papers or paid_minor:
            shop = {"currency": self._settings.currency}
            yield TemplateBlock("till/unsettled", {"shop": shop, "papers": papers, "paid_minor": paid_minor})
        if parked := parked_on_report(read_parked(db), tx.at_us, self._settings.currency):
            yield parked
        yield from self._besides(db, register, since_seq)


def _people(db: Connection, sums: DaySums) -> dict[str, Named]:
    return {user: sealed_name(db, user) for user in {**sums.givers, **sums.tips_to}}
