"""Queries of payments, refunds and terminal days."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

from edge.core.memo import Memo
from edge.core.messages import Number, Refusal
from edge.core.storage.database import Connection
from edge.money.payments.entities import PROVIDERS, ROUTES
from edge.money.payments.events import ONLINE, BrandClose, OfflineAgreed
from edge.money.payments.payment import CardRefund, Payment, PaymentPurpose
from edge.money.payments.providers.breaker import ProviderBreaker
from edge.money.payments.providers.provider import Provider
from edge.money.payments.providers.routing import PaymentRoute
from edge.money.payments.states import State
from edge.money.payments.stored.stored_reads import CardPage as CardPage
from edge.money.payments.stored.stored_reads import card_pages as card_pages
from edge.money.payments.stored.stored_reads import chargeable_methods as chargeable_methods
from edge.money.payments.stored.stored_reads import detached_tokens as detached_tokens
from edge.money.payments.stored.stored_reads import find_card_page as find_card_page
from edge.money.payments.stored.stored_reads import find_method as find_method
from edge.money.payments.stored.stored_reads import read_methods as read_methods
from edge.money.payments.stored.stored_reads import token_of as token_of

PAGE_LIMIT = 200
CHARGES_LIMIT = 20
LOOK_UPS_LEAST = 2
"""Failed look-ups needed before a person may enter a payment's result."""
Which = Literal["all", "open", "taken", "unknown", "stored", "unsettled", "disputed", "refund_failed"]
"""Filters for lists of payments.

`unsettled`: captured, but not in a payout of its provider yet; `refund_failed`: part of a refund didn't reach its card.
"""
_breaker = msgspec.json.Decoder(ProviderBreaker).decode
_payment = msgspec.json.Decoder(Payment).decode
_refund = msgspec.json.Decoder(CardRefund).decode
_brands = msgspec.json.Decoder(tuple[BrandClose, ...]).decode
_FAILED = "(SELECT payment FROM payment_refund WHERE state = 'failed')"
_BEHIND: Mapping[Which, str] = MappingProxyType(
    {
        "all": "",
        "open": "AND attention",
        "taken": "AND taken_seq > 0",
        "unknown": "AND state = 'unknown'",
        "stored": "AND state = 'stored'",
        "unsettled": (
            "AND state IN ('captured', 'stored', 'partly_refunded') AND purpose IN ('sale', 'order', 'account')"
        ),
        "disputed": "AND state = 'disputed'",
        "refund_failed": f"AND id IN {_FAILED}",
    }
)
_SENT_LATER = (
    "changed_us > ? AND terminal = ? AND json_extract(body, '$.sent_us') > ? AND json_extract(body, '$.key') != ?"
)
_EACH_STATE = ", ".join(f"'{state}'" for state in get_args(State))
_ASKED_SINCE = f"""
    SELECT EXISTS (SELECT 1 FROM payment WHERE state IN ({_EACH_STATE}) AND {_SENT_LATER})
        OR EXISTS (SELECT 1 FROM payment_refund WHERE {_SENT_LATER})
"""
_COUNTS = f"""
    SELECT state, count(*) FROM payment WHERE state IN ('unknown', 'stored', 'disputed') GROUP BY state
    UNION ALL SELECT 'refund_failed', count(*) FROM payment WHERE id IN {_FAILED}
"""


class LookUps(msgspec.Struct, frozen=True):
    """The number of failed look-ups of a request, and the time of the last (UTC microseconds)."""

    failed: int = 0
    last_us: int = 0


class RestingProvider(msgspec.Struct, frozen=True):
    """A provider paused at a place until a time (UTC microseconds)."""

    provider: str
    place: str
    until_us: int


class TerminalDay(msgspec.Struct, frozen=True):
    """A close of a terminal's day."""

    terminal: str
    seq: int
    business_date: str
    at_us: int
    agrees: bool
    brands: tuple[BrandClose, ...]


class ListedPayment(Payment, frozen=True, kw_only=True):
    """A payment with its refunds, as pages list it; `seq` is the journal row of its start."""

    seq: int
    failed_look_ups: int = 0
    refunds: tuple[CardRefund, ...] = ()


def read_providers(db: Connection) -> tuple[Provider, ...]:
    """All providers, by id."""
    return PROVIDERS.read(db)


def read_routes(db: Connection) -> tuple[PaymentRoute, ...]:
    """All payment routing rules, by id."""
    return ROUTES.read(db)


def read_breaker(db: Connection, provider: str, place: str) -> ProviderBreaker:
    """Return the circuit breaker of a provider at a place."""
    row = db.execute("SELECT body FROM payment_breaker WHERE provider = ? AND place = ?", (provider, place)).fetchone()
    return _breaker(row[0]) if row else ProviderBreaker()


def resting(db: Connection, now_us: int) -> tuple[RestingProvider, ...]:
    """Providers paused now, and where."""
    rows = db.execute("SELECT provider, place, body FROM payment_breaker ORDER BY provider, place").fetchall()
    kept = ((provider, place, _breaker(body).left_us(now_us)) for provider, place, body in rows)
    return tuple(RestingProvider(provider, place, now_us + left_us) for provider, place, left_us in kept if left_us)


def paused_providers(db: Connection, place: str, now_us: int) -> frozenset[str]:
    """The providers paused at a place."""
    return frozenset(one.provider for one in resting(db, now_us) if one.place == place)


def worth_noting(db: Connection, provider: str, place: str, answered: bool) -> bool:
    """Whether recording a call would change the breaker. A successful call changes it only after a failure."""
    return not answered or read_breaker(db, provider, place) != ProviderBreaker()


def find_payment(db: Connection, id: str) -> Payment | None:
    """A payment by its id; None if there is none."""
    row = db.execute("SELECT body FROM payment WHERE id = ?", (id,)).fetchone()
    return _payment(row[0]) if row else None


_UNFINISHED = f"""
    SELECT register FROM payment WHERE attention = 1
    UNION SELECT json_extract(body, '$.sold_at') FROM payment
    WHERE attention = 1 AND register = '{ONLINE}' AND purpose = 'sale'
"""
_CHARGES = f"""
    SELECT body FROM payment
    WHERE register = '{ONLINE}' AND attention = 1 AND purpose = 'sale' AND json_extract(body, '$.sold_at') = ?
    ORDER BY began_seq LIMIT {PAGE_LIMIT}
"""
UNFINISHED: Memo[frozenset[str]] = Memo(
    lambda db: frozenset(register for (register,) in db.execute(_UNFINISHED)),
    "payment",
)
"""Registers with a payment that needs attention; no other register has an open one."""


def open_payment(db: Connection, register: str) -> Payment | None:
    """The payment of a register's basket whose outcome is open."""
    found = (*_flagged_payments(db, register), *basket_charges(db, register))
    return next((one for one in found if one.is_open and one.purpose == "sale"), None)


def basket_charges(db: Connection, register: str) -> tuple[Payment, ...]:
    """Open charges to stored cards for a register's basket, the oldest first."""
    return tuple(_payment(body) for (body,) in db.execute(_CHARGES, (register,)))


def require_idle(db: Connection, register: str) -> None:
    """Raises `Refusal` if a payment of the register's basket is open."""
    if payment := open_payment(db, register):
        raise Refusal("payment_unknown" if payment.state == "unknown" else "payment_open")


def work_of(db: Connection, register: str) -> tuple[tuple[Payment, ...], tuple[CardRefund, ...]]:
    """Return the open payments and refunds of a register's terminal."""
    refunds = db.execute(
        "SELECT body FROM payment_refund WHERE register = ? AND state IN ('requested', 'sent', 'unknown')"
        " ORDER BY asked_seq LIMIT ?",
        (register, PAGE_LIMIT),
    )
    return _flagged_payments(db, register), tuple(_refund(body) for (body,) in refunds)


def offline_agreed(db: Connection) -> tuple[int, int, int, int, int] | None:
    """The accepted limits of liability for offline payments; None if none were accepted."""
    row = db.execute("SELECT body FROM offline_agreed").fetchone()
    if row is None:
        return None
    said = msgspec.json.decode(row[0], type=OfflineAgreed)
    return said.most_minor, said.total_most_minor, said.card_most_minor, said.count_most, said.hours_most


def payments_of_order(db: Connection, order: str) -> tuple[Payment, ...]:
    """The payments of an order, the newest first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE order_id = ? AND order_id != '' ORDER BY began_seq DESC LIMIT ?",
        (order, PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def unused_payments(db: Connection, purpose: PaymentPurpose) -> tuple[Payment, ...]:
    """Payments taken outside a basket that are neither booked nor being refunded, the oldest first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE unused = 1 AND purpose = ? AND id NOT IN (SELECT payment FROM payment_refund)"
        " ORDER BY began_seq LIMIT ?",
        (purpose, PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def open_order_payments(db: Connection) -> tuple[Payment, ...]:
    """Open payments of orders, the oldest first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE attention = 1 AND purpose = 'order' ORDER BY began_seq LIMIT ?",
        (PAGE_LIMIT,),
    )
    return tuple(_payment(body) for (body,) in rows)


def account_charges(db: Connection, customers: Collection[str]) -> tuple[Payment, ...]:
    """Charges to a customer's stored cards (by all the customer's ids) for an account, the newest
    first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE purpose = 'account' AND method != '' AND method IN"
        " (SELECT id FROM stored_method WHERE customer IN (SELECT value FROM json_each(?)))"
        " ORDER BY began_seq DESC LIMIT ?",
        (msgspec.json.encode(sorted(customers)).decode(), CHARGES_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def heard_payments(db: Connection, register: str, since_seq: int) -> tuple[Payment, ...]:
    """Payments whose provider sent news after a journal row, the oldest first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE register = ? AND news_seq > ? ORDER BY news_seq LIMIT ?",
        (register, since_seq, PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def news_until(db: Connection, register: str, at_us: int) -> int:
    """The journal row of the newest notification before a time; 0 if all are newer."""
    row = db.execute(
        "SELECT news_seq FROM payment LEFT JOIN journal AS heard ON heard.seq = news_seq"
        " WHERE payment.register = ? AND news_seq > 0 AND coalesce(heard.at_us, 0) < ? ORDER BY news_seq DESC LIMIT 1",
        (register, at_us),
    ).fetchone()
    return row[0] if row else 0


def stored_payments(db: Connection, register: str = "") -> tuple[Payment, ...]:
    """Offline payments not confirmed yet, the oldest first; of one register, or of all."""
    rows = db.execute("SELECT body FROM payment WHERE state = 'stored' ORDER BY changed_us")
    found = (_payment(body) for (body,) in rows)
    return tuple(one for one in found if register in ("", one.register))


def tippable_payments(db: Connection, register: str, business_date: str) -> tuple[Payment, ...]:
    """A register's payments captured in full on a date, the newest first."""
    rows = db.execute(
        "SELECT body FROM payment WHERE register = ? AND business_date = ? AND state = 'captured' AND purpose = 'sale'"
        " ORDER BY began_seq DESC LIMIT ?",
        (register, business_date, PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def _flagged_payments(db: Connection, register: str) -> tuple[Payment, ...]:
    rows = db.execute(
        # The limit isn't a parameter, because SQLite would prepare the statement again for each value (sqlite3_bind).
        f"SELECT body FROM payment WHERE register = ? AND attention = 1 ORDER BY began_seq LIMIT {PAGE_LIMIT}",
        (register,),
    )
    return tuple(_payment(body) for (body,) in rows)


def read_payments(
    db: Connection, which: Which = "all", before: Number | None = None, limit: Number = PAGE_LIMIT
) -> tuple[ListedPayment, ...]:
    """Payments begun before a journal row, the newest first."""
    rows = db.execute(
        f"SELECT began_seq, body FROM payment WHERE began_seq < ? {_BEHIND[which]} ORDER BY began_seq DESC LIMIT ?",
        (2**62 if before is None else before, min(limit, PAGE_LIMIT)),
    ).fetchall()
    return tuple(_listed_payment(db, seq, _payment(body)) for seq, body in rows)


def count_troubled(db: Connection) -> dict[str, int]:
    """The number of payments that are unknown, offline, disputed or have a failed refund; zeros are left out."""
    return {which: count for which, count in db.execute(_COUNTS) if count}


def _listed_payment(db: Connection, seq: int, payment: Payment) -> ListedPayment:
    failed = look_ups(db, payment.key).failed if payment.to_look_up else 0
    fields = {name: getattr(payment, name) for name in Payment.__struct_fields__}
    return ListedPayment(**fields, seq=seq, failed_look_ups=failed, refunds=refunds_of(db, payment.id))


def refunds_of(db: Connection, payment: str) -> tuple[CardRefund, ...]:
    """The refunds of a payment, by number."""
    rows = db.execute("SELECT body FROM payment_refund WHERE payment = ? ORDER BY number", (payment,))
    return tuple(_refund(body) for (body,) in rows)


def find_refund(db: Connection, payment: str, number: int) -> CardRefund | None:
    """A refund; None if there is none."""
    row = db.execute("SELECT body FROM payment_refund WHERE payment = ? AND number = ?", (payment, number)).fetchone()
    return _refund(row[0]) if row else None


def look_ups(db: Connection, key: str) -> LookUps:
    """The failed look-ups of a request."""
    row = db.execute("SELECT failed, last_us FROM payment_look_up WHERE key = ?", (key,)).fetchone()
    return LookUps(*row) if row else LookUps()


def was_asked_since(db: Connection, terminal: str, key: str, sent_us: int) -> bool:
    """Whether a terminal was sent another request since the one with `key` was sent at `sent_us`."""
    of = (sent_us, terminal, sent_us, key)
    return bool(db.execute(_ASKED_SINCE, (*of, *of)).fetchone()[0])


def last_close(db: Connection, terminal: str) -> TerminalDay | None:
    """The last close of a terminal's day; None if there is none."""
    row = db.execute(
        "SELECT terminal, seq, business_date, at_us, agrees, body FROM terminal_close WHERE terminal = ?"
        " ORDER BY seq DESC LIMIT 1",
        (terminal,),
    ).fetchone()
    if row is None:
        return None
    terminal, seq, business_date, at_us, agrees, brands = row
    return TerminalDay(terminal, seq, business_date, at_us, bool(agrees), _brands(brands))


def payments_of_days(db: Connection, provider: str, first: str, last: str) -> Iterator[Payment]:
    """Payments taken for a provider on these business dates, inclusive."""
    rows = db.execute(
        "SELECT body FROM payment WHERE provider = ? AND business_date BETWEEN ? AND ?"
        " AND taken_seq > 0 AND purpose != 'tip'",
        (provider, first, last),
    )
    return (_payment(body) for (body,) in rows)


def payments_of_reference(db: Connection, provider: str, reference: str) -> Iterator[Payment]:
    """Payments taken for a provider, by its reference."""
    rows = db.execute(
        "SELECT body FROM payment WHERE provider = ? AND reference = ? AND taken_seq > 0 AND purpose != 'tip' LIMIT ?",
        (provider, reference, PAGE_LIMIT),
    )
    return (_payment(body) for (body,) in rows)


def refunds_of_days(db: Connection, first: str, last: str) -> Iterator[tuple[str, CardRefund]]:
    """Completed refunds requested on these business dates, inclusive, each with its date."""
    rows = db.execute(
        "SELECT business_date, body FROM payment_refund WHERE business_date BETWEEN ? AND ? AND done_seq > 0",
        (first, last),
    )
    return ((day, _refund(body)) for day, body in rows)
