"""What can be asked of extensions."""

from __future__ import annotations

from edge.backoffice.extensions.events import PackageName, Publisher
from edge.core.messages import Command


class TurnOnExtension(Command, frozen=True):
    """Let an installed package take part from the next start on, as the one of this publisher."""

    package: PackageName
    publisher: Publisher


class TurnOffExtension(Command, frozen=True):
    """Leave a package out from the next start on."""

    package: PackageName
