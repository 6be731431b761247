"""What an error says may quote somebody: log lines tell which kind it is and where it was."""

import asyncio
import io
import logging
import sys
from collections.abc import Iterator

import pytest

from bot import __main__ as program
from bot import logs
from bot.ports import StorageDown

WORD = "zaffre"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, at DEBUG."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Redacted("%(levelname)s %(message)s"))
    root = logging.getLogger()
    level, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def fail(error: Exception) -> None:
    raise error


def test_of_an_error_its_kind_and_place_are_told(lines: io.StringIO) -> None:
    try:
        fail(ValueError(f"Invalid format: '{WORD}'"))
    except ValueError:
        logging.getLogger("bot").exception("what came in could not be handled")
    assert "ValueError" in lines.getvalue()
    assert "in fail" in lines.getvalue()
    assert WORD not in lines.getvalue()


def test_what_led_to_it_is_told_alike(lines: io.StringIO) -> None:
    try:
        try:
            fail(KeyError(WORD))
        except KeyError as error:
            error.add_note(WORD)
            raise RuntimeError(WORD) from error
    except RuntimeError:
        logging.getLogger("bot").exception("failed")
    assert lines.getvalue().index("KeyError") < lines.getvalue().index("RuntimeError")
    assert WORD not in lines.getvalue()


def test_several_at_once_are_told_alike(lines: io.StringIO) -> None:
    try:
        raise ExceptionGroup(WORD, [ValueError(WORD), TypeError(WORD)])
    except ExceptionGroup:
        logging.getLogger("bot").exception("failed")
    assert {"ValueError", "TypeError", "ExceptionGroup"} <= set(lines.getvalue().split())
    assert WORD not in lines.getvalue()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), StorageDown("database disk image")])
def test_what_says_something_of_the_machine_is_told_whole(lines: io.StringIO, error: Exception) -> None:
    try:
        fail(error)
    except type(error):
        logging.getLogger("bot").exception("failed")
    assert str(error) in lines.getvalue()


async def test_what_nobody_waited_for_is_told_without_what_it_is_about(lines: io.StringIO) -> None:
    asyncio.get_running_loop().set_exception_handler(logs.stray)

    async def forgotten() -> None:
        raise ValueError(WORD)

    task = asyncio.create_task(forgotten(), name=WORD)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    asyncio.get_running_loop().call_soon(fail, ValueError(WORD))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert lines.getvalue().count("\nValueError\n") == 2
    assert "never retrieved" in lines.getvalue()
    assert WORD not in lines.getvalue()


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_a_crash_says_no_more(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["holdfast", *options])
    monkeypatch.setattr(program, "cli", lambda **_how: fail(ValueError(WORD)))
    before = logging.getLogger().handlers[:]
    try:
        logs.set_up(logging.DEBUG)
        with pytest.raises(SystemExit) as ended:
            program.main()
    finally:
        logging.getLogger().handlers[:] = before
        logging.captureWarnings(False)
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert "holdfast failed: ValueError" in told.err
    assert WORD not in told.out + told.err
