"""Character n-grams as bits. `ngrams.py` computes many texts with numpy; this module computes a few without it.

Tills without searches thus avoid numpy's 20 MB and tenth of a second of loading time.
"""

from __future__ import annotations

LENGTHS = (2, 3)
PRIME = 1_000_003
MIX = 0x9E3779B97F4A7C15
SIGN = 1 << 40
_MASK = (1 << 64) - 1


def pack_text(text: str, dimensions: int) -> bytes:
    """One bit per dimension, set where the n-grams' sum is positive."""
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
