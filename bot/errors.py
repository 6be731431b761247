"""What an operator can mend."""


class OperatorError(Exception):
    """The bot cannot start or go on. The message is one line: the setting or file, what is wrong, the cure."""
