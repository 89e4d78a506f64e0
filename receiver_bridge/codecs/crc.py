"""CRC-16/ARC, the checksum of SIA DC-07 and DC-09.

Polynomial 0x8005 reflected (0xA001), start 0, no final exclusive or; of ASCII ``123456789`` it is
0xBB3D. A byte at a time in Python would be most of the time a frame takes, hence the C library.
"""

from __future__ import annotations

from fastcrc.crc16 import arc as crc16

__all__ = ["crc16"]
