"""What is said of a screen whose presenter does not say it itself: sentence by sentence, in reading order.

In a lobby others listen. What a citizen typed or what the card told is said only into headphones.
"""

from __future__ import annotations

from screens.citizen.ask_priority.presenter import AskPriorityView
from screens.citizen.check_answers.presenter import CheckAnswersView
from screens.citizen.enter_can.presenter import EnterCanView
from screens.citizen.form_done.presenter import FormDoneView
from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.citizen.offer_form.presenter import OfferFormView
from screens.citizen.parts import Button, Message
from screens.citizen.problem.presenter import ProblemView
from screens.citizen.question.presenter import QuestionView
from screens.citizen.reading.presenter import ReadingView


def narration(view: object, *, private: bool = False) -> tuple[str, ...]:
    """The sentences; ``private``: nobody else hears them. Empty for a view that has none."""
    return tuple(_sentence(part) for part in _parts(view, private=private) if part.strip())


def _parts(view: object, *, private: bool) -> list[str]:  # noqa: PLR0911 - one case a view
    match view:
        case EnterCanView():
            return [_text(view.message), view.title, view.hint, view.scan_hint, *view.notice]
        case ReadingView():
            return [view.title, view.keep_still]
        case AskPriorityView():
            return [view.title, view.service, view.hint, *_labels(*view.choices, view.none)]
        case OfferFormView():
            notice = [f"{line.heading}: {line.text}" for line in view.notice]
            return [view.title, view.lead, *notice, view.consent, *_labels(view.accept, view.refuse)]
        case QuestionView():
            options = _labels(*(option.button for option in view.options), view.more)
            return [view.progress, _text(view.message), view.title, view.hint, *options]
        case CheckAnswersView():
            lines = [f"{line.label}: {line.value}" for line in view.lines] if private else []
            ways = _labels(view.confirm, view.next_page)
            return [view.title, view.page, _text(view.message), *lines, view.declaration, *ways]
        case FormDoneView():
            return [view.title, *view.steps, _text(view.card_reminder), view.wiped]
        case ProblemView():
            return [view.title, view.what_to_do, view.kept, *_labels(view.primary, *view.others)]
        case IdleWarningView():
            return [view.title, view.text, *_labels(view.stay)]
        case _:
            return []


def _labels(*buttons: Button | None) -> list[str]:
    return [button.label for button in buttons if button is not None and button.enabled]


def _text(message: Message | None) -> str:
    return "" if message is None else message.text


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!", "…", ":")) else f"{text}."
