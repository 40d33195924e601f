"""The manager's settlements page: payouts, differences, and disputes with evidence."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

from aiohttp import web

from edge.accounting.settlements.events import BatchEnd, DisputeEnd, DisputeReason
from edge.accounting.settlements.evidence import read_evidence
from edge.accounting.settlements.file_readers import READERS
from edge.accounting.settlements.queries import (
    Dispute,
    all_payouts_asked,
    asked_credits,
    find_batch,
    read_batch_lines,
    read_batches,
    read_disputes,
    read_missing_payments,
    read_unsettled,
)
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, PAYMENTS
from edge.lib.i18n.translations import word_for
from edge.money.payments.providers.provider import DRIVERS
from edge.money.payments.queries import find_payment, read_providers
from edge.money.payments.slip import slip_lines
from edge.ordering.orders.queries import read_shop_order
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.responses import texts_of

SHOWN = 30
CHOICES = {"closes": get_args(BatchEnd), "reasons": get_args(DisputeReason), "ends": get_args(DisputeEnd)}


async def settlements_page(request: web.Request) -> web.Response:
    """`GET /manager/settlements`: batches; `?before=`: the next page; `?provider=&batch=`: a batch's lines;
    `?payment=`: a payment to dispute."""
    query = request.query
    before = query.get("before", "")
    read = partial(
        _read,
        today=today_of(request),
        language=texts_of(request).language,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        chosen=(query.get("provider", "")[:20], query.get("batch", "")[:40]),
        payment=query.get("payment", "")[:24],
    )
    found = await request.app[SITE].asker.read(read)
    called = partial(word_for, texts_of(request).language, "payments.driver_")
    return page(request, "settlements", profiles=tuple(READERS), provider_name=called, **CHOICES, **found)


def _read(
    db: Connection, today: str, language: str, before: int | None, chosen: tuple[str, str], payment: str
) -> dict[str, Any]:
    batches = read_batches(db, before, SHOWN)
    batch = find_batch(db, *chosen)
    return {
        "batches": batches,
        "more": batches[-1].seq if len(batches) == SHOWN else 0,
        "batch": batch,
        "lines": read_batch_lines(db, *chosen) if batch else (),
        "missing_there": read_missing_payments(db, *chosen) if batch else (),
        "asked": asked_credits(db),
        "payouts_asked": all_payouts_asked(db),
        "unsettled": read_unsettled(db, today),
        "disputes": [_dispute_view(db, one, language) for one in read_disputes(db, SHOWN)],
        "disputed": find_payment(db, payment) if payment else None,
        "providers": sorted({*(one.id for one in read_providers(db)), *DRIVERS}),
    }


def _dispute_view(db: Connection, dispute: Dispute, language: str) -> dict[str, Any]:
    """A dispute with its evidence, the payment's slip, and the order's delivery address."""
    payment = find_payment(db, dispute.payment)
    slip = slip_lines(payment, language) if payment else ()
    evidence = read_evidence(db, dispute.id)
    order = read_shop_order(db, evidence.delivery.order) if evidence and evidence.delivery else None
    return {"of": dispute, "evidence": evidence, "slip": slip, "address": order.address if order else ""}


PAGES = (
    Page(
        path="/manager/settlements",
        name="settlements",
        handler=settlements_page,
        right=MANAGE,
        also=PAYMENTS,
        fragments=("alerts", "clock"),
        menu="settlements.title",
        group="counter",
        place=53,
        past=True,
        changed_by=("settlements",),
    ),
)
