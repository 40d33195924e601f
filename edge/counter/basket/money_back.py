"""Allocates refunds to tenders: each tender gets back at most the amount it paid, less earlier refunds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from edge.counter.basket.event_structs import GivenBack, Tender, TenderKind
from edge.lib.units.money import Coins
from edge.money.tenders.tender import ADVANCE, is_foreign

_replace = msgspec.structs.replace
LAST: Mapping[TenderKind, int] = MappingProxyType({"gift": 0, "credit": 0, "account": 0, ADVANCE: 0, "cash": 2})
"""The order in which tenders are refunded.

Balances and the shop's own cards come first, and cash last, because anyone could take cash.
"""


def brought_by_tender(tenders: Iterable[Tender], change_minor: int = 0) -> tuple[GivenBack, ...]:
    """The amount paid with each tender, in refund order.

    Cash includes foreign notes. Change is deducted from cash, or else from the last other tender with a surplus.
    """
    given, cash, place = _split_cash(tenders, change_minor, foreign_too=True)
    if cash > 0:
        given.append(GivenBack("cash", cash, of=place))
    elif cash < 0 and given:
        given[-1] = msgspec.structs.replace(given[-1], amount_minor=given[-1].amount_minor + cash)
    return _in_order(given)


def undone_by_tender(tenders: Iterable[Tender], change_minor: int = 0) -> tuple[GivenBack, ...]:
    """Each tender as it was given, for undoing a receipt or basket at once.

    Foreign notes are returned as the same notes, and the change comes back, so cash is negative if there was more
    change than cash.
    """
    given, cash, place = _split_cash(tenders, change_minor, foreign_too=False)
    if cash:
        given.append(GivenBack("cash", cash, of=place))
    return _in_order(given)


def _split_cash(tenders: Iterable[Tender], change_minor: int, foreign_too: bool) -> tuple[list[GivenBack], int, int]:
    """The tenders other than cash, cash less the change, and the position of the first cash tender."""
    given, cash, place = [], -change_minor, 0
    for at, tender in enumerate(tenders, 1):
        if tender.kind == "cash" or (foreign_too and is_foreign(tender.kind)):
            cash, place = cash + tender.amount_minor, place or at
        else:
            paid = (tender.kind, tender.amount_minor, tender.reference, at)
            back = GivenBack(*paid, card=tender.card, order=tender.order, payment=tender.payment)
            given.append(_replace(back, foreign_minor=tender.foreign_minor, rate=tender.rate))
    return given, cash, place


def _in_order(given: Iterable[GivenBack]) -> tuple[GivenBack, ...]:
    return tuple(sorted((one for one in given if one.amount_minor), key=lambda one: LAST.get(one.kind, 1)))


def remaining_by_tender(given: Iterable[GivenBack], back: Iterable[GivenBack]) -> tuple[GivenBack, ...]:
    """Amounts still refundable to each tender; tenders with nothing left are omitted.

    Money that wasn't returned to a specific tender (`of` is 0) counts against the tenders of its kind.
    """
    went: dict[int, int] = {}
    loose: dict[str, int] = {}
    for one in back:
        if one.of:
            went[one.of] = went.get(one.of, 0) + one.amount_minor
        else:
            loose[one.kind] = loose.get(one.kind, 0) + one.amount_minor
    left = []
    for one in given:
        rest = max(0, one.amount_minor - went.get(one.of, 0))
        off = min(rest, loose.get(one.kind, 0))
        loose[one.kind] = loose.get(one.kind, 0) - off
        if rest > off:
            left.append(_replace(one, amount_minor=rest - off))
    return tuple(left)


def cash_instead(given: Iterable[GivenBack], back: Iterable[GivenBack]) -> int:
    """Cash returned in place of other tenders: the cash refunded beyond the cash paid."""
    return max(0, _cash(back) - _cash(given))


def _cash(tenders: Iterable[GivenBack]) -> int:
    return sum(one.amount_minor for one in tenders if one.kind == "cash")


def within(left: Iterable[GivenBack], most_minor: int, by_goods: bool) -> tuple[GivenBack, ...]:
    """Amounts of a receipt that can still be refunded, in total at most `most_minor`.

    `by_goods`: other goods may have paid a part of the receipt. The part of `most_minor` that no tender covers then
    becomes store credit.
    """
    kept, rest_minor = [], max(0, most_minor)
    for one in left:
        part = min(rest_minor, one.amount_minor)
        rest_minor -= part
        if part:
            kept.append(_replace(one, amount_minor=part))
    if by_goods and rest_minor:
        kept.append(GivenBack("credit", rest_minor))
    return tuple(kept)


def spread(minor: int, left: Iterable[GivenBack], coins: Coins, reference: str = "") -> tuple[GivenBack, ...]:
    """Split a sum over tenders in order; cash is rounded to coins.

    `reference`: the terminal's reference of the refund; without one, each tender keeps the reference of its payment.
    """
    back = []
    for one in left:
        part = min(minor, one.amount_minor)
        minor -= part
        if one.kind == "cash":
            part = in_coins(part, one.amount_minor, coins)
        if part:
            said = one.reference if one.kind in ("cash", ADVANCE) else reference or one.reference
            back.append(_replace(one, amount_minor=part, reference=said))
    return tuple(back)


def spread_over(
    minor: int, sources: Iterable[tuple[int, tuple[GivenBack, ...]]], coins: Coins
) -> list[tuple[GivenBack, ...]]:
    """Split a sum over the tenders of several sales, at most the value of each sale's goods.

    It goes kind by kind in refund order, then to cash, and last to the amounts paid with other goods. Cash is rounded
    once, at its last part, and never exceeds the rest of these tenders. Any rest was never paid, because the sale's own
    cash was rounded.
    """
    sources = list(sources)
    most = [left_minor for left_minor, _ in sources]
    parts: list[list[GivenBack]] = [[] for _ in sources]
    ranked = sorted(
        ((_turn(one), at, one) for at, (_, left) in enumerate(sources) for one in left), key=lambda entry: entry[:2]
    )
    for _, at, one in ranked:
        part = min(minor, most[at], one.amount_minor)
        if part > 0:
            parts[at].append(_replace(one, amount_minor=part))
            minor, most[at] = minor - part, most[at] - part
    cash_minor = sum(_cash(left) for _, left in sources)
    return [tuple(of_sale) for of_sale in _in_coins_once(parts, cash_minor, coins)]


def _turn(one: GivenBack) -> int:
    """A tender's place in the refund order. Amounts paid with other goods come after cash."""
    return LAST.get(one.kind, 1) if one.of else len(LAST)


def to_store_credit(back: GivenBack, kinds: set[str]) -> GivenBack:
    """Return store credit in place of the shop's own tenders that allow no refunds."""
    return msgspec.structs.replace(back, kind="credit") if back.kind in kinds else back


def _in_coins_once(parts: list[list[GivenBack]], most_minor: int, coins: Coins) -> list[list[GivenBack]]:
    places = [
        (at, place) for at, of_sale in enumerate(parts) for place, one in enumerate(of_sale) if one.kind == "cash"
    ]
    cash = sum(parts[at][place].amount_minor for at, place in places)
    more = in_coins(cash, most_minor, coins) - cash
    for at, place in reversed(places):  # apply the rounding difference to the last cash parts first
        one = parts[at][place]
        minor = max(0, one.amount_minor + more)
        more -= minor - one.amount_minor
        parts[at][place] = msgspec.structs.replace(one, amount_minor=minor)
    return [[one for one in of_sale if one.amount_minor] for of_sale in parts]


def in_coins(minor: int, most_minor: int, coins: Coins) -> int:
    """Round a sum to coins, to at most `most_minor`."""
    rounded = coins.nearest(minor)
    return max(0, rounded - coins.step_minor if rounded > most_minor else rounded)
