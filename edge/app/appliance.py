"""Composition root of the appliance: assembles, starts and stops its parts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Iterator
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import cast

import structlog

from drivers.roles import Speaker
from edge.app.leading_box import LeadingBox, boxes_desk, put_desk
from edge.app.panel import looking_back, panel_app, reading_process
from edge.backoffice.directives.service.sync_part import SyncPart
from edge.backoffice.twin.desk import BoxesDesk
from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.jobs import runner
from edge.core.journal.projections import Follower, FollowersTogether
from edge.core.messages import Done
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.loop_faults import LoopFaults
from edge.core.process.part_context import PartContext
from edge.core.process.parts import Part, Ready, Stage, Supervisor, first_completed
from edge.core.process.quiet_collection import QuietCollection
from edge.core.process.timekeeping import Timekeeping
from edge.core.process.watchdog import Watchdog
from edge.core.registry import Registry
from edge.core.secrets.store import SecretStore
from edge.core.services import Services
from edge.counter.till.pages.phone import Paired, Phone
from edge.foundation.access.queries import rights_of
from edge.foundation.access.rights import system
from edge.foundation.printing.service.devices.shared_speaker import SharedSpeaker
from edge.foundation.settings.service.settings_told import tell_settings
from edge.goods.catalog.categories import presets
from edge.goods.catalog.commands import SetCategories
from edge.goods.catalog.product import Source
from edge.goods.search.service.semantic_search import SemanticSearch
from edge.goods.search.service.speech_phrases import Grammar
from edge.lib.errors import ConfigError, EdgeError
from edge.lib.floors import capability_files, capability_module
from edge.operations.ledger import Ledger
from edge.operations.maintenance.key_erasure import Erasing
from edge.operations.maintenance.part import MaintenancePart
from edge.operations.maintenance.restoring.promoted_numbers import leave_out_numbers
from edge.ordering.recommend.service.picture_likeness import PictureLikeness
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.config import Config, Device
from edge.runtime.inference import Inference
from edge.runtime.secrets import driver_of, secrets_of
from edge.runtime.secrets_part import SecretsPart
from edge.runtime.shop_context import ShopContext
from edge.web.app import PreparedApp
from edge.web.context import SITE
from edge.web.part import PanelPart, keep_certificates

_log = structlog.get_logger(__name__)
PANEL_PART = "panel"
SERVICES = ("pages/parts.py", "service/parts.py")
"""Files in which capabilities declare parts that run alongside the command bus. A till's devices start first."""
NEEDED_SOON = ("rapidfuzz.distance", "rapidfuzz.fuzz", "edge.backoffice.support.service.support_desk")
"""Modules whose import would delay their first request. A thread imports them after the panel starts serving."""


async def run(config: Config, twin: LeadingBox | None = None) -> bool:
    """Run the shop until SIGTERM or SIGINT. Returns whether to restart immediately. Raises the error of a failed
    critical part."""
    ledger = Ledger(config, leading=twin.leading if twin else None)
    if twin:
        at_us = ledger.clock.read().at_us
        leave_out_numbers(ledger.db, ledger.writer, ledger.registry, config.registers, at_us)
    secrets_of(config.folder).keep_recoverable()
    bus = Bus()
    shop = ledger.shop(bus)
    shop.start()
    if twin:
        twin.opened(shop)
    await plant(shop, config.catalog.trees)
    await tell_settings(shop, config, secrets_of(config.folder))
    supervisor = Supervisor(bus)
    watchdog = Watchdog(shop)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(LoopFaults())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    desk = boxes_desk(config, twin, stop.set)
    try:
        for part in twin.parts if twin else ():
            supervisor.start(part)
        made = parts_of(config, ledger, shop, supervisor, watchdog, desk, twin.prepared if twin else None)
        await supervisor.until(stop, start_parts(made, supervisor, shop))
    finally:
        if not desk.is_to_begin_anew:  # systemd would kill the new process a while after it was told
            watchdog.say_stopping()
        await supervisor.stop()
        if twin:
            twin.stops()
        shop.close()
        ledger.close()
        _log.info("closed", head=shop.head.seq)
    return desk.is_to_begin_anew


async def start_parts(made: Iterator[Part], supervisor: Supervisor, shop: CommandBus) -> None:
    """Start the parts, import modules that no sale needs after the panel serves or fails to, and wait for a fault of
    the writer.

    Devices start with the panel, so that a scan on the first page isn't lost.
    """
    for part in made:
        supervisor.start(part)
        await asyncio.sleep(0)
    await supervisor.wait_until_settled(PANEL_PART)
    await asyncio.to_thread(load_soon, shop.registry)
    freeze_gc()
    await shop.wait_for_fault()


async def plant(shop: CommandBus, names: tuple[str, ...]) -> None:
    """Add missing categories from preset trees."""
    for name in names:
        outcome = await shop.do(SetCategories(presets.load(name), Source("edge"), only_new=True), system())
        if not isinstance(outcome, Done):
            _log.warning("a category preset isn't available yet", name=name, why=str(outcome))


def parts_of(
    config: Config,
    ledger: Ledger,
    shop: CommandBus,
    supervisor: Supervisor,
    watchdog: Watchdog,
    desk: BoxesDesk,
    prepared: PreparedApp | None = None,
) -> Iterator[Part]:
    """Yield all parts of the appliance except the writer's thread, starting with those that open the shop. `prepared`:
    the application that a standby box has prepared."""
    syncing = (
        SyncPart(config.sync, shop, config.header, ledger.path, ledger.note_head_office_time) if config.sync else None
    )
    secrets = secrets_of(config.folder)
    devices, unmade = drivers_of(config.devices, secrets)
    phones = tuple(Paired(cast(Phone, made), device.register) for device, made in devices if device.driver == "phone")
    inference = Inference(config, shop, Grammar(config.ledger))
    meaning = SemanticSearch(inference, shop, ledger.path)
    pictures = PictureLikeness(inference, shop, ledger.path, config.pictures)
    beside = syncing, phones, inference, meaning, syncing, pictures, reading_process(config)
    app = panel_app(shop, supervisor, config, *beside, prepared, looking_back(config))
    panel, services = PanelPart(app, config.panel), app[SITE].services
    put_desk(services, desk, secrets, shop.registry.decode)

    yield Part("watchdog", watchdog.run, critical=True, stage=Stage.WATCHDOG)
    yield Part(PANEL_PART, partial(_run_panel, panel, watchdog, shop), critical=True, stage=Stage.PANEL)
    yield from unmade
    context = ShopContext(config, shop, syncing, services, supervisor, devices)
    run = set[str]()
    for part in of_services(context):
        run.add(part.name)
        yield part
    yield Part("secrets", SecretsPart(config, secrets, shop.bus).run, stage=Stage.BACKGROUND)
    if certificates := app[SITE].door.certificates:
        yield Part("certificates", partial(keep_certificates, certificates), stage=Stage.BACKGROUND)
    yield from model_parts(config, inference, meaning, pictures)
    yield from upkeep(config, ledger, shop, desk, services)
    yield from housekeeping(config, shop)
    yield from of_capabilities(PartContext(shop, ledger.path, config.store.zone, config.business_date, secrets))
    for device, _ in devices:
        if device.name not in run and device.role != "speaker":
            error = ConfigError(f"Devices with the role {device.role!r} aren't supported yet.")
            yield Part(device.name, partial(_fail, error), stage=Stage.DEVICES)


async def _run_panel(panel: PanelPart, watchdog: Watchdog, shop: CommandBus, ready: Ready) -> None:
    """Serve the pages, which opens the shop."""

    def open_for_business() -> None:
        ready()
        watchdog.say_ready()
        freeze_gc()
        _log.info("ready to sell", page=panel.address, head=shop.head.seq)

    await panel.run(open_for_business)


def drivers_of(devices: Iterable[Device], secrets: SecretStore) -> tuple[list[tuple[Device, object]], list[Part]]:
    """Return the drivers of the devices, and for each device whose secret is missing, a part that reports it."""
    made: list[tuple[Device, object]] = []
    lacking: list[Part] = []
    for device in devices:
        try:
            driver = driver_of(device, secrets)
            made.append((device, SharedSpeaker(cast(Speaker, driver)) if device.role == "speaker" else driver))
        except EdgeError as error:
            lacking.append(Part(device.name, partial(_fail, error), stage=Stage.DEVICES))
    return made, lacking


async def _fail(error: EdgeError, _ready: Ready) -> None:
    raise error


def upkeep(config: Config, ledger: Ledger, shop: CommandBus, desk: BoxesDesk, services: Services) -> Iterator[Part]:
    """Parts that back up the shop and erase people's data."""
    asked = services.of(BACKUPS)
    asked.begin_anew = desk.begin_anew
    backups = MaintenancePart(config, ledger.clock, shop, desk.other_drill, desk=asked)
    yield Part("backup", backups.run, stage=Stage.BACKGROUND)
    yield Part("people", Erasing(config, ledger.clock, shop).run, stage=Stage.BACKGROUND)


def housekeeping(config: Config, shop: CommandBus) -> Iterator[Part]:
    """Parts that collect garbage, watch the clock, run jobs and follow the journal."""
    yield Part("memory", QuietCollection(shop.till_first).run, stage=Stage.BACKGROUND)
    yield Part("clock", Timekeeping(shop, config.store.zone).run, stage=Stage.BACKGROUND)
    yield Part("jobs", runner.JobRunner(shop, shop.bus, rights_of).run, stage=Stage.BACKGROUND)
    together = FollowersTogether()
    for projector in shop.registry.projectors:
        if not projector.strict:
            yield Part(projector.name, Follower(shop, projector, together).run, stage=Stage.BACKGROUND)


def of_capabilities(context: PartContext) -> Iterator[Part]:
    """Background parts declared by capabilities."""
    for spec in context.shop.registry.parts.values():
        yield Part(spec.name, spec.make(context).run, stage=Stage.BACKGROUND)


def of_services(context: ShopContext) -> Iterator[Part]:
    """Yield the parts that capabilities run alongside the command bus. They come from `parts(context)` in each
    `service/parts.py`, and in each `pages/parts.py` for parts that write text like pages."""
    for module in load_services():
        yield from module.parts(context)


def load_services() -> list[ModuleType]:
    """Import the modules in which capabilities declare parts (`SERVICES`)."""
    return [capability_module(path) for name in SERVICES for path in capability_files(name)]


def load_soon(registry: Registry) -> None:
    """Import modules and command handlers that a start leaves out but pages soon need."""
    for name in NEEDED_SOON:
        import_module(name)
    registry.load_late()


def model_parts(
    config: Config, inference: Inference, meaning: SemanticSearch, pictures: PictureLikeness
) -> Iterator[Part]:
    """Yield the parts that run models and, if configured, offer speech engines to other boxes."""

    async def run(ready: Ready) -> None:
        await first_completed(inference.run(ready), meaning.run(), pictures.run())

    yield Part("models", run, stage=Stage.BACKGROUND)
    host, _, port = config.models.wyoming.rpartition(":")
    if host:
        from edge.runtime.wyoming_server import WyomingPart  # loads a library that few shops need

        yield Part("wyoming", WyomingPart(inference, host, int(port)).run, stage=Stage.BACKGROUND)
