"""Clover's devices, on the shop's network or through Clover's cloud: REST Pay Display.

Source: Clover's public documentation. The request's key is both the idempotency key and the external id of a payment,
by which it's looked up. A refund is looked up by requesting it again under its key, which doesn't refund twice. The
device's certificate is issued by Clover's own authority. Not tested on a device.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    Approved,
    BrandTotal,
    Declined,
    ListedRefund,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals import clover_messages as clover
from drivers.terminals.faults import TerminalError
from drivers.terminals.http_link import HttpAnswer, HttpLink, HttpOptions
from drivers.terminals.http_terminal import HttpTerminal, zone_of
from drivers.terminals.keyed_terminal import fault_of
from drivers.terminals.link import BadMessage, LinkLost, read_json
from drivers.terminals.modes import mode_of_host

PREFIX = "/connect/v1"


class CloverTerminal(HttpTerminal):
    """A PaymentTerminal by Clover's REST Pay Display."""

    abilities = frozenset(
        (
            *("look_up", "idempotent", "partial", "referenced_refund", "partial_refund", "void"),
            *("display", "cancel", "hold", "tip", "tip_adjust", "list_refunds"),
        )
    )

    class Config(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the clover payment terminal."""

        host: Annotated[
            str,
            Meta(
                min_length=1, max_length=253, description="host name or IP address of the device or of Clover's cloud"
            ),
        ]
        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port; 443 for the cloud")] = 12_346
        cloud: Annotated[bool, Meta(description="connect to Clover's cloud instead of the device")] = False
        token: Annotated[str, Meta(min_length=1, max_length=2_000, description="access token: secret:NAME")]
        serial: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,40}$(?!\n)", description="serial number of the device")]
        pos_id: Annotated[
            str, Meta(pattern=r"^[A-Za-z0-9_. -]{1,60}$(?!\n)", description="name of the till on the terminal")
        ] = "till"
        certificate_name: Annotated[
            str, Meta(max_length=253, description="name in the device's certificate; empty: its host")
        ] = ""

        def __post_init__(self) -> None:
            zone_of(self.zone)

    def __init__(self, config: Config) -> None:
        thing = f"payment terminal at {config.host}:{config.port}"
        link = HttpLink(thing, f"https://{config.host}:{config.port}", config, config.certificate_name)
        super().__init__(thing, link, config)
        self._config = config
        self.mode = mode_of_host(config.host)

    async def open(self) -> None:
        """Check that the terminal is reachable and accepts us. Raises DeviceError."""
        await self.state()

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Raise DeviceError: this protocol has no end of day."""
        raise TerminalError(self._thing, "not_accepted")

    async def state(self) -> TerminalState:
        """The terminal's state. Raises DeviceError."""
        got = await self._question("device/ping", {})
        refused = clover.meaning_of_status(got.status, got.body)
        if refused is not None and refused.code != "busy":
            raise TerminalError(self._thing, refused.code)
        if refused is not None:
            return TerminalState(ready=False, code="busy")
        return TerminalState(True) if self._is_connected(got) else TerminalState(ready=False, code="offline")

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show `screen`. Raises DeviceError."""
        path, body = ("device/welcome", {}) if screen is None else ("device/display", clover.display_body(screen))
        got = await self._question(path, body)
        if (refused := clover.meaning_of_status(got.status, got.body)) is not None:
            raise TerminalError(self._thing, refused.code)

    async def look_held(self, request: TerminalRequest) -> TerminalOutcome:
        """The outcome so far of a payment that was only authorized."""
        path = f"{PREFIX}/payments/external/{request.key}"
        try:
            got = await self._link.ask("GET", path, headers=self._headers(), timeout_s=self._answer_s)
            if (refused := clover.meaning_of_status(got.status, got.body)) is not None:
                return OutcomeUnknown(refused.code)  # a refused look-up doesn't reveal the payment's outcome
            return clover.outcome_of(read_json(got.body, clover.Paid), request, self._config.zone)
        except TerminalError as err:
            return OutcomeUnknown(err.fault, err.told)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(fault_of(err))

    async def capture(self, request: TerminalRequest) -> TerminalOutcome:
        """Capture this amount of a held payment (`reference`).

        Repeating it under the same key captures nothing again and gets the same answer, which finds a lost one.
        """
        path, body = f"payments/{request.reference}/capture", {"amount": request.amount_minor, "tipAmount": 0}
        try:
            got = await self._post(path, body, key=f"{request.key}c")
            if (refused := clover.meaning_of_status(got.status, got.body)) is not None:
                return OutcomeUnknown(refused.code)
            taken_minor = clover.captured_minor(got.body, request.reference)
        except TerminalError as err:
            return OutcomeUnknown(err.fault, err.told)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(fault_of(err))
        seen = await self.look_held(request)  # for the card's details
        known = (
            seen if isinstance(seen, Approved) else Approved(amount_minor=0, currency=request.currency, reference="")
        )
        return msgspec.structs.replace(known, amount_minor=taken_minor, reference=request.reference, held=False)

    async def free(self, request: TerminalRequest) -> None:
        """Release the whole hold of a payment (`reference`)."""
        path = f"payments/{request.reference}/void"
        with suppress(TerminalError, LinkLost, TimeoutError):  # the result is looked up later
            await self._post(path, clover.VOID, key=f"{request.key}f")

    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]:
        """Return the refunds of a payment (`reference`), also those made in Clover's dashboard.

        None are returned if Clover can't be reached now.
        """
        path = f"{PREFIX}/payments/{reference}"
        try:
            got = await self._link.ask("GET", path, headers=self._headers(), timeout_s=self._answer_s)
            if clover.meaning_of_status(got.status, got.body) is not None:
                return ()
            return clover.listed_refunds(read_json(got.body, clover.Paid).payment)
        except (TerminalError, LinkLost, BadMessage, TimeoutError):
            return ()

    async def _take(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        if request.kind == "refund":
            return await self._refund(request) if request.reference else NotStarted("not_accepted")
        if request.kind == "tip":
            return await self._tip(request)

        async def ask(begun: Callable[[], None]) -> TerminalOutcome:
            def on_sent() -> None:
                observer.on_step("see_terminal")
                begun()

            tip_minor = 0
            if request.asks_tip:  # on a separate screen, before the card: no money moves yet
                told = await self._post("device/read-tip", clover.tip_question(request), timeout_s=None, sent=on_sent)
                if (refused := clover.meaning_of_status(told.status, told.body)) is not None:
                    return refused
                tip_minor = clover.tip_of(told.body)
                if self._wished:
                    return NotStarted("cancelled")
            body = clover.payment_body(request, tip_minor)
            got = await self._post("payments", body, key=request.key, timeout_s=None, sent=on_sent)
            return self._end_of(got, request)

        async def stop() -> None:
            await self._post("device/cancel", {})

        return await self._run_stoppable(ask, stop)

    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        if request.kind in ("refund", "tip"):
            return await self._ask_again(request)
        path = f"{PREFIX}/payments/external/{request.key}"
        got = await self._link.ask("GET", path, headers=self._headers(), timeout_s=self._answer_s)
        if not clover.is_not_found(got.status, got.body):
            outcome = self._end_of(got, request)
            # a refused look-up doesn't reveal the payment's outcome
            return OutcomeUnknown(outcome.code) if isinstance(outcome, NotStarted) else outcome
        pinged = await self._post("device/ping", {})
        idle = pinged.status == 200 and self._is_connected(pinged)
        return self._not_found(request) if idle else StillRunning()

    def _end_of(self, got: HttpAnswer, request: TerminalRequest) -> TerminalOutcome:
        """The outcome of a payment from its answer. Raises BadMessage."""
        refused = clover.meaning_of_status(got.status, got.body)
        return refused or clover.outcome_of(read_json(got.body, clover.Paid), request, self._config.zone)

    async def _refund(self, request: TerminalRequest) -> TerminalOutcome:
        if not (request.reference.isascii() and request.reference.isalnum()):
            return NotStarted("not_accepted")
        if request.voids:
            return await (self._tip(request) if request.tip_before_minor else self._void(request))
        path = f"payments/{request.reference}/refunds"
        asked = {"amount": request.amount_minor - request.surcharge_minor}  # Clover refunds the surcharge itself
        got = await self._post(path, asked, key=request.key)
        if (refused := clover.meaning_of_status(got.status, got.body)) is not None:
            return refused
        return clover.refund_outcome(read_json(got.body, clover.Refunded).refund, request, self._config.zone)

    async def _void(self, request: TerminalRequest) -> TerminalOutcome:
        got = await self._post(f"payments/{request.reference}/void", clover.VOID, key=request.key)
        return clover.meaning_of_void(got.status, got.body) or clover.voided_outcome(got.body, request)

    async def _tip(self, request: TerminalRequest) -> TerminalOutcome:
        """Set the tip of a payment. Repeating it adds no further tip."""
        if not (request.reference.isascii() and request.reference.isalnum()):
            return NotStarted("not_accepted")
        got = await self._post(f"payments/{request.reference}/tip-adjust", clover.tip_body(request), key=request.key)
        return clover.meaning_of_adjust(got.status, got.body) or clover.tip_outcome(got.body, request)

    async def _ask_again(self, request: TerminalRequest) -> TerminalOutcome:
        """Return the outcome of a refund or tip by requesting it again.

        A key is performed once and gets the same answer.
        """
        outcome = await (self._tip(request) if request.kind == "tip" else self._refund(request))
        if isinstance(outcome, Declined) and (request.kind == "tip" or request.tip_before_minor):
            return OutcomeUnknown(outcome.code, outcome.told)  # the day may have been closed since
        if isinstance(outcome, NotStarted):
            # perhaps busy with this request; an earlier attempt may have succeeded before this refusal
            return StillRunning() if outcome.code == "busy" else OutcomeUnknown(outcome.code, outcome.told)
        return outcome

    def _is_connected(self, got: HttpAnswer) -> bool:
        return read_json(got.body, clover.Pinged).connected

    async def _question(self, path: str, body: dict[str, Any]) -> HttpAnswer:
        """Return the answer to a query, made while no request runs. Raises TerminalError."""
        if self._turn.locked():
            raise TerminalError(self._thing, "busy")
        async with self._turn:
            try:
                return await self._post(path, body)
            except (LinkLost, TimeoutError) as err:
                raise TerminalError(self._thing, fault_of(err)) from err

    async def _post(
        self,
        path: str,
        body: dict[str, Any],
        *,
        key: str = "",
        timeout_s: float | None = -1,
        sent: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send a POST request. Raises TerminalError, LinkLost, TimeoutError."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        limit_s = self._answer_s if timeout_s == -1 else timeout_s
        data = msgspec.json.encode(body)
        return await self._link.ask(
            "POST", f"{PREFIX}/{path}", body=data, headers=headers, timeout_s=limit_s, sent=sent
        )

    def _headers(self) -> dict[str, str]:
        config = self._config
        headers = {
            "Authorization": f"Bearer {config.token}",
            "X-Clover-Device-Id": config.serial,
            "X-POS-Id": config.pos_id,
        }
        if config.cloud:
            headers["X-Clover-Timeout"] = str(max(1, config.silence_timeout_ms // 1000))
        return headers
