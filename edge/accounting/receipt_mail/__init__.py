"""Receipts by email.

A receipt by email is requested at the till after the sale. It's sent to an address that the customer gives, or to the
address of the basket's customer if they consented to mail. It's in the customer's language, as HTML and text, both made
from the printed paper.

All of this is local state; the journal and head office have none of it. The address is encrypted under a separate key,
not linked to the person. Key and address are destroyed once the mail is sent or abandoned, within a day. A mail's
result is kept for 30 days, without the address.

`MailReceipt` puts a letter into the outbox, which sends it through the server of `[notify.email]`.
`edge/accounting/receipt_mail/service/letters.py` writes it.

Invariants.
- A mail is stored as `sending` before its first byte. An interrupted mail becomes `unknown`, is reported, and isn't
  resent automatically; nor is a mail that a restored ledger still has in its queue.
- A receipt is sent to the same address once, unless that failed, and to at most three addresses.
"""

from edge.accounting.receipt_mail.commands import MailReceipt
from edge.accounting.receipt_mail.handlers import mail_receipt, not_set_up
from edge.accounting.receipt_mail.mails import read_mails
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import NAMED_TILL, TILL
from edge.foundation.access.rights import SELL


def capability(set_up: bool) -> Capability:
    """The receipt mail capability. `set_up`: whether the shop has a mail server."""
    return Capability(
        name="receipt_mail",
        commands=(CommandSpec(MailReceipt, mail_receipt if set_up else not_set_up, right=SELL, surfaces=TILL),),
        queries=(QuerySpec("receipt_mails", read_mails, right=SELL, surfaces=NAMED_TILL),),
    )
