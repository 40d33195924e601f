"""What Prometheus reads of the machine, from what its kernel says; what that does not say is left out."""

from __future__ import annotations

from pathlib import Path

from edge.web.machine_metrics import MachineMetrics
from tests.shop_fixture import open_shop, run


def test_heat_memory_and_load_as_the_kernel_says_them(tmp_path: Path) -> None:
    proc, thermal = tmp_path / "proc", tmp_path / "thermal"
    for zone, kind, milli in ((0, "x86_pkg_temp", "48500"), (1, "acpitz", ""), (2, "", "-2000")):
        (folder := thermal / f"thermal_zone{zone}").mkdir(parents=True)
        (folder / "type").write_text(kind + "\n")
        (folder / "temp").write_text(milli + "\n")
    proc.mkdir()
    (proc / "meminfo").write_text("MemTotal: 2000 kB\nHugePages_Total:       0\nMemAvailable:  500 kB\n")

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            def read() -> dict[tuple[str, ...], float]:
                families = MachineMetrics(shop, proc, thermal).collect()
                return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

            told = read()
            assert told["edge_temperature_celsius", "0:x86_pkg_temp"] == 48.5
            assert told["edge_temperature_celsius", "2:"] == -2.0
            assert ("edge_temperature_celsius", "1:acpitz") not in told, "it says nothing at the moment"
            assert told["edge_memory_size_bytes",] == 2000 * 1024
            assert told["edge_memory_available_bytes",] == 500 * 1024
            assert ("edge_load_1m",) not in told
            (proc / "loadavg").write_text("1.25 0.80 0.50 2/300 4711\n")
            (proc / "meminfo").unlink()
            told = read()
            assert told["edge_load_1m",] == 1.25 and ("edge_memory_size_bytes",) not in told
            assert told["edge_writer_waiting",] == 0

    run(scenario())
