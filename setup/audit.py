"""`./run audit`: looks up known vulnerabilities of all locked packages in the Open Source Vulnerabilities database
(osv.dev).

If the database can't be reached, nothing was checked. That is printed in red and fails, unless the caller says that the
machine has no network (`./run audit may-be-offline`).
"""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence

from setup import python

DATABASE = "https://api.osv.dev/v1/vulns/GHSA-462w-v97r-4m45"
"""A known entry, to check whether the database answers at all."""
WAIT_S = 10
NOT_LOOKED_AT = 2
OFFLINE = "may-be-offline"
_RED = "\x1b[1;37;41m{}\x1b[0m"


def run(words: Sequence[str] = ()) -> int:
    """Return the exit status: 0 if nothing was found, 1 for vulnerabilities, 2 if the database couldn't be reached.
    With the argument `OFFLINE`, the last also returns 0, but is still printed in red."""
    try:
        with urllib.request.urlopen(DATABASE, timeout=WAIT_S):  # nosec B310
            pass
    except (OSError, urllib.error.URLError) as error:
        said = f" NOT CHECKED: the vulnerability database can't be reached from here ({error}) "
        print(_RED.format(said), file=sys.stderr)
        return 0 if OFFLINE in words else NOT_LOOKED_AT
    # Every package is pinned with hashes, so nothing needs to be resolved or installed.
    command = ("pip_audit", "--vulnerability-service", "osv", "--disable-pip", "--no-deps", "--require-hashes")
    locks = [word for lock in python.AUDITED for word in ("--requirement", str(lock))]
    return subprocess.run([python.PYTHON, "-m", *command, *locks], check=False).returncode
