"""Fragments: parts of a page, pushed separately when they change.

A fragment is a function from shop and register to the values of its template, `fragments/NAME.html`. The root elements
carry `hx-swap-oob`, so pages find their place by id. Capabilities declare theirs in `FRAGMENTS`.
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
"""Topic of fragments that depend on facts (`Fragment.follows`) rather than on every commit. Most commits are baskets,
which add no facts."""
TICK = "tick"
"""The fragment depends on the clock."""
NEW_DAY = "new day"
"""The fragment depends on the business day."""


class FragmentSource:
    """Input of a site's fragments. `trains`: the register whose training session it is, if any."""

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
        """Cache `read`'s result from strict projections until the journal grows (`HeadCached`)."""
        found = self._at_head()
        if key not in found:
            found[key] = read()
        return found[key]

    def day(self) -> str:
        """Current business date."""
        return self.config.business_date(self.shop.now_us())


class Fragment(msgspec.Struct, frozen=True):
    """A fragment of a page. `urgent` ones are pushed first. `follows`: bus topics that refresh it, or one of `FACTS`,
    `TICK` and `NEW_DAY`. `patch` turns old and new content into a smaller update."""

    name: str
    values: Callable[[FragmentSource, str], Values]
    urgent: bool = False
    follows: tuple[str, ...] = ()
    patch: Callable[[str, str], str] | None = None


def _clock(source: FragmentSource, register: str) -> Values:
    return {}


OWN = (Fragment("clock", _clock, follows=(TICK,)),)


def all_fragments() -> dict[str, Fragment]:
    """Fragments of the frame and of capabilities. Raises `ValueError` if two share a name."""
    found: dict[str, Fragment] = {}
    for fragment in (*OWN, *declarations("FRAGMENTS")):
        if fragment.name in found:
            raise ValueError(f"there are two fragments {fragment.name}")
        found[fragment.name] = fragment
    return found
