"""Mail that a box sends through head office: head office as sender, one recipient, and permitted headers only. Pure."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import Message

SENDER = "box@head-office.invalid"
"""Sender of a mail until head office sets its own address."""
HEADS = (
    *("subject", "to", "date", "message-id", "in-reply-to", "references", "mime-version", "auto-submitted"),
    *("x-auto-response-suppress", "list-unsubscribe", "list-unsubscribe-post"),
)
_NAMES = ("message-id", "in-reply-to", "references")
_IDS = re.compile(r"\s*(<[^<>@\s]+@[^<>@\s\[\]]+>\s*)+")
"""One or more msg-ids (RFC 5322, 3.6.4), without quoted forms and literals, which boxes don't use."""
_TEXT = re.compile(r"[\t\x20-\x7e]*")
_FOLD = re.compile(r"\r?\n(?=[\t ])")
_AS_IT_CAME = policy.compat32.clone(linesep="\r\n", max_line_length=None)
"""Policy that keeps headers as text: they're checked here, not by a Python version's parser."""


def readdress_mail(mail: bytes, recipient: str, sender: str) -> Message:
    """The mail with the new `sender`. Raises `ValueError` if it's invalid, or has recipients other than `recipient`."""
    made = message_from_bytes(mail, policy=_AS_IT_CAME)
    own, office = SENDER.rpartition("@")[2], sender.rpartition("@")[2]
    heads = _heads(made)
    if heads.get("to") != recipient or not heads.get("subject"):
        raise ValueError("an email needs a subject and one recipient")
    for name in set(made.keys()):
        if name.lower() not in HEADS and not name.lower().startswith("content-"):
            del made[name]
    for name in _NAMES:
        if text := heads.get(name):
            if not _IDS.fullmatch(text):
                raise ValueError(f"{name} of this email isn't a message name: {text[:80]}")
            made.replace_header(name, text.replace(f"@{own}>", f"@{office}>"))
    made["From"] = sender
    return made


def _heads(mail: Message) -> dict[str, str]:
    """The headers by lower-case name.

    Raises `ValueError` unless each occurs once and is printable (RFC 5322, 2.2 and 3.6).
    """
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        text = _FOLD.sub("", str(value)).strip()
        if name.lower() in found or not _TEXT.fullmatch(text):
            raise ValueError(f"{name[:80]} of this email is repeated, or isn't text")
        found[name.lower()] = text
    return found
