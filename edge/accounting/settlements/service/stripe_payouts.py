"""Stripe's payouts with their contents, from https://docs.stripe.com/payouts/reconciliation and
https://docs.stripe.com/reports/balance-transaction-types. Amounts are integers, in Stripe's units of the currency."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from drivers.terminals.link import BadMessage, read_json
from drivers.terminals.provider_units import NoSuchAmount, from_provider
from edge.accounting.settlements.batch import PAYOUT_LINES_MOST, Batch, BatchLine, parts_of
from edge.accounting.settlements.service.fetched import FetchedPayout, PayoutsStopped
from edge.counter.till.service.pay_pages.stripe_wire import API_VERSION
from edge.lib.units.money import LIMIT_MINOR
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp

T = TypeVar("T")
PAGE_BYTES = 1024 * 1024
PAGE_ROWS = 100
PAGES_MOST = 25
"""Maximum pages of payouts."""
Minor = Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=99_999_999_999)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]{1,64}$(?!\n)")]
_PAYMENTS = frozenset({"charge", "payment"})
_REFUNDS = frozenset({"refund", "payment_refund"})
_FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost", "application_fee"})
_PAID = frozenset({"payout"})


class Payout(msgspec.Struct, frozen=True):
    """A payout to the bank."""

    id: Id
    amount: Minor
    currency: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{3}$(?!\n)")]
    created: Moment
    arrival_date: Moment
    status: str
    automatic: bool = False
    reconciliation_status: str = ""


class _Source(msgspec.Struct, frozen=True):
    id: Id
    object: str = ""
    payment_intent: Id | None = None


class BalanceTransaction(msgspec.Struct, frozen=True):
    """A balance transaction of a payout."""

    id: Id
    amount: Minor
    fee: Minor
    type: str
    created: Moment
    source: _Source | None = None


class _Payouts(msgspec.Struct, frozen=True):
    data: tuple[Payout, ...]
    has_more: bool = False


class _Transactions(msgspec.Struct, frozen=True):
    data: tuple[BalanceTransaction, ...]
    has_more: bool = False


class StripePayouts:
    """Client for Stripe at `api` with `key`. `day_of` returns the business day of a time in microseconds."""

    def __init__(self, http: OutgoingHttp, api: str, key: str, day_of: Callable[[int], str]) -> None:
        self._http, self._api, self._key, self._day_of = http, api, key, day_of

    async def since(self, cursor: str, is_known: Callable[[str], bool]) -> AsyncIterator[FetchedPayout]:
        """Fetch payouts; see `PayoutApi`. The cursor is the last payout's creation second and id. An incomplete payout,
        and all after it, are fetched next time."""
        at, _, last = cursor.partition(" ")
        since_s = int(at or 0)
        for payout in sorted(await self._payouts(since_s), key=lambda one: (one.created, one.id)):
            here = f"{payout.created} {payout.id}"
            if (payout.created, payout.id) <= (since_s, last):
                continue
            if payout.status in ("failed", "canceled") or not payout.automatic or is_known(payout.id):
                cursor = here
                yield FetchedPayout(here, None)  # manual: contents unknown; failed: pays nothing
                continue
            if payout.status != "paid" or payout.reconciliation_status != "completed":
                return
            parts = self._batches(payout, await self._transactions(payout))
            for part in parts[:-1]:
                yield FetchedPayout(cursor, part)  # an interrupted payout is fetched again, and known parts are skipped
            cursor = here
            yield FetchedPayout(here, parts[-1] if parts else None)

    async def _payouts(self, since: int) -> list[Payout]:
        found: list[Payout] = []
        for _ in range(PAGES_MOST):
            after = f"&starting_after={found[-1].id}" if found else ""
            page = await self._get(f"/v1/payouts?limit={PAGE_ROWS}&created[gte]={since}{after}", _Payouts)
            found += page.data
            if not page.has_more or not page.data:
                return found
        raise PayoutsStopped("batch_long")

    async def _transactions(self, payout: Payout) -> list[BalanceTransaction]:
        found: list[BalanceTransaction] = []
        asked = f"/v1/balance_transactions?payout={payout.id}&limit={PAGE_ROWS}&expand[]=data.source"
        while len(found) <= PAYOUT_LINES_MOST:
            page = await self._get(asked + (f"&starting_after={found[-1].id}" if found else ""), _Transactions)
            found += page.data
            if not page.has_more or not page.data:
                return found
        raise PayoutsStopped("batch_long", payout.id)

    def _batches(self, payout: Payout, found: list[BalanceTransaction]) -> tuple[Batch, ...]:
        """A payout as one batch, or in parts; none if it has no payments of ours."""
        lines = tuple(self._line(one, payout) for one in found if one.type not in _PAID)
        gross, fees = sum(line.amount_minor for line in lines), sum(line.fee_minor for line in lines)
        if not lines:
            return ()
        if len(lines) > PAYOUT_LINES_MOST:
            raise PayoutsStopped("batch_long", payout.id)
        if gross - fees != _minor_of(payout.amount, payout):
            raise PayoutsStopped("batch_unknown", payout.id)
        paid_on = datetime.fromtimestamp(payout.arrival_date, UTC).date().isoformat()
        sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": gross - fees}
        return parts_of(Batch(id=payout.id, currency=payout.currency.upper(), paid_on=paid_on, lines=lines, **sums))

    def _line(self, one: BalanceTransaction, payout: Payout) -> BatchLine:
        day, source = self._day_of(one.created * 1_000_000), one.source
        intent = (source.payment_intent if source else None) or (source.id if source else "")
        amount_minor, fee_minor = _minor_of(one.amount, payout), _minor_of(one.fee, payout)
        if one.type in _FEES:
            return BatchLine(kind="fee", day=day, fee_minor=fee_minor - amount_minor, reference=one.id)
        kind: Literal["payment", "refund", "chargeback"]
        if one.type in _PAYMENTS:
            kind, reference = "payment", intent
        elif one.type in _REFUNDS:
            kind, reference = "refund", source.id if source else ""
        elif source is not None and source.object == "dispute":
            kind, reference = "chargeback", intent
        else:  # not a payment of ours: the batch doesn't match until a person explains it
            kind, reference = ("payment" if one.amount >= 0 else "refund"), one.id
        return BatchLine(kind=kind, day=day, amount_minor=amount_minor, fee_minor=fee_minor, reference=reference)

    async def _get(self, path: str, kind: type[T]) -> T:
        """GET and decode. Raises PayoutsStopped."""
        headers = {"Authorization": f"Bearer {self._key}", "Stripe-Version": API_VERSION}
        try:
            got = await self._http.ask("GET", self._api + path, headers, None, PAGE_BYTES)
            if got.status in (401, 403):
                raise PayoutsStopped("key")
            if got.status != 200:
                raise BadMessage
            return read_json(got.body, kind)
        except BadMessage as error:
            raise PayoutsStopped("bad_answer") from error
        except (Undelivered, MaybeSent) as error:
            raise PayoutsStopped("offline") from error


def _minor_of(amount: int, payout: Payout) -> int:
    """An amount of a payout in minor units. Raises `PayoutsStopped`."""
    try:
        return from_provider("stripe", amount, payout.currency)
    except NoSuchAmount as error:
        raise PayoutsStopped("bad_answer", payout.id) from error
