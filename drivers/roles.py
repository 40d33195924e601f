"""Interfaces of the devices that the shop uses, one for each role.

A role is a Protocol. A driver implements a role for one kind of device and reports every failure as a DeviceError, in
two sentences. The second tells the cashier what to do.
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
    """A device's failure.

    `what`: what happened, and to which thing. `advice`: what to do about it. Both are shown unchanged, or, if `code`
    names the failure, in the reader's language.
    """

    def __init__(self, what: str, advice: str, code: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice
        self.code = code

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class SendFailed(DeviceError):
    """A print job wasn't sent completely.

    `sent_bytes` counts the job's bytes that we passed on. At 0 nothing can have been printed, so the job may be sent
    again without asking. Above 0, part of it may be on paper, and a person has to look at the printer.
    """

    def __init__(self, what: str, advice: str, sent_bytes: int, code: str = "") -> None:
        super().__init__(what, advice, code)
        self.sent_bytes = sent_bytes


class Scan(msgspec.Struct, frozen=True, gc=False):
    """A scanned code.

    `data`: the code's content without framing. `symbology`: its AIM symbology identifier such as "]E0" (ISO/IEC 15424)
    if the device sends it separately, or "upca" or "upce" for the printed form, for which AIM has no identifier. An
    identifier at the start of the data stays there, and `symbology` is None. `at_mono_us`: the arrival of its last
    byte, on the monotonic clock of this boot, in microseconds. `id`: the device's id of a scan that waits for its
    outcome; "" for all others.
    """

    data: bytes
    symbology: str | None
    at_mono_us: int
    id: str = ""


class Scanner(Protocol):
    """A device that reads codes. After a loss, it's closed and opened again."""

    async def open(self) -> None:
        """Open the device. Raises DeviceError if it's absent, in use or not permitted."""

    def scans(self) -> AsyncIterator[Scan]:
        """Yield the scans since `open`, in order, to a single reader.

        Ends after `close`. Raises DeviceError once the device is lost and all earlier scans were yielded.
        """

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


@runtime_checkable
class Beeper(Protocol):
    """A scanner whose beep can be triggered."""

    async def beep(self) -> None:
        """Beep once, between two scans. Raises DeviceError if it's not open."""


Paper = Literal["ok", "near_end", "out"]
Fault = Literal["none", "cutter", "overheated", "broken"]


class PrinterStatus(msgspec.Struct, frozen=True):
    """A printer's reported status. `online`: whether it prints the data it receives.

    `drawer_pin`: the level of the drawer's line (pin 3 of its connector), whose meaning depends on the drawer; None if
    not reported.
    """

    online: bool = True
    cover_open: bool = False
    paper: Paper = "ok"
    error: Fault = "none"
    drawer_pin: Literal["low", "high"] | None = None


class PrinterConnection(Protocol):
    """Exclusive use of a printer, without other jobs' bytes in between."""

    @property
    def reads(self) -> bool:
        """Whether the connection can receive the printer's output."""

    @property
    def shared(self) -> bool:
        """Whether another computer may use the printer between our turns."""

    async def write(self, data: bytes) -> None:
        """Write; returns when the last byte has reached the device or its peer. Raises SendFailed for this `data`."""

    async def read(self, timeout_ms: int) -> bytes:
        """Return the printer's next output; empty if none arrives in time.

        Raises DeviceError if the printer is gone.
        """

    async def finish(self) -> None:
        """End the connection cleanly. Raises SendFailed if the printer reset it."""


class ReceiptPrinter(Protocol):
    """A transport of bytes to and from a receipt printer, independent of their meaning."""

    async def open(self) -> None:
        """Open or find the device. Raises DeviceError if that's not possible."""

    def turn(self) -> AbstractAsyncContextManager[PrinterConnection]:
        """Wait for the current turn to end, and start a turn at the printer. Raises DeviceError if it's unavailable.

        A turn ended by an exception leaves no data in the kernel that could be printed later.
        """

    async def send(self, data: bytes) -> None:
        """Send one job in its own turn. Raises SendFailed."""

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


class CustomerDisplay(Protocol):
    """A customer display with two lines of text."""

    @property
    def columns(self) -> int:
        """Characters per line."""

    def has(self, text: str) -> bool:
        """Whether the display can show every character of `text`, which is in visual order from left to right."""

    async def open(self) -> None:
        """Open and clear the device. Raises DeviceError if it's absent, in use or not permitted."""

    async def show(self, upper: str, lower: str) -> None:
        """Show these two lines, replacing the previous ones. Raises DeviceError if the device is lost."""

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A picture as sent by the camera (JPEG or PNG).

    `at_mono_us`: the arrival of its last byte, on the monotonic clock of this boot. `taken_us`: the time it was taken
    (UTC), if the camera states it. `skipped`: the number of older pictures discarded for it.
    """

    data: bytes
    at_mono_us: int
    taken_us: int | None = None
    skipped: int = 0


class Camera(Protocol):
    """A camera for stationary subjects, which takes single pictures on request."""

    @property
    def lives(self) -> bool:
        """Whether its pictures always differ, through sensor noise, so that identical ones suggest a frozen picture."""

    async def frame(self) -> Frame:
        """Take a picture after the request. Raises DeviceError, at the latest after `LIMIT_S`."""

    async def close(self) -> None:
        """Release the device; idempotent. The next `frame` opens it again."""


WeightState = Literal["stable", "moving", "over", "under"]


class Weight(msgspec.Struct, frozen=True, gc=False):
    """A scale's reading: `net_g` grams after the scale's own tare `tare_g`; may be negative.

    `moving`: not stable yet, or unknown. `over`, `under`: outside its range, without grams.
    """

    net_g: int = 0
    state: WeightState = "stable"
    tare_g: int = 0


class Scale(Protocol):
    """A scale, for one request at a time. The caller decides whether a weight may be used."""

    async def open(self) -> None:
        """Open the device. Raises DeviceError if it's absent, in use or not permitted."""

    async def weigh(self) -> Weight:
        """The current reading. Raises DeviceError if it's lost, silent, or unreadable."""

    async def zero(self) -> bool:
        """Set the scale to zero. False if it can't: it's moving, has too much load, or has no such command."""

    async def tare(self) -> bool:
        """Tare the current load; an empty scale clears the tare. False if it's moving or has no such command."""

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


class Microphone(Protocol):
    """A microphone."""

    @property
    def rate_hz(self) -> int:
        """Samples per second."""

    async def open(self) -> None:
        """Open the device. Raises DeviceError if it's absent, in use or not permitted."""

    def frames(self) -> AsyncIterator[bytes]:
        """Yield recorded sound to a single reader: 16-bit samples, one channel, little-endian, 40 ms at a time.

        Ends after `close`. Raises DeviceError if the device is lost.
        """

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


class Speaker(Protocol):
    """A speaker."""

    async def open(self) -> None:
        """Open the device. Raises DeviceError if it's absent, in use or not permitted."""

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """Queue sound: 16-bit samples, one channel. Returns at once; raises DeviceError."""

    async def hush(self) -> None:
        """Stop within a tenth of a second, dropping queued sound."""

    async def close(self) -> None:
        """Release the device; idempotent. It can be opened again."""


class TerminalObserver(Protocol):
    """Follows a running request."""

    def on_step(self, step: str) -> None:
        """The terminal reached a step, such as "insert_card"; "" if it only signals that it's alive."""

    async def record_approval(self, approval: Approved) -> bool:
        """Record an approval before the terminal commits. Return True once it's recorded, or False to reverse it.

        Called only for terminals that can `confirm`, once per payment. After an exception, the request's outcome is
        unknown.
        """


@runtime_checkable
class SpeaksOn(Protocol):
    """A terminal that may send a correction after a request's end."""

    async def second_end(self) -> Approved | Declined | None:
        """Return another outcome of the last request, if sent within seconds; None if there is none or it's the same.

        The next request ends the wait.
        """


class HoldsMoney(Protocol):
    """A terminal with the ability `hold`, or a payment page, that captures authorizations later.

    The request is the payment's, with its `reference` and the amount to capture. Each step's key is the request's key
    with a letter appended.
    """

    async def look_held(self, request: TerminalRequest) -> TerminalOutcome:
        """Return the payment's state: held (`Approved.held`), captured, or released (Declined)."""

    async def capture(self, request: TerminalRequest) -> TerminalOutcome:
        """Capture this part of a held amount, once, and release the rest."""

    async def free(self, request: TerminalRequest) -> None:
        """Release the authorization. The caller checks the outcome afterwards."""


class ListsRefunds(Protocol):
    """A terminal with the ability `list_refunds`, or a payment page, that lists a payment's refunds.

    These include refunds made on the provider's own pages.
    """

    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]:
        """Return the refunds of the payment with the provider's `reference`; empty if the provider is unreachable."""


class PaymentTerminal(Protocol):
    """A card terminal, for one request at a time. After a loss, `look_up` comes before any other request."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """The terminal's abilities; no others are used."""

    @property
    def mode(self) -> TerminalMode:
        """Return whether the connection moves money, or is for tests."""

    async def open(self) -> None:
        """Check that the terminal is reachable and grants access. Raises DeviceError."""

    async def mark(self) -> str:
        """Return the terminal's position, for `TerminalRequest.mark`; "" if it finds requests without one.

        Raises DeviceError.
        """

    async def pay(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Charge a payment. A repeated key never charges twice."""

    async def refund(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Refund a payment. A repeated key never refunds twice."""

    async def cancel(self, key: str) -> bool:
        """Ask to cancel the running request with this key; `pay` returns its outcome.

        False if it isn't running here.
        """

    async def look_up(self, request: TerminalRequest) -> TerminalOutcome:
        """Look up a request's outcome, also from before a restart.

        NotStarted means the terminal certainly never executed it.
        """

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Close the terminal's day and return its totals. Raises DeviceError."""

    async def state(self) -> TerminalState:
        """Return the terminal's status. Raises DeviceError if it can't be reached."""

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show this screen while the terminal is idle; None: its screen between customers. Raises DeviceError."""

    async def close(self) -> None:
        """Release the terminal; idempotent. The outcome of a running request becomes unknown."""
