"""What each fragment of a page shows: a function from the shop and a register to the template's values.

A fragment is a piece of a page that is pushed by itself when it changes. Its template is
`templates/fragments/NAME.html`; its root elements carry `hx-swap-oob`, so a page finds their place by id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import msgspec

from edge.config import Config
from edge.core.command_bus import CommandBus
from edge.core.head_cache import HeadCached
from edge.core.jobs.store import read_jobs
from edge.core.journal.rows import read_rows
from edge.core.process.parts import Supervisor
from edge.services import directive_trust
from edge.services.maintenance import replica_check, restore_gap
from edge.services.maintenance import status as state
from edge.services.models_state import ModelsState
from edge.services.sync_state import SyncState
from edge.shop.access.sessions import Sessions
from edge.shop.customers.queries import called as customer_called
from edge.shop.customers.queries import count_customers
from edge.shop.kitchen.queries import sent_lines
from edge.shop.orders.settings import OrdersSection
from edge.shop.printing.queries import count_papers, last_print_job, unconfirmed_prints, waiting_for
from edge.shop.quality.queries import count_held
from edge.shop.shelf import settings as shelf_settings
from edge.shop.shifts import settings as shift_settings
from edge.shop.shifts.queries import open_number, read_shift
from edge.shop.stock.rows import SoldShort, sold_short
from edge.shop.till.events import SaleCompleted
from edge.shop.till.queries import knows_members, read_receipts
from edge.shop.till.rules.payment import missing_tax_class, saved_minor, totals
from edge.shop.till.sale_effects import stock_moves
from edge.shop.till.scale_part import ScalePart
from edge.shop.till.settings import TillSettings
from edge.web.capability_pages import modules
from edge.web.limits import BACKUP_OLD_S, JOBS_SHOWN, JOURNAL_SHOWN, SALES_SHOWN, SHORT_SHOWN
from edge.web.live.register_state import RegisterStates

Values = dict[str, Any]

FACTS = "facts"
"""What facts change follows this (`Fragment.follows`), and not each commit: most are baskets, and bring none."""
TICK = "tick"
"""What the clock changes."""
NEW_DAY = "new day"
"""What another day of business changes."""


class Tills(Protocol):
    """What is said of all tills (`edge.web.context.TillContext`)."""

    sessions: Sessions
    scales: dict[str, ScalePart]

    @property
    def settings(self) -> Callable[[], TillSettings]: ...


class FragmentSource:
    """All fragments of one shop."""

    def __init__(
        self,
        shop: CommandBus,
        supervisor: Supervisor,
        config: Config,
        counters: RegisterStates,
        tills: Tills,
        sync: SyncState | None,
        models: ModelsState | None = None,
        trains: str = "",
    ) -> None:
        self.trains = trains
        self._shop = self.shop = shop
        self.zone = config.store.zone
        self.counters = counters
        self.phones = config.of(OrdersSection).phones
        self.settings = tills.settings
        self.scales = tills.scales
        self._supervisor = supervisor
        self._settings = tills.settings
        self._members = HeadCached(shop, lambda db: bool(count_customers(db)) or knows_members(db, shop.now_us()))
        self._at_head = HeadCached(shop, lambda db: dict[tuple[str, ...], Values]())
        self._short: dict[str, tuple[SaleCompleted, list[SoldShort]]] = {}
        self._slips = config.till_settings().slips  # an installer's word, which nobody changes meanwhile
        self._counters = counters
        self._templates = {d.register: d.paper.templates for d in config.devices if d.role == "receipt_printer"}
        self._has_devices = bool(config.devices)
        self.shelf_settings = shelf_settings.settings_of(config)
        self.masked_cameras = frozenset(one.name for one in config.devices if one.camera.mask)
        self._models = models
        self.sessions = tills.sessions
        self.shift_settings = shift_settings.live(shift_settings.settings_of(config))
        self._business_date = config.business_date
        self._folder = config.folder
        self._registers = config.registers
        self.sources = config.catalog.sources
        self._backups_wanted = config.backup.wanted
        self.sync = sync

    def at_head(self, key: tuple[str, ...], read: Callable[[], Values]) -> Values:
        """What `read` makes of strict projections, kept by its key until the journal has grown (`HeadCached`)."""
        found = self._at_head()
        if key not in found:
            found[key] = read()
        return found[key]

    def day(self) -> str:
        """The day of business now."""
        return self._business_date(self._shop.now_us())

    def lines(self, register: str) -> Values:
        counter = self._counters[register]
        sent = sent_lines(self._shop.reader, register) if self._slips else {}
        ended = {"ended": counter.ended, "sold_short": self._sold_short(register, counter.ended)}
        return {"basket": counter.basket, "touched": counter.touched, "sent": sent, **ended}

    def _sold_short(self, register: str, ended: object) -> list[SoldShort]:
        """What a sale left below zero when it was paid: read once, however often its lines are drawn."""
        if not isinstance(ended, SaleCompleted):
            return []
        sale, short = self._short.get(register, (None, []))
        if sale is not ended:
            short = sold_short(self._shop.reader, stock_moves(ended.lines, -1), register, SHORT_SHOWN)
            self._short[register] = (ended, short)
        return short

    def sums(self, register: str) -> Values:
        counter, settings = self._counters[register], self._settings()
        missing = next(
            (line for line in counter.basket.lines if line.is_revenue and missing_tax_class(line.tax_class, settings)),
            None,
        )
        sums = None if missing else totals(counter.basket, settings)
        return {
            "basket": counter.basket,
            "sums": sums,
            "missing": missing,
            "saved_minor": 0 if missing else saved_minor(counter.basket, settings),
            "settings": settings,
            "suggested": suggested(sums.due_cash_minor) if sums else (),
            "members": self._members(),
            "customer": customer_called(self._shop.reader, counter.basket.customer) if counter.basket.customer else "",
        }

    def question(self, register: str) -> Values:
        """The oldest question; `born` is the latest day of birth that an age allows."""
        question = next(iter(self._counters[register].basket.questions), None)
        scale = self.scales.get(register) if question and question.unit == "kg" else None
        return {
            "question": question,
            "scale": scale,
            "born": lambda today: born(today, question.min_age if question else 0),
        }

    def notice(self, register: str) -> Values:
        counter = self._counters[register]
        return {"refused": counter.refused, "number": counter.refusals}

    def sales(self, register: str) -> Values:
        return {"receipts": read_receipts(self._shop.reader, register, limit=SALES_SHOWN)}

    def paper(self, register: str) -> Values:
        """The newest receipt as it is, or will be, on the paper."""
        reader = self._shop.reader
        job = last_print_job(reader, register)
        templates = self._templates.get(register, "")
        return {"job": job, "templates": templates, "waiting": count_papers(reader, register)}

    def unconfirmed_prints(self, register: str) -> Values:
        return {"jobs": unconfirmed_prints(self._shop.reader, register)}

    def alerts(self, register: str) -> Values:
        lost = [state for state in self._supervisor.states.values() if state.state == "lost" or state.key]
        sync = self.sync
        return {
            "lost": lost,
            "slips": waiting_for(self._shop.reader, register) if lost else {},
            "why_read_only": self._shop.why_read_only,
            "stopped": sync if sync and sync.key and sync.state == "stopped" else None,
        }

    def status(self, register: str) -> Values:
        states = self._supervisor.states.values()
        jobs = [job for job in read_jobs(self._shop.reader, JOBS_SHOWN) if job.state in ("queued", "running")]
        lost = sum(state.state == "lost" for state in states)
        return {"lost": lost, "devices": self._has_devices, "jobs": jobs, **self.position(register)}

    def position(self, register: str) -> Values:
        """How far the hub holds the journal; `lag` counts the rows it does not hold yet."""
        sync = self.sync
        proved = replica_check.load(self._folder) if sync else None
        lacks = restore_gap.load(self._folder) if sync else None
        keyless = sync is not None and not directive_trust.is_pinned(self._folder)
        lag = max(0, sync.head - sync.through) if sync else 0
        return {
            "sync": sync,
            "head": self._shop.head.seq,
            "lag": lag,
            "proved": proved,
            "lacks": lacks,
            "keyless": keyless,
        }

    def clock(self, register: str) -> Values:
        return {}

    def training(self, register: str) -> Values:
        """Whether all that is shown is somebody's practice."""
        return {"trains": self.trains}

    def parts(self, register: str) -> Values:
        return {"states": sorted(self._supervisor.states.values(), key=lambda state: state.name)}

    def models(self, register: str) -> Values:
        return {"figures": self._models.figures() if self._models else []}

    def figures(self, register: str) -> Values:
        """No numbers: how new they are. The page then asks for them, beside the till (`pages/today.py`)."""
        return {"seq": self._shop.head.seq, "business_date": self.day()}

    def needs(self, register: str) -> Values:
        """What waits for a person, of all registers."""
        reader, today = self._shop.reader, self.day()
        open_shifts = [read_shift(reader, one, open_number(reader, one)) for one in self._registers]
        kept = state.load(self._folder)
        return {
            "held": count_held(reader),
            "doubts": {one: len(found) for one in self._registers if (found := unconfirmed_prints(reader, one))},
            "late": [shift for shift in open_shifts if shift and shift.opened_date < today],
            "lost": [part for part in self._supervisor.states.values() if part.state == "lost"],
            "backup": backup_need(self._backups_wanted, kept, self._shop.now_us()),
            "kept": kept,
        }

    def backup(self, register: str) -> Values:
        return {"wanted": self._backups_wanted, "kept": state.load(self._folder)}

    def journal(self, register: str) -> Values:
        head = self._shop.head.seq
        rows = read_rows(self._shop.reader, max(1, head - JOURNAL_SHOWN + 1), JOURNAL_SHOWN)
        return {"entries": rows[::-1]}


class Fragment(msgspec.Struct, frozen=True):
    """A piece of a page. An `urgent` one is pushed at once and before all others; `follows`: the topics on the bus
    behind which it is made anew, or one of `FACTS`, `TICK` and `NEW_DAY`."""

    name: str
    values: Callable[[FragmentSource, str], Values]
    urgent: bool = False
    follows: tuple[str, ...] = ()


FRAGMENTS = {
    fragment.name: fragment
    for fragment in (
        Fragment("lines", FragmentSource.lines, urgent=True),
        Fragment("sums", FragmentSource.sums, urgent=True),
        Fragment("question", FragmentSource.question, urgent=True),
        Fragment("notice", FragmentSource.notice, urgent=True),
        Fragment("alerts", FragmentSource.alerts),
        Fragment("training", FragmentSource.training, urgent=True),
        Fragment("unconfirmed_prints", FragmentSource.unconfirmed_prints),
        Fragment("sales", FragmentSource.sales),
        Fragment("paper", FragmentSource.paper),
        Fragment("status", FragmentSource.status),
        Fragment("clock", FragmentSource.clock),
        Fragment("figures", FragmentSource.figures),
        Fragment("needs", FragmentSource.needs),
        Fragment("parts", FragmentSource.parts),
        Fragment("models", FragmentSource.models),
        Fragment("position", FragmentSource.position),
        Fragment("backup", FragmentSource.backup),
        Fragment("journal", FragmentSource.journal),
    )
}


def all_fragments() -> dict[str, Fragment]:
    """The frame's and the capabilities'. `ValueError`: two have one name."""
    found = dict(FRAGMENTS)
    for module in modules():
        for fragment in getattr(module, "FRAGMENTS", ()):
            if fragment.name in found:
                raise ValueError(f"{module.__name__}: there is a fragment {fragment.name} already")
            found[fragment.name] = fragment
    return found


def backup_need(wanted: bool, kept: state.BackupStatus, now_us: int) -> str:
    """What is wrong with the backups, as a sentence's name; empty where nothing is."""
    if not wanted:
        return "backup_off"
    if not kept.backup_us:
        return "backup_never"
    return "backup_old" if now_us - kept.backup_us > BACKUP_OLD_S * 1_000_000 else ""


def suggested(due_minor: int) -> tuple[int, ...]:
    """Sums that a customer may well hand over for `due_minor`: what the next larger coins and notes make."""
    unit = 10 ** max(0, len(str(due_minor)) - 2)
    steps = [unit * times for times in (1, 5, 10, 20, 50, 100, 200)]
    amounts = {-(-due_minor // step) * step for step in steps}
    return tuple(sorted(amount for amount in amounts if amount > due_minor)[:4])


def born(today: date, years: int) -> date:
    """The latest day of birth of somebody who is `years` old today; born on 29 February counts from 1 March."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
