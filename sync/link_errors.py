"""What can be the matter with the link, each by a code: in English here, in every language where pages are made.

A page finds the sentence by the code, with the same values for its gaps (`edge/lib/i18n`, section `link`).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

_LATER = "Selling goes on; it is tried again by itself."
_CONFIGURED = "Selling goes on. Correct [sync] in the configuration."
_ENROL = "Selling goes on. Ask head office for a new file, and take it as page 13 for owners says (edge enrol FILE)."
_LIST = "Selling goes on. Correct the broker's access list."
_CLOCK = "Set this box's clock; if it is right, head office must renew the broker's certificate. Selling goes on."
_WIDER = "Head office must raise max_packet_size in the broker's configuration."
_WIDEN = f"Selling goes on. {_WIDER}"
_STOPPED = "Selling goes on; nothing is sent. Call head office."
_BRANCHED = (
    "Selling goes on; nothing is sent. If this box was restored or replaced, restore it from the hub or give it "
    "a new device name; call head office."
)
_REPLACED = (
    "Take this box out of service; call head office. If it is the right one, stop the shop and run: "
    "edge restore --as-is"
)
_BARRED = (
    "Selling goes on; nothing is sent. Call head office: if this box is to stay, they let it in again with: "
    "edge hub unfence"
)

WORDS: Mapping[str, tuple[str, str]] = {
    "not_connected": ("Not connected yet.", _LATER),
    # getting to the broker
    "unknown_host": ("The name {host} is not known.", "Check the internet connection and the name. Selling goes on."),
    "no_broker": ("No broker listens at {place}.", "Check that it runs, and the port. Selling goes on."),
    "no_answer": ("The broker at {place} does not answer.", "Check the internet connection. Selling goes on."),
    "unreachable": ("The broker at {place} cannot be reached ({detail}).", "Check the internet connection."),
    "hung_up": (
        "What listens at {place} hung up before it answered: it wants TLS, or is no broker.",
        _CONFIGURED,
    ),
    "broken_off": ("The connection to the broker ended ({detail}).", _LATER),
    "stuck": ("The broker acknowledges nothing.", "Selling goes on. Restart the broker."),
    "too_long": ("The broker takes messages of at most {limit} bytes, and one of {size} is to be sent.", _WIDEN),
    "row_too_long": (
        "The broker takes messages of at most {limit} bytes, and fact #{row} needs one of {size}.",
        f"Selling goes on; nothing from that fact on is sent. {_WIDER}",
    ),
    # who the broker is
    "expired": (
        "The broker at {place} cannot prove who it is: its certificate is over, by this box's clock ({today}).",
        _CLOCK,
    ),
    "not_begun": (
        "The broker at {place} cannot prove who it is: its certificate does not hold yet, by this box's clock "
        "({today}).",
        _CLOCK,
    ),
    "another_name": ("The broker at {place} cannot prove who it is: its certificate is for another name.", _CONFIGURED),
    "untrusted": ("The broker at {place} cannot prove who it is ({detail}).", _ENROL),
    "no_tls": ("The broker at {place} does not speak TLS as it should ({detail}).", _CONFIGURED),
    "no_trust": ("The certificates to trust cannot be read from {file} ({detail}).", _ENROL),
    # who we are
    "no_password": ("The password cannot be read from {file} ({detail}).", _ENROL),
    "no_secret": (
        "{detail}",
        "Selling goes on. Enter it again on the page of secrets, or take a new enrolment: edge enrol FILE",
    ),
    "wrong_password": ("The broker at {place} does not accept the user name or password.", _ENROL),
    "turned_away": ("The broker at {place} refuses the connection ({detail}).", "Selling goes on. Call head office."),
    "may_not_read": ("The broker does not let this device read {topic}.", _LIST),
    "may_not_write": ("The broker does not let this device write to {topic}.", _LIST),
    # the hub behind it
    "unheard": ("The broker is there, but no hub listens to it.", "Start the hub. Selling goes on."),
    "waiting": ("Waiting for the hub's answer.", _LATER),
    "archived": (
        "The hub has row {row} of this box's history only in a file.",
        "Head office brings the month back (edge hub bring-back); then run this again.",
    ),
    "unanswered": (
        "The hub does not answer.",
        "Selling goes on. If this lasts, ask head office whether the hub runs, and whether the broker lets this "
        "device read and write its own topics.",
    ),
    "unproven": (
        "What came as directive {number} is not signed by head office's key: it was not applied.",
        "Selling goes on, at the prices that are here. Call head office: a directive of theirs they publish again, "
        "signed; one that is not theirs came from the broker.",
    ),
    "empty": ("The journal is empty: there is nothing to send yet.", "Nothing need be done."),
    # histories that do not fit: the value `text` is the reason in full, in English, for who looks closer
    "protocol": (
        "The hub is older than this box.",
        "Selling goes on; nothing is sent. Head office must upgrade the hub.",
    ),
    "stranger": ("This box speaks under another name than its own.", _CONFIGURED),
    "bad_history": ("This box's history makes no sense to the hub.", _STOPPED),
    "unknown_parent": ("This box's history goes on from a point that the hub does not hold.", _BRANCHED),
    "forked": ("The hub holds other facts than this box under the same numbers.", _BRANCHED),
    "fenced": ("Head office takes nothing more from this box: another one has its place.", _REPLACED),
    "fenced_by_hand": ("Head office takes nothing more from this box: somebody there has fenced it.", _BARRED),
    "broken_chain": ("The chain of the journal is broken.", _STOPPED),
    "unreadable": ("Facts cannot be read.", _STOPPED),
    "rolled_back": (
        "This box holds less than the hub has already had from it.",
        "Selling goes on; nothing is sent. Call head office: this box is to be restored from there (edge recover).",
    ),
    "missing_rows": ("The hub needs facts that this box no longer has.", _STOPPED),
}
"""By code: what happened, and what to do."""


class LinkError(msgspec.Struct, frozen=True):
    """What is the matter: a code of `WORDS` with what fills its gaps; "" while all is well."""

    code: str = ""
    values: dict[str, str] = {}

    @property
    def why(self) -> str:
        """What happened, in English, with the reason in full where there is one; for logs and the command line."""
        said = WORDS[self.code][0].format(**self.values) if self.code else ""
        return f"{said} {self.values['text']}" if "text" in self.values else said

    @property
    def advice(self) -> str:
        """What to do about it, in English."""
        return WORDS[self.code][1].format(**self.values) if self.code else ""


WELL = LinkError()
