"""What the shop needs of a device, whatever the device is.

A role is a Protocol. A driver fulfils one role for one kind of device and says every
failure as a DeviceError: two sentences, of which the second tells the cashier what to do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol, runtime_checkable

import msgspec

from drivers.terminal_outcomes import (
    Ability,
    Approved,
    BrandTotal,
    Declined,
    ListedRefund,
    TerminalMode,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)


class DeviceError(Exception):
    """A device cannot do its work.

    `what` is a sentence that says what happened to which thing; `advice` is a sentence
    that says what to do about it. Both are shown to people as they stand, or, where
    `code` names the failure, in words of the reader's own language.
    """

    def __init__(self, what: str, advice: str, code: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice
        self.code = code

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class SendFailed(DeviceError):
    """A print job did not get through whole.

    `sent_bytes` counts the bytes of this job that left our hands. At 0 nothing can have
    been printed and the job may be sent again without asking; above 0 some of it may be
    on paper, and only a look at the printer can tell how much.
    """

    def __init__(self, what: str, advice: str, sent_bytes: int, code: str = "") -> None:
        super().__init__(what, advice, code)
        self.sent_bytes = sent_bytes


class Scan(msgspec.Struct, frozen=True, gc=False):
    """One scanned code.

    `data` is what the code holds, framing stripped. `symbology` is its AIM symbology
    identifier such as "]E0" (ISO/IEC 15424) where the device tells it beside the data, or
    "upca" or "upce" where that comes as printed, which AIM has no word for. An identifier in
    front of the data stays there, and this is None. `at_mono_us` is when its last byte
    arrived, on the monotonic clock of this boot, in microseconds. `id` is what a device calls
    the scan that waits to hear what came of it; "" for all others.
    """

    data: bytes
    symbology: str | None
    at_mono_us: int
    id: str = ""


class Scanner(Protocol):
    """A device that reads codes. A lost one is closed and opened again."""

    async def open(self) -> None:
        """Take the device. Raises DeviceError where it is absent, in use or not allowed."""

    def scans(self) -> AsyncIterator[Scan]:
        """Every scan since `open`, in order, for one reader.

        Ends after `close`; raises DeviceError once the device is lost and all that came
        before has been handed out.
        """

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


@runtime_checkable
class Beeper(Protocol):
    """What a scanner also is whose sound a computer can call for."""

    async def beep(self) -> None:
        """Sound once, between two scans. Raises DeviceError where it is not open."""


Paper = Literal["ok", "near_end", "out"]
Fault = Literal["none", "cutter", "overheated", "broken"]


class PrinterStatus(msgspec.Struct, frozen=True):
    """How a printer says it is. `online`: it prints what it is sent.

    `drawer_pin` is the level of the drawer's line (pin 3 of its connector), which of the
    two means "open" being the drawer's business; None where the printer did not say.
    """

    online: bool = True
    cover_open: bool = False
    paper: Paper = "ok"
    error: Fault = "none"
    drawer_pin: Literal["low", "high"] | None = None


class PrinterConnection(Protocol):
    """One turn at a printer: nobody else's bytes come in between."""

    @property
    def reads(self) -> bool:
        """Whether anything of what the printer says can come back this way."""

    @property
    def shared(self) -> bool:
        """Whether another computer may have its turn at the printer while we wait for ours."""

    async def write(self, data: bytes) -> None:
        """Returns when the last byte has reached the peer or the device. Raises SendFailed (of this `data`)."""

    async def read(self, timeout_ms: int) -> bytes:
        """What the printer says next; empty when it says nothing in time. Raises DeviceError once it is gone."""

    async def finish(self) -> None:
        """Take leave of the printer in good order. Raises SendFailed where it broke off instead."""


class ReceiptPrinter(Protocol):
    """A transport of bytes to and from a receipt printer; what the bytes mean is not its business."""

    async def open(self) -> None:
        """Take the device or find it. Raises DeviceError where that cannot be."""

    def turn(self) -> AbstractAsyncContextManager[PrinterConnection]:
        """A turn at the printer, the next when this one is over. Raises DeviceError where it cannot be had.

        A turn that is left by an exception leaves nothing behind in the kernel that could
        come out later.
        """

    async def send(self, data: bytes) -> None:
        """Send one job in a turn of its own. Raises SendFailed."""

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


class CustomerDisplay(Protocol):
    """Two lines of letters that a customer reads."""

    @property
    def columns(self) -> int:
        """Characters of a line."""

    def has(self, text: str) -> bool:
        """Whether it can show every character of `text`, which goes from left to right as it stands."""

    async def open(self) -> None:
        """Take the device, and clear it. Raises DeviceError where it is absent, in use or not allowed."""

    async def show(self, upper: str, lower: str) -> None:
        """Show these two lines instead of what was there. Raises DeviceError once it is lost."""

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One picture, as the camera sent it (JPEG or PNG).

    `at_mono_us` is when its last byte arrived, on the monotonic clock of this boot; `taken_us` when the camera says it
    was taken (UTC), where it says so; `skipped` counts the pictures that were thrown away for it.
    """

    data: bytes
    at_mono_us: int
    taken_us: int | None = None
    skipped: int = 0


class Camera(Protocol):
    """Looks at something that stays where it is; asked for one picture now and then."""

    @property
    def lives(self) -> bool:
        """Whether no two of its pictures are the same, as a sensor's noise sees to: else it may stand still."""

    async def frame(self) -> Frame:
        """A picture that was taken after it was asked for. Raises DeviceError, at the latest after `LIMIT_S`."""

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `frame` starts afresh."""


WeightState = Literal["stable", "moving", "over", "under"]


class Weight(msgspec.Struct, frozen=True, gc=False):
    """What a scale shows: `net_g` grams, less the `tare_g` that it was told itself; below 0 where it shows less than
    nothing. `moving`: not at rest yet, or it cannot say; `over`, `under`: outside of what it can weigh, and then no
    grams."""

    net_g: int = 0
    state: WeightState = "stable"
    tare_g: int = 0


class Scale(Protocol):
    """Weighs. One question at a time; who asks decides what a weight is good for."""

    async def open(self) -> None:
        """Take the device. Raises DeviceError where it is absent, in use or not allowed."""

    async def weigh(self) -> Weight:
        """What it shows now. Raises DeviceError where it is lost, silent, or says nothing that can be read."""

    async def zero(self) -> bool:
        """Let it show 0; False where it does not, as it moves, is laden too much, or knows no such command."""

    async def tare(self) -> bool:
        """Let what lies on it count no more (nothing on it: let it weigh all again); False where it does not, as it
        moves or knows no such command."""

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


class Microphone(Protocol):
    """Hears a room."""

    @property
    def rate_hz(self) -> int:
        """Samples a second."""

    async def open(self) -> None:
        """Take the device. Raises DeviceError where it is absent, in use or not allowed."""

    def frames(self) -> AsyncIterator[bytes]:
        """Sound as it is heard, for one reader: samples of 16 bits, one channel, little-endian, 40 ms at a time.

        Ends after `close`; raises DeviceError once the device is lost.
        """

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


class Speaker(Protocol):
    """Says what it is given."""

    async def open(self) -> None:
        """Take the device. Raises DeviceError where it is absent, in use or not allowed."""

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """Say this behind what is said: samples of 16 bits, one channel. Returns at once; raises DeviceError."""

    async def hush(self) -> None:
        """Fall silent, within a tenth of a second: what was still to be said is dropped."""

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""


class TerminalObserver(Protocol):
    """Whoever follows a request while it runs."""

    def progressed(self, step: str) -> None:
        """The terminal is at this step, such as "insert_card"; "": it merely says that it is still there."""

    async def authorised(self, approval: Approved) -> bool:
        """The terminal would take the money now: True once that is written down, False to have it taken back.

        Asked of terminals that can `confirm` alone, once a payment. What it raises leaves the request unknown.
        """


@runtime_checkable
class SpeaksOn(Protocol):
    """What a terminal on a line also is: it may say something behind the end of a request."""

    async def second_end(self) -> Approved | Declined | None:
        """Another end of the request that ended just now, where it says one within seconds; None: it says nothing, or
        the same again. The next request ends the wait."""


class HoldsMoney(Protocol):
    """Takes later what a card's bank holds: terminals with the ability `hold`, and pages. A request is that of the
    payment, with its `reference`, and how much of it is meant; its key names each step with a letter behind."""

    async def look_held(self, request: TerminalRequest) -> TerminalOutcome:
        """How it stands: held (`Approved.held`), captured, or free again (Declined)."""

    async def capture(self, request: TerminalRequest) -> TerminalOutcome:
        """Take so much of it, once; the rest is free again."""

    async def free(self, request: TerminalRequest) -> None:
        """Let nothing be held any more; what became of that is looked at afterwards."""


class ListsRefunds(Protocol):
    """Lists what went back of a payment, also what somebody gave back on the provider's own pages: terminals with the
    ability `list_refunds`, and pages."""

    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]:
        """Those of the payment that the provider calls `reference`; none where it cannot be asked now."""


class PaymentTerminal(Protocol):
    """Takes cards. One request at a time; after a loss `look_up` goes before any other."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do; what is not among them is not asked."""

    @property
    def mode(self) -> TerminalMode:
        """Whether what it is reached by moves money, or is for tests."""

    async def open(self) -> None:
        """See that it is there and lets us in. Raises DeviceError."""

    async def mark(self) -> str:
        """Where it stands, for `TerminalRequest.mark`; "": it finds requests without. Raises DeviceError."""

    async def pay(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Take money. The same key again never takes it twice."""

    async def refund(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Give money back. The same key again never gives it twice."""

    async def cancel(self, key: str) -> bool:
        """Wish that the running request of this key ends; how it ended is what `pay` says. False: it runs not here."""

    async def look_up(self, request: TerminalRequest) -> TerminalOutcome:
        """What became of a request, also of one from before a restart. NotStarted: the terminal surely never did it."""

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Close the terminal's day; what it counted. Raises DeviceError."""

    async def state(self) -> TerminalState:
        """How it is. Raises DeviceError where it cannot be asked."""

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show this while nothing runs; None: what it shows between customers. Raises DeviceError."""

    async def close(self) -> None:
        """Let go of it; harmless when repeated. A request that runs becomes unknown."""
