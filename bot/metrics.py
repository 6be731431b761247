"""Metrics for Prometheus at /metrics, and /healthz: served in the bot's own loop, where METRICS_LISTEN says. No label
holds the id of anybody."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from sqlalchemy import URL

from bot.errors import OperatorError
from bot.gauges import Gauges
from bot.listening import runner
from bot.meter import Lane, Meter
from bot.ports import Clock
from bot.storage.room import open_room

LATE_BUCKETS = (1, 5, 15, 60, 300, 900, 3600, 10_800)
ANSWER_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10, 60)

HEALTHY_SECONDS = 60.0
"""How long ago the database must have answered."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

disable_created_metrics()  # type: ignore[no-untyped-call]


class PrometheusMeter(Meter):
    """Counts for Prometheus, from the start of the process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"holdfast_{name}", what, ("platform", *labels), registry=registry)

        def histogram(name: str, what: str, buckets: Sequence[float]) -> Histogram:
            return Histogram(f"holdfast_{name}", what, ("platform",), buckets=buckets, registry=registry)

        self._sent = counter("sent", "Messages that left", "lane")
        self._retried = counter("retried", "Attempts that failed and are made again")
        self._died = counter("dead", "Messages that were given up")
        self._limited = counter("limited", "Requests that a platform answered with 429")
        self._late = histogram("late_seconds", "From its moment until it left, of what comes by itself", LATE_BUCKETS)
        self._answered = histogram("answer_seconds", "From an update until its answers left", ANSWER_BUCKETS)

    def sent(self, platform: str, lane: Lane, late: float | None = None) -> None:
        """Counts a message, and how late it was."""
        self._sent.labels(platform, lane).inc()
        if late is not None:
            self._late.labels(platform).observe(max(0.0, late))

    def retried(self, platform: str) -> None:
        """Counts a failed attempt."""
        self._retried.labels(platform).inc()

    def died(self, platform: str) -> None:
        """Counts a dead letter."""
        self._died.labels(platform).inc()

    def limited(self, platform: str) -> None:
        """Counts a 429."""
        self._limited.labels(platform).inc()

    def answered(self, platform: str, seconds: float) -> None:
        """Counts an answer by how long it took."""
        self._answered.labels(platform).observe(max(0.0, seconds))


@asynccontextmanager
async def measured(listen: str, url: URL, platforms: Sequence[str], clock: Clock) -> AsyncIterator[Meter]:
    """Serves metrics on an address and port from now on, and gives who counts for them. The database is opened a second
    time, so that the bot does not wait while people are counted.

    Raises:
        OperatorError: the address is taken, or is none of this machine.
    """
    async with open_room(url) as room:
        registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        gauges = Gauges(room, platforms, clock)
        registry.register(gauges)
        running = runner(_app(registry, gauges))
        await running.setup()
        try:
            await _listen(running, listen)
            yield PrometheusMeter(registry)
        finally:
            await running.cleanup()


def _app(registry: CollectorRegistry, gauges: Gauges) -> web.Application:
    app = web.Application()
    app.router.add_get("/metrics", _scrape(registry, gauges))
    app.router.add_get("/healthz", _health(gauges))
    return app


async def _listen(running: web.AppRunner, listen: str) -> None:
    host, _, port = listen.rpartition(":")
    try:
        await web.TCPSite(running, host.strip("[]"), int(port)).start()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no address"
        cure = "name a free address of this machine, or leave it empty"
        raise OperatorError(f"METRICS_LISTEN: cannot listen on {listen} ({why}); {cure}") from error


def _scrape(registry: CollectorRegistry, gauges: Gauges) -> Handler:
    async def scrape(request: web.Request) -> web.Response:
        try:
            encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        except (TypeError, ValueError):  # a version that is none
            raise web.HTTPNotAcceptable from None
        await gauges.refresh()
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    return scrape


def _health(gauges: Gauges) -> Handler:
    async def health(_request: web.Request) -> web.Response:
        await gauges.refresh()
        silent = monotonic() - gauges.answered_at
        if silent > HEALTHY_SECONDS:
            return web.Response(status=503, text=f"the database has not answered for {silent:.0f} s\n")
        return web.Response(text="ok\n")

    return health
