"""`signing-key`: {"keys": ["<64 hexadecimal digits>"]}: the public key that signs later directives.

It's signed by the old key. The key is pinned outside the ledger, where signatures are checked
(`edge.runtime.directive_trust`); here it's only acknowledged.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind
from edge.core.registry import Transaction

PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class SigningKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `signing-key` directive: exactly one key."""

    keys: Annotated[tuple[PublicKey, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(_tx: Transaction, _number: int, keys: tuple[str, ...]) -> Applied:
    return Applied(len(keys))


SIGNING_KEY = Kind("signing-key", SigningKeys, _apply, guarded=True)
