"""Answers to what a person has tapped or asked: core.telegram.org/bots/api#answercallbackquery, #answerinlinequery."""

from collections.abc import Callable
from typing import Any

from .delivery import Updates
from .errors import bad_request, objection
from .ledger import Request
from .state import Query, World

Params = dict[str, Any]

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
INLINE_RESULT_ID = 64


class QueryMethods:
    """Each query takes one answer, and that soon."""

    def __init__(self, world: World, updates: Updates, object_to: Callable[[str], None]) -> None:
        self.world = world
        self.updates = updates
        self.lifetime = 30.0
        self._object_to = object_to
        self._first_answers: dict[str, Request] = {}

    def answer_callback_query(self, params: Params, request: Request) -> bool:
        """core.telegram.org/bots/api#answercallbackquery"""
        if params.get("url"):
            raise objection("URL_INVALID")
        return self._answer(self.world.callbacks.get(params["callback_query_id"]), params, request)

    def answer_inline_query(self, params: Params, request: Request) -> bool:
        """core.telegram.org/bots/api#answerinlinequery"""
        ids = [result.get("id") for result in params["results"]]
        if not all(isinstance(name, str) and 1 <= len(name.encode()) <= INLINE_RESULT_ID for name in ids):
            raise objection("RESULT_ID_INVALID")
        if len(set(ids)) < len(ids):
            raise objection("RESULT_ID_DUPLICATE")
        return self._answer(self.world.inline_queries.get(params["inline_query_id"]), params, request)

    def _answer(self, query: Query | None, params: Params, request: Request) -> bool:
        if query is None:
            raise objection(TOO_OLD)
        query.attempts += 1
        first = self._first_answers.get(query.id)
        if first is not None:
            if first.was_heard and not query.may_repeat:
                self._object_to(f"query {query.id} ({query.data}) was answered twice")
            query.may_repeat = False
            raise bad_request(TOO_OLD)
        query.may_repeat = False
        if self.world.now() - query.born > self.lifetime:
            raise bad_request(TOO_OLD)
        query.answer = params
        self._first_answers[query.id] = request
        return True

    def unanswered(self) -> list[Query]:
        """Callback queries that have reached the bot and that it never tried to answer."""
        arrived = self.updates.delivered
        return [q for q in self.world.callbacks.values() if not q.attempts and q.update_id in arrived]

    def came_again(self, update_id: int) -> None:
        """The update is delivered once more: the bot need not know that it has answered."""
        for query in (*self.world.callbacks.values(), *self.world.inline_queries.values()):
            if query.update_id == update_id:
                query.may_repeat = True
