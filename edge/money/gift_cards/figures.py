"""Figures of gift cards and store credit, and the loads, payments and settlements behind them."""

from __future__ import annotations

from edge.core.figure import Figure

_PAGE = "/manager/cards"
_BALANCE = "SELECT balance_minor FROM gift_card WHERE id = ?1"
_CHANGES = """
    SELECT seq, balance_minor - lag(balance_minor, 1, 0) OVER (PARTITION BY card ORDER BY seq)
    FROM gift_card_move WHERE {}
"""
"""Adds up changes of the balance instead of movements, because a movement may exceed the balance if head office
couldn't be asked.
"""
_OWED = "SELECT coalesce(sum(balance_minor), 0) FROM gift_card WHERE ?1 = ''"

_BALANCE_THEN = "SELECT balance_minor FROM gift_card_move WHERE card = ?1 AND CAST(seq AS TEXT) = ?2"

FIGURES = (
    Figure("cards.holds", "minor", _BALANCE, _CHANGES.format("card = ?1"), f"{_PAGE}?id={{0}}", "none"),
    Figure(
        "cards.held",
        "minor",
        _BALANCE_THEN,
        _CHANGES.format("card = ?1 AND seq <= CAST(?2 AS INTEGER)"),
        f"{_PAGE}?id={{0}}",
        "none",
        keys=2,
    ),
    Figure("cards.owed", "minor", _OWED, _CHANGES.format("?1 = ''"), _PAGE, "none"),
)
