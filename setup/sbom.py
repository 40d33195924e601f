"""`./run sbom [FILE]`: the appliance's components as CycloneDX 1.6 JSON (ECMA-424), from the lock files.

It shows whether a shop has a vulnerable library. The same locks give the same bytes.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from setup import debian, lock, pages, python
from setup.step import ROOT

PACKAGE_LOCK = ROOT / "package-lock.json"
USES = {
    python.LOCK: "required",
    python.ENGINES_LOCK: "optional",
    python.DEMO_LOCK: "excluded",
    python.DEVELOPMENT_LOCK: "excluded",
    python.LLAMA_LOCK: "optional",
}
"""CycloneDX's scope for packages that every shop has, that a shop may have, and that only developers have."""

Component = dict[str, Any]


def write(words: list[str]) -> None:
    """Write the SBOM to a file, or to standard output. Raises `OSError` if the file can't be written."""
    text = json.dumps(document(), indent=2, sort_keys=True) + "\n"
    if words:
        Path(words[0]).write_text(text)
    else:
        sys.stdout.write(text)


def document() -> dict[str, Any]:
    """Return the whole SBOM."""
    product = {"type": "application", "name": "edge-store", "version": product_version(), "bom-ref": "edge-store"}
    found = sorted([*_python(), *_scripts(), *_debian()], key=lambda component: str(component["bom-ref"]))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": found,
    }


def product_version() -> str:
    """Return the version in `edge/__init__.py`, read without loading the product."""
    lines = (ROOT / "edge" / "__init__.py").read_text().splitlines()
    return next(line.partition("=")[2].strip(' "') for line in lines if line.startswith("__version__ = "))


def _python() -> list[Component]:
    """Return the Python components. One that is in two lock files has the scope of the first of `USES`."""
    found: dict[str, Component] = {}
    for file, scope in USES.items():
        for _, name, version in lock.PINNED_VERSION.findall(file.read_text()):
            reference = f"pkg:pypi/{name}@{version}"
            found.setdefault(reference, _component(name, version, reference, scope))
    return list(found.values())


def _scripts() -> list[Component]:
    """Return the npm packages whose files the pages use."""
    locked = json.loads(PACKAGE_LOCK.read_text())["packages"]
    found = []
    for name in sorted({file.package for file in pages.FILES}):
        package = locked[f"node_modules/{name}"]
        algorithm, _, digest = package["integrity"].partition("-")
        component = _component(
            name, package["version"], f"pkg:npm/{name.replace('@', '%40')}@{package['version']}", "required"
        )
        component["hashes"] = [
            {"alg": f"SHA-{algorithm.removeprefix('sha')}", "content": base64.b64decode(digest).hex()}
        ]
        found.append(component)
    return found


def _debian() -> list[Component]:
    """Return the system's packages, without versions, because the system determines them. Mosquitto is only for the
    demo."""
    names = [*debian.packages_for("shop"), *debian.packages_for("engines"), "mosquitto"]
    return [_component(name, "", f"pkg:deb/debian/{name}", "optional") for name in dict.fromkeys(names)]


def _component(name: str, version: str, reference: str, scope: str) -> Component:
    said = {"type": "library", "name": name, "bom-ref": reference, "purl": reference, "scope": scope}
    return {**said, "version": version} if version else said
