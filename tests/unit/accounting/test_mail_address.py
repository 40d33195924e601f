"""What is no email address is refused where it is said, and waits in no outbox."""

from __future__ import annotations

import msgspec
import pytest

from edge.accounting.invoices.commands import MailInvoice
from edge.accounting.receipt_mail.commands import MailReceipt
from edge.core.messages import Command


@pytest.mark.parametrize(
    "address", ["dana", "dana@", "a b@example.org", "a@example.org\n", "a@b.c,d@e.f", "a@" + "b" * 250 + ".c"]
)
@pytest.mark.parametrize(("command", "number"), [(MailReceipt, 1), (MailInvoice, "INV-1")])
def test_an_invalid_address_is_refused(command: type[Command], number: int | str, address: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="address"):
        msgspec.convert({"number": number, "address": address}, command)
    msgspec.convert({"number": number, "address": "dana.levi+shop@example.org"}, command)
