"""WhatsApp through Meta's Cloud API. Messages use an approved template with title and text as parameters; replies to a
user are sent as text."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress

import msgspec

from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

TEXT_CHARS = 1_024
ANSWER_CHARS = 4_096
TOKEN_WRONG = (0, 190, 10, 200)
NO_TRANSLATION = 132001
TEMPLATE_WRONG = (132000, 132005, 132007, 132012, 132015, 132016)
NOT_REACHED = (131026, 131030)
BUSY = (4, 80007, 130429, 131048, 131056, 131000, 131016)


class WhatsAppChannel:
    """Sends from the shop's number. If the template lacks a language, the shop's language is used."""

    name = "whatsapp"
    repeats, marks_end = False, False

    def __init__(
        self, http: OutgoingHttp, url: str, token: str, template: str, languages: Collection[str], fallback: str
    ) -> None:
        self._http = http
        self._url = url
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._template = template
        self._languages = languages
        self._fallback = fallback

    async def send(self, parcel: Parcel, to: str) -> str:
        if parcel.what == "answer":
            return await self._send_body({**_to(parcel, to), "type": "text", "text": _text(parcel)})
        asked = dict.fromkeys(one for one in (parcel.language, self._fallback) if one in self._languages)
        *others, last = asked or list(self._languages)[:1]
        for language in others:
            with suppress(_NoTranslation):
                return await self._post(parcel, to, language)
        return await self._post(parcel, to, last)

    async def _post(self, parcel: Parcel, to: str, language: str) -> str:
        shown = (one_line(parcel.title, 80), one_line(" / ".join(parcel.paragraphs), TEXT_CHARS - 200))
        body = {
            **_to(parcel, to),
            "type": "template",
            "template": {
                "name": self._template,
                "language": {"code": language},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": text} for text in shown]}],
            },
        }
        return await self._send_body(body)

    async def _send_body(self, body: dict[str, object]) -> str:
        answer = await self._http.post(self._url, msgspec.json.encode(body), self._headers)
        said = answer.json()
        of = said if isinstance(said, dict) else {}
        if fault := of.get("error"):
            raise _meta_error(
                fault.get("code") if isinstance(fault, dict) else None, answer.status, answer.retry_after_s
            )
        require_success(answer)
        messages = of.get("messages")
        return str(messages[0].get("id", ""))[:120] if isinstance(messages, list) and messages else ""


def _to(parcel: Parcel, to: str) -> dict[str, object]:
    token = {"biz_opaque_callback_data": parcel.token} if parcel.token else {}
    return {"messaging_product": "whatsapp", "to": to.removeprefix("+"), **token}


def _text(parcel: Parcel) -> dict[str, object]:
    """Return a reply, which needs no template within a day of the user's message (Cloud API, "Text messages")."""
    return {"preview_url": False, "body": "\n".join(parcel.paragraphs)[:ANSWER_CHARS] or "-"}


def one_line(text: str, most: int) -> str:
    """Template parameter text: no line breaks, tabs or repeated spaces."""
    return re.sub(r"\s+", " ", text).strip()[:most] or "-"


class _NoTranslation(Undelivered):
    """Raised if the template isn't approved in a language but may be in another."""


def _meta_error(code: object, status: int, after_s: float | None) -> Undelivered:
    """Map Meta's own error code, independent of the HTTP status."""
    if code == NO_TRANSLATION:
        return _NoTranslation("wrong_template", str(code), permanent=True, credentials=True)
    if code in TEMPLATE_WRONG:
        return Undelivered("wrong_template", str(code), permanent=True, credentials=True)
    if code in TOKEN_WRONG:
        return Undelivered("wrong_password", str(code), permanent=True, credentials=True)
    if code in NOT_REACHED:
        return Undelivered("no_such_number", str(code), permanent=True)
    if code in BUSY or status == 429:
        return Undelivered("told_to_wait", str(code), after_s=after_s)
    return Undelivered("refused", str(code), permanent=True)
