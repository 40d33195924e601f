"""The devices that `edge devices` finds and proposes: in a recorded shop (umockdev), and on the network (mDNS on
loopback).
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from drivers.discovery import mdns
from drivers.discovery.match import lines, name_of, proposals
from drivers.discovery.udev import Node, Plugged, find_plugged, same_device
from drivers.known_models import find_known_model, models
from edge.__main__ import main
from edge.runtime.config import Device, parse
from edge.runtime.hotplug import unconfigured_scanners, used_by
from tests.shop_fixture import run

ROOT = Path(__file__).parents[3]
SHOP = Path(__file__).parent / "shop.umockdev"
CONFIG = '[store]\nid = "corner"\nheader = ["Corner Shop"]\ncurrency = "EUR"\n'
ZEBRA = Plugged("05e0:1200", "Symbol", "Bar Code Scanner", "S1", (Node("keyboard", "/dev/input/event3"),))
KEYBOARD = Plugged("046d:c31c", "Logitech", "USB Keyboard", "", (Node("keyboard", "/dev/input/event4"),))
LOOKS = 20


def in_the_shop(*command: str, cwd: Path = ROOT, devices: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command on a machine with the recorded shop's devices. `devices`: further options of umockdev-run."""
    wrapped = ["umockdev-run", "--device", str(SHOP), *devices, "--", *command]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(wrapped, capture_output=True, text=True, check=False, cwd=cwd, env=env, timeout=60)


# ---- recognised --------------------------------------------------------------------------------


def test_the_most_exact_model_is_meant() -> None:
    one = find_known_model("05e0:1701")
    assert one is not None
    assert (one.name, one.driver) == ("Zebra (Symbol) scanner in CDC mode", "serial")
    other = find_known_model("05e0:9999")
    assert other is not None
    assert (other.name, other.driver) == ("Zebra (Symbol) scanner", "")
    assert find_known_model("05e0:1701", "keyboard") is None
    assert find_known_model("05e0:9999", "keyboard") == other
    assert find_known_model("046d:c31c") is None


def test_only_makers_of_nothing_but_scanners_are_in_the_table_as_a_whole() -> None:
    """Otherwise their keyboards would be grabbed. None of these makers has any."""
    makers = {model.vendor for model in models() if not model.product}
    assert makers == {"05e0", "0c2e", "0536", "23d0", "05f9", "080c", "1eab", "065a"}
    assert all(model.role == "scanner" for model in models() if not model.product)


def test_udev_lets_the_service_use_the_scanners_of_all_of_them() -> None:
    makers = {model.vendor for model in models() if not model.product}
    rules = (ROOT / "systemd" / "99-edge.rules").read_text()
    lists = re.findall(r'(?:ENV\{ID_VENDOR_ID\}|ATTR\{idVendor\}|ATTRS\{id/vendor\})=="([^"]+)"', rules)
    assert len(lists) == 4
    assert all(set(listed.split("|")) == makers for listed in lists)


def test_a_keyboard_is_for_no_use() -> None:
    assert proposals(KEYBOARD) == []
    named = Plugged("26f1:5650", "RTSCAN", "USB BARCODE SCANNER", "", (Node("keyboard", "/dev/input/event5"),))
    (perhaps,) = proposals(named)
    assert not perhaps.certain
    assert perhaps.options["usb"] == "26f1:5650"


def test_a_scanner_that_shows_itself_in_several_ways_is_used_in_the_one_that_says_most() -> None:
    nodes = (Node("keyboard", "/dev/input/event3"), Node("serial", "/dev/ttyACM0"), Node("hid_pos", ""))
    both = Plugged("0c2e:0b61", "Honeywell", "1200g", "X1", nodes)
    assert [made.driver for made in proposals(both)] == ["hid_pos", "serial", "keyboard"]
    told = Plugged("05e0:1200", "Symbol", "Scanner", "", nodes)
    assert [made.driver for made in proposals(told)] == ["keyboard"]


def test_what_the_configuration_uses_is_not_used_twice(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/input/event3")
    by_link = Device("till scanner", "scanner", "keyboard", "1", {"path": str(link)})
    assert used_by(ZEBRA, [by_link]) == "till scanner"
    assert unconfigured_scanners([ZEBRA, KEYBOARD], [by_link]) == []
    assert [made.driver for made in unconfigured_scanners([ZEBRA, KEYBOARD], [])] == ["keyboard"]
    pos = Plugged("0c2e:0b6a", "Honeywell", "3310g", "", (Node("hid_pos", ""),))
    assert used_by(pos, [Device("pos", "scanner", "hid_pos", "1", {"usb": "0c2e:0b6a"})]) == "pos"
    twin = Plugged("0c2e:0b6a", "Honeywell", "3310g", "S2", (Node("hid_pos", ""),))
    one_of_two = Device("pos", "scanner", "hid_pos", "1", {"usb": "0c2e:0b6a", "serial": "S1"})
    assert used_by(twin, [one_of_two]) == ""
    assert not same_device("", "/dev/null")


def test_names_of_any_kind_make_lines_that_load() -> None:
    odd = Plugged("05e0:1200", 'Sym"bol\\', "Scanner ×2 \t", "", (Node("keyboard", "/dev/input/by-id/a b"),))
    assert name_of(odd) == "Zebra (Symbol) scanner as a keyboard"
    odd = Plugged("05e0:9999", 'Sym"bol\\', "Scanner ×2 \t", "", (Node("serial", "/dev/serial/by-id/a b"),))
    (made,) = proposals(odd)
    (device,) = parse(CONFIG + lines(made), Path("config.toml")).devices
    assert (device.name, device.options["path"]) == ('Sym"bol\\ Scanner ×2 \t', "/dev/serial/by-id/a b")


# ---- on the machine ----------------------------------------------------------------------------


def test_this_machine_is_looked_at() -> None:
    """Whatever is plugged in where the tests run is listed, and each proposal can be loaded."""
    for device in find_plugged():
        for made in proposals(device):
            assert parse(CONFIG + lines(made), Path("config.toml")).devices


def test_a_machine_that_does_not_tell_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def plugged() -> list[Plugged]:
        raise ImportError("No library named udev")

    monkeypatch.setattr("edge.app.cli.devices.find_plugged", plugged)
    assert main(["--config", "no-such-file", "devices", "--seconds", "0"]) == 1
    assert "Install libudev1." in capsys.readouterr().err


@pytest.mark.needs("umockdev-run")
def test_a_shop_is_listed_recognised_and_proposed(tmp_path: Path) -> None:
    done = in_the_shop(sys.executable, "-m", "edge", "devices", "--seconds", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown, _, proposed = done.stdout.partition("# Lines for config.toml:")
    for title in (
        "Zebra (Symbol) scanner as a keyboard (05e0:1200)\n    types like a keyboard: /dev/input/by-id/usb-Symbol",
        "NLS NLS-HR3260-CDC (1eab:0c06)\n    a serial line: /dev/serial/by-id/usb-NLS",
        "Honeywell Vuquest 3310 (0c2e:0b6a)\n    HID POS scanner",
        "Epson TM-T20II (04b8:0e15)\n    a printer: /dev/edge/printer-pci",
        "Granit 1911i (0536:02c1)",  # over Bluetooth
        "HD Pro Webcam C920 (046d:082d)\n    a camera: /dev/v4l/by-id/",
        "serial port ttyS0",
        'SNAPI mode (05e0:1900)\n    SNAPI is Zebra\'s own: scan "USB HID keyboard"',
        "/dev/input/by-id/usb-Logitech_USB_Keyboard-event-kbd\n    Not used.",
    ):
        assert title in shown
    assert "ttyS1" not in shown  # the chip supports this port, but it doesn't exist
    assert "xHCI" not in shown
    assert "Logitech" not in proposed
    config = parse(CONFIG + proposed, tmp_path / "config.toml")
    found = {(device.role, device.driver): device.options for device in config.devices}
    assert set(found) == {
        ("scanner", "keyboard"),
        ("scanner", "serial"),
        ("scanner", "hid_pos"),
        ("receipt_printer", "file"),
    }
    assert found["scanner", "hid_pos"] == {"usb": "0c2e:0b6a", "serial": "15232B1F0C"}
    assert '#usb = "26f1:5650"' in proposed  # only its own name says that it's a scanner


@pytest.mark.needs("umockdev-run")
def test_what_is_in_the_configuration_is_shown_so_and_not_proposed(tmp_path: Path) -> None:
    path = "/dev/serial/by-id/usb-NLS_NLS-HR3260-CDC_H2A1-if00"
    section = f'[[device]]\nname = "till"\nrole = "scanner"\ndriver = "serial"\npath = "{path}"\n'
    (tmp_path / "config.toml").write_text(CONFIG + section)
    done = in_the_shop(sys.executable, "-m", "edge", "devices", "--seconds", "0", "--phone", cwd=tmp_path)
    shown, _, proposed = done.stdout.partition("# Lines for config.toml:")
    assert f"a serial line: {path}\n    in use as 'till'" in shown
    assert path not in proposed
    phone = proposed[proposed.index('[[device]]\nname = "phone"') :]
    (device,) = parse(CONFIG + phone, tmp_path / "config.toml").devices
    assert len(str(device.options["pairing"])) >= 16


READ = """
import asyncio, sys
from drivers import registry
async def main():
    scanner = registry.create("scanner", "keyboard", {"path": sys.argv[1]})
    await scanner.open()
    async with asyncio.timeout(20):
        print((await anext(scanner.scans())).data.decode())
    await scanner.close()
asyncio.run(main())
"""


@pytest.mark.needs("umockdev-run")
@pytest.mark.parametrize(
    ("identity", "read"), [("0300E00500121101", "4006381333931"), ("03006D041CC31101", "may be a keyboard")]
)
def test_a_scanner_is_read_and_a_keyboard_is_not_through_the_kernels_own_calls(
    tmp_path: Path, identity: str, read: str
) -> None:
    """EVIOCGID identifies it, EVIOCGRAB grabs it, and the events come from the kernel."""
    keys = {**{str(n): n + 1 for n in range(1, 10)}, "0": 11, "\r": 28}
    events, at = ["E: 0.000000 0000 0000 0000"], 0.1
    for key in (keys[char] for char in "4006381333931\r"):
        for value in (1, 0):
            events += [f"E: {at:.6f} 0001 {key:04x} {value:04d}", f"E: {at:.6f} 0000 0000 0000"]
            at += 0.002
    (tmp_path / "ioctl").write_text(f"@DEV /dev/input/event3\nEVIOCGID 0 {identity}\n")
    (tmp_path / "events").write_text("\n".join(events) + "\n")
    node = "/dev/input/event3"
    played = ("-i", f"{node}={tmp_path / 'ioctl'}", "-e", f"{node}={tmp_path / 'events'}")
    done = in_the_shop(sys.executable, "-c", READ, node, devices=played)
    assert read in done.stdout + done.stderr


# ---- in the network ----------------------------------------------------------------------------


def test_printers_and_cameras_that_announce_themselves_are_found() -> None:
    async def scenario() -> None:
        services = [
            ("_pdl-datastream._tcp.local.", "Receipts", "192.0.2.7", 9100, {"ty": "EPSON TM-T88VI"}),
            ("_pdl-datastream._tcp.local.", "Office", "192.0.2.8", 9100, {"ty": "Brother HL-L2350DW"}),
            ("_axis-video._tcp.local.", "AXIS M1065-L", "192.0.2.10", 80, {}),
            ("_rtsp._tcp.local.", "AXIS M1065-L", "192.0.2.10", 554, {}),
            ("_rtsp._tcp.local.", "Door", "192.0.2.11", 554, {}),
        ]
        async with AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only) as zeroconf:
            for number, (kind, name, host, port, properties) in enumerate(services):
                info = AsyncServiceInfo(
                    kind,
                    f"{name}.{kind}",
                    port,
                    addresses=[socket.inet_aton(host)],
                    properties=properties,
                    server=f"host{number}.local.",
                )
                await zeroconf.async_register_service(info)
            found: dict[str, mdns.Announced] = {}
            for _ in range(LOOKS):  # on a busy machine, an answer may take longer than one search
                found |= {device.host: device for device in await mdns.find_announced(1.0, ["127.0.0.1"])}
                if len({host for _, _, host, _, _ in services} & found.keys()) == 4:
                    break
        assert {host: (one.kind, one.name) for host, one in found.items() if host.startswith("192.0.2.")} == {
            "192.0.2.7": ("printer", "Receipts"),
            "192.0.2.8": ("printer", "Office"),
            "192.0.2.10": ("camera", "AXIS M1065-L"),
            "192.0.2.11": ("camera", "Door"),
        }
        made = {host: mdns.proposal(one) for host, one in found.items()}
        assert made["192.0.2.10"] is not None  # of its two services, the one with its address
        receipts, office = made["192.0.2.7"], made["192.0.2.8"]
        assert receipts is not None
        assert office is not None
        assert (receipts.certain, office.certain) == (True, False)
        (printer,) = parse(CONFIG + lines(receipts), Path("config.toml")).devices
        assert (printer.driver, printer.options) == ("network", {"host": "192.0.2.7", "port": 9100})
        assert made["192.0.2.11"] is None

    try:
        run(scenario())
    except OSError as error:
        pytest.skip(f"missing: multicast on the loopback ({error})")
