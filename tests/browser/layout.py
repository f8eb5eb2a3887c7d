"""Where things stand on a page, as drawn."""

from __future__ import annotations

from playwright.sync_api import Page

_BEYOND = """async (lines) => {
  for (const _ of [1, 2]) await new Promise((drawn) => requestAnimationFrame(drawn));
  const { min, max } = Math;
  const shown = (one) => one.checkVisibility() && one.textContent.trim() && !one.closest(".unseen, #form");
  const clip = (box, other) => ({
    left: max(box.left, other.left), top: max(box.top, other.top),
    right: min(box.right, other.right), bottom: min(box.bottom, other.bottom),
  });
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const out = (one) => {
    const box = one.getBoundingClientRect();
    const card = one.closest(".card");
    const around = card ? clip(screen, card.getBoundingClientRect()) : screen;
    return box.left < around.left - 0.5 || box.top < around.top - 0.5
      || box.right > around.right + 0.5 || box.bottom > around.bottom + 0.5;
  };
  const cut = (one) => getComputedStyle(one).overflow !== "visible" && one.scrollWidth > one.clientWidth + 1;
  const top = (one) => one.getBoundingClientRect().top;
  const bottom = (one) => one.getBoundingClientRect().bottom;
  const seen = [...document.querySelectorAll("button, p, h1, h2, .choice-words")].filter(shown);
  const under = lines ? [...document.querySelectorAll(lines)].filter(shown) : [];
  const covers = (one, at) => at > 0 && top(one) < bottom(under[at - 1]) - 0.5;
  return [...seen.filter((one) => out(one) || cut(one)), ...under.filter(covers)]
    .map((one) => one.textContent.trim());
}"""
_LARGEST = """() => {
  const area = (one) => one.getBoundingClientRect().width * one.getBoundingClientRect().height;
  const seen = [...document.querySelectorAll("[data-action]")].filter((one) => one.checkVisibility());
  return seen.sort((one, other) => area(other) - area(one))[0].dataset.action;
}"""


def beyond(page: Page, lines: str = "") -> list[str]:
    """Texts and buttons that reach over the edge of the window or their card, or that their own box cuts off.

    ``lines``: selector of things that stand below each other; those that cover the one above are told, too.
    """
    found: list[str] = page.evaluate(_BEYOND, lines)
    return found


def largest(page: Page) -> str:
    """The action with the largest button."""
    found: str = page.evaluate(_LARGEST)
    return found


def scrolls(page: Page) -> bool:
    """Whether the page is larger than the window."""
    return bool(
        page.evaluate(
            "() => { const all = document.documentElement;"
            " return all.scrollHeight > innerHeight || all.scrollWidth > innerWidth; }"
        )
    )
