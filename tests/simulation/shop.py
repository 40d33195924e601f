"""The configuration of a run's shop, as in config.toml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edge.runtime.config import Config
from tests import shop_fixture
from tests.simulation.plan import Plan

KITCHEN = "kitchen"
_SYNC = '[sync]\nhost = "broker"\ntls = false\n'
_SLIP = f'[[slip]]\nprinter = "{KITCHEN}"\nwhen = "sent"\n'
_DEVICE = """
[[device]]
role = "receipt_printer"
driver = "network"
host = "a-printer"
name = "{name}"
register = "{register}"
stands_in_for = "{stands_in_for}"
"""


def printers(plan: Plan) -> dict[str, str]:
    """Return the printers' names, each with its register; the kitchen's has none."""
    return {**{f"printer-{number}": str(number) for number in range(1, plan.tills + 1)}, KITCHEN: ""}


def config(plan: Plan, folder: Path) -> Config:
    """The configuration of a shop whose data is in `folder`."""
    return shop_fixture.config(folder, "\n".join([shop_fixture.CONFIG, _SYNC, _SLIP, *_devices(plan)]))


def _devices(plan: Plan) -> Iterator[str]:
    for name, register in printers(plan).items():
        stands_in_for = "printer-1" if plan.spare and register == "2" else ""
        yield _DEVICE.format(name=name, register=register, stands_in_for=stands_in_for)
