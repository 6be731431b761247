"""A bare aiogram 3 bot, as its documentation shows one: defaults everywhere, no logging, no database."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

SECRET = "benchmark"  # noqa: S105
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="I feel lonely", callback_data="urge:name_it:lonely"),
            InlineKeyboardButton(text="I'm angry", callback_data="urge:name_it:angry"),
        ]
    ]
)
dispatcher = Dispatcher()


@dispatcher.message(Command("urge"))
async def urge(message: Message) -> None:
    """Answers a text."""
    await message.answer("What is it, right now?", reply_markup=KEYBOARD)


@dispatcher.callback_query()
async def button(query: CallbackQuery) -> None:
    """Answers a tap. The documentation: every callback query is answered."""
    await query.answer()
    await query.message.answer("Here is a reason.", reply_markup=KEYBOARD)


async def set_webhook(bot: Bot) -> None:
    """Tells Telegram where updates go."""
    await bot.set_webhook(os.environ["TELEGRAM_WEBHOOK_URL"], secret_token=SECRET)


def main() -> None:
    """Runs the bot by long polling, or by webhook if an address is set."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"]))
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], session=session)
    if "TELEGRAM_WEBHOOK_URL" not in os.environ:
        asyncio.run(dispatcher.start_polling(bot))
        return
    dispatcher.startup.register(set_webhook)
    host, port = os.environ["TELEGRAM_WEBHOOK_LISTEN"].split(":")
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, path="/hook")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host=host, port=int(port))


if __name__ == "__main__":
    main()
