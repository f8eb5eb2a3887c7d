"""A receipt printer that is real to its driver: bytes over TCP in, paper as a picture out."""

from devices.virtual.printer.server import VirtualPrinter
from devices.virtual.printer.status import STATES
from devices.virtual.printer.tray import PrintedJob

__all__ = ["STATES", "PrintedJob", "VirtualPrinter"]
