"""A receipt printer that is real to its driver: bytes over TCP in, paper as a picture out."""

from devices.virtual.printer.server import STATES, PrintedJob, VirtualPrinter

__all__ = ["STATES", "PrintedJob", "VirtualPrinter"]
