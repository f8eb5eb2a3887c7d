"""How a person is addressed: by the given name, which in Vietnamese stands last."""

from __future__ import annotations

_WHOLE_NAME_PREFIXES = ("h'", "h’", "h`", "y ", "k'", "k’", "ka ")
_LONGEST = 24


def name_to_call(full_name: str) -> str:
    """The part of a name that goes after *ông* or *bà*.

    The last word for Kinh and most other names. Names of peoples who put the family name last or have none
    (Ê Đê, Cơ Ho … : *H'Hen Niê*, *Y Moan Ênuôl*, *Ka Hương*) are said in full; so is a name of one word.
    A name in capitals is written as names are.
    """
    if full_name.isupper():
        full_name = full_name.title()
    words = full_name.split()
    if len(words) < 2 or full_name.lower().startswith(_WHOLE_NAME_PREFIXES):
        return " ".join(words)[:_LONGEST].strip()
    return words[-1]
