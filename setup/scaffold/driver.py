"""A new driver starts as a copy of its role's most common one, with its own test rig. So it fulfils its role's contract
from the start, and only the parts specific to the new device have to be changed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from setup.scaffold.edits import ScaffoldError, Tree, class_prefix

REGISTRY = "drivers/registry.py"
SAMPLE = "config.toml"


class Role(NamedTuple):
    """A role's folder, the driver that a new one copies, and the naming of its classes."""

    folder: str
    like: str
    ending: str


ROLES = {
    "camera": Role("cameras", "mjpeg", "Camera"),
    "customer_display": Role("displays", "serial", "Display"),
    "microphone": Role("microphones", "wav", "Microphone"),
    "payment_terminal": Role("terminals", "sim", "Terminal"),
    "receipt_printer": Role("printers", "network", "Printer"),
    "scale": Role("scales", "sics", "Scale"),
    "scanner": Role("scanners", "network", "Scanner"),
    "speaker": Role("speakers", "wav", "Speaker"),
}
ONE_A_REGISTER = ("microphone", "payment_terminal", "scale", "speaker")
"""Roles with one device per register. In the sample configuration, a new device belongs to the next register."""


def plan(tree: Tree, role: str, name: str) -> None:
    """Collect a driver's changes. Raises `ScaffoldError` for an invalid or taken name."""
    kind, prefix = ROLES[role], class_prefix(name)
    old, new = class_prefix(kind.like) + kind.ending, prefix + kind.ending
    if f'("{role}", "{name}")' in tree.read(REGISTRY):
        raise ScaffoldError(f"A {role} driver called {name!r} already exists. Choose another name.")
    text = tree.read(f"drivers/{kind.folder}/{kind.like}.py").replace(old, new)
    text = text.replace(f"Options of the {kind.like} ", f"Options of the {name} ")
    tree.add(f"drivers/{kind.folder}/{name}.py", text)
    listed = rf'^    \("{role}", "{kind.like}"\)'
    tree.insert(REGISTRY, listed, f'    ("{role}", "{name}"): "drivers.{kind.folder}.{name}:{new}",\n')
    _show(tree, role, kind.like, name)
    {
        "camera": _camera,
        "customer_display": _display,
        "microphone": _microphone,
        "payment_terminal": _terminal,
        "receipt_printer": _printer,
        "scale": _scale,
        "scanner": _scanner,
        "speaker": _speaker,
    }[role](tree, name, prefix)


def _show(tree: Tree, role: str, like: str, name: str) -> None:
    """Add the driver's section to the sample configuration, copied from the original driver's section."""
    sections = tree.read(SAMPLE).split("\n\n")
    lines = (f'#role = "{role}"', f'#driver = "{like}"')
    place = next(
        (at for at, section in enumerate(sections) if all(line in section.split("\n") for line in lines)), None
    )
    if place is None:
        raise ScaffoldError(f"{SAMPLE} no longer has a section of the {like} {role}: update setup/scaffold.")
    made = sections[place][sections[place].index("#[[device]]") :].replace(lines[1], f'#driver = "{name}"')
    called = re.search(r'^#name = "(.*)"\n', made, re.MULTILINE)
    spare = f'#stands_in_for = "{called[1]}"\n' if called and role == "receipt_printer" else ""
    made = re.sub(r'^#name = ".*"\n', spare, made, flags=re.MULTILINE)  # a register has only one active printer
    if role in ONE_A_REGISTER:
        number = sum(f'#role = "{role}"' in section for section in sections) + 1
        made = re.sub(r'^#register = ".*"$', f'#register = "{number}"', made, flags=re.MULTILINE)
    tree.replace(SAMPLE, re.escape(sections[place]), f"{sections[place]}\n\n{made}".replace("\\", r"\\"))


def _printer(tree: Tree, name: str, prefix: str) -> None:
    wires = "tests/contract/printer_wires.py"
    options = '{"host": self.host, "port": self.port, **options}'
    rig = (
        f"class {prefix}Rig(NetworkRig):\n"
        "    def driver(self, **options: object) -> ReceiptPrinter:\n"
        f'        return registry.create("receipt_printer", "{name}", {options})\n\n\n'
    )
    tree.insert(wires, r"^class BluetoothRig", rig, before=True)
    tests = "tests/contract/devices/test_printers.py"
    tree.insert(tests, r'^    "network": NetworkRig', f'    "{name}": {prefix}Rig,\n')
    tree.replace(tests, r"(from tests\.contract\.printer_wires import )", rf"\g<1>{prefix}Rig, ")
    tree.insert("drivers/printers/README.md", r"^\| `network` ", f"| `{name}` | as `network`, so far |\n")


def _scanner(tree: Tree, name: str, prefix: str) -> None:
    options = '{"host": "127.0.0.1", "port": self.device.port}'
    rig = (
        f"class {prefix}Rig(NetworkRig):\n"
        "    def driver(self) -> Scanner:\n"
        f'        return registry.create("scanner", "{name}", {options})\n\n\n'
    )
    tree.insert("tests/scanners.py", r"^class ListeningRig", rig, before=True)
    tests = "tests/contract/devices/test_scanners.py"
    tree.insert(tests, r'^    "network": NetworkRig', f'    "{name}": {prefix}Rig,\n')
    tree.insert(tests, r"^from tests\.scanners import \($", f"    {prefix}Rig,\n")
    tree.replace("pyproject.toml", r'^    "camera \| ', f'    "camera | {name} | ')
    tree.insert("drivers/scanners/README.md", r"^\| `network` ", f"| `{name}` | as `network`, so far |\n")


def _display(tree: Tree, name: str, prefix: str) -> None:
    tests = "tests/contract/devices/test_displays.py"
    tree.replace(tests, r"^(MODES = \(.*)\)$", rf'\g<1>, "{name} epson", "{name} cd5220")')


def _scale(tree: Tree, name: str, prefix: str) -> None:
    tests = "tests/contract/devices/test_scales.py"
    tree.replace(tests, r"^(DRIVERS: .*= \{)", rf'\g<1>"{name}": "sics", ')
    tree.insert("drivers/README.md", r"^    scales/ ", f"                 {name}.py: as sics.py, so far\n")


def _terminal(tree: Tree, name: str, prefix: str) -> None:
    tests = "tests/terminals.py"
    tree.insert(tests, r'^    "sim": SimRig', f'    "{name}": {prefix}Rig,\n')
    rig = f'class {prefix}Rig(SimRig):\n    """As sim, so far."""\n\n    driver = "{name}"\n\n\n'
    tree.insert(tests, r"^RIGS: ", rig, before=True)
    tree.insert("drivers/README.md", r"^    terminals/ ", f"                 {name}.py: as sim.py, so far\n")


def _camera(tree: Tree, name: str, prefix: str) -> None:
    tests = "tests/contract/devices/test_cameras.py"
    tree.insert(tests, r'^    "mjpeg": MjpegRig', f'    "{name}": {prefix}Rig,\n')
    rig = (
        f"class {prefix}Rig(MjpegRig):\n"
        "    def driver(self, **options: object) -> Camera:\n"
        f'        return registry.create("camera", "{name}", {{"url": self.device.url, **options}})\n\n\n'
    )
    tree.insert(tests, r"^class FolderRig", rig, before=True)
    tree.insert("drivers/README.md", r"^    cameras/ ", f"                 {name}.py: as mjpeg.py, so far\n")


def _microphone(tree: Tree, name: str, prefix: str) -> None:
    tree.replace("tests/contract/devices/test_sounds.py", r"^(MICROPHONES = \(.*)\)$", rf'\g<1> "{name}",)')
    tree.insert(
        "drivers/README.md", r"^    microphones/", f"                 microphones/{name}.py: as wav.py, so far\n"
    )


def _speaker(tree: Tree, name: str, prefix: str) -> None:
    tree.replace("tests/contract/devices/test_sounds.py", r"^(SPEAKERS = \(.*)\)$", rf'\g<1> "{name}",)')
    tree.insert("drivers/README.md", r"^    microphones/", f"                 speakers/{name}.py: as wav.py, so far\n")
