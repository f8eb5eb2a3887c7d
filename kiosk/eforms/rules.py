"""What is wrong with an answer or with a form. Codes, not words: the words stand in the catalogue under the
code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.eforms.answers import Answer, Value, holds
from kiosk.eforms.definition import Field, FieldType, FormDefinition, Rule, RuleKind

LONGEST_TEXT = 200
OLDEST_DATE = date(1900, 1, 1)

_ID12 = re.compile(r"[0-9]{12}")
_IDNO = re.compile(r"[A-Z0-9]{6,15}")
_PHONE = re.compile(r"0[0-9]{9}")
_INT = re.compile(r"[0-9]{1,6}")


class ProblemCode(StrEnum):
    """Why an answer cannot stay as it is."""

    MISSING = "missing"
    NOT_A_NAME = "not_a_name"
    NOT_A_DATE = "not_a_date"
    DATE_IN_FUTURE = "date_in_future"
    DATE_TOO_OLD = "date_too_old"
    NOT_TWELVE_DIGITS = "not_twelve_digits"
    NOT_AN_ID_NUMBER = "not_an_id_number"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_NUMBER = "not_a_number"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    NO_SUCH_OPTION = "no_such_option"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_UNREADABLE = "text_unreadable"
    NOT_DECLARED = "not_declared"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    NOT_BEFORE = "not_before"
    SAME = "same"
    DIFFERENT = "different"
    NONE_GIVEN = "none_given"


@dataclass(frozen=True)
class Problem:
    """One thing to put right. ``other`` is a second field concerned, or a limit such as ``20``."""

    field: str
    code: ProblemCode
    other: str = ""


def check_value(made: Field, value: Value, today: date | None = None) -> Problem | None:
    """What is wrong with one value by itself, or None. An empty value is wrong only where one is required.

    Without ``today`` nothing is compared with the present day.
    """
    if value is None or value == "":
        return Problem(made.id, ProblemCode.MISSING) if made.required else None
    if made.type is FieldType.BOOL:
        if not isinstance(value, bool):
            return Problem(made.id, ProblemCode.WRONG_TYPE)
        return Problem(made.id, ProblemCode.NOT_DECLARED) if made.must_be_true and not value else None
    if isinstance(value, bool):
        return Problem(made.id, ProblemCode.WRONG_TYPE)
    code, other = _check_text(made, value, today)
    return None if code is None else Problem(made.id, code, other)


def _check_text(made: Field, text: str, today: date | None) -> tuple[ProblemCode | None, str]:
    if len(text) > LONGEST_TEXT:
        return ProblemCode.TEXT_TOO_LONG, str(LONGEST_TEXT)
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in text):
        return ProblemCode.TEXT_UNREADABLE, ""
    code: ProblemCode | None = None
    other = ""
    match made.type:
        case FieldType.NAME:
            code = None if is_name(text) else ProblemCode.NOT_A_NAME
        case FieldType.DATE:
            code = _check_date(made, text, today)
        case FieldType.ID12:
            code = None if _ID12.fullmatch(text) else ProblemCode.NOT_TWELVE_DIGITS
        case FieldType.IDNO:
            code = None if _IDNO.fullmatch(text) else ProblemCode.NOT_AN_ID_NUMBER
        case FieldType.PHONE:
            code = None if _PHONE.fullmatch(text) else ProblemCode.NOT_A_PHONE
        case FieldType.INT:
            code, other = _check_int(made, text)
        case FieldType.ENUM:
            if text not in {option.value for option in made.options}:
                code = ProblemCode.NO_SUCH_OPTION
        case _:
            code = None if text.strip() else ProblemCode.MISSING
    return code, other


def is_name(text: str) -> bool:
    """A person's name: letters of any language, spaces, apostrophes and hyphens; at least one letter, no
    digits.
    """
    return any(sign.isalpha() for sign in text) and all(
        sign.isalpha() or unicodedata.category(sign) == "Mn" or sign in " '’-." for sign in text
    )


def _check_date(made: Field, text: str, today: date | None) -> ProblemCode | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ProblemCode.NOT_A_DATE
    if len(text) != 10:
        return ProblemCode.NOT_A_DATE
    if day < OLDEST_DATE:
        return ProblemCode.DATE_TOO_OLD
    if made.not_after_today and today is not None and day > today:
        return ProblemCode.DATE_IN_FUTURE
    return None


def _check_int(made: Field, text: str) -> tuple[ProblemCode | None, str]:
    if not _INT.fullmatch(text):
        return ProblemCode.NOT_A_NUMBER, ""
    number = int(text)
    if made.max is not None and number > made.max:
        return ProblemCode.NUMBER_OUT_OF_RANGE, str(made.max)
    if made.min is not None and number < made.min:
        return ProblemCode.NUMBER_OUT_OF_RANGE, str(made.min)
    return None, ""


def problems(form: FormDefinition, answers: Mapping[str, Answer], today: date | None = None) -> list[Problem]:
    """Everything wrong with these answers, in the form's order; empty when the form may be sent.

    Without ``today`` nothing is compared with the present day.
    """
    found: list[Problem] = []
    for made in form.fields():
        answer = answers.get(made.id)
        if not holds(made.when, answers):
            if answer is not None and not answer.empty:
                found.append(Problem(made.id, ProblemCode.NOT_APPLICABLE))
            continue
        problem = check_value(made, None if answer is None else answer.value, today)
        if problem is not None:
            found.append(problem)
    known = {made.id for made in form.fields()}
    found += [Problem(name, ProblemCode.UNKNOWN_FIELD) for name in answers if name not in known]
    wrong = {problem.field for problem in found}
    for rule in form.rules:
        if holds(rule.when, answers) and not wrong & set(rule.fields):
            broken = _check_rule(rule, answers)
            if broken is not None:
                found.append(broken)
    return found


def _check_rule(rule: Rule, answers: Mapping[str, Answer]) -> Problem | None:
    values = [
        answer.value if (answer := answers.get(name)) is not None and not answer.empty else None
        for name in rule.fields
    ]
    given = [value for value in values if value is not None]
    if rule.kind is RuleKind.AT_LEAST_ONE:
        return None if given else Problem(rule.fields[0], ProblemCode.NONE_GIVEN, rule.fields[1])
    if len(given) < len(values):
        return None
    if rule.kind is RuleKind.BEFORE and not str(values[0]) < str(values[1]):
        return Problem(rule.fields[1], ProblemCode.NOT_BEFORE, rule.fields[0])
    if rule.kind is RuleKind.DIFFER and len(set(values)) < len(values):
        return Problem(rule.fields[-1], ProblemCode.SAME, rule.fields[0])
    if rule.kind is RuleKind.EQUAL and len(set(values)) > 1:
        return Problem(rule.fields[-1], ProblemCode.DIFFERENT, rule.fields[0])
    return None
