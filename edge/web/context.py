"""What all routes share."""

from __future__ import annotations

import asyncio
import copy
import os
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from edge.config import Config
from edge.core.addresses import is_loopback
from edge.core.command_bus import CommandBus
from edge.core.denials import Denials
from edge.core.endpoints import Endpoint, Page
from edge.core.head_cache import HeadCached
from edge.core.messages import Actor, Command, Done, Outcome
from edge.core.process.parts import Supervisor
from edge.core.secrets.store import SecretStore
from edge.core.tls.certificates import Certificates
from edge.services.devices.device_search import DeviceSearch
from edge.services.devices.device_trials import Trials
from edge.services.gift_card_settlement import CardSettling
from edge.services.head_office import HeadOffice
from edge.services.models_state import MeaningState, ModelsState
from edge.services.secrets import secrets_of
from edge.services.sync_state import SyncState
from edge.shop.access.api_keys import ApiKeys
from edge.shop.access.approvals import Approvals
from edge.shop.access.pairings import Pairings
from edge.shop.access.pin_check import PinCheck
from edge.shop.access.refresh_tokens import Refreshing
from edge.shop.access.sessions import Sessions
from edge.shop.access.token import TokenKeys
from edge.shop.shelf import settings as shelf_settings
from edge.shop.shelf.service import ShelfService
from edge.shop.till.commands import SellBasket
from edge.shop.till.events import BasketAbandoned, SaleCompleted
from edge.shop.till.live_settings import live
from edge.shop.till.queries import read_basket
from edge.shop.till.scale_part import ScalePart
from edge.shop.till.settings import TillSettings
from edge.web.api.query_runner import QueryRunner
from edge.web.live.code_takers import CodeTakers
from edge.web.live.fragments import FragmentSource, all_fragments
from edge.web.live.push import LivePages
from edge.web.live.register_state import RegisterStates
from edge.web.live.rendering import Renderer
from edge.web.metrics import Metrics
from edge.web.page_quota import Seats
from edge.web.person_messages import send_code, tell_person
from edge.web.picture_codes import PictureCodes
from edge.web.rate_limit import Rates
from edge.web.work_threads import Heavy

if TYPE_CHECKING:
    from edge.web.training import Trainings

BASKET_ENDS = (SaleCompleted, BasketAbandoned)


class TillContext:
    """What the surfaces of a shop share of its tills: what the store decides about them now, who stands at each, and
    their scales, who asks there for a code, gift cards and what tries devices."""

    def __init__(self, shop: CommandBus, config: Config, office: HeadOffice | None = None) -> None:
        said = HeadCached(shop, live(config.till_settings()).at)
        self.settings: Callable[[], TillSettings] = lambda: said().on(config.business_date(shop.now_us()))
        self.sessions = Sessions(
            shop,
            lambda: self.settings().sign_out_min * 60_000_000,
            now_us,
            lambda: config.business_date(shop.now_us()),
            lambda register: bool(read_basket(shop.reader, register).lines),
        )
        self.scales: dict[str, ScalePart] = {}
        self.trials: Trials = {}
        self.code_takers = CodeTakers()
        self.cards = CardSettling(shop, office, config.store.currency)


class PanelContext:
    """One shop's panel. `token` lets the command line of this machine do everything. `here` says whether an address is
    this machine to itself. `made` is what stays the same and takes long to make, by name: else strangers who ask for it
    again and again would have the till wait. `trains`: the register whose practice it answers for, if it is one's."""

    def __init__(
        self,
        shop: CommandBus,
        supervisor: Supervisor,
        config: Config,
        sync: SyncState | None,
        models: ModelsState | None = None,
        meaning: MeaningState | None = None,
        tills: TillContext | None = None,
    ) -> None:
        self.shop = shop
        self.supervisor = supervisor
        self.config = config
        self.sync = sync
        self.meaning = meaning
        self.models = models
        tills = tills or TillContext(shop, config)
        self._settings = tills.settings
        self.sessions = tills.sessions
        self.scales = tills.scales
        self.trials = tills.trials
        self.code_takers = tills.code_takers
        self.cards = tills.cards
        self.approvals = Approvals()
        self.pins = PinCheck(shop, now_us)
        self.pins.factors.send = partial(send_code, shop, config.store.language)
        self.pins.factors.tell = partial(tell_person, shop, config.store.language)
        self.pairings = Pairings(shop, self.pins.log)
        store = config.store
        self.tokens = Refreshing(
            shop, self.sessions, TokenKeys((store.tenant, store.id), store.device, now_us), self.pins.log
        )
        self.tokens.tell = self.pins.factors.tell
        self.keys = ApiKeys(shop)
        self.denials = Denials()
        self.pictures = asyncio.Lock()
        shop.listen(self._end_approvals)
        self.token = os.urandom(32).hex()
        self.here: Callable[[str], bool] = is_loopback
        self.secrets = secrets_of(config.folder)
        self.certificates = _certificates(config, self.secrets) if config.panel.tls else None
        self.rates = Rates(time.monotonic)
        self.others_turn = asyncio.Lock()
        self.seats = Seats()
        self.made: dict[str, str] = {}
        self.renderer = Renderer(config.till_settings())
        self.trains = ""
        self.training: Trainings | None = None
        self.shelf = ShelfService(shop, config.folder, shelf_settings.settings_of(config), self._today, models)
        self.live = self._live(tills)
        self.asker = QueryRunner(shop)
        self.heavy = Heavy()
        self.codes = PictureCodes()
        self.metrics = Metrics(shop, supervisor, config, sync, self.live, models)
        self.event_streams = 0
        self.devices = DeviceSearch()
        self.pages: dict[str, Page] = {}
        self.endpoints: tuple[Endpoint, ...] = ()

    def practising(self, shop: CommandBus, register: str, inside: str) -> PanelContext:
        """The same site over the ledger of a practice at `register`, which is called `inside` there."""
        site, config = copy.copy(self), self.config
        site.shop, site.trains, site.sync = shop, register, None
        site.config = msgspec.structs.replace(config, registers=(inside,), devices=())
        tills = TillContext(shop, site.config)
        tills.scales = {inside: self.scales[register]} if register in self.scales else {}
        site._settings, site.sessions, site.scales, site.cards = (
            tills.settings,
            tills.sessions,
            tills.scales,
            tills.cards,
        )
        site.live = site._live(tills)
        site.asker = QueryRunner(shop)
        shop.listen(site._end_approvals)
        return site

    def _live(self, tills: TillContext) -> LivePages:
        shop, config, registers = self.shop, self.config, self.config.registers
        counters = RegisterStates(registers, shop.reader)
        of = (shop, self.supervisor, config, counters, tills, self.sync, self.models)
        source = FragmentSource(*of, trains=self.trains)
        return LivePages(shop, registers, source, counters, self.renderer, all_fragments())

    @property
    def settings(self) -> TillSettings:
        """What a store decides about its tills, as it is now."""
        now = self._settings()
        self.renderer.call_tenders({own.id: own.names for own in now.tenders})
        return now

    def names(self) -> frozenset[str]:
        """Those that the certificate proves to be ours."""
        return self.certificates.names if self.certificates else frozenset()

    def context(self) -> ssl.SSLContext | None:
        """What to speak TLS with now."""
        return self.certificates.context if self.certificates else None

    def _today(self) -> str:
        return self.config.business_date(self.shop.now_us())

    def _end_approvals(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """What was approved for one basket is not for the next; a basket that is sold at once is none of the till's."""
        if isinstance(command, SellBasket):
            return
        if isinstance(outcome, Done) and any(isinstance(event, BASKET_ENDS) for event in outcome.events):
            self.approvals.end_at(actor.register)

    def close(self) -> None:
        self.shelf.close()
        self.asker.close()
        self.heavy.close()
        self.codes.close()


def _certificates(config: Config, secrets: SecretStore) -> Certificates:
    """One's own, whose files lie beside config.toml where they have no path of their own; or the box's."""
    panel, beside = config.panel, config.file.parent
    own = (beside / panel.tls_cert, beside / panel.tls_key) if panel.tls_cert else None
    return Certificates(config.folder, secrets, panel.host, own)


def now_us() -> int:
    """The monotonic clock: what grants and waits are measured with."""
    return time.monotonic_ns() // 1000


ENDPOINT = web.RequestKey("endpoint", Endpoint)
"""On each request: what it asks, for limits and metrics that go by it."""
RATE_CLASS = "rate_class"
"""On the handler of each route: what it counts as (`Endpoint.rate_class`)."""
SITE = web.AppKey("site", PanelContext)


def address_of(request: web.Request) -> str:
    """What was asked, as it is declared: no id, and no secret that stands in an address, is in it."""
    endpoint, resource = request.get(ENDPOINT), request.match_info.route.resource
    path = endpoint.plain_path if endpoint else resource.canonical if resource else "?"
    return f"{request.method} {path}"


def today_of(request: web.Request) -> str:
    """The day of business now."""
    site = request.app[SITE]
    return site.config.business_date(site.shop.now_us())
