"""The simulated terminal (`sim/terminal`): JSON lines over TCP, for testing a shop's payments."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    BrandTotal,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals import sim_wire
from drivers.terminals.card_data import mask_card_numbers
from drivers.terminals.faults import TerminalError
from drivers.terminals.line_terminal import Conversation, LineTerminal
from drivers.terminals.link import BadMessage, LinkLost, TcpOptions, TerminalLink
from drivers.terminals.sim_wire import SimMessage


class SimTerminal(LineTerminal[SimMessage]):
    """A PaymentTerminal with all abilities that moves no money."""

    abilities = frozenset(
        (
            *("look_up", "idempotent", "partial", "confirm", "referenced_refund", "totals", "display", "cancel"),
            *("tip", "tip_adjust", "cash_back", "offline", "void"),
        )
    )
    mode = "test"

    class Config(TcpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the sim payment terminal."""

        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port")] = 20_009
        secret: Annotated[str, Meta(max_length=200, description="access token for the till, as secret:NAME")] = ""

    def __init__(self, config: Config) -> None:
        super().__init__(f"payment terminal at {config.host}:{config.port}", config, sim_wire.ask("cancel"))
        self._config = config

    async def mark(self) -> str:
        """Return "", as this terminal looks up requests by key."""
        return ""

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Close the terminal's day and return its totals. Raises DeviceError."""
        match await self._question(sim_wire.ask("close_day")):
            case sim_wire.Totals(brands):
                return tuple(BrandTotal(one.brand, one.count, one.amount_minor) for one in brands)
            case answer:
                raise self._unfit(answer)

    async def state(self) -> TerminalState:
        """The terminal's state. Raises DeviceError."""
        match await self._question(sim_wire.ask("state")):
            case sim_wire.Idle(code, version):
                return TerminalState(not code, code, version)
            case answer:
                raise self._unfit(answer)

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show `screen`. Raises DeviceError."""
        lines = () if screen is None else screen.texts
        answer = await self._question(sim_wire.ask("show", lines=lines))
        if not isinstance(answer, sim_wire.Accepted):
            raise self._unfit(answer)

    async def _connect(self) -> TerminalLink[SimMessage]:
        return await TerminalLink.connect(self._config, self._config.port, sim_wire.take)

    async def _greet(self, link: TerminalLink[SimMessage]) -> None:
        answer = await self._answer(link, sim_wire.ask("hello", secret=self._config.secret))
        if not isinstance(answer, sim_wire.Accepted):
            raise self._unfit(answer)

    async def _talk(
        self, talk: Conversation[SimMessage], request: TerminalRequest, observer: TerminalObserver
    ) -> TerminalOutcome:
        await talk.link.send(
            sim_wire.ask(
                request.kind,
                key=request.key,
                amount_minor=request.amount_minor,
                currency=request.currency,
                reference=request.reference,
                voids=request.voids,
                tip_before_minor=request.tip_before_minor,
                asks_tip=request.asks_tip,
                cash_back_minor=request.cash_back_minor,
                offline_most_minor=request.offline_most_minor,
            )
        )
        asked = False
        while True:
            match await talk.next_message():
                case sim_wire.Accepted():
                    await talk.acknowledge()
                case sim_wire.Step(step):
                    observer.on_step(step)
                case sim_wire.Approval(final=False) as approval if not asked:
                    asked = True
                    _check(approval, request)
                    kept = request.kind == "refund" or await observer.record_approval(sim_wire.approved_of(approval))
                    await talk.link.send(sim_wire.ask("confirm", taken=kept))
                case message:
                    return _end_of(message, request)

    def _read_second_end(self, message: SimMessage, request: TerminalRequest) -> TerminalOutcome | None:
        return _end_of(message, request)

    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        link = await self._enter()
        try:
            return _end_of(await self._answer(link, sim_wire.ask("find", key=request.key)), request)
        finally:
            link.close()

    async def _question(self, data: bytes) -> SimMessage:
        if self._turn.locked():
            raise TerminalError(self._thing, "busy")
        async with self._turn:
            link = await self._enter()
            try:
                return await self._answer(link, data)
            except LinkLost as err:
                raise TerminalError(self._thing, "broke_off") from err
            except TimeoutError as err:
                raise TerminalError(self._thing, "silent") from err
            except BadMessage as err:
                raise TerminalError(self._thing, "bad_answer") from err
            finally:
                link.close()

    async def _answer(self, link: TerminalLink[SimMessage], data: bytes) -> SimMessage:
        await link.send(data)
        return await link.receive(self._config.answer_timeout_ms / 1000)

    def _unfit(self, answer: SimMessage) -> TerminalError:
        return TerminalError(self._thing, answer.code if isinstance(answer, sim_wire.Refusal) else "bad_answer")


def _check(approval: sim_wire.Approval, request: TerminalRequest) -> None:
    if approval.currency != request.currency or approval.amount_minor < 0 or not approval.reference:
        raise BadMessage
    if not 0 <= approval.tip_minor <= approval.amount_minor:
        raise BadMessage


def _end_of(message: SimMessage, request: TerminalRequest) -> TerminalOutcome:
    match message:
        case sim_wire.Approval(final=True) as approval:
            _check(approval, request)
            return sim_wire.approved_of(approval) if approval.amount_minor else Declined("declined")
        case sim_wire.Decline(code, told):
            return Declined(code, mask_card_numbers(told))
        case sim_wire.Refusal(code):
            return NotStarted(code)
        case sim_wire.Running():
            return StillRunning()
        case sim_wire.NotFound():
            return NotStarted("broke_off")
    return OutcomeUnknown("bad_answer")
