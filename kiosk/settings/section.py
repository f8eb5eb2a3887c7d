"""What every section of a settings file has in common: unknown keys are refused, values stay as read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kiosk.translations import TAG


class Section(BaseModel):
    """One table of a settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Translations = dict[Annotated[str, Field(pattern=TAG)], Annotated[str, Field(min_length=1)]]
"""A text that citizens read, by language such as ``en``; it stands as ``KEY_in`` beside the text ``KEY``."""
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""The id of a centre, a service, a counter or a class of priority."""
