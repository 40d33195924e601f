"""Runs scanners, customer displays, scales and payment terminals, and watches payment pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

from drivers import registry as drivers
from drivers.roles import Beeper, CustomerDisplay, PaymentTerminal, Scale, Scanner
from edge.core.process.parts import Part, Stage
from edge.counter.till.devices.display_part import DisplayPart
from edge.counter.till.devices.scale_part import ScalePart
from edge.counter.till.devices.scanner_part import ScannerPart, ignore_outcome
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.devices.terminal_screen import BasketScreen
from edge.counter.till.pages.phone import PHONES
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.printing.service.devices.device_trials import TRIALS
from edge.money.payments import PaymentsSection
from edge.runtime.config import Device
from edge.runtime.hotplug import HotplugPart
from edge.runtime.shop_context import ShopContext
from edge.web.context import PANEL
from edge.web.practice import PRACTICES


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the parts of scanners, displays, scales and terminals, of hot-plugging, and of payment pages if used."""
    for device, made in context.of_role("scanner"):
        yield Part(device.name, _scanner(context, device, made).run, stage=Stage.DEVICES)
    yield from _till_devices(context)
    yield Part("plugging", _hotplug(context).run, stage=Stage.BACKGROUND)
    if context.config.of(PaymentsSection).page:
        from edge.counter.till.service.pay_pages.part import PayPagesPart  # imported only if payment pages are used

        yield Part("pay_pages", PayPagesPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)


def _till_devices(context: ShopContext) -> Iterator[Part]:
    shop, tills = context.shop, context.services.of(TILLS)
    for device, made in context.of_role("customer_display"):
        display = DisplayPart(shop, cast(CustomerDisplay, made), device.register, tills.settings)
        context.services.of(TRIALS)[device.name] = display.try_out
        yield Part(device.name, display.run, stage=Stage.DEVICES)
    for device, made in context.of_role("scale"):
        scale = tills.scales[device.register] = ScalePart(shop, cast(Scale, made), device.register)
        yield Part(device.name, scale.run, stage=Stage.DEVICES)
    for device, made in context.of_role("payment_terminal"):
        terminal = cast(PaymentTerminal, made)
        screen = BasketScreen(shop, terminal, device.register, tills.settings)
        part = tills.terminals[device.register] = TerminalPart(shop, terminal, device.register, screen=screen)
        yield Part(device.name, part.run, stage=Stage.DEVICES)


def _scanner(context: ShopContext, device: Device, made: object) -> ScannerPart:
    services = context.services
    if isinstance(made, Beeper):
        services.of(TRIALS)[device.name] = made.beep
    phone = next((one for one in services.of(PHONES) if one.phone is made), None)
    told = phone.verdicts.record_outcome if phone else ignore_outcome
    who = partial(services.of(PANEL).identity.at_register, surface="cashier")
    asked = services.of(TILLS).code_takers.take
    return ScannerPart(services.of(PRACTICES), cast(Scanner, made), device.register, who, told, asked)


def _hotplug(context: ShopContext) -> HotplugPart:
    config = context.config
    only = config.registers[0] if config.plugging.scanners and len(config.registers) == 1 else None
    return HotplugPart(context.supervisor, config.devices, only, partial(_plugged_in, context))


def _plugged_in(context: ShopContext, device: Device) -> Part:
    made = drivers.create(device.role, device.driver, device.options)
    return Part(device.name, _scanner(context, device, made).run, stage=Stage.DEVICES)
