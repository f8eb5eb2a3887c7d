"""A called number as words, so that a voice is never given digits or bare letters to guess at."""

from kiosk.speech.vietnamese import LOUDSPEAKER_TEST, announcement, cardinal, one_by_one, ticket_number

__all__ = ["LOUDSPEAKER_TEST", "announcement", "cardinal", "one_by_one", "ticket_number"]
