"""Figures for monitoring (Prometheus text format). Numbers only; nothing about any person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest

_WRITE_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_OF_THE_CENTRE = frozenset({"mot_cua_tickets_waiting", "mot_cua_journal_head"})


class Metrics:
    """The centre's own registry; each centre in a process has one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.issued = Counter(
            "mot_cua_tickets_issued", "Tickets issued since the start", ["service"], registry=self.registry
        )
        self.calls = Counter(
            "mot_cua_calls", "Calls and recalls since the start", ["kind"], registry=self.registry
        )
        self.waiting = Gauge("mot_cua_tickets_waiting", "Tickets waiting now", registry=self.registry)
        self.subscribers = Gauge(
            "mot_cua_event_subscribers", "Event streams open now", registry=self.registry
        )
        self.head = Gauge(
            "mot_cua_journal_head", "Number of the newest journal entry", registry=self.registry
        )
        self.write_seconds = Histogram(
            "mot_cua_store_write_seconds",
            "Time of a durable write",
            buckets=_WRITE_SECONDS,
            registry=self.registry,
        )

    def figures(self) -> list[Metric]:
        """All figures of this process."""
        return list(self.registry.collect())

    def text(self, of_all: Mapping[int, Sequence[Metric]] | None = None) -> bytes:
        """All figures as the scraper reads them; ``of_all``: those of every process of the centre, by its
        number, which becomes the label ``process``.
        """
        if not of_all:
            return generate_latest(self.registry)
        return generate_latest(_Merged(self.figures(), of_all))


class _Merged(CollectorRegistry):
    """The figures of several processes; what is one for the whole centre comes from ``own``."""

    def __init__(self, own: Sequence[Metric], of_all: Mapping[int, Sequence[Metric]]) -> None:
        super().__init__()
        self._own = own
        self._of_all = of_all

    def collect(self) -> Iterator[Metric]:
        merged = {one.name: one for one in self._own if one.name in _OF_THE_CENTRE}
        for process, figures in sorted(self._of_all.items()):
            for one in figures:
                if one.name in _OF_THE_CENTRE:
                    continue
                into = merged.setdefault(one.name, Metric(one.name, one.documentation, one.type))
                for sample in one.samples:
                    into.add_sample(sample.name, {**sample.labels, "process": str(process)}, sample.value)
        yield from merged.values()
