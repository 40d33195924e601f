"""The messages that an installer gets for wrong options, and how the configuration is read."""

from __future__ import annotations

import msgspec
import pytest

from drivers import registry
from drivers.registry import BadOptions

EXAMPLES = {
    "usb": "04b8:0e15",
    "port": 9100,
    "url": "http://192.168.1.60/video",
    "pairing": "x" * 16,
    "address": "00:11:62:1A:2B:3C",
    "peers": ["192.168.1.7"],
    "poi_id": "P400Plus-27503",
    "reader": "tmr_one",
}
NETWORK = {"host": "192.168.1.50"}


def refused(role: str, driver: str, options: dict[str, object]) -> BadOptions:
    with pytest.raises(BadOptions) as error:
        registry.create(role, driver, options)
    return error.value


@pytest.mark.parametrize(("role", "driver"), registry.DRIVERS)
def test_every_driver_of_the_table_can_be_made_and_explains_its_options(role: str, driver: str) -> None:
    options = registry.options_type(role, driver)
    assert options.__doc__
    assert options.__struct_config__.frozen
    assert options.__struct_config__.forbid_unknown_fields
    _, schemas = msgspec.json.schema_components([options])
    for name, schema in schemas["Config"]["properties"].items():
        assert schema.get("description"), f"{role} {driver}: {name} says nothing about itself"
    required = {
        field.name: EXAMPLES.get(field.name, "x") for field in msgspec.structs.fields(options) if field.required
    }
    wanted = {"rtsp": {"url": "rtsp://192.168.1.60/1"}, "v4l2": {"path": "/dev/video0"}}.get(driver, {})
    made = registry.create(role, driver, required | wanted)
    assert hasattr(made, "frame" if role == "camera" else "open")


def test_an_unknown_option_is_named_with_the_nearest_valid_one() -> None:
    error = refused("receipt_printer", "network", {**NETWORK, "prot": 9100})
    assert (error.key, error.nearest) == ("prot", "port")
    assert "host" in error.allowed
    assert "'prot'" in str(error)
    assert "'port'" in str(error)


def test_a_value_out_of_bounds_names_the_bounds() -> None:
    error = refused("receipt_printer", "network", {**NETWORK, "port": 70_000})
    assert (error.key, error.allowed) == ("port", "a whole number from 1 to 65535")


def test_a_value_of_another_kind_is_refused_not_converted() -> None:
    assert refused("scanner", "serial", {"path": "/dev/x", "baud": "9600"}).key == "baud"


def test_a_choice_names_all_choices() -> None:
    error = refused("receipt_printer", "serial", {"path": "/dev/x", "flow": "hardware"})
    assert error.key == "flow"
    assert error.allowed == "'none', 'rts_cts', 'xon_xoff'"


def test_a_missing_option_is_named() -> None:
    assert refused("receipt_printer", "network", {}).key == "host"


def test_an_unknown_driver_or_role_is_named_with_the_nearest() -> None:
    assert refused("receipt_printer", "netwrok", {}).nearest == "network"
    assert refused("scaner", "serial", {}).nearest == "scanner"
    assert {"bluetooth", "network", "serial", "file", "usb", "spool"} <= set(registry.drivers_of("receipt_printer"))
