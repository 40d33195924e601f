"""Debian packages, with or without the right to install them.

With root or password-less sudo, packages are installed. Without, a package and its missing dependencies can be
downloaded and unpacked into `.local/debian`: nothing is installed and no service starts.
"""

import os
import shutil
import subprocess
from functools import cache

from setup.step import LOCAL, Log

UNPACKED = LOCAL / "debian"
ADVICE = "check the network and /etc/apt/sources.list*, or check whether another apt is running."


@cache
def may_install() -> tuple[str, ...] | None:
    """Return the command prefix for installing packages: empty for root, or `sudo -n`.

    None if the user may not install any.
    """
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ("sudo", "-n")
    return None


def is_debian() -> bool:
    return all(shutil.which(tool) for tool in ("apt-get", "apt-cache", "dpkg-query", "dpkg-deb"))


def is_installed(package: str) -> bool:
    """Whether dpkg has the package installed, or its command comes from elsewhere (a snap, a hand-made link)."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", package], capture_output=True, text=True, check=False
    )
    return asked.stdout.startswith("ii") or shutil.which(package) is not None


def is_available(package: str) -> bool:
    """Whether the package lists that `update` fetched offer the package.

    Ubuntu, for example, has no chromium package.
    """
    asked = subprocess.run(
        ["apt-cache", *_own_lists(), "policy", package],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return "Candidate:" in asked.stdout and "Candidate: (none)" not in asked.stdout


def update(log: Log) -> None:
    """Fetch the package lists: the machine's if permitted, otherwise a separate copy in `.local/apt`."""
    (LOCAL / "apt" / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    log.call(*(may_install() or ()), "apt-get", *_own_lists(), *_patience(), "-q", "update", advice=ADVICE)


def install(packages: list[str], log: Log) -> None:
    """Install packages with the command prefix that `may_install` returned."""
    command = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *_patience(), "-q", "-y")
    log.call(*(may_install() or ()), *command, "install", "--no-install-recommends", *packages, advice=ADVICE)


def unpack(package: str, log: Log) -> None:
    """Unpack a package and its missing dependencies into `.local/debian`. Installs nothing."""
    archives = LOCAL / "apt" / "archives" / package
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    private = (f"Dir::Cache={LOCAL / 'apt'}", f"Dir::Cache::archives={archives}", "Debug::NoLocking=true")
    options = [word for option in private for word in ("-o", option)]
    command = ("apt-get", *_own_lists(), *options, *_patience(), "-q", "-y", "--download-only")
    log.call(*command, "--no-install-recommends", "install", package, advice=ADVICE)
    for archive in sorted(archives.glob("*.deb")):
        log.call("dpkg-deb", "-x", archive, UNPACKED, advice="remove the folder .local/apt.")
    shutil.rmtree(archives)


def _own_lists() -> tuple[str, ...]:
    if may_install() is not None:
        return ()
    lists = LOCAL / "apt" / "lists"
    return ("-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={LOCAL / 'apt'}", "-o", "Debug::NoLocking=true")


def _patience() -> tuple[str, ...]:
    return ("-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300")
