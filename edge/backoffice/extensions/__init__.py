"""Packages of third-party publishers: which are installed, and which are enabled.

A package provides drivers, engines or a capability (`edge/runtime/extensions.py` describes the declaration). It's
disabled until the owner enables it here, and active from the next start. Name, version and publisher come from its
metadata and are unverified, as the page says.

Invariants
- No code of a package is imported before the package is turned on.
- Turning a package on applies to its publisher at that time; with another publisher it's off again.
- A package can't be turned off while a device in config.toml uses one of its drivers.
- A package has no events or tables of its own, so the journal is readable without it.
- A package that can't be used raises an alert, and the till starts without it.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from edge.backoffice.extensions.commands import TurnOffExtension, TurnOnExtension
from edge.backoffice.extensions.events import EVENTS
from edge.backoffice.extensions.handlers import DevicesByDriver, turn_off, turn_on
from edge.backoffice.extensions.project import projector
from edge.backoffice.extensions.queries import extensions_on
from edge.backoffice.extensions.watches import watch
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.runtime.config import Device
from edge.runtime.extensions import Extensions, installed_extensions


def capability(used: Extensions, folder: Path, devices: DevicesByDriver) -> Capability:
    """The extensions capability of a shop with its data in `folder`."""
    change = partial(CommandSpec, right=MANAGE, ask_first=True, reauthenticate=True, surfaces=STAFF)
    return Capability(
        name="extensions",
        commands=(
            change(TurnOnExtension, partial(turn_on, installed=partial(installed_extensions, folder))),
            change(TurnOffExtension, partial(turn_off, devices=devices)),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(QuerySpec("extensions_on", extensions_on, right=MANAGE, surfaces=STAFF),),
        watches=(watch(used),),
        mended_at="/manager/extensions",
    )


def devices_by_driver(devices: Iterable[Device]) -> DevicesByDriver:
    """Device names by role and driver."""
    return {(one.role, one.driver): one.name for one in devices}
