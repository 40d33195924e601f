"""Renew signatures of directives published before there was a key, or with expired ones, so that a store's new box
accepts them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import astuple

from sync.directive_signing import Signer
from sync.hub import sql
from sync.hub.store import act_for
from sync.wire import Directive

AT_ONCE = 200
"""Directives to read and sign per transaction."""


async def renew(owner: Any, signer: Signer, tenant: str, store: str) -> int:
    """Sign all directives of a store under their numbers; returns how many. `owner`: a connection as the tables' owner,
    who alone may change directives."""
    statements = sql.load("signatures.sql")
    version = count = 0
    while True:
        async with owner.transaction():
            await act_for(owner, tenant)
            found = await owner.fetch(statements["get_bodies"], tenant, store, version, AT_ONCE)
            for record in found:
                version, kind, body, now_us = record
                seal = signer.seal(tenant, store, Directive(version, kind, body), now_us)
                await owner.execute(statements["sign"], tenant, store, version, *astuple(seal))
        if not found:
            return count
        count += len(found)
