"""A real centre in a process of its own, and a real Chromium that may speak with nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.browser.centre_process import CentreProcess

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lobby_url() -> str | None:
    """Where the centre's virtual lobby listens; none unless a module says otherwise."""
    return None


@pytest.fixture(scope="module")
def running_centre(
    tmp_path_factory: pytest.TempPathFactory, lobby_url: str | None
) -> Iterator[CentreProcess]:
    process = CentreProcess(tmp_path_factory.mktemp("centre") / "data", lobby_url)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def centre(running_centre: CentreProcess) -> CentreProcess:
    """Running, with every counter closed and nobody waiting."""
    running_centre.clear()
    return running_centre


class Visitors:
    """Browser profiles; keeps every address asked for and every error of a script."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base
        self.contexts: list[BrowserContext] = []
        self.foreign: list[str] = []
        self.script_errors: list[str] = []

    def profile(self, width: int = 1366, height: int = 768, **options: object) -> BrowserContext:
        """A browser of its own, with its own cookies."""
        viewport = {"width": width, "height": height}
        context = self._browser.new_context(viewport=viewport, base_url=self._base, **options)  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        context.on("request", self._see)
        context.on("weberror", lambda error: self.script_errors.append(str(error.error)))
        self.contexts.append(context)
        return context

    def page(self, width: int = 1366, height: int = 768, **options: object) -> Page:
        return self.profile(width, height, **options).new_page()

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self._base, "blob:", "data:")):
            self.foreign.append(request.url)


@pytest.fixture
def visitors(browser: Browser, centre: CentreProcess) -> Iterator[Visitors]:
    visitors = Visitors(browser, centre.url)
    yield visitors
    for context in visitors.contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert visitors.foreign == [], "a page asked somebody else than the centre"
    assert visitors.script_errors == []
