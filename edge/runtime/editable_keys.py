"""Keys of config.toml that pages can change: their input type and page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Kind = Literal[
    "text", "lines", "number", "choice", "time", "zone", "label", "printer", "speaker", "secret", "writes_to"
]
"""Input types. `secret`: typed once and stored as a secret; `writes_to`: an email address, stored in the file as
`mailto:`."""
OnPage = Literal["setup", "taxes", "messages"]


class EditableKey(msgspec.Struct, frozen=True):
    """A key that pages can change: its name, input type and choices. `example`: a sample value. Keys without a page of
    their own appear on the set-up page."""

    key: str
    kind: Kind
    choices: tuple[str | bool, ...] = ()
    on: OnPage = "setup"
    example: str = ""

    @property
    def words(self) -> str:
        """Translation key of its label."""
        return "key_" + self.key.replace(".", "_")


class MessageChannel(msgspec.Struct, frozen=True):
    """A channel for the shop's messages. `needs`: keys that it requires; `needs_if`: keys required by another key."""

    name: str
    keys: tuple[EditableKey, ...]
    needs: tuple[str, ...] = ()
    needs_if: tuple[tuple[str, str], ...] = ()


def _notify_key(key: str, kind: Kind = "text", example: str = "", choices: tuple[str | bool, ...] = ()) -> EditableKey:
    return EditableKey(f"notify.{key}", kind, choices, "messages", example)


NO_YES = (False, True)
CHANNELS = (
    MessageChannel(
        "email",
        (
            _notify_key("email.host", example="smtp.example.com"),
            _notify_key("email.port", "number", "587"),
            _notify_key("email.security", "choice", choices=("starttls", "tls", "none")),
            _notify_key("email.user", example="shop@example.com"),
            _notify_key("email.password", "secret"),
            _notify_key("email.sender", example="shop@example.com"),
        ),
        ("notify.email.host", "notify.email.sender"),
        (("notify.email.user", "notify.email.password"),),
    ),
    MessageChannel(
        "sms",
        (
            _notify_key("sms.account", example="AC0123456789"),
            _notify_key("sms.token", "secret"),
            _notify_key("sms.sender", example="+972500000000"),
            _notify_key("sms.url", example="https://api.twilio.com"),
        ),
        ("notify.sms.account", "notify.sms.token", "notify.sms.sender"),
    ),
    MessageChannel(
        "whatsapp",
        (
            _notify_key("whatsapp.url", example="https://graph.facebook.com/v23.0/123/messages"),
            _notify_key("whatsapp.token", "secret"),
            _notify_key("whatsapp.template", example="shop_alert"),
            _notify_key("whatsapp.languages", "lines", "en, fr, he"),
            _notify_key("whatsapp.chat", example="+972500000000"),
            _notify_key("whatsapp.app_secret", "secret"),
            _notify_key("whatsapp.verify_token", "secret"),
        ),
        ("notify.whatsapp.url", "notify.whatsapp.token", "notify.whatsapp.template"),
        (("notify.whatsapp.chat", "notify.whatsapp.app_secret"),),
    ),
    MessageChannel(
        "push",
        (
            _notify_key("push", "writes_to", "owner@example.com"),
            _notify_key("push_page", example="https://hub.example.com/push"),
        ),
    ),
    MessageChannel("webhook", (_notify_key("webhook_secret", "secret"),)),
    MessageChannel("slack", (_notify_key("slack", "choice", choices=NO_YES),)),
    MessageChannel("printer", (_notify_key("printer", "printer"),)),
    MessageChannel("speaker", (_notify_key("speaker", "speaker"),)),
    MessageChannel("apprise", (_notify_key("apprise", "choice", choices=NO_YES),)),
    MessageChannel(
        "all",
        (
            _notify_key("link", example="https://till.example.com"),
            _notify_key("reports", example="https://hub.example.com/reports/TENANT/STORE/DEVICE"),
            _notify_key("by_office", "choice", choices=NO_YES),
            _notify_key("office", example="office@example.com"),
        ),
    ),
)
"""Channels in the page's order. The last one applies to all of them."""

EDITABLE = (
    EditableKey("registers", "lines"),
    EditableKey("store.tax_number", "text"),
    EditableKey("fiscal.company_number", "text"),
    EditableKey("store.zone", "zone"),
    EditableKey("store.day_turns_at", "time"),
    EditableKey("store.cash_step_minor", "number"),
    EditableKey("store.province", "text", on="taxes"),
    EditableKey("store.country", "text", on="taxes"),
    EditableKey("tax.inclusive", "choice", (True, False), on="taxes"),
    EditableKey("tax.rounding", "choice", ("total", "line"), on="taxes"),
    EditableKey("panel.host", "choice", ("127.0.0.1", "0.0.0.0")),
    EditableKey("backup.folder", "text"),
    EditableKey("backup.disk", "label"),
    EditableKey("backup.same_disk", "choice", NO_YES),
    EditableKey("backup.at", "time"),
    EditableKey("backup.keep_daily", "number"),
    EditableKey("backup.keep_weekly", "number"),
    EditableKey("labels.printer", "printer"),
    EditableKey("orders.phones", "choice", NO_YES),
    EditableKey("till.receipt_proof", "choice", NO_YES),
    EditableKey("privacy.officer", "text"),
    EditableKey("privacy.contact", "text", example="privacy@example.com"),
    *(key for channel in CHANNELS for key in channel.keys),
)
KEYS: Mapping[str, EditableKey] = MappingProxyType({one.key: one for one in EDITABLE})


def channel_of(key: str) -> MessageChannel | None:
    """Message channel of a key."""
    return next((one for one in CHANNELS if any(key == known.key for known in one.keys)), None)


def secret_name(key: str) -> str:
    """Name under which a key's secret is stored.

    >>> secret_name("notify.whatsapp.app_secret")
    'whatsapp-app-secret'
    """
    return key.removeprefix("notify.").replace(".", "-").replace("_", "-")
