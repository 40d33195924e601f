"""State of a conversation between two turns, and the answer to a turn. Pure; stored as JSON, so open questions survive
a restart."""

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
"""How long a stock question stays open, and how far back "cancel" reaches, in microseconds."""
WAITS_S: Mapping[Place, int] = {"kiosk": 60, "phone": 600, "staff": 600, "copilot": 600}
"""Seconds without a turn after which a conversation ends. At a kiosk, the next customer starts a new one."""
EARLIER_MOST = 9
"""Number of earlier sentences that "undo the last three" can reach."""
SPOKEN_OF_US = 10 * MINUTE_US
"""Microseconds for which "it" means the product mentioned last; after that, the assistant asks."""
CALLED_S = 300
"""The minimum waiting time in seconds after staff were called."""
SAYS = "say:"
"""Prefix of an option that is sent as text, as if typed."""
OPENS = "open:"
"""Prefix of an option that opens a page, by its address."""
TRIES = 2
"""How often a question is asked before it is dropped."""
PATIENCE = 4
"""The longest wait for an answer after requests for more time, in multiples of the usual wait."""


class AnswerOption(msgspec.Struct, frozen=True):
    """An answer option to tap."""

    id: str
    label: str
    icon: str = ""


class WantedItem(msgspec.Struct, frozen=True):
    """An item to be moved, with the words used for it and the candidate products.

    `undoes`: undo the last movement first, or only that if there is no verb. `errand`: a request other than a movement.
    `chosen`: the modifiers answered so far, of the `groups` asked for.
    """

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
    """A time: by the monotonic clock within the same boot, else by the wall clock."""

    mono_us: int
    boot: str
    at_us: int

    def age_us(self, now: ClockMark) -> int:
        """Return the time passed since this mark.

        After a restart, the difference of the wall clocks in either direction.
        """
        return now.mono_us - self.mono_us if self.boot == now.boot else abs(now.at_us - self.at_us)


def clock_mark(reading: ClockReading) -> ClockMark:
    """The time of a clock reading."""
    return ClockMark(reading.mono_us, reading.boot_id.hex(), reading.at_us)


class OpenQuestion(msgspec.Struct, frozen=True):
    """The open question: its text, the figure shown, and the products after those offered (`further`).

    `answer`: the command to confirm, if stock asks. `together`: the number of waiting items whose effects it shows,
    including the first.
    """

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
    """The change of one lot at its location and the stock after it, in thousandths, with closed boxes among them."""

    lot: str
    expiry: str
    delta: int
    boxes: int
    left: int
    boxes_left: int


class Deed(msgspec.Struct, frozen=True):
    """A completed movement: the request, the change in thousandths, and the stock afterwards at its `location`.

    A transfer to a `target` leaves stock on hand unchanged. `rows`: the lots involved; older movements have none
    recorded.
    """

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
    """A turn's change to a product in the basket, in thousandths (0: not in the basket).

    `modifiers`: such as `milk/oat`; None if there are none.
    """

    sku: str
    before: int
    after: int
    modifiers: tuple[str, ...] | None = None


class EarlierDeeds(msgspec.Struct, frozen=True):
    """The movements of an earlier sentence and their time."""

    deeds: tuple[Deed, ...]
    done: ClockMark


class DoneErrand(msgspec.Struct, frozen=True):
    """A completed errand in words, its time, and the command that undoes it (`back`), if any."""

    what: str
    done: ClockMark
    back: WantedItem | None = None


class TalkState(msgspec.Struct, frozen=True):
    """A conversation between two turns.

    `ends`: results of the sentence's items so far. `deeds`: movements of the newest sentence that made any, for
    "cancel". `earlier`: movements before those that still apply. `stale`: `deeds` aren't from the last sentence.
    `product`: the product mentioned last, at `spoken_of`. `touched`: the time of the last turn. `further`: products not
    shown yet, for "another" (`further_as`). `listed`: products just shown, for "two of the cans". `patience`: a factor
    on the waiting time `waits_s`. `added`: the last turn put something into a basket. `put`: the newest change to a
    basket, at `done`. `offered`: the changes to make after confirmation. `figures`: the topic of a manager's last
    question, for a follow-up ("and last week?"). `errand`: the newest completed errand.
    """

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
    listed: tuple[str, ...] = ()
    added: bool = False
    put: tuple[CartChange, ...] = ()
    offered: tuple[CartChange, ...] = ()
    earlier: tuple[EarlierDeeds, ...] = ()
    figures: str = ""
    errand: DoneErrand | None = None


def place_of(agent: str, cart: str) -> Place:
    """Return where a conversation takes place. A cart id means a phone."""
    if agent == "stock":
        return "staff"
    return "phone" if cart else "kiosk"


def waited_s(state: TalkState, place: Place) -> int:
    """Return the seconds to wait for the next turn; longer after staff were called."""
    return max(WAITS_S[place] * state.patience, CALLED_S if state.name == "handed_over" else 0)


def remembering(state: TalkState, now: ClockMark) -> TalkState:
    """Return the state without a product mentioned too long ago for "it" to mean it."""
    if state.spoken_of is None or state.spoken_of.age_us(now) <= SPOKEN_OF_US:
        return state
    return msgspec.structs.replace(state, product="", spoken_of=None)


def more_patient(state: TalkState) -> TalkState:
    """The state with twice the waiting time, up to `PATIENCE`."""
    return msgspec.structs.replace(state, patience=min(PATIENCE, 2 * state.patience))


class ProductShown(msgspec.Struct, frozen=True):
    """A product as named in an answer."""

    sku: str
    name: str


class MovementShown(msgspec.Struct, frozen=True):
    """A movement as shown. `boxes` and `units` (thousandths): as requested, negative for outgoing stock.

    `change`: the total, in thousandths.
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
    """Stock on hand: closed boxes and loose units in thousandths."""

    boxes: int
    units: int
    total: int


class ChatAnswer(msgspec.Struct, frozen=True):
    """The answer to a turn. `question`: the id to answer it by; `movements`: all stock movements made; `waits_s`:
    seconds to wait for the next turn."""

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
