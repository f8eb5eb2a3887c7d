"""One procedure: what to bring, how long, the fee, and the way to its counter."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.procedures.procedure import Aspect, Online, Procedure
from kiosk.visit.events import Back, PageTapped, PrintResult, PrintSheetTapped, ServiceChoice, ServiceTapped
from kiosk.visit.states import ProcedureShown, VisitState
from screens.citizen.clips.presenter import clip_button
from screens.citizen.parts import Button, Message, wait_text
from screens.locale import Words

# So many letters fit one page, by the size of the letters; a heading or a new line costs as much as a line.
ROOM = (500, 360, 260)
LINE = 34


@dataclass(frozen=True)
class Part:
    """A heading and its lines. ``listed``: things to bring, one each."""

    heading: str
    lines: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True)
class ProcedureView:
    """``parts`` are those of this page; ``number`` takes the number of its service.

    ``url`` becomes a QR on the last page. ``progress`` such as “Trang 1 trong 2”, empty when there is one.
    """

    title: str
    code: str
    parts: tuple[Part, ...]
    progress: str
    url: str
    url_hint: str
    number: Button | None
    sheet: Button | None
    following: Button | None
    clip: Button | None
    message: Message | None
    back: Button
    spoken: tuple[str, ...] = ()


def procedure_view(state: VisitState, screen: ProcedureShown, words: Words) -> ProcedureView:
    """A page of the procedure."""
    at = state.key
    procedure = screen.found.procedure
    parts = parts_of(procedure, words)
    pages = paged(parts, ROOM[state.comfort.text_size])
    page = min(screen.page, len(pages) - 1)
    last = page == len(pages) - 1
    shown = pages[page]
    title = procedure.short or procedure.name
    message = _message(screen, words)
    return ProcedureView(
        title=title,
        code=words("procedure.code", code=procedure.code, field=procedure.field),
        parts=shown,
        progress=words("procedure.page", n=page + 1, total=len(pages)) if len(pages) > 1 else "",
        url=procedure.url if last else "",
        url_hint=words("procedure.url_hint") if last and procedure.url else "",
        number=_number(state, screen, words),
        sheet=_sheet(screen, at, words),
        following=None if last else Button(words("procedure.following"), PageTapped(at, page + 1)),
        clip=clip_button(state, procedure.code, words),
        message=message,
        back=Button(words("frame.back"), Back(at)),
        spoken=(
            f"{title}.",
            *(_said(part) for part in shown),
            *((message.text,) if message is not None else ()),
        ),
    )


def parts_of(procedure: Procedure, words: Words) -> tuple[Part, ...]:
    """Everything that is known, in the order in which people ask; what nobody checked says so."""
    ask = words("procedure.ask")

    def told(heading: str, text: str, aspect: Aspect) -> Part:
        checked = procedure.is_checked(aspect) and bool(text)
        return Part(words(heading), tuple(filter(None, (text, "" if checked else ask))))

    bring = procedure.bring or (ask,)
    parts = (
        Part(words("procedure.bring"), bring, listed=bool(procedure.bring)),
        told("procedure.time", procedure.time_text, Aspect.TIME),
        told("procedure.fee", " ".join(filter(None, (procedure.fee_text, procedure.exemptions))), Aspect.FEE),
        Part(words("procedure.how"), _how(procedure, words)),
        Part(words("procedure.notes"), procedure.notes),
        Part(words("procedure.validity"), _validity(procedure, words)),
    )
    return tuple(part for part in parts if part.lines)


def _how(procedure: Procedure, words: Words) -> tuple[str, ...]:
    online = {
        Online.FULL: words("procedure.online_full"),
        Online.PARTIAL: words("procedure.online_partial"),
        Online.NONE: words("procedure.online_none"),
        Online.UNKNOWN: "",
    }[procedure.online]
    presence = {
        True: words("procedure.in_person"),
        False: words("procedure.not_in_person"),
        None: "",
    }[procedure.in_person]
    return tuple(filter(None, (procedure.place, presence, online)))


def _validity(procedure: Procedure, words: Words) -> tuple[str, ...]:
    lines = []
    if procedure.valid_from is not None:
        lines.append(words("procedure.valid_from", date=f"{procedure.valid_from:%d/%m/%Y}"))
    if procedure.valid_to is not None:
        lines.append(words("procedure.valid_to", date=f"{procedure.valid_to:%d/%m/%Y}"))
    if procedure.source:
        lines.append(words("procedure.source", source=procedure.source))
    if procedure.stale:
        lines.append(procedure.stale)
    return tuple(lines)


def paged(parts: tuple[Part, ...], room: int) -> tuple[tuple[Part, ...], ...]:
    """The parts on pages of about ``room`` letters; a part that is longer goes on on the next page."""
    pages: list[list[Part]] = [[]]
    left = room
    for part in parts:
        open_part: list[str] = []
        for line in (piece for text in part.lines for piece in _pieces(text, room - 2 * LINE)):
            cost = _cost(line) + (0 if open_part else LINE)
            if cost > left and (pages[-1] or open_part):
                if open_part:
                    pages[-1].append(Part(part.heading, tuple(open_part), part.listed))
                pages.append([])
                open_part, left, cost = [], room, _cost(line) + LINE
            open_part.append(line)
            left -= cost
        if open_part:
            pages[-1].append(Part(part.heading, tuple(open_part), part.listed))
    return tuple(tuple(page) for page in pages)


def _cost(line: str) -> int:
    return -(-len(line) // LINE) * LINE


def _pieces(text: str, most: int) -> list[str]:
    """A text cut between words where it is longer than a page."""
    pieces: list[str] = []
    piece = ""
    for word in text.split(" "):
        if piece and len(piece) + 1 + len(word) > most:
            pieces.append(piece)
            piece = word
        else:
            piece = f"{piece} {word}" if piece else word
    return [*pieces, piece]


def _number(state: VisitState, screen: ProcedureShown, words: Words) -> Button | None:
    service = _service(state, screen)
    if service is None:
        return None
    held = state.held(service.id)
    event = ServiceTapped(state.key, service.id)
    if held is not None:
        return Button(words("procedure.to_ticket", number=held.ticket.number), event)
    if not service.open:
        return Button(words("procedure.closed"), event)
    wait = wait_text(service.wait, words)
    hint = words("procedure.number_wait", wait=wait) if wait else ""
    return Button(words("procedure.number"), event, hint=hint)


def _service(state: VisitState, screen: ProcedureShown) -> ServiceChoice | None:
    return next((one for one in state.services or () if one.id == screen.found.service), None)


def _sheet(screen: ProcedureShown, at: str, words: Words) -> Button | None:
    label = words("procedure.printing") if screen.printing else words("procedure.print")
    return Button(label, PrintSheetTapped(at), enabled=not screen.printing)


def _message(screen: ProcedureShown, words: Words) -> Message | None:
    match screen.printed:
        case PrintResult.PRINTED:
            return Message(words("procedure.printed"), "done")
        case None:
            return None
        case _:
            told = words.failures()[screen.print_failure] if screen.print_failure else None
            if told is None or not told.citizen_what:
                return Message(words("procedure.not_printed"), "wait")
            return Message(f"{told.citizen_what} {words('procedure.not_printed_do')}", "wait")


def _said(part: Part) -> str:
    return f"{part.heading}: {'; '.join(line.rstrip('.;') for line in part.lines)}."
