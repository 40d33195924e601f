"""What the shop needs of a device, whatever the device is.

A role is a Protocol. A driver fulfils one role for one kind of device and says every
failure as a DeviceError: two sentences, of which the second tells the cashier what to do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec


class DeviceError(Exception):
    """A device cannot do its work.

    `what` is a sentence that says what happened to which thing; `advice` is a sentence
    that says what to do about it. Both are shown to people as they stand.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class SendFailed(DeviceError):
    """A print job did not get through whole.

    `sent_bytes` counts the bytes of this job that left our hands. At 0 nothing can have
    been printed and the job may be sent again without asking; above 0 some of it may be
    on paper, and only a look at the printer can tell how much.
    """

    def __init__(self, what: str, advice: str, sent_bytes: int) -> None:
        super().__init__(what, advice)
        self.sent_bytes = sent_bytes


class Scan(msgspec.Struct, frozen=True, gc=False):
    """One scanned code.

    `data` is what the code holds, framing stripped; `symbology` names the kind of code
    where the device tells it; `at_mono_us` is when its last byte arrived, on the
    monotonic clock of this boot, in microseconds.
    """

    data: bytes
    symbology: str | None
    at_mono_us: int


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


class ReceiptPrinter(Protocol):
    """A transport of bytes to a receipt printer; what the bytes mean is not its business."""

    async def open(self) -> None:
        """Take the device or find it. Raises DeviceError where that cannot be."""

    async def send(self, data: bytes) -> None:
        """Send one job; returns when its last byte has reached the peer or the device.

        Jobs sent at the same time go one after the other. Raises SendFailed.
        """

    async def close(self) -> None:
        """Let go of the device; harmless when repeated. A new `open` starts afresh."""
