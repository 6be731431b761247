"""Column types: a moment is a UTC number, a date is a date, both come back as the core's own types."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy import Date as SqlDate
from sqlalchemy.types import TypeDecorator
from whenever import Date, Instant

NUMBER = Integer().with_variant(BigInteger(), "postgresql")
"""Counts up for as long as the bot lives. SQLite's INTEGER is large enough, and only that counts up by itself."""


class Moment(TypeDecorator[Instant]):
    """An instant as whole milliseconds since 1970 in UTC: orders, indexes and compares alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else value.timestamp(unit="millisecond")

    def process_result_value(self, value: Any, dialect: Dialect) -> Instant | None:
        return None if value is None else Instant.from_timestamp(value, unit="millisecond")


class Day(TypeDecorator[Date]):
    """A local date."""

    impl = SqlDate
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> date | None:
        return None if value is None else value.to_stdlib()

    def process_result_value(self, value: Any, dialect: Dialect) -> Date | None:
        return None if value is None else Date(value)
