"""Context shared by all routes."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from aiohttp import web

from edge.core.command_bus import CommandBus
from edge.core.endpoints import Endpoint, Page
from edge.core.journal.moments import PastMoment
from edge.core.services import Service, Services
from edge.lib.regions.place import Jurisdiction
from edge.web.api.query_runner import QueryInfo, QueryRunner, questions_of
from edge.web.capability_pages import declarations
from edge.web.door import FrontDoor
from edge.web.identity import Identity
from edge.web.live.fragments import FragmentSource, all_fragments
from edge.web.live.push import LivePages
from edge.web.live.rendering import Renderer
from edge.web.live.source import LiveSource
from edge.web.site_config import SiteConfig


class StoreSettings(Protocol):
    """Store data on every page: its heading, and its money and time formats."""

    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def language(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def place(self) -> Jurisdiction:
        """Legal jurisdiction of the store."""
        ...


class Declared:
    """Declarations of the modules, and the registry's queries. `routed` are all endpoints, with the fields that routes
    need. `documents` caches expensive static documents by name, so that repeated requests don't delay the till."""

    def __init__(
        self,
        pages: Mapping[str, Page],
        routed: tuple[Endpoint, ...],
        questions: Mapping[str, QueryInfo],
        describe: Callable[[], tuple[Endpoint, ...]],
    ) -> None:
        self.pages = dict(pages)
        self.routed = routed
        self.questions = questions
        self._describe = describe
        self.documents: dict[str, str] = {}

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints with their types, for the API's description. The first use imports every module of pages."""
        return self._describe()


class PanelContext:
    """One shop's panel: ledger, configuration, access (`door`), identities, rendering, live updates, queries,
    declarations and page `services`."""

    def __init__(
        self,
        shop: CommandBus,
        config: SiteConfig,
        identity: Identity,
        settings: Callable[[], StoreSettings],
        renderer: Renderer,
        door: FrontDoor,
        declared: Declared,
        sources: Sequence[LiveSource] = (),
    ) -> None:
        self.shop = shop
        self.config = config
        self.identity = identity
        self._settings = settings
        self.renderer = renderer
        self.door = door
        self.declared = declared
        self.services = Services(self)
        for service, provided in declarations("PROVIDES"):
            self.services.put(service, provided)
        self.asker = QueryRunner(shop, declared.questions)
        self.live = self._live(sources)
        self.past: PastMoment | None = None

    def as_of(self, shop: CommandBus, settings: Callable[[], StoreSettings], moment: PastMoment) -> PanelContext:
        """Return this site over a view of the past, for users with access to the current one."""
        site = copy.copy(self)
        site.shop, site._settings, site.past = shop, settings, moment
        return site._opened_over(self, QueryRunner(shop, self.declared.questions), ())

    def practising(
        self,
        shop: CommandBus,
        config: SiteConfig,
        register: str,
        identity: Identity,
        settings: Callable[[], StoreSettings],
        sources: Sequence[LiveSource],
    ) -> PanelContext:
        """Return this site over a training ledger at `register`; `config` names the ledger inside."""
        site = copy.copy(self)
        site.shop, site.config, site.identity, site._settings = shop, config, identity, settings
        site.door = self.door.leading_to(register)
        return site._opened_over(self, QueryRunner(shop, questions_of(shop.registry)), sources)

    def _opened_over(self, real: PanelContext, asker: QueryRunner, sources: Sequence[LiveSource]) -> PanelContext:
        """Set up this copy of a site with its own services, queries and live pages."""
        self.services, self.asker = Services(self, real.services), asker
        self.live = self._live(sources)
        return self

    def _live(self, sources: Sequence[LiveSource]) -> LivePages:
        source = FragmentSource(self.shop, self.config, self.identity, self.services, self.door.register)
        return LivePages(self.shop, source, self.renderer, all_fragments(), sources)

    @property
    def settings(self) -> StoreSettings:
        """Current store settings."""
        return self._settings()

    def close(self) -> None:
        self.services.close()
        self.asker.close()


def now_us() -> int:
    """Monotonic clock for grants and waits, in microseconds."""
    return time.monotonic_ns() // 1000


ENDPOINT = web.RequestKey("endpoint", Endpoint)
"""Key on each request for its endpoint, which limits and metrics use."""
RATE_CLASS = "rate_class"
"""Attribute of each route's handler: its rate class (`Endpoint.rate_class`)."""
SITE = web.AppKey("site", PanelContext)


def address_of(request: web.Request) -> str:
    """Return the declared address of a request, without ids or secrets from its path."""
    endpoint, resource = request.get(ENDPOINT), request.match_info.route.resource
    path = endpoint.plain_path if endpoint else resource.canonical if resource else "?"
    return f"{request.method} {path}"


def today_of(request: web.Request) -> str:
    """Current business date."""
    site = request.app[SITE]
    return site.config.business_date(site.shop.now_us())


PANEL: Service[PanelContext] = Service("panel")
"""The shop's own site, for parts that write text like its pages."""
