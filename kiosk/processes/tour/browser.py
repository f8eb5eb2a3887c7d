"""The officer's, the maintenance staff's and the citizen's browser: Chromium, driven by Playwright."""

from __future__ import annotations

import re
import shutil
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.options import CommandError
from kiosk.processes.tour.stage import NotSeenError

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

WAIT_SECONDS = 10.0
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}


class PageUnderTour:
    """One page."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def sign_in(self, login: str, password: str) -> None:
        """Fill in the sign-in form and send it."""
        self._page.fill("#login", login)
        self._page.fill("#password", password)
        self._page.click("#sign-in button[type=submit]")

    def click(self, selector: str) -> None:
        """Click."""
        self._page.click(selector, timeout=WAIT_SECONDS * 1000)

    def press_for(self, action: str, key: str) -> None:
        """Press the key of an action of the officer's page, once its button can be pressed."""
        self._page.bring_to_front()
        may = self._page.locator(f"[data-action={action}]:not(:disabled)")
        may.wait_for(timeout=WAIT_SECONDS * 1000)
        self._page.keyboard.press(key)

    def text_when(self, selector: str, pattern: str, seconds: float = WAIT_SECONDS) -> str:
        """The text of an element as soon as it matches. Raises ``NotSeenError`` with what was there."""
        element = self._page.locator(selector)
        wanted = re.compile(pattern)
        waited = 0.0
        while True:
            text = element.inner_text(timeout=WAIT_SECONDS * 1000) if element.count() else ""
            if wanted.search(text):
                return str(text).strip()
            if waited >= seconds:
                raise NotSeenError(f"{selector}: {' '.join(text.split())[:300] or 'nothing'}")
            self._page.wait_for_timeout(50)
            waited += 0.05

    def picture(self) -> bytes:
        """PNG of the page."""
        return bytes(self._page.screenshot())


_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
"""The lobby is on this machine; Chromium's network service would ask the name server for others."""


class Browser:
    """Debian's Chromium without a window."""

    def __enter__(self) -> Browser:
        try:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the tour drives a browser
        except ImportError as error:
            raise CommandError("the tour drives a browser and needs playwright; run script/setup") from error
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            raise CommandError("the tour needs Chromium; run script/setup")
        self._playwright = sync_playwright().start()
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", _NAMES]
        self._chromium = self._playwright.chromium.launch(executable_path=program, args=arguments)
        self._open: dict[str, PageUnderTour] = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._chromium.close()
        self._playwright.stop()

    def desk(self, url: str, *, again: bool = False) -> PageUnderTour:
        """A page on an officer's monitor; ``again``: the one that is open already."""
        return self._page(url, DESK, again)

    def phone(self, url: str, *, again: bool = False) -> PageUnderTour:
        """A page on a citizen's phone; ``again``: the one that is open already."""
        return self._page(url, PHONE, again)

    def _page(self, url: str, size: ViewportSize, again: bool) -> PageUnderTour:
        if not (again and url in self._open):
            page = self._chromium.new_context(viewport=size, locale="vi-VN").new_page()
            page.goto(url)
            self._open[url] = PageUnderTour(page)
        return self._open[url]
