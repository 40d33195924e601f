"""A simulated NetworkManager: its `nmcli`, by the manual pages nmcli(1) and nm-settings-nmcli(5).

`install` puts a program named `nmcli` into a folder for PATH. Visible, stored and connected networks are in a JSON file
beside it, so a test can change them while a shop runs. Standard library only: it starts for every call.
"""

from __future__ import annotations

import fcntl
import json
import re
import sys
from pathlib import Path
from typing import Any

STATE = "network-manager.json"
WIFI, PSK = "802-11-wireless", "802-11-wireless-security.psk"
ADDRESS = "192.168.7.20/24"
State = dict[str, Any]


def install(folder: Path, **more: Any) -> Path:
    """Install `nmcli` in `folder`, with one cable and the networks of `more`; return the path of its state file."""
    folder.mkdir(parents=True, exist_ok=True)
    state: State = {"air": {}, "stored": {}, "connected": "", "cable": "unplugged", "wifi": True, "allowed": True}
    state |= {"radio": ["enabled", "enabled"], "firmware": "no", "calls": []}
    file = folder / STATE
    file.write_text(json.dumps(state | more))
    program = folder / "nmcli"
    program.write_text(f"#!{sys.executable} -SE\n{Path(__file__).read_text()}")
    program.chmod(0o755)
    return file


def read(file: Path) -> State:
    found: State = json.loads(file.read_text())
    return found


def change(file: Path, **more: Any) -> None:
    file.write_text(json.dumps(read(file) | more))


def main(file: Path, words: list[str]) -> int:
    """Run a command and return its exit status as in nmcli(1): 0 done, 2 invalid arguments, 4 not connected, 7 not
    deleted, 8 not running, 10 unknown."""
    with file.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read(file)
        state["calls"].append(words)
        try:
            return _answer(state, words)
        finally:
            file.write_text(json.dumps(state))


def _answer(state: State, words: list[str]) -> int:
    options, rest = _options(words)
    match rest:
        case ["device", "show"]:
            _devices(state)
        case ["device", "wifi", "list", "--rescan", _]:
            _print_heard(state)
        case ["radio"]:
            _say(":".join(state["radio"]))
        case ["radio", "wifi", "on"]:
            state["radio"] = ["enabled", "enabled"]
        case ["connection", "show"]:
            for uuid in state["stored"]:
                _say(f"{uuid}:{WIFI}")
            _say("0a9c1f6e-4a53-4d7f-9c2e-111111111111:802-3-ethernet")
        case ["connection", "show", *ids]:
            _print_stored(state, [one for one in ids if one != "uuid"])
        case ["connection", "add", *pairs]:
            return _add(state, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        case ["connection", "delete", "uuid", uuid]:
            return _delete(state, uuid)
        case ["connection", "up", "uuid", uuid, *more] if "--wait" in options:
            return _up(state, uuid, _secrets() if more == ["passwd-file", "/dev/stdin"] else {})
        case _:
            return _fail(2, f"Error: argument '{' '.join(rest)}' not understood.")
    return 0


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    while words and words[0].startswith("-"):
        name, *words = words
        if name != "--terse":
            options[name], *words = words
    return options, words


def _secrets() -> dict[str, str]:
    """Parse a passwd-file: one line each, where a backslash escapes; unescaped spaces at the ends are ignored."""
    said = Path("/dev/stdin").read_text().splitlines()
    pairs = [line.partition(":")[::2] for line in said]
    return {name: re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\) +$", "", value.lstrip(" "))) for name, value in pairs}


def _devices(state: State) -> None:
    number = {"unplugged": "20 (unavailable)", "plugged": "30 (disconnected)", "connected": "100 (connected)"}
    _device("eth0", "ethernet", number[state["cable"]], "192.168.7.10/24" if state["cable"] == "connected" else "")
    if state["wifi"]:
        used = state["connected"]
        said = ("100 (connected)", ADDRESS) if used else ("30 (disconnected)", "")
        _device("wlan0", "wifi", *said, used, state["firmware"])
    _device("lo", "loopback", "100 (connected (externally))", "127.0.0.1/8")


def _device(name: str, kind: str, number: str, address: str, used: str = "", firmware: str = "no") -> None:
    _say(f"GENERAL.DEVICE:{name}\nGENERAL.TYPE:{kind}\nGENERAL.STATE:{number}")
    _say(f"GENERAL.FIRMWARE-MISSING:{firmware}\nGENERAL.CON-UUID:{used}")
    if address:
        _say(f"IP4.ADDRESS[1]:{address}")
    _say()


def _print_heard(state: State) -> None:
    used = state["stored"].get(state["connected"], {}).get("ssid")
    for name, one in state["air"].items():
        if not one.get("hidden"):
            cells = "*" if name == used else " ", name, str(one["signal"]), one["security"]
            _say(":".join(re.sub(r"([\\:])", r"\\\1", cell) for cell in cells))


def _print_stored(state: State, ids: list[str]) -> None:
    for uuid in ids:
        name = state["stored"][uuid]["ssid"]
        _say(f"connection.uuid:{uuid}\n{WIFI}.ssid:{name}\n{WIFI}.mode:infrastructure\n")


def _add(state: State, given: dict[str, str]) -> int:
    if not state["allowed"]:
        return _fail(1, "Error: Failed to add connection: Insufficient privileges.")
    state["stored"][given["connection.uuid"]] = {
        "ssid": given["ssid"],
        "key_mgmt": given.get("wifi-sec.key-mgmt", ""),
        "hidden": given.get(f"{WIFI}.hidden") == "yes",
        "password": "",
    }
    return 0


def _delete(state: State, uuid: str) -> int:
    if uuid not in state["stored"]:
        return _fail(10, f"Error: unknown connection '{uuid}'.")
    if not state["allowed"]:
        return _fail(7, "Error: Connection deletion failed: Insufficient privileges")
    del state["stored"][uuid]
    if state["connected"] == uuid:
        state["connected"] = ""
    return 0


def _up(state: State, uuid: str, secrets: dict[str, str]) -> int:
    one = state["stored"][uuid]
    air = state["air"].get(one["ssid"])
    failed = "Error: Connection activation failed: "
    if air is None or (air.get("hidden") and not one["hidden"]):
        return _fail(4, f"{failed}The Wi-Fi network could not be found")
    if air["security"] and not one["key_mgmt"]:
        return _fail(4, f"{failed}802.1X supplicant disconnected")
    password = secrets.get(PSK, one["password"])
    if air.get("password", "") != password or (air["security"] == "WPA3") != (one["key_mgmt"] == "sae"):
        return _fail(4, f"{failed}Secrets were required, but not provided")
    if not air.get("address", True):
        return _fail(4, f"{failed}IP configuration could not be reserved (no available address, timeout, etc.)")
    one["password"], state["connected"] = password, uuid
    _say("Connection successfully activated")
    return 0


def _say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


def _fail(status: int, why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(__file__).with_name(STATE), sys.argv[1:]))
