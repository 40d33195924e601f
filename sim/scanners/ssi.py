"""A Zebra scanner in SSI mode on a pseudo-terminal: it sends a code again until it is acknowledged."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from pathlib import Path

from sim.scanners.serial import SimScanner

ACK, NAK, DECODE_DATA, REQUEST_REVISION, REPLY_REVISION = 0xD0, 0xD1, 0xF3, 0xA3, 0xA4
BEEP = 0xE6
RETRANSMITTED, MORE_FOLLOWS = 1, 2
RESPONSE_S = 0.3
PACKET_DATA_BYTES = 250
MAX_WAITING = 10_000
"""Codes waiting to be sent; the next is refused."""


def packet(opcode: int, status: int = 0, data: bytes = b"") -> bytes:
    """A packet from the scanner (source 0)."""
    body = bytes([4 + len(data), opcode, 0, status]) + data
    return body + (-sum(body) & 0xFFFF).to_bytes(2, "big")


class SimSsiScanner(SimScanner):
    """Sends one packet at a time: the next once the host has acknowledged it, otherwise the same again.

    Create it while an event loop runs.
    """

    def __init__(self, link: Path | None = None, baud: int | None = None) -> None:
        self._packets: deque[tuple[int, bytes]] = deque()
        self._again = 0
        self._timer: asyncio.TimerHandle | None = None
        self._heard = bytearray()
        self.naks = 0
        self.sent = 0
        self.beeps = 0
        """Number of beeps triggered by the host."""
        self.damage = 0
        """Number of following packets to send with a wrong bit."""
        self.deafness = 0
        """Number of following acknowledgements to ignore."""
        super().__init__(link, baud)

    @property
    def waiting(self) -> int:
        """Return the number of packets not acknowledged yet."""
        return len(self._packets)

    def scan(self, code: str | bytes, kind: int = 0x0B) -> None:
        """Scan `code` of an SSI kind (0x0B is EAN-13), in as many packets as needed."""
        data = code.encode() if isinstance(code, str) else code
        parts = [data[at : at + PACKET_DATA_BYTES] for at in range(0, len(data), PACKET_DATA_BYTES)] or [b""]
        if len(self._packets) + len(parts) > MAX_WAITING:
            raise BlockingIOError(f"{len(self._packets)} packets are waiting to be acknowledged")
        for part in parts[:-1]:
            self._packets.append((MORE_FOLLOWS, bytes([kind]) + part))
        self._packets.append((0, bytes([kind]) + parts[-1]))
        if self._timer is None:
            self._send()

    def unplug(self) -> None:
        if self._port.master is not None:
            asyncio.get_running_loop().remove_reader(self._port.master)
        self._stop_timer()
        self._packets.clear()
        self._again = 0
        super().unplug()

    def replug(self) -> None:
        super().replug()
        if self._port.master is not None:
            asyncio.get_running_loop().add_reader(self._port.master, self._on_readable, self._port.master)

    def _send(self) -> None:
        status, data = self._packets[0]
        wire = packet(DECODE_DATA, status | self._again, data)
        if self.damage:
            self.damage -= 1
            wire = wire[:5] + bytes([wire[5] ^ 1]) + wire[6:]
        self.sent += 1
        self.type(wire, suffix=b"")
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(RESPONSE_S, self._send_again)

    def _send_again(self) -> None:
        self._again = RETRANSMITTED
        self._send()

    def _on_readable(self, master: int) -> None:
        self._heard += os.read(master, 4096)
        while self._heard and len(self._heard) >= self._heard[0] + 2:
            whole = self._heard[: self._heard[0] + 2]
            del self._heard[: len(whole)]
            if not sum(whole[:-2]) + int.from_bytes(whole[-2:], "big") & 0xFFFF:
                self._on_packet(whole[1])

    def _on_packet(self, opcode: int) -> None:
        if opcode == REQUEST_REVISION:
            self.type(packet(REPLY_REVISION, data=b"PAAAAS00-001-R00"), suffix=b"")
        elif opcode == BEEP:
            self.beeps += 1
            self.type(packet(ACK), suffix=b"")
        elif opcode == NAK and self._packets:
            self.naks += 1
            self._send_again()
        elif opcode == ACK and self.deafness:
            self.deafness -= 1
        elif opcode == ACK and self._packets:
            self._packets.popleft()
            self._again = 0
            self._stop_timer()
            if self._packets:
                self._send()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
