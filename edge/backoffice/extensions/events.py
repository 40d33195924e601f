"""Events of extensions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event

PackageName = Annotated[
    str, msgspec.Meta(max_length=100, pattern=r"^[a-z0-9][a-z0-9.-]*$(?!\n)", examples=["acme-pos"])
]
Publisher = Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["Acme GmbH"])]
Release = Annotated[str, msgspec.Meta(max_length=60)]
EntryPoint = Annotated[str, msgspec.Meta(max_length=140, examples=["edge.drivers:receipt_printer.acme"])]


class ExtensionTurnedOn(Event, frozen=True):
    """The package is active from the next start. `release`: the version installed at that time; `provides`: its entry
    points, which identify a device's driver even after the package is removed."""

    package: PackageName
    publisher: Publisher
    release: Release
    provides: Annotated[tuple[EntryPoint, ...], msgspec.Meta(max_length=100)]


class ExtensionTurnedOff(Event, frozen=True):
    """The package is inactive from the next start."""

    package: PackageName


EVENTS: tuple[type[Event], ...] = (ExtensionTurnedOn, ExtensionTurnedOff)
