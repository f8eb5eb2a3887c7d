"""The lobby's loudspeaker."""

from devices.speaker.driver import Announcement, Speaker, SpeakOutcome

__all__ = ["Announcement", "SpeakOutcome", "Speaker"]
