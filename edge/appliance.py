"""The shop's composition root: its parts, how they are put together, started and stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import structlog

from drivers import registry as drivers
from drivers.roles import CustomerDisplay, ReceiptPrinter, Scanner
from edge.access.queries import rights_of
from edge.access.rights import system
from edge.access.sessions import Sessions
from edge.catalog.categories import trees
from edge.catalog.commands import SetCategories
from edge.catalog.product import Source
from edge.config import Config, Device
from edge.core import running
from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.door import Shop
from edge.core.errors import ConfigError
from edge.core.journal.projections import Follower
from edge.core.process.loop_faults import LoopFaults
from edge.core.process.memory import keep_what_is_here
from edge.core.process.parts import Part, Ready, Supervisor, until_first
from edge.core.process.timekeeping import Timekeeping
from edge.core.process.watchdog import Watchdog
from edge.core.shapes import Done
from edge.directives.watching import Watching
from edge.inference import Inference
from edge.keeping.erasing import Erasing
from edge.keeping.part import Keeping
from edge.keeping.proof import Proving
from edge.ledger import Ledger
from edge.meaning import Meaning
from edge.panel.app import make_app
from edge.panel.pages.phone import Paired, Phone
from edge.panel.part import PanelPart, keep_certificates
from edge.panel.site import SITE, Tills
from edge.paper.printing.part import Place, PrinterPart
from edge.plugging import Plugging
from edge.syncing import Syncing, broker_of
from edge.till.display import DisplayPart
from edge.till.scanning import ScannerPart, told_to_nobody

_log = structlog.get_logger(__name__)


class Stage:
    """When parts stop: the highest first. Who brings commands goes before who carries them out."""

    PANEL, DEVICES, BACKGROUND, WATCHDOG = 4, 3, 2, 1


async def run(config: Config) -> None:
    """Run the shop until SIGTERM or SIGINT. Raises what a critical part died of; systemd starts us again."""
    ledger = Ledger(config)
    bus = Bus()
    shop = ledger.shop(bus)
    shop.start()
    await plant(shop, config.catalog.trees)
    supervisor = Supervisor(bus)
    watchdog = Watchdog(shop)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(LoopFaults())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        for part in parts_of(config, ledger, shop, supervisor, watchdog):
            supervisor.start(part)
        await supervisor.until(stop, shop.faulted())
    finally:
        watchdog.say_stopping()
        await supervisor.stop()
        shop.close()
        ledger.close()
        _log.info("closed", head=shop.head.seq)


async def plant(shop: Shop, names: tuple[str, ...]) -> None:
    """Bring in what is missing of trees of categories."""
    for name in names:
        outcome = await shop.do(SetCategories(trees.load(name), Source("edge"), only_new=True), system())
        if not isinstance(outcome, Done):
            _log.warning("a tree of categories is not there yet", name=name, why=str(outcome))


def parts_of(config: Config, ledger: Ledger, shop: Shop, supervisor: Supervisor, watchdog: Watchdog) -> Iterator[Part]:
    """Everything that runs in the appliance, beside the writer's thread."""
    syncing = Syncing(config.sync, shop, config.header, ledger.path, ledger.told) if config.sync else None
    devices = [(device, drivers.create(device.role, device.driver, device.options)) for device in config.devices]
    phones = {
        device.name: Paired(cast(Phone, made), device.register) for device, made in devices if device.driver == "phone"
    }
    inference = Inference(config, shop)
    meaning = Meaning(inference, shop, ledger.path)
    tills = Tills(shop, config)
    app = make_app(shop, supervisor, config, syncing, tuple(phones.values()), inference, meaning, tills)
    panel = PanelPart(app, config.panel)

    async def run_panel(ready: Callable[[], None]) -> None:
        def open_for_business() -> None:
            ready()
            watchdog.say_ready()
            keep_what_is_here()
            _log.info("ready to sell", page=panel.address, head=shop.head.seq)

        await panel.run(open_for_business)

    async def run_models(ready: Ready) -> None:
        await until_first(inference.run(ready), meaning.run())

    def scanner(device: Device) -> Part:
        made = drivers.create(device.role, device.driver, device.options)
        return Part(
            device.name,
            ScannerPart(shop, cast(Scanner, made), device.register, tills.sessions.actor).run,
            stage=Stage.DEVICES,
        )

    yield Part("watchdog", watchdog.run, critical=True, stage=Stage.WATCHDOG)
    yield Part("panel", run_panel, critical=True, stage=Stage.PANEL)
    if certificates := app[SITE].certificates:
        yield Part("certificates", partial(keep_certificates, certificates), stage=Stage.BACKGROUND)
    for device, made in devices:
        part = device_part(
            device, made, config, shop, supervisor, ledger.clock, tills.sessions, phones.get(device.name)
        )
        yield Part(device.name, part.run, stage=Stage.DEVICES)
    only = config.registers[0] if config.plugging.scanners and len(config.registers) == 1 else None
    yield Part("plugging", Plugging(supervisor, config.devices, only, scanner).run, stage=Stage.BACKGROUND)
    if syncing and config.sync:
        yield Part("sync", syncing.run, stage=Stage.BACKGROUND)
        proving = Proving(config, broker_of(config.sync), ledger.clock, syncing)
        yield Part("proof", proving.run, stage=Stage.BACKGROUND)
    yield Part("models", run_models, stage=Stage.BACKGROUND)
    yield Part("backup", Keeping(config, ledger.clock, shop).run, stage=Stage.BACKGROUND)
    yield Part("clock", Timekeeping(shop, config.store.zone).run, stage=Stage.BACKGROUND)
    yield Part("people", Erasing(config, ledger.clock, shop).run, stage=Stage.BACKGROUND)
    yield Part("jobs", running.JobRunner(shop, shop.bus, rights_of).run, stage=Stage.BACKGROUND)
    yield Part("directives", Watching(shop).run, stage=Stage.BACKGROUND)
    for projector in shop.registry.projectors:
        if not projector.strict:
            yield Part(projector.name, Follower(shop, projector).run, stage=Stage.BACKGROUND)


def device_part(
    device: Device,
    made: object,
    config: Config,
    shop: Shop,
    supervisor: Supervisor,
    clock: Clock,
    sessions: Sessions,
    phone: Paired | None,
) -> ScannerPart | PrinterPart | DisplayPart:
    """The part that puts `made`, the device's driver, to work in its role."""
    match device.role:
        case "scanner":
            told = phone.verdicts.told if phone else told_to_nobody
            return ScannerPart(shop, cast(Scanner, made), device.register, sessions.actor, told)
        case "receipt_printer":
            place = printer_place(device, config, supervisor)
            return PrinterPart(shop, cast(ReceiptPrinter, made), place, device.paper, device.printing, clock)
        case "customer_display":
            return DisplayPart(shop, cast(CustomerDisplay, made), device.register, config.till_settings())
    raise ConfigError(f"Nothing uses a device of role {device.role!r} yet.")


def printer_place(device: Device, config: Config, supervisor: Supervisor) -> Place:
    """Which registers a printer prints for, and when."""
    main = next((other for other in config.devices if other.name == device.printing.stands_in_for), None)
    if main is None:
        return Place(device.name, device.register or None, language=config.store.language)
    name = main.name

    def covered() -> bool:
        state = supervisor.states.get(name)
        return state is not None and state.state == "lost"

    own = None if main.register == device.register else device.register or None
    return Place(device.name, own, main.register or None, covered, main.name, config.store.language)
