"""The steps for Debian packages: those to install, and the broker, which is only unpacked."""

import ctypes
import platform
import shutil

from setup import apt
from setup.step import LOCAL, ROOT, Log, SetupError, Step

PACKAGES = ROOT / "setup" / "packages.txt"
BROKER_PROGRAMS = ("mosquitto", "mosquitto_passwd")
BROKER_SCRIPT = """\
#!/bin/sh
# A program of Debian's mosquitto package, unpacked but not installed.
root=$(dirname "$0")/../debian
LD_LIBRARY_PATH=$(printf '%s:' "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu)
export LD_LIBRARY_PATH
for program in "$root/usr/sbin/${0##*/}" "$root/usr/bin/${0##*/}"; do
    [ ! -x "$program" ] || exec "$program" "$@"
done
exit 127
"""
OPENMP_PACKAGE, OPENMP = "libgomp1", "libgomp.so.1"
NOT_DEBIAN = "not Debian or Ubuntu: nothing was installed. Required: "


def steps(purpose: str) -> list[Step]:
    """Return the steps for a `shop`, or the additional ones for `engines`, `demo` or `test`."""
    title, do = {
        "shop": ("Debian packages", _install_for_shop),
        "engines": ("Debian packages for engines", _install_for_engines),
        "demo": ("Debian packages for the demo", _install_for_demo),
        "test": ("Debian packages for the tests", lambda log: install("test", log)),
    }[purpose]
    return [Step(f"debian-{purpose}", title, inputs, do)]


def packages_for(purpose: str) -> dict[str, str]:
    """Return a purpose's packages, each with the feature that doesn't work without it."""
    rows = (line.split(maxsplit=2) for line in PACKAGES.read_text().splitlines() if not line.startswith("#"))
    return {package: use for package, row_purpose, use in rows if row_purpose == purpose}


def inputs() -> bytes:
    """Return the inputs that decide whether a step runs again."""
    return PACKAGES.read_bytes()


def _install_for_shop(log: Log) -> list[str]:
    """Install what apt can. A shop can sell without any of them: missing ones are reported, and retried by `./run
    setup`."""
    notes = _install_if_reached("shop", log)
    return notes + install("compile", log) if platform.machine() != "x86_64" else notes


def _install_for_engines(log: Log) -> list[str]:
    if apt.may_install() is None:
        _unpack_openmp(log)
    return _install_if_reached("engines", log)


def _install_if_reached(purpose: str, log: Log) -> list[str]:
    try:
        return install(purpose, log)
    except SetupError:
        missing = _missing(purpose)
        return [f"skipped, because apt can't reach its servers: {', '.join(missing)}", *_explain_missing(missing)]


def _install_for_demo(log: Log) -> list[str]:
    return install("demo", log) + _unpack_broker(log)


def _missing(purpose: str) -> dict[str, str]:
    return {package: use for package, use in packages_for(purpose).items() if not _is_here(package)}


def _explain_missing(missing: dict[str, str]) -> list[str]:
    """Return the features that don't work without the missing packages, and the command that installs them."""
    uses = [f"  {package}: {use}" for package, use in missing.items()]
    return [*uses, f"  to install them: sudo apt-get install {' '.join(missing)}"]


def install(purpose: str, log: Log) -> list[str]:
    """Install a purpose's packages if permitted; returns notes on the rest."""
    uses = packages_for(purpose)
    if not apt.is_debian():
        return [NOT_DEBIAN + _list(uses)]
    missing = _missing(purpose)
    if not missing:
        return []
    if apt.may_install() is None:
        return [
            f"skipped, because this account isn't allowed to install: {', '.join(missing)}",
            *_explain_missing(missing),
        ]
    apt.update(log)
    unknown = {package: use for package, use in missing.items() if not apt.is_available(package)}
    known = sorted(missing.keys() - unknown.keys())
    if known:
        apt.install(known, log)
    return [f"skipped, because this system has no such package: {_list(unknown)}"] if unknown else []


def _unpack_broker(log: Log) -> list[str]:
    """Unpack Mosquitto without installing it: its package would start a service on port 1883."""
    scripts = [LOCAL / "bin" / name for name in BROKER_PROGRAMS]
    if all(script.exists() for script in scripts) or shutil.which(BROKER_PROGRAMS[0]):
        return []
    if not apt.is_debian():
        return [NOT_DEBIAN + "mosquitto (sync in the demo and in the tests)"]
    apt.update(log)
    apt.unpack("mosquitto", log)
    for script in scripts:
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(BROKER_SCRIPT)
        script.chmod(0o755)
    check = f"'{scripts[0]}' -h | grep 'mosquitto version'"
    log.call("sh", "-c", check, advice="remove the folder .local, or install the Debian package mosquitto.")
    return []


def _unpack_openmp(log: Log) -> None:
    """Unpack OpenMP, which language models need; `run` gives the loader the folder with the link."""
    link = LOCAL / "lib" / OPENMP
    if _loads(OPENMP) or _is_here(OPENMP_PACKAGE) or not apt.is_debian():
        return
    apt.update(log)
    apt.unpack(OPENMP_PACKAGE, log)
    found = [path for path in sorted(apt.UNPACKED.rglob(OPENMP)) if _loads(str(path))]
    if not found:
        return  # reported with the other missing parts
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(found[0])


def _is_here(package: str) -> bool:
    return apt.is_installed(package) or (package == OPENMP_PACKAGE and _loads(str(LOCAL / "lib" / OPENMP)))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _list(uses: dict[str, str]) -> str:
    return ", ".join(f"{package} ({use})" for package, use in uses.items())
