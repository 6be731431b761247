"""What an interaction or a private message means here. Read from the bare data: a component may belong to a message
that is gone, and a form to a process that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import discord
from discord import ChannelType, InteractionType, MessageType
from discord.utils import snowflake_time
from whenever import Instant

from bot.adapters.discord import PLATFORM
from bot.adapters.discord.custom_id import CustomId
from bot.messages import Chat, Incoming, Receipt

UNKNOWN = "unknown"
"""A token that no flow has: it is answered with the open question, or with the ways there are."""

SETUP = "setup"
"""The command of those who manage a server. The buttons below its answers begin with that, too."""

Kind = Literal["text", "tap", "answer", "form", "private", "foreign", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did: typed a text (a command with its words is one), tapped, filled in a form; or asked for a form,
    or for private messages; or pressed what is somebody else's; or did it where the bot is not to be used (`value`
    names the places). Else `value` is the text, or the token of the button;
    `question` is what a form is for."""

    kind: Kind
    value: str = ""
    question: str = ""


def read(interaction: discord.Interaction[Any]) -> Act | None:
    """What an interaction means, or None if it wants no answer."""
    data: Any = interaction.data or {}
    match interaction.type:
        case InteractionType.application_command:
            words = " ".join(str(option.get("value", "")) for option in data.get("options", ()))
            return Act("text", f"/{data.get('name', '')} {words}".rstrip())
        case InteractionType.component:
            return _component(str(data.get("custom_id", "")), data.get("values") or (), interaction.user.id)
        case InteractionType.modal_submit:
            return _form(str(data.get("custom_id", "")), data.get("components") or (), interaction.user.id)
    return None


def is_setup(interaction: discord.Interaction[Any]) -> bool:
    """Whether it is about the settings of a server, and no part of a conversation."""
    data: Any = interaction.data or {}
    if interaction.type is InteractionType.application_command:
        return bool(data.get("name") == SETUP)
    return str(data.get("custom_id", "")).startswith(f"{SETUP}:")


def _component(custom_id: str, values: Any, user: int) -> Act:
    id = CustomId.read(custom_id)
    if id is None:
        return Act("tap", UNKNOWN)
    if not id.belongs_to(user):
        return Act("foreign")
    match id.kind:
        case "w":
            return Act("form", question=id.token)
        case "p":
            return Act("private")
        case "s":
            return Act("tap", str(next(iter(values), UNKNOWN)))
    return Act("tap", id.token or UNKNOWN)


def _form(custom_id: str, components: Any, user: int) -> Act:
    id = CustomId.read(custom_id)
    text = "\n".join(_typed(components))
    if id is None:
        return Act("text", text)
    return Act("answer", text, id.token) if id.belongs_to(user) else Act("foreign")


def _typed(components: Any) -> Iterator[str]:
    """What was typed into the fields of a form: each is inside a label, or, in old forms, inside a row."""
    for component in components:
        if isinstance(component.get("value"), str):
            yield component["value"]
        yield from _typed([*component.get("components", ()), *filter(None, (component.get("component"),))])


def incoming(chat: Chat, act: Act, language: str) -> Incoming:
    """What somebody did whose app is set to a language, as far as it decides whether it is taken in."""
    match act.kind:
        case "tap":
            return Incoming(chat, token=act.value, language=language)
        case "text" | "answer" | "form":
            return Incoming(chat, text=act.value, question=act.question, language=language)
    return Incoming(chat, language=language)


def written(message: discord.Message, source: str) -> Incoming:
    """What somebody wrote in private messages. `source` names the bot in the inbox."""
    return Incoming(
        Chat(PLATFORM, str(message.author.id)),
        text=_words_of(message),
        at=Instant.from_timestamp(snowflake_time(message.id).timestamp()),
        receipt=Receipt(source, message.id),
        wordless=_is_wordless(message),
        address=str(message.channel.id),
    )


def _words_of(message: discord.Message) -> str:
    """What somebody has written, also in a poll, or what they pass on."""
    words = [message.content, *(passed_on.content for passed_on in message.message_snapshots)]
    if message.poll is not None:
        words += [message.poll.question, *(answer.text for answer in message.poll.answers)]
    return "\n".join(filter(None, words))


def _is_wordless(message: discord.Message) -> bool:
    """Whether there is something in it that is not read."""
    return bool(message.attachments or message.stickers or message.poll or message.message_snapshots)


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Whether only the person and the bot are there. Where Discord does not say so, others may be."""
    return interaction.guild_id is None and interaction.context.dm_channel


def is_hidden(message: discord.Message | None) -> bool:
    """Whether nobody but the person sees a message in a place where others are."""
    return message is not None and message.flags.ephemeral


def is_for_us(message: discord.Message) -> bool:
    """Whether a person wrote this to the bot, and to nobody else."""
    spoken = message.type in (MessageType.default, MessageType.reply)
    return message.channel.type is ChannelType.private and spoken and not message.author.bot
