"""A port that was given out stays free for whoever got it, whatever else runs on the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim import ports

ASK = "import sys; from sim.ports import _claim_port; sys.exit(0 if _claim_port(int(sys.argv[1])) else 7)"


def test_no_port_is_given_twice_nor_to_a_connection() -> None:
    given = [ports.free_port() for _ in range(ports.KEPT)]
    assert len(set(given)) == len(given)
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert min(given) >= ports.LOWEST and max(given) < max(lowest, 2 * ports.LOWEST)


def test_another_process_does_not_get_it_though_no_one_listens_there() -> None:
    port = ports.free_port()
    assert subprocess.run([sys.executable, "-c", ASK, str(port)], check=False).returncode == 7


def test_where_all_are_taken_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_claim_port", lambda port: None)
    with pytest.raises(OSError, match="no free TCP port"):
        ports.free_port()
