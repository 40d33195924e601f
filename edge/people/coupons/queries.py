"""Queries of coupons."""

from __future__ import annotations

from datetime import date

import msgspec

from edge.core.messages import Number, Refusal
from edge.core.storage.database import Connection
from edge.people.coupons.code import CouponCode, CouponTerms, code_of, is_signed

SERIES_SHOWN = 100
_SERIES = """
    SELECT series, name, starts, ends, share, sum_minor, count, ended, made_us,
           (SELECT count(*) FROM coupon WHERE coupon.series = coupon_series.series
            AND EXISTS (SELECT 1 FROM coupon_use WHERE coupon_use.coupon = coupon.id)) AS used
    FROM coupon_series
"""
_USED = "SELECT store, receipt, at_us FROM coupon_use WHERE coupon = ? ORDER BY at_us LIMIT 1"


class CouponSeries(msgspec.Struct, frozen=True):
    """A series of coupons, with the number of used ones."""

    series: int
    name: str
    starts: date
    ends: date
    share: int
    sum_minor: int
    count: int
    ended: bool
    made_us: int
    used: int

    @property
    def terms(self) -> CouponTerms:
        return CouponTerms(self.share, self.sum_minor, self.starts, self.ends)


class Coupon(msgspec.Struct, frozen=True):
    """A usable coupon.

    `name`: the name of its series, "" if this box doesn't know it. `confirmed`: this box knows it.
    """

    code: CouponCode
    name: str
    confirmed: bool


def read_series(db: Connection) -> list[CouponSeries]:
    """All series, the newest first."""
    rows = db.execute(f"{_SERIES} ORDER BY seq DESC LIMIT ?", (SERIES_SHOWN,))
    return [_series(row) for row in rows]


def read_one_series(db: Connection, series: Number) -> CouponSeries | None:
    """A series by its number; None if there is none."""
    row = db.execute(f"{_SERIES} WHERE series = ?", (series,)).fetchone()
    return _series(row) if row else None


def read_key(db: Connection) -> bytes | None:
    """The shop's coupon key; None if there is none."""
    row = db.execute("SELECT secret FROM coupon_key").fetchone()
    return bytes(row[0]) if row else None


def read_coupon_key(db: Connection) -> str:
    """The coupon key as text, for another box; "" if there is none."""
    key = read_key(db)
    return key.hex() if key else ""


def usable(db: Connection, code: CouponCode, day: str, currency: str) -> Coupon:
    """The coupon on a business date, in a store of this currency. Raises `Refusal` if it isn't accepted."""
    row = db.execute("SELECT series FROM coupon WHERE id = ?", (code.id,)).fetchone()
    series = read_one_series(db, row[0]) if row else None
    key = read_key(db)
    if series is None and (key is None or not is_signed(code, key, currency)):
        raise Refusal("coupon_unknown")
    if gone := why_gone(db, code.id, code.tail, series.series if series else 0):
        raise gone
    today = date.fromisoformat(day)
    if today < code.terms.starts:
        raise Refusal("coupon_early", {"tail": code.tail, "day": str(code.terms.starts)})
    if today > code.terms.ends:
        raise Refusal("coupon_over", {"tail": code.tail, "day": str(code.terms.ends)})
    return Coupon(code, series.name if series else "", series is not None)


def why_gone(db: Connection, id: str, tail: str, series: int) -> Refusal | None:
    """Why a coupon can no longer be used on any day; None if it can."""
    if used := db.execute(_USED, (id,)).fetchone():
        store, receipt, _ = used
        return Refusal("coupon_used", {"tail": tail, "receipt": f"{store} {receipt}".strip()})
    found = read_one_series(db, series) if series else None
    if found and found.ended:
        return Refusal("coupon_ended", {"tail": tail})
    return None


def unused_codes(db: Connection, series: CouponSeries, currency: str) -> list[CouponCode]:
    """The unused codes of a series, generated again from the shop's key; empty if the original key is missing.

    Older codes were signed without the store's `currency`.
    """
    key = read_key(db)
    if key is None:
        return []
    own = {id for (id,) in db.execute("SELECT id FROM coupon WHERE series = ?", (series.series,))}
    numbers = range(1, series.count + 1)
    codes = [code_of(series.terms, series.series, one, key, named) for named in (currency, "") for one in numbers]
    codes = list({code.id: code for code in codes}.values())
    return [code for code in codes if code.id in own and why_gone(db, code.id, code.tail, 0) is None]


def _series(row: tuple[object, ...]) -> CouponSeries:
    return msgspec.convert(dict(zip(CouponSeries.__struct_fields__, row, strict=True)), CouponSeries, strict=False)
