"""Reading a request: docs.discord.com/developers/reference#api-versioning, #uploading-files."""

import json
import re
from typing import Any

from aiohttp import BodyPartReader, web

from .errors import Objection, invalid, wrong_content_type
from .ledger import Request, Upload
from .payloads import LIMIT

PART = re.compile(r"files\[(\d+)\]")


async def decode(http: web.BaseRequest, request: Request) -> None:
    """Fills in the body and the files."""
    if not http.body_exists or http.headers.get("Content-Length") == "0":
        return
    if http.content_type == "application/json":
        request.body = _json(await http.read())
    elif http.content_type == "multipart/form-data":
        await _multipart(http, request)
    elif await http.read():
        raise wrong_content_type()


def _json(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        raise wrong_content_type() from None


async def _multipart(http: web.BaseRequest, request: Request) -> None:
    async for part in await http.multipart():
        assert isinstance(part, BodyPartReader)
        found = PART.fullmatch(part.name or "")
        if part.name == "payload_json":
            request.body = _json(bytes(await part.read()))
        elif found is not None and part.filename:
            data = bytes(await part.read())
            if len(data) > LIMIT:
                raise Objection(413, 40005, "Request entity too large")
            kind = part.headers.get("Content-Type", "application/octet-stream")
            request.files[int(found[1])] = Upload(part.filename, kind, data)
        else:
            raise invalid((str(part.name),), "UNKNOWN_FIELD", "Only payload_json and files[n].")
    if request.body is None:
        request.body = {}
