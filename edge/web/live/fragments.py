"""Fragments: pieces of a page that are pushed by themselves when they change.

A fragment is a function from the shop and a register to the values of its template, `fragments/NAME.html`, whose root
elements carry `hx-swap-oob`, so a page finds their place by id. Capabilities declare theirs in `FRAGMENTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.head_cache import HeadCached
from edge.core.services import Services
from edge.web.capability_pages import declarations
from edge.web.identity import Identity
from edge.web.site_config import SiteConfig

Values = dict[str, Any]

FACTS = "facts"
"""What facts change follows this (`Fragment.follows`), and not each commit: most are baskets, and bring none."""
TICK = "tick"
"""What the clock changes."""
NEW_DAY = "new day"
"""What another day of business changes."""


class FragmentSource:
    """What fragments of one site are made of. `trains`: the register whose practice it is, if it is one's."""

    def __init__(
        self, shop: CommandBus, config: SiteConfig, identity: Identity, services: Services, trains: str = ""
    ) -> None:
        self.shop = shop
        self.config = config
        self.identity = identity
        self.services = services
        self.trains = trains
        self._at_head = HeadCached(shop, lambda db: dict[tuple[str, ...], Values]())

    def at_head(self, key: tuple[str, ...], read: Callable[[], Values]) -> Values:
        """What `read` makes of strict projections, kept by its key until the journal has grown (`HeadCached`)."""
        found = self._at_head()
        if key not in found:
            found[key] = read()
        return found[key]

    def day(self) -> str:
        """The day of business now."""
        return self.config.business_date(self.shop.now_us())


class Fragment(msgspec.Struct, frozen=True):
    """A piece of a page. An `urgent` one is pushed at once and before all others; `follows`: the topics on the bus
    behind which it is made anew, or one of `FACTS`, `TICK` and `NEW_DAY`. `patch` makes of what a page has and what it
    shall have the smaller piece that is sent instead."""

    name: str
    values: Callable[[FragmentSource, str], Values]
    urgent: bool = False
    follows: tuple[str, ...] = ()
    patch: Callable[[str, str], str] | None = None


def _clock(source: FragmentSource, register: str) -> Values:
    return {}


OWN = (Fragment("clock", _clock, follows=(TICK,)),)


def all_fragments() -> dict[str, Fragment]:
    """The frame's and the capabilities'. `ValueError`: two have one name."""
    found: dict[str, Fragment] = {}
    for fragment in (*OWN, *declarations("FRAGMENTS")):
        if fragment.name in found:
            raise ValueError(f"there are two fragments {fragment.name}")
        found[fragment.name] = fragment
    return found
