"""Makes instruction clips: from a storyboard (pictures, drawings, spoken lines) or from a video that exists.

ffmpeg, ffprobe and espeak-ng run as programs; Pillow draws. ``docs/clips.md`` is for who writes a storyboard.
"""
