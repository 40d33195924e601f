"""A process that starts a server and is killed: does the server end too?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
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
        assert running(pid)
        starter.kill()
        starter.communicate()
        deadline = time.monotonic() + WAIT_S
        while running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not running(pid)


def running(pid: int) -> bool:
    """Whether that process lives; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
