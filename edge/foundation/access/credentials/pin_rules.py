"""Acceptable PINs: long enough for the access they give, and not among the first guesses.

Common PINs are from D. Amitay, "Most Common iPhone Passcodes" (2011) and DataGenetics, "PIN analysis" (2012).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PIN = re.compile(r"[0-9]{4,12}")
LEAST = 4
LEAST_MANAGING = 6
"""Minimum digits of a PIN with manager rights."""

_SAME_AND_RUNS = frozenset(
    text[at : at + length]
    for text in (*(digit * 12 for digit in "0123456789"), "01234567890123", "98765432109876")
    for length in range(LEAST, 13)
    for at in range(len(text) - length + 1)
)
_COMMON = """
1212 1004 2000 6969 1122 1313 2001 1010 2580 0852 1998 1342 1999 1984 1985 1986 1987 1988 1989 1990 1991 1992 1993 1994
1995 1996 1997 2002 2003 2004 2005 1979 1980 1981 1982 1983 5683 0007 1221 2020 2121 2112 2468 1357 1379 1397 1470 1590
3690 7410 8520 9630 7531 8642 4321 1472 3698 7894 4561 0101 2323 5252 6789 1123 1112 2211 3131 4545
112233 121212 123123 123321 131313 159753 147258 147852 159357 258456 258369 246810 101010 456456 456123 696969
789456 741852 753951 852456 963852 987654 654321 232323 520520 123654 111222 110110 102030 112358 314159 142536
246824 135790 369369 147147 159159 778899 445566 202020 252525
"""


def why_not(pin: str, manages: bool, own: Iterable[str] = ()) -> str | None:
    """Return the refusal code for an unacceptable PIN, or None. `own`: known numbers of its owner (a phone)."""
    if PIN.fullmatch(pin) is None:
        return "pin_form"
    if manages and len(pin) < LEAST_MANAGING:
        return "pin_short"
    if pin in _SAME_AND_RUNS or pin in _COMMON.split() or _is_date(pin) or any(_is_of(pin, number) for number in own):
        return "pin_refused"
    return None


def _is_date(pin: str) -> bool:
    """Whether a PIN is a date: day and month in either order, with or without a year; or a year."""
    if len(pin) == 4:
        return _day_and_month(pin) or pin[:2] in ("19", "20")
    if len(pin) == 6:
        return _day_and_month(pin[:4]) or _day_and_month(pin[2:])
    if len(pin) == 8:
        return (_day_and_month(pin[:4]) and pin[4:6] in ("19", "20")) or (
            pin[:2] in ("19", "20") and _day_and_month(pin[4:])
        )
    return False


def _day_and_month(text: str) -> bool:
    first, second = int(text[:2]), int(text[2:])
    return (1 <= first <= 31 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)


def _is_of(pin: str, number: str) -> bool:
    """Whether a PIN is part of a number, such as the end of a phone number."""
    return pin in re.sub(r"\D", "", number)
