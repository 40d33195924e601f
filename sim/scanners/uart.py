"""Bytes that a serial receiver reads at a different speed than they were sent."""

from __future__ import annotations

BITS = 10
"""Bits per byte on the line: a start bit (0), eight data bits from the lowest, a stop bit (1)."""


def sample_at(data: bytes, sent_baud: int, heard_baud: int) -> bytes:
    """`data`, sent without pauses between bytes, as sampled by a receiver at `heard_baud`.

    The receiver waits for the line to fall, then samples each bit in its middle. It ignores a wrong stop bit, as Linux
    does by default.
    """
    if sent_baud == heard_baud:
        return data
    line = [bit for byte in data for bit in (0, *(byte >> n & 1 for n in range(8)), 1)]
    ratio = sent_baud / heard_baud  # sent bits per bit of the receiver

    def level(at: float) -> int:
        return line[int(at)] if at < len(line) else 1  # idle

    out = bytearray()
    at = 0.0
    while at < len(line):
        if level(at):
            at += 1 - at % 1  # edges occur only where a sent bit begins
            continue
        out.append(sum(level(at + (1.5 + n) * ratio) << n for n in range(8)))
        at += (BITS - 0.5) * ratio  # from the middle of the stop bit, the receiver waits for the next start bit
    return bytes(out)
