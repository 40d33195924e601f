"""The machine's network connections, by cable and Wi-Fi, if managed by NetworkManager (as in disk images).

All calls go through `nmcli` (nmcli(1)), started with an argument list. A password is passed only on its standard input,
so that no process list shows it, and is neither stored nor logged here. NetworkManager stores it in a file that only
root can read.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
import structlog

from edge.core.messages import Refusal
from edge.core.services import Service

_log = structlog.get_logger(__name__)

Why = Literal["", "password", "not_found", "no_address", "slow", "not_allowed", "away", "other"]
"""Why the machine couldn't join a network."""
Lock = Literal["open", "password", "other"]
"""The credentials a network requires; `other`: a certificate, a user name or WEP, which pages don't support."""
NETWORKS_SHOWN = 40
KNOWN_SHOWN = 30
LOOK_S, SEARCH_S, JOIN_S = 20.0, 30.0, 90.0
"""Timeouts of `nmcli` for reading the state, scanning and joining."""
KEY_LEAST, KEY_MOST = 8, 63
"""Characters of a WPA password; 64 hexadecimal digits are the key itself."""
NAME_BYTES = 32
_EXIT_TIMEOUT, _EXIT_AWAY, _EXIT_UNKNOWN = 3, 8, 10
"""Exit statuses of nmcli(1)."""
_SHOWN = (
    *("GENERAL.DEVICE", "GENERAL.TYPE", "GENERAL.STATE", "GENERAL.FIRMWARE-MISSING", "GENERAL.CON-UUID"),
    "IP4.ADDRESS",
)
_WPA3 = "WPA3"
_STORED = "802-11-wireless-security.psk"
_SAID: tuple[tuple[str, Why], ...] = (
    ("secrets were required", "password"),
    ("secrets for the connection", "password"),
    ("802.1x supplicant", "password"),
    ("network could not be found", "not_found"),
    ("no suitable device", "not_found"),
    ("not compatible with device", "not_found"),
    ("ip configuration", "no_address"),
    ("dhcp", "no_address"),
    ("not authorized", "not_allowed"),
    ("insufficient privileges", "not_allowed"),
    ("timeout expired", "slow"),
)
"""Parts of nmcli's error messages, in lower case. A wrong password is reported as missing secrets, because it is
requested again, or as a disconnection by the supplicant."""


class JoinNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Join a Wi-Fi network by its name. `hidden`: it doesn't announce its name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_BYTES, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
    password: Annotated[str, msgspec.Meta(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    hidden: bool = False

    def __repr__(self) -> str:
        return f"JoinNetwork({self.name!r})"


class Cable(msgspec.Struct, frozen=True):
    """A network socket: whether a cable is plugged in and connected, and the machine's address there."""

    plugged: bool
    connected: bool
    address: str = ""


class Wireless(msgspec.Struct, frozen=True):
    """A Wi-Fi network. It has its signal in percent (0: not received now), and `known`: the id under which it is
    stored."""

    name: str
    strength: int
    lock: Lock
    known: str = ""
    connected: bool = False


class NetworkState(msgspec.Struct, frozen=True):
    """The state of the networks. `managed`: NetworkManager runs; `adapter`: whether there is a working Wi-Fi adapter
    (`firmware`: one lacks its firmware; `off`: switched off by hardware); `address`: on Wi-Fi. `joining`: the network
    being joined; `tried` and `why`: the last that failed; `joined`: the last that was joined."""

    managed: bool
    cables: tuple[Cable, ...] = ()
    adapter: bool = False
    firmware: bool = False
    off: bool = False
    address: str = ""
    networks: tuple[Wireless, ...] = ()
    joining: str = ""
    tried: str = ""
    why: Why = ""
    joined: str = ""


class _Said(msgspec.Struct, frozen=True):
    status: int
    text: str
    wrong: str = ""


class Networks:
    """Reads the state, and joins networks in a thread, one attempt at a time. Calls may take seconds. `program`:
    NetworkManager's `nmcli`."""

    def __init__(self, program: Sequence[str] = ("nmcli",)) -> None:
        self._program = tuple(program)
        self._attempt: threading.Thread | None = None
        self._turn = threading.Lock()
        self._joining = self._tried = self._joined = ""
        self._why: Why = ""
        self._locks: dict[str, str] = {}

    def look(self, search: bool = False) -> NetworkState:
        """Return the current state; with `search`, after a new scan, which takes seconds."""
        # Read this first: an attempt stores its own network, which is listed while it runs. If the attempt ends
        # meanwhile, it is still reported as running, and the page looks again.
        joining, tried, why, joined = self._joining, self._tried, self._why, self._joined
        devices = self._ask("-f", ",".join(_SHOWN), "device", "show")
        if devices.status:
            return NetworkState(managed=False)
        blocks = list(_blocks(devices.text, "GENERAL.DEVICE"))
        radios = [one for one in blocks if one.get("GENERAL.TYPE") == "wifi"]
        usable = [one for one in radios if one.get("GENERAL.FIRMWARE-MISSING") != "yes"]
        off = bool(usable) and self._switch_on()
        return NetworkState(
            managed=True,
            cables=tuple(_cable(one) for one in blocks if one.get("GENERAL.TYPE") == "ethernet"),
            adapter=bool(usable),
            firmware=len(usable) < len(radios),
            off=off,
            address=next((_address(one) for one in usable if _is_connected(one)), ""),
            networks=self._networks(search, usable) if usable and not off else (),
            joining=joining,
            tried=tried,
            why=why,
            joined=joined,
        )

    def join(self, wanted: JoinNetwork) -> None:
        """Begin to join a network; `look` reports the progress. Raises `Refusal` while another attempt runs, or for an
        impossible name or password."""
        if len(wanted.name.encode()) > NAME_BYTES:
            raise Refusal("network_name", {"most": NAME_BYTES})
        heard = self._locks.get(wanted.name, "")
        if wanted.password and heard != _WPA3 and not _is_key(wanted.password):
            raise Refusal("network_password", {"least": KEY_LEAST, "most": KEY_MOST})
        self._begin(wanted.name, lambda: self._join(wanted))

    def use(self, uuid: str) -> None:
        """Begin to connect to a stored network. Raises `Refusal` while another attempt runs, or for an unknown id."""
        self._begin(self._name_of(uuid), lambda: self._up(uuid))

    def forget(self, uuid: str) -> None:
        """Remove a stored network with its password. Raises `Refusal`."""
        name = self._name_of(uuid)
        if self._delete(uuid).status not in (0, _EXIT_UNKNOWN):
            raise Refusal("network_kept", {"name": name})
        if name == self._tried:
            self._tried, self._why = "", ""

    def wait_until_done(self) -> None:
        """Wait for the current attempt."""
        if self._attempt is not None:
            self._attempt.join()

    def _begin(self, name: str, how: Callable[[], Why]) -> None:
        with self._turn:
            if self._joining:
                raise Refusal("network_busy", {"name": self._joining})
            self._joining, self._tried, self._why, self._joined = name, "", "", ""
        self._attempt = threading.Thread(target=self._finish, args=(name, how), name="network", daemon=True)
        self._attempt.start()

    def _finish(self, name: str, how: Callable[[], Why]) -> None:
        why: Why = "other"
        try:
            why = how()
        finally:
            if why:
                self._tried, self._why = name, why
                _log.info("a Wi-Fi network wasn't joined", why=why)
            else:
                self._joined = name
            self._joining = ""

    def _join(self, wanted: JoinNetwork) -> Why:
        """Store the network without its password, connect, and let NetworkManager store the settings that worked. A
        network that can't be joined isn't stored."""
        uuid, before = str(uuid4()), self._stored_networks().get(wanted.name)
        security = _security(self._locks.get(wanted.name, ""), wanted.password)
        kind = ("type", "wifi", "ifname", "*", "con-name", wanted.name, "ssid", wanted.name)
        more = ("802-11-wireless.hidden", "yes") if wanted.hidden else ()
        made = self._ask("connection", "add", *kind, "connection.uuid", uuid, *more, *security)
        if made.status:
            return _why(made)
        why = self._up(uuid, wanted.password)
        if why:
            self._delete(uuid)
        elif before:
            self._delete(before)
        return why

    def _delete(self, uuid: str) -> _Said:
        return self._ask("connection", "delete", "uuid", uuid)

    def _name_of(self, uuid: str) -> str:
        """Return the name of a stored network. Raises `Refusal` for an unknown id, because nmcli receives only ids that
        it listed."""
        for name, known in self._stored_networks().items():
            if known == uuid:
                return name
        raise Refusal("network_unknown")

    def _up(self, uuid: str, password: str | None = None) -> Why:
        secret = f"{_STORED}:{_escape(password)}\n" if password else ""
        file = ("passwd-file", "/dev/stdin") if secret else ()
        wait = ("--wait", str(int(JOIN_S) - 10))
        return _why(self._ask(*wait, "connection", "up", "uuid", uuid, *file, secret=secret, limit_s=JOIN_S))

    def _networks(self, search: bool, radios: Sequence[dict[str, str]]) -> tuple[Wireless, ...]:
        known = self._stored_networks()
        fields = "IN-USE,SSID,SIGNAL,SECURITY"
        how = ("device", "wifi", "list", "--rescan", "yes" if search else "no")
        said = self._ask("-f", fields, *how, limit_s=SEARCH_S if search else LOOK_S)
        heard: dict[str, Wireless] = {}
        for line in said.text.splitlines():
            used, name, signal, security = (*_cells(line), "", "", "", "")[:4]
            if not name or not name.isprintable():
                continue
            self._locks[name] = security.strip()
            strength = min(100, int(signal)) if signal.isdecimal() else 0
            best = heard.get(name)
            connected = used == "*" or (best is not None and best.connected)
            strongest = max(strength, best.strength if best else 0)
            heard[name] = Wireless(name, strongest, _lock(security), known.get(name, ""), connected)
        found = sorted(heard.values(), key=lambda one: (not one.connected, not one.known, -one.strength, one.name))
        active = {one.get("GENERAL.CON-UUID") for one in radios if _is_connected(one)}
        silent = (Wireless(name, 0, "password", uuid, uuid in active) for name, uuid in known.items())
        return (*found[:NETWORKS_SHOWN], *(one for one in silent if one.name not in heard))

    def _stored_networks(self) -> dict[str, str]:
        """Return the ids of the stored networks by name."""
        said = self._ask("-f", "UUID,TYPE", "connection", "show")
        ids = [cells[0] for cells in map(_cells, said.text.splitlines()) if cells[1:] == ["802-11-wireless"]]
        if not ids:
            return {}
        asked = (word for one in ids[:KNOWN_SHOWN] for word in ("uuid", one))
        fields = "connection.uuid,802-11-wireless.ssid,802-11-wireless.mode"
        stored = _blocks((self._ask("-f", fields, "connection", "show", *asked)).text, "connection.uuid")
        return {
            one["802-11-wireless.ssid"]: one["connection.uuid"]
            for one in stored
            if one.get("802-11-wireless.ssid") and one.get("802-11-wireless.mode") in ("", "infrastructure", None)
        }

    def _switch_on(self) -> bool:
        """Switch Wi-Fi on if it is off in software. Returns whether it is still off."""
        cells = _cells((self._ask("-f", "WIFI-HW,WIFI", "radio")).text.strip())
        if cells[:2] == ["enabled", "disabled"]:
            return bool((self._ask("radio", "wifi", "on")).status)
        return cells[:1] == ["disabled"]

    def _ask(self, *words: str, secret: str = "", limit_s: float = LOOK_S) -> _Said:
        """Run nmcli. Its standard input is a pipe, which it can open again as /dev/stdin."""
        command = (*self._program, "--terse", "--escape", "yes", "--colors", "no", *words)
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(
                command, input=secret.encode(), capture_output=True, timeout=limit_s, env=env, check=False
            )
        except OSError:
            return _Said(_EXIT_AWAY, "")
        except subprocess.TimeoutExpired:
            return _Said(_EXIT_TIMEOUT, "")
        return _Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


NETWORKS: Service[Networks] = Service("networks", lambda site: Networks())


def _blocks(text: str, first: str) -> Iterator[dict[str, str]]:
    """Yield the values of terse multi-line output, one dict for each `first`. For a list (`IP4.ADDRESS[1]`), its first
    item is used."""
    block: dict[str, str] = {}
    for line in text.splitlines():
        name, found, value = line.partition(":")
        if name == first and block:
            yield block
            block = {}
        if found:
            block.setdefault(re.sub(r"\[[0-9]+\]$", "", name), value)
    if block:
        yield block


def _cells(line: str) -> list[str]:
    """The columns of a terse line, in which `\\` escapes `:` and itself."""
    return [re.sub(r"\\(.)", r"\1", cell) for cell in re.findall(r"(?:^|:)((?:[^\\:]|\\.)*)", line)]


def _cable(device: dict[str, str]) -> Cable:
    state = device.get("GENERAL.STATE", "").partition(" ")[0]
    return Cable(state not in ("10", "20"), _is_connected(device), _address(device))


def _is_connected(device: dict[str, str]) -> bool:
    return device.get("GENERAL.STATE", "").partition(" ")[0] == "100"


def _address(device: dict[str, str]) -> str:
    return device.get("IP4.ADDRESS", "").partition("/")[0]


def _lock(security: str) -> Lock:
    words = security.split()
    if not words or words == ["--"] or words == ["OWE"]:
        return "open"
    return "password" if any(one.startswith("WPA") for one in words) and "802.1X" not in words else "other"


def _security(heard: str, password: str) -> Iterable[str]:
    """Return the security properties of the network. WPA3 alone needs its own; otherwise NetworkManager chooses the
    best that both sides support."""
    if not password:
        return ("wifi-sec.key-mgmt", "owe") if heard == "OWE" else ()
    return ("wifi-sec.key-mgmt", "sae" if heard == _WPA3 else "wpa-psk")


def _is_key(password: str) -> bool:
    if re.fullmatch(r"[0-9A-Fa-f]{64}", password):
        return True
    return KEY_LEAST <= len(password.encode()) <= KEY_MOST


def _escape(password: str) -> str:
    """Escape a password for a line of nmcli's passwd-file. Spaces need backslashes, because they would be dropped at
    the ends."""
    return password.replace("\\", "\\\\").replace(" ", "\\ ")


def _why(said: _Said) -> Why:
    if said.status == 0:
        return ""
    text = f"{said.text} {said.wrong}".lower()
    for part, why in _SAID:
        if part in text:
            return why
    match said.status:
        case 3:
            return "slow"
        case 8:
            return "away"
        case 10:
            return "not_found"
    return "other"
