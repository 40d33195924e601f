"""The contents of the drawer during a shift, and the result of closing the shift. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import msgspec

from edge.core.messages import Refusal
from edge.counter.shifts.events import Amount, CashMoved, MoveKind, Pieces, ShiftClosed, ShiftOpened, TenderCounted
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Day, Paper

NOTHING_ELSE: Mapping[str, int] = MappingProxyType({})


class Drawer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A register's drawer since its shift began. Without a shift (`shift` is 0), nothing is summed.

    `moved`: cash movements by kind. `opened`: drawer openings without a sale. `day`: the shift's papers, and the newest
    sale, which can still be voided even if it's from before the shift. `opened_since_z` and `copies_since_z` (reprints)
    count since the register's last Z report, across shifts. `notes`: foreign notes handed in by drivers, less those
    that drivers still have, by tender in its own minor units.
    """

    shift: int = 0
    float_minor: int = 0
    moved: dict[str, Amount] = {}
    opened: int = 0
    day: Day = Day()
    opened_since_z: int = 0
    copies_since_z: int = 0
    notes: dict[str, int] = {}

    @property
    def expected_minor(self) -> int:
        """The cash expected in the drawer."""
        return self.float_minor + self.moved_minor + day_totals.sums(self.day).drawer_minor

    @property
    def moved_minor(self) -> int:
        """Cash added by movements, less cash taken out by them."""
        return sum(signed_amount(kind, moved.minor) for kind, moved in self.moved.items())


COMES_IN = ("top_up", "handed_in", "account", "bottles_back")


def signed_amount(kind: MoveKind | str, amount_minor: int) -> int:
    """The amount of a cash movement, negative if it leaves the drawer."""
    return amount_minor if kind in COMES_IN else -amount_minor


def open_drawer_shift(drawer: Drawer, event: ShiftOpened) -> Drawer:
    """Return the drawer at the start of a shift."""
    return msgspec.structs.replace(closed_drawer(drawer), shift=event.number, float_minor=event.float_minor)


def closed_drawer(drawer: Drawer) -> Drawer:
    """Return the drawer as it is outside a shift."""
    return Drawer(
        day=Day(newest=drawer.day.newest), opened_since_z=drawer.opened_since_z, copies_since_z=drawer.copies_since_z
    )


def with_paper(drawer: Drawer, paper: Paper) -> Drawer:
    """Return the drawer after the register's next paper."""
    day = day_totals.with_paper(drawer.day, paper)
    with_day = msgspec.structs.replace(drawer, day=day)
    return with_day if drawer.shift else closed_drawer(with_day)


def with_opening(drawer: Drawer, shift: int) -> Drawer:
    """Return the drawer after it was opened without a sale, in a shift or outside one (0)."""
    opened = drawer.opened + 1 if shift else 0
    return msgspec.structs.replace(drawer, opened=opened, opened_since_z=drawer.opened_since_z + 1)


def with_move(drawer: Drawer, event: CashMoved) -> Drawer:
    """Return the drawer after a cash movement."""
    if event.tender != "cash":
        minor = drawer.notes.get(event.tender, 0) + signed_amount(event.kind, event.amount_minor)
        return msgspec.structs.replace(drawer, notes={**drawer.notes, event.tender: minor})
    before = drawer.moved.get(event.kind, Amount())
    moved = {**drawer.moved, event.kind: Amount(before.count + 1, before.minor + event.amount_minor)}
    return msgspec.structs.replace(drawer, moved=moved)


def count(given_minor: int | None, pieces: Sequence[Pieces], values: Collection[int]) -> int:
    """The total of a count. `values`: the currency's denominations.

    Raises `Refusal` for an unknown denomination, or for a total and pieces that disagree.
    """
    for piece in pieces:
        if piece.value_minor not in values:
            raise Refusal("no_such_piece", {"value_minor": piece.value_minor})
    if not pieces:
        if given_minor is None:
            raise Refusal("count_missing")
        return given_minor
    found = sum(piece.value_minor * piece.count for piece in pieces)
    if given_minor is not None and given_minor != found:
        raise Refusal("count_differs", {"given_minor": given_minor, "found_minor": found})
    return found


def expected_of(drawer: Drawer, kind: str) -> int:
    """The expected total of a tender other than cash."""
    sums = day_totals.sums(drawer.day)
    if kind in sums.foreign or kind in drawer.notes:
        return sums.foreign.get(kind, 0) + drawer.notes.get(kind, 0)
    return sums.tenders[kind].minor if kind in sums.tenders else 0


def close_drawer(
    drawer: Drawer,
    currency: str,
    counted_minor: int,
    pieces: Sequence[Pieces],
    note: str,
    others: Mapping[str, int] = NOTHING_ELSE,
) -> ShiftClosed:
    """Close the drawer's shift. `others`: counts of other tenders, by kind."""
    sums = day_totals.sums(drawer.day)
    return ShiftClosed(
        number=drawer.shift,
        currency=currency,
        float_minor=drawer.float_minor,
        moved=drawer.moved,
        opened=drawer.opened,
        expected_minor=drawer.expected_minor,
        counted_minor=counted_minor,
        pieces=tuple(Pieces(piece.value_minor, piece.count) for piece in pieces if piece.count),
        first=sums.first,
        last=sums.last,
        sales=_amount(sums.sales),
        voids=_amount(sums.voids),
        refunds=_amount(sums.refunds),
        total_minor=sums.total_minor,
        rounding_minor=sums.rounding_minor,
        discount_minor=sums.discount_minor,
        taxes=sums.taxes,
        tenders={kind: _amount(sum) for kind, sum in sums.tenders.items()},
        note=note,
        others=tuple(TenderCounted(kind, expected_of(drawer, kind), minor) for kind, minor in others.items()),
        tips=sums.tips,
        tips_to=sums.tips_to,
        apart=sums.apart,
    )


def _amount(sum: day_totals.Sum) -> Amount:
    return Amount(sum.count, sum.minor)
