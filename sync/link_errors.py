"""Problems of the link by code: in English here, in every language on pages.

Pages find the text by code, with the same values (`edge/lib/i18n`, section `link`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import msgspec

_LATER = "Sales continue. The connection is retried automatically."
_CONFIGURED = "Sales continue. Correct [sync] in the configuration."
_ENROL = (
    "Sales continue. Ask head office for a new file and import it as described on page 13 of the owner's guide "
    "(edge enrol FILE)."
)
_LIST = "Sales continue. Correct the broker's access list."
_CLOCK = "Check this box's clock. If it's correct, head office must renew the broker's certificate. Sales continue."
_WIDER = "Head office must increase max_packet_size in the broker's configuration."
_WIDEN = f"Sales continue. {_WIDER}"
_STOPPED = "Sales continue, but nothing is sent. Call head office."
_BRANCHED = (
    "Sales continue, but nothing is sent. If this box was restored or replaced, call head office: recover it from the "
    "hub or give it a new device name."
)
_REPLACED = (
    "Take this box out of service and call head office. If it's the right box, stop the shop and run: "
    "edge restore --as-is"
)
_BARRED = "Sales continue, but nothing is sent. Call head office. To unblock this box, they run: edge hub unfence"

WORDS: Mapping[str, tuple[str, str]] = {
    "not_connected": ("Not connected yet.", _LATER),
    # reaching the broker
    "unknown_host": (
        "The host name {host} can't be found.",
        "Check the internet connection and the name. Sales continue.",
    ),
    "no_broker": (
        "No broker is running at {place}.",
        "Check that it's running and that the port is correct. Sales continue.",
    ),
    "no_answer": ("The broker at {place} isn't responding.", "Check the internet connection. Sales continue."),
    "unreachable": ("The broker at {place} can't be reached ({detail}).", "Check the internet connection."),
    "hung_up": (
        "The server at {place} closed the connection. It expects TLS, or isn't a broker.",
        _CONFIGURED,
    ),
    "broken_off": ("The connection to the broker was lost ({detail}).", _LATER),
    "stuck": ("The broker isn't acknowledging messages.", "Sales continue. Restart the broker."),
    "too_long": ("A message of {size} bytes is larger than the broker's limit of {limit} bytes.", _WIDEN),
    "row_too_long": (
        "Entry #{row} needs a message of {size} bytes, more than the broker's limit of {limit} bytes.",
        f"Sales continue, but this entry and later ones aren't sent. {_WIDER}",
    ),
    # verifying the broker
    "expired": (
        "The certificate of the broker at {place} has expired, according to this box's clock ({today}).",
        _CLOCK,
    ),
    "not_begun": (
        "The certificate of the broker at {place} isn't valid yet, according to this box's clock ({today}).",
        _CLOCK,
    ),
    "another_name": ("The certificate of the broker at {place} is for another name.", _CONFIGURED),
    "untrusted": ("The broker at {place} isn't trusted ({detail}).", _ENROL),
    "no_tls": ("The TLS connection to the broker at {place} failed ({detail}).", _CONFIGURED),
    "no_trust": ("The trusted certificates can't be read from {file} ({detail}).", _ENROL),
    # signing in to the broker
    "no_password": ("The password can't be read from {file} ({detail}).", _ENROL),
    "no_secret": (
        "{detail}",
        "Sales continue. Enter it again on the Secrets page, or import a new enrolment: edge enrol FILE",
    ),
    "wrong_password": ("The broker at {place} rejected the user name or password.", _ENROL),
    "turned_away": ("The broker at {place} refused the connection ({detail}).", "Sales continue. Call head office."),
    "may_not_read": ("The broker doesn't allow this device to read {topic}.", _LIST),
    "may_not_write": ("The broker doesn't allow this device to write to {topic}.", _LIST),
    # the hub behind the broker
    "unheard": ("The broker is running, but no hub is connected to it.", "Start the hub. Sales continue."),
    "waiting": ("Waiting for the hub's response.", "Sales continue. The request is retried automatically."),
    "archived": (
        "The hub has entry {row} of this box's history only in its archive.",
        "Head office must restore that month (edge hub bring-back). Then run this again.",
    ),
    "unanswered": (
        "The hub isn't responding.",
        "Sales continue. If this lasts, ask head office whether the hub is running and the broker lets this device "
        "use its topics.",
    ),
    "unproven": (
        "Update {number} isn't signed by head office, so it wasn't applied.",
        "Sales continue at current prices. Call head office. If the update is theirs, they must publish it again with "
        "a signature.",
    ),
    "empty": ("The journal is empty, so there is nothing to send yet.", "No action needed."),
    # histories that don't match; the value `text` gives the full reason in English, for support
    "protocol": (
        "The hub's version is older than this box's.",
        "Sales continue, but nothing is sent. Head office must upgrade the hub.",
    ),
    "stranger": ("This box is connected under the wrong device name.", _CONFIGURED),
    "bad_history": ("The hub can't read this box's history.", _STOPPED),
    "unknown_parent": ("This box's history continues from a point that the hub doesn't have.", _BRANCHED),
    "forked": ("The hub has different entries under the same numbers as this box.", _BRANCHED),
    "fenced": ("Head office no longer accepts data from this box, because another box has replaced it.", _REPLACED),
    "fenced_by_hand": ("Head office has blocked this box.", _BARRED),
    "broken_chain": ("The journal's integrity check failed.", _STOPPED),
    "unreadable": ("Some journal entries can't be read.", _STOPPED),
    "rolled_back": (
        "This box has fewer entries than the hub already received from it.",
        "Sales continue, but nothing is sent. Call head office: they must restore this box from the hub "
        "(edge recover).",
    ),
    "missing_rows": ("The hub needs entries that this box no longer has.", _STOPPED),
}
"""Error text and advice, by code."""


class X509(IntEnum):
    """OpenSSL's reasons for rejecting a certificate (x509_vfy.h)."""

    NOT_YET_VALID = 9
    EXPIRED = 10
    HOSTNAME_MISMATCH = 62
    IP_ADDRESS_MISMATCH = 64


class LinkError(msgspec.Struct, frozen=True):
    """A problem: a code of `WORDS` with values; "" if all is well."""

    code: str = ""
    values: dict[str, str] = {}

    @property
    def why(self) -> str:
        """The error in English, with the full reason if there is one; for logs and the command line."""
        said = WORDS[self.code][0].format(**self.values) if self.code else ""
        return f"{said} {self.values['text']}" if "text" in self.values else said

    @property
    def advice(self) -> str:
        """The advice in English."""
        return WORDS[self.code][1].format(**self.values) if self.code else ""


WELL = LinkError()
