"""What can be asked: a receipt by e-mail."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Number

Address = Annotated[str, msgspec.Meta(max_length=254, pattern=r"^([^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,189})?$")]


class MailReceipt(Command, frozen=True):
    """Send the receipt of a sale of this register to an address; without one, to that of the sale's customer, who has
    consented to mail."""

    personal = ("address",)

    number: Number
    address: Address = ""
    language: Literal["en", "fr", "he"] = "en"
