"""A citizen uses a real kiosk process and leaves, from each of its screens; then prints as JSON what is left
of her.

``during``: which of her words the process held while she was there (all of them should be). ``objects``:
where any is still held after the visits, of all that the garbage collector can reach. ``files``: which files
of the kiosk's folder, its log among them, hold any.

Run as a process of its own: ``python -m tests.screens.forgetting_lobby FOLDER [quiet]``; with ``quiet`` she
walks away instead of ending the visit.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kiosk.dossiers.status import DossierStatus, State
from tests.bench._screen_window import Kiosk

Visit = Callable[[Kiosk, Callable[..., None]], None]

# Written backwards: so they are found only where the program put them.
BACKWARDS = {
    "name": "neyux naux iht mad",
    "number": "954321777100",
    "home": "yab meihgn uht mox",
    "answer": "zvqxw",
    "search": "qzxh hnis iahk",
    "words": "wzxq mahc ehg",
    "dossier": "4567-201162-62h",
}


def words() -> dict[str, str]:
    return {key: text[::-1] for key, text in BACKWARDS.items()}


def main(folder: Path, *, quiet: bool) -> None:
    logging.basicConfig(
        filename=folder / "log", level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s", force=True
    )
    from kiosk.clip_library import SHIPPED, load_clips

    with Kiosk(540, 960, folder, load_clips(SHIPPED)) as kiosk:
        from kivy.clock import Clock

        from screens.citizen import stage

        stage.TOUCH_GUARD_MS, Clock._max_fps = 0, 0
        seen: set[str] = set()
        during: set[str] = set()

        def look(*there: str) -> None:
            """Rest here; where ``there`` was not found yet, look for it."""
            kiosk.rest(0.2)
            seen.update((kiosk.screen, kiosk.key.partition("+")[2]))
            if not during.issuperset(there):  # going through all objects takes long
                during.update(key for key, _ in held())

        for visit in VISITS:
            visit(kiosk, look)
            leave(kiosk, quiet=quiet)
        kiosk.rest(0.5)
        _forget_the_stand_ins(kiosk)
        del look
        gc.unfreeze()
        gc.collect()
        after = sorted({f"{key}: {where}" for key, where in held()})
    logging.shutdown()
    files = sorted({f"{key}: {path.name}" for path in folder.rglob("*") for key in _in_file(path)})
    crashed = "error in the window" in (folder / "log").read_text(encoding="utf-8")
    told = {"during": sorted(during), "objects": after, "files": files, "crashed": crashed}
    print(json.dumps({**told, "screens": sorted(seen)}))


def _forget_the_stand_ins(kiosk: Kiosk) -> None:
    """Centre, reader and printer in memory are other machines."""
    kiosk.lobby.reader.take()
    kiosk.lobby.printer.slips.clear()
    for kept in (kiosk.centre.asked_for, kiosk.centre.tickets, kiosk.centre.keys, kiosk.centre.prints):
        kept.clear()


def held() -> list[tuple[str, str]]:
    """Which of her words are held by what kind of object."""
    wanted = [(key, text.casefold(), text.replace(" ", "").casefold()) for key, text in words().items()]
    found = []
    textual: dict[type, bool] = {}
    everything = gc.get_objects()
    mine = {id(wanted), id(found), id(textual), id(everything), *map(id, wanted)}
    for thing in everything:
        if id(thing) in mine or (type(thing) is dict and thing.keys() == BACKWARDS.keys()):
            continue
        for value in gc.get_referents(thing):
            kind = type(value)  # of weak proxies, too
            if kind not in textual:
                textual[kind] = issubclass(kind, str | bytes | bytearray)
            if not textual[kind]:
                continue
            text = (value if issubclass(kind, str) else bytes(value).decode("utf-8", "ignore")).casefold()
            text = text.replace("\u00a0", " ")  # places' names are held together
            for key, word, together in wanted:
                if word in text or together in text:
                    found.append((key, _named(thing)))
    return found


def _named(thing: object) -> str:
    inside = ""
    if isinstance(thing, dict | tuple | list | set):
        owners = [type(one).__name__ for one in gc.get_referrers(thing) if type(one).__name__ != "frame"]
        inside = " in " + "/".join(sorted(set(owners))[:4])
    return type(thing).__name__ + inside


def _in_file(path: Path) -> list[str]:
    if not path.is_file():
        return []
    text = path.read_bytes().decode("utf-8", "ignore").casefold()
    return [key for key, word in words().items() if word.casefold() in text]


# -- visits ------------------------------------------------------------------------------------------------


def card(kiosk: Kiosk) -> None:
    """Her card is laid down and read."""
    mine = words()
    her = replace(
        kiosk.person, full_name=mine["name"].title(), number=mine["number"], residence=mine["home"].title()
    )
    kiosk.lobby.reader.lay(her)
    del her
    kiosk.until_screen("enter_can")
    kiosk.type(mine["number"][-6:])
    kiosk.press_key("enter_can.proceed")
    kiosk.until_screen("services", "my_forms")


def number(kiosk: Kiosk) -> None:
    """Card and number."""
    card(kiosk)
    kiosk.press("Hôn nhân")
    kiosk.until_screen("ticket")


def first_question(kiosk: Kiosk) -> None:
    """Card, number, form."""
    number(kiosk)
    kiosk.press_key("ticket.form")
    kiosk.until_screen("offer_form")
    kiosk.press_key("offer_form.accept")
    kiosk.until_screen("question")


def card_digits(kiosk: Kiosk, look) -> None:
    """The six digits of her card."""
    kiosk.lobby.reader.lay(replace(kiosk.person, number=words()["number"]))
    kiosk.until_screen("enter_can")
    kiosk.type("00")
    look("number")


def greeted(kiosk: Kiosk, look) -> None:
    """Her name above the services."""
    card(kiosk)
    look("name")


def ticket(kiosk: Kiosk, look) -> None:
    """Her number."""
    number(kiosk)
    look()


def offered(kiosk: Kiosk, look) -> None:
    """The form that goes with it."""
    number(kiosk)
    kiosk.press_key("ticket.form")
    kiosk.until_screen("offer_form")
    look()


def asked(kiosk: Kiosk, look) -> None:
    """A form with an answer typed, and the panels over it."""
    first_question(kiosk)
    kiosk.press("Cho con tôi")
    kiosk.press_key("question.proceed")
    kiosk.until(lambda: kiosk.button("Q") or kiosk.button("q"), "the keyboard")
    kiosk.type(words()["answer"])
    look("answer")
    for panel, close in (("language", "close"), ("comfort", "done"), ("call", "close")):
        kiosk.press_key(f"frame.{panel}")
        kiosk.until(lambda: "+" in kiosk.key, panel)
        look()
        kiosk.press_key(f"frame.{close}")
        kiosk.until(lambda: "+" not in kiosk.key, "the form again")
    kiosk.press_key("question.proceed")
    look()


def panel(name: str) -> Visit:
    """Left with a panel over the form."""

    def visit(kiosk: Kiosk, look) -> None:
        first_question(kiosk)
        kiosk.press_key(f"frame.{name}")
        kiosk.until(lambda: "+" in kiosk.key, name)
        look()

    return visit


def clip(kiosk: Kiosk, look) -> None:
    """The clip of the form that she is offered, which plays over it."""
    offered(kiosk, lambda *_: None)
    kiosk.press_key("clips.of_procedure")
    kiosk.until_screen("clips")
    look()


def checked(kiosk: Kiosk, look) -> None:
    """All she answered and what her card told, page by page."""
    first_question(kiosk)
    answers = ("Cho chính tôi", "Chưa đăng ký kết hôn với ai", "Nơi đang cư trú, đến nay")
    answers += ("Vay vốn ngân hàng", "Chưa, đây là lần đầu", "Đến trung tâm lấy")
    for answer in answers:
        kiosk.press(answer)
        kiosk.press_key("question.proceed")
    kiosk.press("2")
    kiosk.press_key("question.proceed")
    kiosk.press_key("question.skip")
    kiosk.until_screen("check_answers")
    look("home")
    while kiosk.button(kiosk.words("check_answers.confirm")) is None:
        before = kiosk.key
        kiosk.press_key("check_answers.next_page")
        kiosk.until(lambda before=before: kiosk.key != before, "the next page")
        look()


def sent(kiosk: Kiosk, look) -> None:
    """The form is at the centre."""
    checked(kiosk, lambda *_: None)
    kiosk.press_key("check_answers.confirm")
    kiosk.until_screen("form_done")
    look()


def giving_back(kiosk: Kiosk, look) -> None:
    """She thinks of giving her number back."""
    number(kiosk)
    kiosk.press_key("ticket.give_back")
    kiosk.until_screen("give_back")
    look()


def given_back(kiosk: Kiosk, look) -> None:
    """She has given it back."""
    giving_back(kiosk, lambda *_: None)
    kiosk.press_key("give_back.give")
    kiosk.until_screen("services")
    look()


def forms(kiosk: Kiosk, look) -> None:
    """Her card is laid down at the list of forms."""
    kiosk.press_key("start.forms")
    kiosk.until_screen("my_forms")
    card(kiosk)
    kiosk.until_screen("my_forms")
    look()


def searching(kiosk: Kiosk, look) -> None:
    """What she needs, in words of her own."""
    kiosk.press_key("start.find")
    for sign in words()["search"]:
        kiosk.press(sign if sign != " " else kiosk.words("question.space"))
    look("search")


def procedure(kiosk: Kiosk, look) -> None:
    """What was found with them, and its sheet in paper."""
    searching(kiosk, lambda *_: None)
    kiosk.until(lambda: kiosk.lobby.state.screen.hits, "what fits")

    def press_first() -> None:
        hits = getattr(kiosk.lobby.state.screen, "hits", ())
        first = kiosk.button(hits[0].procedure.shown) if hits else None
        if first is not None:
            first.press()
        kiosk.rest(0.2)

    while kiosk.screen != "procedure":  # while results still come, the first is not the first any more
        press_first()
    look()
    before = len(kiosk.lobby.printer.slips)
    kiosk.press_key("procedure.print")
    kiosk.until(lambda: len(kiosk.lobby.printer.slips) > before, "the sheet")
    look()


def rating(kiosk: Kiosk, look) -> None:
    """What she thinks."""
    kiosk.press_key("start.rate")
    kiosk.until_screen("rate")
    look()
    next(one for one in kiosk.app.root.in_order() if getattr(one, "face", 0) == 2).press()
    kiosk.press_key("rate.write")
    kiosk.until(lambda: kiosk.button("Q") or kiosk.button("q"), "the keyboard")
    for sign in words()["words"]:
        kiosk.press(kiosk.words("question.space")) if sign == " " else kiosk.type(sign)
    look("words")
    kiosk.press_key("rate.send")
    kiosk.until(lambda: kiosk.button(kiosk.words("rate.done")), "thanks")
    look()


def dossier(kiosk: Kiosk, look) -> None:
    """The code of what she handed in."""
    kiosk.press_key("start.dossier")
    kiosk.until_screen("my_dossier")
    code = words()["dossier"].upper()
    for sign in code:
        kiosk.press(sign)
    look("dossier")
    del code
    as_of = datetime.now(UTC)
    kiosk.centre.dossier = DossierStatus("", State.FINISHED, as_of.date(), "Khai sinh", as_of, "tỉnh")
    kiosk.press_key("my_dossier.proceed")
    kiosk.until(lambda: kiosk.lobby.state.screen.status is not None, "how far it is")
    look("dossier")


def leave(kiosk: Kiosk, *, quiet: bool) -> None:
    """End the visit, or walk away."""
    from kiosk.visit.events import Tick

    kiosk.lobby.reader.take()
    if quiet:
        for seconds in (65, 31):
            kiosk.lobby.process.dispatch(Tick(datetime.now(UTC), seconds))
            kiosk.rest(0.2)
    ways = [kiosk.words(key) for key in WAYS_OUT]
    for _ in range(8):
        kiosk.rest(0.2)
        if kiosk.screen == "start":
            return
        way = next((one for one in ways if kiosk.button(one) is not None), None)
        if way is not None:
            kiosk.press(way)
    kiosk.until_screen("start")


WAYS_OUT = (
    "question.leave",
    "offer_form.refuse",
    "check_answers.leave",
    "form_done.finish",
    "give_back.keep",
    "clips.stop",
    "ticket.done",
    "rate.done",
    "frame.finish",
    "frame.close",
    "frame.done",
    "frame.back",
)
VISITS: tuple[Visit, ...] = (
    card_digits,
    greeted,
    ticket,
    offered,
    asked,
    panel("language"),
    panel("comfort"),
    panel("call"),
    clip,
    checked,
    sent,
    giving_back,
    given_back,
    forms,
    searching,
    procedure,
    rating,
    dossier,
)
"""Each ends on another screen, from which she leaves."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), quiet="quiet" in sys.argv[2:])
