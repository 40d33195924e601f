"""Whatever two tills do in whatever order, the books are right: what hypothesis comes up with, and never us.

Each step goes through the writer, several in a commit, some of them again under the same
id; now and then the disk is full, or the shop is closed and opened.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge.core import ids
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.counter.basket.basket import Basket
from edge.counter.kitchen.events import SlipsPrinted
from edge.counter.till import commands as till
from edge.counter.till.events import BasketAbandoned, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.queries import read_basket, read_receipts
from edge.foundation.access.rights import OVERRIDE, anonymous_actor
from edge.goods.catalog.commands import SetProducts
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion, SeveralFor, SpendAmount
from edge.operations.ledger import Ledger
from tests.shop_fixture import BAR, BEER, CONFIG, MILK, MYSTERY, PRODUCTS, SYSTEM, TOMATO, FakeClock, config

pytestmark = pytest.mark.slow

REGISTERS = ("1", "2")
WHO = {register: anonymous_actor(register).with_rights(OVERRIDE) for register in REGISTERS}
AT = st.sampled_from(REGISTERS)
LINE = st.integers(1, 4)
CODES = st.sampled_from([MILK, BEER, TOMATO, MYSTERY, "unheard of"])
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(till.AddLine, CODES, quantity=st.sampled_from([None, None, 1000, 3000, 700])),
    st.builds(till.AddLine, sku=st.sampled_from(["milk", "tomato"]), quantity=st.sampled_from([None, 250])),
    st.builds(till.SetQuantity, LINE, st.sampled_from([1000, 2000, 1500])),
    st.builds(till.VoidLine, LINE),
    st.builds(till.OverridePrice, LINE, st.integers(0, 500), st.just("because")),
    st.builds(till.Pay, st.sampled_from(["cash", "card"]), st.sampled_from([None, 0, 1, 50, 123, 1000, 5000])),
    st.builds(till.UsePriceList, st.sampled_from(["member", "store"])),
    st.builds(till.VoidLastSale),
    st.builds(
        till.RefundSale,
        st.integers(1, 4),
        AT,
        st.lists(st.builds(till.RefundedLine, LINE, st.sampled_from([None, 1000, 300]), st.booleans()), max_size=2).map(
            tuple
        ),
        st.sampled_from(["cash", "card"]),
    ),
    st.builds(till.RefundWithoutReceipt, st.sampled_from(["cash", "card"]), st.booleans()),
    st.builds(till.SendToKitchen, st.sampled_from(["", "Table 5"])),
    st.builds(till.ReprintReceipt, st.integers(1, 3)),
    st.builds(till.AbandonBasket),
    st.builds(
        till.SellBasket,
        st.lists(
            st.builds(till.LineSold, CODES, quantity=st.sampled_from([None, 1000, 250])), min_size=1, max_size=3
        ).map(tuple),
        st.just((till.TenderGiven("cash"),)),
        st.sampled_from([0, 18]),
    ),
)
PROMOTIONS = (
    Promotion("milks", {"en": "3 milks for 2.99"}, SeveralFor(3, 299), Goods(("milk",))),
    Promotion("third", {"en": "A third off"}, PercentOff(33_333), list="member"),
    Promotion("spend", {"en": "1 off 5"}, SpendAmount(500, 100), but=Goods(("beer",))),
)
COINS = CONFIG.replace('zone = "Europe/Paris"', 'zone = "Europe/Paris"\ncash_step_minor = 5')
TEXT = "till.refunds_without_receipt = true\n" + COINS + BAR


class Tills(RuleBasedStateMachine):
    @initialize()
    def open_for_the_first_time(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="edge-tills-"))
        self.clock = FakeClock()
        self.numbers = 0
        self.asked: list[Request] = []
        self.stock: Counter[str] = Counter()
        self.sales: dict[tuple[str, int], Counter[str]] = {}
        self.back: Counter[tuple[str, int]] = Counter()
        self.receipts: dict[str, list[int]] = {register: [] for register in REGISTERS}
        self.full = False
        self.open()
        self.do([(SYSTEM, SetProducts(PRODUCTS)), *((SYSTEM, SetPromotion(one)) for one in PROMOTIONS)])

    def open(self) -> None:
        self.ledger = Ledger(config(self.folder, TEXT), self.clock)
        self.ledger.db.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug of this test

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.make_room()
            self.the_books_are_right()
            self.ledger.close()
            shutil.rmtree(self.folder)

    # ---- what happens ----------------------------------------------------------------------------

    @rule(register=AT, commands=st.lists(COMMANDS, min_size=1, max_size=5))
    def one_after_the_other(self, register: str, commands: list[Command]) -> None:
        for command in commands:
            self.do([(WHO[register], command)])

    @rule(together=st.lists(st.tuples(AT, COMMANDS), min_size=2, max_size=8))
    def in_one_commit(self, together: list[tuple[str, Command]]) -> None:
        self.do([(WHO[register], command) for register, command in together])

    @rule(register=AT, yes=st.booleans(), price=st.integers(0, 300), quantity=st.sampled_from([250, 1000, 2000]))
    def answer_what_is_asked(self, register: str, yes: bool, price: int, quantity: int) -> None:
        for question in read_basket(self.ledger.db, register).questions:
            said = yes and question.kind != "unknown"
            self.do([(WHO[register], till.AnswerQuestion(question.id, said, price, quantity))])

    @rule(
        register=AT,
        codes=st.lists(CODES, min_size=1, max_size=4),
        void=st.booleans(),
        kind=st.sampled_from(["cash", "card"]),
    )
    def serve_a_customer(self, register: str, codes: list[str], void: bool, kind: Any) -> None:
        """The usual case, so that most runs have some sales."""
        who = WHO[register]
        for code in codes:
            self.do([(who, till.AddLine(code, quantity=2000))])
        shown = read_basket(self.ledger.db, register)
        if void and shown.lines:
            self.do([(who, till.VoidLine(shown.lines[0].id))])
        for question in shown.questions:
            self.do([(who, till.AnswerQuestion(question.id, question.kind != "unknown", 77))])
        for question in read_basket(self.ledger.db, register).questions:
            self.do([(who, till.AnswerQuestion(question.id, False))])
        self.do([(who, till.Pay(kind, 100_000 if kind == "cash" else None))])

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def ask_again_under_the_same_id(self, data: Any) -> None:
        request = data.draw(st.sampled_from(self.asked))
        before = (self.ledger.writer.head, *(read_basket(self.ledger.db, register) for register in REGISTERS))
        (answer,) = self.run([request])
        assert isinstance(answer, Done), answer
        assert answer.repeated
        after = (self.ledger.writer.head, *(read_basket(self.ledger.db, register) for register in REGISTERS))
        assert after == before

    @rule(minutes=st.integers(1, 3000))
    def time_goes_by(self, minutes: int) -> None:
        self.clock.advance(minutes * 60)

    @rule()
    def the_clock_goes_mad(self) -> None:
        self.clock.at_us -= 86_400_000_000

    @precondition(lambda self: not self.full)
    @rule()
    def the_disk_is_full(self) -> None:
        pages = self.ledger.db.execute("PRAGMA page_count").fetchone()[0]
        self.ledger.db.execute(f"PRAGMA max_page_count = {pages}")
        self.full = True

    @precondition(lambda self: self.full)
    @rule()
    def there_is_room_again(self) -> None:
        self.make_room()

    @rule()
    def close_and_open(self) -> None:
        self.ledger.close()
        self.full = False
        self.open()

    # ---- what must be true -----------------------------------------------------------------------

    @invariant()
    def receipts_have_no_gaps(self) -> None:
        if not hasattr(self, "ledger"):
            return
        for register in REGISTERS:
            shown = [receipt.number for receipt in read_receipts(self.ledger.db, register, limit=200)]
            assert shown == list(range(len(shown), 0, -1))
            assert len(shown) == len(self.receipts[register])

    def the_books_are_right(self) -> None:
        self.the_bar_heard_of_each_change_once()
        assert verify(self.ledger.db, self.ledger.registry).faults == ()
        on_hand = dict(self.ledger.db.execute("SELECT sku, on_hand FROM stock").fetchall())
        assert {sku: amount for sku, amount in on_hand.items() if amount} == {
            sku: -amount for sku, amount in self.stock.items() if amount
        }
        for register in REGISTERS:
            listed = [receipt.total_minor for receipt in read_receipts(self.ledger.db, register, limit=200)]
            assert sum(listed) == sum(self.receipts[register])

    def the_bar_heard_of_each_change_once(self) -> None:
        """Whatever was sent, changed and voided before: at the end of a basket the bar knows what was sold of it."""
        known: dict[str, dict[int, int]] = {register: {} for register in REGISTERS}
        ended: dict[str, dict[int, int]] = {}
        for fact in facts(self.ledger.db, self.ledger.registry):
            register, event = fact.register, fact.event
            if isinstance(event, SlipsPrinted) and event.moment in ("paid", "sent", "cleared"):
                if event.moment == "sent":
                    self.end_of_basket(known, ended, register)
                for entry in (entry for slip in event.slips for entry in slip.entries):
                    assert known[register].get(entry.line, 0) == entry.was != entry.quantity
                    known[register][entry.line] = entry.quantity
            elif isinstance(event, SaleCompleted | BasketAbandoned) or (
                isinstance(event, SaleRefunded) and not event.sale
            ):
                self.end_of_basket(known, ended, register)
                sold = event.lines if isinstance(event, SaleCompleted) else ()
                ended[register] = {line.id: line.quantity for line in sold if not line.voided}
        for register in REGISTERS:
            self.end_of_basket(known, ended, register)

    def end_of_basket(self, known: dict[str, dict[int, int]], ended: dict[str, dict[int, int]], register: str) -> None:
        """If one ended: what the bar knows is what was sold."""
        if register in ended:
            assert {line: quantity for line, quantity in known[register].items() if quantity} == ended.pop(register)
            known[register] = {}

    # ---- how -------------------------------------------------------------------------------------

    def make_room(self) -> None:
        self.ledger.db.execute("PRAGMA max_page_count = 1000000")
        assert self.ledger.writer.probe()
        self.full = False

    def do(self, asked: list[tuple[Actor, Command]]) -> None:
        requests = []
        for actor, command in asked:
            self.numbers += 1
            spec = self.ledger.registry.commands[type(command)]
            id = ids.command_id(1_800_000_000_000_000, self.numbers.to_bytes(10, "big"))
            requests.append(Request(spec, command, actor, id, content_hash(spec.name, encode(command)), False))
        full = self.full
        for request, answer in zip(requests, self.run(requests), strict=True):
            if isinstance(answer, Done):
                assert not answer.repeated
                self.happened(request, answer)
                if len(requests) == 1 and isinstance(answer.result, Basket):
                    assert read_basket(self.ledger.db, request.actor.register) == answer.result
            else:
                assert isinstance(answer, Refused), answer
                assert full or answer.code != "read_only"

    def run(self, requests: list[Request]) -> list[Any]:
        """One commit. Where the disk had no room for it, there is some from then on."""
        early: dict[int, Any] = {}
        durable = self.ledger.writer.run(requests, lambda request, answer: early.__setitem__(id(request), answer))
        if self.ledger.writer.why_read_only:
            self.make_room()
            early = {key: Refused("read_only", {"why": "may be lost"}) for key in early}
        answers = early | {id(request): answer for request, answer in durable}
        return [answers[id(request)] for request in requests]

    def happened(self, request: Request, answer: Done) -> None:
        if request.actor is not SYSTEM:
            self.asked.append(request)
        for event in answer.events:
            match event:
                case SaleCompleted() as sale:
                    assert not isinstance(answer.result, Basket) or answer.result.empty
                    self.sold(request.actor.register, sale)
                case SaleVoided() as void:
                    self.undone(request.actor.register, void)
                case SaleRefunded() as refund:
                    self.refunded(request.actor.register, refund)
                case BasketAbandoned() as cleared:
                    assert cleared.lines
        if isinstance(answer.result, Basket):
            assert msgspec.json.decode(msgspec.json.encode(answer.result), type=Basket) == answer.result

    def sold(self, register: str, sale: SaleCompleted) -> None:
        assert sale.number == len(self.receipts[register]) + 1
        lines = [line for line in sale.lines if not line.voided]
        assert sale.total_minor == sum(line.amount_minor for line in lines)
        assert sale.total_minor == sale.net_minor + sum(row.tax_minor for row in sale.taxes)
        taken = sum(tender.amount_minor for tender in sale.tenders) - sale.change_minor
        assert taken == sale.total_minor + sale.rounding_minor
        assert abs(sale.rounding_minor) <= 2
        last = sale.tenders[-1]
        if sale.change_minor:
            assert (last.kind, (last.amount_minor - sale.change_minor) % 5) == ("cash", 0)
        self.receipts[register].append(taken)
        sold: Counter[str] = Counter()
        for line in lines:
            sold[line.sku] += line.quantity
        self.sales[register, sale.number] = sold
        self.stock.update(sold)

    def undone(self, register: str, void: SaleVoided) -> None:
        assert (void.sale, void.number) == (len(self.receipts[register]), len(self.receipts[register]) + 1)
        assert void.total_minor == self.receipts[register][-1]
        self.receipts[register].append(-void.total_minor)
        self.stock.subtract(self.sales.pop((register, void.sale)))

    def refunded(self, register: str, refund: SaleRefunded) -> None:
        assert refund.number == len(self.receipts[register]) + 1
        assert refund.paid_minor == sum(tender.amount_minor for tender in refund.tenders)
        assert refund.total_minor == sum(line.amount_minor for line in refund.lines)
        self.receipts[register].append(-refund.paid_minor)
        for line in refund.lines:
            if not line.damaged:
                self.stock[line.sku] -= line.quantity
        if refund.sale:
            sale = refund.sale_register, refund.sale
            self.back[sale] += refund.paid_minor
            assert self.back[sale] <= self.receipts[refund.sale_register][refund.sale - 1]
            for line in refund.lines:
                self.sales[sale][line.sku] -= line.quantity
            assert min(self.sales[sale].values()) >= 0


Tills.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_the_tills = Tills.TestCase
