"""People at the tills. They survive the appliance's crashes: without an answer, they repeat the command with the same
id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from edge.core import ids
from edge.core.messages import Command, Done, OutcomeUnknown, Refused
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import TenderKind
from edge.counter.shifts import commands as shifts
from edge.counter.till import commands as till
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_basket
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.printing.commands import ConfirmPrint, CopyPrint
from edge.foundation.printing.queries import unconfirmed_prints
from tests.shop_fixture import BEER, MILK, TOMATO
from tests.simulation.appliance import Appliance
from tests.simulation.printer import Paper
from tests.simulation.trace import Trace
from tests.simulation.truth import Broken, Truth

T = TypeVar("T")
THINK_S = 0.35
ANSWER_S = 20.0
"""Seconds after which a client repeats an unanswered command."""
AGAIN_S = 0.7
PASSING = ("busy", "read_only")


class Till:
    """A register and its cashier. `run` works until `closing` is set, then clears the basket."""

    def __init__(
        self, register: str, appliance: Appliance, paper: Paper, truth: Truth, trace: Trace, chance: Random
    ) -> None:
        self.register = register
        self.closing = False
        self._appliance = appliance
        self._paper = paper
        self._truth = truth
        self._trace = trace
        self._chance = chance
        self._numbers: list[int] = []

    async def run(self) -> None:
        deeds = [
            *([self._scan] * 5 + [self._pay] * 4),
            *(self._part_pay, self._change, self._give_up, self._undo, self._refund, self._send_to_kitchen),
            *(self._reprint, self._report, self._forbidden, self._look_at_paper, self._mind_the_drawer),
        ]
        while not self.closing:
            await asyncio.sleep(self._chance.expovariate(1 / THINK_S))
            await self._chance.choice(deeds)()
        await self.ask(till.AbandonBasket())

    async def settle(self) -> bool:
        """Check every paper in doubt; returns True if there was none."""
        return not await self._look_at_paper()

    async def ask(self, command: Command, *rights: str) -> Done | Refused:
        """Return the answer, however long it takes. A command is sometimes repeated, and must not be executed twice."""
        now_us = self._appliance.clock.true_us()
        id = ids.command_id(now_us, self._chance.randbytes(10))
        answer = await self._until_answered(command, id, rights)
        if isinstance(answer, Done) and self._chance.random() < 0.1:
            restores = self._truth.restores
            again = await self._until_answered(command, id, rights)
            # A crash may have lost a change to an open basket, because it was answered before its commit.
            twice = not (isinstance(again, Done) and again.repeated)
            if answer.events and twice and restores == self._truth.restores:
                raise Broken("done once", f"{command} was done, and asked again under its id: {again}")
        return answer

    async def _until_answered(self, command: Command, id: ids.CommandId, rights: tuple[str, ...]) -> Done | Refused:
        actor = anonymous_actor(self.register).with_rights(*rights)
        while True:
            answer = await self._appliance.ask(command, actor, id, ANSWER_S)
            passing = isinstance(answer, Refused) and answer.code in PASSING
            if answer is None or isinstance(answer, OutcomeUnknown) or passing:
                await asyncio.sleep(AGAIN_S * (0.5 + self._chance.random()))
                continue
            self._tell(command, answer)
            return answer

    def _tell(self, command: Command, answer: Done | Refused) -> None:
        said = answer.code if isinstance(answer, Refused) else f"done #{answer.first_seq}"
        self._trace.add(f"till {self.register}", f"{type(command).__name__}: {said}")
        if isinstance(answer, Refused):
            if answer.code == "conflict":
                raise Broken("done once", f"{command} is said to be another command's id")
            return
        self._truth.tell(self.register, answer)
        self._numbers += [event.number for event in answer.events if isinstance(event, SaleCompleted)]

    # ---- what they do

    async def _scan(self) -> None:
        await self.ask(till.AddLine(self._chance.choice([MILK, MILK, BEER, TOMATO, "4006381333948"])))
        for question in self._read(lambda db: read_basket(db, self.register).questions):
            yes = self._chance.random() < 0.8
            weight = self._chance.randrange(50, 3000) if question.kind == "measure" else None
            price = self._chance.randrange(10, 900) if question.kind == "price" else None
            await self.ask(till.AnswerQuestion(question.id, yes, price, weight))

    async def _pay(self) -> None:
        cash = self._chance.random() < 0.5
        await self.ask(till.Pay("cash", 10_000) if cash else till.Pay("card"))

    async def _part_pay(self) -> None:
        await self.ask(till.Pay("cash", self._chance.randrange(5, 200)))

    async def _change(self) -> None:
        lines = self._read(lambda db: read_basket(db, self.register).lines)
        if lines:
            line = self._chance.choice(lines).id
            new = self._chance.randrange(1, 400)
            rights, command = self._chance.choice(
                [
                    ((), till.SetQuantity(line, new * 1000)),
                    ((), till.VoidLine(line)),
                    (("override",), till.OverridePrice(line, new, "bruised")),
                ]
            )
            await self.ask(command, *rights)

    async def _give_up(self) -> None:
        await self.ask(till.AbandonBasket())

    async def _undo(self) -> None:
        await self.ask(till.VoidLastSale("wrong"), "override")

    async def _send_to_kitchen(self) -> None:
        await self.ask(till.SendToKitchen("table 7"))

    async def _refund(self) -> None:
        if self._numbers:
            kind: TenderKind | None = self._chance.choice(["cash", "card", None])
            number = self._chance.choice(self._numbers)
            await self.ask(till.RefundSale(number, kind=kind, reason="stale"), "override", "refund_cash")

    async def _report(self) -> None:
        await self.ask(till.PrintReport(self._chance.choice(["x", "z"])), "override")
        if self._chance.random() < 0.3:
            await self.ask(till.ReprintReport(), "override")

    async def _mind_the_drawer(self) -> None:
        minor = self._chance.randrange(1, 5000)
        deeds = [shifts.OpenShift(minor), shifts.MoveCash("drop", minor, "safe"), shifts.CloseShift(minor)]
        await self.ask(self._chance.choice(deeds), "override")

    async def _reprint(self) -> None:
        if self._numbers:
            await self.ask(till.ReprintReceipt(self._chance.choice(self._numbers)))

    async def _forbidden(self) -> None:
        await self.ask(till.VoidLastSale("not allowed"))

    async def _look_at_paper(self) -> bool:
        """Resolve unconfirmed prints: confirm those on paper, and print the others again. Returns whether there were
        any.
        """
        jobs = self._read(lambda db: unconfirmed_prints(db, self.register))
        for job in jobs:
            good = self._paper.shows(job)
            again = CopyPrint(job.id) if job.receipt is None else till.ReprintReceipt(job.receipt)
            # a report may only be copied with this right
            await self.ask(ConfirmPrint(job.id) if good else again, "override")
        return bool(jobs)

    def _read(self, read: Callable[[Connection], Sequence[T]]) -> Sequence[T]:
        """Read what the page shows; () while there is no appliance."""
        reader = self._appliance.reader
        return () if reader is None else read(reader)
