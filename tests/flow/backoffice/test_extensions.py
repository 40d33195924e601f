"""Another publisher's package: built and installed without a network, off at first, and part of the shop once on."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from drivers import registry
from edge.app.appliance import drivers_of
from edge.backoffice.extensions.commands import TurnOffExtension, TurnOnExtension
from edge.core.messages import Command, Refused
from edge.lib.errors import ConfigError
from edge.lib.i18n import translate
from edge.lib.i18n.translations import add_package_words
from edge.runtime.config import Config
from edge.runtime.inference import look
from edge.runtime.secrets import secrets_of
from models.runtime import Absent, Runtime
from models.runtime.restart_policy import Notice
from models.runtime.worker_host import Plan
from setup.scaffold.__main__ import main as scaffold
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.contract import engine_rigs
from tests.contract.printer_wires import NetworkRig
from tests.models_fixture import play
from tests.shop_fixture import CONFIG, SYSTEM, config, done, run

PACKAGE, PUBLISHER = "edge-driver-acme", "Your company"
FEATURES, FEATURES_BY = "acme-features", "Acme Features"
PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "acme-features"
version = "2.1"
keywords = ["edge-store-api-1"]
authors = [{ name = "Acme Features", email = "dev@acme.example" }]
[project.entry-points."edge.capabilities"]
footfall = "acme_features:footfall"
[project.entry-points."edge.engines"]
"llm.acme" = "acme_features:Writer"
[tool.setuptools]
packages = ["acme_features"]
package-data = { acme_features = ["words/*.toml"] }
"""
MODULE = """
import msgspec
from edge.core.registry import Capability, Condition, QuerySpec, Watch
from edge.core.surfaces import STAFF
from models.kinds import Completed

class Writer:
    LIBRARY = ""
    PARALLEL = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        pass

    def __init__(self, config, model):
        pass

    def load(self):
        from acme_features import phrases

        self._said = phrases.GREETING

    def run(self, request, turn):
        return Completed(self._said, 1, 1, "end")

    def close(self):
        pass

def read_today(db: object) -> dict[str, int]:
    return {"people": 12}

footfall = Capability(
    name="footfall",
    queries=(QuerySpec("footfall_today", read_today, right="manage", surfaces=STAFF),),
    watches=(Watch("door_stuck", "low", lambda db, now_us, day: [Condition("front")]),),
)
"""
EVENT = """
from edge.core.messages import Event
from edge.core.registry import Capability

class Counted(Event, frozen=True):
    people: int

footfall = Capability(name="footfall", events=(Counted,))
"""
HOOK = """
from edge.core.registry import Capability
from edge.goods.catalog.commands import SetProducts

footfall = Capability(name="footfall", before={SetProducts: lambda tx, command: None})
"""
UNTYPED = MODULE.replace("-> dict[str, int]", "")
TWICE = MODULE.replace('"footfall_today"', '"extensions_on"')


def pip(*words: str, cwd: Path) -> None:
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check", "--quiet")
    made = subprocess.run(
        [sys.executable, "-m", "pip", words[0], *offline, *words[1:]],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both packages as wheels: the driver as `./run new driver --package` makes it, and one written by hand."""
    folder = tmp_path_factory.mktemp("packages")
    assert scaffold(["driver", "receipt_printer", "--package", "acme", "--into", str(folder)]) == 0
    module = folder / FEATURES / "acme_features"
    (module / "words").mkdir(parents=True)
    (module.parent / "pyproject.toml").write_text(PYPROJECT)
    (module / "__init__.py").write_text(MODULE)
    (module / "phrases.py").write_text('GREETING = "Acme says hello"\n')
    (module / "words" / "en.toml").write_text('[alert]\ndoor_stuck = "The front door is stuck"\n')
    for source in (folder / PACKAGE, folder / FEATURES):
        pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder / "wheels"), ".", cwd=source)
    return folder / "wheels"


@pytest.fixture
def installed(wheels: Path, tmp_path: Path) -> Iterator[Path]:
    """A shop's folder of packages, with both in it."""
    folder = config(tmp_path).folder / "extensions"
    pip("install", "--target", str(folder), *map(str, sorted(wheels.glob("*.whl"))), cwd=wheels)
    importlib.invalidate_caches()
    yield folder
    registry.use_beside({})
    add_package_words(FEATURES, folder / "nowhere")
    sys.path[:] = [path for path in sys.path if path != str(folder)]
    for name in ("edge_driver_acme", "acme_features"):
        sys.modules.pop(name, None)


def metadata(folder: Path, package: str, file: str = "METADATA") -> Path:
    (found,) = folder.glob(f"{package.replace('-', '_')}-*.dist-info/{file}")
    return found


def with_printer(port: int) -> str:
    return f'{CONFIG}[[device]]\nrole = "receipt_printer"\ndriver = "acme"\nhost = "127.0.0.1"\nport = {port}\n'


async def refused(served: Served, command: Command) -> Refused:
    outcome = await served.shop.do(command, SYSTEM)
    assert isinstance(outcome, Refused), outcome
    return outcome


async def page_of(served: Served, language: str = "en") -> str:
    async with calling(served) as caller:
        answer = await caller.get(f"/manager/extensions?lang={language}")
        assert answer.status == 200, answer.text
        return unescape(answer.text)


def turn_on(folder: Path, package: str, publisher: str) -> None:
    async def turn() -> None:
        async with serve(folder) as served:
            await done(served.shop, TurnOnExtension(package, publisher), SYSTEM)

    run(turn())


def alerted(served: Served) -> dict[str, str]:
    """What the shop's alerts say of extensions: why, by package."""
    watch = served.shop.registry.watches["extension_failed"]
    return {one.subject: str(one.values["why"]) for one in watch.read(served.ledger.db, 0, "")}


def restarted(folder: Path, see: Callable[[Served, str], None], text: str = CONFIG) -> None:
    """Start the shop again, and look at it and at its page."""

    async def start() -> None:
        async with serve(folder, text) as served:
            see(served, await page_of(served))

    run(start())


def why_waiting(loaded: Config) -> ConfigError:
    """Why the only device of a shop doesn't work, of a till that started."""
    made, lacking = drivers_of(loaded.devices, secrets_of(loaded.folder))
    assert not made and len(lacking) == 1
    with pytest.raises(ConfigError) as raised:
        run(lacking[0].run(lambda *_: None))
    return raised.value


def test_a_driver_of_another_publisher_prints_once_it_is_on(installed: Path, tmp_path: Path) -> None:
    rig = NetworkRig(tmp_path)
    text = with_printer(rig.port)
    waiting = why_waiting(config(tmp_path, text))
    assert PACKAGE in waiting.what and waiting.key == "extensions.no_driver"

    async def turn_it_on() -> None:
        async with serve(tmp_path, text) as served:
            page = await page_of(served)
            assert PACKAGE in page and PUBLISHER in page and "receipt_printer.acme" in page and "Turn on" in page
            assert (await refused(served, TurnOnExtension(PACKAGE, "Somebody"))).code == "extension_publisher"
            assert (await refused(served, TurnOnExtension("nobodys", "Nobody"))).code == "extension_not_installed"
            assert "edge_driver_acme" not in sys.modules, "no code of it runs before the owner turned it on"
            turned = await done(served.shop, TurnOnExtension(PACKAGE, PUBLISHER), SYSTEM)
            assert len(turned.events) == 1, "it is in the journal"
            assert "on after restart" in await page_of(served)

    async def print_on_it(loaded: Config) -> None:
        printer = registry.create("receipt_printer", "acme", loaded.devices[0].options)
        await printer.open()
        await printer.send(b"Hello")
        await printer.close()

    async def turn_off() -> None:
        async with serve(tmp_path, text) as served:
            assert alerted(served) == {}
            assert (await refused(served, TurnOffExtension(PACKAGE))).code == "extension_in_use"
        async with serve(tmp_path) as served:
            await done(served.shop, TurnOffExtension(PACKAGE), SYSTEM)
            assert "off after restart" in await page_of(served)

    run(turn_it_on())
    loaded = config(tmp_path, text)
    made, lacking = drivers_of(loaded.devices, secrets_of(loaded.folder))
    assert len(made) == 1 and not lacking
    run(print_on_it(loaded))
    assert rig.arrived(5) == b"Hello"
    run(turn_off())
    assert why_waiting(config(tmp_path, text)).key == "extensions.no_driver"
    rig.close()


def test_a_capability_and_an_engine_take_part_once_they_are_on(installed: Path, tmp_path: Path) -> None:
    model = '[[models.model]]\nname = "ours"\nkind = "llm"\nengine = "acme"\n'
    model += 'size_mb = 1\nmemory_mb = 64\nlicence = "MIT"\n'

    def models(loaded: Config) -> tuple[list[Plan], list[Absent]]:
        entry = loaded.models.entries()["ours"]
        return look([entry], loaded.folder, 1, secrets_of(loaded.folder))

    async def says_hello(runtime: Runtime, notices: list[Notice]) -> None:
        assert (await runtime.ask(engine_rigs.text("Hello"), 20)).text == "Acme says hello"

    assert models(config(tmp_path, CONFIG + model))[1][0].keys["why"] == "package"

    async def asked(status: int) -> str:
        async with serve(tmp_path) as served, calling(served) as caller:
            answer = await caller.get("/api/v1/queries/footfall_today", Grant=caller.token, Surface="panel")
            assert answer.status == status, answer.text
            assert ("door_stuck" in served.shop.registry.watches) == (status == 200)
            return answer.text

    run(asked(404))
    turn_on(tmp_path, FEATURES, FEATURES_BY)
    assert '"people":12' in run(asked(200)).replace(" ", "")
    assert translate("en", "alert.door_stuck") == "The front door is stuck"
    here, absent = models(config(tmp_path, CONFIG + model))
    assert [plan.place for plan in here] == ["acme_features:Writer"] and not absent
    play(says_hello, *here)  # in a worker, which may read the package and nothing else of the shop


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("METADATA", "Metadata-Version: 2.1\n\n", "metadata"),
        ("entry_points.txt", "[edge.drivers]\nnonsense\n", "metadata"),
        ("entry_points.txt", "[edge.drivers]\nreceipt_printer = a:B\n", "metadata"),
        ("entry_points.txt", "[edge.drivers]\nreceipt_printer.network = a:B\n", "taken"),
        ("entry_points.txt", "[edge.drivers]\npayment_terminal.acme = a:B\n", "role"),
        ("METADATA", "Metadata-Version: 2.1\nName: edge-driver-acme\nVersion: 1\nAuthor: Your company\n\n", "api"),
        (
            "METADATA",
            "Metadata-Version: 2.1\nName: edge-driver-acme\nVersion: 1\nAuthor: Your company\n"
            "Keywords: edge-store-api-99\n\n",
            "api",
        ),
    ],
)
def test_a_package_that_does_not_fit_is_listed_and_cant_be_turned_on(
    installed: Path, tmp_path: Path, file: str, text: str, why: str
) -> None:
    metadata(installed, PACKAGE, file).write_text(text)

    async def see() -> None:
        async with serve(tmp_path) as served:
            page = await page_of(served)
            assert (PACKAGE in page and "Can't be used" in page) or "can't be used" in page
            outcome = await refused(served, TurnOnExtension(PACKAGE, PUBLISHER))
            assert outcome.code in ("extension_unusable", "extension_publisher")
            assert outcome.values.get("why", why) == why

    run(see())


def test_a_package_that_was_removed_is_an_alert_and_the_till_sells_on(installed: Path, tmp_path: Path) -> None:
    turn_on(tmp_path, PACKAGE, PUBLISHER)
    folder = metadata(installed, PACKAGE).parent
    folder.rename(installed.parent / folder.name)
    assert PACKAGE in why_waiting(config(tmp_path, with_printer(9))).what

    def see(served: Served, page: str) -> None:
        assert alerted(served) == {PACKAGE: "gone"}
        assert "it is no longer installed" in page and "Turn off" in page

    restarted(tmp_path, see, with_printer(9))


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("raise RuntimeError('no licence')", "broken"),
        ("raise SystemExit(1)", "broken"),
        ("footfall = 5", "broken"),
        (EVENT, "events"),
        (HOOK, "hooks"),
        (TWICE, "taken"),
        (UNTYPED, "broken"),
    ],
)
def test_a_capability_that_fails_or_conflicts_is_left_out(
    installed: Path, tmp_path: Path, module: str, why: str
) -> None:
    turn_on(tmp_path, FEATURES, FEATURES_BY)
    (installed / "acme_features" / "__init__.py").write_text(module)

    def see(served: Served, page: str) -> None:
        assert alerted(served) == {FEATURES: why}
        assert "Can't be used" in page
        assert "footfall_today" not in served.shop.registry.queries

    restarted(tmp_path, see)


@pytest.mark.parametrize(
    "module",
    [
        "raise ImportError('a library is missing')",
        "class AcmePrinter: pass",
        "import msgspec\nclass AcmePrinter:\n  class Config(msgspec.Struct): host: str; port: int\n"
        "  def __init__(self, config): pass\n",
    ],
)
def test_a_driver_that_fails_leaves_its_device_waiting(installed: Path, tmp_path: Path, module: str) -> None:
    turn_on(tmp_path, PACKAGE, PUBLISHER)
    (installed / "edge_driver_acme" / "__init__.py").write_text(module)

    def see(served: Served, page: str) -> None:
        assert alerted(served) == {PACKAGE: "broken"}
        assert "its code fails to load" in page

    restarted(tmp_path, see, with_printer(9))
    sys.modules.pop("edge_driver_acme", None)
    assert PACKAGE in why_waiting(config(tmp_path, with_printer(9))).what


def test_a_package_that_changed_its_publisher_is_off_again(installed: Path, tmp_path: Path) -> None:
    turn_on(tmp_path, FEATURES, FEATURES_BY)
    data = metadata(installed, FEATURES)
    data.write_text(data.read_text().replace(FEATURES_BY, "Bought Inc."))

    def see(served: Served, page: str) -> None:
        assert alerted(served) == {FEATURES: "publisher"}
        assert "its publisher has changed" in page and "Bought Inc." in page
        assert "footfall_today" not in served.shop.registry.queries

    restarted(tmp_path, see)


def test_without_packages_the_page_says_how_to_install_one(tmp_path: Path) -> None:
    async def see() -> None:
        async with serve(tmp_path) as served:
            for language in ("en", "fr", "he"):
                page = await page_of(served, language)
                assert "pip install" in page and "look-again" in page

    run(see())


def test_the_scaffold_refuses_what_there_cant_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scaffold(["driver", "payment_terminal", "--package", "acme", "--into", str(tmp_path)]) == 2
    assert scaffold(["driver", "scale", "--package", "Acme!", "--into", str(tmp_path)]) == 2
    assert scaffold(["driver", "scale", "--package", "acme", "--into", str(tmp_path)]) == 0
    assert scaffold(["driver", "scale", "--package", "acme", "--into", str(tmp_path)]) == 2
    assert "already exists" in capsys.readouterr().err
