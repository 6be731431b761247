"""Answers over HTTP and their headers: docs.discord.com/developers/topics/rate-limits#header-format."""

import hashlib
import json
import math
import time

from aiohttp import web

from .errors import Refused
from .faults import Fault, Window
from .ledger import Request

PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>cloudflare</body></html>"
REASONS = {
    429: "You are being rate limited",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
TOO_MANY = "You are being rate limited."


def as_json(request: Request, status: int, body: object, window: Window | None = None) -> web.Response:
    """An answer in JSON; 204 has no body."""
    headers = _limits(request, window)
    request.status, request.answer = status, body
    if status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status, body=json.dumps(body).encode(), headers=headers | {"Content-Type": "application/json"}
    )


def refusal(request: Request, refused: Refused) -> web.Response:
    """An error."""
    return as_json(request, refused.status, refused.body())


def page(request: Request, status: int) -> web.Response:
    """What stands before Discord answers itself, in HTML."""
    text = PAGE.format(f"{status} {REASONS.get(status, 'Error')}")
    request.status, request.answer = status, text
    return web.Response(status=status, text=text, content_type="text/html")


def too_many(request: Request, seconds: float, kind: Fault) -> web.Response:
    """…/topics/rate-limits#exceeding-a-rate-limit"""
    everywhere = kind is Fault.TOO_MANY_GLOBAL
    request.shared = kind is Fault.TOO_MANY_SHARED
    body = {"message": TOO_MANY, "retry_after": seconds, "global": everywhere}
    request.status, request.answer = 429, body
    scope = "global" if everywhere else "shared" if request.shared else "user"
    headers = {
        "Content-Type": "application/json",
        "Via": "1.1 google",
        "Retry-After": str(math.ceil(seconds)),
        "X-RateLimit-Scope": scope,
    }
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= _limits(request, Window(5, seconds, 0, time.monotonic() + seconds))
    return web.Response(status=429, body=json.dumps(body).encode(), headers=headers)


def _limits(request: Request, window: Window | None) -> dict[str, str]:
    """The bucket of a route."""
    now = time.monotonic()
    found = window or Window(1000, 1.0, 999, now + 1)
    after = math.ceil(max(0.0, found.ends - now) * 1000) / 1000
    return {
        "X-RateLimit-Limit": str(found.limit),
        "X-RateLimit-Remaining": str(found.left),
        "X-RateLimit-Reset": f"{time.time() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(request.route.encode()).hexdigest()[:32],
        "Via": "1.1 google",
    }
