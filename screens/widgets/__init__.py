"""Widgets of our own, in millimetres and colours of the theme; nothing of Kivy's grey stock."""
