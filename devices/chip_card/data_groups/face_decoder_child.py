"""The process that decodes one picture and ends. ``face_decoder`` starts it by this file's path, so that it
loads Pillow and nothing of the reader.

In: ``J`` (JPEG) or ``2`` (JPEG 2000) and the picture's bytes, to the end of standard input. Out: one byte
result (``OK``, ``UNREADABLE``, ``TOO_LARGE``), width and height in two bytes each, and three bytes for each
pixel. From the first byte of a picture on it can open no file or socket, start no process, and use no more
than its share of memory and processor.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import (
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401 - of JPEGs with several pictures, and like the next one loaded late otherwise
    TiffImagePlugin,  # noqa: F401 - of Exif data
)

OK, UNREADABLE, TOO_LARGE = 0, 1, 2
MOST_BYTES = 65_535  # a data group is never longer
MOST_PIXELS = 2_000_000
MOST_WIDTH, MOST_HEIGHT = 600, 800  # of what is given back; larger pictures are scaled down
MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 3
_FORMATS = {b"J": JpegImagePlugin.JpegImageFile.format, b"2": Jpeg2KImagePlugin.Jpeg2KImageFile.format}


def limit() -> None:
    """Give up for good what decoding does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for unneeded in (
        resource.RLIMIT_NOFILE,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NPROC,
        resource.RLIMIT_CORE,
        resource.RLIMIT_MEMLOCK,
    ):
        resource.setrlimit(unneeded, (0, 0))


def warm_up() -> None:
    """Code and write each format once, for the first real picture to be as quick as the second."""
    for name in _FORMATS.values():
        buffer = io.BytesIO()
        Image.new("RGB", (16, 16)).save(buffer, name)
        with Image.open(io.BytesIO(buffer.getvalue()), formats=(name,)) as image:
            image.load()


def decode(request: bytes) -> bytes:
    """The answer to a request; never raises."""
    name = _FORMATS.get(request[:1])
    if name is None or len(request) > 1 + MOST_BYTES:
        return bytes((UNREADABLE,))
    try:
        with Image.open(io.BytesIO(request[1:]), formats=(name,)) as image:
            if image.width * image.height > MOST_PIXELS:
                return bytes((TOO_LARGE,))
            picture = image.convert("RGB")
        picture.thumbnail((MOST_WIDTH, MOST_HEIGHT))
        return b"".join(
            (bytes((OK,)), picture.width.to_bytes(2), picture.height.to_bytes(2), picture.tobytes())
        )
    except (Image.DecompressionBombError, MemoryError):
        return bytes((TOO_LARGE,))
    except Exception:  # whatever a decoder thinks of broken bytes
        return bytes((UNREADABLE,))


def main() -> None:
    """Decode what comes in."""
    warm_up()
    limit()
    sys.stdout.buffer.write(decode(sys.stdin.buffer.read(2 + MOST_BYTES)))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
