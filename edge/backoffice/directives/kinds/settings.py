"""`settings`: {"settings": [{"name": "catalog.retired", "value": "sell"}, {"name": "store.footer", "cleared": true}]}.

Names are those of config.toml settings that can change at run time (`edge/foundation/settings/definitions.py`).
`cleared` restores the file's value. Unknown names and invalid values are listed in the acknowledgement; the rest are
applied.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.foundation.settings.commands import ClearSetting, SetSetting, Value
from edge.goods.catalog.product import HEAD_OFFICE


class NewSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A setting and its new value, of any type, as each is validated separately; or `cleared` to restore the file's
    value."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    value: Any = None
    cleared: bool = False


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `settings` directive."""

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
        return None  # no setting has a value of this type


SETTINGS = Kind("settings", Settings, _apply)
