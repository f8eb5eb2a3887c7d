"""The grammar of a form's file: which keys each of its tables may have, and what stands under them.

A key that ends in ``_in`` is the text before it in other languages (``kiosk.translations``).
"""

from __future__ import annotations

from datetime import date

FORM_KEYS: dict[str, type] = {
    "id": str,
    "version": str,
    "title": str,
    "title_in": dict,
    "lead": str,
    "lead_in": dict,
    "authority": str,
    "effective_from": date,
    "effective_until": date,
    "consent": dict,
    "declaration": dict,
    "section": list,
    "rule": list,
}
CONSENT_KEYS: dict[str, type] = {"version": str, "statement": str, "statement_in": dict, "notice": list}
NOTICE_KEYS: dict[str, type] = {"heading": str, "text": str, "heading_in": dict, "text_in": dict}
DECLARATION_KEYS: dict[str, type] = {"field": str, "text": str, "text_in": dict}
SECTION_KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "title_in": dict,
    "field": list,
    "repeats_when": list,
}
FIELD_KEYS: dict[str, type] = {
    "id": str,
    "label": str,
    "label_in": dict,
    "type": str,
    "question": str,
    "question_in": dict,
    "hint": str,
    "hint_in": dict,
    "required": bool,
    "ask": bool,
    "change": bool,
    "check": bool,
    "options": list,
    "when": list,
    "prefill": str,
    "copy": str,
    "derive_when": list,
    "by_date": dict,
    "default": str,
    "min": int,
    "max": int,
    "not_after_today": bool,
    "must_be_true": bool,
    "if_missing": str,
    "if_missing_in": dict,
    "wording": list,
}
OPTION_KEYS: dict[str, type] = {"value": str, "label": str, "hint": str, "label_in": dict, "hint_in": dict}
CONDITION_KEYS: dict[str, type] = {"field": str, "is": list, "not": list}
BY_DATE_KEYS: dict[str, type] = {"field": str, "rows": list}
ROW_KEYS: dict[str, type] = {"value": str, "until": date}
WORDING_KEYS: dict[str, type] = {
    "when": list,
    "label": str,
    "question": str,
    "hint": str,
    "label_in": dict,
    "question_in": dict,
    "hint_in": dict,
}
RULE_KEYS: dict[str, type] = {"kind": str, "fields": list, "when": list}

TYPE_NAMES: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    date: "a date",
    list: "a list",
    dict: "a table",
}
