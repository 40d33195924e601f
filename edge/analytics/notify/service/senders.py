"""Create the configured channels with their secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from edge.analytics.notify.office_mail import SENDER
from edge.analytics.notify.service.by_office import OfficeMail
from edge.analytics.notify.service.push import PushChannel
from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore
from edge.foundation.outbox.service.channels.apprise import AppriseChannel
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.foundation.outbox.service.channels.sender import Sender
from edge.foundation.outbox.service.channels.slack import SlackChannel
from edge.foundation.outbox.service.channels.sms import SmsChannel
from edge.foundation.outbox.service.channels.supplier import SupplierChannel
from edge.foundation.outbox.service.channels.webhook import WebhookChannel
from edge.foundation.outbox.service.channels.whatsapp import WhatsAppChannel
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.config import Config
from edge.runtime.config.notify import NotifySection
from edge.runtime.head_office import HeadOffice
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.outgoing.mail import outgoing_mail
from edge.runtime.secrets import secret_of

_log = structlog.get_logger(__name__)


Secret = Callable[[str, str], str]
"""Resolves a value and a file of the configuration."""


def senders(
    config: Config,
    store: SecretStore,
    shop: CommandBus,
    http: OutgoingHttp,
    breakers: Breakers,
    own: Sequence[Sender] = (),
    office: HeadOffice | None = None,
) -> tuple[dict[str, Sender], dict[str, str]]:
    """The channels by name, and the reason each unusable one can't be used.

    `own`: channels of the shop's devices; `office`: head office, which can send mail.
    """
    section, beside, language = config.notify, config.file.parent, config.store.language
    made: dict[str, Sender] = {}
    if section.by_office and office:
        made["email"] = EmailChannel(OfficeMail(shop, office), SENDER, repeats=True)
    faults: dict[str, str] = {}
    for name in ("email", "slack", "webhook", "sms", "whatsapp", "push", "apprise", "supplier"):
        try:
            sender = _make_sender(name, section, beside, store, shop, http, breakers, language)
        except (ConfigError, NeedsHuman) as error:
            _log.warning("a channel can't be used", channel=name, what=error.what, advice=error.advice)
            faults[name] = error.what
            continue
        if sender is not None:
            made[name] = sender
    return made | {sender.name: sender for sender in own}, faults


def _make_sender(
    name: str,
    section: NotifySection,
    beside: Path,
    store: SecretStore,
    shop: CommandBus,
    http: OutgoingHttp,
    breakers: Breakers,
    language: str,
) -> Sender | None:
    def secret(value: str, file: str) -> str:
        return secret_of(store, value, file, beside)

    match name:
        case "email" if entry := section.email:
            return EmailChannel(outgoing_mail(entry, beside, store, breakers), entry.sender)
        case "slack" if section.slack:
            return SlackChannel(http)
        case "webhook" if section.webhook_secret or section.webhook_secret_file:
            former = secret(section.webhook_secret_former, "")
            signs = secret(section.webhook_secret, section.webhook_secret_file)
            return WebhookChannel(http, signs, time.time, former)
        case "sms" if sms := section.sms:
            return SmsChannel(http, sms.url, sms.account, secret(sms.token, sms.token_file), sms.sender)
        case "whatsapp" if to := section.whatsapp:
            token = secret(to.token, to.token_file)
            return WhatsAppChannel(http, to.url, token, to.template, to.languages, language)
        case "push" if section.push:
            return PushChannel(http, shop, section.push, time.time)
        case "apprise" if section.apprise:
            return AppriseChannel(section.allow)
        case "supplier":
            return SupplierChannel(http, store)
    return None
