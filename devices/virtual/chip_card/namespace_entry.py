"""Runs inside the namespaces of the private ``pcscd`` and becomes it. Standard library only; started by its
path.

Arguments: folder to show as /run/pcscd, number of the control socket, the first TCP port of the driver,
then the command line of pcscd. A child process stays beside pcscd: for each byte on the control socket it
opens a link to the driver's slot of that number and hands it out (SCM_RIGHTS), since the driver listens on a
loopback that exists only in here.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PR_SET_PDEATHSIG = 1
MS_BIND = 4096


def raise_loopback() -> None:
    """Bring the namespace's own loopback interface up (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", request)[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def show_as_run_pcscd(folder: str) -> None:
    """Put ``folder`` in the place where pcscd makes its socket; only this namespace sees it."""
    place = Path("/run/pcscd")
    if not place.is_dir():
        try:
            place.mkdir()
        except OSError:  # not root outside: cover /run with an empty folder that only this namespace sees
            mount("tmpfs", "/run", "tmpfs", 0)
            place.mkdir()
    mount(folder, str(place), None, MS_BIND)


def mount(source: str, target: str, kind: str | None, flags: int) -> None:
    """mount(2). Raises ``OSError``."""
    arguments = (source.encode(), target.encode(), kind.encode() if kind else None, flags, None)
    if ctypes.CDLL(None, use_errno=True).mount(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"mount {source} on {target}")


def hand_out_links(control: socket.socket, port: int) -> None:
    """Answer each slot number on ``control`` with a link to the driver, or with no descriptor when it
    refuses.
    """
    while wish := control.recv(1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as link:
            try:
                link.connect(("127.0.0.1", port + wish[0]))
            except OSError:
                control.sendall(b"-")
                continue
            socket.send_fds(control, [b"+"], [link.fileno()])


def main() -> None:
    """Prepare the namespace, leave the child behind and become pcscd."""
    folder, number, port, *command = sys.argv[1:]
    show_as_run_pcscd(folder)
    raise_loopback()
    control = socket.socket(fileno=int(number))
    if os.fork() == 0:
        hand_out_links(control, int(port))
        os._exit(0)
    control.close()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606 - this process becomes pcscd


if __name__ == "__main__":
    main()
