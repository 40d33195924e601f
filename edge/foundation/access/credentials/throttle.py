"""Limits on guessing: independent counts per person and place. Pure.

NIST SP 800-63B-4, section 3.2.2: at most 100 consecutive failures. A trusted place (this machine, a paired register)
waits only seconds, regardless of attempts by strangers elsewhere.
"""

from __future__ import annotations

import hashlib
import ipaddress
from functools import lru_cache

import msgspec

from edge.core.addresses import ADDRESS_CACHE

WRONG_BEFORE_WAITING = 5
"""Wrong attempts before a wait. The wait doubles with each further one."""
FIRST_WAIT_US = 10_000_000
LONGEST_WAIT_US = 600_000_000
FORGIVEN_US = 600_000_000
"""Interval without a wrong attempt after which a place forgets one. A person's attempts aren't forgotten."""
OFF_AFTER = 100
"""Consecutive wrong attempts after which a person's PIN is disabled until a new one is set."""
UNNAMED_MOST = 20
"""Consecutive wrong attempts at one place by users who didn't choose a name. After that, users must choose a name
there, so that guessing is limited by that user's count."""
NOTED_EVERY = 5
"""Number of wrong attempts at a place after which the journal records them, each time."""
NOTED_EVERY_LATER = 100
"""Number of attempts after which only every hundredth is recorded, because they continue for days."""


class AttemptSource(msgspec.Struct, frozen=True):
    """Place of an attempt. `keys` are its counters; `near`: this machine or a paired browser."""

    keys: tuple[str, ...]
    near: bool = False
    console: bool = False

    def person(self, who: str, secret: str) -> str:
        """Counter key of a person with this stored secret: a new secret starts again, and remote attempts don't count
        against people in the shop."""
        mark = hashlib.sha256(secret.encode()).hexdigest()[:8]
        return f"person:{who}:{mark}" + ("" if self.near else ":far")

    @property
    def unnamed_key(self) -> str:
        """Counter key of attempts without a chosen name."""
        return f"{self.keys[0]}:unnamed"

    @property
    def longest_us(self) -> int:
        return FIRST_WAIT_US if self.near else LONGEST_WAIT_US


CONSOLE = AttemptSource(("console",), near=True, console=True)
"""The appliance's own screen and shell."""


def paired_source(pairing: str) -> AttemptSource:
    """Source of a paired browser."""
    return AttemptSource((f"pairing:{pairing}",), near=True)


@lru_cache(ADDRESS_CACHE)
def network(address: str) -> AttemptSource:
    """Source of an address and its neighbours: /24, or /64 and its /48. Invalid addresses count as one."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return AttemptSource(("network:?",))
    found = getattr(found, "ipv4_mapped", None) or found
    sizes = (24,) if found.version == 4 else (64, 48)
    return AttemptSource(tuple(f"network:{ipaddress.ip_network((found, size), strict=False)}" for size in sizes))


class Count(msgspec.Struct, frozen=True):
    """Failed attempts: the current count (`wrong`), the count ever (`total`), the last time, and the end of the wait
    (monotonic)."""

    wrong: int = 0
    total: int = 0
    last_us: int = 0
    until_us: int = 0

    def wait_us(self, now_us: int) -> int:
        return max(0, self.until_us - now_us)


def after_wrong(count: Count, now_us: int, longest_us: int, forgiven_us: int = 0) -> Count:
    """Count a failure. With `forgiven_us`, one is forgiven per such interval since the last."""
    forgotten = (now_us - count.last_us) // forgiven_us if forgiven_us else 0
    wrong = max(0, count.wrong - forgotten) + 1
    over = wrong - WRONG_BEFORE_WAITING
    wait_us = min(FIRST_WAIT_US * 2 ** min(over, 10), longest_us) if over >= 0 else 0
    return Count(wrong, count.total + 1, now_us, max(count.until_us, now_us + wait_us) if wait_us else count.until_us)


def is_noted(total: int) -> bool:
    """Whether the n-th attempt at a place is recorded in the journal."""
    return total % (NOTED_EVERY if total < NOTED_EVERY_LATER else NOTED_EVERY_LATER) == 0
