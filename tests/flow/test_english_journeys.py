"""A visit in English: everything of the configuration is read in English, and nothing else is stored."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import journey
from journey import CLASSES, SERVICES, Journey

from kiosk.settings import load
from kiosk.visit.effects import IssueTicket, PrintSlip, SendForm
from kiosk.visit.events import LanguageChosen, LobbyNotices, NoticesChanged, ServiceChoice
from screens.citizen.screens import KioskView, present
from screens.locale import catalogue

CONFIGURED = load(journey.CONFIG)
TRANSLATED: tuple[ServiceChoice, ...] = tuple(
    replace(
        one,
        name_in=next((s.name_in for s in CONFIGURED.services if s.name == one.name), {}),
        hint_in={"en": "Births, marriages"} if one.hint else {},
    )
    for one in SERVICES
)
NAMED = tuple(
    replace(one, name_in=next(c.name_in for c in CONFIGURED.queue.priority if c.id == one.id))
    for one in CLASSES
)


class Visitor(Journey):
    """Reads the screens in the language that was chosen."""

    @property
    def view(self) -> KioskView:
        return present(self.state, catalogue("citizen", self.state.comfort.language))

    def chooses(self, language: str) -> Visitor:
        self.happens(LanguageChosen("", language))
        return self

    def answers_all(self) -> Visitor:
        """Each question by its first answer, in whatever language it is asked."""
        while self.view.name == "question":
            screen = self.screen
            if screen.options:
                self.happens(screen.options[0].button.event)
            elif screen.kind == "date":
                self.digits("01022000")
            elif screen.kind == "digits":
                self.digits("2")
            else:
                self.keys(*"mai")
            if not self.screen.proceed.enabled or self.screen.skip is not None:
                self.happens(screen.skip.event)
            else:
                self.happens(self.screen.proceed.event)
        self.expect("check_answers")
        return self

    def at_services(self) -> Visitor:
        self.with_card().services_come(TRANSLATED, NAMED)
        return self

    def at_first_question(self) -> Visitor:
        self.press(self.screen.cards[1].button.label)
        self.number_comes().slip(journey.PrintResult.PRINTED)
        self.happens(self.screen.proceed.event).happens(self.screen.accept.event)
        self.expect("question")
        return self


def is_vietnamese(text: str) -> bool:
    """Whether a text has letters that English does not have."""
    return any(sign in "đĐ" or unicodedata.combining(sign) for sign in unicodedata.normalize("NFD", text))


def test_services_are_read_in_english_with_the_name_that_slip_and_officers_say() -> None:
    card = Visitor().at_services().chooses("en").screen.cards[0]
    assert card.button.label == "Civil status"
    assert card.button.hint == "Hộ tịch · Births, marriages"


def test_a_service_without_translation_stays_vietnamese() -> None:
    untold = replace(TRANSLATED[0], name_in={}, hint_in={})
    visitor = Visitor().at_services().chooses("en").services_come((untold,))
    card = visitor.screen.cards[0]
    assert (card.button.label, card.button.hint) == (untold.name, untold.hint)


def test_languages_without_translations_read_vietnamese() -> None:
    for language in ("tyz", "hmn-Latn", "ium", "mtq"):
        card = Visitor().at_services().chooses(language).screen.cards[0]
        assert (card.button.label, card.button.hint) == ("Hộ tịch", "Khai sinh, kết hôn")


def test_the_voice_says_english_names_only() -> None:
    visitor = Visitor().at_services().chooses("en")
    assert not [said for said in visitor.screen.spoken if "Hộ tịch" in said]
    visitor.press("Civil status").number_comes().slip(journey.PrintResult.PRINTED)
    told = " ".join(visitor.screen.spoken)
    assert "Civil status" in told
    assert "Hộ tịch" not in told


def test_the_number_shows_both_names_and_the_slip_the_vietnamese_one() -> None:
    visitor = Visitor().at_services().chooses("en").press("Civil status").number_comes()
    assert (visitor.screen.service, visitor.screen.service_said) == ("Hộ tịch (Civil status)", "")
    assert visitor.last(IssueTicket).service == "ho-tich"
    assert visitor.last(PrintSlip).ticket.service_name == "Hộ tịch"


def test_long_names_stand_one_beneath_the_other() -> None:
    visitor = Visitor().at_services().chooses("en").press("Certificate of marital status").number_comes()
    names = ("Xác nhận tình trạng hôn nhân", "Certificate of marital status")
    assert (visitor.screen.service, visitor.screen.service_said) == names


def test_forms_are_named_in_english_and_their_service_in_both() -> None:
    visitor = Visitor().chooses("en").press("My forms").expect("my_forms")
    (card,) = visitor.services_come(TRANSLATED, NAMED).screen.forms
    assert card.button.label == "Declaration for a certificate of marital status"
    assert card.state.endswith("Xác nhận tình trạng hôn nhân (Certificate of marital status)")
    assert not [said for said in visitor.screen.spoken if is_vietnamese(said)]


def test_classes_of_priority_are_named_in_english() -> None:
    visitor = Visitor().chooses("en")
    visitor.press("Take a number").services_come(TRANSLATED, NAMED).press("Priority").expect("ask_priority")
    assert [one.label for one in visitor.screen.choices] == [
        "Person with a disability",
        "Person with meritorious services",
    ]


def test_notices_are_read_in_english_where_they_are_translated() -> None:
    told = LobbyNotices(("Mất điện.", "Nghỉ."), None, ({"en": "No electricity."}, {}))
    visitor = Visitor().happens(NoticesChanged(told))
    assert visitor.screen.notices == ("Mất điện.", "Nghỉ.")
    visitor.happens(LanguageChosen("", "en"))
    assert visitor.screen.notices == ("No electricity.", "Nghỉ.")


def test_offer_and_every_question_are_english() -> None:
    visitor = Visitor().at_services().chooses("en").at_first_question()
    asked: list[str] = []
    while visitor.view.name == "question":
        screen = visitor.screen
        asked += [screen.title, screen.hint, *(f"{o.button.label} {o.button.hint}" for o in screen.options)]
        if screen.options:
            visitor.happens(screen.options[-1].button.event).happens(visitor.screen.proceed.event)
        elif screen.skip is not None:
            visitor.happens(screen.skip.event)
        elif screen.kind == "date":
            visitor.digits("01022000").happens(visitor.screen.proceed.event)
        elif screen.kind == "digits":
            digits = "008099004321" if "ID card" in screen.title else "2"
            visitor.digits(digits).happens(visitor.screen.proceed.event)
        else:
            visitor.keys(*"mai").happens(visitor.screen.proceed.event)
        assert visitor.view.name != "question" or visitor.screen.message is None
    assert len(asked) > 30
    assert not [text for text in asked if is_vietnamese(text)]


def test_what_is_stored_is_the_same_whatever_the_language() -> None:
    sent = []
    for language in ("vi", "en", "tyz"):
        visitor = Visitor().at_services().chooses(language).at_first_question().answers_all()
        while visitor.screen.confirm is None:
            visitor.happens(visitor.screen.next_page.event)
        visitor.happens(visitor.screen.confirm.event)
        sent.append(visitor.last(SendForm))
    assert sent[0].form is sent[1].form is sent[2].form
    assert {name: one.value for name, one in sent[0].answers.items()} == {
        name: one.value for name, one in sent[1].answers.items()
    }
    assert sent[0].answers == sent[1].answers == sent[2].answers


def test_the_declaration_is_signed_in_vietnamese_and_its_translation_is_marked() -> None:
    visitor = Visitor().at_services().chooses("en").at_first_question().answers_all()
    while visitor.screen.confirm is None:
        assert (visitor.screen.declaration, visitor.screen.translation) == ("", "")
        visitor.happens(visitor.screen.next_page.event)
    assert visitor.screen.declaration == journey.form().declaration.text
    assert visitor.screen.translation.startswith("English translation, for information: I declare")
    visitor.chooses("vi")
    assert visitor.screen.declaration == journey.form().declaration.text
    assert visitor.screen.translation == ""


def test_another_language_in_the_middle_of_a_form_keeps_question_and_answers() -> None:
    visitor = Visitor().at_services().at_first_question()
    visitor.choose("Cho con tôi").keys(*"mai")
    before = visitor.state.answers
    assert visitor.screen.title == "Họ và tên của người cần giấy?"
    visitor.chooses("en")
    assert visitor.screen.title == "Full name of the person it is for?"
    assert visitor.screen.entry.casefold() == "mai"
    assert visitor.state.answers == before
    visitor.press("Go back")
    assert visitor.screen.title == "Who is the certificate for?"
    assert [one.button.label for one in visitor.screen.options if one.chosen] == ["For my child"]


def test_what_is_wrong_is_told_in_english_with_the_english_name_of_the_other_answer() -> None:
    visitor = Visitor().at_services().chooses("en").at_first_question()
    for label in ("For my child",):
        visitor.press(label).press("Continue")
    visitor.keys(*"mai").press("Continue").digits(journey.HUONG.number).press("Continue").answers_all()
    while visitor.screen.confirm is None:
        visitor.happens(visitor.screen.next_page.event)
    visitor.happens(visitor.screen.confirm.event).expect("check_answers")
    (problem,) = [line.problem for line in visitor.screen.lines if line.problem]
    assert re.fullmatch(r"It must differ from “Personal ID number”\.", problem)
