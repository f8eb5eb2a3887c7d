"""Code scanners in serial mode, or in keyboard mode with the keys kept from every window."""

from devices.code_scanner.lines import LONGEST_CODE
from devices.code_scanner.scanner import CodeScanner

__all__ = ["LONGEST_CODE", "CodeScanner"]
