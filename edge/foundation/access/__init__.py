"""Users, roles and permissions. See README.md."""

from edge.core.messages import Command, Right
from edge.core.people.forgetting import ForgetPerson
from edge.core.registry import Capability, CommandSpec, Handler, QuerySpec
from edge.core.surfaces import INSIDE, STAFF, Surfaces
from edge.foundation.access import checks, commands, handlers
from edge.foundation.access.browsers import pairing_handlers
from edge.foundation.access.credentials import factor_handlers, secret_handlers
from edge.foundation.access.credentials.secret_handlers import after_restore
from edge.foundation.access.entities import ROLES
from edge.foundation.access.events import EVENTS
from edge.foundation.access.handlers import forget_user
from edge.foundation.access.logs.login_log import read_logins
from edge.foundation.access.logs.look_log import read_looks
from edge.foundation.access.personal_data import personal_data_of
from edge.foundation.access.programs import api_key_handlers
from edge.foundation.access.project import projector
from edge.foundation.access.queries import pairings, read_users, roles
from edge.foundation.access.rights import DEVICES, KEYS, MANAGE, PINS, USERS
from edge.foundation.access.watches import WATCHES

__all__ = ["capability", "forget_user"]


def _changes_access(
    command: type[Command], handler: Handler, right: Right = USERS, surfaces: Surfaces = STAFF
) -> CommandSpec:
    return CommandSpec(
        command, handler, right=MANAGE, ask_first=True, also=right, reauthenticate=True, surfaces=surfaces
    )


def _of_a_surface(command: type[Command], handler: Handler) -> CommandSpec:
    """Return the spec of a command that only a surface may send, after it has verified a secret."""
    return CommandSpec(command, handler, right=PINS, surfaces=INSIDE)


capability = Capability(
    name="access",
    commands=(
        _of_a_surface(commands.SetPin, handlers.set_pin),
        _of_a_surface(commands.NotePinsWrong, handlers.note_pins_wrong),
        _of_a_surface(commands.NoteDenied, handlers.note_denied),
        _changes_access(commands.SetUser, handlers.set_user),
        _changes_access(commands.RetireUser, handlers.retire_user),
        _changes_access(commands.SuspendUser, handlers.suspend_user),
        *ROLES.commands(),
        _changes_access(commands.ConfirmPairing, pairing_handlers.confirm_pairing, DEVICES),
        _changes_access(commands.RenamePairing, pairing_handlers.rename_pairing, DEVICES),
        _changes_access(commands.EndPairing, pairing_handlers.end_pairing, DEVICES),
        _changes_access(commands.MakeKey, api_key_handlers.make_key, KEYS, INSIDE),
        _changes_access(commands.SetFactorPolicy, factor_handlers.set_factor_policy),
        _of_a_surface(commands.ConfirmFactor, factor_handlers.confirm_factor),
        _of_a_surface(commands.MakeRecoveryCodes, factor_handlers.make_recovery_codes),
        _of_a_surface(commands.UseRecoveryCode, factor_handlers.use_recovery_code),
        CommandSpec(
            commands.DropFactor, factor_handlers.drop_factor, right=PINS, ask_first=True, surfaces=INSIDE
        ),  # `edge pin`
        _of_a_surface(commands.SetSecrets, secret_handlers.set_secrets),
        _of_a_surface(commands.SetPassword, secret_handlers.set_password),
        _changes_access(commands.GiveCode, secret_handlers.give_code, USERS, INSIDE),
        _changes_access(commands.RevokeKey, api_key_handlers.revoke_key, KEYS),
    ),
    events=EVENTS,
    projectors=(projector,),
    before={ForgetPerson: handlers.before_forgetting},
    queries=(
        QuerySpec("users", read_users, right=MANAGE, also=USERS, surfaces=STAFF),
        QuerySpec("pairings", pairings, right=MANAGE, also=DEVICES, surfaces=STAFF),
        QuerySpec("roles", roles, right=MANAGE, also=USERS, surfaces=STAFF),
        QuerySpec("logins", read_logins, right=MANAGE, also=USERS, surfaces=STAFF),
        QuerySpec("looks", read_looks, right=MANAGE, also=USERS, surfaces=STAFF),
    ),
    on_restore=after_restore,
    watches=WATCHES,
    mended_at="/manager/access",
    personal_data_of=personal_data_of,
    checks=(checks.pin,),
)
