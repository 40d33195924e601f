"""CAS scales polled by a till: PD-II, PR-II, ER and others, and compatible ones of other makers.

Source: CAS, PD-II Owner's and Service Manual, 3.1.6, TYPE-6 interface; the same in Ohaus, Aviator 7000 Service Manual,
6.1.1.4, format 1. Zero and tare have keys on the scale only: the protocol has no commands for them.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from drivers.roles import Weight
from drivers.scales.serial_line import Garbled, ScaleOptions, SerialScale, grams

SOH, STX, ETX, EOT, ENQ, ACK, DC1 = (bytes((byte,)) for byte in (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x11))
FRAME_BYTES = 15
"""SOH STX, status, sign, six characters of weight with point, two of unit, check character, ETX EOT."""


class CasScale(SerialScale):
    """A scale polled by ENQ and DC1."""

    class Config(ScaleOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the cas scale."""

    async def weigh(self) -> Weight:
        """The current reading."""
        return await self._line.ask(((ENQ, _is_ack), (DC1, _is_complete)), _weight_of)

    async def zero(self) -> bool:
        """Return False, as only the scale's own key sets zero."""
        return False

    async def tare(self) -> bool:
        """Return False, as only the scale's own key sets the tare."""
        return False


def check_of(block: bytes) -> bytes:
    """The check character: the XOR of all bytes."""
    return bytes((reduce(xor, block, 0),))


def _is_ack(answer: bytes) -> bool:
    if answer and answer != ACK:
        raise Garbled
    return bool(answer)


def _is_complete(answer: bytes) -> bool:
    return len(answer) >= FRAME_BYTES or answer.endswith(EOT)


def _weight_of(answer: bytes) -> Weight:
    block, check = answer[2:12], answer[12:13]
    if len(answer) != FRAME_BYTES or answer[:2] != SOH + STX or answer[13:] != ETX + EOT or check != check_of(block):
        raise Garbled
    status, sign, number, unit = block[:1], block[1:2], block[2:8], block[8:]
    if status not in (b"S", b"U") or sign not in (b" ", b"-", b"F"):
        raise Garbled
    if sign == b"F":
        return Weight(state="over")
    try:
        weight_g = grams(number.decode("ascii"), unit.decode("ascii"))
    except UnicodeDecodeError:
        raise Garbled from None
    return Weight(-weight_g if sign == b"-" else weight_g, "stable" if status == b"S" else "moving")
