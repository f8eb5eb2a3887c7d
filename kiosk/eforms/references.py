"""What the parts of a form say of each other: names of fields and options, and their order."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from kiosk.eforms.fields import Condition, Field, FieldType, FormDefinition, RuleKind

Tell = Callable[[str, str], None]
"""Takes the place of a mistake in the file, and what is wrong there."""


def check_references(form: FormDefinition, tell: Tell) -> None:
    """Tell of every name that no field has, and of what depends on a field that stands after it."""
    ids = [made.id for made in form.fields()]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        tell(twice, "stands twice")
    if form.effective_until is not None and form.effective_until < form.effective_from:
        tell("effective_until", "is before effective_from")
    references = _References(form, tell)
    before: set[str] = set()
    for made in form.fields():
        references.field(made, before)
        before.add(made.id)
    for n, section in enumerate(form.sections, 1):
        for condition in section.repeats_when:
            references.condition(f"section[{n}].repeats_when", condition)
    for n, rule in enumerate(form.rules, 1):
        for name in rule.fields:
            references.exists(f"rule[{n}].fields", name, date_wanted=rule.kind is RuleKind.BEFORE)
        for condition in rule.when:
            references.condition(f"rule[{n}].when", condition)
    if references.exists("declaration.field", form.declaration.field):
        declared = form.field(form.declaration.field)
        if not declared.must_be_true:
            tell("declaration.field", f"“{declared.id}” must be a bool with must_be_true = true")


class _References:
    def __init__(self, form: FormDefinition, tell: Tell) -> None:
        self.known = {made.id: made for made in form.fields()}
        self.problem = tell

    def exists(self, where: str, name: str, *, date_wanted: bool = False) -> bool:
        made = self.known.get(name)
        if made is None:
            near = difflib.get_close_matches(name, self.known, n=1)
            self.problem(where, f"no field “{name}”" + (f"; did you mean “{near[0]}”?" if near else ""))
            return False
        if date_wanted and made.type is not FieldType.DATE:
            self.problem(where, f"“{name}” is no date")
        return True

    def condition(self, where: str, condition: Condition) -> None:
        if self.exists(where, condition.field) and (options := self.known[condition.field].options):
            known = {option.value for option in options}
            for value in condition.values:
                if value not in known:
                    self.problem(where, f"“{value}” is no option of “{condition.field}”")

    def field(self, made: Field, before: set[str]) -> None:
        for key, conditions in (
            ("when", made.when),
            ("derive_when", made.derive_when),
            ("wording", tuple(c for words in made.wording for c in words.when)),
        ):
            for condition in conditions:
                self.condition(f"{made.id}.{key}", condition)
                self.earlier(f"{made.id}.{key}", condition.field, before)
        if made.copy is not None and self.exists(f"{made.id}.copy", made.copy):
            self.earlier(f"{made.id}.copy", made.copy, before)
        if made.by_date is not None and self.exists(
            f"{made.id}.by_date", made.by_date.field, date_wanted=True
        ):
            self.earlier(f"{made.id}.by_date", made.by_date.field, before)

    def earlier(self, where: str, name: str, before: set[str]) -> None:
        if name in self.known and name not in before:
            self.problem(where, f"“{name}” must stand before it")
