"""Scales of Mettler-Toledo and others with MT-SICS, levels 0 and 1: Ariva, bPlus, Viva, ...

Source: Mettler-Toledo, Reference Manual MT-SICS Interface Commands (11780711): S, SI, Z, T, TAC.
"""

from __future__ import annotations

import re

from drivers.roles import Weight
from drivers.scales.serial_line import Garbled, ScaleOptions, SerialScale, grams

_WEIGHT = re.compile(rb"S ([SD]) +(-? *[0-9]+\.?[0-9]*) +([A-Za-z]{1,2}) *\r\n")
_ONLY = {b"S I\r\n": "moving", b"S +\r\n": "over", b"S -\r\n": "under"}
_TARED = re.compile(rb"T S +(-? *[0-9]+\.?[0-9]*) +([A-Za-z]{1,2}) *\r\n")


class SicsScale(SerialScale):
    """A scale with MT-SICS. Its own tare is used, so that its display shows the weight paid for."""

    class Config(ScaleOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the sics scale."""

    async def weigh(self) -> Weight:
        """Send SI and return the immediate reading: S if stable, D if not."""
        weight = await self._line.ask(((b"SI\r\n", _is_complete),), _weight_of)
        return Weight(weight.net_g, weight.state, self._tare_g)

    async def zero(self) -> bool:
        """Send Z, which works only if the scale is stable and within its limits. It clears the tare."""
        done = (
            await self._line.ask(((b"Z\r\n", _is_complete),), lambda answer: _require_answer(answer, b"Z"))
            == b"Z A\r\n"
        )
        self._tare_g = 0 if done else self._tare_g
        return done

    async def tare(self) -> bool:
        """Send T; on an empty scale (0 or less), send TAC to clear the tare."""
        shown = await self.weigh()
        if shown.state != "stable":
            return False
        if shown.net_g <= 0:
            done = (
                await self._line.ask(((b"TAC\r\n", _is_complete),), lambda answer: _require_answer(answer, b"TAC"))
                == b"TAC A\r\n"
            )
            self._tare_g = 0 if done else self._tare_g
            return done
        answer = await self._line.ask(((b"T\r\n", _is_complete),), lambda answer: _require_answer(answer, b"T"))
        tared = _TARED.fullmatch(answer)
        if tared is None:
            return False
        self._tare_g = grams(tared[1].decode(), tared[2].decode())
        return True


def _is_complete(answer: bytes) -> bool:
    return answer.endswith(b"\r\n")


def _require_answer(answer: bytes, command: bytes) -> bytes:
    """Check that the answer is to that command. Raises Garbled; ES, ET and EL mean that the scale didn't understand."""
    if not answer.startswith((command + b" ", b"E")):
        raise Garbled
    return answer


def _weight_of(answer: bytes) -> Weight:
    if state := _ONLY.get(answer):
        return Weight(state=state)  # type: ignore[arg-type]
    found = _WEIGHT.fullmatch(answer)
    if found is None:
        raise Garbled
    return Weight(grams(found[2].decode(), found[3].decode()), "stable" if found[1] == b"S" else "moving")
