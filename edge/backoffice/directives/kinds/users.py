"""`users`: {"users": [{"user": {"id": "h7", "name": "Dana", "role": "cashier", "pin_hash": "$argon2id$..."}}, ...]}.

{"retired": "h3"} deactivates a user. The surface that has the PIN hashes it
(`edge.foundation.access.credentials.pin.hash_pin`) and ensures that PINs are unique; without a hash the PIN stays, and
a new user chooses one in the store, with a paper code from its manager. Refused users are listed by id, with the
reason: `h3: no_such_role`.
"""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.commands import RetireUser, SetUser
from edge.goods.catalog.product import HEAD_OFFICE


class UserItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of: a user to set, or the id of a user to deactivate."""

    user: SetUser | None = None
    retired: str = ""


class Users(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `users` directive."""

    users: tuple[UserItem, ...]


def _apply(tx: Transaction, _number: int, users: tuple[UserItem, ...]) -> Applied:
    changed, unknown = 0, []
    for want in users:
        user = msgspec.structs.replace(want.user, by=HEAD_OFFICE) if want.user else None
        try:
            done = tx.do(user or RetireUser(want.retired, HEAD_OFFICE))
        except Refusal as refused:
            unknown.append(f"{user.id if user else want.retired}: {refused.code}")
        else:
            changed += bool(done.events)
    return Applied(changed, tuple(unknown))


USERS = Kind("users", Users, _apply, guarded=True, personal=True, sealed=True)
