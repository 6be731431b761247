"""What Prometheus reads, over a real socket."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import aiohttp
import pytest
from aiohttp import web
from databases import ON_A_FILE
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import URL

from bot.errors import OperatorError
from bot.listening import runner
from bot.meter import Meter
from bot.metrics import measured
from bot.testing import HandClock
from tests.malformed import HEAD, HOST, MALFORMED, answer_to, told
from tests.operating.conftest import NOW, TODAY, WORD, Rows, ago, ahead
from tests.whole_bot import free_port

PORT = free_port()
LISTEN = f"{HOST}:{PORT}"
PLATFORMS = ("telegram", "discord")


@pytest.fixture
async def meter(url: URL) -> AsyncIterator[Meter]:
    async with measured(LISTEN, url, PLATFORMS, HandClock(NOW)) as counting:
        yield counting


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read from what was read before."""
    monkeypatch.setattr("bot.gauges.FRESH_SECONDS", 0.0)
    monkeypatch.setattr("bot.gauges.COUNTED_SECONDS", 0.0)


async def get(path: str, **headers: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{LISTEN}{path}", headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text()


async def samples() -> dict[str, float]:
    """Each sample of ours by its name and labels, as it is written."""
    status, content_type, text = await get("/metrics")
    assert (status, content_type) == (200, "text/plain")
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return {name.removeprefix("holdfast_"): value for name, value in found.items() if name.startswith("holdfast_")}


async def test_what_waits_is_told_by_platform(meter: Meter, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=90))
    await rows.due("telegram", ago(seconds=40))
    await rows.due("telegram", ago(seconds=100), free_at=ahead(minutes=2))
    await rows.due("telegram", ahead(minutes=2))
    await rows.outbox("telegram", ago(seconds=7), kind="evening", on=TODAY)
    await rows.outbox("telegram", ago(seconds=3), attempts=2, error="503")
    await rows.outbox("telegram", dead_at=NOW)
    await rows.chat("discord", gone=True)
    await rows.person(paused_until=ahead(hours=1))
    assert await samples() == {
        "database_up": 1,
        "due{platform=telegram}": 2,
        "due{platform=discord}": 0,
        "taken_up{platform=telegram}": 1,
        "taken_up{platform=discord}": 0,
        "oldest_due_seconds{platform=telegram}": 100,
        "oldest_due_seconds{platform=discord}": 0,
        "waiting{lane=answer,platform=telegram}": 1,
        "waiting{lane=broadcast,platform=telegram}": 1,
        "waiting{lane=answer,platform=discord}": 0,
        "waiting{lane=broadcast,platform=discord}": 0,
        "oldest_waiting_seconds{platform=telegram}": 7,
        "oldest_waiting_seconds{platform=discord}": 0,
        "retrying{platform=telegram}": 1,
        "retrying{platform=discord}": 0,
        "dead_letters{platform=telegram}": 1,
        "dead_letters{platform=discord}": 0,
        "people{state=all}": 9,
        "people{state=paused}": 1,
        "people{state=backed_off}": 0,
        "chats{platform=telegram}": 7,
        "chats{platform=discord}": 1,
        "chats_gone{platform=telegram}": 0,
        "chats_gone{platform=discord}": 1,
    }


async def test_what_happens_is_counted(meter: Meter) -> None:
    meter.sent("telegram", "answer")
    meter.sent("telegram", "broadcast", 2.5)
    meter.sent("telegram", "broadcast", 400)
    meter.sent("discord", "broadcast", -1)
    meter.retried("telegram")
    meter.died("discord")
    meter.limited("telegram")
    meter.limited("telegram")
    meter.answered("discord", 0.2)
    found = await samples()
    assert {name: value for name, value in found.items() if "_total" in name or "_count" in name or "_sum" in name} == {
        "sent_total{lane=answer,platform=telegram}": 1,
        "sent_total{lane=broadcast,platform=telegram}": 2,
        "sent_total{lane=broadcast,platform=discord}": 1,
        "retried_total{platform=telegram}": 1,
        "dead_total{platform=discord}": 1,
        "limited_total{platform=telegram}": 2,
        "late_seconds_count{platform=telegram}": 2,
        "late_seconds_sum{platform=telegram}": 402.5,
        "late_seconds_count{platform=discord}": 1,
        "late_seconds_sum{platform=discord}": 0,
        "answer_seconds_count{platform=discord}": 1,
        "answer_seconds_sum{platform=discord}": 0.2,
    }
    assert found["late_seconds_bucket{le=5.0,platform=telegram}"] == 1
    assert found["answer_seconds_bucket{le=0.25,platform=discord}"] == 1


@pytest.mark.usefixtures("meter")
async def test_no_word_and_no_id_of_anybody_is_told(rows: Rows) -> None:
    await rows.outbox("telegram", error=f"{WORD} 1000002", dead_at=NOW)
    _, _, text = await get("/metrics")
    assert WORD not in text
    assert "100000" not in text


@pytest.mark.usefixtures("meter")
async def test_who_asks_often_is_told_the_same_for_some_seconds(rows: Rows) -> None:
    before = await samples()
    await rows.due("telegram", ago(seconds=90))
    assert await samples() == before


@ON_A_FILE
@pytest.mark.usefixtures("meter", "always_fresh")
async def test_without_its_database_only_that_is_told(url: URL, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=90))
    assert "due{platform=telegram}" in await samples()
    with closing(sqlite3.connect(str(url.database))) as database:
        database.execute("ALTER TABLE outbox RENAME TO away")
        assert await samples() == {"database_up": 0}
        database.execute("ALTER TABLE away RENAME TO outbox")
    assert (await samples())["due{platform=telegram}"] == 1


@ON_A_FILE
@pytest.mark.usefixtures("meter", "always_fresh")
async def test_a_database_that_takes_too_long_is_not_waited_for(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gauges.PATIENCE_SECONDS", 0.05)
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert await samples() == {"database_up": 0}


@ON_A_FILE
@pytest.mark.usefixtures("meter", "always_fresh")
async def test_it_is_healthy_while_the_database_has_answered_lately(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await get("/healthz") == (200, "text/plain", "ok\n")
    with closing(sqlite3.connect(str(url.database))) as database:
        database.execute("DROP TABLE outbox")
    assert await get("/healthz") == (200, "text/plain", "ok\n")
    monkeypatch.setattr("bot.metrics.HEALTHY_SECONDS", 0.0)
    status, _, text = await get("/healthz")
    assert status == 503
    assert text.startswith("the database has not answered for ")


@pytest.mark.usefixtures("meter")
async def test_many_may_ask_at_once(rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=90))
    told = await asyncio.gather(*(samples() for _ in range(20)))
    assert all(each == told[0] for each in told)


@pytest.mark.usefixtures("meter")
async def test_who_can_read_open_metrics_gets_them() -> None:
    status, content_type, text = await get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert (status, content_type) == (200, "application/openmetrics-text")
    assert text.endswith("# EOF\n")


@pytest.mark.usefixtures("meter")
async def test_nothing_else_is_there() -> None:
    assert [(await get(path))[0] for path in ("/", "/metric", "/metrics/")] == [404, 404, 404]


ODD_VERSION = HEAD + "Accept: application/openmetrics-text; version=x\r\n\r\n"


@pytest.mark.usefixtures("meter")
@pytest.mark.parametrize(
    ("sent", "status"), [*((sent, 400) for sent in MALFORMED.values()), (ODD_VERSION, 406)], ids=[*MALFORMED, "odd"]
)
async def test_of_what_is_no_request_nothing_is_logged_and_of_nobody_an_address(
    sent: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await answer_to(PORT, sent.replace("{}", "GET /metrics")) == status
    assert HOST not in told(caplog.records)
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


async def test_of_a_fault_of_ours_its_place_is_logged_and_no_address(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    app = web.Application()
    app.router.add_get("/metrics", fail)
    running = runner(app)
    await running.setup()
    await web.TCPSite(running, HOST, PORT).start()
    with caplog.at_level(logging.DEBUG):
        assert await answer_to(PORT, HEAD.replace("{}", "GET /metrics") + "\r\n") == 500
    await running.cleanup()
    written = told(caplog.records)
    assert "ERROR bot.listening.faults a request could not be answered" in written
    assert "in fail" in written
    assert HOST not in written


@pytest.mark.usefixtures("meter")
async def test_an_address_that_is_taken_is_named_with_the_cure(url: URL) -> None:
    with pytest.raises(OperatorError) as caught:
        async with measured(LISTEN, url, PLATFORMS, HandClock(NOW)):
            pass
    assert str(caught.value).startswith(f"METRICS_LISTEN: cannot listen on {LISTEN} (")
    assert "name a free address of this machine, or leave it empty" in str(caught.value)


@ON_A_FILE
@pytest.mark.parametrize("listen", ["192.0.2.1:9464", f"{'x' * 70}..:9464"])
async def test_what_is_no_address_of_this_machine_is_named_with_the_cure(url: URL, listen: str) -> None:
    with pytest.raises(OperatorError, match=r"^METRICS_LISTEN: cannot listen on .* name a free address"):
        async with measured(listen, url, PLATFORMS, HandClock(NOW)):
            pass


async def test_it_stops_at_the_end(url: URL) -> None:
    async with measured(LISTEN, url, PLATFORMS, HandClock(NOW)):
        assert (await get("/healthz"))[0] == 200
    with pytest.raises(aiohttp.ClientConnectionError):
        await get("/healthz")
