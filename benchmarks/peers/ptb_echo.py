"""A bare python-telegram-bot bot, as its documentation shows one: defaults everywhere, no logging, no database."""

import os

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

KEYBOARD = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("I feel lonely", callback_data="urge:name_it:lonely"),
            InlineKeyboardButton("I'm angry", callback_data="urge:name_it:angry"),
        ]
    ]
)


async def urge(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answers a text."""
    await update.message.reply_text("What is it, right now?", reply_markup=KEYBOARD)


async def button(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answers a tap. The documentation: every callback query is answered."""
    query = update.callback_query
    await query.answer()
    await context.bot.send_message(query.message.chat.id, "Here is a reason.", reply_markup=KEYBOARD)


def main() -> None:
    """Runs the bot by long polling, or by webhook if an address is set."""
    api = os.environ["TELEGRAM_API_URL"]
    application = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{api}/bot").build()
    application.add_handler(CommandHandler("urge", urge))
    application.add_handler(CallbackQueryHandler(button))
    if url := os.environ.get("TELEGRAM_WEBHOOK_URL"):
        host, port = os.environ["TELEGRAM_WEBHOOK_LISTEN"].split(":")
        application.run_webhook(host, int(port), url_path="hook", webhook_url=url, secret_token="benchmark")  # noqa: S106
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
