"""Cameras, microphones and printers as parts of the appliance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import cast

from drivers.roles import Camera, Microphone, Speaker
from edge.analytics.shelf.shelf_service import SHELF, ShelfService
from edge.conversation.voice.pages.voice_part import VoicePart
from edge.core.process.parts import Part, Stage, Supervisor
from edge.foundation.printing.printers.part import PrinterAssignment
from edge.foundation.printing.service.devices.device_trials import TRIALS, beep_aloud
from edge.runtime.config import Config, Device
from edge.web.context import PanelContext


def camera_parts(devices: Iterable[tuple[Device, object]], shelf: ShelfService) -> Iterator[Part]:
    """Camera parts, and the one that deletes expired recordings."""
    for device, made in devices:
        part = shelf.camera(cast(Camera, made), device.name, device.camera)
        yield Part(device.name, part.run, stage=Stage.BACKGROUND)
    yield Part("shelves", shelf.run, stage=Stage.BACKGROUND)


def sense_parts(devices: list[tuple[Device, object]], site: PanelContext) -> Iterator[Part]:
    """Camera and microphone parts."""
    yield from camera_parts([one for one in devices if one[0].role == "camera"], site.services.of(SHELF))
    yield from voice_parts(devices, site)


def voice_parts(devices: list[tuple[Device, object]], site: PanelContext) -> Iterator[Part]:
    """Microphone parts, each with its register's speaker."""
    found = [(device, cast(Speaker, made)) for device, made in devices if device.role == "speaker"]
    site.services.of(TRIALS).update({device.name: partial(beep_aloud, speaker) for device, speaker in found})
    speakers = {device.register: speaker for device, speaker in found}
    for device, made in devices:
        if device.role == "microphone":
            speaker = speakers.get(device.register)
            heard = cast(Microphone, made)
            part = VoicePart(site, heard, speaker, device.name, device.register, device.microphone)
            yield Part(device.name, part.run, stage=Stage.DEVICES)


def printer_place(device: Device, config: Config, supervisor: Supervisor) -> PrinterAssignment:
    """Which registers a printer serves, and when."""
    main = next((other for other in config.devices if other.name == device.printing.stands_in_for), None)
    language = config.store.language
    if main is None:
        return PrinterAssignment(device.name, device.register or None, language=language, logo=str(config.logo))
    name = main.name

    def is_main_lost() -> bool:
        state = supervisor.states.get(name)
        return state is not None and state.state == "lost"

    own = None if main.register == device.register else device.register or None
    covers = main.register or None
    return PrinterAssignment(device.name, own, covers, is_main_lost, main.name, language, str(config.logo))
