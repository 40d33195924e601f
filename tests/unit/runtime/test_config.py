"""Whoever installs a shop is told which line is wrong, what stands there, and what may stand there instead."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers import registry as drivers
from edge.counter.till.from_config import till_settings
from edge.goods.ingest.from_config import import_settings
from edge.lib.errors import ConfigError
from edge.runtime.config import _File, load, parse
from edge.runtime.config.device_uses import PaperOptions
from edge.runtime.config.explain import line_of
from tests.shop_fixture import CONFIG

SAMPLE = Path(__file__).parents[3] / "config.toml"
PATH = Path("/shop/config.toml")
GOOD = """\
registers = ["1", "2"]
[store]
id = "corner"
header = [
    "Corner Shop",  # [store]
    "1 High Street",
]
currency = "EUR"
zone = "Europe/Paris"
[tax]
inclusive = true
[[tax.class]]
id = "standard"
rates = [{ name = "VAT", percent = "20" }]
[[tax.class]]
id = "reduced"
rates = [{ name = "VAT", percent = "5.5" }]
[[device]]
role = "receipt_printer"
driver = "network"
host = "10.0.0.5"
[[device]]
role = "scanner"
driver = "serial"
path = "/dev/ttyUSB0"
register = "2"
"""
NAME = "It must be a name of lowercase letters, digits, '-' and '_' that starts with a letter or digit."
WRONG: tuple[tuple[str, str, int, str], ...] = (
    # (what stands in the good one, what instead, the line that must be named, the sentence)
    ("currency = ", "curency = ", 8, "'curency' isn't a key of [store]. Did you mean 'currency'?"),
    ("[tax]", "[backup]\narchive_after_days = 7\n[tax]", 11, "Use 0 for never, or at least 35."),
    ('"EUR"', '"NIS"', 8, "Currency 'NIS' doesn't exist. Use an ISO 4217 code"),
    ("[tax]", "[taxes]", 10, "'taxes' isn't a key of the file. Did you mean 'tax'?"),
    (
        "inclusive = true",
        "vat = 5",
        11,
        "'vat' isn't a key of [tax]. Its keys are: inclusive, ",
    ),
    ('percent = "5.5"', 'rate = "5.5"', 17, "'rate' isn't a key of [[tax.class.rates]]."),
    (
        'currency = "EUR"\n',
        "",
        2,
        "[store] has no 'currency'. It must be three capital letters (ISO 4217), such as 'EUR'.",
    ),
    ('id = "reduced"\n', "", 15, f"[[tax.class]] has no 'id'. {NAME}"),
    ('currency = "EUR"', 'currency = "euro"', 8, "currency of [store] can't be 'euro'. It must be three capital"),
    ('currency = "EUR"', "currency = 5", 8, "currency of [store] can't be 5. It must be three capital letters"),
    ('"1 High Street"', "5", 4, "header of [store] can't be 5. It must be a text."),
    ('zone = "Europe/Paris"', 'zone = "Europe/Pari"', 9, "Time zone 'Europe/Pari' doesn't exist."),
    ('zone = "Europe/Paris"', 'zone = "../../etc/passwd"', 9, "Time zone"),
    ('zone = "Europe/Paris"', 'language = "de"', 9, "can't be 'de'. It must be one of 'en', 'fr', 'he'."),
    ('zone = "Europe/Paris"', 'day_turns_at = "4:00"', 9, "hours and minutes in quotes, such as '04:00'."),
    ('zone = "Europe/Paris"', "cash_step_minor = 0", 9, "can't be 0. It must be a whole number from 1 to 1000."),
    ("inclusive = true", 'inclusive = "yes"', 11, "can't be 'yes'. It must be true or false."),
    ("inclusive = true", 'rounding = "each"', 11, "can't be 'each'. It must be one of 'line', 'total'."),
    ('id = "reduced"', 'id = "Reduced Rate"', 16, f"id of [[tax.class]] can't be 'Reduced Rate'. {NAME}"),
    ('id = "reduced"', 'id = "standard"', 16, "Two tax classes have the name 'standard'."),
    ('id = "standard"', 'id = "normal"', 10, "The default tax class 'standard' isn't defined"),
    ("[store]", '[catalog]\ntax_class = "luxury"\n[store]', 3, "to one of: standard, reduced."),
    ('percent = "5.5"', 'percent = "5.5555"', 17, "at most three decimals. Enter it as on an invoice."),
    ('percent = "5.5"', 'percent = "five"', 17, "'five' isn't a percentage."),
    ('percent = "5.5"', "percent = 120", 17, "120 isn't a percentage from 0 to 100"),
    ('registers = ["1", "2"]', "registers = []", 1, "registers of the file can't be []."),
    ('registers = ["1", "2"]', 'registers = ["1", "2", "2"]', 1, "Two registers have the name '2'."),
    ('registers = ["1", "2"]', 'registers = ["Till One"]', 1, f"registers of the file can't be 'Till One'. {NAME}"),
    (
        'register = "2"',
        'register = "9"',
        26,
        "'scanner 2' is for register '9', which doesn't exist. Available registers: 1, 2.",
    ),
    ('register = "2"', "register = 2", 26, "register of [[device]] can't be 2. It must be text in quotes."),
    ('register = "2"', 'name = "receipt_printer 1"', 26, "Two devices have the name 'receipt_printer 1'."),
    ('register = "2"', 'regster = "2"', 26, "Option for the serial scanner not found: 'regster'."),
    ('role = "scanner"', 'role = "scaner"', 23, "Role not found: 'scaner'."),
    ('driver = "serial"', 'driver = "usb"', 24, "Driver for the role 'scanner' not found: 'usb'."),
    ('driver = "serial"\n', "", 22, "[[device]] has no 'driver'. Use one of: "),
    ('path = "/dev/ttyUSB0"\n', "", 22, "`path`"),
    ('register = "2"', 'baud = "fast"', 26, "a whole number from 300 to 921600"),
    (
        'host = "10.0.0.5"',
        'host = "10.0.0.5"\ncolumns = 10',
        22,
        "columns of [[device]] can't be 10. It must be a whole",
    ),
    (
        'role = "scanner"\ndriver = "serial"\npath = "/dev/ttyUSB0"\nregister = "2"',
        'role = "receipt_printer"\ndriver = "serial"\npath = "/dev/ttyUSB0"\nregister = "1"',
        22,
        "'receipt_printer 1' and 'receipt_printer 2' both print for register '1'. Every receipt would print twice",
    ),
    ("[store]", "[sync]\nport = 1\n[store]", 2, "[sync] has no 'host'."),
    ("[store]", '[sync]\nhost = "h"\nport = 99999\n[store]', 4, "port of [sync] can't be 99999."),
    ("[store]", '[log]\nlevel = "loud"\n[store]', 3, "It must be one of 'debug', 'error', 'info', 'warning'."),
    ("[tax]", "[tax", 10, "isn't valid TOML"),
)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, PATH)
    return str(caught.value)


def test_the_good_one_is_good() -> None:
    made = parse(GOOD, PATH)
    assert made.folder == Path("/shop/data")
    assert [device.name for device in made.devices] == ["receipt_printer 1", "scanner 2"]
    assert made.day_turns_at_min == 240
    settings = till_settings(made)
    assert [(entry.id, [rate.rate for rate in entry.rates]) for entry in settings.tax.classes] == [
        ("standard", [20_000]),
        ("reduced", [5_500]),
    ]


def test_halves_of_a_coin_go_where_the_currency_says_or_the_shop() -> None:
    def down(text: str) -> bool:
        return till_settings(parse(GOOD.replace('currency = "EUR"', text), PATH)).cash_halves_down

    assert not down('currency = "EUR"') and down('currency = "NZD"')
    assert down('currency = "EUR"\ncash_halves = "down"') and not down('currency = "NZD"\ncash_halves = "up"')


@pytest.mark.parametrize(("old", "new", "line", "sentence"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_with_its_line_and_advice(old: str, new: str, line: int, sentence: str) -> None:
    assert GOOD.count(old) >= 1
    said = refusal(GOOD.replace(old, new, 1))
    assert said.startswith(f"config.toml line {line}: ") or f"(at line {line}, " in said, said
    assert sentence in said


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Configuration file .* not found\. Set its path with --config\."):
        load(tmp_path / "config.toml")
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("percent", "rate"), [('"20"', 20_000), ("20", 20_000), ("5.5", 5_500), ('"9.975"', 9_975), ("0", 0)]
)
def test_percentages_are_exact_however_they_are_written(percent: str, rate: int) -> None:
    made = parse(GOOD.replace('"5.5"', percent), PATH)
    assert till_settings(made).tax.classes[1].rates[0].rate == rate


def test_lines_are_found_in_any_way_of_writing() -> None:
    text = '[a]\nb = """\n[c]\n"""\n\n# d\n[[x.y]]\nz = 1\n[[x.y]]\nz = [\n  2,\n]\n"q w".e = 5\n'
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("a", "b")) == 2
    assert line_of(text, ("x", "y", 0, "z")) == 8
    assert line_of(text, ("x", "y", 1, "z")) == 10
    assert line_of(text, ("x", "y", 1, "missing")) == 9
    assert line_of(text, ("x", "y", 1, "q w", "e")) == 13
    assert line_of(text, ("nothing",)) == 1


# ---- the sample at the project's root ----------------------------------------------------------


def uncommented(text: str) -> str:
    """The sample with everything said that it shows."""
    return re.sub(r"^#(?=[\[a-z])", "", text, flags=re.M)


def sections(kind: Any, name: str = "") -> dict[str, set[str]]:
    """Every key of every section of a configuration, by the section's name."""
    found: dict[str, set[str]] = {name: set()}
    for field in msgspec.structs.fields(kind):
        inner = [part for part in _parts(field.type) if isinstance(part, type) and issubclass(part, msgspec.Struct)]
        if field.encode_name == "device":
            continue
        if inner:
            found |= sections(inner[0], f"{name}.{field.encode_name}".strip("."))
        else:
            found[name].add(field.encode_name)
    return found


def _parts(kind: Any) -> list[Any]:
    return [kind, *(inner for part in getattr(kind, "__args__", ()) for inner in _parts(part))]


def test_the_sample_loads_as_it_is_and_with_everything_said() -> None:
    as_it_is = load(SAMPLE)
    assert as_it_is.devices == ()
    assert as_it_is.sync is None
    registers = 'registers = ["1", "2", "3", "4", "5", "6"]'
    everything = uncommented(SAMPLE.read_text()).replace('registers = ["1"]', registers)
    with pytest.raises(ConfigError, match=r"'pairing' .* isn't valid\. Allowed: 16 to 64 letters"):
        parse(everything, SAMPLE)
    said = parse(everything.replace("change-me-to-a-secret", "k3vQ9zX1mT7bR2wY"), SAMPLE)
    assert said.sync is not None
    assert {(device.role, device.driver) for device in said.devices} == set(drivers.DRIVERS)


def test_the_sample_documents_every_key_of_every_section() -> None:
    raw = tomllib.loads(uncommented(SAMPLE.read_text()))
    for name, keys in sections(_File).items():
        table = raw
        for step in filter(None, name.split(".")):
            table = table[step][0] if isinstance(table[step], list) else table[step]
        assert keys <= set(table), f"config.toml says nothing of {sorted(keys - set(table))} in [{name}]"


def test_the_sample_documents_every_option_of_every_driver() -> None:
    raw = tomllib.loads(uncommented(SAMPLE.read_text()))
    shown = {(entry["role"], entry["driver"]): set(entry) for entry in raw["device"]}
    for role, driver in drivers.DRIVERS:
        options = {field.encode_name for field in msgspec.structs.fields(drivers.options_type(role, driver))}
        assert options <= shown[role, driver], f"config.toml says nothing of {options - shown[role, driver]}"
    printers = set().union(*(keys for (role, _), keys in shown.items() if role == "receipt_printer"))
    assert set(PaperOptions.__struct_fields__) | {"register"} <= printers


def test_what_the_sample_shows_as_usual_is_what_holds_without_it() -> None:
    """Commented keys of the sections are the defaults: saying them changes nothing."""
    text = SAMPLE.read_text()
    before_sync = text[: text.index("# Connection to head office")]
    as_it_is, said = parse(before_sync, SAMPLE), parse(uncommented(before_sync), SAMPLE)
    assert msgspec.structs.replace(said, catalog=as_it_is.catalog, extensions=as_it_is.extensions) == as_it_is
    assert import_settings(said) == import_settings(as_it_is)
    raw = tomllib.loads(uncommented(text))
    for entry in raw["device"]:
        kind = drivers.options_type(entry["role"], entry["driver"])
        for field in (*msgspec.structs.fields(kind), *msgspec.structs.fields(PaperOptions)):
            if field.default not in (msgspec.NODEFAULT, None) and field.encode_name in entry:
                usual = list(field.default) if isinstance(field.default, tuple) else field.default
                assert entry[field.encode_name] == usual, (entry["driver"], field.encode_name)


def test_every_key_of_the_sample_has_a_word_before_it() -> None:
    """A comment stands above each group of keys."""
    groups = re.split(r"\n\s*\n", SAMPLE.read_text())
    for group in groups:
        if re.search(r"^#?[a-z_]+ = ", group, re.M) and "[[device]]" not in group and "[[tax.class]]" not in group:
            assert re.search(r"^# [A-Z]", group, re.M), group


def test_backups_without_a_place_of_their_own_lie_with_the_data_and_not_wherever_it_was_started(tmp_path: Path) -> None:
    for said, place in (("backups", tmp_path / "data" / "backups"), ("/mnt/usb", Path("/mnt/usb"))):
        read = parse(f'{CONFIG}\n[backup]\nfolder = "{said}"\nsame_disk = true\n', tmp_path / "config.toml")
        assert Path(read.backup.folder) == place
    labelled = parse(f'{CONFIG}\n[backup]\nfolder = "edge"\ndisk = "SHOP"\n', tmp_path / "config.toml")
    assert labelled.backup.folder == "edge", "within that disk"


def test_the_shop_of_the_tests_is_one() -> None:
    assert parse(CONFIG, PATH).store.id == "corner"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('tls_cert = "own.pem"', "'tls_cert' without 'tls_key'"),
        ('public_origin = "https://till.example"', "'public_origin' without 'trusted_proxy'"),
        (
            'trusted_proxy = "proxy"\npublic_origin = "https://till.example"',
            "trusted_proxy of [panel] can't be 'proxy'",
        ),
        ('trusted_proxy = "10.0.0.2"\npublic_origin = "http://till.example"', "public_origin"),
    ],
)
def test_what_does_not_go_together_for_encryption(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"{CONFIG}{line}\n", tmp_path / "config.toml")
    assert what in caught.value.what
