"""Prints, as JSON, the fields of view-models that their page has no property for."""

from __future__ import annotations

import json
from dataclasses import fields

from kiosk.settings import ScreenSettings
from screens.window import prepare_window


def main() -> None:
    prepare_window(ScreenSettings(), "fields")
    from screens.citizen.idle_warning.view import IdleWarningOverlay
    from screens.citizen.stage import PAGES

    missing = {}
    for page in (*PAGES.values(), IdleWarningOverlay):
        properties = page().properties()
        lacking = [field.name for field in fields(page.view_model) if field.name not in properties]
        if lacking:
            missing[page.__name__] = lacking
    print(json.dumps(missing))


if __name__ == "__main__":
    main()
