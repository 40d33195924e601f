"""Web push: a notification in each of a person's browsers, even without an open page of the shop."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

import msgspec

from edge.analytics.notify.commands import DropBrowser
from edge.analytics.notify.preferences import Browser
from edge.analytics.notify.push_subscriptions import PersonBrowsers, read_push_key
from edge.core.command_bus import CommandBus
from edge.foundation.access.rights import system
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.lib import webpush
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

LIFE_S = 4 * 3600
TOKEN_S = 12 * 3600
TEXT_CHARS = 1_000
URGENCY = {"critical": "high", "high": "high", "medium": "normal", "low": "low", "info": "very-low"}


class PushChannel:
    """Sends to all browsers of a person and removes expired ones; if none remain, another channel is used."""

    name = "push"
    repeats, marks_end = False, False

    def __init__(self, http: OutgoingHttp, shop: CommandBus, contact: str, now_s: Callable[[], float]) -> None:
        self._http = http
        self._shop = shop
        self._contact = contact
        self._now_s = now_s

    async def send(self, parcel: Parcel, to: str) -> str:
        whose, reached = msgspec.json.decode(to, type=PersonBrowsers), 0
        fault: Undelivered | MaybeSent = Undelivered("no_browser", permanent=True)
        for id, browser in whose.browsers.items():
            try:
                reached += await self._one(parcel, browser)
            except MaybeSent as error:
                fault = error
            except Undelivered as error:
                if error.why == "hook_gone":
                    await self._shop.do(DropBrowser(whose.person, id), system())
                elif not isinstance(fault, MaybeSent):
                    fault = error
        if not reached:
            raise fault
        return f"{reached} of {len(whose.browsers)}"

    async def _one(self, parcel: Parcel, browser: Browser) -> int:
        secret = read_push_key(self._shop.reader)
        body = msgspec.json.encode(
            {
                "title": parcel.title,
                "text": "\n".join(parcel.paragraphs)[:TEXT_CHARS],
                "link": parcel.link,
                "tag": parcel.thread,
                "language": parcel.language,
                "direction": parcel.direction,
            }
        )
        try:
            data = webpush.encrypt_push(body, browser.p256dh, browser.auth, webpush.new_key(), os.urandom(16))
        except ValueError as error:
            raise Undelivered("hook_gone", str(error), permanent=True) from error
        until_s = int(self._now_s()) + TOKEN_S
        topic = hashlib.sha256((parcel.thread or parcel.key).encode()).digest()[:24]
        headers = {
            "Authorization": webpush.authorization(browser.endpoint, webpush.key_of(secret), self._contact, until_s),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(LIFE_S),
            "Urgency": URGENCY[parcel.severity],
            "Topic": webpush.padless(topic),
        }
        answer = await self._http.post(browser.endpoint, data, headers)
        if answer.status in (404, 410):  # RFC 8030, section 7.3
            raise Undelivered("hook_gone", str(answer.status), permanent=True)
        require_success(answer)
        return 1
