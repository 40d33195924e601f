"""Invoices in tests: sales that are invoiced, and what was issued of them."""

from __future__ import annotations

from typing import Any

from edge.accounting.invoices.commands import IssueInvoice
from edge.accounting.invoices.document import Buyer
from edge.accounting.invoices.queries import Invoice, read_invoice, read_invoices
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Refused
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay, SetQuantity
from edge.foundation.access.rights import INVOICES
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import last_print_job
from tests.shop_fixture import BEER, CASHIER, MILK, done

BOOKKEEPER = Actor("nora", "panel", "1", frozenset({INVOICES}))
BUYER: dict[str, Any] = {
    "name": "Boulangerie Côté & Fils inc.",
    "address": "290 Bremner Blvd\nToronto ON M5V 3L9",
    "country": "CA",
    "tax_number": "123456782 RT0001",
    "email": "compta@cote.example",
}


async def sold(shop: CommandBus) -> int:
    """The receipt number of three milks and a beer for 6.10, cash."""
    await done(shop, AddLine(MILK))
    await done(shop, SetQuantity(1, 3000))
    asked = await done(shop, AddLine(BEER))
    if asked.result.questions:
        await done(shop, AnswerQuestion(asked.result.questions[0].id))
    outcome = await done(shop, Pay("cash", 1000))
    return int(outcome.events[0].number)  # type: ignore[attr-defined]


async def issued(shop: CommandBus, receipt: int, actor: Actor = CASHIER, **said: Any) -> Invoice:
    """The document that a sale of register 1 has, once it was asked for."""
    command = IssueInvoice(receipt, register="1", **(said or BUYER))
    number = (await done(shop, command, actor)).result.number
    return invoice(shop, number)


def invoice(shop: CommandBus, number: str) -> Invoice:
    found = read_invoice(shop.reader, number)
    assert found is not None, number
    return found.invoice


def buyer(shop: CommandBus, number: str) -> Buyer | None:
    found = read_invoice(shop.reader, number)
    assert found is not None, number
    return found.buyer


def numbers(shop: CommandBus) -> list[tuple[str, str]]:
    """All documents with their kinds, the oldest first."""
    return [(one.kind, one.number) for one in reversed(read_invoices(shop.reader, limit=200))]


def printed(shop: CommandBus, register: str = "1") -> list[str]:
    """The newest document on the printer, line by line, as it is read there."""
    job = last_print_job(shop.reader, register, "invoice")
    assert job is not None
    return [" ".join(line.split()) for line in plain_text(readable(shop.reader, job.document)).splitlines()]


async def refusal(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> str:
    """Why a command is refused."""
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome.code
