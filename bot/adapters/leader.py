"""What only one process may do for a bot: fetch its updates, deliver what is due, take up what others have left."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from uuid import uuid4

from bot.ports import StorageDown, Store

log = logging.getLogger(__name__)

LEASE_SECONDS = 10.0
"""How long a process that was killed is waited for."""

RENEW_SECONDS = 3.0
ASK_SECONDS = 1.0
"""How often who has the lease renews it, and who has it not asks for it."""

Job = Callable[[], Coroutine[Any, Any, None]]


class Leader:
    """Leads as long as this process has the lease of a name. Where no other process can be, it always leads.

    While the database does not answer nobody else can lead either: who does goes on, so that people are answered. Who
    finds another in its place stops at once.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._leads = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def keep(self) -> None:
        """Asks for the lease and renews it, until it is cancelled. Then another process may have it at once."""
        if not self._store.shared:
            return
        try:
            while True:
                with suppress(StorageDown):
                    self._note(await self._store.take_lease(self._name, self._holder, LEASE_SECONDS))
                await asyncio.sleep(RENEW_SECONDS if self._leads.is_set() else ASK_SECONDS)
        finally:
            if self._leads.is_set():
                await asyncio.shield(self._let_go())

    async def whenever(self, job: Job) -> None:
        """Does something for as long as this process leads, and again when it does again. Returns when it has come to
        its end, or raises what it raises."""
        if not self._store.shared:
            return await job()
        while True:
            await self._leads.wait()
            task = self._begin(job)
            try:
                await asyncio.wait((task,))
            except asyncio.CancelledError:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                raise
            if not task.cancelled():
                return task.result()

    def only(self, job: Job) -> Job:
        """The same, but nothing while this process does not lead. If it stops leading meanwhile, that is broken off."""
        if not self._store.shared:
            return job

        async def if_leading() -> None:
            if self._leads.is_set():
                task = self._begin(job)
                try:
                    await asyncio.shield(task)
                except asyncio.CancelledError:
                    task.cancel()

        return if_leading

    def _begin(self, job: Job) -> asyncio.Task[None]:
        task = asyncio.create_task(job())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _note(self, leads: bool) -> None:
        if leads and not self._leads.is_set():
            log.info("this process looks after %s from now on", self._name)
            self._leads.set()
        elif not leads and self._leads.is_set():
            log.warning("another process looks after %s by now; this one leaves it to that", self._name)
            self._leads.clear()
            for task in self._running:
                task.cancel()

    async def _let_go(self) -> None:
        with suppress(StorageDown):
            await self._store.give_lease(self._name, self._holder)
