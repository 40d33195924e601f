"""Decides when an update may proceed, and whether the shop works as well as before. Pure."""

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
"""The possible next steps after each step."""
ASKED_BACK = "asked_back"
"""Reason of an update that a manager takes back."""
SLOW_RATIO = 2
"""A till counts as slower if it takes this many times longer than before, and the difference is noticeable."""
SLOW_LEAST_US = 50_000
"""Minimum noticeable difference, in microseconds, for the till to count as slower."""
QUIET_US = 10 * 60 * 1_000_000
"""Time without sales after which the shop counts as idle."""


class ShopNow(msgspec.Struct, frozen=True):
    """Facts that may delay an update. `day` and `at`: local date and time; `sold_us`: time since the last sale (None:
    never); `work`: open baskets, payments, prints and jobs."""

    day: date
    at: time
    is_open: bool
    sold_us: int | None
    work: int
    clock_ok: bool


class Wellness(msgspec.Struct, frozen=True):
    """A box's health: working parts, failed checks, contact with head office, errors in the newest journal rows, and
    the time of a product lookup (microseconds; None: no products)."""

    parts: tuple[str, ...]
    faults: tuple[str, ...]
    heard: bool
    journal: tuple[str, ...] = ()
    answer_us: int | None = None


def window_of(text: str) -> tuple[time, time]:
    """The time window in a text such as "03:00-05:00"; it may cross midnight."""
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def is_blocked(day: date, blocked: str) -> bool:
    """Whether a day is blocked, yearly or once ("12-24, 2027-04-03")."""
    named = {one.strip() for one in blocked.split(",")}
    return day.isoformat() in named or f"{day:%m-%d}" in named


def waits_for(shop: ShopNow, window: str, blocked: str = "", pinned_until: str = "") -> str:
    """The reason an update waits, a text key of `[software]`; "" if it may begin. `pinned_until` is included."""
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
    """The first check that got worse, as a text key of `[software]`; "" if none."""
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
