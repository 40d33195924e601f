"""Simulates a machine's sockets for `edge run`. Runs in the system's Python (gi), inside umockdev-wrapper.

plug.py SHOP.umockdev COMMAND...: start COMMAND, then read orders from standard input, one per line. `plug
VENDOR:PRODUCT NUMBER` plugs in that device as input event NUMBER (the kernel uses a new one each time), and `pull
VENDOR:PRODUCT NUMBER` removes it.

An input device gets its identity, by which drivers recognise it, and types 4006381333931 half a second later. Links to
it are omitted, because umockdev supports no ioctl on them.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

KEYS = {**{str(digit): digit + 1 for digit in range(1, 10)}, "0": 11, "\r": 28}


def blocks(text: str, usb: str, number: str) -> list[str]:
    """Return the device with this vendor:product, and everything below it in the tree."""
    text = re.sub(r"^(S:|E: DEVLINKS).*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=event)\d+|(?<=/input)\d+", number, text)
    found = [block for block in text.split("\n\n") if block.strip()]
    vendor, _, product = usb.partition(":")
    wanted = {f"A: idVendor={vendor}", f"A: idProduct={product}"}
    (top,) = [path_of(block) for block in found if wanted <= set(block.splitlines())]
    return [block + "\n\n" for block in found if (path_of(block) + "/").startswith(top + "/")]


def path_of(block: str) -> str:
    return re.match(r"\s*P: (\S+)", block)[1]  # type: ignore[index]


def events(code: str) -> str:
    lines, at = ["E: 0.000000 0000 0000 0000"], 0.5
    for key in (KEYS[char] for char in code):
        for value in (1, 0):
            lines += [f"E: {at:.6f} 0001 {key:04x} {value:04d}", f"E: {at:.6f} 0000 0000 0000"]
            at += 0.002
    return "\n".join(lines) + "\n"


def plug(bed: UMockdev.Testbed, block: str, folder: Path) -> None:
    bed.add_from_string(block)
    node = re.search(r"^N: (input/event\d+)$", block, re.MULTILINE)
    usb = re.search(r"0003:(\w{4}):(\w{4})", block)
    if node and usb:
        identity = f"0300{usb[1][2:]}{usb[1][:2]}{usb[2][2:]}{usb[2][:2]}1101"
        (folder / "ioctl").write_text(f"@DEV /dev/{node[1]}\nEVIOCGID 0 {identity}\n")
        (folder / "events").write_text(events("4006381333931\r"))
        bed.load_ioctl(f"/dev/{node[1]}", str(folder / "ioctl"))
        bed.load_evemu_events(f"/dev/{node[1]}", str(folder / "events"))


def pull(bed: UMockdev.Testbed, block: str) -> None:
    bed.uevent("/sys" + path_of(block), "remove")
    bed.remove_device("/sys" + path_of(block))


def main() -> None:
    text = Path(sys.argv[1]).read_text()
    bed = UMockdev.Testbed.new()
    child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for line in sys.stdin:
                order, usb, number = line.split()
                if order == "plug":
                    for block in blocks(text, usb, number):
                        plug(bed, block, Path(folder))
                else:
                    for block in reversed(blocks(text, usb, number)):
                        pull(bed, block)
    finally:
        child.terminate()
        child.wait()


main()
