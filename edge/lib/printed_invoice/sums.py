"""Identifies net, tax and total by arithmetic rather than position. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from edge.lib.printed_invoice.amounts import PlacedNumber, numbers_of
from edge.lib.printed_invoice.label_search import FieldValue
from edge.lib.printed_invoice.words import TextRow

CENT = Decimal("0.01")
RATE_MOST = Decimal("0.35")
"""Highest plausible tax rate on goods. A higher one was misread."""


class FoundSums(msgspec.Struct, frozen=True):
    """Net, tax and total; None if missing. `confirmed`: the amounts add up."""

    net: FieldValue | None = None
    tax: FieldValue | None = None
    total: FieldValue | None = None
    confirmed: bool = False


def find_sums(rows: Sequence[TextRow], values: Sequence[FieldValue], lines_sum: Decimal | None) -> FoundSums:
    """Find an invoice's totals; `lines_sum`: the sum of its lines, or None."""
    nets, taxes, totals = (_of(values, name) for name in ("net", "tax", "total"))
    every = [number for row in rows for number in numbers_of(row.words) if number.cents]
    for total in totals:
        for found in (
            _labelled_sums(total, nets, taxes),
            _in_a_row(total, rows),
            _half_labelled(total, nets, taxes, every),
        ):
            if found is not None:
                return found
    for total in totals:
        taxed = any(one.amount for one in taxes if not one.is_below)
        if lines_sum is not None and total.amount == lines_sum and not taxed:
            # no tax is mentioned, and the lines add up to the amount payable
            net = msgspec.structs.replace(total, name="net")
            return FoundSums(net, None, total, confirmed=True)
    total_best = totals[0] if totals else _greatest(every)
    beside = (next((one for one in found if not one.is_below), None) for found in (nets, taxes))
    return FoundSums(next(beside), next(beside), total_best)


def _of(values: Sequence[FieldValue], name: str) -> list[FieldValue]:
    """Return the values with this name, those with the strongest label first.

    Of equal ones, the last total on the document comes first.
    """
    found = [one for one in values if one.name == name]
    if name == "total":
        found.reverse()
    return sorted(found, key=lambda one: (one.strength, one.is_below))


def _labelled_sums(total: FieldValue, nets: Sequence[FieldValue], taxes: Sequence[FieldValue]) -> FoundSums | None:
    for net in nets:
        for tax in taxes:
            if tax.amount and _fits(net.amount, tax.amount, total.amount):
                return FoundSums(net, tax, total, confirmed=True)
        several = {tax.words[0].box: tax for tax in taxes if tax.amount}
        together = sum((tax.amount for tax in several.values()), Decimal(0))
        if len(several) > 1 and _fits(net.amount, together, total.amount):  # GST and PST, or two rates
            tax = msgspec.structs.replace(next(iter(several.values())), value=f"{together:f}")
            return FoundSums(net, tax, total, confirmed=True)
    return None


def _in_a_row(total: FieldValue, rows: Sequence[TextRow]) -> FoundSums | None:
    """A row with net, tax and this total at its end."""
    for row in rows:
        numbers = [one for one in numbers_of(row.words) if one.cents]
        for net, tax, last in _threes(numbers):
            if last.value == total.amount and tax.value and _fits(net.value, tax.value, last.value):
                return FoundSums(_value("net", net, total), _value("tax", tax, total), total, confirmed=True)
    return None


def _threes(numbers: Sequence[PlacedNumber]) -> Iterator[tuple[PlacedNumber, PlacedNumber, PlacedNumber]]:
    for at in range(len(numbers) - 2):
        first, second, third = numbers[at : at + 3]
        yield first, second, third
        yield third, second, first


def _half_labelled(
    total: FieldValue, nets: Sequence[FieldValue], taxes: Sequence[FieldValue], every: Iterable[PlacedNumber]
) -> FoundSums | None:
    """A total with a labelled tax or net, and the missing third amount anywhere on the document."""
    amounts = {one.value: one for one in every}
    if _is_a_tax(total, amounts):
        return None
    for tax in taxes:
        left = total.amount - tax.amount
        if tax.amount and left in amounts and _fits(left, tax.amount, total.amount):
            return FoundSums(_value("net", amounts[left], total), tax, total, confirmed=True)
    for net in nets:
        left = total.amount - net.amount
        if left in amounts and left and _fits(net.amount, left, total.amount):
            return FoundSums(net, _value("tax", amounts[left], total), total, confirmed=True)
    return None


def _is_a_tax(total: FieldValue, amounts: Mapping[Decimal, PlacedNumber]) -> bool:
    """Whether a value is the total of a tax column, because net and gross are also on the document."""
    return any(
        net > total.amount and net + total.amount in amounts and _fits(net, total.amount, net + total.amount)
        for net in amounts
    )


def _fits(net: Decimal, tax: Decimal, total: Decimal) -> bool:
    return abs(net + tax - total) <= CENT and net * tax > 0 and abs(tax) <= abs(net) * RATE_MOST


def _greatest(every: Sequence[PlacedNumber]) -> FieldValue | None:
    """Largest amount that occurs twice, if no total is labelled."""
    twice = [one for one in every if sum(other.value == one.value for other in every) > 1 and one.value > 0]
    best = max(twice, key=lambda one: one.value, default=None)
    return FieldValue("total", f"{best.value:f}", best.words, 2) if best else None


def _value(name: str, number: PlacedNumber, like: FieldValue) -> FieldValue:
    return msgspec.structs.replace(like, name=name, value=f"{number.value:f}", words=number.words)
