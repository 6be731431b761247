"""The whole bot as a process of its own, whatever platform stands in front of it."""

import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from postgres import fetch

from bot.adapters.terminal.text import plain
from bot.storage.seal import Seal, owner_of
from bot.testing import KEY, content

SEAL = Seal([KEY])
WORDS = "SELECT person_id, text FROM {} ORDER BY id"

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0
"""Seconds a start or an end may take; a slow machine needs a tenth of it."""

WORD = "zaffre"
"""Stands in everything people write here, and must never stand in what the bot prints."""

UNCLEAN = (
    "Traceback",
    "Warning: ",
    "never retrieved",
    "was destroyed",
    "Exception ignored",
    "Unclosed",
    "was never awaited",
)

STRICT = "error,ignore:'audioop' is deprecated:DeprecationWarning"
"""Every warning is an error but one: what discord.py imports for voices."""

LINE = re.compile(r"[\d-]+ [\d:]+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)")


@cache
def nursery() -> ForkServerContext:
    """Where processes are forked that need not import everything again: a start costs a quarter of a real one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "bot.__main__",
            "handlers",
            "bot.adapters.telegram.run",
            "bot.adapters.discord.run",
            "bot.scheduler",
            "bot.storage.store",
        ]
    )
    return context


def live(
    options: Sequence[str], environment: Mapping[str, str], folder: str, out: str, err: str, program: str = "bot"
) -> None:
    """What a forked process does: the same as `python -m bot`, or another program of ours."""
    set_at_import = {name: value for name, value in os.environ.items() if name.startswith("PTB_")}
    os.environ.clear()
    os.environ.update({**set_at_import, **environment})
    os.chdir(folder)
    for name, number in ((out, 1), (err, 2)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
    warnings.simplefilter("error")
    sys.argv = ["holdfast", *options]
    import_module(f"{program}.__main__").main()


class Api(Protocol):
    """What stands in for a platform."""

    async def until(self, condition: Callable[[], object], seconds: float = ...) -> None: ...


@dataclass
class WholeBot(ABC):
    """The bot on one database, started as often as it takes. With `real` each start is `python -m bot` itself.
    `program` is a package that is run in its place, one that starts the bot in its own way."""

    api: Api
    folder: Path
    debug: bool = False
    real: bool = False
    token: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    program: str = "bot"
    _running: subprocess.Popen[bytes] | BaseProcess | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._out, self._err = self.folder / "stdout", self.folder / "stderr"

    @abstractmethod
    def platform(self) -> Mapping[str, str]:
        """The settings of its platform."""

    @abstractmethod
    def secrets(self) -> Sequence[str]:
        """What must not be printed."""

    @abstractmethod
    def mark(self) -> Callable[[], bool]:
        """Called before a start: whether the bot that is started from now on can be reached."""

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "holdfast.db"

    @property
    def out(self) -> str:
        """All it has printed since the first start."""
        return self._out.read_text() if self._out.exists() else ""

    @property
    def err(self) -> str:
        """All it has printed to standard error since the first start."""
        return self._err.read_text() if self._err.exists() else ""

    @property
    def lines(self) -> list[str]:
        """Standard error line by line, without the time."""
        return [LINE.sub(r"\1 \2", line) for line in self.err.splitlines()]

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._running is not None
        assert self._running.pid is not None
        return self._running.pid

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs. Of a signal that ended it, the negative number."""
        if isinstance(self._running, subprocess.Popen):
            return self._running.poll()
        return self._running.exitcode if self._running is not None else 0

    def settings(self) -> dict[str, str]:
        """Its environment."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": STRICT,
            "DATABASE_URL": f"sqlite:///{self.file}",
            "ENCRYPTION_KEYS": KEY,
            **self.platform(),
            **self.environment,
        }

    def launch(self) -> None:
        """Starts it."""
        assert self.code is not None, "it runs"
        options = ["--debug"] if self.debug else []
        if self.real:
            with self._out.open("ab") as out, self._err.open("ab") as err:
                self._running = subprocess.Popen(
                    [sys.executable, "-m", self.program, *options],
                    cwd=self.folder, env=self.settings(), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                )  # fmt: skip
        else:
            arguments = (options, self.settings(), str(self.folder), str(self._out), str(self._err), self.program)
            self._running = nursery().Process(target=live, args=arguments)
            self._running.start()

    async def start(self) -> None:
        """Starts it, and waits until it can be reached."""
        is_ready = self.mark()
        self.launch()
        await self.until(lambda: is_ready() or self.code is not None)
        assert self.code is None, f"it ended with {self.code}:\n{self.err}"

    async def until(self, condition: Any, seconds: float = PATIENCE) -> None:
        """Waits until something is true, or fails with what was asked and printed last."""
        try:
            await self.api.until(condition, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.err[-4000:]}") from None

    async def says_line(self, part: str, times: int = 1) -> str:
        """Waits until so many lines with this in them are on standard error. Gives the last one."""
        await self.until(lambda: sum(part in line for line in self.lines) >= times)
        return [line for line in self.lines if part in line][-1]

    def command_line(self) -> str:
        """What everybody on the machine can see of it."""
        return Path(f"/proc/{self.pid}/cmdline").read_text()

    def gets(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    async def ends(self, seconds: float = PATIENCE) -> int:
        """Waits until it has ended. Gives its exit code."""
        await self.until(lambda: self.code is not None, seconds)
        code = self.code
        assert code is not None
        if isinstance(self._running, BaseProcess):
            self._running.join()
        return code

    async def is_killed(self) -> None:
        """kill -9."""
        if self.code is None:
            self.gets(signal.SIGKILL)
        await self.ends()

    async def is_stopped(self, by: signal.Signals = signal.SIGTERM, seconds: float = 5) -> None:
        """A signal ends it, soon and well."""
        self.gets(by)
        assert await self.ends(seconds) == 0, self.err

    def rows(self, query: str, *values: object) -> list[Any]:
        """What is in the database. After a kill a file is read from a copy, and the files stay as they were left."""
        url = self.settings()["DATABASE_URL"]
        if not url.startswith("sqlite"):
            return fetch(url, query, *values)
        with tempfile.TemporaryDirectory() as folder:
            where = f"file:{self.file}?mode=ro"
            if self.code is not None:
                where = shutil.copy(self.file, folder)
                if Path(f"{self.file}-wal").exists():
                    shutil.copy(f"{self.file}-wal", folder)
            with closing(sqlite3.connect(where, uri=True)) as database:
                return database.execute(query, values).fetchall()

    def words(self, *tables: str) -> list[str]:
        """Reasons and letters that are kept, or one of both, as people wrote them: in their order."""
        kept = [row for table in tables or ("reason", "letter") for row in self.rows(WORDS.format(table))]
        return [SEAL.open(text, person) for person, text in kept]

    def unsent(self) -> list[tuple[str, dict[str, Any]]]:
        """What waits to be sent, by chat, in its order."""
        rows = self.rows("SELECT platform, chat, body FROM outbox ORDER BY id")
        return [(chat, json.loads(SEAL.open(body, owner_of(platform, chat)))) for platform, chat, body in rows]

    def check_nothing_leaked(self) -> None:
        """Nothing it printed holds a secret, or a word of somebody."""
        kept = self.rows("SELECT value FROM kept") if self.has_tables() else []
        for printed in (self.out, self.err):
            for secret in filter(None, [*self.secrets(), *(value for (value,) in kept)]):
                assert secret not in printed
                assert quote(secret, safe="") not in printed
            assert WORD not in printed.casefold()

    def has_tables(self) -> bool:
        """Whether there is a database."""
        if not self.settings()["DATABASE_URL"].startswith("sqlite"):
            return True
        return self.file.exists() and bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = 'kept'"))

    def check_it_was_clean(self) -> None:
        """Nothing was printed that no operator wants to read."""
        assert not [sign for sign in UNCLEAN if sign in self.err], self.err
        assert self.out == ""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def an_hour_on(platform: str, chat: str, run: str) -> str:
    """A chat's conversation, sealed as it is kept, an hour later."""
    whose = owner_of(platform, chat)
    told = json.loads(SEAL.open(run, whose))
    return SEAL.close(json.dumps({**told, **({"ends": told["ends"] - 3_600_000} if "ends" in told else {})}), whose)


@cache
def said(key: str) -> str:
    """A text of content/ as it is seen."""
    return squeezed(plain(content().words("").texts[key].text))


def squeezed(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())
