"""Numbers and texts as words, so that a voice is never given digits or bare letters to guess at."""

from kiosk.speech.spoken import spoken
from kiosk.speech.vietnamese import LOUDSPEAKER_TEST, announcement, cardinal, one_by_one, ticket_number

__all__ = ["LOUDSPEAKER_TEST", "announcement", "cardinal", "one_by_one", "spoken", "ticket_number"]
