"""Known device models, by USB ids."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{4}$(?!\n)")]


class DeviceModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device model; without `product`, all models of its maker.

    Without `driver`, the device's interface decides. `options`: those the model needs besides its path. `note`: steps
    before it can be used.
    """

    vendor: Number
    name: str
    role: Literal["scanner", "receipt_printer"]
    driver: str = ""
    product: Number | Literal[""] = ""
    options: Mapping[str, str | int | bool] = {}
    note: str = ""


@cache
def models() -> tuple[DeviceModel, ...]:
    """All models of known_models.toml, in order."""
    text = files("drivers").joinpath("known_models.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["model"], list[DeviceModel]))


def find_known_model(usb: str, driver: str = "") -> DeviceModel | None:
    """Return the most specific model matching `usb` (vendor:product in hexadecimal).

    With `driver`, only a model for that driver.
    """
    vendor, _, product = usb.partition(":")
    found = [model for model in models() if model.vendor == vendor and model.product in (product, "")]
    exact = max(found, key=lambda model: len(model.product), default=None)
    return exact if exact and (not driver or exact.driver in (driver, "")) else None
