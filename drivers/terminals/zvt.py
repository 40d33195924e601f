"""Terminals with ZVT over TCP: Ingenico, Verifone, Worldline, PAX and others, in German-speaking countries.

Source: ZVT protocol PA00P015 (13.13), see `zvt_frames.py`. ZVT has no keys, so a lost payment is found by its receipt
number: `mark` is the last one before it. Not tested on a device.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    Approved,
    BrandTotal,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals import zvt_messages as zvt
from drivers.terminals.faults import TerminalError
from drivers.terminals.line_terminal import Conversation, LineTerminal
from drivers.terminals.link import BadMessage, LinkLost, TcpOptions, TerminalLink
from drivers.terminals.zvt_frames import Apdu, apdu, take

CLOCK_TOLERANCE = timedelta(minutes=2)
"""Maximum time by which a terminal's clock may be behind ours."""
PAYMENT_LOOKBACK = timedelta(days=1)
"""Maximum time after sending at which a payment may be dated, as its date has no year."""
POLL_S = 1.0
"""Seconds between status enquiries while waiting for the terminal to become ready."""


class Said(msgspec.Struct, frozen=True):
    """A terminal's answers to a command: status messages, and the final message."""

    statuses: tuple[Apdu, ...]
    end: Apdu


class ZvtTerminal(LineTerminal[Apdu]):
    """A PaymentTerminal by ZVT."""

    abilities = frozenset(("look_up", "partial", "confirm", "void", "totals", "display", "cancel"))

    class Config(TcpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the zvt payment terminal."""

        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port; some models use 20008")] = 20_007
        password: Annotated[
            str,
            Meta(pattern=r"^([0-9]{6}|secret:.+)$(?!\n)", description="password of six digits, or secret:NAME"),
        ] = "000000"
        currency: Annotated[
            Literal["EUR", "CHF", "GBP", "USD", "CAD", "ILS"], Meta(description="currency of the terminal's payments")
        ] = "EUR"
        enquiry_password: Annotated[
            bool, Meta(description="send the password with status queries; some models don't accept it")
        ] = True
        zone: Annotated[
            str,
            Meta(
                max_length=64,
                description="time zone of the terminal's clock, such as Europe/Berlin; empty: this machine's",
            ),
        ] = ""

        def __post_init__(self) -> None:
            try:
                _zone(self.zone)
            except (ValueError, OSError, KeyError):
                raise ValueError("Time zone not found: `zone`") from None

    def __init__(self, config: Config) -> None:
        super().__init__(f"payment terminal at {config.host}:{config.port}", config, zvt.ABORT)
        self._config = config
        self._marked: str | None = None

    async def mark(self) -> str:
        """The number of its last receipt; "": unknown. Raises DeviceError."""
        said = await self._command(self._last_receipt())
        number = zvt.receipt_number(said.statuses[-1]) if said.statuses else None
        self._marked = "" if number is None else f"{number:04d}"
        return self._marked

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Close the terminal's day and return its totals. Raises DeviceError."""
        said = await self._command(apdu(0x0650, bytes.fromhex(self._config.password)))
        if said.end.command == zvt.ABORTED:
            raise TerminalError(self._thing, _abort_fault(said.end))
        try:
            return zvt.totals_of(said.statuses[-1]) if said.statuses else ()
        except BadMessage as err:
            raise TerminalError(self._thing, "bad_answer") from err

    async def state(self) -> TerminalState:
        """The terminal's state. Raises DeviceError."""
        try:
            said = await self._command(self._enquiry())
        except TerminalError as err:
            if err.fault != "busy":
                raise
            return TerminalState(ready=False, code="busy")
        return self._state_of(said.end)

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show `screen`. Raises DeviceError."""
        await self._command(zvt.display(() if screen is None else screen.texts), only_acknowledged=True)

    async def _connect(self) -> TerminalLink[Apdu]:
        return await TerminalLink.connect(self._config, self._config.port, take)

    async def _greet(self, link: TerminalLink[Apdu]) -> None:
        end = (await self._ask_on(link, zvt.register(self._config.password, self._config.currency))).end
        if end.command == zvt.ABORTED:
            raise TerminalError(self._thing, _abort_fault(end))

    async def _talk(
        self, talk: Conversation[Apdu], request: TerminalRequest, observer: TerminalObserver
    ) -> TerminalOutcome:
        if request.currency != self._config.currency:
            return NotStarted("wrong_currency")
        if request.mark != self._marked:
            return OutcomeUnknown("look_up_first")  # marked in an earlier session: it may have been sent already
        try:
            asked = zvt.request_bytes(request, self._config.password)
        except ValueError:
            return NotStarted("not_accepted")
        await talk.link.send(asked)
        status: Apdu | None = None
        lines: tuple[str, ...] = ()
        kept, begun = True, False
        while True:
            message = await talk.next_message()
            match message.command:
                case zvt.UNDERSTOOD | 0x8400:
                    begun = True
                    await talk.acknowledge()
                    continue
                case zvt.STATUS if not begun:
                    observer.on_step("own_taken_back")
                    await talk.link.send(zvt.TAKE_BACK)  # reverse a payment that was started at the terminal itself
                    continue
                case zvt.STATUS if status is None:
                    status = message
                    kept = await self._keeps(message, request, observer)
                    await talk.link.send(zvt.ACKNOWLEDGE if kept else zvt.TAKE_BACK)
                    continue
                case zvt.STATUS if message != status:
                    raise BadMessage
                case zvt.INTERMEDIATE:
                    observer.on_step(zvt.step_of(message))
                case zvt.PRINT_LINE | zvt.PRINT_TEXT:
                    lines = (*lines, *zvt.slip_lines(message))[: zvt.MAX_LINES]
                case command if fault := zvt.refusal_of(command):
                    if not begun:
                        return NotStarted(fault)
                    continue  # only the cancellation was refused
            await talk.link.send(zvt.ACKNOWLEDGE)
            if message.command in (zvt.COMPLETED, zvt.ABORTED):
                return self._end(message, status, kept, lines)

    def _read_second_end(self, message: Apdu, request: TerminalRequest) -> TerminalOutcome | None:
        if message.command == zvt.ABORTED:
            return Declined(_abort_fault(message))
        if message.command != zvt.STATUS:
            return None
        if result := zvt.result_of(message):
            return Declined(zvt.fault_of(result), zvt.own_text(message))
        return self._approved_outcome(message)

    async def _keeps(self, status: Apdu, request: TerminalRequest, observer: TerminalObserver) -> bool:
        if zvt.result_of(status) or request.kind == "refund":
            return True
        approval = zvt.approved_of(status, self._config.currency)
        return not approval.amount_minor or await observer.record_approval(approval)

    def _end(self, end: Apdu, status: Apdu | None, kept: bool, lines: tuple[str, ...]) -> TerminalOutcome:
        aborted = end.command == zvt.ABORTED
        if status is None:
            return Declined(_abort_fault(end)) if aborted else OutcomeUnknown("bad_answer")
        if zvt.result_of(status):
            return Declined(zvt.fault_of(zvt.result_of(status)), zvt.own_text(status))
        if aborted:
            return Declined("taken_back")
        return self._approved_outcome(status, lines) if kept else Declined("taken_back")  # reversed at our request

    def _approved_outcome(self, status: Apdu, lines: tuple[str, ...] = ()) -> TerminalOutcome:
        approval = zvt.approved_of(status, self._config.currency, lines)
        return approval if approval.amount_minor else Declined("declined")

    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        link = await self._enter()
        try:
            if not await self._is_ready(link):
                return StillRunning()
            said = await self._ask_on(link, self._last_receipt())
        finally:
            link.close()
        number = zvt.receipt_number(said.statuses[-1]) if said.statuses else None
        if number is None or not request.mark:
            return OutcomeUnknown("bad_answer")
        if number == int(request.mark):
            self._marked = request.mark
            return NotStarted("broke_off")
        return self._outcome_from_last_receipt(request, said.statuses[-1], number)

    def _outcome_from_last_receipt(self, request: TerminalRequest, status: Apdu, number: int) -> TerminalOutcome:
        """The outcome of a request by the last receipt, if that can only be its own."""
        if number != zvt.next_receipt(int(request.mark)):
            return OutcomeUnknown("bad_answer")
        if result := zvt.result_of(status):
            return Declined(zvt.fault_of(result), zvt.own_text(status))
        found = zvt.approved_of(status, self._config.currency)
        if found.amount_minor != request.amount_minor or not _fits(found, request, _zone(self._config.zone)):
            return OutcomeUnknown("bad_answer")
        return found

    async def _is_ready(self, link: TerminalLink[Apdu]) -> bool:
        """Whether it becomes ready in time."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._config.ready_timeout_ms / 1000
        while True:
            try:
                if self._state_of((await self._ask_on(link, self._enquiry())).end).code != "busy":
                    return True
            except TerminalError as err:
                if err.fault != "busy":
                    raise
            if loop.time() + POLL_S > ends_at:
                return False
            await asyncio.sleep(POLL_S)

    def _state_of(self, end: Apdu) -> TerminalState:
        try:
            version, status = zvt.version_of(end) if end.command == zvt.COMPLETED else ("", end.data[0])
        except (BadMessage, IndexError) as err:
            raise TerminalError(self._thing, "bad_answer") from err
        return TerminalState(not status, zvt.fault_of(status) if status else "", version)

    async def _command(self, data: bytes, *, only_acknowledged: bool = False) -> Said:
        """Send one command on its own connection. Raises TerminalError."""
        if self._turn.locked():
            raise TerminalError(self._thing, "busy")
        async with self._turn:
            link = await self._enter()
            try:
                return await self._ask_on(link, data, only_acknowledged=only_acknowledged)
            except LinkLost as err:
                raise TerminalError(self._thing, "broke_off") from err
            except TimeoutError as err:
                raise TerminalError(self._thing, "silent") from err
            except BadMessage as err:
                raise TerminalError(self._thing, "bad_answer") from err
            finally:
                link.close()

    async def _ask_on(self, link: TerminalLink[Apdu], data: bytes, *, only_acknowledged: bool = False) -> Said:
        """Send a command and collect its answers.
        Raises TerminalError if refused, LinkLost, BadMessage, TimeoutError."""
        await link.send(data)
        timeout_s = self._config.answer_timeout_ms / 1000
        statuses: list[Apdu] = []
        while True:
            message = await link.receive(timeout_s)
            if (fault := zvt.refusal_of(message.command)) is not None:
                raise TerminalError(self._thing, fault)
            if message.command in (zvt.UNDERSTOOD, 0x8400):
                timeout_s = self._config.silence_timeout_ms / 1000
                if only_acknowledged:
                    return Said((), message)
                continue
            await link.send(zvt.ACKNOWLEDGE)
            if message.command == zvt.STATUS:
                statuses.append(message)
            elif message.command in (zvt.COMPLETED, zvt.ABORTED):
                return Said(tuple(statuses), message)

    def _last_receipt(self) -> bytes:
        return apdu(0x0620, bytes.fromhex(self._config.password))

    def _enquiry(self) -> bytes:
        return apdu(0x0501, bytes.fromhex(self._config.password) if self._config.enquiry_password else b"")


def _zone(name: str) -> tzinfo | None:
    return ZoneInfo(name) if name else None


def _abort_fault(end: Apdu) -> TerminalFault:
    return zvt.fault_of(end.data[0]) if end.data else "cancelled"


def _fits(found: Approved, request: TerminalRequest, zone: tzinfo | None) -> bool:
    """Whether a payment was made after its request was sent, by the terminal's clock."""
    sent = datetime.fromtimestamp(request.at_us / 1_000_000, UTC).astimezone(zone).replace(tzinfo=None)
    for year in (sent.year, sent.year + 1):
        try:
            made = datetime.strptime(f"{year}-{found.at}", "%Y-%m-%d %H:%M:%S")
        except ValueError:
            continue
        if sent - CLOCK_TOLERANCE <= made <= sent + PAYMENT_LOOKBACK:
            return True
    return False
