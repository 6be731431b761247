"""Parameters from a request: core.telegram.org/bots/api#making-requests.

They come in the query, as urlencoded form, as JSON or as multipart; only the last carries files.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from .check import Upload
from .errors import objection

ATTACH = "attach://"


async def decode(request: web.BaseRequest) -> dict[str, Any]:
    """All parameters by name, still unchecked."""
    params: dict[str, Any] = dict(request.query)
    if not request.body_exists:
        return params
    kind = request.content_type
    if kind == "multipart/form-data":
        return params | await _multipart(request)
    return params | body_params(kind, (await request.read()).decode())


def body_params(kind: str, body: str) -> dict[str, Any]:
    """The parameters in a body that is not multipart."""
    if not body:
        return {}
    if kind == "application/json":
        try:
            value = json.loads(body)
        except ValueError:
            raise objection("can't parse the JSON of the request") from None
        if not isinstance(value, dict):
            raise objection("the JSON of the request must be an object")
        return value
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body, keep_blank_values=True))
    raise objection(f"unsupported content type {kind}")


async def _multipart(request: web.BaseRequest) -> dict[str, Any]:
    """The parts; one that is named attach://part elsewhere takes the place of that name."""
    params: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise objection("a part of the request has no name")
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            params[part.name] = data.decode()
        else:
            params[part.name] = Upload(part.filename, part.headers.get("Content-Type", ""), data)
    for name, value in list(params.items()):
        if isinstance(value, str) and value.startswith(ATTACH):
            params[name] = params.pop(value.removeprefix(ATTACH), None)
    if isinstance(params.get("media"), str):
        params["media"] = _with_upload(json.loads(params["media"]), params)
    return params


def _with_upload(media: Any, params: dict[str, Any]) -> Any:
    """What is to be shown, with the part that holds its file in place of that part's name."""
    if isinstance(media, dict) and str(media.get("media")).startswith(ATTACH):
        media["media"] = params.pop(media["media"].removeprefix(ATTACH), None)
    return media
