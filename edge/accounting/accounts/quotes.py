"""Quotes to account customers, inside the transaction: make, change, accept, decline."""

from __future__ import annotations

from edge.accounting.accounts.commands import AcceptQuote, DeclineQuote, MakeQuote, OpenSalesOrder, OrderedLine
from edge.accounting.accounts.events import QuoteEnded, QuoteMade
from edge.accounting.accounts.limits import require_account
from edge.accounting.accounts.quote_reads import Quote, read_quote
from edge.accounting.accounts.sales_orders import OpenedSalesOrder, SalesOrders
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.till.settings import TillSettings
from edge.lib.units.dates import day_of

QUOTES_OPEN_MOST = 5_000
"""Maximum open quotes."""
_NEXT = "SELECT coalesce(max(number), 0) + 1, count(*) FILTER (WHERE state = 'open') FROM quote"


class Quotes:
    """Quotes of a store with these till settings."""

    def __init__(self, shop: TillSettings) -> None:
        self._shop = shop
        self._orders = SalesOrders(shop)

    def make(self, tx: Transaction, command: MakeQuote) -> Quote:
        """Make or replace a quote, and return it. It neither reserves stock nor checks credit; the order does both."""
        account = require_account(tx, command.customer)
        if day_of(command.valid_until) is None:
            raise Refusal("quote_day_wrong", {"day": command.valid_until})
        if command.valid_until < tx.business_date:
            raise Refusal("quote_day_over", {"day": command.valid_until})
        known = require_open(tx, command.number) if command.number else None
        if known is not None and known.customer != account.customer:
            raise Refusal("quote_of_other", {"number": known.number})
        lines = self._orders.price_lines(tx, command.customer, command.lines)
        number = known.number if known else _number(tx)
        total = self._orders.total_minor(tx, lines)
        what = (number, account.customer, self._shop.currency, lines, total, command.valid_until)
        tx.append(QuoteMade(*what))
        return require_quote(tx, number)

    def accept(self, tx: Transaction, command: AcceptQuote) -> OpenedSalesOrder:
        """Accept a quote and return the order, which has the quoted prices rather than the current ones."""
        quote = require_open(tx, command.number)
        if quote.valid_until < tx.business_date and not command.although_over:
            raise Refusal("quote_over", {"number": quote.number, "day": quote.valid_until})
        lines = tuple(OrderedLine(one.sku, one.quantity, one.price_minor) for one in quote.lines)
        wanted = OpenSalesOrder(
            *(quote.customer, lines, command.location, command.partial_ok, command.due_on, command.override)
        )
        opened: OpenedSalesOrder = tx.do(wanted).result
        tx.append(QuoteEnded(quote.number, "accepted", opened.number))
        return opened


def decline(tx: Transaction, command: DeclineQuote) -> None:
    """Decline a quote."""
    tx.append(QuoteEnded(require_open(tx, command.number).number, "declined", 0))


def require_quote(tx: Transaction, number: int) -> Quote:
    """Return a quote. Raises `Refusal` if there is none."""
    found = read_quote(tx.db, number)
    if found is None:
        raise Refusal("no_quote", {"number": number})
    return found


def require_open(tx: Transaction, number: int) -> Quote:
    """Return an open quote. Raises `Refusal` if it's unknown, accepted or declined."""
    found = require_quote(tx, number)
    if found.state != "open":
        raise Refusal("quote_ended", {"number": number})
    return found


def _number(tx: Transaction) -> int:
    number, open = tx.db.execute(_NEXT).fetchone()
    if open >= QUOTES_OPEN_MOST:
        raise Refusal("too_many_quotes", {"limit": QUOTES_OPEN_MOST})
    return int(number)
