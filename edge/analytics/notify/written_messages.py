"""Messages to the shop's WhatsApp number, as in its webhook (developers.facebook.com, Cloud API, "Webhooks: messages").
Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from edge.analytics.notify.delivery_reports import changes_in, list_in
from edge.core.messages import Moment

TEXT_CHARS = 1_000
"""The length of a conversation turn; a longer text is reported."""
AT_ONCE = 100
Kind = Literal["text", "sound", "other"]


class WrittenMessage(msgspec.Struct, frozen=True):
    """A message to the shop's number: the service's id, the sender's number (E.164), the time (microseconds since 1970)
    and kind. `text`: for a voice message the service's media id; "" for other kinds."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    number: Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{5,14}$(?!\n)")]
    said_us: Moment
    kind: Kind = "text"
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS + 1)] = ""


def written_in(body: bytes) -> Iterator[WrittenMessage]:
    """Yield the messages in a webhook's body, ignoring those in another format."""
    for value in changes_in(body):
        for said in list_in(value, "messages"):
            try:
                yield msgspec.convert(_message(said), WrittenMessage)
            except (msgspec.ValidationError, ValueError, OverflowError):
                continue


def _message(said: dict[str, Any]) -> dict[str, Any]:
    kind, text = "other", ""
    match said.get("type"):
        case "text":
            kind, text = "text", _text(said, "text", "body")
        case "button":
            kind, text = "text", _text(said, "button", "text")
        case "audio" | "voice":
            kind, text = "sound", _text(said, str(said["type"]), "id")
    seconds = int(str(said.get("timestamp", "0")))
    number = "+" + str(said.get("from", "")).removeprefix("+")
    return {"id": said.get("id"), "number": number, "said_us": seconds * 1_000_000, "kind": kind, "text": text}


def _text(said: dict[str, Any], name: str, inner: str) -> str:
    found = said.get(name)
    return str(found.get(inner, ""))[: TEXT_CHARS + 1] if isinstance(found, dict) else ""
