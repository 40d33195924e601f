"""Root looks after a shop that runs under an account of its own: neither is in the other's way."""

from __future__ import annotations

import os
import pwd
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import edge as edge_package
from edge.core.secrets import keys
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import ProcessLock, open_scratch, open_writer
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import attachments
from tests.http_client import edge
from tests.shop_fixture import CONFIG, config, run

NOBODY = pwd.getpwnam("nobody")
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can play two accounts")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of root's where everyone may look, as /var/lib."""
    with tempfile.TemporaryDirectory(prefix="edge-owners-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def data_of_nobody(home: Path) -> Path:
    """The shop's data folder, as systemd makes it."""
    data = home / "data"
    data.mkdir(mode=0o700)
    os.chown(data, NOBODY.pw_uid, NOBODY.pw_gid)
    return data


def as_nobody(work: Callable[[], None]) -> str:
    """What `work` says of why it fails when the shop's account does it, in a process of its own; "" if it does not."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.setgid(NOBODY.pw_gid)
        os.setuid(NOBODY.pw_uid)
        try:
            work()
        except NeedsHuman as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        answer = said.read()
    os.waitpid(child, 0)
    return answer


def sees_the_product() -> None:
    if not os.access(edge_package.__file__, os.R_OK):
        raise NeedsHuman("no", "")


def opened(home: Path) -> None:
    Ledger(config(home)).close()


def test_to_look_before_the_first_start_locks_no_one_out(home: Path) -> None:
    if as_nobody(sees_the_product):
        pytest.skip("the project lies where root alone may look")
    data = data_of_nobody(home)
    (home / "config.toml").write_text('[store]\nid = "corner"\nheader = ["Corner Shop"]\ncurrency = "EUR"\n')
    said = run(edge("--config", home / "config.toml", "check"))
    assert "the first start creates it" in said.out and "it isn't running" in said.out
    assert list(data.iterdir()) == []
    assert as_nobody(lambda: opened(home)) == ""
    before = sorted(data.iterdir())
    assert run(edge("--config", home / "config.toml", "check")).status == 1, "no PIN"
    assert {path.owner() for path in data.iterdir()} == {"nobody"}
    assert as_nobody(lambda: opened(home)) == ""
    assert sorted(data.iterdir()) == before


def test_what_root_makes_in_the_shops_folder_is_the_shops_at_once(home: Path) -> None:
    """Also where root's command is killed in the middle."""
    data = data_of_nobody(home)
    lock = ProcessLock(data)
    assert lock.take()
    with closing(open_writer(data / "ledger.db")) as db, closing(open_scratch(data / "prepared.db")):
        db.execute("CREATE TABLE thing (name TEXT)")
        keys.stored_or_made(data)
        made = {"edge.lock", "ledger.db", "ledger.db-wal", "prepared.db", keys.FILE}
        assert made <= {path.name for path in data.iterdir()}
        assert {path.owner() for path in data.iterdir()} == {"nobody"}
    lock.release()


def test_a_lock_that_leads_elsewhere_is_not_followed(home: Path) -> None:
    data, other = data_of_nobody(home), home / "other"
    other.write_text("root's own")
    (data / "edge.lock").symlink_to(other)
    with pytest.raises(NeedsHuman, match=r"edge\.lock can't be opened"):
        opened(home)
    assert other.read_text() == "root's own"


def test_a_restore_by_root_goes_through_no_link_of_the_shops_account(home: Path) -> None:
    """Papers of the shop's own lie in its folder: a link there, made by its account, would lead root elsewhere."""
    data, system = data_of_nobody(home), home / "system"
    system.mkdir()
    papers = data / "papers"
    papers.symlink_to(system)
    os.lchown(papers, NOBODY.pw_uid, NOBODY.pw_gid)
    device = f'[[device]]\nrole = "receipt_printer"\ndriver = "file"\npath = "{home}/out"\ntemplates = "{papers}"\n'
    here = config(home, CONFIG + device)
    bodies = {papers / "receipt.xml": b"<paper/>", papers / "cron.d" / "job": b"*", papers / ".." / "job": b"*"}
    within = {path.relative_to(here.folder): body for path, body in bodies.items()}
    put, _ = attachments.put_back(here, attachments.Enclosed(named=bodies, data=within))
    assert put == [] and list(system.iterdir()) == [] and not (home / "job").exists()
    with pytest.raises(OSError, match="link owned by nobody"):
        write_whole(papers / "receipt.xml", b"")
    papers.unlink()
    papers.symlink_to(system)  # root's own link: whoever set the machine up meant it
    back = attachments.put_back(here, attachments.Enclosed(data=within))[0]
    assert back == [papers / "receipt.xml", papers / "cron.d" / "job"]


def test_the_file_that_cannot_be_opened_is_named_and_nothing_of_the_system_is_given_away(home: Path) -> None:
    data = data_of_nobody(home)
    lock = data / "edge.lock"
    lock.touch(mode=0o600)
    said = as_nobody(lambda: opened(home))
    assert said.startswith(f"{lock} can't be opened: {lock} belongs to root, and this is run by nobody.")
    assert said.endswith(f"As root: chown nobody {lock}")


def test_a_data_folder_that_is_not_there_is_asked_for(home: Path) -> None:
    said = as_nobody(lambda: opened(home))
    assert said.startswith(f"{home}/data can't be created: {home} belongs to root.")
    assert said.endswith(f"Make it as root: install -d -o nobody -m 700 {home}/data") and "chown" not in said
