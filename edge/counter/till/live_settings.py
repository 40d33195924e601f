"""A store's current till settings: config.toml and changes made since."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.memo import Memo
from edge.core.registry import Transaction
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.queries import any_station
from edge.counter.till.delivered_sales import read_abroad_by_year
from edge.counter.till.settings import TillSettings
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.eu_vat import member_states
from edge.money.tenders.queries import read_rates, read_tenders
from edge.money.tenders.tender import ForeignRate, ShopTender

_Made = tuple[TillSettings, tuple[ShopTender, ...], tuple[ForeignRate, ...], bool, TillSettings]


class LiveTillSettings:
    """Settings read inside the transaction or on use.

    Changes of settings, the shop's tenders and kitchen screens apply immediately (`edge/foundation/settings`). Foreign
    exchange rates are the last ones set, on any day.
    """

    def __init__(self, base: TillSettings) -> None:
        self._counts_abroad = base.place.country in member_states() and not base.oss
        self._abroad = Memo(read_abroad_by_year, "delivered_year")
        self._with_sales: tuple[TillSettings, dict[int, int], TillSettings] = (base, {}, base)
        self._said = LiveSettings(
            base,
            *("store.header", "store.footer", "store.language"),
            *("catalog.retired", "codes.expired", "till.refunds_without_receipt"),
            *("till.sign_in", "till.sign_out_min", "till.discount_reasons", "till.undiscounted"),
            *("till.open_amount_most", "till.pin_for", "till.tares_g", "till.receipt_without", "gift_cards.cash_below"),
            "hours.cannabis",
        )
        self._made: _Made = (base, (), (), False, base)
        self._memo = Memo(self._read_overrides, "setting", "shop_tender", "foreign_rate", "kitchen_station")
        self._today: tuple[TillSettings, TillSettings] = (base, base)
        self.of: Callable[[Transaction], TillSettings] = self._abroad_taxes if self._counts_abroad else self._memo.of
        """The settings inside a transaction."""

    def at(self, db: Connection) -> TillSettings:
        """The current settings in `db`."""
        said = self._read_overrides(db)
        return self._with_abroad_taxes(said, read_abroad_by_year(db)) if self._counts_abroad else said

    def _with_abroad_taxes(self, said: TillSettings, years: dict[int, int]) -> TillSettings:
        before, known, made = self._with_sales
        if said is not before or years != known:
            made = msgspec.structs.replace(said, abroad_minor=years) if years else said
            self._with_sales = (said, years, made)
        return made

    def _read_overrides(self, db: Connection) -> TillSettings:
        said, tenders, rates, screens = self._said.at(db), read_tenders(db), read_rates(db), any_station(db)
        if said is not self._made[0] or (tenders, rates, screens) != self._made[1:4]:
            taken = {one.currency: one for one in rates if one.rate}
            now = msgspec.structs.replace(said, tenders=tenders, rates=taken, slips=said.slips or screens)
            self._made = (said, tenders, rates, screens, now)
        return self._made[4]

    def _abroad_taxes(self, tx: Transaction) -> TillSettings:
        return self._with_abroad_taxes(self._memo.of(tx), self._abroad.of(tx))

    def today(self, tx: Transaction) -> TillSettings:
        """The settings inside a transaction, with the taxes of its business day."""
        now, (known, made) = self.of(tx), self._today
        if now is not known or made.business_date != tx.business_date:
            made = now.on(tx.business_date)
            self._today = (now, made)
        return made


def live(base: TillSettings) -> LiveTillSettings:
    """A store's live settings. `base`: the settings in config.toml."""
    return LiveTillSettings(base)


NOW: Service[Callable[[], TillSettings]] = Service("till settings")
"""The store's till settings at the time of the call."""
