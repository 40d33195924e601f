"""Composition root of the appliance: assembles, starts and stops its parts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import cast

import structlog

from drivers import registry as drivers
from drivers.roles import (
    Beeper,
    CustomerDisplay,
    PaymentTerminal,
    ReceiptPrinter,
    Scale,
    Scanner,
    Speaker,
)
from edge.analytics.notify.service.part import NotificationsPart
from edge.app.card_parts import card_runs
from edge.app.leading_box import LeadingBox, boxes_desk, put_desk
from edge.app.panel import looking_back, panel_app, reading_process
from edge.app.sense_parts import printer_place, sense_parts
from edge.backoffice import software
from edge.backoffice.directives.service.sync_part import SyncPart, broker_of
from edge.backoffice.software.service import update_files
from edge.backoffice.software.service.desk import SoftwareDesk
from edge.backoffice.software.service.update_files import UpdatePlaces
from edge.backoffice.twin import aside_report
from edge.backoffice.twin.aside_report import AsideReport
from edge.backoffice.twin.desk import BoxesDesk
from edge.backoffice.twin.shop_name import SHOP_NAME, ShopNamePart
from edge.backoffice.twin.watches import TwinWatches
from edge.conversation.assistant.service.translating import TranslatingPart
from edge.conversation.voice.pages.written_part import WrittenPart
from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.command_bus import CommandBus
from edge.core.jobs import runner
from edge.core.journal.projections import Follower, FollowersTogether
from edge.core.messages import Done
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.loop_faults import LoopFaults
from edge.core.process.part_context import PartContext
from edge.core.process.parts import Part, Ready, Stage, Supervisor, first_completed
from edge.core.process.timekeeping import Timekeeping
from edge.core.process.watchdog import Watchdog
from edge.core.secrets.store import SecretStore
from edge.counter.till.devices.display_part import DisplayPart
from edge.counter.till.devices.scale_part import ScalePart
from edge.counter.till.devices.scanner_part import Door, ScannerPart, ignore_outcome
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.devices.terminal_screen import BasketScreen
from edge.counter.till.pages.phone import Paired, Phone
from edge.counter.till.pages.till_context import TILLS, TillContext
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.queries import rights_of
from edge.foundation.access.rights import system
from edge.foundation.alerts.service.machine_watch import MachineWatch
from edge.foundation.alerts.service.part import AlertsPart
from edge.foundation.outbox.service.channels.printer import PrinterChannel
from edge.foundation.outbox.service.channels.sender import Sender
from edge.foundation.outbox.service.channels.speaker import SpeakerChannel
from edge.foundation.printing.printers.part import PrinterPart
from edge.foundation.printing.service.devices.device_trials import TRIALS, Trials
from edge.foundation.printing.service.devices.shared_speaker import SharedSpeaker
from edge.foundation.settings.service.settings_told import tell_settings
from edge.goods.catalog.categories import presets
from edge.goods.catalog.commands import SetCategories
from edge.goods.catalog.product import Source
from edge.goods.search.service.semantic_search import SemanticSearch
from edge.goods.search.service.speech_phrases import Grammar
from edge.lib.errors import ConfigError, EdgeError
from edge.lib.floors import capability_files, capability_module
from edge.money.gift_cards.settling import SETTLING, CardOffice
from edge.operations.ledger import Ledger
from edge.operations.maintenance.key_erasure import Erasing
from edge.operations.maintenance.part import MaintenancePart
from edge.operations.maintenance.restoring.promoted_numbers import leave_out_numbers
from edge.ordering.recommend.service.picture_likeness import PictureLikeness
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.backup_state.replica_check import ReplicaCheckPart
from edge.runtime.config import Config, Device
from edge.runtime.head_office import HeadOffice
from edge.runtime.hotplug import HotplugPart
from edge.runtime.inference import Inference
from edge.runtime.secrets import driver_of, secrets_of
from edge.runtime.secrets_part import SecretsPart
from edge.runtime.shop_context import ShopContext
from edge.web.app import PreparedApp
from edge.web.context import SITE
from edge.web.part import PanelPart, keep_certificates
from edge.web.past import PAST, Pasts
from edge.web.practice import PRACTICES

_log = structlog.get_logger(__name__)


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
        made = parts_of(config, ledger, shop, supervisor, watchdog, desk, twin.prepared if twin else None)
        for part in (*made, *(twin.parts if twin else name_in_network(config))):
            supervisor.start(part)
        await supervisor.until(stop, shop.faulted())
    finally:
        watchdog.say_stopping()
        await supervisor.stop()
        if twin:
            twin.stops()
        shop.close()
        ledger.close()
        _log.info("closed", head=shop.head.seq)
    return desk.is_to_begin_anew


def name_in_network(config: Config) -> Iterator[Part]:
    """Part that announces the shop's name on the network, if other machines can reach the box."""
    if config.panel.beyond:
        shop = ShopNamePart(config.network_name, config.panel.port, config.panel.beyond)
        yield Part(SHOP_NAME, shop.run, stage=Stage.BACKGROUND)


async def plant(shop: CommandBus, names: tuple[str, ...]) -> None:
    """Add missing categories from preset trees."""
    for name in names:
        outcome = await shop.do(SetCategories(presets.load(name), Source("edge"), only_new=True), system())
        if not isinstance(outcome, Done):
            _log.warning("a tree of categories is not there yet", name=name, why=str(outcome))


def parts_of(
    config: Config,
    ledger: Ledger,
    shop: CommandBus,
    supervisor: Supervisor,
    watchdog: Watchdog,
    desk: BoxesDesk,
    prepared: PreparedApp | None = None,
) -> Iterator[Part]:
    """All parts of the appliance except the writer's thread. `prepared`: by a standby box."""
    syncing = SyncPart(config.sync, shop, config.header, ledger.path, ledger.told) if config.sync else None
    secrets = secrets_of(config.folder)
    devices, unmade = made_of(config.devices, secrets)
    yield from unmade
    yield Part("secrets", SecretsPart(config, secrets, shop.bus).run, stage=Stage.BACKGROUND)
    phones = {
        device.name: Paired(cast(Phone, made), device.register) for device, made in devices if device.driver == "phone"
    }
    inference = Inference(config, shop, Grammar(config.ledger))
    meaning = SemanticSearch(inference, shop, ledger.path)
    pictures = PictureLikeness(inference, shop, ledger.path, config.pictures)
    beside = syncing, tuple(phones.values()), inference, meaning, syncing, pictures, reading_process(config)
    app = panel_app(shop, supervisor, config, *beside, prepared, looking_back(config))
    panel, services = PanelPart(app, config.panel), app[SITE].services
    put_desk(services, desk, secrets)

    def scanner(device: Device) -> Part:
        made = drivers.create(device.role, device.driver, device.options)
        return Part(device.name, device_part(device, made, *common, None).run, stage=Stage.DEVICES)

    yield Part("watchdog", watchdog.run, critical=True, stage=Stage.WATCHDOG)
    yield Part("panel", partial(_run_panel, panel, watchdog, shop), critical=True, stage=Stage.PANEL)
    if certificates := app[SITE].door.certificates:
        yield Part("certificates", partial(keep_certificates, certificates), stage=Stage.BACKGROUND)
    yield from sense_parts(devices, app[SITE])
    yield Part("past", partial(_keep_past, services.of(PAST)), stage=Stage.BACKGROUND)
    if (number := config.notify.whatsapp) and number.chat:
        yield Part("written messages", WrittenPart(app[SITE]).run, stage=Stage.BACKGROUND)
    seats = services.of(PRACTICES), supervisor, ledger.clock, services.of(TILLS)
    common = config, shop, *seats, services.of(ACCESS).sessions, services.of(TRIALS)
    working = [one for one in devices if one[0].role not in ("camera", "microphone", "speaker")]
    at_work = {device.name: device_part(device, made, *common, phones.get(device.name)) for device, made in working}
    yield from (Part(name, part.run, stage=Stage.DEVICES) for name, part in at_work.items())
    only = config.registers[0] if config.plugging.scanners and len(config.registers) == 1 else None
    yield Part("plugging", HotplugPart(supervisor, config.devices, only, scanner).run, stage=Stage.BACKGROUND)
    yield from (Part(name, run, stage=Stage.BACKGROUND) for name, run in card_runs(config, shop))
    if syncing:
        yield from with_head_office(config, ledger, syncing, services.of(SETTLING), secrets)
        yield Part("software", software_desk(config, shop, supervisor, syncing, desk).run, stage=Stage.BACKGROUND)
    yield from model_parts(config, shop, inference, meaning, pictures)
    backups = MaintenancePart(config, ledger.clock, shop, desk.other_drill, desk=services.of(BACKUPS))
    yield Part("backup", backups.run, stage=Stage.BACKGROUND)
    yield Part("people", Erasing(config, ledger.clock, shop).run, stage=Stage.BACKGROUND)
    if desk.status:
        yield Part(aside_report.NAME, AsideReport(shop, desk.put_aside).run, stage=Stage.BACKGROUND)
    watched = machine_watch(config, shop, supervisor, syncing, desk)
    yield from telling(config, shop, watched, tuple(own_channels(config, shop, devices, inference, at_work)), syncing)
    yield from housekeeping(shop)
    yield from of_capabilities(PartContext(shop, ledger.path, config.store.zone, config.business_date, secrets))
    yield from of_services(ShopContext(config, shop, syncing, services))


async def _keep_past(past: Pasts, ready: Ready) -> None:
    ready()
    await past.keep_bases()


async def _run_panel(panel: PanelPart, watchdog: Watchdog, shop: CommandBus, ready: Ready) -> None:
    """Serve the pages, which opens the shop."""

    def open_for_business() -> None:
        ready()
        watchdog.say_ready()
        freeze_gc()
        _log.info("ready to sell", page=panel.address, head=shop.head.seq)

    await panel.run(open_for_business)


def machine_watch(
    config: Config, shop: CommandBus, supervisor: Supervisor, syncing: SyncPart | None, desk: BoxesDesk
) -> MachineWatch:
    """Alerts about this machine and, if there is one, the other box."""
    beside = TwinWatches(desk, shop.registry.decode).watches() if desk.status else ()
    return MachineWatch(shop, supervisor, config.folder, syncing, config.backup.wanted, beside)


def with_head_office(
    config: Config, ledger: Ledger, syncing: SyncPart, cards: CardOffice, secrets: SecretStore
) -> Iterator[Part]:
    """Parts that communicate with head office."""
    assert config.sync
    yield Part("sync", syncing.run, stage=Stage.BACKGROUND)
    yield Part("gift_cards", cards.run, stage=Stage.BACKGROUND)
    proving = ReplicaCheckPart(config, broker_of(config.sync, secrets), ledger.clock, syncing)
    yield Part("proof", proving.run, stage=Stage.BACKGROUND)


def software_desk(
    config: Config, shop: CommandBus, supervisor: Supervisor, office: HeadOffice, boxes: BoxesDesk
) -> SoftwareDesk:
    """Installs newer software versions, checking that the devices still work after each."""
    devices = {device.name for device in config.devices}
    return SoftwareDesk(
        shop,
        UpdatePlaces(config.folder / update_files.FOLDER),
        software.settings_of(config),
        lambda: [one for one in supervisor.states.values() if one.name in devices],
        office,
        version("edge-store"),
        lambda: shop.clock.read().at_us,
        is_alone=boxes.status is None,
    )


def made_of(devices: Iterable[Device], secrets: SecretStore) -> tuple[list[tuple[Device, object]], list[Part]]:
    """Drivers of the devices; for each whose secret is missing, a part that reports it."""
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


def housekeeping(shop: CommandBus) -> Iterator[Part]:
    """Parts that run jobs and follow the journal."""
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
    """Parts that capabilities run beside the command bus: `parts(context)` of each `service/parts.py`."""
    for path in capability_files("service/parts.py"):
        yield from capability_module(path).parts(context)


def own_channels(
    config: Config,
    shop: CommandBus,
    devices: Iterable[tuple[Device, object]],
    inference: Inference,
    at_work: Mapping[str, object],
) -> Iterator[Sender]:
    """Senders that print alerts or read them aloud, if configured."""
    speakers = {device.name: cast(Speaker, made) for device, made in devices}
    if found := speakers.get(config.notify.speaker) if config.notify.speaker else None:
        yield SpeakerChannel(found, inference)
    if name := config.notify.printer:
        printer = at_work.get(name)
        yield PrinterChannel(shop, name, printer.unwritten if isinstance(printer, PrinterPart) else None)


def telling(
    config: Config, shop: CommandBus, machine: MachineWatch, own: Sequence[Sender], office: HeadOffice | None
) -> Iterator[Part]:
    """Parts that detect alerts and send notifications."""
    yield Part("clock", Timekeeping(shop, config.store.zone).run, stage=Stage.BACKGROUND)
    yield Part("alerts", AlertsPart(shop, machine, config.business_date).run, stage=Stage.BACKGROUND)
    yield Part("notifications", NotificationsPart(config, shop, own=own, office=office).run, stage=Stage.BACKGROUND)


def device_part(
    device: Device,
    made: object,
    config: Config,
    shop: CommandBus,
    door: Door,
    supervisor: Supervisor,
    clock: Clock,
    tills: TillContext,
    sessions: Sessions,
    trials: Trials,
    phone: Paired | None,
) -> ScannerPart | PrinterPart | DisplayPart | ScalePart | TerminalPart:
    """Part that runs a device's driver `made` in its role."""
    match device.role:
        case "scanner":
            if isinstance(made, Beeper):
                trials[device.name] = made.beep
            told = phone.verdicts.told if phone else ignore_outcome
            asked = tills.code_takers.take
            return ScannerPart(door, cast(Scanner, made), device.register, sessions.actor, told, asked)
        case "receipt_printer":
            place = printer_place(device, config, supervisor)
            return PrinterPart(shop, cast(ReceiptPrinter, made), place, device.paper, device.printing, clock)
        case "customer_display":
            display = DisplayPart(shop, cast(CustomerDisplay, made), device.register, tills.settings)
            trials[device.name] = display.try_out
            return display
        case "scale":
            tills.scales[device.register] = ScalePart(shop, cast(Scale, made), device.register)
            return tills.scales[device.register]
        case "payment_terminal":
            terminal = cast(PaymentTerminal, made)
            screen = BasketScreen(shop, terminal, device.register, tills.settings)
            tills.terminals[device.register] = TerminalPart(shop, terminal, device.register, screen=screen)
            return tills.terminals[device.register]
    raise ConfigError(f"Devices with the role {device.role!r} aren't supported yet.")


def model_parts(
    config: Config, shop: CommandBus, inference: Inference, meaning: SemanticSearch, pictures: PictureLikeness
) -> Iterator[Part]:
    """Parts that run models and, if configured, offer speech engines to other boxes."""

    async def run(ready: Ready) -> None:
        await first_completed(inference.run(ready), meaning.run(), pictures.run())

    yield Part("models", run, stage=Stage.BACKGROUND)
    yield Part("translating", TranslatingPart(shop, inference).run, stage=Stage.BACKGROUND)
    host, _, port = config.models.wyoming.rpartition(":")
    if host:
        from edge.runtime.wyoming_server import WyomingPart  # its library, for whom wants it

        yield Part("wyoming", WyomingPart(inference, host, int(port)).run, stage=Stage.BACKGROUND)
