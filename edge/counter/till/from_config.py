"""Till settings from config.toml."""

from __future__ import annotations

from edge.counter.till.settings import TillSettings
from edge.lib.units.denominations import denominations
from edge.money.gift_cards.settings import GiftCardsSection
from edge.money.payments.settings import PaymentsSection
from edge.runtime.config import Config


def till_settings(config: Config) -> TillSettings:
    """The store's till settings from the file."""
    store, known = config.store, denominations(config.store.currency)
    return TillSettings(
        currency=store.currency,
        tax=config.tax.table(),
        taxes=config.tax.dated_tables,
        place=store.place,
        registered=config.tax.registered,
        tax_number=store.tax_number,
        header=store.header,
        footer=store.footer,
        language=store.language,
        zone=store.zone,
        country=store.country,
        cash_step_minor=store.cash_step_minor,
        codes=config.codes.rules(store.currency),
        expired=config.codes.expired,
        tax_class=config.catalog.tax_class,
        retired=config.catalog.retired,
        refunds_without_receipt=config.till.refunds_without_receipt,
        slips=bool(config.slips),
        sign_in=config.till.sign_in,
        sign_out_min=config.till.sign_out_min,
        discount_reasons=config.till.discount_reasons,
        undiscounted=config.till.undiscounted,
        open_amount_most=config.till.open_amount_most,
        pin_for=config.till.pin_for,
        receipt_without=config.till.receipt_without,
        tares_g=config.till.tares_g,
        cash_below=config.of(GiftCardsSection).cash_below,
        notes_minor=known.notes if known else (),
        cash_halves_down=(store.cash_halves or (known.halves if known else "up")) == "down",
        takes_tips=config.of(PaymentsSection).tips != "none",
        cannabis=config.hours.cannabis,
        proof_at=config.network_address if config.till.receipt_proof else "",
        oss=config.tax.oss,
        abroad_most=config.tax.abroad_most,
        abroad_rates={(one.country, one.tax_class): one.thousandths for one in config.tax.abroad},
    )
