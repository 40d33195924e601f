"""Fragments of the till's page: basket and sums, questions and refusals, receipts and papers."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from edge.core.command_bus import COMMITTED
from edge.counter.basket.totals import knows_tax_class, saved_minor, totals
from edge.counter.kitchen.queries import sent_lines
from edge.counter.till.devices.terminal_part import TERMINAL
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.parked_baskets import count_parked
from edge.counter.till.pages import receipt
from edge.counter.till.pages.lines_patch import patch
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.practice.yesterday import CUSTOMERS_PLAYED
from edge.counter.till.queries import read_receipts
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import count_papers, last_print_job, unconfirmed_prints
from edge.goods.catalog.queries import find_by_sku
from edge.goods.modifiers.modifier import preset_refs
from edge.goods.modifiers.queries import modifier_groups
from edge.lib.units.denominations import denominations
from edge.money.payments import PaymentsSection
from edge.money.payments.payment import Payment
from edge.money.payments.queries import LOOK_UPS_LEAST, find_payment, look_ups
from edge.people.customers.queries import customer_name as customer_called
from edge.runtime.config import CONFIG
from edge.web.limits import SALES_SHOWN
from edge.web.live.fragments import FACTS, Fragment, FragmentSource, Values

STEPS = frozenset(
    (
        *("insert_card", "remove_card", "confirm_amount", "asking_bank", "taking_back", "wrong_pin"),
        *("choose_currency", "waiting_for_cashier", "own_taken_back"),
    )
)
"""Steps at the terminal that have their own text.

For other steps, the page says only that the customer is being prompted.
"""


def lines(source: FragmentSource, register: str) -> Values:
    """The basket, or the sale just paid with the stock that fell below zero."""
    tills = source.services.of(TILLS)
    counter = tills.counters[register]
    sent = sent_lines(source.shop.reader, register) if tills.settings().slips else {}
    return {
        "basket": counter.basket,
        "touched": counter.touched,
        "sent": sent,
        "ended": counter.ended,
        "cards": _cards(source, counter.ended),
        "phone_receipt": "" if _printers(source, register) else receipt.path_just_paid(source, register),
        "sold_short": tills.sold_short(register, counter.ended),
    }


def _cards(source: FragmentSource, ended: object) -> dict[str, Payment]:
    """Terminal payments of the sale just paid, by id."""
    paid = [one.payment for one in ended.tenders if one.payment] if isinstance(ended, SaleCompleted) else []
    return {one.id: one for id in paid if (one := find_payment(source.shop.reader, id))}


def sums(source: FragmentSource, register: str) -> Values:
    """The basket's sums."""
    tills = source.services.of(TILLS)
    basket, settings = tills.counters[register].basket, tills.settings()
    missing = next(
        (line for line in basket.lines if line.is_revenue and not knows_tax_class(line.tax_class, settings)), None
    )
    sums = None if missing else totals(basket, settings)
    return {
        "basket": basket,
        "sums": sums,
        "missing": missing,
        "saved_minor": 0 if missing else saved_minor(basket, settings),
        "settings": settings,
        "suggested": likely_sums(sums.due_cash_minor, settings.currency) if sums else (),
        "members": tills.members(),
        "customer": customer_called(source.shop.reader, basket.customer) if basket.customer else "",
    }


def question(source: FragmentSource, register: str) -> Values:
    """The oldest open question.

    `born`: the latest birth date for an age check. `per_minor`: the customer's unit price, for a question about
    quantity.
    """
    tills = source.services.of(TILLS)
    basket = tills.counters[register].basket
    question = next(iter(basket.questions), None)
    priced = (
        find_by_sku(source.shop.reader, question.sku, source.shop.now_us(), basket.price_list)
        if question and question.kind in ("measure", "modifiers")
        else None
    )
    scale = tills.scales.get(register) if question and question.unit == "kg" else None
    asked = question.sku if question and question.kind == "modifiers" else ""
    groups = modifier_groups(source.shop.reader, asked) if asked else ()
    said = question.modifiers if question else None
    return {
        "question": question,
        "groups": groups,
        "chosen": preset_refs(groups) if said is None else said,
        "scale": scale,
        "per_minor": priced.price_minor if priced else None,
        "born": lambda today: born(today, question.min_age if question else 0),
    }


def card_payment(source: FragmentSource, register: str) -> Values:
    """The payment in progress, with its outcome and the terminal's prompt.

    It's at the register's terminal or by stored card.
    """
    tills = source.services.of(TILLS)
    part = tills.terminals.get(register)
    basket = tills.counters[register].basket
    found = find_payment(source.shop.reader, basket.payment) if basket.payment else None
    failed = look_ups(source.shop.reader, found.key).failed if found else 0
    return {
        "terminal": part is not None,
        "closes": source.services.of(CONFIG).of(PaymentsSection).close_terminal,
        "steps": STEPS,
        "payment": found,
        "step": part.step if part and found and found.runs else "",
        "resolvable": failed >= LOOK_UPS_LEAST,
    }


def notice(source: FragmentSource, register: str) -> Values:
    """The last refusal."""
    counter = source.services.of(TILLS).counters[register]
    return {"refused": counter.refused, "number": counter.refusals}


def sales(source: FragmentSource, register: str) -> Values:
    """The newest receipts."""
    return {"receipts": read_receipts(source.shop.reader, register, limit=SALES_SHOWN)}


def paper(source: FragmentSource, register: str) -> Values:
    """The newest receipt as it was or will be printed."""
    reader = source.shop.reader
    devices = _printers(source, register)
    templates = devices[-1].paper.templates if devices else ""
    job = last_print_job(reader, register)
    return {
        "job": job and msgspec.structs.replace(job, document=readable(reader, job.document)),
        "templates": templates,
        "printer": bool(devices),
        "waiting": count_papers(reader, register),
    }


def _printers(source: FragmentSource, register: str) -> list[Any]:
    """The register's receipt printers; there may be none."""
    devices = source.services.of(CONFIG).devices
    return [one for one in devices if one.role == "receipt_printer" and one.register == register]


def doubted_papers(source: FragmentSource, register: str) -> Values:
    """Papers that may or may not have been printed."""
    return {"jobs": unconfirmed_prints(source.shop.reader, register)}


def parked_values(source: FragmentSource, register: str) -> Values:
    """The number of parked baskets in the shop, as a reminder."""
    return {"count_held": count_parked(source.shop.reader)}


def training(source: FragmentSource, register: str) -> Values:
    """Whether the page is in practice mode."""
    return {"trains": source.trains}


def practice_customer(source: FragmentSource, register: str) -> Values:
    """The next customer replayed from yesterday, in practice mode."""
    shop = source.shop
    played = source.services.of(CUSTOMERS_PLAYED) if source.trains else None
    return {"now": played and played.now(shop.reader, shop.now_us())}


SMALL_MINOR = 100
"""Coins below this value (minor units) are used only to round small amounts."""


def likely_sums(due_minor: int, currency: str) -> tuple[int, ...]:
    """Likely cash amounts for `due_minor`, rounded up to the currency's next coins and notes.

    Large sums aren't rounded to small coins, nor to coins and notes that start with 2.
    """
    known = denominations(currency)
    least = min(10 ** max(0, len(str(due_minor)) - 2), SMALL_MINOR)
    coins = known.coins if known else (1, 5, 10, 50, 100, 500)
    steps = [coin for coin in coins if coin >= least and str(coin)[0] != "2"]
    steps += known.notes if known else (1_000, 2_000, 5_000, 10_000)
    amounts = {-(-due_minor // step) * step for step in steps}
    return tuple(sorted(amount for amount in amounts if amount > due_minor)[:4])


def born(today: date, years: int) -> date:
    """The latest birth date of a person aged `years` today. 29 February counts as 1 March."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


FRAGMENTS = (
    Fragment("lines", lines, urgent=True, patch=patch),
    Fragment("sums", sums, urgent=True),
    Fragment("question", question, urgent=True),
    Fragment("notice", notice, urgent=True),
    Fragment("training", training, urgent=True),
    Fragment("practice_customer", practice_customer),
    Fragment("card_payment", card_payment, urgent=True, follows=(TERMINAL, FACTS)),
    Fragment("unconfirmed_prints", doubted_papers),
    Fragment("sales", sales),
    Fragment("held", parked_values, follows=(COMMITTED,)),
    Fragment("paper", paper),
)
