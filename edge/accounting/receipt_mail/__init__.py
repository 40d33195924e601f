"""Receipts by email.

A receipt as an e-mail, asked for at the till behind the sale: to an address that the customer says, or to that of
the basket's customer where they consented to mail. In the customer's language, as HTML and as text, both made of
the same paper as the printed one.

All of it is local state; the journal and head office have nothing of it. The address stands sealed under a key of
its own that says nothing of whom it is of; key and address are destroyed as soon as the mail is out or given up,
at the latest after a day. What became of a mail is known for 30 days, without the address.

`MailReceipt` puts a letter into the outbox, from where it goes as all messages do, through the server of
`[notify.email]`: `edge/accounting/receipt_mail/service/letters.py` writes it.

Invariants.
- It is on the disk as `sending` before its first byte. What is cut off then is `unknown`, is told so, and is not
  sent again by itself; neither is anything that a ledger which was set back still has waiting.
- The same receipt goes to the same address once, unless it failed; a receipt to three addresses at most.
"""

from edge.accounting.receipt_mail.commands import MailReceipt
from edge.accounting.receipt_mail.handlers import mail_receipt, not_set_up
from edge.accounting.receipt_mail.mails import read_mails
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import NAMED_TILL, TILL
from edge.foundation.access.rights import SELL


def capability(set_up: bool) -> Capability:
    """Receipts by e-mail of a shop that has a server for its mail, or has none."""
    return Capability(
        name="receipt_mail",
        commands=(CommandSpec(MailReceipt, mail_receipt if set_up else not_set_up, right=SELL, surfaces=TILL),),
        queries=(QuerySpec("receipt_mails", read_mails, right=SELL, surfaces=NAMED_TILL),),
    )
