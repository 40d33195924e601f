"""The steps that make `.venv`: the environment, the locked packages, and this project, compiled.

A shop's environment has only what a shop needs; `development` adds the developers' tools.
"""

import re
import shutil
import sys
import sysconfig
import venv
from pathlib import Path

from setup import apt
from setup.step import ROOT, Log, SetupError, Step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PROJECT_FILE = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"
ENGINES_LOCK = ROOT / "setup" / "engines.lock"
DEMO_LOCK = ROOT / "setup" / "demo.lock"
DEVELOPMENT_LOCK = ROOT / "setup" / "development.lock"
BUILD_LOCK = ROOT / "setup" / "build.lock"
WHEELS = ROOT / "offline" / "wheels"
"""Part of a release for shops without internet (`offline.py`); each is checked by its hash in a lock."""
LLAMA_LOCK = ROOT / "setup" / "llama.lock"
LLAMA_BUILD_LOCK = ROOT / "setup" / "llama-build.lock"
AUDITED = (LOCK, ENGINES_LOCK, DEMO_LOCK, DEVELOPMENT_LOCK)
"""The locks that are checked for vulnerabilities."""
QUIET = ("--disable-pip-version-check", "--no-input", "--progress-bar=off")
PREPARED = ("*.html", "papers/*.xml", "words/*.toml", "i18n/**/*.toml")
"""Files that set-up prepares besides the bytecode, so that a start needn't."""
SOURCES = ("drivers", "edge", "models", "sandbox", "sim", "sync", "twin")
ADVICE = "check that this machine reaches its Python package index (pip reads /etc/pip.conf and PIP_INDEX_URL)."


def steps() -> list[Step]:
    return [
        Step("venv", "Python environment", _venv_inputs, _make_venv),
        Step("packages", "Python packages", package_inputs, _install_packages),
        Step("project", "this project", _project_inputs, _install_project),
        Step("bytecode", "bytecode of this project", _bytecode_inputs, _compile),
        Step("prepared", "words and templates of this project", _prepared_inputs, _prepare),
    ]


def engines() -> Step:
    """Return the step that installs the libraries for vision, speech and language models."""
    return Step("engines", "engines of models", _engines_inputs, lambda log: _install_locked(log, ENGINES_LOCK))


def demo() -> Step:
    """Return the step that installs the additional packages of the demo and the tests."""
    return Step("demo", "Postgres for the demo", _demo_inputs, lambda log: _install_locked(log, DEMO_LOCK))


def development() -> Step:
    """Return the step that installs the tools that check and test the project."""
    return Step(
        "development", "tools for development", _development_inputs, lambda log: _install_locked(log, DEVELOPMENT_LOCK)
    )


def pip_install(log: Log, *words: str | Path) -> None:
    """Install with the environment's pip: from the release's wheels, or from the network for missing ones."""
    command = (PYTHON, "-m", "pip", "install", *QUIET)
    if WHEELS.is_dir():
        try:
            log.call(*command, "--no-index", "--find-links", WHEELS, *words, advice=ADVICE)
            return
        except SetupError:
            print("(not all in offline/wheels: from the network)", end=" ", flush=True)
    log.call(*command, *words, advice=ADVICE)


def _venv_inputs() -> bytes:
    # The path and creation time matter too: scripts contain the path, and a new environment is empty.
    config = VENV / "pyvenv.cfg"
    made_ns = config.stat().st_mtime_ns if PYTHON.exists() and config.exists() else 0
    return f"{VENV}\n{sys.version}\n{made_ns}\n".encode() + BUILD_LOCK.read_bytes()


def package_inputs() -> bytes:
    """Return the inputs that decide whether packages are installed again."""
    return _venv_inputs() + LOCK.read_bytes()


def _engines_inputs() -> bytes:
    return package_inputs() + ENGINES_LOCK.read_bytes()


def _demo_inputs() -> bytes:
    return package_inputs() + DEMO_LOCK.read_bytes()


def _development_inputs() -> bytes:
    return package_inputs() + DEVELOPMENT_LOCK.read_bytes()


def names_in(lock: Path) -> set[str]:
    """Return the packages listed in a lock file."""
    return set(re.findall(r"^([a-z0-9.-]+)==", lock.read_text(), re.MULTILINE))


def _project_inputs() -> bytes:
    return package_inputs() + PROJECT_FILE.read_bytes() + (ROOT / "edge" / "__init__.py").read_bytes()


def _bytecode_inputs() -> bytes:
    files = sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py"))
    return _venv_inputs() + "".join(f"{path} {path.stat().st_mtime_ns}\n" for path in files).encode()


def _prepared_inputs() -> bytes:
    files = sorted(path for pattern in PREPARED for path in (ROOT / "edge").rglob(pattern))
    said = "".join(f"{path} {path.stat().st_mtime_ns}\n" for path in files).encode()
    return package_inputs() + _bytecode_inputs() + said  # valid while no source has changed


def _make_venv(log: Log) -> list[str]:
    """Create the environment without ensurepip, which Debian packages separately: pip starts from its wheel and
    installs itself."""
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=False, symlinks=True)
    wheel = _pip_wheel() or _download_pip_wheel(log)
    source = ("--no-index", "--find-links", WHEELS) if list(WHEELS.glob("setuptools-*.whl")) else ()
    log.call(
        *(PYTHON, "-m", "pip", "install", *QUIET, *source, "--require-hashes", "-r", BUILD_LOCK),
        advice=ADVICE,
        env={"PYTHONPATH": str(wheel)},
    )
    return []


def _pip_wheel() -> Path | None:
    """Return a pip wheel that is already here: the release's, Python's, Debian's, or one downloaded before; None if
    there is none."""
    folders = (
        WHEELS,
        Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled",
        Path("/usr/share/python-wheels"),
        apt.UNPACKED / "usr" / "share" / "python-wheels",
    )
    return next((wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))), None)


def _download_pip_wheel(log: Log) -> Path:
    if apt.is_debian():
        apt.update(log)
        apt.unpack("python3-pip-whl", log)
    wheel = _pip_wheel()
    if wheel is None:
        raise SetupError("this Python has no pip", "install the package with pip and venv for Python.")
    return wheel


def _install_packages(log: Log) -> list[str]:
    # The lock names every package, so nothing is resolved; one has no wheel and is built with our setuptools.
    _install_locked(log, LOCK)
    if not development().stamp().exists():  # environments from before the locks were split contain these as well
        shops = set().union(*(names_in(lock) for lock in (LOCK, ENGINES_LOCK, DEMO_LOCK, BUILD_LOCK)))
        extra = sorted(names_in(DEVELOPMENT_LOCK) - shops)
        log.call(PYTHON, "-m", "pip", "uninstall", "--yes", "--disable-pip-version-check", *extra, advice=ADVICE)
    return []


def _install_locked(log: Log, lock: Path) -> list[str]:
    pip_install(log, "--require-hashes", "--no-deps", "--no-build-isolation", "-r", lock)
    return []


def _install_project(log: Log) -> list[str]:
    pip_install(log, "--no-deps", "--no-build-isolation", "-e", ROOT)
    return []


def _compile(log: Log) -> list[str]:
    """Compile the project: the appliance's user can't write here, so it would otherwise compile everything at each
    start (0.2 s)."""
    log.call(PYTHON, "-m", "compileall", "-q", *SOURCES, advice="check the file it names: it isn't valid Python.")
    return []


def _prepare(log: Log) -> list[str]:
    """Prepare texts and templates in advance, as this would take a second after each start."""
    log.call(PYTHON, "-m", "edge.app.prepare_files", advice="check the text file or template it names.")
    return []
