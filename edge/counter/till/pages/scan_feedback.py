"""The till's feedback on a scan, for a person who can't see the till."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Literal, NamedTuple

import msgspec

from drivers.roles import Scan
from edge.core.messages import Done, Outcome, Refused
from edge.counter.basket.basket import Basket
from edge.web.limits import VERDICT_S, VERDICTS_LIMIT
from edge.web.live.localizer import Localizer

_UNKNOWN = Refused("outcome_unknown")


class Verdict(msgspec.Struct, frozen=True):
    """Feedback in words. `what`: the scanned item; `say`: the till's message."""

    kind: Literal["added", "asks", "refused", "later"]
    what: str
    say: str


class Verdicts:
    """Outcomes of a device's recent scans by id, kept for retries."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, _Awaited] = OrderedDict()

    def expect(self, id: str, before: Basket) -> None:
        """Register a scan before its command runs. `before`: the basket at that time."""
        self._of.setdefault(id, _Awaited(before, asyncio.get_running_loop().create_future()))
        while len(self._of) > VERDICTS_LIMIT:
            self._of.popitem(last=False)

    def record_outcome(self, scan: Scan, outcome: Outcome | None) -> None:
        """Record a scan's outcome. None: the page that requested the code shows it."""
        awaited = self._of.get(scan.id)
        if awaited is not None and not awaited.outcome.done():
            awaited.outcome.set_result(outcome)

    async def of(self, id: str, code: str, texts: Localizer) -> Verdict:
        """The outcome of a registered scan, once it's known. After `VERDICT_S`, feedback that it isn't known yet."""
        awaited = self._of[id]
        await asyncio.wait([awaited.outcome], timeout=VERDICT_S)
        return (
            verdict(code, awaited.outcome.result(), awaited.before, texts)
            if awaited.outcome.done()
            else _later(code, texts)
        )


class _Awaited(NamedTuple):
    before: Basket
    outcome: asyncio.Future[Outcome | None]


def verdict(code: str, outcome: Outcome | None, before: Basket, texts: Localizer) -> Verdict:
    """Feedback for scanning `code` into the basket `before`."""
    if outcome is None:
        return Verdict("later", code, texts.say("phone.asked"))
    if not isinstance(outcome, Done) or not isinstance(outcome.result, Basket):
        return Verdict("refused", code, texts.refusal(outcome if isinstance(outcome, Refused) else _UNKNOWN))
    after = outcome.result
    question = next((asked for asked in after.questions if before.question(asked.id) is None), None)
    if question is not None:
        asks = texts.say(f"page.ask_{question.kind}")
        return Verdict("asks", texts.name(question.names) or code, f"{asks} · {texts.say('phone.answer_there')}")
    line = after.changed_since(before)
    if line is None:
        return _later(code, texts)
    many = f"{texts.quantity(line.quantity)} {texts.say(f'unit.{line.unit}')}"
    return Verdict("added", texts.name(line.names), f"{many} · {texts.money(line.amount_minor)}")


def _later(code: str, texts: Localizer) -> Verdict:
    return Verdict("later", code, texts.say("phone.later"))
