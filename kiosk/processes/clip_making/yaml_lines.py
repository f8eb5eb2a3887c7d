"""YAML with the line of every value, so that a mistake can be shown where it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]


class YamlError(ValueError):
    """Not readable as YAML; ``problems`` are finished lines with file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Lines:
    """Where in the file each value stands."""

    def __init__(self, marks: dict[Place, int]) -> None:
        self._marks = marks

    def of(self, place: Place) -> int:
        """Line (from 1) of the value, or of the nearest thing around it; other parts are skipped."""
        known: Place = ()
        for part in place:
            if (*known, part) in self._marks:
                known = (*known, part)
        return self._marks.get(known, 1)


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """The file's content and its lines. Raises ``YamlError``, also for a key written twice."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            raise YamlError([f"{path.name}:1: the file is empty"])
        marks: dict[Place, int] = {}
        problems = list(_walk(node, (), marks, path.name))
        if problems:
            raise YamlError(problems)
        return yaml.safe_load(text), Lines(marks)
    except OSError as error:
        raise YamlError([f"{path.name}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise YamlError([f"{path.name}: not UTF-8 text"]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, YamlError):
            raise
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        why = getattr(error, "problem", None) or str(error)
        raise YamlError([f"{path.name}:{line}: not YAML: {why}"]) from error


def _walk(node: yaml.Node, place: Place, marks: dict[Place, int], name: str) -> Iterator[str]:
    if place in marks:
        return
    marks[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield f"{name}:{key.start_mark.line + 1}: a name must be one word"
                continue
            if key.value in seen:
                yield f"{name}:{key.start_mark.line + 1}: “{key.value}” is written twice"
                continue
            seen.add(key.value)
            yield from _walk(value, (*place, key.value), marks, name)
            marks[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.ScalarNode):
        try:
            yaml.SafeLoader("").construct_object(node)
        except ValueError:  # looks like a day or a number and is none: 2027-13-30
            yield f"{name}:{node.start_mark.line + 1}: “{node.value}” is none; a day is written 2027-02-28"
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _walk(value, (*place, number), marks, name)
