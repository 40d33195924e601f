"""Composition of the panel: connects the web framework with the capabilities."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from edge.analytics.notify.person_messages import send_code, tell_person
from edge.analytics.shelf.settings import settings_of as shelf_settings
from edge.analytics.shelf.shelf_service import SHELF, ShelfService
from edge.app.live_sources import SignInSource, SyncPosition
from edge.app.past_site import PastSites
from edge.app.phone_link import link_by_join_page
from edge.app.practice_site import Trainings
from edge.backoffice.support.service.desk import DESK
from edge.conversation.understanding.language_models import MODELS
from edge.core.command_bus import CommandBus
from edge.core.journal.moments import PastMoment
from edge.core.process.parts import SUPERVISOR, Supervisor
from edge.core.process.reading_process import ReadingProcess
from edge.core.secrets.store import SecretStore
from edge.counter.loyalty.service.member_settlement import SETTLING as MEMBERS
from edge.counter.loyalty.service.member_settlement import MemberSettling
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import NOW
from edge.counter.till.pages.phone import PHONES, Paired
from edge.counter.till.pages.till_context import TILLS, TillContext
from edge.counter.till.service.gift_card_settlement import CardSettling
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.identity import ACCESS, IdentityProvider
from edge.foundation.access.programs.token import TokenKeys
from edge.goods.search.meaning import MEANING, MeaningState
from edge.lib.late_import import LateValue
from edge.money.gift_cards.code_tries import CODE_TRIES, CardCodeTries
from edge.money.gift_cards.settling import SETTLING
from edge.ordering.recommend.similar.picture_likeness import PICTURE_LIKENESS, PicturesState
from edge.runtime.config import CONFIG, Config
from edge.runtime.head_office import HeadOffice
from edge.runtime.models_state import RUNNING, ModelsState
from edge.runtime.secrets import SECRETS, secrets_of
from edge.runtime.sync_metrics import ModelMetrics, SyncMetrics
from edge.runtime.sync_state import SYNC, SyncState
from edge.web.app import PreparedApp, open_app, prepare_app
from edge.web.context import PANEL, Declared, PanelContext, now_us
from edge.web.door import FrontDoor
from edge.web.live.rendering import Renderer
from edge.web.live.source import LiveSource
from edge.web.metrics import METRICS, Metrics
from edge.web.past import PAST
from edge.web.phone_link import PHONE_LINK
from edge.web.practice import PRACTICES

if TYPE_CHECKING:
    from edge.backoffice.support.service.support_desk import SupportDesk
    from edge.core.tls.certificates import Certificates


def panel_app(
    shop: CommandBus,
    supervisor: Supervisor,
    config: Config,
    sync: SyncState | None,
    phones: Sequence[Paired] = (),
    models: ModelsState | None = None,
    meaning: MeaningState | None = None,
    office: HeadOffice | None = None,
    pictures: PicturesState | None = None,
    beside: ReadingProcess | None = None,
    prepared: PreparedApp | None = None,
    looks_back: ReadingProcess | None = None,
) -> web.Application:
    """Return the pages and API of one shop. `sync` is None without a hub; `beside`: the reading process; `prepared`:
    the application of its registry, from a standby box; `looks_back`: the process for past views."""
    prepared = prepared or prepare_app(shop.registry)
    tills = TillContext(shop, config)
    access = _access(shop, config, tills)
    site = _site(shop, config, access, tills, sync, prepared.declared)
    site.asker.beside = beside
    offered = site.services
    offered.put(SUPERVISOR, supervisor)
    offered.put(SYNC, sync)
    offered.put(RUNNING, models)
    offered.put(MODELS, models)
    offered.put(MEANING, meaning)
    offered.put(PICTURE_LIKENESS, pictures)
    offered.put(SETTLING, CardSettling(shop, office, config.store.currency))
    offered.put(MEMBERS, MemberSettling(shop, office))
    offered.put(CODE_TRIES, CardCodeTries(shop))
    offered.put(DESK, LateValue(partial(_support_desk, shop, config, supervisor, office, sync)))
    offered.put(PHONES, phones)
    offered.put(PHONE_LINK, link_by_join_page)
    today = partial(_today, shop, config)
    shelf = ShelfService(shop, config.folder, shelf_settings(config), today, models)
    offered.put(SHELF, shelf)
    metrics = Metrics(shop, supervisor, config.registers, lambda: len(site.live.pages))
    for collector in (*((SyncMetrics(sync),) if sync else ()), *((ModelMetrics(models),) if models else ())):
        metrics.add(collector)
    offered.put(METRICS, metrics)
    app = open_app(prepared, site)
    past = PastSites(site, app, partial(_past, site), looks_back)
    offered.put(PAST, past)
    app.on_cleanup.append(partial(_close, shelf, beside, past))
    offered.put(PRACTICES, Trainings(site, app, partial(_practice, site)))
    return app


def _support_desk(
    shop: CommandBus, config: Config, supervisor: Supervisor, office: HeadOffice | None, sync: SyncState | None
) -> SupportDesk:
    from edge.backoffice.support.service.support_desk import SupportDesk  # imported behind the start: appliance.py

    secrets = secrets_of(config.folder)
    return SupportDesk(shop, config, supervisor, secrets, office, lambda: shop.clock.read().at_us, sync)


def reading_process(config: Config) -> ReadingProcess:
    """Return the process for reads alongside the till. The first question starts it, unless the configuration file has
    changed, because the process would read the changed file."""
    return _process_of("edge.app.reading_child", config)


def looking_back(config: Config) -> ReadingProcess:
    """Process for past views of a shop with this configuration."""
    return _process_of("edge.app.past_child", config)


def _process_of(module: str, config: Config) -> ReadingProcess:
    command = (sys.executable, "-m", module, str(config.file))
    written = _written_ns(config.file)
    return ReadingProcess(command, lambda: written is not None and _written_ns(config.file) == written)


def _written_ns(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


def _access(shop: CommandBus, config: Config, tills: TillContext) -> IdentityProvider:
    store = config.store
    tokens = TokenKeys((store.tenant, store.id), store.device, now_us)
    access = IdentityProvider(shop, _sessions(shop, config, tills), tokens, now_us, lambda: tills.settings().sign_in)
    access.pins.factors.send = partial(send_code, shop, store.language)
    access.pins.factors.tell = access.tokens.tell = partial(tell_person, shop, store.language)
    tills.on_basket_end = access.approvals.end_at
    return access


def _sessions(shop: CommandBus, config: Config, tills: TillContext) -> Sessions:
    idle_us = lambda: tills.settings().sign_out_min * 60_000_000  # noqa: E731
    return Sessions(shop, idle_us, now_us, partial(_today, shop, config), tills.is_selling)


def _site(
    shop: CommandBus,
    config: Config,
    access: IdentityProvider,
    tills: TillContext,
    sync: SyncState | None,
    declared: Declared,
) -> PanelContext:
    secrets = secrets_of(config.folder)
    door = FrontDoor(_certificates(config, secrets) if config.panel.tls else None)
    renderer = Renderer(till_settings(config), lambda: site.services)
    sources = _sources(tills, sync, tills.code_takers)
    site = PanelContext(shop, config, access, tills.settings, renderer, door, declared, sources)
    _put(site, config, access, tills)
    site.services.put(SECRETS, secrets)
    site.services.put(PANEL, site)
    return site


def _certificates(config: Config, secrets: SecretStore) -> Certificates:
    from edge.core.tls.certificates import Certificates  # only for shops that are reached from outside

    panel, beside = config.panel, config.file.parent
    own = (beside / panel.tls_cert, beside / panel.tls_key) if panel.tls_cert else None
    return Certificates(config.folder, secrets, panel.host, own, shop=config.network_name)


def _put(site: PanelContext, config: Config, access: IdentityProvider, tills: TillContext) -> None:
    site.services.put(CONFIG, config)
    site.services.put(ACCESS, access)
    site.services.put(TILLS, tills)
    site.services.put(NOW, tills.settings)


def _sources(tills: TillContext, sync: SyncState | None, takers: LiveSource) -> Sequence[LiveSource]:
    return tills.counters, takers, SignInSource(), SyncPosition(sync)


def _practice(real: PanelContext, shop: CommandBus, register: str, inside: str) -> PanelContext:
    """Create the site over a training ledger at `register`, called `inside` there."""
    config = msgspec.structs.replace(real.services.of(CONFIG), registers=(inside,), devices=())
    tills, scales = TillContext(shop, config), real.services.of(TILLS).scales
    tills.scales = {inside: scales[register]} if register in scales else {}
    access = real.services.of(ACCESS)
    tills.on_basket_end = access.approvals.end_at
    within = access.practising(shop, _sessions(shop, config, tills), lambda: tills.settings().sign_in)
    takers = real.services.of(TILLS).code_takers  # training pages may ask for the real scanner's codes
    site = real.practising(shop, config, register, within, tills.settings, _sources(tills, None, takers))
    _put(site, config, within, tills)
    site.services.put(SYNC, None)
    site.services.put(SETTLING, CardSettling(shop, None, config.store.currency))
    site.services.put(MEMBERS, MemberSettling(shop, None))
    site.services.put(CODE_TRIES, CardCodeTries(shop))
    return site


def _past(real: PanelContext, shop: CommandBus, moment: PastMoment) -> PanelContext:
    """Create the site at an earlier moment, with its settings of that time."""
    config = real.services.of(CONFIG)
    tills = TillContext(shop, config)
    site = real.as_of(shop, tills.settings, moment)
    site.services.put(TILLS, tills)
    site.services.put(NOW, tills.settings)
    return site


async def _close(shelf: ShelfService, beside: ReadingProcess | None, past: PastSites, app: web.Application) -> None:
    shelf.close()
    past.close()
    if beside:
        beside.close()


def _today(shop: CommandBus, config: Config) -> str:
    return config.business_date(shop.now_us())
