"""Lets PostgreSQL count what is in its tables, as it does by itself a minute after they were filled."""

import asyncio
import sys

import asyncpg


async def main(url: str) -> None:
    """Counts. SQLite needs none of it."""
    if not url.startswith("sqlite"):
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute("VACUUM ANALYZE")
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
