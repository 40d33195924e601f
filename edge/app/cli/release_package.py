"""Further files of a release: Debian package, checksums and their signature."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from edge.app.cli.release_archive import Commit
from edge.lib.errors import NeedsHuman
from sync.directive_signing import Signer
from sync.releases import digest_of

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
SUMS_CONTEXT = b"edge-store sums 1\n"
"""Prefix of all data signed here, so that no signature of a directive or release is valid for checksums."""
HOME = "opt/edge-store"
DEPENDS = (
    *("adduser", "ca-certificates", "e2fsprogs", "espeak-ng", "libportaudio2", "libusb-1.0-0", "python3 (>= 3.11)"),
    *("python3 (<< 3.15)", "systemd", "udev"),
)
CONTROL = """\
Package: edge-store
Version: {version}
Architecture: amd64
Maintainer: edge-store maintainers <edge-store@localhost>
Depends: {depends}
Recommends: cage, chromium, fonts-dejavu-core, fonts-droid-fallback, fonts-tlwg-loma
Section: misc
Priority: optional
Description: in-store appliance: till, stock, kiosk and assistant
 One process that sells, prints and keeps an offline ledger, and sends it to
 head office.
"""
POSTINST = """\
#!/bin/sh
# Set up the packages that the release brings along, and the service. A shop that sells already is upgraded: tried on a
# copy of its ledger first.
set -e
[ "$1" = configure ] || exit 0
cd /opt/edge-store
exec ./run install
"""
PRERM = """\
#!/bin/sh
set -e
[ "$1" = remove ] || exit 0
cd /opt/edge-store && ./run remove
"""
POSTRM = """\
#!/bin/sh
# Remove everything that setup installed. Keep the ledger and the configuration.
set -e
case "$1" in remove | purge) rm -rf /opt/edge-store ;; esac
"""


def make_deb(archive: Path, offline: Path | None, version: str, commit: Commit, target: Path) -> None:
    """Build the Debian package of a release. With the `offline` packages, it installs without internet. The result is
    reproducible. Raises `NeedsHuman` without dpkg-deb."""
    if shutil.which("dpkg-deb") is None:
        raise NeedsHuman("dpkg-deb isn't installed.", "Make releases on Debian or Ubuntu.")
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "edge-store"
        home = root / HOME
        home.mkdir(parents=True)
        for source in (archive, *((offline,) if offline else ())):
            with tarfile.open(source) as packed:
                packed.extractall(home, filter="data")
        control = root / "DEBIAN"
        control.mkdir()
        (control / "control").write_text(CONTROL.format(version=version, depends=", ".join(DEPENDS)))
        for name, text in (("postinst", POSTINST), ("prerm", PRERM), ("postrm", POSTRM)):
            (control / name).write_text(text)
            (control / name).chmod(0o755)
        for path in (root, *root.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (commit.made_s, commit.made_s), follow_symlinks=False)
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(commit.made_s)}
        # zstd and xz output differs between dpkg versions; gzip output depends only on zlib.
        command = ("dpkg-deb", "--root-owner-group", "-Zgzip", "--build", str(root), str(target))
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NeedsHuman(f"dpkg-deb failed: {done.stderr.strip()}", "Check whether the disk is full.")


def write_sums(folder: Path, files: list[Path], signer: Signer) -> None:
    """Write the SHA-256 of each file in the format of `sha256sum -c`, and its signature in hexadecimal."""
    lines = [f"{digest_of(file)}  {file.relative_to(folder)}\n" for file in sorted(files)]
    text = "".join(lines).encode()
    (folder / SUMS).write_bytes(text)
    (folder / SIGNATURE).write_text(signer.sign(SUMS_CONTEXT + text).hex() + "\n")
