"""What the maintenance screen shows for what it knows: PIN, list of devices, one device, a card's digits, one
setting, in finished words.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.device_fields import DeviceField, device_fields
from kiosk.failures import words
from kiosk.identity.number import CAN_DIGITS
from screens.maintenance.model import (
    Back,
    Button,
    CanView,
    Choose,
    Clear,
    DeviceInfo,
    DeviceRow,
    DeviceView,
    Digit,
    Discard,
    Done,
    Edit,
    EditView,
    Erase,
    Leave,
    ListView,
    Message,
    OpenDevice,
    OpenPin,
    PinView,
    ReadChip,
    Save,
    SettingRow,
    Shift,
    SkipDigits,
    Step,
    Suspend,
    Test,
    Type,
    View,
)
from screens.maintenance.state import MaintenanceState
from screens.maintenance.wording import LOCAL, device_name, told, why, word

VOLUME_STEP = 5

_LETTER_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", ".:/-_*")


def view_of(state: MaintenanceState, now: datetime, suspended: bool) -> View:
    """What to show. ``now``: aware wall time; ``suspended``: this machine is out of service."""
    leave = Button(word("pin", "leave"), Leave())
    if not state.open:
        return _pin_view(state, leave)
    info = state.info
    if not state.device or info is None:
        return _list_view(state, now, suspended, leave)
    if state.asks_can:
        return _can_view(state, info, leave)
    if state.setting:
        return _edit_view(state, info, leave)
    return _device_view(state, info, now, leave)


def _pin_view(state: MaintenanceState, leave: Button) -> PinView:
    return PinView(
        title=word("pin", "title"),
        prompt=word("pin", "prompt"),
        dots=len(state.pin),
        keys=_number_pad(),
        open=Button(word("pin", "open"), OpenPin(), enabled=bool(state.pin) and not state.pin_busy),
        leave=leave,
        message=state.pin_message,
    )


def _can_view(state: MaintenanceState, info: DeviceInfo, leave: Button) -> CanView:
    return CanView(
        title=device_name(info),
        prompt=word("can", "prompt"),
        note=word("can", "note"),
        boxes=(*state.can, *("" for _ in range(CAN_DIGITS - len(state.can)))),
        keys=_number_pad(),
        read=Button(word("can", "read"), ReadChip(), enabled=len(state.can) == CAN_DIGITS),
        skip=Button(word("can", "skip"), SkipDigits()),
        back=Button(word("can", "back"), Back()),
        leave=leave,
    )


# -- the list --------------------------------------------------------------------------------------------


def _list_view(state: MaintenanceState, now: datetime, suspended: bool, leave: Button) -> ListView:
    title, switch, machine = word("list", "title"), *_machine(state, suspended)
    if state.devices is None:
        loading = Message(word("list", "loading"), "wait")
        return ListView(title, loading, (), leave, switch, machine=machine)
    known = state.devices.devices
    bad = sum(info.failure is not None for info in known)
    summary = (
        Message(word("list", "summary_bad", n=bad), "trouble")
        if bad
        else Message(word("list", "summary_good"), "done")
    )
    centre = None
    if not state.devices.centre_answers:
        centre = Message(word("list", "no_centre"), "trouble")
    rows = tuple(_row(info, now) for info in known)
    return ListView(title, summary, rows, leave, switch, centre, machine)


def _row(info: DeviceInfo, now: datetime) -> DeviceRow:
    condition, trouble = _condition(info, now), info.failure or info.warning
    return DeviceRow(
        Button(device_name(info), OpenDevice(info.key), hint=condition),
        _tone(info),
        condition,
        words()[trouble].staff_remedy if trouble else "",
    )


def _machine(state: MaintenanceState, suspended: bool) -> tuple[Button, Message | None]:
    """The switch that takes this machine out of service, and what is to be said of it."""
    label = word("machine", "resume" if suspended else "suspend")
    switch = Button(label, Suspend(not suspended), enabled=not state.switching, active=suspended)
    said = [word("machine", "suspended")] if suspended else []
    said += [word("machine", "not_kept")] if state.not_kept else []
    return switch, Message(" ".join(said), "wait") if said else None


# -- one device ------------------------------------------------------------------------------------------


def _device_view(state: MaintenanceState, info: DeviceInfo, now: datetime, leave: Button) -> DeviceView:
    idle = not state.busy
    changeable = state.devices is not None and state.devices.centre_answers
    rows = tuple(
        SettingRow(
            word("setting", one.name),
            _shown(one, state.value(one.name)),
            Button(word("device", "change"), Edit(one.name), enabled=idle) if changeable else None,
        )
        for one in device_fields(info.name)
    )
    result = state.result
    if result is None and state.staged:
        result = Message(word("device", "staged"), "wait")
    return DeviceView(
        title=device_name(info),
        tone=_tone(info),
        state=_condition(info, now),
        causes=(*why(info.failure), *why(info.warning)),
        facts=" · ".join(f"{word('fact', key)}: {told(value)}" for key, value in info.facts.items()),
        test=Button(word("device", "test"), Test(), enabled=idle),
        result=result,
        lines=state.lines,
        settings_title=word("device", "settings"),
        settings=rows,
        save=Button(word("device", "save"), Save(), enabled=idle) if state.staged else None,
        discard=Button(word("device", "discard"), Discard(), enabled=idle) if state.staged else None,
        back=Button(word("device", "back"), Back(), enabled=idle),
        leave=leave,
    )


def _condition(info: DeviceInfo, now: datetime) -> str:
    """How a device is, and since when; with the day where that was not today."""
    condition = word("condition", info.condition)
    if info.since is None:
        return condition
    since = info.since.astimezone(LOCAL)
    if since.date() == now.astimezone(LOCAL).date():
        return f"{condition}, {word('list', 'since', time=f'{since:%H:%M}')}"
    day = f"{since.day}/{since.month}"
    return f"{condition}, {word('list', 'since_long', time=f'{since:%H:%M}', day=day)}"


def _tone(info: DeviceInfo) -> str:
    if info.failure is not None:
        return "trouble"
    return "wait" if info.warning is not None or info.condition == "disabled" else "done"


# -- one setting -----------------------------------------------------------------------------------------


def _edit_view(state: MaintenanceState, info: DeviceInfo, leave: Button) -> EditView:
    described = state.described
    choices: tuple[Button, ...] = ()
    steps: tuple[Button, ...] = ()
    keys: tuple[tuple[Button, ...], ...] = ()
    shown = state.typed
    if described.kind in ("switch", "choice"):
        shown = _shown(described, state.typed)
        offered = tuple(str(choice) for choice in described.choices) or ("true", "false")
        choices = tuple(_choice(state, value, word("choice", value)) for value in offered)
    elif described.kind in ("whole", "number"):
        by = VOLUME_STEP if described.name == "volume" else 1
        steps = (Button(word("edit", "less"), Step(-by)), Button(word("edit", "more"), Step(by)))
        keys = _keys(state, "1234567890" + ("." if described.kind == "number" else ""))
    else:
        if described.name == "reader":
            found = [_choice(state, name, name) for name in state.readers]
            choices = (_choice(state, "*", word("choice", "any_reader")), *found)
        keys = _keys(state, *_LETTER_ROWS)
    hint = ""
    if described.least is not None and described.most is not None:
        hint = word("edit", "limits", least=f"{described.least:g}", most=f"{described.most:g}")
    title = word("edit", "title", device=device_name(info), setting=word("setting", described.name))
    done = Button(word("edit", "done"), Done()) if keys else None
    cancel = Button(word("edit", "cancel"), Back())
    return EditView(title, shown, hint, choices, steps, keys, done, cancel, leave)


def _shown(described: DeviceField, value: str) -> str:
    if described.kind in ("switch", "choice"):
        return word("choice", value)
    return value or "–"


def _choice(state: MaintenanceState, value: str, label: str) -> Button:
    return Button(label, Choose(value), active=value == state.typed)


# -- keys ------------------------------------------------------------------------------------------------


def _keys(state: MaintenanceState, *rows: str) -> tuple[tuple[Button, ...], ...]:
    shown = [
        tuple(Button(sign.upper() if state.capitals else sign, Type(sign)) for sign in row) for row in rows
    ]
    erase = Button(word("pin", "erase"), Erase())
    if len(rows) == 1:
        return (shown[0][:5], (*shown[0][5:], erase))
    shift = Button(word("edit", "shift"), Shift(), active=state.capitals)
    space = Button(word("edit", "space"), Type(" "))
    return (*shown[:-2], (shift, *shown[-2], erase), (*shown[-1], space))


def _number_pad() -> tuple[tuple[Button, ...], ...]:
    digits = [Button(digit, Digit(digit)) for digit in "123456789"]
    last = (
        Button(word("pin", "clear"), Clear()),
        Button("0", Digit("0")),
        Button(word("pin", "erase"), Erase()),
    )
    return tuple(digits[:3]), tuple(digits[3:6]), tuple(digits[6:]), last
