"""Asks a box to let this machine join: the counterpart of `pairing.py`."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.backoffice.twin.membership import pairing
from edge.backoffice.twin.membership.members import FOLDER
from edge.backoffice.twin.membership.pairing import BoxGrant, BoxHeard, BoxKnock, GrantContent, KnockNonce, take_grant
from edge.backoffice.twin.wire import box_tls
from edge.backoffice.twin.wire.wireless import is_by_wifi
from edge.lib.errors import NeedsHuman

ASK_S, WAIT_S, ANSWER_S = 1.0, 600.0, 10.0
NOT_YET = 404
BEGINS_ANEW_S = 60.0
"""How long the accepting box may be away while it restarts as one of two, in seconds."""


def join(
    folder: Path,
    at: str,
    role: Literal["box", "witness"],
    port: int,
    page: int,
    show: Callable[[str], object],
    wifi: bool = False,
) -> GrantContent:
    """Ask the box whose pages are at `at` (host:port) to join, `show` the digits, and wait for approval there. Raises
    `NeedsHuman` if there is no answer or approval, or if a box would join over Wi-Fi without `wifi`."""
    if role == "box" and not wifi and is_by_wifi(at.rpartition(":")[0].strip("[]")):
        raise NeedsHuman(
            f"This machine reaches {at} by Wi-Fi.", "Connect both boxes to the switch by cable, or use --wifi."
        )
    name = "w" if role == "witness" else "b"
    own = box_tls.certificate_of(folder / FOLDER, name)
    host = at.rpartition(":")[0].strip("[]")
    knock = msgspec.to_builtins(BoxKnock(role, host, port, page, own))
    heard = msgspec.convert(_ask_patiently(at, "/api/v1/twin/knocks", knock), BoxHeard)
    show(_digits(at, heard, own))
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        time.sleep(ASK_S)
        try:
            found = _ask_patiently(at, f"/api/v1/twin/knocks/{heard.id}", None)
        except urllib.error.HTTPError:
            continue  # not approved yet
        try:
            return take_grant(folder, msgspec.convert(found, BoxGrant), heard.certificate)
        except ValueError as error:
            raise NeedsHuman(f"{at} isn't the box that showed the digits: {error}.", "Begin again.") from error
    raise NeedsHuman("This machine wasn't approved.", "Compare the digits on the page /manager/boxes, and start again.")


def _digits(at: str, heard: BoxHeard, own: str) -> str:
    """The digits of this request, from a random number of each side. Raises `NeedsHuman` if the box's number doesn't
    match its commitment."""
    mine = pairing.new_nonce()
    said = _ask_patiently(at, f"/api/v1/twin/knocks/{heard.id}/nonce", {"nonce": mine})
    theirs = msgspec.convert(said, KnockNonce).nonce
    if pairing.commitment_of(heard.certificate, own, theirs) != heard.commitment:
        raise NeedsHuman(
            f"The connection between this machine and {at} may be intercepted.", "Check the network, and start again."
        )
    return pairing.digits_of(heard.certificate, own, theirs, mine)


def _ask_patiently(at: str, path: str, body: Any) -> Any:
    until = time.monotonic() + BEGINS_ANEW_S
    while True:
        try:
            return _ask(at, path, body)
        except NeedsHuman:
            if time.monotonic() > until:
                raise
            time.sleep(ASK_S)


def _why(error: urllib.error.HTTPError) -> str:
    """A box's message for a refusal; the HTTP status if the answer is from something else."""
    try:
        return str(json.load(error)["detail"]).removesuffix(".")
    except (OSError, ValueError, LookupError, TypeError):
        return f"HTTP {error.code}"


def _ask(at: str, path: str, body: Any) -> Any:
    """A box's response. Its certificate isn't checked, as the digits verify the keys."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json"}
    last: Exception | None = None
    for scheme in ("https", "http"):
        request = urllib.request.Request(f"{scheme}://{at}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S, context=context) as answer:  # nosec B310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == NOT_YET and body is None:
                raise
            raise NeedsHuman(
                f"{at} responds, but doesn't accept new machines: {_why(error)}.",
                "Enter the address of the active box's pages, as in a browser.",
            ) from error
        except OSError as error:
            last = error
    raise NeedsHuman(f"No box responds at {at}: {last}.", "Enter the address of its pages, as in a browser.")
