"""A scale on a serial line, simulated by a pseudo-terminal (pty(7)), in any of the three protocols that drivers
support.

`load_g` is its load; `stable` whether it is at rest. Its limit is that of a counter scale: 15 kg.
"""

from __future__ import annotations

import asyncio
import os
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Literal

from sim.serial_port import SimSerialPort

MOST_G = 15_000
UNDER_G = -200
READ_BYTES = 4096
MAX_HELD_BYTES = 64
ScaleProtocol = Literal["cas", "sics", "nci"]


class SimScale:
    """A scale that the appliance opens at `path`. All of it belongs to one event loop.

    `fault`: "silent" answers nothing, "garbage" answers noise, "halves" sends each answer in two pieces. `asked` counts
    the queries. With `link`, `path` is that symbolic link and stays the same through unplugging.
    """

    def __init__(self, protocol: ScaleProtocol = "sics", link: Path | None = None) -> None:
        self.protocol = protocol
        self.load_g = 0
        self.stable = True
        self.fault: Literal["", "silent", "garbage", "halves"] = ""
        self.knows_tare = True
        self.asked = 0
        self._zero_g = 0
        self._tare_g = 0
        self._port = SimSerialPort(link)
        self._held = b""
        self.replug()

    @property
    def path(self) -> str:
        return self._port.path

    @property
    def shown_g(self) -> int:
        """The weight on its own display."""
        return self.load_g - self._zero_g - self._tare_g

    def put(self, load_g: int, stable: bool = True) -> None:
        """Set its total load."""
        self.load_g, self.stable = load_g, stable

    def unplug(self) -> None:
        """Pull the cable: the port hangs up and its path vanishes; its tare is lost."""
        if self._port.master is None:
            return
        asyncio.get_running_loop().remove_reader(self._port.master)
        self._port.unplug()
        self._held, self._tare_g = b"", 0

    def replug(self) -> None:
        """Plug it in (again)."""
        if (master := self._port.plug()) is not None:
            asyncio.get_running_loop().add_reader(master, self._read, master)

    close = unplug

    def _read(self, master: int) -> None:
        self._held = (self._held + os.read(master, READ_BYTES))[-MAX_HELD_BYTES:]
        if self.protocol == "cas":
            questions, self._held = [bytes((byte,)) for byte in self._held], b""
        else:
            *questions, self._held = self._held.split(b"\r\n" if self.protocol == "sics" else b"\r")
        for question in questions:
            self.asked += 1
            if answer := self._answer(question):
                self._send(answer)

    def _answer(self, question: bytes) -> bytes:
        if self.fault == "silent":
            return b""
        if self.fault == "garbage":
            return b"\x15\xff#9\r\n\x03\x04"
        return {"cas": self._cas, "sics": self._sics, "nci": self._nci}[self.protocol](question)

    def _send(self, answer: bytes) -> None:
        if self.fault == "halves" and len(answer) > 1:
            half = len(answer) // 2
            self._write(answer[:half])
            asyncio.get_running_loop().call_later(0.01, self._write, answer[half:])
        else:
            self._write(answer)

    def _write(self, data: bytes) -> None:
        if self._port.master is not None:
            os.write(self._port.master, data)

    @property
    def _over(self) -> bool:
        return self.load_g > MOST_G

    def _zero(self) -> bool:
        """Set zero, within two percent of its capacity."""
        if not self.stable or abs(self.load_g) > MOST_G // 50:
            return False
        self._zero_g, self._tare_g = self.load_g, 0
        return True

    def _cas(self, question: bytes) -> bytes:
        if question == b"\x05":
            return b"\x06"
        if question != b"\x11":
            return b"\x15"
        status, sign = b"S" if self.stable else b"U", b"-" if self.shown_g < 0 else b" "
        number = f"{abs(self.shown_g) / 1000:06.3f}".encode()
        if self._over:
            sign, number = b"F", b"FFFFFF"
        block = status + sign + number + b"kg"
        return b"\x01\x02" + block + bytes((reduce(xor, block),)) + b"\x03\x04"

    def _sics(self, question: bytes) -> bytes:
        weight = f"{self.shown_g / 1000:10.3f} kg"
        match question:
            case b"S" | b"SI" if self._over:
                return b"S +\r\n"
            case b"S" | b"SI" if self.load_g < UNDER_G:
                return b"S -\r\n"
            case b"SI":
                return f"S {'S' if self.stable else 'D'} {weight}\r\n".encode()
            case b"S":
                return f"S S {weight}\r\n".encode() if self.stable else b"S I\r\n"
            case b"Z":
                return b"Z A\r\n" if self._zero() else b"Z I\r\n"
            case b"T" if self.stable and not self._over:
                self._tare_g += self.shown_g
                return f"T S {self._tare_g / 1000:10.3f} kg\r\n".encode()
            case b"T":
                return b"T I\r\n"
            case b"TAC":
                self._tare_g = 0
                return b"TAC A\r\n"
        return b"ES\r\n"

    def _nci(self, question: bytes) -> bytes:
        if question == b"Z" and self.stable:
            self._zero()
        elif question == b"T" and self.knows_tare and self.stable:
            self._tare_g += self.shown_g
        elif question not in (b"W", b"S", b"Z") and not (question == b"T" and self.knows_tare):
            return b"\n?\r\x03"
        first = 0x30 | (0 if self.stable else 1) | (2 if not self.shown_g else 0)
        second = 0x30 | (1 if self.load_g < UNDER_G else 0) | (2 if self._over else 0)
        status = b"\n" + bytes((first, second)) + b"\r\x03"
        return f"\n{self.shown_g / 1000:07.3f}KG\r".encode() + status if question == b"W" else status
