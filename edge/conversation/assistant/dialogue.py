"""A conversation as it stands between two turns, and what a turn answers. Pure; kept as JSON, so a restart asks on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.conversation.assistant.settings import Place
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.errands.model import Errand
from edge.conversation.understanding.whereabouts import Whereabouts
from edge.core.clock import ClockReading

StateName = Literal[
    "idle",
    "choosing_product",
    "choosing_unit",
    "asking_quantity",
    "choosing_modifier",
    "asking_slot",
    "confirming_short",
    "confirming",
    "done",
    "cancelled",
    "handed_over",
    "over",
]
MINUTE_US = 60_000_000
STOCK_US = 10 * MINUTE_US
"""How long a question about stock holds, and how far back "cancel" reaches."""
WAITS_S: Mapping[Place, int] = {"kiosk": 60, "phone": 600, "staff": 600, "copilot": 600}
"""After so long without a turn a conversation is over; a kiosk's next customer begins a new one."""
EARLIER_MOST = 9
"""Sentences before the newest that "undo the last three" can reach."""
SPOKEN_OF_US = 10 * MINUTE_US
"""So long "it" means what was spoken of last; then it is asked."""
CALLED_S = 300
"""The same where somebody was called."""
SAYS = "say:"
"""So begins an option that is sent as text, as if it had been typed."""
OPENS = "open:"
"""So begins an option that opens a page, by its address."""
TRIES = 2
"""So often one question is asked; then it is given up."""
PATIENCE = 4
"""So many times its time-out a question waits at most, for whoever asks for more time twice."""


class AnswerOption(msgspec.Struct, frozen=True):
    """What may be tapped for an answer."""

    id: str
    label: str
    icon: str = ""


class WantedItem(msgspec.Struct, frozen=True):
    """A thing that somebody wants moved, as far as it is known: what was said of it, and the products it may be.
    `undoes`: what was done last is taken back for it, or (without a verb) taken back alone. `errand`: what
    is to be done with it beside moving it. `chosen`: modifiers that were answered, of the `groups` that were asked
    for."""

    clause: Clause
    skus: tuple[str, ...] = ()
    sku: str = ""
    near: bool = False
    where: Whereabouts = Whereabouts()
    down_to_zero: bool = False
    confirmed: bool = False
    undoes: bool = False
    answers: tuple[str, ...] = ()
    errand: Errand | None = None
    chosen: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class ClockMark(msgspec.Struct, frozen=True):
    """When something was: by the clock that does not jump, while this start of the machine lasts, or the wall's."""

    mono_us: int
    boot: str
    at_us: int

    def age_us(self, now: ClockMark) -> int:
        """How long ago it was; by the wall's where the machine was started anew, whichever way that was set since."""
        return now.mono_us - self.mono_us if self.boot == now.boot else abs(now.at_us - self.at_us)


def marked(reading: ClockReading) -> ClockMark:
    """What the clocks said, as it is kept."""
    return ClockMark(reading.mono_us, reading.boot_id.hex(), reading.at_us)


class OpenQuestion(msgspec.Struct, frozen=True):
    """The one that is open. `text` as it was asked, `figure` what was shown in it, `further` products behind those
    offered; `answer`: what a yes answers, where it is the stock that asks; `together`: of how many things it shows the
    effects, the first of those that wait among them."""

    id: str
    state: StateName
    text: str
    options: tuple[AnswerOption, ...]
    asked: ClockMark
    figure: int = 0
    tries: int = 1
    further: tuple[str, ...] = ()
    answer: str = ""
    together: int = 1


class RowChange(msgspec.Struct, frozen=True):
    """What a movement changed of goods of one lot and last day at its place: thousandths, closed boxes among them, and
    how much and how many boxes there were behind it."""

    lot: str
    expiry: str
    delta: int
    boxes: int
    left: int
    boxes_left: int


class Deed(msgspec.Struct, frozen=True):
    """A movement that was done: as it was asked, what it changed (thousandths), and what there was behind it, at its
    `location`. What was carried to a `target` changed nothing on hand. `rows`: where it came from, or went to; older
    ones do not say."""

    sku: str
    type: str
    boxes: int
    units: int
    change: int
    boxes_change: int
    units_change: int
    total: int
    boxes_after: int
    units_after: int
    location: str = "main"
    target: str = ""
    lot: str = ""
    expiry: str = ""
    rows: tuple[RowChange, ...] = ()


class CartChange(msgspec.Struct, frozen=True):
    """What a turn made of a product in a basket, in thousandths: 0 where it was not there, or is not any more. With
    these modifiers (`milk/oat`); None: with those that nobody has to say."""

    sku: str
    before: int
    after: int
    modifiers: tuple[str, ...] | None = None


class EarlierDeeds(msgspec.Struct, frozen=True):
    """What a sentence before the newest did, and when."""

    deeds: tuple[Deed, ...]
    done: ClockMark


class DoneErrand(msgspec.Struct, frozen=True):
    """What was done beside movements, in words, and when; `back`: what takes it back, where something does."""

    what: str
    done: ClockMark
    back: WantedItem | None = None


class TalkState(msgspec.Struct, frozen=True):
    """A conversation between two turns. `ends`: what became of the sentence's things so far; `deeds`: what the
    newest that did something did, for "cancel"; `earlier` what those before it did that stands; `stale`: that was
    an earlier one; `product`: the one spoken of last, `spoken_of` when; `touched` when anything was said last.
    `further`: products behind those that were told of as `further_as`, for "another". `patience`: how many times as
    long as else an answer is waited for; `waits_s`: that time. `added`: the last turn put something into a basket;
    `put`: what the newest that changed one did to it, `done` when, for "cancel" and "no, four"; `offered`: what a yes
    does to it. `figures`: what a
    manager's question was about, for the next ("and last week?"). `errand`: the newest thing that was done, where that
    is no movement."""

    name: StateName = "idle"
    item: WantedItem | None = None
    question: OpenQuestion | None = None
    waiting: tuple[WantedItem, ...] = ()
    ends: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()
    done: ClockMark | None = None
    undone: bool = False
    stale: bool = False
    product: str = ""
    spoken_of: ClockMark | None = None
    touched: ClockMark | None = None
    patience: int = 1
    waits_s: int = WAITS_S["staff"]
    settled: str = ""
    settled_as: str = ""
    questions: int = 0
    further: tuple[str, ...] = ()
    further_as: str = ""
    added: bool = False
    put: tuple[CartChange, ...] = ()
    offered: tuple[CartChange, ...] = ()
    earlier: tuple[EarlierDeeds, ...] = ()
    figures: str = ""
    errand: DoneErrand | None = None


def place_of(agent: str, cart: str) -> Place:
    """Where a conversation is: a phone names its cart."""
    if agent == "stock":
        return "staff"
    return "phone" if cart else "kiosk"


def waited_s(state: TalkState, place: Place) -> int:
    """How long the next turn of a conversation is waited for; whoever waits for somebody to come has time."""
    return max(WAITS_S[place] * state.patience, CALLED_S if state.name == "handed_over" else 0)


def remembering(state: TalkState, now: ClockMark) -> TalkState:
    """Without what was spoken of too long ago: nobody means it by "it" any more."""
    if state.spoken_of is None or state.spoken_of.age_us(now) <= SPOKEN_OF_US:
        return state
    return msgspec.structs.replace(state, product="", spoken_of=None)


def more_patient(state: TalkState) -> TalkState:
    """For whoever needs longer: twice as much time, so often as `PATIENCE` lets it."""
    return msgspec.structs.replace(state, patience=min(PATIENCE, 2 * state.patience))


class ProductShown(msgspec.Struct, frozen=True):
    """A product as an answer names it."""

    sku: str
    name: str


class MovementShown(msgspec.Struct, frozen=True):
    """What moved: `boxes` and `units` (thousandths) as they were said, below 0 where they went out.

    `change`: all of it, in thousandths.
    """

    sku: str
    type: str
    boxes: int
    units: int
    change: int
    undone: bool = False
    location: str = "main"
    target: str = ""
    lot: str = ""
    expiry: str = ""


class StockShown(msgspec.Struct, frozen=True):
    """What is there: closed boxes, and loose units in thousandths."""

    boxes: int
    units: int
    total: int


class ChatAnswer(msgspec.Struct, frozen=True):
    """What a turn is answered with. `question`: the id that an answer names; `movements`: all that it moved;
    `waits_s`: how long the next turn is waited for."""

    session: str
    turn: str
    state: StateName
    text: str
    language: str
    heard: str = ""
    question: str = ""
    options: tuple[AnswerOption, ...] = ()
    product: ProductShown | None = None
    movement: MovementShown | None = None
    stock: StockShown | None = None
    movements: tuple[MovementShown, ...] = ()
    at_us: int = 0
    waits_s: int = 0
