"""A citizen uses a real kiosk process and leaves; then prints as JSON what is left of her.

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
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bench._screen_window import Kiosk

# Written backwards: so they are found only where the program put them.
BACKWARDS = {
    "name": "neyux naux iht mad",
    "number": "954321777100",
    "home": "yab meihgn uht mox",
    "answer": "zvqxw",
    "search": "qzxh nihs iahk",
    "words": "wzxq mahc ehg",
    "dossier": "7654-777777-62h",
}


def words() -> dict[str, str]:
    return {key: text[::-1] for key, text in BACKWARDS.items()}


def main(folder: Path, *, quiet: bool) -> None:
    logging.basicConfig(
        filename=folder / "log", level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s", force=True
    )
    with Kiosk(540, 960, folder) as kiosk:
        from kivy.clock import Clock

        from screens.citizen import stage

        stage.TOUCH_GUARD_MS, Clock._max_fps = 0, 0
        seen: set[str] = set()
        during: set[str] = set()

        def look() -> None:
            kiosk.rest(0.2)
            seen.add(kiosk.screen)
            during.update(key for key, _ in held())

        for visit in (with_card, searching, rating, dossier):
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
    everything = gc.get_objects()
    mine = {id(wanted), id(found), id(everything), *map(id, wanted)}
    for thing in everything:
        if id(thing) in mine or (type(thing) is dict and thing.keys() == BACKWARDS.keys()):
            continue
        for value in gc.get_referents(thing):
            kind = type(value)  # of weak proxies, too
            if issubclass(kind, bytes | bytearray):
                text = bytes(value).decode("utf-8", "ignore").casefold()
            elif issubclass(kind, str):
                text = value.casefold()
            else:
                continue
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


def with_card(kiosk: Kiosk, look) -> None:
    """Card, number, form with an answer typed."""
    mine = words()
    her = replace(
        kiosk.person, full_name=mine["name"].title(), number=mine["number"], residence=mine["home"].title()
    )
    kiosk.lobby.reader.lay(her)
    del her
    kiosk.until_screen("enter_can")
    look()
    kiosk.type(mine["number"][-6:])
    kiosk.press_key("enter_can.proceed")
    kiosk.until_screen("services")
    look()
    kiosk.press("Hôn nhân")
    kiosk.until_screen("ticket")
    look()
    kiosk.press_key("ticket.form")
    kiosk.until_screen("offer_form")
    look()
    kiosk.press_key("offer_form.accept")
    kiosk.until_screen("question")
    kiosk.press("Cho con tôi")
    kiosk.press_key("question.proceed")
    kiosk.until(lambda: kiosk.button("Q") or kiosk.button("q"), "the keyboard")
    kiosk.type(mine["answer"])
    look()
    kiosk.press_key("question.proceed")
    look()


def searching(kiosk: Kiosk, look) -> None:
    """What she needs, and then something that nobody offers."""
    kiosk.press_key("start.find")
    for sign in words()["search"]:
        kiosk.press(sign if sign != " " else kiosk.words("question.space"))
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
    look()
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
    look()


def leave(kiosk: Kiosk, *, quiet: bool) -> None:
    """End the visit, or walk away."""
    from kiosk.visit.events import Tick

    kiosk.lobby.reader.take()
    if quiet:
        for seconds in (65, 31):
            kiosk.lobby.process.dispatch(Tick(datetime.now(UTC), seconds))
            kiosk.rest(0.2)
    ways = [kiosk.words(key) for key in ("question.leave", "ticket.done", "rate.done", "frame.back")]
    for _ in range(6):
        kiosk.rest(0.2)
        if kiosk.screen == "start":
            return
        way = next((one for one in ways if kiosk.button(one) is not None), None)
        if way is not None:
            kiosk.press(way)
    kiosk.until_screen("start")


if __name__ == "__main__":
    main(Path(sys.argv[1]), quiet="quiet" in sys.argv[2:])
