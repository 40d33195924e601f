"""Write a store's directives in order: counted, numbered, encrypted and signed; within one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from sync import directive_sealing
from sync.directive_signing import Signer
from sync.hub.tenants import take_directive
from sync.wire import Directive, WireError

Written = tuple[str, bytes, str]
"""A directive to send: its kind, its body, and the request it answers ("": none)."""


class NobodyReads(WireError):
    """An encrypted directive for a store whose boxes have no key; the message explains this."""


class DirectiveWriter:
    """`sql`: the statements of `store.sql`; `signer` and `sealed`: as in a `Store`."""

    def __init__(self, sql: Mapping[str, str], signer: Signer | None, sealed: Collection[str]) -> None:
        self._sql, self._signer, self._sealed = sql, signer, sealed

    async def write(
        self, connection: Any, tenant: str, store: str, written: Sequence[Written], *, by_itself: bool
    ) -> tuple[list[int], WireError | None]:
        """Publish directives.

        Returns their numbers, and the reason why the first rejected one wasn't published (None: all were).
        """
        asked = [request for _, _, request in written if request]
        found = await connection.fetch(self._sql["find_requests"], tenant, store, asked) if asked else []
        known: dict[str, int] = {row["request"]: row["version"] for row in found}
        taken: list[Written] = []
        stopped_by: WireError | None = None
        for one in (one for one in written if one[2] not in known):
            try:
                taken.append(await self._take(connection, tenant, store, one, by_itself))
            except WireError as error:
                stopped_by = error
                break
        numbers = iter(await self._add(connection, tenant, store, taken) if taken else ())
        versions = [known[request] if request in known else next(numbers, 0) for _, _, request in written]
        return [version for version in versions if version], stopped_by

    async def _take(self, connection: Any, tenant: str, store: str, one: Written, by_itself: bool) -> Written:
        """Prepare a directive for writing. Raises if it isn't accepted; then it isn't counted."""
        kind, body, request = one
        if kind not in self._sealed:
            if not by_itself:
                await take_directive(connection, tenant, store, kind)
            return one
        async with connection.transaction():
            if not by_itself:
                await take_directive(connection, tenant, store, kind)
            return kind, await self._seal(connection, tenant, store, kind, body), request

    async def _add(self, connection: Any, tenant: str, store: str, taken: Sequence[Written]) -> list[int]:
        last: int = await connection.fetchval(self._sql["next_versions"], tenant, store, len(taken))
        versions = list(range(last - len(taken) + 1, last + 1))
        now_us: int = await connection.fetchval(self._sql["clock"]) if self._signer else 0
        rows = []
        for version, (kind, body, request) in zip(versions, taken, strict=True):
            seal: tuple[object, ...] = (None,) * 3
            if self._signer is not None:
                seal = astuple(self._signer.seal(tenant, store, Directive(version, kind, body), now_us))
            rows.append((tenant, store, version, kind, body, request or None, *seal))
        await connection.executemany(self._sql["add_directive"], rows)
        return versions

    async def _seal(self, connection: Any, tenant: str, store: str, kind: str, body: bytes) -> bytes:
        """Encrypt a body to the enrolled boxes of a store. Raises `NobodyReads` if none has published its key."""
        keys = [record["public"] for record in await connection.fetch(self._sql["box_keys"], tenant, store)]
        if not keys:
            raise NobodyReads(
                f"No box of {tenant}/{store} has sent its key yet, so {kind} can't be encrypted for it. "
                "Publish it after a box has connected."
            )
        return directive_sealing.seal(body, tenant, store, kind, keys)
