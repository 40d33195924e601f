"""A box in QEMU for tests of disk images: it starts from a disk, runs a program of the test as root, and says what came
of it.

The program reaches the test over QEMU's own network; `systemd.run=` of the kernel's command line (SMBIOS strings of
systemd-stub) starts it, as an image has no shell.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

HOST = "10.0.2.2"
"""This machine, as QEMU's network calls it."""
FIRMWARE = (Path("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path("/usr/share/OVMF/OVMF_VARS_4M.fd"))
MEMORY_MIB = 3072
BEGIN = """
import subprocess, sys, time, urllib.request
subprocess.run(["systemctl", "start", "multi-user.target"])
while True:
    try:
        program = urllib.request.urlopen(sys.argv[2]).read()
        break
    except OSError:
        time.sleep(1)
exec(program)
"""
"""Fetches the program as soon as the box has its network."""


def why_none() -> str:
    """Why no machine can be started here, empty: one can."""
    if shutil.which("qemu-system-x86_64") is None:
        return "missing: qemu-system-x86_64"
    return "" if all(file.exists() for file in FIRMWARE) else "missing: the firmware of UEFI (ovmf)"


class VirtualMachine:
    """`disk` keeps what the box writes; `stick` is a disk on USB; `folder` is for the firmware's variables, the log of
    its console and files that its program may fetch by name from `at`. `clock`: the time at which its own begins at
    each start, as that of a box whose battery is empty; `tpm`: a folder of what its TPM remembers (swtpm)."""

    def __init__(self, disk: Path, folder: Path, stick: Path) -> None:
        self.disk, self.folder, self.stick = disk, folder, stick
        self.clock = ""
        self.tpm: Path | None = None
        self._sockets = Path(tempfile.mkdtemp(prefix="edge-vm-"))  # the path of a socket has 107 characters at most
        self._tpm_process: subprocess.Popen[bytes] | None = None
        self.told: Queue[dict[str, Any]] = Queue()
        self.console = folder / "console.log"
        self._id = str(uuid.uuid4())
        self._variables = folder / "variables.fd"
        shutil.copy(FIRMWARE[1], self._variables)
        self._plan = b"[]"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.at = f"http://{HOST}:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._process: subprocess.Popen[bytes] | None = None

    def plan(self, steps: list[Any]) -> None:
        """What the program does at the next start (tests/image_box/program.py)."""
        self._plan = json.dumps(steps).encode()

    def start(self, writes: Path | None = None) -> None:
        """Power on; `program.py` of the folder runs at each start of the system. All writes to its disk are recorded
        in `writes` (tests/disk_cuts.py)."""
        begin = base64.b64encode(BEGIN.encode()).decode()  # a command line has no room for quotes
        run = f"/usr/bin/python3 -c 'import base64,sys;exec(base64.b64decode(sys.argv[1]))' {begin} {self.at}program.py"
        extra = f'console=tty0 console=ttyS0,115200 no_timer_check systemd.mask=edge-kiosk.service systemd.run="{run}"'
        extra += " systemd.run_success_action=none systemd.run_failure_action=none"
        kind = f"driver=raw,file.driver=file,file.filename={self.disk}"
        if writes is not None:
            writes.touch()
            log = f"log.driver=file,log.filename={writes}"
            kind = f"driver=blklogwrites,file.driver=file,file.filename={self.disk},{log}"
        fast = (
            ("-accel", "kvm", "-cpu", "host") if os.environ.get("EDGE_TEST_KVM") else ("-accel", "tcg", "-cpu", "max")
        )
        self._process = subprocess.Popen(
            (
                *(
                    "qemu-system-x86_64",
                    "-machine",
                    "q35",
                    *fast,
                    "-smp",
                    "1",
                    "-m",
                    str(MEMORY_MIB),
                    "-uuid",
                    self._id,
                ),
                *("-display", "none", "-monitor", "none", "-serial", f"file:{self.console}"),
                *("-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE[0]}"),
                *("-drive", f"if=pflash,format=raw,file={self._variables}"),
                *("-blockdev", f"node-name=disk,{kind}", "-device", "virtio-blk,drive=disk,bootindex=0"),
                *("-device", "qemu-xhci", "-device", "usb-storage,drive=stick,id=usb-stick"),
                *("-drive", f"if=none,id=stick,format=raw,file={self.stick}"),
                *("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"),
                *("-qmp", f"unix:{self._monitor},server=on,wait=off"),
                *(("-rtc", f"base={self.clock}") if self.clock else ()),
                *self._start_tpm(),
                *("-smbios", f"type=11,value=io.systemd.stub.kernel-cmdline-extra={extra.replace(',', ',,')}"),
            ),
            stdout=subprocess.DEVNULL,
        )

    def next_told(self, limit_s: float) -> dict[str, Any]:
        """What the box's program says next. AssertionError: nothing in time, with the end of the console's log."""
        try:
            return self.told.get(timeout=limit_s)
        except Empty:
            tail = self.console.read_text(errors="replace")[-3000:] if self.console.exists() else ""
            raise AssertionError(f"The box said nothing for {limit_s} s. Its console: {tail}") from None

    @property
    def _monitor(self) -> Path:
        """Socket of QEMU's machine protocol."""
        return self._sockets / "monitor"

    def _start_tpm(self) -> tuple[str, ...]:
        """Start the TPM, and say it to QEMU."""
        if self.tpm is None:
            return ()
        self.tpm.mkdir(exist_ok=True)
        at = self._sockets / "tpm"
        words = ("--tpm2", "--tpmstate", f"dir={self.tpm}", "--ctrl", f"type=unixio,path={at}")
        self._tpm_process = subprocess.Popen(("swtpm", "socket", *words))
        while not at.exists():
            assert self._tpm_process.poll() is None, "swtpm ended"
        return (
            *("-chardev", f"socket,id=tpm-line,path={at}"),
            *("-tpmdev", "emulator,id=tpm,chardev=tpm-line", "-device", "tpm-crb,tpmdev=tpm"),
        )

    def pull_stick(self) -> None:
        """Take the disk on USB out, without a word to the system."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(self._monitor))
            lines = wire.makefile()
            for command in (
                {"execute": "qmp_capabilities"},
                {"execute": "device_del", "arguments": {"id": "usb-stick"}},
            ):
                wire.sendall(json.dumps(command).encode())
                while "return" not in (said := json.loads(lines.readline())):
                    assert "error" not in said, said

    def cut_power(self) -> None:
        """At once, as by a plug."""
        for process in (self._process, self._tpm_process):
            if process is not None:
                process.kill()
                process.wait()
        self._process = self._tpm_process = None
        for left in self._sockets.iterdir():
            left.unlink()

    def close(self) -> None:
        self.cut_power()
        self._server.shutdown()
        self._server.server_close()
        self._sockets.rmdir()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = Path(self.path).name
                self.send_response(200)
                self.end_headers()
                if name == "plan":
                    self.wfile.write(machine._plan)
                else:
                    with (machine.folder / name).open("rb") as file:
                        shutil.copyfileobj(file, self.wfile)

            def do_POST(self) -> None:
                machine.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler
