"""Assemble the shop's capabilities, and open its ledger."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import cast

import msgspec
import structlog

from drivers.terminals.modes import mode_and_currency_of
from edge.accounting import accounts, fiscal, invoices, receipt_mail, settlements
from edge.analytics import forecast, insight, notify, pricing, production, shelf, trials, whatif
from edge.analytics.forecast.events import HistoryRecorded, HistoryTakenBack
from edge.backoffice import (
    books_out,
    directives,
    extensions,
    feeds,
    office,
    other_tills,
    software,
    support,
    switching,
    unified_reads,
)
from edge.backoffice.office.commands import BringInAside
from edge.conversation import assistant, copilot
from edge.core.bus import Bus
from edge.core.clock import Clock, SystemClock
from edge.core.command_bus import CommandBus
from edge.core.jobs import store as jobs
from edge.core.journal import epochs, integrity
from edge.core.journal.projections import bring_up, rebuild_stale, rows_to_read
from edge.core.journal.rows import Approved, EpochStarted, RightDenied, read_header, write_header
from edge.core.limits import REBUILD_AT_START_ROWS
from edge.core.people import forgetting as people
from edge.core.registry import Capability, Registry
from edge.core.secrets import keys
from edge.core.secrets.store import SecretStore
from edge.core.storage import reserve
from edge.core.storage.commit_gate import MEMBERS, Gate
from edge.core.storage.database import Connection, DatabaseError, ProcessLock, open_writer
from edge.core.storage.migrate import migrate, version
from edge.core.storage.permissions import chown_to_owner, explain_not_writable, not_made
from edge.core.writer import Writer
from edge.counter import (
    bottle_deposits,
    bulk_edit,
    kitchen,
    kitchen_screens,
    loyalty,
    quick_keys,
    reports,
    shifts,
    tables,
    till,
    time_clock,
)
from edge.counter.bulk_edit.from_config import edit_settings
from edge.counter.kitchen.from_config import slip_settings
from edge.counter.till.closing.z_signature import ZSigner
from edge.counter.till.from_config import till_settings
from edge.foundation import (
    access,
    alerts,
    master_data,
    opening_hours,
    outbox,
    printing,
    saved_views,
    secrets,
    settings,
    webhooks,
)
from edge.foundation.printing.from_config import label_settings
from edge.foundation.printing.labels import LabelGoods
from edge.goods import (
    assortment,
    catalog,
    ingest,
    modifiers,
    promotions,
    purchasing,
    quality,
    search,
    stock,
    supplier_invoices,
    transfers,
    translation,
)
from edge.goods.catalog.categories.queries import NamedElsewhere
from edge.goods.catalog.from_config import catalog_settings
from edge.goods.catalog.queries import find_by_code, find_by_sku
from edge.goods.ingest.from_config import import_settings
from edge.goods.purchasing.suggesting.needs import Foresight
from edge.goods.stock.events import StockMoved
from edge.goods.stock.queries import read_place_names
from edge.lib.errors import NeedsHuman
from edge.lib.tax.rules import net_of
from edge.money import gift_cards, payments, tenders
from edge.ordering import customer_accounts, delivery, orders, privacy, recognition, recommend, reviews, web_orders
from edge.ordering.orders.settings import OrdersSection
from edge.people import coupons, customers
from edge.runtime import directive_trust
from edge.runtime.config import Config
from edge.runtime.extensions import load_capabilities

_log = structlog.get_logger(__name__)

PREPARED = "prepared.db"
"""File in the data folder with tables that `edge upgrade` prepared while the shop was open."""

core = Capability(name="core", events=(EpochStarted, RightDenied, Approved))

_FORGETTING = (
    printing.forget_on_papers,  # first: it looks for the name, which the others remove
    access.forget_user,
    alerts.forget_holder,
    outbox.forget_in_messages,
    notify.forget_person,
    payments.forget_methods,
    customers.forget_customer,
    till.forget_in_baskets,
    loyalty.forget_member,
    orders.forget_in_carts,
    customer_accounts.forget_account,
    recommend.forget_views,
    recognition.forget_person,
    assistant.forget_kept,
)
"""Functions that delete a person's data, one per owner."""

_BUSY = (till.part_paid_by, orders.open_order_of)
"""Checks for open business with a customer in addition to their account. Such a customer can't be forgotten."""
_EDITS = {bulk_edit.EDIT_JOB: bulk_edit.keys_taken_back}
"""Jobs in addition to imports that can be undone."""


def build_registry(config: Config) -> Registry:
    """Return all capabilities, each after those it may use, then those of extensions. Incompatible extensions are left
    out."""
    registry = Registry(_capabilities(config))
    for extension, found in load_capabilities(config.extensions):
        try:
            registry = Registry((*registry.capabilities, found))
        except Exception as error:  # noqa: BLE001 - written by others: it may be wrong in any way, and the till sells on
            config.extensions.drop(extension.package, "taken", str(error))
    return registry


def _capabilities(config: Config) -> tuple[Capability, ...]:
    drawers = shifts.settings_of(config)
    cards = _payment_settings(config)
    said = _together(partial(shifts.on_reports, settings=drawers), partial(payments.on_reports, settings=cards))
    named, people_here, tills = _categories_named(config), customers.settings_of(config), till_settings(config)
    return (
        *(core, jobs.capability, people.capability(*_FORGETTING)),
        *(access.capability, secrets.capability, outbox.capability, settings.capability),
        catalog.capability(catalog_settings(config), named, production.components_of),
        *(opening_hours.capability(config.store.zone), modifiers.capability, quality.capability),
        ingest.capability(import_settings(config), named, _EDITS, stock.opening_stock),
        stock.capability(stock.settings_of(config)),
        *(assortment.capability, transfers.capability),
        purchasing.capability(config.store.currency, _foresight(config)),
        search.capability(config.store.currency, StockMoved, HistoryRecorded, HistoryTakenBack),
        printing.capability(label_settings(config), LabelGoods(find_by_sku, find_by_code, read_place_names)),
        *(kitchen.capability(slip_settings(config), kitchen_screens.screen_routes), kitchen_screens.capability),
        *(promotions.capability, quick_keys.capability, bulk_edit.capability(edit_settings(config))),
        *(tenders.capability, coupons.capability(coupons.settings_of(config))),
        gift_cards.capability(gift_cards.settings_of(config)),
        customers.capability(people_here, (*_BUSY, accounts.owing_of)),
        *(_payments(config, cards), till.capability(tills, said, _signer(config.folder))),
        *(reviews.capability(reviews.settings_of(config)), receipt_mail.capability(config.notify.mails)),
        *(shifts.capability(drawers), delivery.capability(tills)),
        orders.capability(
            tills,
            *(people_here.region, config.customer_channels()),
            config.of(OrdersSection),
            orders.shows_status(config),
        ),
        customer_accounts.capability(_customer_accounts(config)),
        invoices.capability(tills, invoices.settings_of(config), people_here.region, config.notify.mails),
        _on_account(config, people_here.region, people_here.province),
        bottle_deposits.capability(bottle_deposits.settings_of(config), tills),
        *(reports.capability, time_clock.capability(config.store.zone, config.day_turns_at_min, config.store.country)),
        forecast.capability(forecast.settings_of(config)),
        *(alerts.capability, insight.capability, notify.capability),
        pricing.capability(_undiscounted_categories(config), pricing.live_bounds(config)),
        *(recommend.capability(recommend.settings_of(config)), privacy.capability(privacy.settings_of(config))),
        recognition.capability(recognition.settings_of(config, config.customer_channels())),
        *(production.capability(production.settings_of(config)), unified_reads.capability),
        *(office.capability, _law(config)),
        supplier_invoices.capability(config.store.currency, supplier_invoices.live_bounds(config)),
        feeds.capability(_feeding(config)),
        other_tills.capability(config.store.currency, other_tills.live_bounds(config), config.business_date),
        *(settlements.capability(config.store.currency), loyalty.capability(loyalty.settings_of(config))),
        *(
            tables.capability,
            web_orders.capability(config.store.language, config.store.currency, config.store.place),
            translation.capability,
        ),
        support.capability(
            support.settings_of(config), config.store.device, partial(directive_trust.is_pinned, config.folder)
        ),
        software.capability,
        *(books_out.capability, saved_views.capability),
        switching.capability(switching.switching_settings(config), named, stock.opening_stock, _BUSY),
        whatif.capability,
        trials.capability(config.store.zone, config.day_turns_at_min),
        directives.capability,
        *(shelf.capability(shelf.settings_of(config)), webhooks.capability),
        *(assistant.capability(assistant.settings_of(config)), copilot.capability, master_data.capability()),
        extensions.capability(config.extensions, config.folder, extensions.devices_by_driver(config.devices)),
    )


def _together(*extras: till.ReportExtras) -> till.ReportExtras:
    """Additions of several capabilities to a register's report, in order."""
    return lambda db, register, since_seq: tuple(block for one in extras for block in one(db, register, since_seq))


def _payment_settings(config: Config) -> payments.PaymentSettings:
    """Registers with a payment terminal, and their settings."""
    places = {
        one.register: payments.TerminalPlace(
            one.name, cast(payments.Driver, one.driver), *mode_and_currency_of(one.driver, one.options)
        )
        for one in config.devices
        if one.role == "payment_terminal"
    }
    return payments.settings_of(config, places)


def _payments(config: Config, cards: payments.PaymentSettings) -> Capability:
    named = payments.keys_of(config.of(payments.PaymentsSection), config.devices)
    return payments.capability(cards, payments.ProviderKeys(_secrets(config.folder).resolve, named))


def _signer(folder: Path) -> ZSigner:
    return ZSigner(_secrets(folder), folder)


def _on_account(config: Config, country: str, province: str) -> Capability:
    mine, mails = accounts.settings_of(config), config.notify.mails
    return accounts.capability(till_settings(config), mine, country, mails, province)


def _law(config: Config) -> Capability:
    keys_of_the_box = fiscal.FiscalKeys(_secrets(config.folder))
    return fiscal.capability(fiscal.settings_of(config), till_settings(config), keys_of_the_box, BringInAside)


def _customer_accounts(config: Config) -> customer_accounts.CustomerAccountSettings:
    here, ways = customers.settings_of(config), frozenset(config.customer_channels())
    return customer_accounts.settings_of(config, here.region, ways, here.least_age)


def _secrets(folder: Path) -> SecretStore:
    return SecretStore(folder, keys.of_secrets(folder))


def _foresight(config: Config) -> Foresight:
    return Foresight(forecast.busy_products, forecast.foresee, _net(config))


def _net(config: Config) -> Callable[[str, int], int]:
    """A function for the net price in a tax class ("": the default)."""
    taxed, usual = config.tax.table(), config.catalog.tax_class
    return lambda id, minor: net_of(taxed, id or usual, minor)


def _undiscounted_categories(config: Config) -> Callable[[Connection], tuple[str, ...]]:
    """The categories with prices fixed by law or by the shop."""
    live = till.live(till_settings(config))
    return lambda db: live.at(db).undiscounted


def _feeding(config: Config) -> feeds.FeedSettings:
    """Settings for reading imported records."""
    said = msgspec.to_builtins(feeds.bounds_of(config))
    return feeds.FeedSettings(import_settings(config), config.store.zone, config.catalog.price_jump_percent, **said)


def _categories_named(config: Config) -> NamedElsewhere:
    """Return the categories named by capabilities other than the catalogue."""
    limited = frozenset(stock.settings_of(config).categories)
    told = {category for route in slip_settings(config).routes for category in route.categories}
    return (
        promotions.categories_in_promotions,
        modifiers.categories_asked,
        kitchen_screens.categories_of_stations,
        forecast.categories_of_occasions,
        _undiscounted_categories(config),
        lambda _db: told,
        lambda _db: limited,
    )


class Leading(msgspec.Struct, frozen=True):
    """Which of two boxes leads: `box` in `term`, and its commits go through `gate`. `is_promoted`: a person promoted
    it. `registry`: built beforehand, because a takeover leaves no time for it."""

    box: str
    term: int
    gate: Gate
    is_promoted: bool = False
    registry: Registry | None = None


class Ledger:
    """An open ledger: the folder's lock, the registry and the writer. Close it so that others can open it."""

    def __init__(self, config: Config, clock: Clock | None = None, leading: Leading | None = None) -> None:
        self.path: Path = config.ledger
        self.clock = clock or SystemClock()
        if leading is None and (config.folder / MEMBERS).exists():
            raise NeedsHuman(
                "This box is one of two, and changes made here alone would be missing on the other one.",
                "Start it (edge run), and use the active box. See which one it is: edge twin status",
            )
        self._lock = _lock_folder(config.folder)
        with ExitStack() as undone:
            undone.callback(self._lock.release)
            reserve.spend_if_full(config.folder)
            _finish_restore(config.folder)
            integrity.require_intact(config.ledger)
            prepared = leading.registry if leading else None
            self.registry = prepared or build_registry(config)
            gate = leading.gate if leading else None
            if gate:
                gate.begin(config.ledger)
            self.db = open_writer(config.ledger, gate)
            undone.callback(self.db.close)
            try:
                _bring_up(self.db, config, self.registry, self.clock)
                zone, turns = config.store.zone, config.day_turns_at_min
                self.writer = Writer(self.db, self.registry, self.clock, zone, turns, gate)
                if self.writer.head.seq == 0:
                    self.writer.begin_epoch(EpochStarted("opened"))
                if leading:
                    _lead(self.db, self.writer, leading, self.clock.read().at_us)
                if reserve.is_short(config.folder):
                    self.writer.probe()  # so that the page says so at once, not only when a sale fails
                else:
                    reserve.keep(config.folder)
            except DatabaseError as error:
                raise integrity.explain_open_error(config.ledger, error) from error
            undone.pop_all()

    def shop(self, bus: Bus | None = None) -> CommandBus:
        """The command bus of this ledger, on the event loop's thread."""
        return CommandBus(self.path, self.registry, self.clock, self.writer, bus or Bus())

    def note_head_office_time(self, at_us: int) -> None:
        """Pass on head office's time `at_us`."""
        if isinstance(self.clock, SystemClock):
            self.clock.note_head_office_time(at_us)

    def close(self) -> None:
        """Close everything, after the shop was closed."""
        self.db.close()
        reserve.keep(self.path.parent)  # uses the space freed by the WAL if there is no other
        self._lock.release()
        chown_to_owner(self.path.parent)


def _lead(db: Connection, writer: Writer, leading: Leading, at_us: int) -> None:
    """Begin the epoch of a term, unless this box has already begun it. Rows written during this start are shipped."""
    if epochs.led_term(db) == leading.term:
        writer.settle()
    else:
        chance = int.from_bytes(os.urandom(4))
        epochs.begin_led_epoch(writer, at_us, chance, leading.box, leading.term, is_promoted=leading.is_promoted)


def _finish_restore(folder: Path) -> None:
    """Complete an interrupted restore. Raises `NeedsHuman` if only its command can."""
    if (folder / epochs.MARK).exists():
        from edge.operations.maintenance.restoring.swap import complete  # needed only after a power cut

        complete(folder)
        epochs.require_finished(folder)


def _lock_folder(folder: Path) -> ProcessLock:
    """Lock the data folder. Raises `NeedsHuman` if another process uses it, or it isn't writable."""
    lock = ProcessLock(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise not_made(folder, error) from error
    try:
        lock.require()
    except OSError as error:
        raise explain_not_writable(lock.path, error) from error
    return lock


def _bring_up(db: Connection, config: Config, registry: Registry, clock: Clock) -> None:
    """Upgrade the ledger to the current schema, with this shop's header and current projections."""
    prepared = config.folder / PREPARED
    _say_if_slow(db, registry, prepared)
    applied = migrate(db)
    write_header(db, config.header, clock.read().at_us)
    if rebuilt := rebuild_stale(db, registry, prepared):
        _log.info("projections rebuilt", names=rebuilt)
    bring_up(db, registry)
    if applied:
        _log.info("schema migrated", files=applied)
    prepared.unlink(missing_ok=True)


def _say_if_slow(db: Connection, registry: Registry, prepared: Path) -> None:
    """Log a warning if many rows must be read to rebuild tables that `edge upgrade` didn't prepare.

    The shop still opens: late is better than not at all.
    """
    if version(db) == 0 or read_header(db) is None:
        return  # new, or its first start was interrupted
    rows = rows_to_read(db, registry, prepared)
    if rows > REBUILD_AT_START_ROWS:
        _log.warning(
            "this version changes some tables: the shop opens when they are rebuilt",
            facts_to_read=rows,
            next_time="run `edge upgrade` before: it prepares them during sales",
        )
