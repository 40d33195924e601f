"""When an update may go on, and whether the shop is as well with it as before. Pure."""

from __future__ import annotations

from datetime import time

import msgspec

from edge.shop.software.events import Step

ENDS: tuple[Step, ...] = ("healthy", "went_back", "stuck", "refused")
FAILED: tuple[Step, ...] = ("went_back", "stuck", "refused")
NEXT: dict[str, tuple[Step, ...]] = {
    "asked": ("fetched", "healthy", "refused"),
    "fetched": ("rehearsed", "refused"),
    "rehearsed": ("swapping", "refused"),
    "swapping": ("healthy", "went_back", "stuck"),
}
"""Where each step leads."""
QUIET_US = 10 * 60 * 1_000_000
"""Nothing was sold for so long."""


class ShopNow(msgspec.Struct, frozen=True):
    """What holds an update up: `at` is the time of the shop's wall, `sold_us` how long ago something was sold (None:
    never), `work` baskets, payments, papers and jobs that are open."""

    at: time
    is_open: bool
    sold_us: int | None
    work: int
    clock_ok: bool


class Wellness(msgspec.Struct, frozen=True):
    """How a box is: its parts that work, what its checks find wrong, whether head office hears it."""

    parts: tuple[str, ...]
    faults: tuple[str, ...]
    heard: bool


def window_of(text: str) -> tuple[time, time]:
    """The window that "03:00-05:00" says; it may go over midnight."""
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def waits_for(shop: ShopNow, window: str) -> str:
    """What an update waits for, as a word of `[software]`; empty: for nothing, it may begin."""
    begins, ends = window_of(window)
    inside = begins <= shop.at < ends if begins < ends else shop.at >= begins or shop.at < ends
    if not shop.clock_ok:
        return "clock"
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
    return ""
