"""`./run audit`: whether a hole is known in what the locks name, by the Open Source Vulnerabilities database (osv.dev).

Where the database cannot be reached this says so and fails nothing: an audit that was not made is no finding.
"""

import subprocess
import sys
import urllib.error
import urllib.request

from setup import python

DATABASE = "https://api.osv.dev/v1/vulns/GHSA-462w-v97r-4m45"
"""One known entry: whether the database answers at all."""
WAIT_S = 10


def run() -> int:
    """Exit status: 0 nothing is known, or nobody could be asked; 1 something is."""
    try:
        with urllib.request.urlopen(DATABASE, timeout=WAIT_S):  # nosec B310
            pass
    except (OSError, urllib.error.URLError) as error:
        print(f"skipped: the database of known holes cannot be reached from here ({error})", file=sys.stderr)
        return 0
    # Everything is pinned with hashes, so nothing need be resolved or installed.
    command = ("pip_audit", "--vulnerability-service", "osv", "--disable-pip", "--no-deps", "--require-hashes")
    locks = [word for lock in python.AUDITED for word in ("--requirement", str(lock))]
    return subprocess.run([python.PYTHON, "-m", *command, *locks], check=False).returncode
