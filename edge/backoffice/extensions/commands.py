"""Commands of extensions."""

from __future__ import annotations

from edge.backoffice.extensions.events import PackageName, Publisher
from edge.core.messages import Command


class TurnOnExtension(Command, frozen=True):
    """Enable an installed package of this publisher, from the next start."""

    package: PackageName
    publisher: Publisher


class TurnOffExtension(Command, frozen=True):
    """Disable a package, from the next start."""

    package: PackageName
