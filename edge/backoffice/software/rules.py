"""When an update may go on, and whether the shop is as well with it as before. Pure."""

from __future__ import annotations

from datetime import date, time

import msgspec

from edge.backoffice.software.events import Step

ENDS: tuple[Step, ...] = ("healthy", "went_back", "stuck", "refused")
FAILED: tuple[Step, ...] = ("went_back", "stuck", "refused")
NEXT: dict[str, tuple[Step, ...]] = {
    "asked": ("fetched", "healthy", "refused"),
    "fetched": ("rehearsed", "refused"),
    "rehearsed": ("swapping", "refused"),
    "swapping": ("healthy", "went_back", "stuck"),
}
"""Where each step leads."""
SLOW_RATIO = 2
"""A till that answers this much later than before is worse ..."""
SLOW_LEAST_US = 50_000
"""... where anybody would notice it."""
QUIET_US = 10 * 60 * 1_000_000
"""Nothing was sold for so long."""


class ShopNow(msgspec.Struct, frozen=True):
    """What holds an update up: `at` is the time of the shop's wall, `sold_us` how long ago something was sold (None:
    never), `work` baskets, payments, papers and jobs that are open; `day` that of the same wall."""

    day: date
    at: time
    is_open: bool
    sold_us: int | None
    work: int
    clock_ok: bool


class Wellness(msgspec.Struct, frozen=True):
    """How a box is: its parts that work, what its checks find wrong, whether head office hears it; what is wrong with
    the newest rows of its journal, and how long what a scan asks first takes (microseconds; None: nothing is sold)."""

    parts: tuple[str, ...]
    faults: tuple[str, ...]
    heard: bool
    journal: tuple[str, ...] = ()
    answer_us: int | None = None


def window_of(text: str) -> tuple[time, time]:
    """The window that "03:00-05:00" says; it may go over midnight."""
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def is_blocked(day: date, blocked: str) -> bool:
    """Whether a day is one of those, of which each is of every year or of one ("12-24, 2027-04-03")."""
    named = {one.strip() for one in blocked.split(",")}
    return day.isoformat() in named or f"{day:%m-%d}" in named


def waits_for(shop: ShopNow, window: str, blocked: str = "", pinned_until: str = "") -> str:
    """What an update waits for, as a word of `[software]`; empty: for nothing, it may begin. A box that is pinned until
    a day takes none on that day either."""
    begins, ends = window_of(window)
    inside = begins <= shop.at < ends if begins < ends else shop.at >= begins or shop.at < ends
    if not shop.clock_ok:
        return "clock"
    if shop.day.isoformat() <= pinned_until:
        return "pinned"
    if is_blocked(shop.day, blocked):
        return "blocked"
    if not inside:
        return "window"
    if shop.is_open:
        return "open"
    if shop.work or (shop.sold_us is not None and shop.sold_us < QUIET_US):
        return "selling"
    return ""


def worse(before: Wellness, now: Wellness) -> str:
    """In what a box is worse than before, as a word of `[software]`; empty: in nothing."""
    if set(before.parts) - set(now.parts):
        return "parts"
    if set(now.faults) - set(before.faults):
        return "checks"
    if before.heard and not now.heard:
        return "unheard"
    if now.journal and not before.journal:
        return "journal"
    if before.answer_us is not None and now.answer_us is not None:
        return "slow" if now.answer_us > max(SLOW_RATIO * before.answer_us, SLOW_LEAST_US) else ""
    return ""
