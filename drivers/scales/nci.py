"""Scales with NCI's protocol: Avery Weigh-Tronix (NCI 6700, 7800), Salter Brecknell, Mettler 8217 and others.

Source: Avery Weigh-Tronix, SCP-01, NCI Standard Serial Communications Protocol; Salter Brecknell 7800 Family User's
Manual, "NCI Serial Communications Protocol". Only some models support T (tare): others answer `?`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta

from drivers.roles import Weight
from drivers.scales.serial_line import Garbled, ScaleOptions, SerialScale, grams

ETX = 0x03
MOVING, FAULTS = 0b0001, 0b1100  # in the first status byte
UNDER, OVER = 0b0001, 0b0010  # in the second
_ALWAYS = 0b0011_0000
_UNKNOWN = b"\n?\r\x03"
_ANSWER = re.compile(rb"(?:\n(?P<shown>[^\r\n]{1,20})\r)?\n(?P<status>[\x30-\x3f][\x30-\x7f]{1,3})\r\x03")
_NUMBER = re.compile(r"(-? *[0-9]*\.?[0-9]+) *([A-Za-z]{1,2}) *")


class NciScale(SerialScale):
    """A scale polled by W, with a status in bits."""

    class Config(ScaleOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the nci scale."""

        bits: Annotated[Literal[7, 8], Meta(description="data bits")] = 7
        parity: Annotated[Literal["none", "even", "odd"], Meta(description="parity bit")] = "even"

    async def weigh(self) -> Weight:
        """Send W and return the reading and status."""
        weight = await self._line.ask(((b"W\r", _is_complete),), _weight_of)
        return Weight(weight.net_g, weight.state, self._tare_g)

    async def zero(self) -> bool:
        """Send Z. The scale may refuse, and then doesn't show 0."""
        if not await self._obeys(b"Z\r"):
            return False
        self._tare_g = 0
        return (await self.weigh()).net_g == 0

    async def tare(self) -> bool:
        """Send T, if the model supports it."""
        shown = await self.weigh()
        if shown.state != "stable" or not await self._obeys(b"T\r"):
            return False
        self._tare_g = max(0, self._tare_g + shown.net_g)
        return True

    async def _obeys(self, command: bytes) -> bool:
        """Whether the scale supports the command and was stable."""
        return await self._line.ask(((command, _is_complete),), _was_obeyed)


def _is_complete(answer: bytes) -> bool:
    return bool(answer) and answer[-1] & 0x7F == ETX


def _parse_answer(answer: bytes) -> re.Match[bytes]:
    found = _ANSWER.fullmatch(bytes(byte & 0x7F for byte in answer))  # the eighth bit may be parity
    if found is None or any(byte & _ALWAYS != _ALWAYS for byte in found["status"]):
        raise Garbled
    return found


def _was_obeyed(answer: bytes) -> bool:
    if bytes(byte & 0x7F for byte in answer) == _UNKNOWN:
        return False
    return not _parse_answer(answer)["status"][0] & MOVING


def _weight_of(answer: bytes) -> Weight:
    found = _parse_answer(answer)
    first, second = found["status"][:2]
    if second & OVER:
        return Weight(state="over")
    if second & UNDER:
        return Weight(state="under")
    if found["shown"] is None or first & FAULTS:
        return Weight(state="moving")  # some models send no weight until stable
    number = _NUMBER.fullmatch(found["shown"].decode("ascii"))
    if number is None:
        raise Garbled
    return Weight(grams(number[1], number[2]), "moving" if first & MOVING else "stable")
