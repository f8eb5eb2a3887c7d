"""Contrast of every visible text of a page, as drawn (WCAG 2.2, relative luminance and contrast ratio)."""

from __future__ import annotations

from playwright.sync_api import Page

_FAINT_TEXTS = """(least) => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const over = (front, back) => {
    const share = front[3] ?? 1;
    return [0, 1, 2].map((at) => front[at] * share + back[at] * (1 - share));
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.unshift(parse(getComputedStyle(at).backgroundColor));
    }
    return layers.reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest("script, .unseen, :disabled")) continue;
    const back = behind(element);
    const style = getComputedStyle(element);
    const front = over([...parse(style.color).slice(0, 3), Number(style.opacity)], back);
    const [dark, light] = [luminance(front), luminance(back)].sort((one, other) => one - other);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < least) faint.push(`${ratio.toFixed(2)}: ${text}`);
  }
  return faint;
}"""


def faint_texts(page: Page, least: float) -> list[str]:
    """Texts whose contrast is below ``least``, each with its ratio; controls that are off are left out."""
    found: list[str] = page.evaluate(_FAINT_TEXTS, least)
    return found
