"""The figures of the program in the words of Prometheus. Imported when they are first asked for."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from scheduler.services.figures import figures_of
from scheduler.storage.errors import StorageUnavailable
from scheduler.web.site import Site
from scheduler.web.tally import BUCKETS, Tally

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


@dataclass(frozen=True, kw_only=True)
class Page:
    content: bytes
    content_type: str


def page_of(site: Site, *, now: datetime) -> Page:
    """Requests are those of the process that answers, named by its number; all else is of the whole installation."""
    registry = CollectorRegistry()
    registry.register(_Figures(site, site.tally, now))
    return Page(content=generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    def __init__(self, site: Site, tally: Tally, now: datetime) -> None:
        self._site, self._tally, self._now = site, tally, now

    def collect(self) -> Iterable[Family]:
        yield from _requests(self._tally, str(os.getpid()))
        yield from self._database()

    def _database(self) -> Iterator[Family]:
        up = GaugeMetricFamily("sangdam_database_up", "1 when the database answers")
        try:
            found = figures_of(self._site.database, now=self._now)
        except StorageUnavailable:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        replica = self._site.primary.replica
        if replica is not None:
            used = float(replica.is_fresh())
            yield GaugeMetricFamily(
                "sangdam_replica_up", "1 when pages are read from the replica", value=used
            )
        notices = GaugeMetricFamily("sangdam_notices", "Notices in the outbox by state", labels=["state"])
        for state, count in sorted(found.notices.items()):
            notices.add_metric([state], count)
        yield notices
        yield GaugeMetricFamily(
            "sangdam_notice_delay_seconds",
            "How long the oldest notice that is due has waited",
            value=found.delay_seconds,
        )
        yield GaugeMetricFamily(
            "sangdam_sessions_ahead", "Sessions still to come", value=found.sessions_ahead
        )
        if found.worker_seconds is not None:
            yield GaugeMetricFamily(
                "sangdam_worker_silence_seconds",
                "Since any worker was last at work",
                value=found.worker_seconds,
            )


def _requests(tally: Tally, process: str) -> Iterator[Family]:
    counted = CounterMetricFamily(
        "sangdam_requests", "Requests answered", labels=["process", "endpoint", "method", "status"]
    )
    for (endpoint, method, status), count in sorted(tally.requests.items()):
        counted.add_metric([process, endpoint, method, status], count)
    yield counted
    times = HistogramMetricFamily(
        "sangdam_request_seconds", "How long answers took", labels=["process", "endpoint"]
    )
    for endpoint, counts in sorted(tally.buckets.items()):
        ends = [*map(str, BUCKETS), "+Inf"]
        up_to = [sum(counts[: place + 1]) for place in range(len(counts))]
        buckets = list(zip(ends, map(float, up_to), strict=True))
        times.add_metric([process, endpoint], buckets, float(tally.seconds[endpoint]))
    yield times
