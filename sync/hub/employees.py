"""Employees of a tenant: entered once at head office, with a role in each store.

`hub_employees` sends them to the stores, and each store's answer is read from its boxes' reports. No PIN is stored
here: employees choose theirs in the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from sync.hub import tenants
from sync.hub.tenants import NotTaken
from sync.wire import Name

EMPLOYEES_MOST = 10_000
STORES_MOST = 5_000
KIND = "users"
"""The kind of directive that sends employees to a store."""
GONE = "no_such_user"
"""A store's answer to ending a user that it had refused before."""
EmployeeId = Annotated[str, msgspec.Meta(pattern=r"^h[a-z0-9]{4,20}$(?!\n)")]
PersonName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
RoleId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}$(?!\n)")]


class Employee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `PUT /v1/employees/{employee}`: the name, and the role in each store.

    Employees leave stores that aren't listed.
    """

    name: PersonName
    roles: Annotated[Mapping[Name, RoleId], msgspec.Meta(max_length=STORES_MOST)]


class StoreAnswer(msgspec.Struct, frozen=True):
    """An employee's role in a store (empty: ended there), and the store's answer.

    `state`: waiting (not sent), sent, applied or refused. `reason`: why it's waiting or was refused.
    """

    store: str
    role: str
    state: str
    reason: str
    changed_at: datetime


class EmployeeRow(msgspec.Struct, frozen=True):
    """An employee with the answers of their stores. `undoable`: the last change can be undone."""

    id: str
    name: str
    changed_by: str
    changed_at: datetime
    undoable: bool
    stores: tuple[StoreAnswer, ...]


_GET = "SELECT name, before::text, changed_at FROM employee WHERE tenant = $1 AND id = $2 FOR UPDATE"
_STORES_OF = "SELECT store, user_id, role, change, version FROM employee_store WHERE tenant = $1 AND id = $2"
_COUNT = "SELECT count(*) FROM employee WHERE tenant = $1"
_PUT = """
    INSERT INTO employee (tenant, id, name, before, changed_by, changed_at)
    VALUES ($1, $2, $3, $4, $5, clock_timestamp())
    ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, before = excluded.before,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""
_PUT_STORE = """
    INSERT INTO employee_store (tenant, store, id, user_id, role, change, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
    ON CONFLICT (tenant, store, id) DO UPDATE SET user_id = excluded.user_id, role = excluded.role,
        change = excluded.change, version = NULL, reason = '', changed_at = excluded.changed_at
"""
_UNTOLD = "SELECT count(*) FROM employee_store WHERE tenant = $1 AND id = $2 AND (role <> '' OR version IS NULL)"
_DELETE = (
    "DELETE FROM employee_store WHERE tenant = $1 AND id = $2",
    "DELETE FROM employee WHERE tenant = $1 AND id = $2",
)
_PAGE = """
    SELECT id, name, changed_by, changed_at, before IS NOT NULL AS undoable FROM employee
    WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3
"""
_ANSWERS = """
    SELECT own.id, own.store, own.role, own.version, own.reason, own.changed_at, count(said.version) AS answers,
           min(CASE WHEN said.outcome <> 'applied' THEN said.outcome || ' ' || said.reason
                    ELSE nullif(said.unknown, '') END) AS wrong
    FROM employee_store AS own LEFT JOIN directive_outcome AS said
        ON said.tenant = own.tenant AND said.store = own.store AND said.version = own.version
    WHERE own.tenant = $1 AND own.id = ANY ($2) GROUP BY own.tenant, own.store, own.id ORDER BY own.store
"""


async def put(connection: Any, tenant: str, id: str, wanted: Employee, who: str, seen: datetime | None = None) -> bool:
    """Set an employee's name and roles, within a transaction. Returns whether the employee is new.

    Repeating it sends again only to stores that refused. `seen`: the last change the editor saw. Raises `NotTaken` for
    an unknown store, at the limit, or if another person changed the employee.
    """
    row = await connection.fetchrow(_GET, tenant, id)
    if row is None and await connection.fetchval(_COUNT, tenant) >= EMPLOYEES_MOST:
        raise NotTaken("employee_limit", f"there are {EMPLOYEES_MOST} employees: delete some who left")
    if row is not None and seen is not None and row["changed_at"] != seen:
        raise NotTaken("employee_edited", "someone else changed this employee: reload, and repeat your change")
    known = {one["store"]: one for one in await connection.fetch(_STORES_OF, tenant, id)}
    before = {store: one["role"] for store, one in known.items() if one["role"]}
    answers = [(one, _state(one)[0]) for one in await connection.fetch(_ANSWERS, tenant, [id])]
    refused = {one["store"] for one, state in answers if state == "refused"}
    if row is not None and (row["name"], before) == (wanted.name, dict(wanted.roles)):
        for store in sorted(refused):
            role = before.get(store, "")
            await connection.execute(_PUT_STORE, tenant, store, id, *_next_user(id, known[store], role, True))
        return False
    if new := sorted(set(wanted.roles) - set(before)):
        found = await tenants.known_stores(connection, tenant, new)
        if lost := [store for store in new if store not in found]:
            raise NotTaken("employee_store", f"head office doesn't know the store {lost[0]}", store=lost[0])
    was = Employee(row["name"] if row else wanted.name, before)
    await connection.execute(_PUT, tenant, id, wanted.name, msgspec.json.encode(was).decode(), who)
    renamed = row is not None and row["name"] != wanted.name
    for store in sorted({*before, *wanted.roles, *refused}):
        role = wanted.roles.get(store, "")
        if role != before.get(store, "") or (renamed and role) or store in refused:
            user = _next_user(id, known.get(store), role, store in refused)
            await connection.execute(_PUT_STORE, tenant, store, id, *user)
    changed = {"roles": before, "renamed": False} if row else None
    await tenants.log(connection, tenant, who, "employee", id, changed, {"roles": wanted.roles, "renamed": renamed})
    return row is None


def _next_user(id: str, known: Mapping[str, Any] | None, role: str, refused: bool) -> tuple[str, str, int]:
    """Return the user id in a store, the role, and the number of the change.

    A returning employee gets a new user id, as the old user's data was erased, unless the store `refused` that.
    """
    if known is None:
        return id, role, 1
    change = known["change"] + 1
    return (known["user_id"] if known["role"] or refused else f"{id}-{change}"), role, change


async def undo(connection: Any, tenant: str, id: str, who: str, seen: datetime) -> bool:
    """Restore the name and roles before the last change, within a transaction. False if the employee is unknown.

    Raises `NotTaken` if there was a later change, or nothing to undo.
    """
    row = await connection.fetchrow(_GET, tenant, id)
    if row is None:
        return False
    if row["changed_at"] != seen:
        raise NotTaken("employee_edited", "it was changed since: reload, and review it")
    if row["before"] is None:
        raise NotTaken("employee_nothing_to_undo", "there is no earlier state")
    await put(connection, tenant, id, msgspec.json.decode(row["before"], type=Employee), who)
    return True


async def delete(connection: Any, tenant: str, id: str, who: str) -> bool:
    """Delete an employee who left all stores, within a transaction. False if unknown.

    Raises `NotTaken` if they still work in a store, or a store hasn't received their end or refused it.
    """
    if await connection.fetchrow(_GET, tenant, id) is None:
        return False
    answers = [_state(one)[0] for one in await connection.fetch(_ANSWERS, tenant, [id])]
    if "refused" in answers or await connection.fetchval(_UNTOLD, tenant, id):
        raise NotTaken("employee_active", "end their work in all stores first, and wait until each store was told")
    for statement in _DELETE:
        await connection.execute(statement, tenant, id)
    await tenants.log(connection, tenant, who, "employee", id, {"roles": {}}, None)
    return True


async def page(connection: Any, tenant: str, after: str, limit: int) -> list[EmployeeRow]:
    """Employees by id, with each store's answer."""
    rows = await connection.fetch(_PAGE, tenant, after, limit)
    answers: dict[str, list[StoreAnswer]] = {row["id"]: [] for row in rows}
    for one in await connection.fetch(_ANSWERS, tenant, list(answers)):
        answers[one["id"]].append(StoreAnswer(one["store"], one["role"], *_state(one), one["changed_at"]))
    return [EmployeeRow(**dict(row), stores=tuple(answers[row["id"]])) for row in rows]


def _state(row: Mapping[str, Any]) -> tuple[str, str]:
    """The state of a store, and its reason."""
    if row["version"] is None:
        return "waiting", row["reason"]
    if row["wrong"]:
        said, _, code = row["wrong"].splitlines()[0].partition(": ")
        if row["role"] or code != GONE:
            return "refused", code or said
    return ("applied" if row["answers"] else "sent"), ""
