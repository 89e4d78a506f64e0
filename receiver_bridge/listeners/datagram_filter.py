"""Senders whom the system turns away itself, before their datagrams take room in the queue.

Who floods a socket keeps its queue full however fast it is read: the system gives a program that
sends as much time as the one that reads, and what does not fit is lost for all. A filter in the
socket (``SO_ATTACH_FILTER``, classic BPF; ``Documentation/networking/filter.rst`` of Linux) looks
at the sender's address before the queue, which costs the reading program nothing.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

MOST_SENDERS: Final = 64
"""A larger program might exceed what the system allows for one socket (``optmem_max``)."""

# As linux/filter.h and asm-generic/socket.h have them.
_ATTACH: Final = getattr(socket, "SO_ATTACH_FILTER", 26)
_DETACH: Final = getattr(socket, "SO_DETACH_FILTER", 27)
_MEMINFO: Final = 55
_DROPS: Final = 8
"""Which number of SO_MEMINFO counts what was thrown away."""

_LOAD_WORD: Final = 0x20
_LOAD_BYTE: Final = 0x30
_SHIFT_RIGHT: Final = 0x74
_JUMP_IF_EQUAL: Final = 0x15
_JUMP: Final = 0x05
_RETURN: Final = 0x06
_IP_HEADER: Final = -0x100000 & 0xFFFFFFFF
_WHOLE: Final = 0xFFFFFFFF

_Instruction = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, operand."""


def turn_away(opened: socket.socket, senders: Iterable[str]) -> None:
    """Let the system throw away what comes from these from now on, and only from these: IPv4
    addresses, and /64 networks of IPv6 (see ``address_group``), at most ``MOST_SENDERS``. Raises
    OSError where the system cannot do that."""
    program = _program(senders)
    if not program:
        opened.setsockopt(socket.SOL_SOCKET, _DETACH, 0)
        return
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    instructions = ctypes.create_string_buffer(packed, len(packed))
    said = struct.pack("@HP", len(program), ctypes.addressof(instructions))
    opened.setsockopt(socket.SOL_SOCKET, _ATTACH, said)


def thrown_away(opened: socket.socket) -> int:
    """How many datagrams the system has thrown away at this socket, modulo 2**32: those that were
    turned away, and those that the queue had no room for. 0 where it does not tell."""
    try:
        said = opened.getsockopt(socket.SOL_SOCKET, _MEMINFO, 4 * (_DROPS + 1))
    except OSError:
        return 0
    return int(struct.unpack_from("=I", said, 4 * _DROPS)[0]) if len(said) > 4 * _DROPS else 0


def _program(senders: Iterable[str]) -> list[_Instruction]:
    addresses = [ip_address(sender.partition("/")[0]) for sender in senders]
    if not addresses:
        return []
    ipv4: list[_Instruction] = [(_LOAD_WORD, 0, 0, _IP_HEADER + 12)]
    ipv6: list[_Instruction] = []
    for address in addresses:
        if address.version == 4:
            ipv4 += [(_JUMP_IF_EQUAL, 0, 1, int(address)), (_RETURN, 0, 0, 0)]
        else:
            network = int(address) >> 64
            ipv6 += [
                (_LOAD_WORD, 0, 0, _IP_HEADER + 8),
                (_JUMP_IF_EQUAL, 0, 3, network >> 32),
                (_LOAD_WORD, 0, 0, _IP_HEADER + 12),
                (_JUMP_IF_EQUAL, 0, 1, network & 0xFFFFFFFF),
                (_RETURN, 0, 0, 0),
            ]
    let_in: _Instruction = (_RETURN, 0, 0, _WHOLE)
    ipv4.append(let_in)
    # A socket of both families sees either header. A conditional jump goes no further than 255.
    return [
        (_LOAD_BYTE, 0, 0, _IP_HEADER),
        (_SHIFT_RIGHT, 0, 0, 4),
        (_JUMP_IF_EQUAL, 1, 0, 4),
        (_JUMP, 0, 0, len(ipv4)),
        *ipv4,
        *ipv6,
        let_in,
    ]
