"""A real PostgreSQL for tests: the one in the wheel of pgserver, on a folder in memory and a port of this machine."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

MEMORY = Path("/dev/shm")  # noqa: S108
USER = "postgres"
PASSWORD = "not a real one"  # noqa: S105
SETTINGS = {"shared_buffers": "32MB", "max_connections": "200", "listen_addresses": "127.0.0.1"}
HASTY = {"fsync": "off", "full_page_writes": "off"}
"""What a server may do that needs not survive the machine. A crash of the server alone loses nothing."""

AVAILABLE = find_spec("pgserver") is not None
"""The wheel is not made for every machine and every Python."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """A server that is started when it is entered, and gone with all its data afterwards. `database` makes one that is
    like a template, in some milliseconds."""

    def __init__(self, *, durable: bool = False) -> None:
        spec = find_spec("pgserver")
        assert spec is not None
        assert spec.origin is not None
        self._programs = Path(spec.origin).parent / "pginstall"
        self._folder = Path(tempfile.mkdtemp(prefix="holdfast-pg-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        self._data = self._folder / "data"
        self._durable = durable
        self._names = count(1)
        self.port = free_port()

    def __enter__(self) -> Self:
        """PostgreSQL does not run as root: then it is nobody's, and so is a copy of its programs where that could not
        read them."""
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            if not self._can_be_read():
                self._programs = Path(shutil.copytree(self._programs, self._folder / "programs", symlinks=True))
                self._folder.chmod(0o755)
        (self._folder / "password").write_text(PASSWORD)
        self._run("initdb", "--auth=scram-sha-256", "--encoding=utf8", "-U", USER, f"--pwfile={self._folder}/password")
        settings = {**SETTINGS, **({} if self._durable else HASTY), "unix_socket_directories": str(self._folder)}
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.is_running():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = USER, password: str = PASSWORD) -> str:
        """DATABASE_URL of one of its databases."""
        return f"postgresql+asyncpg://{USER}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts it, and waits until somebody can connect."""
        log = self._folder / "log"
        self._run("pg_ctl", "-w", "-l", str(log), "-o", f"-p {self.port}", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stops it: "fast" says goodbye, "immediate" is a crash."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def is_running(self) -> bool:
        """Whether somebody may connect."""
        return (self._data / "postmaster.pid").exists()

    def pids(self) -> list[int]:
        """Its processes."""
        parent = int((self._data / "postmaster.pid").read_text().split("\n")[0])
        found = [parent]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(stat.parent.name))
            except OSError:
                continue
        return found

    def hang(self) -> None:
        """From now on it does not answer, and does not hang up either."""
        for pid in self.pids():
            os.kill(pid, signal.SIGSTOP)

    def wake(self) -> None:
        """It goes on."""
        for pid in self.pids():
            os.kill(pid, signal.SIGCONT)

    def database(self, template: str = "template1") -> str:
        """DATABASE_URL of a fresh database."""
        name = f"holdfast{next(self._names)}"
        execute(self.url(), f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """A database is gone, whoever is connected."""
        execute(self.url(), f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _can_be_read(self) -> bool:
        return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (self._programs, *self._programs.parents))

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / "bin" / program), "-D", str(self._data), *arguments]
        user = "nobody" if os.geteuid() == 0 else None
        groups: list[str] | None = [] if user else None
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                command, stdout=said, stderr=said, user=user, extra_groups=groups, timeout=60, check=False, cwd="/"
            )
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


def fetch(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Runs a query of its own, also while an event loop runs."""
    import asyncpg

    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return [tuple(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    return in_thread(run)


def execute(url: str, statement: str, *values: object) -> None:
    """Runs a statement of its own, also while an event loop runs."""
    fetch(url, statement, *values)


def in_thread(run: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs something in an event loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()
