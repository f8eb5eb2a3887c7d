"""What a chip refuses, as one exception that carries its answer."""

from __future__ import annotations


class ChannelError(ValueError):
    """The command is not what secure messaging or a protocol expects; ``sw`` is the chip's answer."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw
