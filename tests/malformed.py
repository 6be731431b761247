"""What comes to an HTTP server that anybody can reach, and is no request; and what the log says then."""

import asyncio
import logging
from collections.abc import Sequence

HOST = "127.0.0.1"

HEAD = "{} HTTP/1.1\r\nHost: x\r\n"

MALFORMED: dict[str, str] = {
    "of another protocol": "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "of a version there is not": "{} HTTP/9\r\n\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a header without a colon": HEAD + "no colon\r\n\r\n",
    "a header with a zero": HEAD + "A: b\x00c\r\n\r\n",
    "a length below nothing": HEAD + "Content-Length: -1\r\n\r\n",
    "a length that is none": HEAD + "Content-Length: x\r\n\r\n",
    "a long header": HEAD + "A: " + "x" * 10_000 + "\r\n\r\n",
    "a long address": "GET /" + "x" * 10_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
    "a broken address": "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "an address with odd bytes": "GET /%zz\xff HTTP/1.1\r\nHost: x\r\n\r\n",
}
"""Each with the place of its method and path."""


async def answer_to(port: int, data: str) -> int:
    """Sends bytes, one for each character. Gives the status of the answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(data.encode("latin-1"))
        async with asyncio.timeout(5):
            line = await reader.readline()
        return int(line.split()[1])
    finally:
        writer.close()


def told(records: Sequence[logging.LogRecord]) -> str:
    """All that the log says, as it would be written."""
    return "\n".join(logging.Formatter("%(levelname)s %(name)s %(message)s").format(record) for record in records)
