"""Sends stores the changes to their employees, each once and encrypted to the store's boxes."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.backoffice.directives.kinds.users import USERS, UserItem, Users
from edge.foundation.access.commands import SetUser
from sync.hub.directive_writer import NobodyReads
from sync.hub.publishing import give_hints
from sync.hub.store import Store
from sync.hub.tenants import NotTaken
from sync.mqtt import BrokerConfig
from sync.wire import WireError

AT_ONCE = 500
"""Changes to send per turn. The rest wait for the next turn."""
NO_BOX = "no_box"
"""Reason why changes aren't sent to a store: none of its boxes has sent its key yet."""
_UNTOLD = """
    SELECT own.tenant, own.store, own.id, own.user_id, own.role, own.change, own.reason, one.name
    FROM employee_store AS own JOIN employee AS one ON one.tenant = own.tenant AND one.id = own.id
    WHERE own.version IS NULL AND (own.reason <> 'no_box' OR EXISTS (
        SELECT FROM box_key WHERE box_key.tenant = own.tenant AND box_key.store = own.store))
    ORDER BY own.changed_at, own.tenant, own.store LIMIT $1
"""
"""Query for pending changes. Leaves out stores that wait for a box, so that they don't delay others."""
_TOLD = """
    UPDATE employee_store SET version = $5, reason = '' WHERE tenant = $1 AND store = $2 AND id = $3 AND change = $4
"""
_WAITS = """
    UPDATE employee_store SET reason = $5, changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3 AND change = $4
"""


class EmployeeRelay:
    """Relay of employee changes; see the module (a `hub_relay.Relay`)."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store, self._broker = store, broker

    async def turn(self) -> int:
        """Send pending changes; return the number of directives."""
        newest: dict[str, dict[str, int]] = {}
        told = 0
        try:
            for row in await self._store.pool.fetch(_UNTOLD, AT_ONCE):
                place = (row["tenant"], row["store"], row["id"], row["change"])
                try:
                    version = await self._tell(row)
                except NobodyReads:
                    await self._store.pool.execute(_WAITS, *place, NO_BOX)
                except NotTaken as error:
                    await self._store.pool.execute(_WAITS, *place, error.code)
                except WireError as error:
                    await self._store.pool.execute(_WAITS, *place, str(error)[:200])
                else:
                    await self._store.pool.execute(_TOLD, *place, version)
                    newest.setdefault(row["tenant"], {})[row["store"]] = version
                    told += 1
        finally:
            for tenant, stores in newest.items():
                await give_hints(self._store, self._broker, tenant, stores)
        return told

    async def _tell(self, row: Any) -> int:
        """Publish one change. Repeating it has no effect."""
        user = SetUser(row["user_id"], row["name"], row["role"]) if row["role"] else None
        body = msgspec.json.encode(Users((UserItem(user) if user else UserItem(retired=row["user_id"]),)))
        request = f"employee-{row['id']}-{row['change']}"
        return await self._store.publish(row["tenant"], row["store"], USERS.name, body, request)
