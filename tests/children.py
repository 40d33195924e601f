"""A process that starts a server and is killed: does the server end too?"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

WAIT_S = 20.0
PROGRAM = """
import sys
{imports}
with Server() as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


def starter_killed(imports: str) -> bool:
    """Whether the server (imported as `Server`) is gone soon after its starter was killed."""
    with tempfile.TemporaryDirectory() as folder:  # for what a killed starter leaves behind
        Path(folder).chmod(0o755)
        command = [sys.executable, "-c", PROGRAM.format(imports=imports)]
        pipe = subprocess.PIPE
        starter = subprocess.Popen(command, env={**os.environ, "TMPDIR": folder}, stdin=pipe, stdout=pipe, text=True)
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        server = os.pidfd_open(pid)  # readable once it has ended, reaped or not (pidfd_open(2))
        try:
            assert not ended(server, 0)
            starter.kill()
            starter.communicate()
            return ended(server, WAIT_S)
        finally:
            os.close(server)


def ended(process: int, within_s: float) -> bool:
    return bool(select.select([process], [], [], within_s)[0])
