"""Command to send receipts by email."""

from __future__ import annotations

from edge.core.messages import Command, Number
from edge.lib.i18n import ENGLISH, Language
from edge.lib.mail_address import MailAddress


class MailReceipt(Command, frozen=True):
    """Send a sale's receipt of this register to an address, or by default to the sale's customer, who must have
    consented to mail."""

    personal = ("address",)

    number: Number
    address: MailAddress = ""
    language: Language = ENGLISH
