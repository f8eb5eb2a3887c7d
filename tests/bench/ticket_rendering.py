"""How long a ticket takes before the first byte leaves, and how many bytes it is.

Each figure stands beside what cannot be avoided, measured in the same run: one line of text drawn by Pillow,
the same picture encoded as PNG, the same bytes through a bare loopback socket.

Run: ``python -m tests.bench.ticket_rendering``
"""

from __future__ import annotations

import io
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from devices.ticket_printer import TicketPrinter, TicketSlip
from devices.ticket_printer.drawing import draw
from devices.ticket_printer.escpos import encode
from devices.ticket_printer.strip import DOTS, _font
from devices.virtual.printer import VirtualPrinter
from kiosk.settings import PrinterSettings

SLIP = TicketSlip(
    centre="Trung tâm Phục vụ hành chính công xã Thuận Hòa",
    number="A015",
    service="Xác nhận tình trạng hôn nhân",
    counters=(1, 9),
    ahead=4,
    issued_at=datetime(2026, 11, 23, 7, 32, tzinfo=UTC),
    follow_url="http://192.168.1.10:8080/follow/Xk3v9QmTz2LrYw8Pq1NsAg",
)


def milliseconds(action: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and 95th percentile."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def one_line() -> Image.Image:
    """The least that drawing text can cost: one line on an empty strip."""
    picture = Image.new("L", (DOTS[80], 60), 255)
    ImageDraw.Draw(picture).text(
        (0, 0), "Xác nhận tình trạng hôn nhân", fill=0, font=_font("NotoSans-Bold.ttf", 40)
    )
    return picture


def through_a_socket(data: bytes) -> None:
    """The same bytes to a listener on loopback that counts them and answers with one byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                left = len(data)
                while left > 0:
                    left -= len(connection.recv(65536))
                connection.sendall(b"!")

        thread = threading.Thread(target=take)
        thread.start()
        with socket.create_connection(server.getsockname()) as connection:
            connection.sendall(data)
            connection.recv(1)
        thread.join()


def main() -> None:
    """Print the table."""
    started = time.perf_counter()
    draw(SLIP, 80)
    first = (time.perf_counter() - started) * 1000
    print(f"{'ticket rendering':44}{'median ms':>11}{'p95 ms':>9}{'bytes':>9}")

    def row(label: str, figures: tuple[float, float], size: int | None = None) -> None:
        print(f"  {label:42}{figures[0]:11.2f}{figures[1]:9.2f}{size if size is not None else '':>9}")

    row("one line of text, bare Pillow", milliseconds(one_line, 100))
    for paper_mm in (80, 58):
        picture = draw(SLIP, paper_mm)
        png = io.BytesIO()
        picture.save(png, "PNG")
        job = encode(picture, cut=True)
        row(
            f"{paper_mm} mm: PNG of the same picture",
            milliseconds(lambda p=picture: p.save(io.BytesIO(), "PNG"), 50),
            len(png.getvalue()),
        )
        row(
            f"{paper_mm} mm: drawing ({picture.width} × {picture.height} dots)",
            milliseconds(lambda mm=paper_mm: draw(SLIP, mm), 50),
        )
        row(
            f"{paper_mm} mm: encoding as ESC/POS",
            milliseconds(lambda p=picture: encode(p, cut=True), 50),
            len(job.data),
        )
    job = encode(draw(SLIP, 80), cut=True)
    row(
        "the same bytes through a bare socket",
        milliseconds(lambda: through_a_socket(job.data), 20),
        len(job.data),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        VirtualPrinter(Path(folder), millimetres_per_second=None) as virtual,
    ):
        printer = TicketPrinter(PrinterSettings(address=virtual.address))
        sent = printer.print_slip(SLIP).sent
        row(
            "ask, draw, send, acknowledged (no mechanism)",
            milliseconds(lambda: printer.print_slip(SLIP), 20),
            sent,
        )
        row("status: four questions", milliseconds(printer.status, 20))
    print(f"  first ticket of the process: {first:.1f} ms to draw (fonts are read)")


if __name__ == "__main__":
    main()
