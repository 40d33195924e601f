"""What can be asked: a receipt by e-mail."""

from __future__ import annotations

from typing import Literal

from edge.core.messages import Command, Number
from edge.lib.mail_address import MailAddress


class MailReceipt(Command, frozen=True):
    """Send the receipt of a sale of this register to an address; without one, to that of the sale's customer, who has
    consented to mail."""

    personal = ("address",)

    number: Number
    address: MailAddress = ""
    language: Literal["en", "fr", "he"] = "en"
