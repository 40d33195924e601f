"""Receipts by e-mail. See README.md."""

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
