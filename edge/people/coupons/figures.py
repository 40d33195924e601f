"""The number of used coupons of a series, with the first use of each. The key is the series."""

from __future__ import annotations

from edge.core.figure import Figure

_USED = """
    SELECT (SELECT count(DISTINCT c.id) FROM coupon c JOIN coupon_use u ON u.coupon = c.id WHERE c.series = s.series)
    FROM coupon_series s WHERE s.series = ?1
"""
_FIRST_USES = """
    SELECT min(u.seq), 1 FROM coupon c JOIN coupon_use u ON u.coupon = c.id WHERE c.series = ?1 GROUP BY c.id
"""
FIGURES = (Figure("coupon.used", "count", _USED, _FIRST_USES, "/manager/coupons", "none"),)
