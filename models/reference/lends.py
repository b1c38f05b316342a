"""What reference data lends to application types: the working calendars of the vendor."""

from models.engines.definitions.registry import lend_calendars
from models.reference.calendars import calendar_book

lend_calendars(calendar_book)
