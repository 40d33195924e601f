"""`settings`: {"settings": [{"name": "catalog.retired", "value": "sell"}, {"name": "store.footer", "cleared": true}]}.

The names are those of config.toml that may be changed while the shop runs (`edge/foundation/settings/definitions.py`);
`cleared` lets the file's word hold again. One that there is not, or that cannot be that, is named in the
acknowledgement; the rest goes on.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.directives.kinds.source import HEAD_OFFICE
from edge.core.registry import Transaction
from edge.foundation.settings.commands import ClearSetting, SetSetting, Value


class NewSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One setting: what it is from now on, of whatever type, as what fits is decided one by one; or `cleared`."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    value: Any = None
    cleared: bool = False


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body."""

    settings: tuple[NewSetting, ...]


def _apply(tx: Transaction, _number: int, settings: tuple[NewSetting, ...]) -> Applied:
    changed, unknown = 0, []
    for new in settings:
        command = _command(new)
        done = attempt(tx, command) if command else None
        if done:
            changed += bool(done.events)
        else:
            unknown.append(new.name)
    return Applied(changed, tuple(unknown))


def _command(new: NewSetting) -> SetSetting | ClearSetting | None:
    if new.cleared:
        return ClearSetting(new.name, HEAD_OFFICE)
    try:
        return SetSetting(new.name, msgspec.convert(new.value, Value), HEAD_OFFICE)
    except msgspec.ValidationError:
        return None  # no setting is of such a type


SETTINGS = Kind("settings", Settings, _apply)
