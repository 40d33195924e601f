"""The channels that config.toml sets up, each with its secrets."""

from __future__ import annotations

import time
from pathlib import Path

import structlog

from edge.config.notify import EmailEntry, NotifySection
from edge.core.command_bus import CommandBus
from edge.lib.errors import ConfigError
from edge.services.notifications.channels.email import EmailChannel
from edge.services.notifications.channels.parcel import Sender
from edge.services.notifications.channels.printer import PrinterChannel
from edge.services.notifications.channels.slack import SlackChannel
from edge.services.notifications.channels.sms import SmsChannel
from edge.services.notifications.channels.webhook import WebhookChannel
from edge.services.notifications.channels.whatsapp import WhatsAppChannel
from edge.services.outgoing.breaker import Breakers
from edge.services.outgoing.calls import OutgoingHttp
from edge.services.outgoing.mail import MailServer, OutgoingMail
from edge.services.outgoing.secrets import read_secret

_log = structlog.get_logger(__name__)


def senders(
    section: NotifySection, beside: Path, shop: CommandBus, http: OutgoingHttp, breakers: Breakers, language: str
) -> tuple[dict[str, Sender], dict[str, str]]:
    """The channels by name, and why one that is set up cannot be used. `beside`: the folder of config.toml."""
    made: dict[str, Sender] = {}
    faults: dict[str, str] = {}
    for name in ("email", "slack", "webhook", "sms", "whatsapp", "printer"):
        try:
            sender = _made(name, section, beside, shop, http, breakers, language)
        except ConfigError as error:
            _log.warning("a channel cannot be used", channel=name, what=error.what, advice=error.advice)
            faults[name] = error.what
            continue
        if sender is not None:
            made[name] = sender
    return made, faults


def _made(
    name: str,
    section: NotifySection,
    beside: Path,
    shop: CommandBus,
    http: OutgoingHttp,
    breakers: Breakers,
    language: str,
) -> Sender | None:
    match name:
        case "email" if entry := section.email:
            return EmailChannel(OutgoingMail(mail_server(entry, beside), breakers), entry.sender)
        case "slack" if section.slack:
            return SlackChannel(http)
        case "webhook" if section.webhook_secret_file:
            return WebhookChannel(http, read_secret(beside / section.webhook_secret_file), time.time)
        case "sms" if sms := section.sms:
            return SmsChannel(http, sms.url, sms.account, read_secret(beside / sms.token_file), sms.sender)
        case "whatsapp" if to := section.whatsapp:
            token = read_secret(beside / to.token_file)
            return WhatsAppChannel(http, to.url, token, to.template, to.languages, language)
        case "printer" if section.printer:
            return PrinterChannel(shop, section.printer)
    return None


def mail_server(entry: EmailEntry, beside: Path) -> MailServer:
    """The shop's server for mail, with its password. `ConfigError`: that cannot be read."""
    password = read_secret(beside / entry.password_file) if entry.password_file else ""
    ca_file = str(beside / entry.ca_file) if entry.ca_file else ""
    return MailServer(entry.host, entry.port, entry.security, entry.user, password, ca_file)
