"""Figures of a provider's batch, and the payments and refunds that its lines pay out. The key is the batch's row."""

from __future__ import annotations

from edge.core.figure import Figure

_PAGE = "/manager/settlements"
_CURRENCY = "SELECT currency FROM settlement_batch WHERE seq = ?1"
_LINES = """
    SELECT coalesce(nullif((SELECT done_seq FROM payment_refund r
            WHERE l.refund > 0 AND r.payment = l.payment AND r.number = l.refund), 0),
        nullif((SELECT taken_seq FROM payment p WHERE p.id = l.payment), 0), b.seq), {} FROM settlement_batch b
    JOIN settlement_line l ON l.provider = b.provider AND l.batch = b.batch WHERE b.seq = ?1 AND {}
"""
_AMOUNT, _FEE = "coalesce(l.body ->> '$.amount_minor', 0)", "coalesce(l.body ->> '$.fee_minor', 0)"
_OFF = f"{_AMOUNT} - coalesce(l.body ->> '$.our_minor', 0)"
_DIFFERS = "l.verdict <> 'matched' AND l.body ->> '$.kind' NOT IN ('fee', 'chargeback')"


def _figure(name: str, field: str, amount: str, which: str = "true") -> Figure:
    shown = f"SELECT {field} FROM settlement_batch WHERE seq = ?1"
    return Figure(
        f"settlements.{name}", "minor", shown, _LINES.format(amount, which), _PAGE, "none", currency=_CURRENCY
    )


FIGURES = (
    _figure("gross", "gross_minor + charged_back_minor", _AMOUNT),
    _figure("fees", "fees_minor", _FEE),
    _figure("net", "net_minor", f"{_AMOUNT} - {_FEE}"),
    _figure("difference", "difference_minor", _OFF, _DIFFERS),
)
