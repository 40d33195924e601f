"""PIN approvals at a till: each covers one command, once, for the current basket.

Kept in memory, so the PIN is asked for again after a restart. An approval holds no rights: the PIN's owner is looked up
on use.
"""

from __future__ import annotations

import os
from collections import OrderedDict

import msgspec

APPROVAL_US = 120_000_000
"""Time that a PIN entered at a till stays valid for its command."""
APPROVALS_LIMIT = 256
"""Most open approvals. One more ends the oldest."""


class Approval(msgspec.Struct, frozen=True):
    """`user` (whose PIN has the hash `mark`) approves one `command` at a register until `until_us` (monotonic).

    `done_by` is the id of the command that used it: only that one may be repeated.
    """

    token: str
    register: str
    command: str
    user: str
    mark: str
    until_us: int
    done_by: bytes = b""


class Approvals:
    """Valid approvals, by the page's token."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, Approval] = OrderedDict()

    def give(self, register: str, command: str, user: str, mark: str, now_us: int) -> Approval:
        """Create an approval after a correct PIN."""
        approval = Approval(os.urandom(16).hex(), register, command, user, mark, now_us + APPROVAL_US)
        self._of[approval.token] = approval
        while len(self._of) > APPROVALS_LIMIT:
            self._of.popitem(last=False)
        return approval

    def find_approval(
        self, token: str, register: str, command: str, now_us: int, command_id: bytes = b""
    ) -> Approval | None:
        """Return the approval for `token` if it is for this command and register and wasn't used by another command."""
        found = self._of.get(token)
        if found is None or (found.register, found.command) != (register, command) or now_us >= found.until_us:
            return None
        return found if found.done_by in (b"", command_id) else None

    def mark_used(self, token: str, command_id: bytes) -> None:
        """Mark an approval as used."""
        if found := self._of.get(token):
            self._of[token] = msgspec.structs.replace(found, done_by=command_id)

    def end_at(self, register: str) -> None:
        """Drop unused approvals of a register when its basket changes."""
        for token in [token for token, one in self._of.items() if one.register == register and not one.done_by]:
            del self._of[token]
