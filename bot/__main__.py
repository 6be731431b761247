"""Builds everything; the only file that knows all the rooms. `holdfast` on the command line."""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until `main` listens, Ctrl-C ends the imports without a traceback

import asyncio
import contextlib
import gc
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import authoring, keys, languages, logs, moving, operating, safety, settings, simulation
from bot.authoring import read_content
from bot.document import ContentError, Problem
from bot.errors import OperatorError
from bot.library import Library
from bot.meter import SILENT, Meter
from bot.signs import visible

if TYPE_CHECKING:
    from sqlalchemy import URL

    from bot.adapters.discord.run import Discord
    from bot.adapters.telegram.run import Options as TelegramOptions
    from bot.adapters.telegram.run import Telegram
    from bot.adapters.terminal.run import Options as TerminalOptions
    from bot.scheduler import SystemClock
    from bot.storage.servers import SqlServers
    from bot.storage.store import SqlStore

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False)
cli.add_typer(authoring.content, name="content")
cli.add_typer(moving.db, name="db")
cli.add_typer(keys.keys, name="keys")
cli.add_typer(operating.dead, name="dead")
cli.add_typer(safety.safety, name="safety")
cli.command()(operating.status)
cli.command()(simulation.simulate)
cli.command()(authoring.flows)

Debug = Annotated[bool, typer.Option("--debug", help="Show log lines, and a traceback where something fails.")]
Plain = Annotated[bool, typer.Option("--plain", help="Plain lines, for a screen reader or a script.")]
PersonName = Annotated[str, typer.Option("--person", help="Who is talking.")]
ClockStart = Annotated[str, typer.Option("--clock", help="Where this terminal's clock starts, in ISO 8601.")]
DatabaseUrl = Annotated[str, typer.Option("--database", help="The database, instead of DATABASE_URL.")]
Language = Annotated[str, typer.Option("--language", help="The language of this terminal, instead of LANG.")]
ExportFolder = Annotated[Path, typer.Option("--export-folder", help="Where /export writes its files.")]


@cli.callback(invoke_without_command=True)
def run(context: typer.Context, debug: Debug = False) -> None:
    """Holdfast helps a person not to text their ex. Without a command: the bot, on Telegram if TELEGRAM_BOT_TOKEN is
    set, on Discord if DISCORD_BOT_TOKEN is, and otherwise here in the terminal."""
    logs.set_up(logging.DEBUG if debug else logging.CRITICAL)
    if context.invoked_subcommand is None:
        configured = settings.read()
        if configured.telegram_bot_token is None and configured.discord_bot_token is None:
            chat()
        else:
            logs.set_up(logging.DEBUG if debug else logging.INFO, configured.secrets)
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(_serve(configured))


@cli.command()
def chat(
    person: PersonName = "me",
    clock: ClockStart = "",
    database: DatabaseUrl = "",
    plain: Plain = False,
    export_folder: ExportFolder = Path(),
    language: Language = "",
) -> None:
    """Talk to the bot in the terminal."""
    from bot.adapters.terminal.run import Options, leave_quietly

    try:
        asyncio.run(_chat(Options(person, plain, export_folder, languages.normalised(language)), clock, database))
    except BrokenPipeError:
        leave_quietly()


@cli.command()
def invite() -> None:
    """Print the links with which the bot on Discord is invited."""
    from bot.adapters.discord.invite import links

    token = settings.read().discord_bot_token
    if token is None:
        raise OperatorError("DISCORD_BOT_TOKEN: is empty; copy it from the Bot page of the developer portal into .env")
    made = links(token.get_secret_value())
    typer.echo(f"Into a server:      {made['server']}")
    typer.echo(f"For yourself alone: {made['person']}")


async def _chat(options: "TerminalOptions", clock_start: str, database_setting: str) -> None:
    import handlers
    from bot.adapters.terminal import run as terminal
    from bot.adapters.terminal.clock import MovableClock, read_start
    from bot.conversation import Conversation
    from bot.due import Deliveries
    from bot.outbox import Outbox
    from bot.scheduler import Ticker
    from bot.storage.migrate import database_url, migrate
    from bot.storage.room import open_room
    from bot.storage.store import SqlStore

    configured = settings.read()
    asyncio.get_running_loop().set_exception_handler(logs.stray)
    words = read_content(configured.content_folder)
    clock = MovableClock(read_start(clock_start))
    setting = database_setting or configured.database_url
    logs.keep_secret(settings.passwords(setting))
    url = database_url(setting)
    migrate(url)
    async with open_room(url, keys.seal_for(configured)) as room:
        await keys.settle(room)
        store = SqlStore(room)
        session = terminal.open_session(options, words, clock, store)
        outbox = Outbox(store, {session.chat.platform: session}, clock)
        session.conversation = Conversation(words, handlers.ROUTES, store, outbox, clock, configured.catch_up)
        session.deliveries = Deliveries(store, session.conversation, outbox, clock)
        ticker = Ticker()
        ticker.every(terminal.TICK_SECONDS, session.tick)
        try:
            await terminal.chat(session, outbox, handlers.ROUTES.commands)
        finally:
            ticker.stop()


async def _serve(configured: settings.Settings) -> None:
    """The bot on Telegram, on Discord or on both, until SIGINT or SIGTERM."""
    import handlers
    from bot.adapters.together import together
    from bot.conversation import Conversation
    from bot.outbox import Outbox
    from bot.scheduler import SystemClock, Ticker
    from bot.storage.lock import only_one
    from bot.storage.migrate import database_url, migrate
    from bot.storage.room import open_room
    from bot.storage.servers import SqlServers
    from bot.storage.store import SqlStore

    words = read_content(configured.content_folder)
    url = database_url(configured.database_url)
    running = asyncio.current_task()
    asyncio.get_running_loop().set_exception_handler(logs.stray)
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, running.cancel)  # type: ignore[union-attr]
    clock = SystemClock()
    seal = keys.seal_for(configured)
    async with only_one(url), open_room(url, seal) as room, _meter(configured, url, clock) as meter:
        await asyncio.to_thread(migrate, url)
        await keys.settle(room)
        ticker = Ticker()
        try:
            store = SqlStore(room)
            _collect_less_garbage()
            platforms = await _platforms(configured, words, clock, store, SqlServers(room))
            outbox = Outbox(store, {name: platform.messenger for name, platform in platforms.items()}, clock, meter)
            conversation = Conversation(words, handlers.ROUTES, store, outbox, clock, configured.catch_up, meter)
            await together(
                *(platform.run(conversation, outbox, store, ticker.every) for platform in platforms.values())
            )
        finally:
            ticker.stop()


@contextlib.asynccontextmanager
async def _meter(configured: settings.Settings, url: "URL", clock: "SystemClock") -> AsyncIterator[Meter]:
    """Who counts what happens: nobody, unless METRICS_LISTEN says where it is asked for."""
    if not configured.metrics_listen:
        yield SILENT
        return
    from bot.metrics import measured

    async with measured(configured.metrics_listen, url, configured.platforms, clock) as meter:
        yield meter


def _collect_less_garbage() -> None:
    """What has been read by now stays, and needs not be looked through again and again. An update makes thousands of
    objects that go by themselves: with Python's threshold of 700, looking for cycles took a tenth of the CPU."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


async def _platforms(
    configured: settings.Settings,
    words: Library,
    clock: "SystemClock",
    store: "SqlStore",
    servers: "SqlServers",
) -> "Mapping[str, Telegram | Discord]":
    """The platforms that have a token. Only what runs is imported."""
    platforms: dict[str, Telegram | Discord] = {}
    if configured.telegram_bot_token is not None:
        from bot.adapters.telegram import run as telegram

        platforms["telegram"] = telegram.Telegram(await _telegram_options(configured, store), words, clock)
    if configured.discord_bot_token is not None:
        from bot.adapters.discord import run as discord

        options = discord.Options(configured.discord_bot_token.get_secret_value(), configured.discord_api_url)
        platforms["discord"] = discord.Discord(options, words, clock, store, servers)
    return platforms


async def _telegram_options(configured: settings.Settings, store: "SqlStore") -> "TelegramOptions":
    from bot.adapters.telegram.run import OFFICIAL, Options

    token = configured.telegram_bot_token.get_secret_value() if configured.telegram_bot_token else ""
    options = Options(token, configured.telegram_api_url)
    if not configured.telegram_webhook_url:
        return options
    if configured.telegram_api_url == OFFICIAL and not configured.telegram_webhook_url.startswith("https:"):
        raise OperatorError("TELEGRAM_WEBHOOK_URL: Telegram posts to https addresses only; write https://…")
    given = configured.telegram_webhook_secret
    secret = given.get_secret_value() if given else await store.keep("telegram webhook", secrets.token_urlsafe(32))
    host, _, port = configured.telegram_webhook_listen.rpartition(":")
    return replace(
        options, webhook_url=configured.telegram_webhook_url, listen=(host.strip("[]"), int(port)), secret=secret
    )


def main() -> NoReturn:
    """Runs the command line. What an operator can mend is told in one line, with exit code 2."""
    debug = "--debug" in sys.argv
    sys.argv = [sys.argv[0], *(["--debug"] if debug else []), *(word for word in sys.argv[1:] if word != "--debug")]
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    try:
        cli(standalone_mode=True)
    except OperatorError as error:
        _fail(str(error), debug)
    except ContentError as error:
        _fail(_first_problems(error.problems), debug)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    except Exception as error:
        _fail(f"holdfast failed: {logs.named(error)} (run it with --debug for the details)", debug)
    sys.exit(0)


def _first_problems(problems: tuple[Problem, ...]) -> str:
    shown = [str(problem) for problem in problems[:20]]
    more = len(problems) - len(shown)
    return "\n".join((*shown, *([f"and {more} more"] if more else [])))


def _fail(message: str, debug: bool) -> NoReturn:
    if debug:
        logging.exception("failed")
    print(visible(logs.hide(message)), file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
