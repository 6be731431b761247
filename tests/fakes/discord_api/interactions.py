"""Answers to what people did: docs.discord.com/developers/interactions/receiving-and-responding."""

from typing import Any

from . import payloads
from .bodies import Flags
from .errors import (
    Objection,
    Refused,
    invalid,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from .ledger import Ledger, Request
from .messages import MessageMethods
from .schema import DEFERRED_MESSAGE, DEFERRED_UPDATE, MESSAGE, SHOW_MODAL, UPDATE
from .state import ANSWER_IN, TOKEN_LIFETIME, Interaction, Message, World

COMMAND, COMPONENT, MODAL_SUBMIT = 2, 3, 5
FOLLOWUPS = 5
"""Of an app that is installed to the user only: …#followup-messages."""


class InteractionMethods:
    """Each interaction takes one answer and that soon, and then more by its token for a while."""

    def __init__(self, world: World, messages: MessageMethods, ledger: Ledger) -> None:
        self.world = world
        self.messages = messages
        self.ledger = ledger

    # The first answer

    def callback(self, request: Request, interaction_id: str, token: str) -> dict[str, Any] | None:
        """…#create-interaction-response"""
        interaction = self.world.interactions.get(token)
        if interaction is None or str(interaction.id) != interaction_id:
            raise Objection(404, 10062, "Unknown interaction")
        interaction.attempts += 1
        self._is_in_time(interaction)
        kind, data = request.body["type"], request.body.get("data") or {}
        if kind not in _allowed(interaction):
            raise invalid(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {_allowed(interaction)}.")
        self._perform(interaction, kind, data, request)
        interaction.answered_at, interaction.answer = self.world.clock(), kind
        interaction.first_answer = request
        wanted = request.query.get("with_response", "").lower() in ("1", "true")
        return self._response(interaction) if wanted else None

    def _is_in_time(self, interaction: Interaction) -> None:
        first = interaction.first_answer
        if first is not None:
            if first.was_heard and not interaction.may_repeat:
                self.ledger.object_to(f"{interaction} was answered twice")
            interaction.may_repeat = False
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if self.world.clock() - interaction.at > ANSWER_IN:
            raise unknown_interaction()

    def _perform(self, interaction: Interaction, kind: int, data: dict[str, Any], request: Request) -> None:
        if kind == MESSAGE:
            interaction.original = self._write(interaction, data, request)
        elif kind == DEFERRED_MESSAGE:
            flags = Flags.LOADING | (data.get("flags") or 0)
            interaction.original = self._add(interaction, flags)
        elif kind == DEFERRED_UPDATE:
            interaction.original = interaction.source
        elif kind == UPDATE:
            assert interaction.source is not None
            if interaction.source.deleted:
                raise unknown_message()
            self.messages.change(interaction.source, data, request.files)
            interaction.original = interaction.source
            self.messages.tell("MESSAGE_UPDATE", interaction.source)
        elif kind == SHOW_MODAL:
            interaction.modal = data
            self.world.open_modals[int(interaction.user["id"])] = interaction

    def _write(self, interaction: Interaction, data: dict[str, Any], request: Request) -> Message:
        viewer = int(interaction.user["id"]) if (data.get("flags") or 0) & Flags.EPHEMERAL else None
        message = self.messages.build(
            interaction.place, data, request.files, viewer=viewer, interaction=interaction, kind=_kind(interaction)
        )
        self.messages.tell("MESSAGE_CREATE", message)
        return message

    def _add(self, interaction: Interaction, flags: int) -> Message:
        viewer = int(interaction.user["id"]) if flags & Flags.EPHEMERAL else None
        message = self.world.add(
            interaction.place,
            self.world.me,
            flags=int(flags),
            viewer=viewer,
            interaction=interaction,
            kind=_kind(interaction),
        )
        self.messages.tell("MESSAGE_CREATE", message)
        return message

    def _response(self, interaction: Interaction) -> dict[str, Any]:
        """…#interaction-callback-interaction-callback-response-object"""
        about: dict[str, Any] = {"id": str(interaction.id), "type": interaction.kind}
        resource: dict[str, Any] = {"type": interaction.answer}
        message = interaction.original
        if message is not None:
            about |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.thinking,
                "response_message_ephemeral": message.ephemeral,
            }
            if interaction.answer in (MESSAGE, UPDATE):
                resource["message"] = payloads.message(self.world, message)
        return {"interaction": about, "resource": resource}

    # By its token

    def _by_token(self, app_id: str, token: str) -> Interaction:
        interaction = self.world.interactions.get(token)
        if interaction is None or app_id != str(self.world.app_id):
            raise Objection(404, 10015, "Unknown Webhook")
        if self.world.clock() - interaction.at > TOKEN_LIFETIME:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if not interaction.acknowledged:
            raise unknown_webhook()
        return interaction

    def followup(self, request: Request, app_id: str, token: str) -> dict[str, Any]:
        """…#create-followup-message; after "is thinking" the first one takes its place, as it does at Discord's."""
        interaction = self._by_token(app_id, token)
        original = interaction.original
        if original is not None and original.thinking and not original.deleted:
            body = {name: value for name, value in request.body.items() if name not in ("tts", "poll")}
            self._change(original, body, request)
            return payloads.message(self.world, original)
        owners = interaction.event["authorizing_integration_owners"]
        if "0" not in owners and interaction.place.guild is not None and len(interaction.followups) >= FOLLOWUPS:
            raise Refused(400, 40094, "Maximum number of follow up messages")
        viewer = int(interaction.user["id"]) if request.body.get("flags", 0) & Flags.EPHEMERAL else None
        message = self.messages.build(
            interaction.place, request.body, request.files, viewer=viewer, interaction=interaction
        )
        interaction.followups.append(message)
        self.messages.tell("MESSAGE_CREATE", message)
        return payloads.message(self.world, message)

    def get(self, request: Request, app_id: str, token: str, message_id: str) -> dict[str, Any]:
        """…#get-original-interaction-response, #get-followup-message"""
        return payloads.message(self.world, self._message(app_id, token, message_id))

    def edit(self, request: Request, app_id: str, token: str, message_id: str) -> dict[str, Any]:
        """…#edit-original-interaction-response, #edit-followup-message"""
        message = self._message(app_id, token, message_id)
        self._change(message, request.body, request)
        return payloads.message(self.world, message)

    def delete(self, request: Request, app_id: str, token: str, message_id: str) -> None:
        """…#delete-original-interaction-response, #delete-followup-message"""
        message = self._message(app_id, token, message_id)
        message.deleted = True
        self.messages.tell("MESSAGE_DELETE", message)

    def _message(self, app_id: str, token: str, message_id: str) -> Message:
        interaction = self._by_token(app_id, token)
        known = [interaction.original, *interaction.followups]
        if message_id == "@original":
            found = interaction.original
        else:
            found = next((message for message in known if message is not None and str(message.id) == message_id), None)
        if found is None or found.deleted:
            raise unknown_message()
        return found

    def _change(self, message: Message, body: dict[str, Any], request: Request) -> None:
        was_thinking = message.thinking
        self.messages.change(message, body, request.files)
        if was_thinking:
            message.edits.clear()
            message.edited_at = None
        self.messages.tell("MESSAGE_UPDATE", message)

    # What a test asks

    def unanswered(self) -> list[Interaction]:
        """Those that nobody has tried to acknowledge."""
        return [one for one in self.world.interactions.values() if not one.acknowledged]


def _allowed(interaction: Interaction) -> tuple[int, ...]:
    """Which answers there are to which interactions: …#interaction-response-object-interaction-callback-type."""
    if interaction.kind == COMMAND:
        return MESSAGE, DEFERRED_MESSAGE, SHOW_MODAL
    if interaction.kind == COMPONENT:
        return MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, SHOW_MODAL
    return (MESSAGE, DEFERRED_MESSAGE, *((DEFERRED_UPDATE, UPDATE) if interaction.source is not None else ()))


def _kind(interaction: Interaction) -> int:
    """…/resources/message#message-object-message-types"""
    if interaction.kind == COMMAND:
        return 20 if interaction.event["data"]["type"] == 1 else 23
    return 0
