"""Coupon commands, inside the transaction."""

from __future__ import annotations

import secrets

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import blob
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.settings.queries import LiveSettings
from edge.people.coupons.code import KEY_BYTES, SERIES_MOST, CouponTerms, code_of
from edge.people.coupons.commands import (
    EndCoupons,
    FreeCoupon,
    MakeCoupons,
    NoteCouponUse,
    PrintCoupons,
    ReopenCoupons,
    TakeCouponKey,
    UseCoupon,
)
from edge.people.coupons.events import (
    CouponFreed,
    CouponFreedElsewhere,
    CouponsEnded,
    CouponsMade,
    CouponsReopened,
    CouponUsed,
    CouponUsedElsewhere,
)
from edge.people.coupons.project import used_for
from edge.people.coupons.queries import read_key, read_one_series, unused_codes, why_gone
from edge.people.coupons.settings import CouponSettings

_KEY = "INSERT OR REPLACE INTO coupon_key (one, secret) VALUES (1, ?)"
_USE_KNOWN = "SELECT 1 FROM coupon_use WHERE coupon = ? AND store = ? AND receipt = ?"


def end_coupons(tx: Transaction, command: EndCoupons) -> None:
    series = read_one_series(tx.db, command.series)
    if series is None:
        raise Refusal("no_such_series", {"series": command.series})
    if not series.ended:
        tx.append(CouponsEnded(series.series))


def reopen_coupons(tx: Transaction, command: ReopenCoupons) -> None:
    series = read_one_series(tx.db, command.series)
    if series is None:
        raise Refusal("no_such_series", {"series": command.series})
    if series.ended:
        tx.append(CouponsReopened(series.series))


class Coupons:
    """Coupons made and printed in a store with these settings."""

    def __init__(self, settings: LiveSettings[CouponSettings]) -> None:
        self._settings = settings

    def make_coupons(self, tx: Transaction, command: MakeCoupons) -> int:
        if bool(command.share) == bool(command.sum_minor):
            raise Refusal("coupon_worth")
        if not command.starts <= command.ends or str(command.ends) < tx.business_date or command.ends.year > 2100:
            raise Refusal("coupon_days", {"starts": str(command.starts), "ends": str(command.ends)})
        key = read_key(tx.db)
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            tx.db.execute(_KEY, (blob(key),))
        series = _new_series(tx)
        terms = CouponTerms(command.share, command.sum_minor, command.starts, command.ends)
        currency = self._settings.of(tx).currency
        ids = tuple(code_of(terms, series, number, key, currency).id for number in range(1, command.count + 1))
        name = command.name.strip() or str(series)
        tx.append(CouponsMade(series, name, terms.starts, terms.ends, terms.share, terms.sum_minor, ids))
        return series

    def print_coupons(self, tx: Transaction, command: PrintCoupons) -> int:
        series = read_one_series(tx.db, command.series)
        if series is None:
            raise Refusal("no_such_series", {"series": command.series})
        settings = self._settings.of(tx)
        codes = unused_codes(tx.db, series, settings.currency)
        if not codes:
            raise Refusal("coupons_none_left", {"name": series.name})
        shop = {"header": settings.header, "currency": settings.currency}
        said = {"shop": shop, "name": series.name, "share": series.share, "sum_minor": series.sum_minor}
        days = {"starts": str(series.starts), "ends": str(series.ends)}
        rows = tuple(TemplateBlock("coupons/coupon", {**said, **days, "code": code.text}) for code in codes)
        tx.do(QueuePrint("coupons", Document(settings.language, rows)))
        return len(codes)


def take_coupon_key(tx: Transaction, command: TakeCouponKey) -> None:
    tx.db.execute(_KEY, (blob(bytes.fromhex(command.key)),))


def use_coupon(tx: Transaction, command: UseCoupon) -> None:
    row = tx.db.execute("SELECT series FROM coupon WHERE id = ?", (command.coupon,)).fetchone()
    series = read_one_series(tx.db, row[0]) if row else None
    if gone := why_gone(tx.db, command.coupon, command.tail, series.series if series else 0):
        raise gone
    if series and tx.business_date > str(series.ends):  # it expired after it was read
        raise Refusal("coupon_over", {"tail": command.tail, "day": str(series.ends)})
    tx.append(CouponUsed(command.coupon, command.tail, command.series, command.number, row is not None, command.order))


def free_coupon(tx: Transaction, command: FreeCoupon) -> None:
    use = (command.coupon, "", used_for(tx.actor.register, command.number, command.order))
    if tx.db.execute(_USE_KNOWN, use).fetchone():
        tx.append(CouponFreed(command.coupon, command.number, command.order))


class UsesElsewhere:
    """Coupon uses reported by head office to the store with this id."""

    def __init__(self, store: str) -> None:
        self._store = store

    def note(self, tx: Transaction, command: NoteCouponUse) -> None:
        use = (command.coupon, command.store, command.receipt)
        known = tx.db.execute(_USE_KNOWN, use).fetchone()
        here = (command.coupon, "", command.receipt)
        own = command.store == self._store and tx.db.execute(_USE_KNOWN, here).fetchone()
        if known and command.freed:
            tx.append(CouponFreedElsewhere(*use))
        elif not known and not own and not command.freed:
            tx.append(CouponUsedElsewhere(command.coupon, command.tail, command.store, command.receipt, command.at_us))


def _new_series(tx: Transaction) -> int:
    """A random unused series number, which another box with the same key is unlikely to use."""
    while True:
        series = secrets.randbelow(SERIES_MOST) + 1
        if read_one_series(tx.db, series) is None:
            return series
