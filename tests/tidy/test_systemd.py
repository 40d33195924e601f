"""The units are sound and shut in, as far as systemd's own tools can tell without starting them."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edge.app.cli.hub_places import broker_of, door_of, dsn_of, feeds_of, mail_of, signer_of
from edge.core.tls import AUTHORITY_FILE
from sync.directive_signing import new_key
from sync.mqtt import password_of
from tests.tidy.tree import ROOT

FEEDS, WEATHER = "edge-hub-feeds.service", "edge-hub-weather@.service"
UNITS = ("edge.service", "edge-hub.service", "edge-hub-api.service", "edge-witness.service", FEEDS, WEATHER)
HUB_UNITS = UNITS[1:3]
KIOSK, INSTALLER = "edge-kiosk.service", "edge-software.service"
PYTHON, CAGE = "/opt/edge-store/.venv/bin/python", "/usr/bin/cage"
# systemd-analyze calls up to 5.0 of 10 "OK"; a browser shuts its own processes in, for which the kiosk leaves more open
EXPOSURE_TENTHS = {
    "edge.service": 20,
    "edge-hub.service": 15,
    "edge-hub-api.service": 15,
    "edge-witness.service": 20,
    FEEDS: 15,
    WEATHER: 15,
    KIOSK: 47,
}


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SYSTEMD_COLORS": "0", "LC_ALL": "C"}
    return subprocess.run(["systemd-analyze", *words], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.needs("systemd-analyze")) for name in (*UNITS, KIOSK)])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit with a program that exists on this machine."""
    text = (ROOT / "systemd" / request.param).read_text()
    program = CAGE if request.param == KIOSK else PYTHON
    assert f"ExecStart={program} " in text
    copy = tmp_path / str(request.param)
    copy.write_text(text.replace(program, sys.executable))
    return copy


@pytest.mark.parametrize("name", (*UNITS, INSTALLER))
def test_the_command_is_one_that_the_command_line_knows(name: str) -> None:
    line = next(line for line in (ROOT / "systemd" / name).read_text().splitlines() if line.startswith("ExecStart="))
    python, option, module, *words = line.removeprefix("ExecStart=").split()
    assert (python, option, module) == (PYTHON, "-m", "edge")
    done = subprocess.run([sys.executable, "-m", "edge", *words, "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_unit_has_no_mistake(unit: Path) -> None:
    done = analyze("verify", "--man=no", str(unit))
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


def test_whoever_the_screen_runs_as_is_heard() -> None:
    (groups,) = of_unit("SupplementaryGroups", KIOSK)
    assert {"video", "input", "audio"} <= set(groups.split())


def test_the_unit_is_shut_in(unit: Path) -> None:
    threshold = EXPOSURE_TENTHS[unit.name]
    done = analyze("security", "--offline=true", "--no-pager", f"--threshold={threshold}", str(unit))
    if "unrecognized option" in done.stderr:
        pytest.skip("missing: systemd-analyze security --offline")
    assert done.returncode == 0, done.stdout


def allowed(unit: str) -> set[str]:
    """The system calls that a unit leaves open, its sets taken apart as this systemd knows them."""

    def of(name: str) -> set[str]:
        if not name.startswith("@"):
            return {name}
        lines = [line.strip() for line in analyze("syscall-filter", name).stdout.splitlines()[1:]]
        return set().union(*(of(line) for line in lines if line and not line.startswith("#")))

    left: set[str] = set()
    for line in of_unit("SystemCallFilter", unit):
        named = set().union(*(of(one) for one in line.removeprefix("~").split()))
        left = left - named if line.startswith("~") else left | named
    return left


@pytest.mark.needs("systemd-analyze")
def test_in_the_service_processes_may_shut_themselves_in() -> None:
    calls = allowed("edge.service")
    assert {"openat", "execve"} <= calls and "mount" not in calls
    assert {f"landlock_{one}" for one in ("create_ruleset", "add_rule", "restrict_self")} <= calls


def the_hub_as_documented() -> tuple[dict[str, str], list[str]]:
    """The environment that README.md tells to write, and the files that it tells to install."""
    lines = [line.strip() for line in (ROOT / "systemd" / "README.md").read_text().splitlines()]
    environment = dict(line.split("=", 1) for line in lines if re.match(r"EDGE_HUB_\w+=", line))
    installed = []
    for line in lines:
        if line.startswith("install ") and "/etc/edge-hub/" in line:
            *files, target = line.partition("#")[0].split()[3:]
            installed += [target if target.endswith(Path(file).name) else target + file for file in files]
        installed += re.findall(r"^\.venv/bin/python -m edge hub signing-key (\S+)$", line)
    return environment, installed


def of_unit(name: str, unit: str = "edge-hub.service") -> list[str]:
    lines = (ROOT / "systemd" / unit).read_text().splitlines()
    return [line.removeprefix(f"{name}=") for line in lines if line.startswith(f"{name}=")]


def test_every_file_that_the_hub_s_unit_reads_is_one_that_the_readme_installs() -> None:
    environment, installed = the_hub_as_documented()
    read = {*re.findall(r"sslrootcert=([^&\s]+)", environment["EDGE_HUB_DATABASE"]), environment["EDGE_HUB_CA"]}
    for unit in (*HUB_UNITS, FEEDS):
        read |= {*of_unit("EnvironmentFile", unit)}
        read |= {line.partition(":")[2] for line in of_unit("LoadCredential", unit)}
    assert sorted(read) == sorted(installed)


def test_the_hub_as_documented_speaks_tls_and_shows_its_passwords(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in the_hub_as_documented()[0].items():
        monkeypatch.setenv(name, value)
    for credential in of_unit("LoadCredential"):
        (tmp_path / credential.partition(":")[0]).write_text("p/w\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    args = argparse.Namespace(database=None, broker=None, no_tls=False)
    broker = broker_of(args)
    assert (broker.tls, broker.port, broker.user, password_of(broker)) == (True, 8883, "hub", "p/w")
    dsn = dsn_of(args)
    assert dsn.startswith("postgresql://hub:p%2Fw@db.internal/edge?sslmode=verify-full&sslrootcert=/")


@pytest.mark.parametrize("unit", HUB_UNITS)
@pytest.mark.parametrize("password", ["", "p/w"])
def test_worker_and_api_reach_the_same_mail_server_with_a_password_or_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unit: str, password: str
) -> None:
    """Both read one environment: what is said there of mail must be whole in both."""
    for name, value in the_hub_as_documented()[0].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    if password:
        monkeypatch.setenv("EDGE_HUB_MAIL_USER", "shops")
    files = [one.partition(":")[0] for one in of_unit("LoadCredential", unit)]
    defaults = dict(one.split(":", 1) for one in of_unit("SetCredential", unit))
    for name in files:
        (tmp_path / name).write_text(password or defaults.get(name, "another secret").replace("\\n", "\n"))
    server = mail_of()
    assert server is not None and (server.host, server.user, server.password) == (
        "mail.internal",
        "shops" if password else "",
        password,
    )


def test_the_api_as_documented_speaks_tls_and_signs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in the_hub_as_documented()[0].items():
        monkeypatch.setenv(name, value)
    for credential in of_unit("LoadCredential", "edge-hub-api.service"):
        (tmp_path / credential.partition(":")[0]).write_bytes(new_key())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (folder,) = of_unit("StateDirectory", "edge-hub-api.service")
    monkeypatch.setenv("STATE_DIRECTORY", f"/var/lib/{folder}")
    (line,) = of_unit("ExecStart", "edge-hub-api.service")
    host, port = re.findall(r"--(?:host|port) (\S+)", line)
    door = door_of(argparse.Namespace(host=host, port=int(port)))
    assert (door.tls, door.own, door.proxy) == (True, None, "")
    assert signer_of() is not None
    readme = (ROOT / "systemd" / "README.md").read_text()
    assert door.folder and f"`{door.folder / AUTHORITY_FILE}`" in readme and f"https://{door.name}:{port}/" in readme
    own = re.findall(r"^    LoadCredential=(api-\w+):", readme, re.MULTILINE)
    for name in own:
        (tmp_path / name).write_text("")
    assert door_of(argparse.Namespace(host=host, port=int(port))).own == (tmp_path / own[0], tmp_path / own[1])


def test_what_head_office_fetches_it_fetches_by_itself_every_quarter_of_an_hour(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The timer starts the service of its name, which reads the `[[feed]]` tables where they were installed."""
    timer = FEEDS.replace(".service", ".timer")
    assert (of_unit("OnCalendar", timer), of_unit("Persistent", timer)) == (["*:0/15"], ["yes"])
    assert of_unit("ExecStart", FEEDS) == [f"{PYTHON} -m edge hub feed run"]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("EDGE_HUB_FEEDS_FILE", raising=False)
    (name,) = [one.partition(":")[0] for one in of_unit("LoadCredential", FEEDS) if one.endswith("/feeds.toml")]
    row = 'name = "bar"\ntenant = "demo"\nstore = "corner"\nconnector = "bar-sales"\nkind = "square"\npos = "bar"\n'
    (tmp_path / name).write_text(f'[[feed]]\n{row}places = "L1 = main"\naddress = "https://connect.squareup.com"\n')
    assert list(feeds_of()) == ["bar"]


@pytest.mark.needs("systemd-analyze")
def test_the_timer_has_no_mistake_and_its_next_turn_is_within_a_quarter_of_an_hour(tmp_path: Path) -> None:
    timer = FEEDS.replace(".service", ".timer")
    (tmp_path / timer).write_text((ROOT / "systemd" / timer).read_text())
    (tmp_path / FEEDS).write_text((ROOT / "systemd" / FEEDS).read_text().replace(PYTHON, sys.executable))
    done = analyze("verify", "--man=no", str(tmp_path / timer))
    assert (done.returncode, [line for line in done.stderr.splitlines() if timer in line]) == (0, [])
    (every,) = of_unit("OnCalendar", timer)
    assert "Normalized form: *-*-* *:00/15:00" in analyze("calendar", every).stdout


@pytest.mark.needs("systemd-analyze")
def test_the_weather_of_a_store_is_asked_for_by_itself_four_times_a_day(tmp_path: Path) -> None:
    timer = WEATHER.replace(".service", ".timer")
    (tmp_path / timer).write_text((ROOT / "systemd" / timer).read_text())
    (tmp_path / WEATHER).write_text((ROOT / "systemd" / WEATHER).read_text().replace(PYTHON, sys.executable))
    done = analyze("verify", "--man=no", str(tmp_path / timer))
    assert (done.returncode, [line for line in done.stderr.splitlines() if timer in line]) == (0, [])
    (every,) = of_unit("OnCalendar", timer)
    assert "Normalized form: *-*-* 00/6:20:00" in analyze("calendar", every).stdout
    assert of_unit("EnvironmentFile", WEATHER) == ["/etc/edge-hub/environment", "/etc/edge-hub/weather/%i"]


@pytest.mark.needs("systemd-analyze")
def test_there_too_what_someone_made_is_read_by_a_process_that_shuts_itself_in() -> None:
    calls = allowed(FEEDS)
    assert {"setrlimit", "prlimit64", "landlock_restrict_self"} <= calls and "mount" not in calls


@pytest.mark.needs("systemd-analyze")
def test_the_kiosks_unit_is_sound(tmp_path: Path) -> None:
    text = (ROOT / "systemd" / "edge-kiosk.service").read_text()
    assert "/usr/bin/cage" in text and "edge-kiosk" in (ROOT / "systemd" / "edge.sysusers.conf").read_text()
    unit = tmp_path / "edge-kiosk.service"
    unit.write_text(text.replace("/usr/bin/cage", sys.executable))
    done = analyze("verify", "--man=no", str(unit))
    assert done.returncode == 0, done.stderr
