"""What can be asked: a receipt by e-mail."""

from __future__ import annotations

from edge.core.messages import Command, Number
from edge.lib.i18n import ENGLISH, Language
from edge.lib.mail_address import MailAddress


class MailReceipt(Command, frozen=True):
    """Send the receipt of a sale of this register to an address; without one, to that of the sale's customer, who has
    consented to mail."""

    personal = ("address",)

    number: Number
    address: MailAddress = ""
    language: Language = ENGLISH
