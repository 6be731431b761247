"""The fake itself: what discord.py can do with it, and that it refuses what Discord would."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
from discord_api import Clock, DiscordApi, Fault, Person

from tests.discord_api.conftest import Client, Start


class Pressed(discord.ui.View):
    """A button that edits its message, one that asks for a text, one that leads away."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Read", url="https://example.org/a"))

    @discord.ui.button(label="Done", custom_id="done")
    async def done(self, interaction: discord.Interaction, _button: Any) -> None:
        await interaction.response.edit_message(content="Good.", view=None)

    @discord.ui.button(label="Write", custom_id="write")
    async def write(self, interaction: discord.Interaction, _button: Any) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="One", value="1")])
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"picked {select.values}", ephemeral=True)


class Form(discord.ui.Modal, title="A letter"):
    words: Any = discord.ui.Label(text="Words", component=discord.ui.TextInput(custom_id="words", max_length=20))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(content=f"kept: {self.words.component.value}")
        await interaction.followup.send("and more", ephemeral=True)


def made() -> Client:
    """A client with three commands."""
    client = Client()

    @client.tree.command(description="Begins")
    async def start(interaction: discord.Interaction, name: str = "you") -> None:
        await interaction.response.send_message(f"Hello {name}", view=Pressed())

    @client.tree.command(description="Says nothing")
    async def silent(interaction: discord.Interaction) -> None:
        return

    @client.tree.command(description="Only in servers")
    @discord.app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def here(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here", ephemeral=True)

    return client


@pytest.fixture
def kim(api: DiscordApi) -> Person:
    return api.user(1001, "Kim")


async def test_command_buttons_select_and_modal(api: DiscordApi, start: Start, kim: Person) -> None:
    await start(made())
    assert api.command_puts == 1
    begun = kim.slash("start", name="Kim")
    await api.until(lambda: begun.acknowledged)
    assert kim.dm.last.text == "Hello Kim"
    assert kim.dm.last.labels == ["Done", "Write", "Read"]
    assert begun.took < 3

    picked = kim.selects(kim.dm.last, "One")
    await api.until(lambda: picked.original)
    assert kim.dm.last.ephemeral
    assert kim.dm.last.text == "picked ['1']"

    kim.taps(begun.original, "Write")
    await api.until(lambda: kim.modal)
    assert kim.modal.title == "A letter"
    kim.submits("dear you")
    await api.until(lambda: kim.dm.last.text == "and more")
    assert kim.dm.messages[-2].text == "kept: dear you"
    assert kim.modal is None

    kim.taps(begun.original, "done")
    await api.until(lambda: begun.original.text == "Good.")
    assert begun.original.edits == ["Hello Kim"]
    assert not begun.original.buttons
    assert api.violations == []
    assert api.unanswered == []


async def test_what_a_person_can_not_do(api: DiscordApi, start: Start, kim: Person) -> None:
    await start(made())
    begun = kim.slash("start")
    await api.until(lambda: begun.acknowledged)
    with pytest.raises(AssertionError, match="not registered"):
        kim.slash("nothing")
    with pytest.raises(AssertionError, match="not offered in context"):
        kim.slash("here")
    with pytest.raises(AssertionError, match="no option"):
        kim.slash("start", age=3)
    with pytest.raises(AssertionError, match="no button"):
        kim.taps(kim.dm.last, "Never")
    with pytest.raises(AssertionError, match="sends nothing"):
        kim.taps(kim.dm.last, "Read")
    with pytest.raises(AssertionError, match="does not see"):
        api.user(1002, "Ada").taps(kim.dm.last, "Done")
    with pytest.raises(AssertionError, match="for none of"):
        kim.slash("start", api.group(kim, api.user(1002)))


async def test_only_the_person_sees_what_is_ephemeral(api: DiscordApi, start: Start, kim: Person) -> None:
    ada = api.user(1002, "Ada")
    channel = api.guild(5001, "Friends", kim, ada).channel()
    client = await start(made())
    kim.slash("here", channel)
    public = ada.slash("start", channel)
    await api.until(lambda: len(channel.messages) == 2)
    assert [message.text for message in channel.seen_by(kim)] == ["here", "Hello you"]
    assert [message.text for message in channel.seen_by(ada)] == ["Hello you"]
    with pytest.raises(discord.NotFound):
        await client.http.get_message(channel.id, channel.messages[0].id)

    kim.taps(public.original, "Done")
    await api.until(lambda: public.original.text == "Good.")
    assert client.seen[-1].guild_id == 5001
    assert client.seen[-1].user.id == 1001
    assert client.seen[-1].message.id == public.original.id
    assert client.seen[-1].app_permissions.send_messages
    with pytest.raises(AssertionError, match="does not see"):
        ada.taps(channel.messages[0], "Done")
    ada.forges(channel.messages[0], "done")
    await api.until(lambda: client.seen[-1].user.id == 1002)
    assert api.violations == []


async def test_an_app_of_the_user_works_where_the_bot_is_not(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    kim.installs()
    said = kim.slash("start", api.group(kim, api.user(1002)))
    await api.until(lambda: said.original)
    assert client.seen[-1].context.private_channel
    assert client.seen[-1].is_user_integration()
    assert not client.seen[-1].is_guild_integration()


async def test_direct_messages(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    user = await client.fetch_channel((await client.create_dm(discord.Object(1001))).id)
    sent = await user.send("Hi", nonce="n1", view=Pressed())
    again = await user.send("Hi", nonce="n1", view=Pressed())
    assert sent.id == again.id
    assert [message.text for message in kim.dm.messages] == ["Hi"]
    assert api.opened_dms == [1001]
    api.clock.advance(3600)
    assert (await user.send("Hi", nonce="n1")).id != sent.id

    await sent.edit(content="Ho", view=None)
    await sent.pin()
    assert kim.dm.pinned[0].edits == ["Hi"]
    await user.send(file=discord.File(__file__, "a.txt", description="what"))
    assert kim.dm.last.attachments[0]["description"] == "what"
    async with user.typing():
        pass
    assert kim.dm.typed_at

    typed = kim.types("good evening", files={"b.txt": b"words"})
    await api.until(lambda: client.heard[-1].content == "good evening")
    assert await client.heard[-1].attachments[0].read() == b"words"
    await client.heard[-1].reply("and to you")
    assert kim.dm.last.reference["message_id"] == str(typed.id)
    kim.edits(typed, "good night")
    kim.deletes(typed)
    await api.until(lambda: client.deleted == [typed.id] and client.edited[-1] == "good night")
    kim.closes_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("Hello?")
    assert refused.value.code == 50007
    assert api.violations == []


async def test_permissions_and_threads(api: DiscordApi, start: Start, kim: Person) -> None:
    guild = api.guild(5001, "Friends", kim)
    channel = guild.channel()
    client = await start(made())
    there = client.get_channel(channel.id)
    thread = await (await there.send("Come in")).create_thread(name="A talk")
    await thread.send("Inside")
    assert channel.threads[0].seen_by(kim)[0].text == "Inside"
    channel.denies("SEND_MESSAGES")
    with pytest.raises(discord.Forbidden) as refused:
        await there.send("No")
    assert refused.value.code == 50013
    channel.denies("VIEW_CHANNEL")
    with pytest.raises(discord.Forbidden) as refused:
        await client.fetch_channel(channel.id)
    assert refused.value.code == 50001
    guild.kicks_bot()
    await api.until(lambda: client.left)
    guild.adds_bot()
    await api.until(lambda: client.get_guild(5001))
    await client.get_guild(5001).leave()
    assert not guild.has_bot


async def test_after_a_cut_nothing_is_missed(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    api.gateway.cut()
    kim.types("while you were away")
    await api.until(lambda: client.heard)
    await api.until(lambda: client.resumes == 1)
    assert (len(api.gateway.identifies), len(api.gateway.resumes)) == (1, 1)
    api.gateway.reconnect()
    await api.until(lambda: client.resumes == 2)
    api.gateway.close(4000)
    await api.until(lambda: client.resumes == 3)
    api.gateway.invalidate()
    await api.until(lambda: len(api.gateway.identifies) == 2 and api.gateway.is_connected)
    api.gateway.close(4009)
    await api.until(lambda: len(api.gateway.identifies) == 3 and api.gateway.is_connected)
    said = kim.types("still there")
    await api.until(lambda: client.heard[-1].id == said.id)
    api.redeliver(said)
    await api.until(lambda: [message.id for message in client.heard].count(said.id) == 2)
    assert api.gateway.start_limit["remaining"] == 997
    assert api.violations == []


async def test_privileged_intents_are_refused(api: DiscordApi) -> None:
    async with Client(discord.Intents.all()) as client:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.start(api.token)
    assert "privileged" in api.violations[0]


async def test_a_revoked_token_is_refused(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    api.revoke()
    with pytest.raises(discord.HTTPException) as refused:
        await client.create_dm(discord.Object(1001))
    assert refused.value.status == 401
    api.gateway.close(4000)
    await api.until(client.is_closed)
    assert api.violations == []


async def test_faults(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    place = await client.create_dm(discord.Object(1001))
    api.fault("POST", "/channels/*/messages", Fault.TOO_MANY, retry_after=0.01)
    await place.send("late")
    api.fault("POST", "/channels/*/messages", Fault.TOO_MANY_GLOBAL, retry_after=0.01)
    await place.send("later")
    assert [call.status for call in api.calls("POST", "/channels/*/messages")] == [429, 200, 429, 200]
    api.fault("*", "*", Fault.SERVER_ERROR, status=503)
    with pytest.raises(discord.DiscordServerError):
        await place.send("not")
    for kind, count in ((Fault.CUT_BEFORE, 2), (Fault.CUT_AFTER, 3)):
        api.fault("POST", "*", kind)
        with pytest.raises(aiohttp.ClientError):
            await place.send("cut")
        assert len(kim.dm.messages) == count
    api.fault("POST", "*", Fault.FORBIDDEN, times=None, code=50007)
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await place.send("never")
    api.clear_faults()
    assert api.faults_waiting == []
    assert api.violations == []


async def test_answers_have_their_time(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    kim.slash("silent")
    await api.until(lambda: client.seen)
    assert len(api.unanswered) == 1
    api.clock.advance(3.5)
    with pytest.raises(discord.NotFound) as late:
        await client.seen[0].response.send_message("late")
    assert late.value.code == 10062

    begun = kim.slash("start")
    await api.until(lambda: begun.acknowledged)
    api.clock.advance(15 * 60)
    with pytest.raises(discord.HTTPException) as expired:
        await client.seen[-1].followup.send("too late")
    assert (expired.value.status, expired.value.code) == (401, 50027)
    assert api.violations == []


async def test_thinking_is_seen_and_answers_come_once(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    asked = kim.slash("silent")
    await api.until(lambda: client.seen)
    await client.seen[0].response.defer(ephemeral=True)
    assert kim.dm.last.thinking
    api.redeliver(asked)
    await api.until(lambda: len(client.seen) == 2)
    with pytest.raises(discord.HTTPException) as twice:
        await client.seen[1].response.send_message("again")
    assert twice.value.code == 40060
    assert api.violations == []
    await client.seen[0].followup.send("here it is")
    assert [message.text for message in kim.dm.messages] == ["here it is"]
    assert not kim.dm.last.thinking
    kim.dismisses(kim.dm.last)
    with pytest.raises(discord.NotFound):
        await client.seen[0].edit_original_response(content="gone")


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


BUTTON = {"type": 2, "style": 1, "label": "A", "custom_id": "a"}
TEXT = {"type": 10, "content": "a"}
WRONG: list[dict[str, Any]] = [
    {},
    {"content": "  "},
    {"content": "a" * 2001},
    {"content": 3},
    {"content": "a", "color": 1},
    {"content": "a", "flags": 64},
    {"content": "a", "nonce": "n" * 26},
    {"content": "a", "allowed_mentions": {"parse": ["all"]}},
    {"content": "a", "attachments": [{"id": 0, "filename": "a"}]},
    {"content": "a", "components": [BUTTON]},
    {"content": "a", "components": [row()]},
    {"content": "a", "components": [row(*[BUTTON | {"custom_id": str(number)} for number in range(6)])]},
    {"content": "a", "components": [row(BUTTON | {"custom_id": str(number)}) for number in range(6)]},
    {"content": "a", "components": [row(BUTTON), row(BUTTON)]},
    {"content": "a", "components": [row(BUTTON | {"label": "a" * 81})]},
    {"content": "a", "components": [row(BUTTON | {"custom_id": "a" * 101})]},
    {"content": "a", "components": [row(BUTTON | {"custom_id": ""})]},
    {"content": "a", "components": [row(BUTTON | {"url": "https://example.org"})]},
    {"content": "a", "components": [row({"type": 2, "style": 1, "custom_id": "a"})]},
    {"content": "a", "components": [row({"type": 3, "custom_id": "a", "options": []})]},
    {
        "content": "a",
        "components": [row(BUTTON, {"type": 3, "custom_id": "b", "options": [{"label": "a", "value": "a"}]})],
    },
    {"content": "a", "components": [TEXT]},
    {"content": "a", "components": [TEXT], "flags": 1 << 15},
    {"components": [TEXT] * 41, "flags": 1 << 15},
    {"components": [TEXT | {"content": "a" * 2001}, TEXT | {"content": "a" * 2000}], "flags": 1 << 15},
]


@pytest.mark.parametrize("body", WRONG)
async def test_wrong_messages_are_refused(api: DiscordApi, start: Start, kim: Person, body: dict[str, Any]) -> None:
    client = await start(Client())
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.request(discord.http.Route("POST", f"/channels/{kim.dm.id}/messages"), json=body)
    assert refused.value.code in (50035, 50006)
    assert len(api.violations) == 1
    assert kim.dm.messages == []


COMMAND = {"name": "start", "description": "Begins", "type": 1}
WRONG_COMMANDS: list[list[dict[str, Any]]] = [
    [COMMAND | {"name": "Start"}],
    [COMMAND | {"name": "two words"}],
    [COMMAND | {"description": ""}],
    [COMMAND | {"description": "a" * 101}],
    [COMMAND | {"contexts": [3]}],
    [COMMAND | {"integration_types": []}],
    [COMMAND | {"name_localizations": {"xx": "los"}}],
    [COMMAND, COMMAND],
    [COMMAND | {"name": f"c{number}"} for number in range(101)],
    [COMMAND | {"options": [{"type": 3, "name": "a"}]}],
    [COMMAND | {"colour": "red"}],
]


@pytest.mark.parametrize("commands", WRONG_COMMANDS)
async def test_wrong_commands_are_refused(
    api: DiscordApi, start: Start, kim: Person, commands: list[dict[str, Any]]
) -> None:
    client = await start(Client())
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.bulk_upsert_global_commands(client.application_id, commands)
    assert refused.value.code == 50035
    assert len(api.violations) == 1
    assert api.command_puts == 0


async def test_wrong_requests_are_refused(api: DiscordApi) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {api.token}"}) as session:
        for method, path, status in (
            ("GET", "/users/@me/nothing", 404),
            ("DELETE", "/users/@me", 405),
            ("GET", "/users/@me?a=b", 400),
            ("POST", "/interactions/1/abc/callback", 400),
            ("GET", "/channels/1", 404),
        ):
            async with session.request(method, api.url + path) as answer:
                assert answer.status == status
    async with aiohttp.ClientSession() as session, session.get(f"{api.url}/users/@me") as answer:
        assert answer.status == 401
    assert len(api.violations) >= 5


async def test_the_clock_can_stand_still() -> None:
    clock = Clock()
    clock.stop(1_700_000_000)
    first, second = clock.snowflake(), clock.snowflake()
    assert second == first + 1
    assert discord.utils.snowflake_time(first).timestamp() == 1_700_000_000
    await asyncio.sleep(0)
    clock.advance(60)
    assert clock() == 1_700_000_060


async def test_components_of_the_second_kind(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    place = await client.create_dm(discord.Object(1001))
    view = discord.ui.LayoutView(timeout=None)
    inside: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay("Breathe"))
    inside.add_item(discord.ui.ActionRow(discord.ui.Button(label="Go on", custom_id="go")))
    view.add_item(inside)
    sent = await place.send(view=view)
    assert kim.dm.last.text == "Breathe"
    assert kim.dm.last.labels == ["Go on"]
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="Words")
    assert refused.value.code == 50035
    kim.taps(kim.dm.last, "Go on")
    await api.until(lambda: client.seen)
    assert client.seen[-1].data["custom_id"] == "go"


async def test_who_is_pinged(api: DiscordApi, start: Start, kim: Person) -> None:
    client = await start(made())
    place = await client.create_dm(discord.Object(1001))
    for mentions, pinged in (
        (discord.AllowedMentions.none(), []),
        (discord.AllowedMentions(everyone=False, users=[kim], roles=False), ["1001"]),
        (discord.AllowedMentions.all(), ["1001", "@everyone"]),
    ):
        await place.send("Hi <@1001> and @everyone", allowed_mentions=mentions)
        assert kim.dm.last.pings == pinged


async def test_content_in_servers_is_hidden(api: DiscordApi, start: Start, kim: Person) -> None:
    channel = api.guild(5001, "Friends", kim).channel()
    client = await start(made())
    kim.types("a secret", channel)
    kim.types(f"<@{client.user.id}> help", channel)
    await api.until(lambda: len(client.heard) == 2)
    assert [message.content for message in client.heard] == ["", f"<@{client.user.id}> help"]
    seen = [message.content async for message in client.get_channel(channel.id).history()]
    assert seen == [f"<@{client.user.id}> help", ""]


async def test_private_threads(api: DiscordApi, start: Start, kim: Person) -> None:
    ada = api.user(1002, "Ada")
    channel = api.guild(5001, "Friends", kim, ada).channel()
    client = await start(made())
    thread = await client.get_channel(channel.id).create_thread(name="Us", type=discord.ChannelType.private_thread)
    await thread.add_user(discord.Object(1001))
    await thread.send("Only you")
    assert channel.threads[0].seen_by(kim)[0].text == "Only you"
    with pytest.raises(AssertionError, match="is not in"):
        channel.threads[0].seen_by(ada)
    assert api.violations == []


WRONG_ANSWERS: list[dict[str, Any]] = [
    {"type": 4},
    {"type": 4, "data": {}},
    {"type": 4, "data": {"content": "a", "flags": 128}},
    {"type": 7, "data": {"content": "a"}},
    {"type": 12},
    {"type": 9, "data": {"title": "a" * 46, "custom_id": "a", "components": [row()]}},
    {"type": 9, "data": {"title": "a", "custom_id": "a", "components": []}},
    {"type": 9, "data": {"title": "a", "custom_id": "a", "components": [row(BUTTON)]}},
]


@pytest.mark.parametrize("body", WRONG_ANSWERS)
async def test_wrong_answers_are_refused(api: DiscordApi, start: Start, kim: Person, body: dict[str, Any]) -> None:
    client = await start(made())
    asked = kim.slash("silent")
    await api.until(lambda: client.seen)
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{api.url}/interactions/{asked.id}/{asked.token}/callback", json=body)
    assert answer.status == 400
    assert len(api.violations) == 1
    assert api.unanswered == [asked]


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [
        (Fault.TOO_MANY_SHARED, 429, 0),
        (Fault.BANNED, 429, 0),
        (Fault.SERVER_ERROR, 504, 0),
        (Fault.UNAUTHORIZED, 401, 0),
        (Fault.NOT_FOUND, 404, 0),
        (Fault.BAD_JSON, 200, 1),
        (Fault.LATE, 200, 1),
        (Fault.SLOW, 200, 1),
    ],
)
async def test_what_a_fault_answers(api: DiscordApi, kim: Person, kind: Fault, status: int, kept: int) -> None:
    headers = {"Authorization": f"Bot {api.token}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    address, body = f"{api.url}/channels/{kim.dm.id}/messages", {"content": "a"}
    async with aiohttp.ClientSession(headers=headers) as session:
        api.fault("POST", "/channels/*/messages", kind, status=504, seconds=0.01)
        async with session.post(address, json=body) as answer:
            assert answer.status == status
            assert ("Via" in answer.headers) == (kind not in (Fault.BANNED, Fault.SERVER_ERROR, Fault.BAD_JSON))
            assert (answer.content_type == "text/html") == (kind in (Fault.BANNED, Fault.SERVER_ERROR))
        assert len(kim.dm.messages) == kept
        api.fault("POST", "/channels/*/messages", kind, done=True, seconds=0.01)
        await (await session.post(address, json=body)).read()
    assert len(kim.dm.messages) == kept + 1
    assert api.invalid_requests == 2 * (kind in (Fault.BANNED, Fault.UNAUTHORIZED))
