"""Figures for monitoring (Prometheus text format). Numbers only; nothing about any person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_WRITE_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)


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

    def text(self) -> bytes:
        """All figures as the scraper reads them."""
        return generate_latest(self.registry)
