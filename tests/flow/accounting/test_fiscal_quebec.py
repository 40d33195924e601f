"""Québec's transactions against its service, played: answered, slow, busy, refused, taken twice, away for two days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.commands import ReleaseHeldPrints
from edge.accounting.fiscal.events import PaperSigned, TransactionAnswered
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.quebec.quebec_outbox import outbox_state
from edge.accounting.fiscal.quebec.quebec_signing import signature_as_sent
from edge.accounting.fiscal.service.quebec import QuebecPart
from edge.accounting.fiscal.service.quebec_enrolment import enrol
from edge.accounting.fiscal.settings import FiscalSection
from edge.accounting.fiscal.watches import _offline, _refused_transactions
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    Pay,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    VoidLastSale,
)
from edge.counter.till.lines.bill_splits import PrintBill
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import held_prints, last_print_job
from edge.lib.errors import NeedsHuman
from edge.ordering.orders.commands import CancelOrder, TakeUpOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from sim.fiscal.quebec import SimQuebec, quebec
from tests.fiscal_shop import JUICE, QUEBEC, authorities, begin, of_type, sell
from tests.flow.accounting.test_fiscal_files import signing
from tests.http_client import when
from tests.ordering import STAFF, milk_order
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run

Scenario = Callable[[CommandBus, QuebecPart, SimQuebec, FakeClock], object]


@asynccontextmanager
async def in_quebec(folder: Path) -> AsyncIterator[tuple[CommandBus, QuebecPart, SimQuebec, FakeClock]]:
    """A shop that is enrolled with the service, and the part that speaks to it."""
    clock = FakeClock()
    async with quebec(folder) as sim:
        text = QUEBEC + (
            f'host = "{sim.host}"\nenrolment = "{sim.enrolment}"\nca = "{sim.authority.ca}"\n'
            f'lookup = "https://qr.example/?f="\nservice_key = "{sim.service_key}"\n'
        )
        async with open_shop(folder, clock, text=text) as shop:
            await begin(shop, "ca-qc")
            loaded = config(folder, text)
            await enrol(signing(folder), settings_of(loaded), "1", sim.code, loaded.notify.allow)
            async with QuebecPart(loaded, shop, timeout_s=2, again_s=0) as part:
                yield shop, part, sim, clock


def taken(sim: SimQuebec, number: str) -> dict[str, Any]:
    return next(one for (_, of), one in sim.taken.items() if of == number)


def paper(shop: CommandBus) -> str:
    job = last_print_job(shop.reader, "1", "receipt")
    assert job is not None
    return plain_text(job.document)


def test_a_sale_is_sent_answered_and_printed_with_its_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            await sell(shop, MILK, JUICE)
            assert len(held_prints(shop.reader)) == 1, "the bill waits for the answer, the sale does not"
            assert await part.look() == 1
            assert not held_prints(shop.reader)
            (sent,) = sim.taken.values()
            assert sim.wrong == []
            assert (sent["typTrans"], sent["modImpr"], sent["modPai"]) == ("RFER", "FAC", "CRE")
            assert [item["tax"] for item in sent["items"]] == ["F", "FP"]
            assert sent["mont"]["apresTax"] == "+000000004.14", "3.70, 5 % of it, and 9.975 % of 2.50"
            text = paper(shop)
            assert "FACTURE ORIGINALE" in text and "PAIEMENT REÇU" in text
            assert "RQ00000001" in text
            assert "PROBLÈME" not in text
            (answer,) = of_type(shop, TransactionAnswered)
            assert (answer.taken, answer.service_number) == (True, "RQ00000001")

    run(scenario())


def test_refunds_voids_and_copies_are_transactions_that_name_theirs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            await sell(shop, JUICE, JUICE)
            await agreed(shop, RefundSale(1, lines=(RefundedLine(1, 1000),)), MANAGER)
            await sell(shop, MILK)
            await agreed(shop, VoidLastSale(reason="x"), MANAGER)
            await done(shop, ReprintReceipt(3))
            assert await part.look() == 5
            sent = list(sim.taken.values())
            assert sim.wrong == []
            assert sim.batches == [4], "what waited goes along as one batch"
            assert sent[1]["mont"]["apresTax"].startswith("-")
            assert sent[1]["refs"][0]["noTrans"] == sent[0]["noTrans"]
            assert sent[3]["refs"][0]["noTrans"] == sent[2]["noTrans"]
            assert sent[4]["modImpr"] == "RPR"
            assert sent[4]["refs"][0]["noTrans"] == sent[2]["noTrans"]
            assert "REPRODUCTION" in paper(shop)

    run(scenario())


def test_no_one_answers_for_two_days_and_then_all_of_it_goes_as_a_batch(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, clock):
            sim.fault = "away"
            await sell(shop)
            await part.look()
            assert held_prints(shop.reader), "for five seconds the bill waits"
            clock.advance(6)
            await done(shop, ReleaseHeldPrints(), SYSTEM)
            assert "PROBLÈME DE COMMUNICATION" in paper(shop)
            clock.advance(25 * 3600)
            await sell(shop)
            await sell(shop)
            assert not list(_refused_transactions(shop.reader, shop.now_us(), ""))
            assert [one.values for one in _offline(shop.reader, shop.now_us(), "")] == [{"papers": 3}]
            sim.fault = ""
            assert await part.look() == 3
            assert (sim.batches, sim.wrong, len(sim.taken)) == ([2], [], 3)
            assert not list(_offline(shop.reader, shop.now_us(), ""))
            assert outbox_state(shop.reader).taken == 3

    run(scenario())


def test_what_was_taken_without_an_answer_is_sent_again_and_is_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            sim.fault = "lost"
            await sell(shop)
            assert await part.look() == 0
            assert len(sim.taken) == 1
            sim.fault = ""
            assert await part.look() == 1
            assert (len(sim.taken), sim.wrong) == (1, [])
            sim.fault = "busy"
            await sell(shop)
            assert await part.look() == 0, "a code that ends in 1 is no answer: again, unchanged"
            sim.fault = ""
            assert await part.look() == 1
            assert (len(sim.taken), sim.wrong) == (2, [])

    run(scenario())


def test_a_service_that_is_slow_for_all_is_asked_once_and_heard(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, clock):
            sim.fault = "slow"
            await sell(shop)
            asked = sim.asked
            assert await part.look() == 0, "it answers behind the time that a bill waits"
            clock.advance(6)
            assert await part.look() == 0
            assert not held_prints(shop.reader) and "PROBLÈME" in paper(shop)
            sim.wakes.set()
            assert await when(part.look, bool, "its answer comes") == 1
            (answer,) = of_type(shop, TransactionAnswered)
            assert (answer.taken, sim.asked) == (True, asked + 1)
            assert (len(sim.taken), sim.wrong) == (1, [])

    run(scenario())


def test_what_is_refused_for_good_stays_and_the_chain_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            sim.fault = "refuse"
            await sell(shop)
            assert await part.look() == 1
            assert [one.values["number"] for one in _refused_transactions(shop.reader, 0, "")] == ["T00000001"]
            assert "PROBLÈME DE COMMUNICATION" in paper(shop)
            sim.fault = ""
            sim.chain["0000-0000-0001"] = sent_signature(shop)
            await sell(shop)
            assert await part.look() == 1
            assert sim.wrong == []
            assert sim.asked == 2, "what was refused is not sent again"
            files = authorities(shop, part._config, signing(tmp_path))
            assert [(one.regime, one.fault) for one in check_laws(shop.reader, files, "2027-01-20")] == [("ca-qc", "")]

    run(scenario())


def sent_signature(shop: CommandBus) -> str:
    """The last transaction's signature, as the service would know it."""
    return signature_as_sent(of_type(shop, PaperSigned)[-1].signature)


def test_a_certificate_of_someone_else_is_let_in_nowhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            keys, own = part._keys, tmp_path / "other"
            own.mkdir()
            async with quebec(own) as other:
                of_other = part._config.of(FiscalSection)
                section = msgspec.structs.replace(
                    settings_of(part._config).quebec, enrolment=other.enrolment, ca=str(other.authority.ca)
                )
                assert of_other.ca_qc.host == sim.host
                said = msgspec.structs.replace(settings_of(part._config), quebec=section)
                await enrol(keys, said, "1", other.code, ("127.0.0.1",))
                with pytest.raises(NeedsHuman):
                    await enrol(keys, said, "1", "WRONG-CODE", ("127.0.0.1",))
            await sell(shop)
            assert await part.look() == 0
            assert (sim.asked, outbox_state(shop.reader).waits) == (0, 1)

    run(scenario())


def test_a_bill_is_a_transaction_that_the_sale_names_and_so_is_leaving_without_paying(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            await agreed(shop, AddLine(JUICE), CASHIER)
            await done(shop, PrintBill())
            assert await part.look() == 1
            job = last_print_job(shop.reader, "1", "bill")
            assert job is not None
            assert "FACTURE ORIGINALE" in plain_text(job.document)
            assert "RQ00000001" in plain_text(job.document)
            await agreed(shop, AddLine(MILK), CASHIER)
            await done(shop, PrintBill())
            await agreed(shop, Pay("card"), CASHIER)
            assert await part.look() == 2
            job = last_print_job(shop.reader, "1", "bill")
            assert job is not None
            assert "FACTURE RÉVISÉE" in plain_text(job.document)
            bill, revised, sale = (taken(sim, number) for number in ("T00000001", "T00000002", "T00000003"))
            assert [one["typTrans"] for one in (bill, revised, sale)] == ["ADDI", "ADDI", "RFER"]
            assert (bill["modPai"], sale["modPai"]) == ("SOB", "CRE")
            assert [one["noTrans"] for one in revised["refs"]] == ["T00000001"]
            assert [one["noTrans"] for one in sale["refs"]] == ["T00000002", "T00000001"]
            await agreed(shop, AddLine(JUICE), CASHIER)
            await done(shop, PrintBill())
            await done(shop, AbandonBasket(), MANAGER)
            assert await part.look() == 2
            left = taken(sim, "T00000005")
            assert (left["modImpr"], left["refs"][0]["noTrans"]) == ("PSP", "T00000004")
            assert not sim.wrong
            (checked,) = check_laws(
                shop.reader, authorities(shop, config(tmp_path, QUEBEC), signing(tmp_path)), "2027-01-16"
            )
            assert not checked.fault

    run(scenario())


def test_what_is_paid_ahead_is_due_at_once_and_no_sale_until_it_becomes_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            order = await milk_order(shop)
            await agreed(shop, TakeAdvance(order.id, 100), STAFF)
            await agreed(shop, Pay("cash"), CASHIER)
            await agreed(shop, TakeUpOrder(order=order.id), STAFF)
            await agreed(shop, Pay("card"), CASHIER)
            late = await milk_order(shop)
            await agreed(shop, TakeAdvance(late.id, 100), STAFF)
            await agreed(shop, Pay("cash"), CASHIER)
            await agreed(shop, CancelOrder(late.id, "shop"), STAFF)
            await agreed(shop, GiveBackAdvance(late.id), MANAGER)
            assert await part.look() == 4
            assert sim.wrong == []
            sent = list(sim.taken.values())
            sums = [(one["mont"]["apresTax"], one["mont"]["mtdu"], one["modPai"]) for one in sent]
            assert sums == [
                ("+000000000.00", "+000000001.00", "ARG"),
                ("+000000002.52", "+000000001.52", "CRE"),
                ("+000000000.00", "+000000001.00", "ARG"),
                ("+000000000.00", "-000000001.00", "ARG"),
            ]
            assert [item["prix"] for item in sent[0]["items"]] == ["+000000000.00"], "articles at 0 $ are shown"
            due = sum(int(one["mont"]["mtdu"].replace(".", "")) for one in sent)
            assert due == sum(int(one["mont"]["apresTax"].replace(".", "")) for one in sent) == 252

    run(scenario())
