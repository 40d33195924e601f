"""Slack: an incoming webhook (api.slack.com/messaging/webhooks) that answers `ok`."""

from __future__ import annotations

import msgspec

from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

MARKS = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": "⚪", "info": "🔵"}
GONE = (
    *("no_service", "no_service_id", "no_team", "team_disabled", "invalid_token", "no_active_hooks"),
    *("channel_not_found", "channel_is_archived", "user_not_found"),
)
"""Slack's answers for a removed webhook, even with status 200 (api.slack.com/messaging/webhooks, errors)."""
TEXT_CHARS = 3_000
"""The limit of a Slack section."""


class SlackChannel:
    """Posts to a user's Slack webhook address."""

    name = "slack"
    repeats, marks_end = False, False

    def __init__(self, http: OutgoingHttp) -> None:
        self._http = http

    async def send(self, parcel: Parcel, to: str) -> str:
        title, text = _escape_text(f"{MARKS[parcel.severity]} {parcel.title}"), _escape_text(parcel.text)[:TEXT_CHARS]
        body = {
            "text": title,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": text or title}},
            ],
        }
        answer = await self._http.post(to, msgspec.json.encode(body), {"Content-Type": "application/json"})
        if answer.status in (403, 404, 410):  # no_service, channel_not_found, channel_is_archived
            raise Undelivered("hook_gone", answer.body[:100].decode(errors="replace"), permanent=True)
        require_success(answer, one_account=False)
        if (said := answer.body[:100].decode(errors="replace").strip()) != "ok":
            raise Undelivered("hook_gone" if said in GONE else "refused", said, permanent=True)
        return ""


def _escape_text(text: str) -> str:
    """Escape Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
