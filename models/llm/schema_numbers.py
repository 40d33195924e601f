"""Integers within bounds, as a grammar."""

from __future__ import annotations

LARGEST = 10**15 - 1
"""Largest number to generate; above it, some JSON readers lose digits (RFC 8259, section 6)."""


def integers(least: int, most: int) -> str:
    """GBNF for every integer from `least` to `most`, without leading zeros or negative zero."""
    ways = []
    if least < 0:
        ways.append(f'"-" ({_positive(max(1, -most), -least)})')
    if least <= 0 <= most:
        ways.append('"0"')
    if most > 0:
        ways.append(_positive(max(1, least), most))
    return " | ".join(ways)


def _positive(least: int, most: int) -> str:
    """An alternative for each number of digits."""
    ways = []
    for digits in range(len(str(least)), len(str(most)) + 1):
        low, high = max(least, 10 ** (digits - 1)), min(most, 10**digits - 1)
        ways.append(_as_long(str(low), str(high)))
    return " | ".join(ways)


def _as_long(low: str, high: str) -> str:
    """Numbers from `low` to `high`, which have equal length."""
    if set(low) <= {"0"} and set(high) <= {"9"}:
        return f"[0-9]{{{len(low)}}}"
    if len(low) == 1:
        return f"[{low}-{high}]"
    rest = len(low) - 1
    first, last = int(low[0]), int(high[0])
    if first == last:
        return f'"{first}" ({_as_long(low[1:], high[1:])})'
    ways = []
    if set(low[1:]) - {"0"}:
        ways.append(f'"{first}" ({_as_long(low[1:], "9" * rest)})')
        first += 1
    top = []
    if set(high[1:]) - {"9"}:
        top.append(f'"{last}" ({_as_long("0" * rest, high[1:])})')
        last -= 1
    if first <= last:
        ways.append(f"[{first}-{last}] [0-9]{{{rest}}}")
    return " | ".join([*ways, *top])
