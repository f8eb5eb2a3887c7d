"""Plays a clip on the clips page without a display and prints as JSON what was seen.

``python -m tests.screens.clip_window VIDEO [CAPTIONS]``.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from kiosk.processes.clips import ClipSource
from kiosk.settings import ScreenSettings
from screens import gallery
from screens.window import prepare_window


def main(video: Path, captions: Path | None) -> None:
    prepare_window(ScreenSettings(width=540, height=960), "clip")
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from screens.citizen.stage import Stage

    sent: list[str] = []
    sources: list[ClipSource] = []

    def open_clip(video, captions, size, *, aside, **how) -> ClipSource:
        sources.append(ClipSource(video, captions, *size, **how))
        return sources[-1]

    stage = Stage(lambda event: sent.append(type(event).__name__), lambda: None, open_clip)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    view = gallery.samples()["clip_playing"]
    playing = replace(view.screen.playing, video=video, captions=captions, seconds=2.0, volume=0.0)

    def show(**changes) -> None:
        stage.show(replace(view, screen=replace(view.screen, playing=replace(playing, **changes))))

    show()
    player = stage.page.player
    words, colour = set(), None
    end = time.monotonic() + 20
    paused_at: list[float] = []
    while not sent and time.monotonic() < end:
        EventLoop.idle()
        if player.caption and colour is None:
            x, y = (round(place) for place in player.ids.screen.center)
            pixels = stage.export_as_image().texture.pixels
            colour = list(pixels[((960 - y) * 540 + x) * 4 :][:3])  # rows from the top
            show(paused=True)
            paused_at += [player.position]
            for _ in range(10):
                EventLoop.idle()
                time.sleep(0.03)
            paused_at += [player.position]
            show(speed=1.5)
        words.add(player.caption)
    print(
        json.dumps(
            {
                "sent": sent,
                "captions": sorted(words),
                "colour": colour,
                "stopped": player.texture is None,
                "stood_still": len(paused_at) == 2 and paused_at[0] == paused_at[1],
                "opened": len(sources),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
