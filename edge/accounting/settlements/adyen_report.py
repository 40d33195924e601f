"""Adyen's settlement details report as a batch. Pure.

From https://docs.adyen.com/reporting/settlement-detail-report: a row per movement with debit and credit columns, gross
in the card's currency (GC) and net in the payout's (NC), both in major units. The difference between gross and net is
Adyen's fees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from edge.accounting.settlements.bank import clean
from edge.accounting.settlements.batch import Batch, BatchLine, LineKind
from edge.accounting.settlements.table_files import check_payout, require_short
from edge.core.messages import Refusal
from edge.lib.tables.table import TableRow
from edge.lib.units.money import parse_minor

COLUMNS = {
    **{"batch": "batch number", "kind": "type", "created": "creation date", "reference": "psp reference"},
    **{"method": "payment method", "gross_currency": "gross currency", "currency": "net currency"},
    **{"gross_debit": "gross debit (gc)", "gross_credit": "gross credit (gc)"},
    **{"net_debit": "net debit (nc)", "net_credit": "net credit (nc)"},
}
_OPTIONAL = frozenset({"reference", "method", "gross_currency", "gross_debit", "gross_credit"})
_KINDS: Mapping[str, LineKind] = {
    **{"settled": "payment", "refunded": "refund"},
    **{"chargeback": "chargeback", "secondchargeback": "chargeback", "chargebackreversed": "chargeback"},
}
_FEES = frozenset({"fee", "misccosts", "invoicededuction", "paymentcost", "advancementcommissioncosts"})
_PAID = "merchantpayout"
BRANDS = {"visa": "VISA", "mc": "MASTERCARD", "amex": "AMEX", "maestro": "MAESTRO", "bcmc": "BANCONTACT"}


def adyen_batches(header: Sequence[str], rows: Iterable[TableRow]) -> tuple[Batch, ...]:
    """The batch of a report. Raises `Refusal` if it isn't a report, has several batches or currencies, or has an
    unknown row."""
    named = [name.strip().casefold() for name in header]
    places = {ours: named.index(theirs) for ours, theirs in COLUMNS.items() if theirs in named}
    if not set(COLUMNS) - _OPTIONAL <= set(places):
        raise Refusal("batch_file")
    report = _Report()
    for number, cells, fault, *_ in rows:
        row = {ours: cells[at].strip() if at < len(cells) else "" for ours, at in places.items()}
        try:
            if fault:
                raise ValueError(fault)
            report.take({**dict.fromkeys(COLUMNS, ""), **row})
        except (ValueError, KeyError) as error:
            raise Refusal("batch_row", {"row": number}) from error
    return report.batches()


class _Report:
    """A report being read."""

    def __init__(self) -> None:
        self.number = self.currency = self.paid_on = ""
        self.lines: list[BatchLine] = []
        self._paid_minor: int | None = None

    def take(self, row: Mapping[str, str]) -> None:
        """Add a row. Raises `ValueError`."""
        self.number, self.currency = self.number or row["batch"], self.currency or row["currency"]
        if row["batch"] != self.number or row["currency"] != self.currency:
            raise ValueError(row["batch"])
        day = datetime.fromisoformat(row["created"]).date().isoformat()
        net_minor = self._signed_minor(row, "net")
        kind = row["kind"].casefold().replace(" ", "")
        if kind == _PAID:
            self.paid_on, self._paid_minor = day, -net_minor
            return
        if row["gross_currency"] not in ("", self.currency):
            raise ValueError(row["gross_currency"])
        gross_minor, reference = self._signed_minor(row, "gross"), clean(row["reference"])
        if kind in _FEES:
            self.lines.append(BatchLine(kind="fee", day=day, fee_minor=-net_minor, reference=reference))
        else:
            told: LineKind = _KINDS.get(kind) or ("payment" if gross_minor >= 0 else "refund")
            brand = BRANDS.get(row["method"].casefold(), "")
            # Other types aren't payments of ours: the batch doesn't match until a person explains them.
            line = BatchLine(
                kind=told,
                day=day,
                amount_minor=gross_minor,
                fee_minor=gross_minor - net_minor,
                reference=reference if kind in _KINDS else "",
                brand=brand,
            )
            self.lines.append(line)
        require_short(self.number, self.lines)

    def batches(self) -> tuple[Batch, ...]:
        """The batch, in parts if it is long. Raises `Refusal` if its lines don't add up to the payout."""
        if not self.lines:
            raise Refusal("batch_file")
        gross, fees = sum(one.amount_minor for one in self.lines), sum(one.fee_minor for one in self.lines)
        if self._paid_minor is not None and gross - fees != self._paid_minor:
            raise Refusal("batch_sums", {"batch": self.number[:40]})
        sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": gross - fees}
        paid_on = self.paid_on or max(one.day for one in self.lines)
        lines = tuple(self.lines)
        return check_payout(Batch(id=self.number, currency=self.currency, paid_on=paid_on, lines=lines, **sums))

    def _signed_minor(self, row: Mapping[str, str], which: str) -> int:
        """Credit less debit, in minor units. Raises `ValueError`."""
        credit, debit = (parse_minor(row[f"{which}_{side}"] or "0", self.currency) for side in ("credit", "debit"))
        return credit - debit
