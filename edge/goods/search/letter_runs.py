"""Runs of letters as bits: what `ngrams.py` makes of many texts with numpy, of a few without it. A till that nobody
searches at needs no numpy, which takes 20 MB and a tenth of a second.
"""

from __future__ import annotations

LENGTHS = (2, 3)
PRIME = 1_000_003
MIX = 0x9E3779B97F4A7C15
SIGN = 1 << 40
_MASK = (1 << 64) - 1


def pack_text(text: str, dimensions: int) -> bytes:
    """One bit a dimension, set where the sum of the text's runs in it is above 0."""
    letters = memoryview(f" {text} ".encode("utf-32-le", "replace")).cast("I")
    sums = [0] * dimensions
    for length in LENGTHS:
        for begin in range(len(letters) - length + 1):
            code = 0
            for letter in letters[begin : begin + length]:
                code = (code * PRIME + letter) & _MASK
            code = ((code ^ (code >> 15)) * MIX) & _MASK
            code ^= code >> 29
            sums[code % dimensions] += 1 if code & SIGN else -1
    return sum(1 << place for place, value in enumerate(sums) if value > 0).to_bytes(dimensions // 8, "little")
