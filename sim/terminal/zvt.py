"""A terminal that speaks ZVT over TCP: each of its APDUs is acknowledged before it sends the next.

A result that it has sent (04 0F) remains valid even if unacknowledged, as the money has moved. Real terminals do the
same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sim.terminal.server import CARD, SimPayment, SimTerminalServer

PASSWORD = "123456"
ZONE = ZoneInfo("Europe/Berlin")
GREETING = b'\x00\x00\x00\x3e"VER|APP|4111111111111111"'
"""A greeting sent by a server with another protocol at this port."""
VERSION = b"2.14.1"
TOO_LATE = b"\xb5"
"""The terminal's day is closed: earlier payments can't be reversed any more."""
After = Callable[[bool], None]


class SimZvtTerminal(SimTerminalServer):
    """A terminal in Berlin.

    `bare_enquiry`: its status enquiry takes no password. `own_payment_minor`: a payment entered on the terminal itself,
    which it reports at the next request."""

    def __init__(self) -> None:
        super().__init__()
        self.bare_enquiry = False
        self.own_payment_minor = 0
        self._registered = self._unsolicited = False
        self._outbox: deque[tuple[bytes, After | None]] = deque()
        self._offered: SimPayment | None = None

    def message_size(self, held: bytes) -> int:
        if len(held) < 3:
            return 0
        size = 3 + held[2]
        return size if len(held) >= size else 0

    def on_lost(self) -> None:
        self._registered = False
        self._outbox.clear()
        if self._offered is not None:
            self.settle(self._offered, "taken")
            self._offered = None

    def on_message(self, message: bytes) -> None:
        command, data = message[:2].hex(), message[3:]
        if self.fault == "garbage":
            self.write(GREETING)
        elif command[:2] in ("80", "84"):
            self._on_acknowledged(command != "8466")
        elif command == "0600":
            self._register(data)
        elif command == "06b0":
            self._cancel()
        elif not self._registered:
            self._refuse(0x83)
        elif self.running is not None:
            self._refuse(0x9C)
        else:
            self._obey(command, data)

    def _register(self, data: bytes) -> None:
        self._registered = data[:3].hex() == PASSWORD and self.fault != "wrong_key"
        self._acknowledge()
        self._say("060f") if self._registered else self._say("061e", b"\x85")

    def _obey(self, command: str, data: bytes) -> None:
        match command:
            case "0601" | "0630" | "0631":
                self._request(command, data)
            case "0501" if self.bare_enquiry and data:
                self._refuse(0x83)
            case "0501" if self.fault == "busy":
                self._refuse(0x9C)
            case "0501":
                self._acknowledge()
                status = b"\xcc" if self.fault == "paper" else b"\x00"
                self._say("060f", b"\xf0\xf0\xf6" + VERSION + status)
            case "0620":
                self._acknowledge()
                if last := next((one for one in reversed(self.payments) if one.state == "taken"), None):
                    self._say("040f", self._status(last))
                self._say("060f")
            case "0650":
                self._acknowledge()
                self._say("040f", b"\x27\x00\x60\xf0\xf5\xf3" + bytes(4) + self._totals())
                self._say("060f")
            case "06e0":
                self._acknowledge()
                self.lines = tuple(_lines(data[2:]))
            case _:
                self._refuse(0x83)

    def _request(self, command: str, data: bytes) -> None:
        if self.fault in ("busy", "paper"):
            self._refuse(0x9C if self.fault == "busy" else 0xCC)
        elif self.fault == "cut_before":
            self.hang_up()
        elif self.fault != "silent_before":
            self._pay_by_hand()
            payment = self.begin("", *self._parse_request(command, data))
            self._acknowledge()
            if command == "0630" and self.is_settled(data[4:6].hex()):
                self.settle(payment, "declined")
                self._say("040f", b"\x27" + TOO_LATE)
                self._say("061e", TOO_LATE)
                return
            self._say("04ff", b"\x0a")
            self.awaits_card(payment)

    def _pay_by_hand(self) -> None:
        if self.own_payment_minor:
            own = SimPayment("", "payment", self.own_payment_minor, 999, "back", self.own_payment_minor)
            self.own_payment_minor = 0
            self.write(bytes.fromhex("040f") + bytes((len(self._status(own)),)) + self._status(own))
            self._unsolicited = True

    def _parse_request(self, command: str, data: bytes) -> tuple[Literal["payment", "refund"], int]:
        if command == "0630":
            number = int(data[4:6].hex())
            return "refund", next(one.amount_minor for one in self.payments if one.number == number)
        return ("payment", int(data[1:7].hex())) if command == "0601" else ("refund", int(data[4:10].hex()))

    def _cancel(self) -> None:
        if self.running is None or self.fault == "deaf":
            self._refuse(0x83)
            return
        self.settle(self.running, "declined")
        self._acknowledge()
        self._say("061e", b"\x6c")

    def card_presented(self, payment: SimPayment) -> None:
        payment.amount_minor = self.granted_minor(payment)
        if self.fault == "decline":
            self.settle(payment, "declined")
            text = b"DECLINED " + CARD.encode()
            self._say("040f", b"\x27\x71\x3c\xf0" + bytes((0xF0 | len(text) // 10, 0xF0 | len(text) % 10)) + text)
            self._say("061e", b"\x71")
        elif not self.asker_listens:
            self.settle(payment, "taken")  # the terminal continued without the till, and completed it
        else:
            self._offered = payment
            self._say("040f", self._status(payment), self._handed_over)
            if self.fault == "twice":
                self._say("040f", self._status(payment))

    def _handed_over(self, kept: bool) -> None:
        payment, self._offered = self._offered, None
        if payment is None:
            return
        self.settle(payment, "taken" if kept and payment.amount_minor else "back")
        if self.fault == "cut_after":
            self.hang_up()
        elif self.fault == "reboot_after":
            self.reboot()
        elif self.fault == "silent_after":
            self._outbox.clear()
        elif kept:
            self._say("06d1", b"\x00CARD " + CARD.encode())
            self._say("060f")
            if self.fault == "contradicts":
                self._say("061e", b"\x6c")
        else:
            self._say("061e", b"\x6c")

    def _status(self, payment: SimPayment) -> bytes:
        card = bytes.fromhex(CARD) if self.fault == "whole_number" else b"\xee" * 6 + bytes.fromhex(CARD[-4:])
        now = datetime.fromtimestamp(self.now_s(), ZONE)
        time = "030000" if self.fault == "wrong_clock" else f"{now:%H%M%S}"
        tags = bytes.fromhex("2f081f1201011f1001") + (b"\x01" if self.signs else b"\x03")
        return b"".join(
            (
                b"\x27\x00\x04" + bytes.fromhex(f"{payment.amount_minor:012d}"),
                b"\x87" + bytes.fromhex(payment.reference),
                b"\x0c" + bytes.fromhex(time) + b"\x0d" + bytes.fromhex(f"{now:%m%d}"),
                b"\x22\xf0\xf8" + card + b"\x23\xf0\xf8" + bytes.fromhex(CARD),
                b"\x49\x09\x78\x29\x00\x00\x00\x06\x8a\x0a\x8b\xf0\xf5VISA\x00",
                b"\x06\x0a" + tags,
            )
        )

    def _totals(self) -> bytes:
        taken = self.close_day()
        gone_minor = sum(one.amount_minor for one in taken if one.kind == "refund")
        amount_minor = max(0, sum(one.amount_minor for one in taken) - 2 * gone_minor)  # totals are unsigned
        visa = bytes((len(taken),)) + bytes.fromhex(f"{amount_minor:012d}")
        return bytes(7 * 4) + visa + bytes(7 * 2)

    def _acknowledge(self) -> None:
        self.write(b"\x80\x00\x00")

    def _refuse(self, code: int) -> None:
        self.write(bytes((0x84, code, 0)))

    def _say(self, command: str, data: bytes = b"", after: After | None = None) -> None:
        """Send a command once all earlier ones are acknowledged; then call `after` with whether the till understood
        it."""
        if self.is_connected:
            self._outbox.append((bytes.fromhex(command) + bytes((len(data),)) + data, after))
            if len(self._outbox) == 1:
                self.write(self._outbox[0][0])

    def _on_acknowledged(self, understood: bool) -> None:
        if self._unsolicited:
            assert not understood, "a till takes no payment for its own that it did not ask for"
            self._unsolicited = False
            return
        if self._outbox:
            _, after = self._outbox.popleft()
            waiting = bool(self._outbox)
            if after is not None:
                after(understood)
            if waiting and self._outbox:
                self.write(self._outbox[0][0])


def _lines(data: bytes) -> list[str]:
    lines = []
    while data:
        size = 10 * (data[1] & 0x0F) + (data[2] & 0x0F)
        lines.append(data[3 : 3 + size].decode("cp437"))
        data = data[3 + size :]
    return lines
