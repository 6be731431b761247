"""The real program in a process of its own: what a person types, and what they see."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pexpect

from bot.testing import KEY

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONWARNINGS": "error",
    "PYTHONPATH": str(ROOT),
    "TERM": "xterm-256color",
    "ENCRYPTION_KEYS": KEY,
}
PATIENCE = 60
"""Seconds one process may take; a slow machine needs a tenth of it."""

MET = ("/start", "I'm 18 or over, that's fine", "Not now")
"""What somebody says who has just been let in."""


@dataclass(frozen=True)
class Said:
    """What a process that has ended has said."""

    code: int
    out: str
    err: str

    @property
    def turns(self) -> list[str]:
        """The bot's turns, one for each line that was typed."""
        return turns(self.out)


def turns(out: str) -> list[str]:
    """Splits at the empty lines, which end a turn and stand nowhere else."""
    found: list[str] = []
    lines: list[str] = []
    for line in out.split("\n")[:-1]:
        if line:
            lines.append(line)
        else:
            found.append("\n".join(lines))
            lines = []
    return [*found, *(["\n".join(lines)] if lines else [])]


def side_by_side(jobs: Mapping[str, Callable[[], Said]]) -> dict[str, Said]:
    """Runs processes, as many at once as there are processors. Gives what each has said by the name of its job."""
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        running = {name: pool.submit(job) for name, job in jobs.items()}
        return {name: future.result() for name, future in running.items()}


def typed(lines: Sequence[str | bytes]) -> bytes:
    """Lines as they come from a pipe."""
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)


@dataclass
class Talk:
    """A process that is talked to line by line."""

    process: subprocess.Popen[bytes]

    def says(self, line: str) -> str:
        """Types a line. Gives the bot's turn."""
        self.types(line)
        return self.hears()

    def types(self, *lines: str | bytes) -> None:
        """Types lines without waiting for an answer."""
        self._stdin.write(typed(lines))
        self._stdin.flush()

    def hears(self) -> str:
        """The bot's next turn."""
        lines = []
        while line := self._stdout.readline():
            if line == b"\n":
                return "\n".join(lines)
            lines.append(line.decode().rstrip("\n"))
        raise EOFError("\n".join(("it left in the middle of a turn:", *lines, self.ends().err)))

    def line(self) -> str:
        """One line of the bot."""
        return self._stdout.readline().decode()

    def stops_listening(self) -> None:
        """Closes our end of its output, as `head` does."""
        self._stdout.close()

    def gets(self, number: signal.Signals) -> None:
        """Sends a signal."""
        self.process.send_signal(number)

    def ends(self) -> Said:
        """Ends the input and waits for the process."""
        out = b""
        if self._stdout.closed:
            self.process.stdout = None
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            err += b"it did not end by itself"
        return Said(self.process.returncode, (out or b"").decode(), err.decode())

    def is_killed(self) -> None:
        """kill -9."""
        self.process.kill()
        self.ends()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout


ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][0B]|.)")
PRESSES, SOON = 6, 5
"""How often somebody presses a key to leave, and after how many seconds again."""

WHERE_IS_THE_CURSOR = r"\x1b\[6n"


class Keyboard:
    """A person at a terminal that says where its cursor is when it is asked, as terminals do."""

    def __init__(self, *options: str, columns: int) -> None:
        self._child: pexpect.spawn[str] = pexpect.spawn(
            sys.executable, ["-m", "bot", "chat", *options], cwd=str(ROOT), env=ENVIRONMENT,
            dimensions=(24, columns), encoding="utf-8", timeout=30,
        )  # fmt: skip
        self.raw = ""

    def sees(self, wanted: str) -> str:
        """Waits until a pattern is seen. Gives everything since the last one, without colours and moves."""
        self.raw = ""
        while self._child.expect([WHERE_IS_THE_CURSOR, wanted]) == 0:
            self.raw += self._child.before
            self._child.send("\x1b[2;1R")
        self.raw += self._child.before + self._child.after
        return ESCAPES.sub("", self.raw).replace("\r", "")

    def is_asked(self) -> None:
        """Waits for the prompt."""
        self.sees("you>")

    def types(self, keys: str) -> None:
        """Presses keys."""
        self._child.send(keys)

    def leaves(self, key: str) -> None:
        """Presses Ctrl and a key at the next prompt, and sees the program leave cleanly."""
        self.is_asked()
        for _ in range(PRESSES):
            self._child.sendcontrol(key)
            if self._is_left():
                break
        self.ends()

    def _is_left(self) -> bool:
        """Whether the program says goodbye. A key that comes between two prompts is lost on a slow machine."""
        signs = [WHERE_IS_THE_CURSOR, r"Until next time\.", pexpect.TIMEOUT]
        while (sign := self._child.expect(signs, timeout=SOON)) == 0:
            self._child.send("\x1b[2;1R")
        return sign == 1

    def ends(self) -> None:
        """Waits for the end, which must be a clean one."""
        rest = self._child.read()
        self._child.close()
        assert "Traceback" not in rest
        assert (self._child.exitstatus, self._child.signalstatus) == (0, None)

    def goes_away(self) -> None:
        """Closes the terminal's window."""
        self._child.close(force=True)


@dataclass
class Program:
    """The program on one database."""

    folder: Path
    _started: list[Talk] = field(default_factory=list)
    _keyboards: list[Keyboard] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the database is."""
        return self.folder / "holdfast.db"

    @property
    def database(self) -> str:
        """The database as a setting."""
        return f"sqlite:///{self.file}"

    def hears(self, *lines: str | bytes, options: Sequence[str] = (), **environment: str) -> Said:
        """Feeds lines and ends the input."""
        return self.runs("chat", *self._options(options), stdin=typed(lines), **environment)

    def runs(self, *arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **environment: str) -> Said:
        """Runs `holdfast` to its end."""
        command = [sys.executable, "-m", "bot", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, cwd=cwd, env={**ENVIRONMENT, **environment}, timeout=PATIENCE
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def starts(self, *options: str) -> Talk:
        """Starts a chat."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "chat", *self._options(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT,
        )  # fmt: skip
        self._started.append(Talk(process))
        return self._started[-1]

    def on_a_tty(self, *options: str, columns: int = 80) -> Keyboard:
        """Starts a chat on a terminal."""
        self._keyboards.append(Keyboard(*self._options(options), columns=columns))
        return self._keyboards[-1]

    def ends(self) -> None:
        """Ends what still runs."""
        for talk in self._started:
            if talk.process.returncode is None:
                talk.is_killed()
            for pipe in (talk.process.stdin, talk.process.stdout, talk.process.stderr):
                if pipe is not None:
                    pipe.close()
        for keyboard in self._keyboards:
            keyboard.goes_away()

    def _options(self, options: Sequence[str]) -> tuple[str, ...]:
        return (*options, *(() if "--database" in options else ("--database", self.database)))
