"""Metrics at `/metrics`: counters, and values read on each scrape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.process.parts import Supervisor
from edge.core.services import Service
from edge.web.machine_metrics import MachineMetrics

_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """The panel's own metrics registry, so that two panels in a process don't share one."""

    def __init__(
        self, shop: CommandBus, supervisor: Supervisor, registers: Sequence[str], pages_open: Callable[[], int]
    ) -> None:
        self._registry = CollectorRegistry()
        self._commands = Counter(
            "edge_commands", "Commands answered, by name and outcome", ["name", "outcome"], registry=self._registry
        )
        self.seconds = Histogram(
            "edge_command_seconds",
            "Time from an HTTP command to its durable response",
            ["name"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(MachineMetrics(shop))
        self._registry.register(_State(shop, supervisor, registers, pages_open))
        shop.listen(self._count_outcome)

    def add(self, collector: Collector) -> None:
        """Add a collector."""
        self._registry.register(collector)

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def _count_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        match outcome:
            case Done(repeated=repeated):
                name = "repeated" if repeated else "done"
            case Refused(code):
                name = code
            case _:
                name = "unknown"
        self._commands.labels(type(command).__name__, name).inc()


class _State(Collector):
    """Values read on each scrape."""

    def __init__(
        self, shop: CommandBus, supervisor: Supervisor, registers: Sequence[str], pages_open: Callable[[], int]
    ) -> None:
        self._shop = shop
        self._supervisor = supervisor
        self._registers = registers
        self._pages_open = pages_open

    def collect(self) -> Iterator[GaugeMetricFamily]:
        shop = self._shop
        yield number("edge_journal_head", "Number of the last journal row", shop.head.seq)
        yield number(
            "edge_ledger_writable", "Whether the ledger is writable (1) or not (0)", shop.why_read_only is None
        )
        yield number("edge_pages_open", "Connected pages", self._pages_open())
        parts = GaugeMetricFamily("edge_part_up", "Whether a part is working (1) or not (0)", labels=["part"])
        for state in self._supervisor.states.values():
            parts.add_metric([state.name], state.state == "ok")
        yield parts
        for capability in shop.registry.capabilities:
            for gauge in capability.gauges:
                family = GaugeMetricFamily(gauge.name, gauge.text, labels=gauge.labels)
                for labels, value in gauge.numbers(shop.reader, self._registers).items():
                    family.add_metric(labels, value)
                yield family


def number(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    """A single gauge value."""
    return GaugeMetricFamily(name, documentation, value=value)


METRICS: Service[Metrics] = Service("metrics")
