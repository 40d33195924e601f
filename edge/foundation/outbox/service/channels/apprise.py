"""Any service that Apprise supports by URL (github.com/caronc/apprise). Optional, in a separate process."""

from __future__ import annotations

import asyncio

import msgspec

from edge.core.process import child
from edge.foundation.outbox.service.apprise_child import WAIT_S, AppriseAnswer, AppriseMessage
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import MaybeSent, Undelivered

_MODULE = "edge.foundation.outbox.service.apprise_child"


class AppriseChannel:
    """Sends through Apprise, without the service's message id."""

    name = "apprise"
    repeats, marks_end = False, False

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed

    async def send(self, parcel: Parcel, to: str) -> str:
        message = AppriseMessage(to, parcel.title, parcel.text, parcel.severity, self._allowed)
        try:
            said = await asyncio.to_thread(child.ask, _MODULE, msgspec.json.encode(message), WAIT_S)
        except child.ChildFailed as error:
            if error.slow:
                raise MaybeSent(str(error)) from error
            raise Undelivered("server_failed", str(error)) from error
        answer = msgspec.json.decode(said, type=AppriseAnswer)
        match answer.outcome:
            case "sent":
                return ""
            case "maybe":
                raise MaybeSent(answer.detail)
            case "no_connection" | "told_to_wait":
                raise Undelivered(answer.outcome, answer.detail)
            case _:
                credentials = answer.outcome == "not_installed"
                raise Undelivered(answer.outcome, answer.detail, permanent=True, credentials=credentials)
