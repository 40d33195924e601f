"""Adyen's terminals on the shop's network: Terminal API over HTTPS, with messages encrypted and signed.

Source: Adyen's public documentation of the Terminal API (local communications) and its libraries (MIT). The certificate
is issued by Adyen's own root to the terminal's name, never its host's. A payment is looked up by its ServiceID, which
is derived from its key. Not tested on a device.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    BrandTotal,
    NotStarted,
    OutcomeUnknown,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals import nexo_messages as nexo
from drivers.terminals.faults import TerminalError
from drivers.terminals.http_link import HttpAnswer, HttpLink, HttpOptions
from drivers.terminals.http_terminal import HttpTerminal
from drivers.terminals.keyed_terminal import fault_of
from drivers.terminals.link import BadMessage, LinkLost
from drivers.terminals.nexo_answers import Answer, PaymentResponse, ReversalResponse
from drivers.terminals.nexo_crypto import Header, NexoKeys, Protected, keys_of, protect, unprotect

PATH = "/nexo"
_HEADERS = {"Content-Type": "application/json"}
_CRYPTO_ERROR = b"crypto error"
"""A terminal's whole answer to a message encrypted with another key."""
_NONCE_BYTES = 16


class _Wire(msgspec.Struct, frozen=True, rename="pascal"):
    """A terminal's answer: encrypted, or a plain-text notification if it couldn't read our message."""

    sale_to_poi_response: Protected | None = msgspec.field(name="SaleToPOIResponse", default=None)
    sale_to_poi_request: Protected | None = msgspec.field(name="SaleToPOIRequest", default=None)


class _Inside(msgspec.Struct, frozen=True):
    answer: Answer | None = msgspec.field(name="SaleToPOIResponse", default=None)
    event: Answer | None = msgspec.field(name="SaleToPOIRequest", default=None)


_wire = msgspec.json.Decoder(_Wire)
_inside = msgspec.json.Decoder(_Inside)


class NexoTerminal(HttpTerminal):
    """A PaymentTerminal by Adyen's Terminal API."""

    abilities = frozenset(
        ("look_up", "idempotent", "partial", "referenced_refund", "totals", "display", "cancel", "tip", "cash_back")
    )

    class Config(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the nexo payment terminal."""

        host: Annotated[str, Meta(min_length=1, max_length=253, description="host name or IP address of the terminal")]
        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port")] = 8_443
        poi_id: Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z0-9]{1,40}-[A-Za-z0-9]{1,40}$(?!\n)",
                description="model and serial number, such as P400Plus-27503",
            ),
        ]
        sale_id: Annotated[
            str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)", description="name of the till on the terminal")
        ] = "till"
        passphrase: Annotated[
            str, Meta(min_length=1, max_length=200, description="passphrase of the shared key, as secret:NAME")
        ]
        key_identifier: Annotated[str, Meta(min_length=1, max_length=100, description="id of the shared key")]
        key_version: Annotated[int, Meta(ge=0, le=999, description="version of the shared key")] = 1
        environment: Annotated[Literal["test", "live"], Meta(description="environment the terminal was set up in")] = (
            "live"
        )
        legacy_certificate: Annotated[
            bool, Meta(description="the terminal uses the certificate shared by older models")
        ] = False
        silence_timeout_ms: Annotated[
            int,
            Meta(ge=50, le=300_000, description="a payment is cancelled if the terminal sends nothing for this long"),
        ] = 120_000

        @property
        def certificate_name(self) -> str:
            """The name on its certificate."""
            whose = "legacy-terminal-certificate" if self.legacy_certificate else self.poi_id
            return f"{whose}.{self.environment}.terminal.adyen.com"

    def __init__(self, config: Config) -> None:
        thing = f"payment terminal at {config.host}:{config.port}"
        link = HttpLink(thing, f"https://{config.host}:{config.port}", config, config.certificate_name)
        super().__init__(thing, link, config)
        self._config = config
        self.mode = config.environment
        self._made: NexoKeys | None = None

    async def open(self) -> None:
        """Check that the terminal is reachable and accepts us. Raises DeviceError."""
        await self._question("Diagnosis", nexo.DIAGNOSIS)

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Close the terminal's day and return its totals. Raises DeviceError."""
        answer = (await self._question("Reconciliation", nexo.RECONCILIATION)).reconciliation_response
        if answer is None or answer.response.result == "Failure":
            raise TerminalError(self._thing, "bad_answer" if answer is None else "terminal_fault")
        try:
            return nexo.totals_of(answer)
        except BadMessage as err:
            raise TerminalError(self._thing, "bad_answer") from err

    async def state(self) -> TerminalState:
        """The terminal's state. Raises DeviceError."""
        answer = (await self._question("Diagnosis", nexo.DIAGNOSIS)).diagnosis_response
        if answer is None:
            raise TerminalError(self._thing, "bad_answer")
        return nexo.state_of(answer)

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show `screen`. Raises DeviceError."""
        answer = (await self._question("Display", nexo.display_body(screen))).display_response
        if answer is None or any(one.response.result == "Failure" for one in answer.output_result):
            raise TerminalError(self._thing, "terminal_fault")

    async def _take(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        try:
            body = nexo.request_body(request)
        except ValueError:
            return NotStarted("not_accepted")
        header = self._header_of(request)
        self._keys()

        async def ask(begun: Callable[[], None]) -> TerminalOutcome:
            def on_sent() -> None:
                observer.on_step("see_terminal")
                begun()

            answer = await self._exchange(header, body, sent=on_sent)
            return answer if not isinstance(answer, Answer) else self._end_of(answer, request)

        async def stop() -> None:
            await self._exchange(self._header("Abort"), nexo.abort_body(header), timeout_s=self._answer_s)

        return await self._run_stoppable(ask, stop)

    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        header = self._header_of(request)
        asked = self._header("TransactionStatus")
        answer = await self._exchange(asked, nexo.status_body(header), timeout_s=self._answer_s)
        if not isinstance(answer, Answer) or answer.transaction_status_response is None:
            return OutcomeUnknown("bad_answer")
        found = answer.transaction_status_response
        if found.response.result == "Failure":
            return nexo.look_up_failed(found.response) or self._not_found(request)
        repeated = found.repeated_message_response
        if repeated is None or not _fits(repeated.message_header, header):
            raise BadMessage
        body = repeated.repeated_response_message_body
        return self._outcome(body.payment_response, body.reversal_response, request)

    def _end_of(self, answer: Answer, request: TerminalRequest) -> TerminalOutcome:
        if answer.event_notification is not None:
            return nexo.event_outcome(answer.event_notification)
        return self._outcome(answer.payment_response, answer.reversal_response, request)

    def _outcome(
        self, paid: PaymentResponse | None, reversed_: ReversalResponse | None, request: TerminalRequest
    ) -> TerminalOutcome:
        wanted = reversed_ if nexo.category_of(request) == "Reversal" else paid
        if wanted is None:
            raise BadMessage
        return nexo.outcome_of(wanted, request)

    async def _question(self, category: str, body: Mapping[str, Any]) -> Answer:
        """Return the answer to a query, made while no request runs. Raises TerminalError."""
        if self._turn.locked():
            raise TerminalError(self._thing, "busy")
        async with self._turn:
            try:
                answer = await self._exchange(self._header(category), body, timeout_s=self._answer_s)
            except (LinkLost, BadMessage, TimeoutError) as err:
                raise TerminalError(self._thing, fault_of(err)) from err
        if isinstance(answer, Answer):
            return answer
        raise TerminalError(self._thing, answer.code if isinstance(answer, NotStarted) else "bad_answer")

    async def _exchange(
        self,
        header: Header,
        body: Mapping[str, Any],
        *,
        timeout_s: float | None = None,
        sent: Callable[[], None] = lambda: None,
    ) -> Answer | NotStarted | OutcomeUnknown:
        """Send a message and return its answer. Raises TerminalError, LinkLost, BadMessage, TimeoutError."""
        keys = self._keys()
        plain = msgspec.json.encode({"SaleToPOIRequest": {"MessageHeader": header, **body}})
        wire = protect(plain, header, keys, secrets.token_bytes(_NONCE_BYTES))
        data = msgspec.json.encode({"SaleToPOIRequest": wire})
        got = await self._link.ask("POST", PATH, body=data, headers=_HEADERS, timeout_s=timeout_s, sent=sent)
        if got.status == 200 and header.message_category == "Abort":
            return OutcomeUnknown("silent")  # an abort's answer is empty: the payment's own has the outcome
        return _refusal(got) or self._decrypt_answer(got.body, header, keys)

    def _decrypt_answer(self, body: bytes, header: Header, keys: NexoKeys) -> Answer:
        """The decrypted answer. Raises BadMessage."""
        try:
            wire = _wire.decode(body)
            protected = wire.sale_to_poi_response or wire.sale_to_poi_request
            if protected is None:
                raise BadMessage
            inside = _inside.decode(unprotect(protected, keys))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise BadMessage from None  # the cause quotes the message
        if inside.event is not None and wire.sale_to_poi_request is not None:
            return inside.event
        answer = inside.answer
        if answer is None or answer.message_header != protected.message_header:
            raise BadMessage
        if not _fits(answer.message_header, header):
            raise BadMessage
        return answer

    def _keys(self) -> NexoKeys:
        if self._made is None:
            config = self._config
            self._made = keys_of(config.passphrase, config.key_identifier, config.key_version)
        return self._made

    def _header_of(self, request: TerminalRequest) -> Header:
        """Return the header of a request that moves money, which is the same each time."""
        return self._header(nexo.category_of(request), nexo.service_id(request.key))

    def _header(self, category: str, service_id: str = "") -> Header:
        return Header(
            message_category=category,
            sale_id=self._config.sale_id,
            service_id=service_id or nexo.service_id(secrets.token_hex(_NONCE_BYTES)),
            poi_id=self._config.poi_id,
        )


def _fits(answer: Header, asked: Header) -> bool:
    """Whether an answer belongs to this request."""
    return answer == msgspec.structs.replace(asked, message_type="Response")


def _refusal(got: HttpAnswer) -> NotStarted | OutcomeUnknown | None:
    """Meaning of an error status for the request; None: success."""
    if got.status in (401, 403) or _CRYPTO_ERROR in got.body[:2_000].lower():
        return NotStarted("key")
    if 400 <= got.status < 500 and got.status != 408:
        return NotStarted("terminal_fault")
    return None if got.status == 200 else OutcomeUnknown("terminal_fault")
