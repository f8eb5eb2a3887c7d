"""Queue tickets on ESC/POS receipt printers: what stands on them, their picture, and the driver.

>>> printer = TicketPrinter(PrinterSettings(address="192.168.1.20"))
>>> printer.print_slip(TicketSlip(...)).result
"""

from devices.ticket_printer.links import Limits
from devices.ticket_printer.printer import Confirmation, PrintOutcome, PrintResult, TicketPrinter
from devices.ticket_printer.slip import PreparationSheet, Section, TestSlip, TicketSlip

__all__ = [
    "Confirmation",
    "Limits",
    "PreparationSheet",
    "PrintOutcome",
    "PrintResult",
    "Section",
    "TestSlip",
    "TicketPrinter",
    "TicketSlip",
]
