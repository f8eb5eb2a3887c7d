"""Where the centre is reached from other machines, when it listens at a host and a port."""

from __future__ import annotations

import ipaddress
import socket


def centre_address(host: str, port: int) -> str:
    """The URL to tell; for a host that means every interface, this machine's on the way out."""
    if ipaddress.ip_address(host).is_unspecified:
        host = _outward()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def phone_address(public_url: str, host: str, port: int) -> str:
    """Where a citizen's phone reaches the centre: ``public_url`` if the settings name one."""
    return public_url.rstrip("/") or centre_address(host, port)


def _outward() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's address; a datagram socket sends nothing yet
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
