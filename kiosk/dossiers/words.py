"""How systems of offices call the columns and states of a dossier; compared without marks and case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kiosk.dossiers.status import State
from kiosk.procedures.folding import fold, words

_Meant = TypeVar("_Meant", bound=str)
CODE, STATE, DUE, PROCEDURE = "code", "state", "due", "procedure"
_COLUMNS = {
    CODE: """
        mã hồ sơ; mã số hồ sơ; số hồ sơ; mã hs; số hs; mã biên nhận; số biên nhận; mã số biên nhận; mã hồ
        sơ tthc; code; dossier code; dossier; dossier id; file code; application code
    """,
    STATE: """
        trạng thái; tình trạng; trạng thái hồ sơ; tình trạng hồ sơ; trạng thái xử lý; tình trạng xử lý;
        trạng thái xử lý hồ sơ; tình trạng giải quyết; status; state; dossier status
    """,
    DUE: """
        ngày hẹn trả; ngày hẹn trả kết quả; ngày hẹn trả kq; hẹn trả; hẹn trả kết quả; ngày hẹn; hạn trả
        kết quả; hạn xử lý; hạn giải quyết; thời hạn giải quyết; ngày hết hạn; ngày trả kết quả dự kiến;
        hạn trả; due; due date; appointment date; deadline
    """,
    PROCEDURE: """
        thủ tục; tên thủ tục; thủ tục hành chính; tên thủ tục hành chính; tên tthc; tthc; procedure;
        procedure name
    """,
}
_STATES = {
    State.REGISTERED: """
        mới đăng ký; mới nộp; đã nộp; hồ sơ mới; mới; chờ tiếp nhận; chờ tiếp nhận hồ sơ; registered;
        submitted; new
    """,
    State.RECEIVED: """
        được tiếp nhận; đã tiếp nhận; tiếp nhận; mới tiếp nhận; đã tiếp nhận hồ sơ; received; accepted
    """,
    State.NOT_ACCEPTED: """
        không được tiếp nhận; không tiếp nhận; từ chối tiếp nhận; bị từ chối tiếp nhận; not accepted;
        not_accepted; rejected
    """,
    State.PROCESSING: """
        đang xử lý; đang giải quyết; đang thụ lý; chờ xử lý; chờ giải quyết; đang thẩm định; chờ phê
        duyệt; đang xử lý hồ sơ; processing; in progress
    """,
    State.SUPPLEMENT: """
        yêu cầu bổ sung giấy tờ; yêu cầu bổ sung; yêu cầu bổ sung hồ sơ; chờ bổ sung; chờ bổ sung hồ sơ;
        chờ bổ sung giấy tờ; cần bổ sung; cần bổ sung hồ sơ; cần bổ sung giấy tờ; tạm dừng chờ bổ sung;
        supplement; more papers needed; supplement requested
    """,
    State.PAYMENT: """
        yêu cầu thực hiện nghĩa vụ tài chính; chờ thực hiện nghĩa vụ tài chính; thực hiện nghĩa vụ tài
        chính; nghĩa vụ tài chính; chờ nghĩa vụ tài chính; chờ thanh toán; chờ nộp phí; chờ nộp phí lệ
        phí; chờ nộp thuế; payment; payment needed
    """,
    State.WITHDRAWN: """
        công dân yêu cầu rút hồ sơ; công dân rút hồ sơ; yêu cầu rút hồ sơ; xin rút hồ sơ; rút hồ sơ; đã
        rút; đã rút hồ sơ; withdrawn
    """,
    State.STOPPED: """
        dừng xử lý; đã dừng xử lý; dừng giải quyết; dừng xử lý hồ sơ; stopped
    """,
    State.FINISHED: """
        đã xử lý xong; xử lý xong; đã xử lý; đã giải quyết; đã giải quyết xong; giải quyết xong; đã có kết
        quả; có kết quả; chờ trả kết quả; chưa trả kết quả; đã xử lý xong chờ trả kết quả; đã xử lý xong
        chưa trả kết quả; finished; result ready; awaiting collection
    """,
    State.RETURNED: """
        đã trả kết quả; đã trả; đã trả kết quả cho công dân; đã nhận kết quả; đã giao kết quả; returned;
        result returned; result handed over
    """,
}
_UNCLEAR = "hoàn thành; đã hoàn thành; kết thúc; đã kết thúc; hoàn tất; completed; done; closed"
_AFTER = (
    "trong hạn",
    "quá hạn",
    "trễ hạn",
    "đúng hạn",
    "trước hạn",
    "sớm hạn",
    "chưa đến hạn",
    "trễ hẹn",
    "đúng hẹn",
)
"""What systems write behind a state; whether a dossier is late is judged by its due date alone."""


def plain(text: str) -> str:
    """The words of a text without case, marks and signs: *Ngày hẹn trả (KQ)* → *ngay hen tra kq*."""
    return " ".join(words(fold(text)))


@dataclass(frozen=True)
class Column:
    """What a column holds; the lower its ``rank``, the surer its name says so."""

    holds: str
    rank: int


def _named(named: Mapping[_Meant, str]) -> Iterator[tuple[str, _Meant, int]]:
    for meant, names in named.items():
        for rank, name in enumerate(names.split(";")):
            yield plain(name), meant, rank


_BY_COLUMN = {name: Column(holds, rank) for name, holds, rank in _named(_COLUMNS)}
_BY_STATE = {name: meant for name, meant, _ in _named(_STATES)}
_ENDS = tuple(f" {plain(end)}" for end in _AFTER)
_ARE_UNCLEAR = frozenset(plain(name) for name in _UNCLEAR.split(";"))


def column_of(header: str) -> Column | None:
    """What a column of this name holds, if it is one of the four that are read."""
    return _BY_COLUMN.get(plain(header))


def state_of(text: str) -> State | None:
    """The state that is called so, if any is."""
    name = plain(text)
    for end in _ENDS:
        name = name.removesuffix(end)
    return _BY_STATE.get(name)


def is_unclear(text: str) -> bool:
    """Whether it may mean that the work is done as well as that the result was handed over."""
    return plain(text) in _ARE_UNCLEAR
