"""A box's mail as head office sends it: from head office, to one recipient, with no heads but those that it may have.
Pure."""

from __future__ import annotations

import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser

SENDER = "box@head-office.invalid"
"""Whom such mail is from until head office says who."""
HEADS = (
    *("subject", "to", "date", "message-id", "in-reply-to", "references", "mime-version", "auto-submitted"),
    *("x-auto-response-suppress", "list-unsubscribe", "list-unsubscribe-post"),
)
_IDS = re.compile(r"\s*(<[^<>@\s]+@[^<>@\s]+>\s*)+")
"""One or more msg-ids (RFC 5322, 3.6.4), without the quoted forms that nobody writes."""
_MAIL = policy.SMTP.clone(raise_on_defect=False)


def readdressed(mail: bytes, recipient: str, sender: str) -> EmailMessage:
    """The mail, from `sender`. `ValueError`: it is none, or not to `recipient` alone."""
    try:
        return _readdressed(mail, recipient, sender)
    except (MessageError, AttributeError, IndexError, LookupError, TypeError, UnboundLocalError) as error:
        # the parser of heads stumbles over some that are cut off, each time over another of these
        raise ValueError(f"that is no mail: {error}") from error


def _readdressed(mail: bytes, recipient: str, sender: str) -> EmailMessage:
    made = BytesParser(EmailMessage, policy=_MAIL).parsebytes(mail)
    to = [one.addr_spec for head in made.get_all("To", []) for one in head.addresses]
    if to != [recipient] or not made.get("Subject"):
        raise ValueError("a mail has a subject, and one recipient")
    own, office = SENDER.rpartition("@")[2], sender.rpartition("@")[2]
    for name in set(made.keys()):
        if name.lower() not in HEADS and not name.lower().startswith("content-"):
            del made[name]
        elif name.lower() in ("message-id", "in-reply-to", "references"):
            text = str(made[name])
            if not _IDS.fullmatch(text):
                raise ValueError(f"{name} of that mail is no message's name: {text[:80]}")
            del made[name]
            made[name] = text.replace(f"@{own}>", f"@{office}>")
    made["From"] = sender
    return made
