"""What is said when a screen changes under the hand: answers to what the person did, and nothing else.

Each screen is said once when it comes (``spoken`` of its view-model). Later only sentences that were not
there before are said: an error, what was found, that the slip came out, what a press has chosen. What changes
by the clock says nothing: waits, hours, the countdown.
"""

from __future__ import annotations

from kiosk.speech.news import News
from screens.citizen.enter_can.presenter import EnterCanView
from screens.citizen.find_clips.presenter import FindClipsView
from screens.citizen.find_procedure.presenter import FindProcedureView
from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.citizen.parts import Message
from screens.citizen.services.presenter import ServicesView, card_spoken
from screens.citizen.start.presenter import StartView


def news(view: object) -> tuple[News, ...]:
    """The sentences of a view-model whose coming is said."""
    spoken: tuple[str, ...] = getattr(view, "spoken", ())
    match view:
        case StartView() | IdleWarningView():
            return ()
        case ServicesView():
            return (
                *_message(view.message),
                *(News(card_spoken(card), about=card.button.label) for card in view.cards),
            )
        case EnterCanView():  # each digit is counted
            told = _message(view.message)
            return (*told, *(News(text, typing=True) for text in spoken if News(text) not in told))
        case FindProcedureView() | FindClipsView():
            return tuple(News(text, typing=True) for text in spoken)
        case _:
            return tuple(News(text) for text in spoken)


def _message(message: Message | None) -> tuple[News, ...]:
    return () if message is None else (News(message.text.strip()),)
