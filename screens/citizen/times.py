"""Times of day and days as the citizen reads and hears them."""

from __future__ import annotations

from datetime import datetime, timedelta

from screens.locale import Words

_WEEK = timedelta(days=6)


def time_text(time: datetime, words: Words) -> str:
    """“13 giờ 30”, “8 giờ”."""
    if time.minute:
        return words("services.time", hour=time.hour, minute=f"{time.minute:02d}")
    return words("services.time_full_hour", hour=time.hour)


def opens_text(opens: datetime | None, now: datetime, words: Words) -> str:
    """“Mở lại lúc 13 giờ 30”, “Mở lại 7 giờ 30 thứ hai”; empty when nobody knows."""
    if opens is None:
        return ""
    time = time_text(opens, words)
    if opens.date() == now.date():
        return words("services.opens_today", time=time)
    if opens.date() - now.date() > _WEEK:
        return words("services.opens_on", date=f"{opens.day}/{opens.month}", time=time)
    return words("services.opens_later", day=words.lines("services.days")[opens.weekday()], time=time)


def sentences(*texts: str) -> str:
    """Texts as sentences one after the other, each with its full stop; empty ones are left out."""
    return " ".join(
        text if text.endswith((".", "!", "?", "…", ":")) else f"{text}." for text in texts if text
    )
