"""Courses and seats of lines. Courses are held until they're fired."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import LINES_LIMIT, Basket
from edge.counter.kitchen.queries import sent_lines
from edge.counter.till.lines.basket_changes import load
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import save, tell_slips
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import name_values

COURSES_MOST = 9
SEATS_MOST = 40
Course = Annotated[int, msgspec.Meta(ge=0, le=COURSES_MOST)]
Seat = Annotated[int, msgspec.Meta(ge=0, le=SEATS_MOST)]
_replace = msgspec.structs.replace


class ServeLines(Command, frozen=True):
    """Set the course and seat of these lines, or without lines, of all lines added from now on.

    None: unchanged. 0: the first course, and shared by all guests.
    """

    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=LINES_LIMIT)] = ()
    course: Course | None = None
    seat: Seat | None = None


class FireCourse(Command, frozen=True):
    """Tell kitchens to make this course and those before it."""

    course: Annotated[int, msgspec.Meta(ge=1, le=COURSES_MOST)]


class Courses:
    """Handles courses and seats in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def serve(self, tx: Transaction, command: ServeLines) -> Basket:
        basket = load(tx)
        known = {line.id: line for line in basket.sold_lines}
        if missing := set(command.lines) - known.keys():
            raise Refusal("no_such_line", {"line": min(missing)})
        wanted = {name: value for name in ("course", "seat") if (value := getattr(command, name)) is not None}
        if not command.lines:
            return save(tx, basket.with_changes(**wanted))
        sent = sent_lines(tx.db, tx.actor.register) if command.course is not None else {}
        for id in command.lines:
            if sent.get(id) and known[id].course != command.course:
                raise Refusal("course_sent", name_values(known[id].names))
        lines = tuple(_replace(one, **wanted) if one.id in command.lines else one for one in basket.lines)
        return save(tx, basket.with_changes(lines=lines))

    def fire(self, tx: Transaction, command: FireCourse) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.questions:
            raise Refusal("answer_first", {"waiting": len(basket.questions)})
        return sent_courses(tx, self._settings, basket, max(basket.fired, command.course))


def sent_courses(tx: Transaction, settings: TillSettings, basket: Basket, fired: int, note: str = "") -> Basket:
    """Send all courses up to `fired` to kitchens, at least the first; returns the basket.

    Raises `Refusal` if there is nothing new to send.
    """
    fired = max(1, fired)
    if not tell_slips(tx, settings, "sent", basket.lines, note, fired=fired):
        raise Refusal("nothing_to_send")
    has_courses = any(line.course for line in basket.lines)
    return save(tx, basket.with_changes(fired=fired)) if has_courses and fired != basket.fired else basket


def held_courses(basket: Basket) -> tuple[int, ...]:
    """Courses still held, the next one first."""
    return tuple(sorted({line.course for line in basket.sold_lines if line.course > max(1, basket.fired)}))
