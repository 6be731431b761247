"""A broadcast with python-telegram-bot's AIORateLimiter, in the two usual forms: everything gathered, or one loop.

It has the limiter's defaults but for `max_retries`: with none at all, each message that meets a 429 is lost.
"""

import asyncio
import os
import sys
import time

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, Application, CommandHandler, ContextTypes

FIRST_PERSON = 1_000_001
FORM, PEOPLE, AT = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("I feel lonely", callback_data="urge:name_it:lonely")]])


async def urge(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answers the button."""
    await update.message.reply_text("What is it, right now?", reply_markup=KEYBOARD)


async def check_in(application: Application, chat: int) -> None:
    """One message of the broadcast."""
    try:
        await application.bot.send_message(chat, "Good morning. How are you today?", reply_markup=KEYBOARD)
    except TelegramError as error:
        print(f"lost: {error}", file=sys.stderr)


async def broadcast(application: Application) -> None:
    """Everybody, at the moment that was given."""
    await asyncio.sleep(AT - time.time())
    chats = range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
    if FORM == "gather":
        await asyncio.gather(*(check_in(application, chat) for chat in chats))
    else:
        for chat in chats:
            await check_in(application, chat)


async def begin(application: Application) -> None:
    """Begins the broadcast beside the updates."""
    application.bot_data["broadcast"] = asyncio.create_task(broadcast(application))


def main() -> None:
    """Runs the bot by long polling."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot").rate_limiter(AIORateLimiter(max_retries=5))
    application = builder.concurrent_updates(True).post_init(begin).build()
    application.add_handler(CommandHandler("urge", urge))
    application.run_polling()


if __name__ == "__main__":
    main()
