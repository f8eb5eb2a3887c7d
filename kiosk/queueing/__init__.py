"""Tickets, counters, order, numbers, opening hours, business day. Pure: no clock, no I/O."""
