"""`edge hub staff`: head office users, their tenants, and their history."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from edge.app.cli.hub_api import as_owner
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.hub.api.staff import hash_password
from sync.hub.mail_wishes import MailWish
from sync.hub.tenants import require_room
from sync.wire import Name

LOG_SHOWN = 50
_SET = """
    INSERT INTO staff (email, password) VALUES ($1, $2)
    ON CONFLICT (email) DO UPDATE SET password = excluded.password, wrong = 0, wait_until = '-infinity' RETURNING id
"""
_JOIN = """
    INSERT INTO membership (person, of_tenant, role, stores, groups)
    SELECT id, $2, $3, $4, $5 FROM staff WHERE email = $1
    ON CONFLICT (person, of_tenant) DO UPDATE
    SET role = excluded.role, stores = excluded.stores, groups = excluded.groups RETURNING person
"""
_BELONGS = """
    SELECT EXISTS (SELECT FROM membership JOIN staff ON person = id WHERE email = $1 AND of_tenant = $2)
"""
_MAIL = """
    SELECT mail::text FROM membership JOIN staff ON person = id WHERE email = $1 AND of_tenant = $2
"""
_SET_MAIL = """
    UPDATE membership SET mail = $3 FROM staff WHERE person = id AND email = $1 AND of_tenant = $2
"""
_LEAVE = """
    DELETE FROM membership USING staff WHERE person = id AND email = $1 AND of_tenant = $2 RETURNING person
"""
_LIST = """
    SELECT email, of_tenant, role, stores, groups FROM staff LEFT JOIN membership ON person = id
    ORDER BY email, of_tenant
"""
_LOG = """
    SELECT at, email, what, staff_log.of_tenant, before
    FROM staff_log JOIN staff ON person = staff.id ORDER BY staff_log.id DESC LIMIT $1
"""


def set_(args: argparse.Namespace) -> int:
    """Add a user or reset their password, which revokes their tokens."""
    email = _email(args)
    asked = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        hashed = hash_password(asked)
    except ValueError as error:
        raise ConfigError(f"This password can't be used: {error}.") from None

    async def work(owner: Any) -> None:
        async with owner.transaction():
            person = await owner.fetchval(_SET, email, hashed)
            await owner.execute("DELETE FROM staff_token WHERE person = $1", person)
            await owner.execute("SELECT drop_staff_factor($1)", person)  # it is encrypted with the previous password

    as_owner(args, work)
    say(f"{email} can sign in with that password only. Add them to a tenant: edge hub staff join")
    return 0


def _apply_to_user(args: argparse.Namespace, sql: str) -> None:
    """Apply a statement to the named user. Raises `ConfigError` if unknown."""
    if as_owner(args, lambda owner: owner.fetchval(sql, _email(args))) is None:
        raise ConfigError(f"No user {args.email} found.", "See: edge hub staff list")


def mail(args: argparse.Namespace) -> int:
    """Set a user's mail notifications; omitted options stay unchanged."""
    named = (("on", args.on), ("without", args.without), ("zone", args.zone), ("language", args.language))
    said: dict[str, Any] = {name: value for name, value in named if value is not None}
    if args.quiet is not None:
        begins, _, ends = args.quiet.partition("-")
        said |= {"quiet_from": begins, **({"quiet_until": ends} if ends else {})}
    if args.digest is not None:
        said["digest_at"] = args.digest

    async def work(owner: Any) -> MailWish | None:
        before = await owner.fetchval(_MAIL, _email(args), args.tenant)
        if before is None:
            return None
        wish = msgspec.convert(msgspec.json.decode(before) | said, MailWish)
        await owner.execute(_SET_MAIL, _email(args), args.tenant, msgspec.json.encode(wish).decode())
        return wish

    try:
        wish = as_owner(args, work)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"Not accepted: {error}.", "Enter hours as HH:MM and a time zone like Europe/Paris."
        ) from None
    if wish is None:
        raise ConfigError(f"{args.email} isn't a member of {args.tenant}.", "See: edge hub staff list")
    hours = f"not from {wish.quiet_from} to {wish.quiet_until}" if wish.quiet_from else "at any hour"
    say(f"{args.email}: {hours}, the rest at {wish.digest_at or 'no time'}, {wish.zone}.")
    return 0


def drop_factor(args: argparse.Namespace) -> int:
    """Remove a user's second factor, for example after a lost phone. They sign in with only their password until they
    set up another."""
    _apply_to_user(args, "SELECT email, drop_staff_factor(id) FROM staff WHERE email = $1")
    say(f"{args.email} no longer has a second factor.")
    return 0


def join(args: argparse.Namespace) -> int:
    """Add a user to a tenant with a role, optionally limited to some stores."""
    try:
        msgspec.convert([args.tenant, *args.store, *args.group], list[Name])
    except msgspec.ValidationError:
        raise ConfigError("This isn't a valid name for a tenant or store.") from None
    email, stores, groups = _email(args), args.store or None, args.group or None

    async def work(owner: Any) -> Any:
        async with owner.transaction():
            if not await owner.fetchval(_BELONGS, email, args.tenant):
                await require_room(owner, args.tenant, "people")
            return await owner.fetchval(_JOIN, email, args.tenant, args.role, stores, groups)

    if as_owner(args, work) is None:
        raise ConfigError(f"No user {email} found.", "First: edge hub staff set EMAIL")
    say(f"{email} is {args.role} of {args.tenant}{_reach(stores, groups)}.")
    return 0


def leave(args: argparse.Namespace) -> int:
    """Remove a user from a tenant. Their token for it stops working with the next request."""
    if as_owner(args, lambda owner: owner.fetchval(_LEAVE, _email(args), args.tenant)) is None:
        raise ConfigError(f"{args.email} isn't a member of {args.tenant}.", "See: edge hub staff list")
    say(f"{args.email} is no longer a member of {args.tenant}.")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Delete a user and their data."""
    _apply_to_user(args, "DELETE FROM staff WHERE email = $1 RETURNING id")
    say(f"{args.email} can no longer sign in.")
    return 0


def show_staff(args: argparse.Namespace) -> int:
    for email, tenant, role, stores, groups in as_owner(args, lambda owner: owner.fetch(_LIST)):
        say(f"{email}: {role} of {tenant}{_reach(stores, groups)}" if tenant else f"{email}: -")
    return 0


def _reach(stores: Sequence[str] | None, groups: Sequence[str] | None) -> str:
    """Describe the stores, as the end of a sentence."""
    named = [*(stores or ()), *(f"the group {group}" for group in groups or ())]
    return f" for {', '.join(named)}" if named else ""


def log(args: argparse.Namespace) -> int:
    for at, email, what, tenant, before in as_owner(args, lambda owner: owner.fetch(_LOG, LOG_SHOWN)):
        where = f" from {before}" if before else ""
        say(f"{at:%F %T} UTC {email} {what.replace('_', ' ')}{where}{' to ' + tenant if tenant else ''}")
    return 0


def _email(args: argparse.Namespace) -> str:
    email = str(args.email).strip().lower()
    if not 3 <= len(email) <= 254 or "@" not in email:
        raise ConfigError(f"{args.email!r} isn't an email address.")
    return email
