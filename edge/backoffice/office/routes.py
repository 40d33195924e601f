"""HTTP API of devices and configuration: list, discovery, tests, and keys of config.toml."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from drivers.discovery.match import Proposal
from drivers.roles import DeviceError
from edge.backoffice.office.commands import NoteConfiguration
from edge.core.endpoints import DONE, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Actor, Command, Refused
from edge.core.process.parts import SUPERVISOR
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import MANAGE
from edge.foundation.printing.commands import OPEN_DRAWER, QueuePrint
from edge.foundation.printing.service.devices.device_search import DEVICE_SEARCH, FoundDevice
from edge.foundation.printing.service.devices.device_trials import TRIALS
from edge.foundation.printing.service.trial_print import trial_page
from edge.goods.catalog.queries import count_tax_classes
from edge.lib.errors import ConfigError
from edge.lib.regions.taxes import class_ids, known_places
from edge.money.payments.commands import TryTerminal
from edge.runtime import configuration
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

TRIAL_MS = 60_000
"""How long a test page waits for its printer."""
RESTART_S = 0.5
UNDER_SYSTEMD = "INVOCATION_ID"
BY_FILE = frozenset(
    {"templates", "logo", "password", "password_file", "secret", "passphrase", "token", "key", "authority"}
)
"""Device options that can only be set in config.toml."""


class KnownDevice(msgspec.Struct, frozen=True):
    """A device in config.toml and its state. `options` are as in the file, with secrets by name only."""

    name: str
    role: str
    driver: str
    register: str
    state: str
    what: str
    advice: str


class Devices(msgspec.Struct, frozen=True):
    """The devices. `restart`: whether config.toml differs from the running configuration."""

    devices: list[KnownDevice]
    restart: bool


class AddDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a device to config.toml, used from the next start."""

    device: Proposal
    register: Annotated[str, msgspec.Meta(max_length=63)]


class DeviceTrial(msgspec.Struct, frozen=True):
    """The result of a test: `printing` a page, `sounded`, `showing` a text, `paying` the smallest amount (refunded at
    once), a weight in grams with its state, or the address of a `picture`."""

    printing: bool = False
    sounded: bool = False
    showing: bool = False
    paying: bool = False
    net_g: int | None = None
    state: str = ""
    picture: str = ""


class SetTaxes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Change `[tax]` in config.toml: by the law of a `place`, such as "province ON", or with custom `classes`."""

    place: Annotated[str, msgspec.Meta(pattern=r"^((province|country) [A-Z]{2})?$(?!\n)")]
    inclusive: bool
    rounding: Literal["line", "total"]
    classes: Annotated[tuple[configuration.TaxEntry, ...], msgspec.Meta(max_length=40)] = ()


class TryDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The device function to test: the device's own, or a drawer attached to a printer."""

    what: Literal["", "drawer"] = ""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty body."""


async def list_devices(request: web.Request) -> web.Response:
    """`GET devices`: the devices of config.toml with their state."""
    return answer_json(devices_of(request))


def devices_of(request: web.Request) -> Devices:
    """The running devices, and those that are only in the file."""
    config = request.app[SITE].services.of(CONFIG)
    known = [_known_device(request, one) for one in configuration.device_places(config)]
    return Devices(known, configuration.differs(config))


def _known_device(request: web.Request, device: configuration.DevicePlace) -> KnownDevice:
    state = request.app[SITE].services.of(SUPERVISOR).states.get(device.name)
    of = device.name, device.role, device.driver, device.register
    if not device.running:
        return KnownDevice(*of, "waiting", "", "")
    if state is None:  # a device used only on demand has no part that watches it
        return KnownDevice(*of, "ready", "", "")
    told = (texts_of(request).report_text(state.key, state.values), "") if state.key else (state.what, state.advice)
    return KnownDevice(*of, state.state, *told)


async def find_devices(request: web.Request) -> web.Response:
    """`POST devices/find`: find connected or announced devices, with their likely use."""
    await body_of(request, Nothing)
    site = request.app[SITE]
    known = configuration.config_in_file(site.services.of(CONFIG)).devices
    return answer_json({"found": await site.services.of(DEVICE_SEARCH).find(known)})


async def add(request: web.Request) -> web.Response:
    """`POST devices`: add a device to config.toml."""
    body = await body_of(request, AddDevice)
    if key := not_by_page(body.device):
        return answer_outcome(Refused("device_by_file", {"name": key}), texts_of(request))
    key = "device." + "".join(letter if letter.isalnum() or letter in " _-" else "_" for letter in body.device.name)
    return await write_configuration(
        request, (key[:120],), lambda text: configuration.with_device(text, body.device, body.register)
    )


def not_by_page(device: Proposal) -> str:
    """An option that the page doesn't accept, as it would send a secret to the given address or write to a file; "" if
    there is none."""
    for key, value in device.options.items():
        secret = isinstance(value, str) and value.startswith("secret:")
        elsewhere = key == "path" and not os.path.normpath(str(value)).startswith("/dev/")
        if secret or key in BY_FILE or elsewhere:
            return key[:40]
    return ""


async def remove(request: web.Request) -> web.Response:
    """`DELETE devices/{name}`: remove a device from config.toml."""
    name = request.match_info["name"]
    if name not in {one.name for one in configuration.config_in_file(request.app[SITE].services.of(CONFIG)).devices}:
        return answer_outcome(Refused("no_such_device", {"name": name}), texts_of(request))
    return await write_configuration(request, ("device",), lambda text: configuration.without_device(text, name))


async def trial(request: web.Request) -> web.Response:
    """`POST devices/{name}/trial`: test a device with a printed page, the drawer, a sound, a text on the customer
    display, a weight, the smallest card payment, or a camera picture."""
    asked = await body_of(request, TryDevice)
    site, name = request.app[SITE], request.match_info["name"]
    device = next((one for one in site.services.of(CONFIG).devices if one.name == name), None)
    if device is None:
        return answer_outcome(Refused("no_such_device", {"name": name}), texts_of(request))
    match device.role:
        case "receipt_printer":
            target = "" if device.register else name
            if asked.what == "drawer":
                command = msgspec.structs.replace(OPEN_DRAWER, target=target)
            else:
                shop = site.config.store.name(site.settings.header)
                page = trial_page(shop, name, texts_of(request).language)
                command = QueuePrint("test", page, expires_ms=TRIAL_MS, target=target)
            actor = msgspec.structs.replace(actor_of(request), register=device.register or site.config.registers[0])
            return await _answer_trial(request, command, actor, DeviceTrial(printing=not asked.what))
        case "scale" if scale := site.services.of(TILLS).scales.get(device.register):
            weight = scale.counter.weight
            if weight is None:
                return answer_outcome(Refused("scale_lost"), texts_of(request))
            return answer_json({"trial": DeviceTrial(net_g=weight.net_g, state=weight.state)})
        case "camera":
            return answer_json({"trial": DeviceTrial(picture=f"/api/v1/shelf/cameras/{name}/picture")})
        case "payment_terminal":
            actor = msgspec.structs.replace(actor_of(request), register=device.register)
            return await _answer_trial(request, TryTerminal(), actor, DeviceTrial(paying=True))
        case "scanner" | "speaker" | "customer_display" if tried := site.services.of(TRIALS).get(name):
            try:
                await tried()
            except DeviceError as error:
                texts = texts_of(request)
                why = texts.say(f"device.{error.code}") if error.code else error.what
                return answer_outcome(Refused("device_silent", {"name": name, "why": why}), texts)
            showing = device.role == "customer_display"
            return answer_json({"trial": DeviceTrial(sounded=not showing, showing=showing)})
        case "scanner":
            return answer_outcome(Refused("scanner_beeps_alone", {"name": name}), texts_of(request))
    return answer_outcome(Refused("device_not_tried", {"name": name}), texts_of(request))


async def _answer_trial(request: web.Request, command: Command, actor: Actor, trial: DeviceTrial) -> web.Response:
    """The response to a test that runs a command."""
    outcome = await request.app[SITE].shop.do(command, actor)
    if isinstance(outcome, Refused):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"trial": trial})


async def set_taxes(request: web.Request) -> web.Response:
    """`PUT configuration/taxes`: set the tax settings; refused if products use a removed class."""
    body, site = await body_of(request, SetTaxes), request.app[SITE]
    kept = class_ids(body.place[-2:]) if body.place[-2:] in known_places() else {entry.id for entry in body.classes}
    used = await site.asker.read(count_tax_classes)
    for id, number in sorted(used.items()):
        if number and (id or site.services.of(CONFIG).catalog.tax_class) not in kept:
            values: dict[str, str | int] = {
                "tax_class": id or site.services.of(CONFIG).catalog.tax_class,
                "number": number,
            }
            return answer_outcome(Refused("tax_class_used", values), texts_of(request))
    return await write_configuration(
        request,
        ("tax",),
        lambda text: configuration.with_taxes(text, body.place, body.inclusive, body.rounding, body.classes),
    )


async def write_configuration(
    request: web.Request, keys: tuple[str, ...], changed: Callable[[str], str]
) -> web.Response:
    """Change config.toml and record the `keys` in the journal. Refused if the appliance couldn't start with the result,
    or if the file can't be written."""
    site = request.app[SITE]
    file = site.services.of(CONFIG).file
    try:
        await asyncio.to_thread(configuration.change, file, changed)
    except ConfigError as wrong:
        return answer_outcome(Refused("config_refused", {"why": f"{wrong.what} {wrong.advice}"}), texts_of(request))
    except OSError as error:
        values: dict[str, str | int] = {"file": str(file), "why": str(error.strerror or error)}
        return answer_outcome(Refused("config_not_written", values), texts_of(request))
    return answer_outcome(await site.shop.do(NoteConfiguration(keys), actor_of(request)), texts_of(request))


async def restart(request: web.Request) -> web.Response:
    """`POST restart`: stop, so that systemd restarts the appliance with the current config.toml. Refused if systemd
    doesn't run it."""
    await body_of(request, Nothing)
    if UNDER_SYSTEMD not in os.environ or os.getppid() != 1:
        return answer_outcome(Refused("restart_by_hand"), texts_of(request))
    asyncio.get_running_loop().call_later(RESTART_S, os.kill, os.getpid(), signal.SIGTERM)
    return answer_json({})


_TAG = "office"
_DEVICE = "/api/v1/devices/{name:[^/]{1,80}}"
_endpoint = partial(Endpoint, right=MANAGE, tag=_TAG, programs=False)
ENDPOINTS = (
    _endpoint(
        method="GET",
        path="/api/v1/devices",
        handler=list_devices,
        name="listDevices",
        answer=Answer(Devices),
    ),
    _endpoint(
        method="POST",
        path="/api/v1/devices/find",
        handler=find_devices,
        name="findDevices",
        body=Body(Nothing),
        answer=Answer(list[FoundDevice], under="found"),
    ),
    _endpoint(
        method="POST",
        path="/api/v1/devices",
        handler=add,
        name="addDevice",
        answer=DONE,
        body=Body(AddDevice),
        statuses=(422,),
        reauthenticate=True,
    ),
    _endpoint(
        method="DELETE",
        path=_DEVICE,
        handler=remove,
        name="removeDevice",
        answer=DONE,
        statuses=(404, 422),
        reauthenticate=True,
    ),
    _endpoint(
        method="POST",
        path=_DEVICE + "/trial",
        handler=trial,
        name="tryDevice",
        body=Body(TryDevice),
        answer=Answer(DeviceTrial, under="trial"),
        statuses=(404, 422),
    ),
    _endpoint(
        method="PUT",
        path="/api/v1/configuration/taxes",
        handler=set_taxes,
        name="setTaxes",
        answer=DONE,
        body=Body(SetTaxes),
        statuses=(422,),
        reauthenticate=True,
    ),
    _endpoint(
        method="POST",
        path="/api/v1/restart",
        handler=restart,
        name="restart",
        answer=NOTHING,
        body=Body(Nothing),
        statuses=(422,),
        reauthenticate=True,
    ),
)
