"""What stands between Odoo and a browser: launch.py READ WRITE COMMAND...

Run as a program of its own, so that nothing has to be done between fork and exec of a server with
threads. The browser gets its DevTools pipe where it looks for it (descriptors 3 and 4), and none of
the limits that Odoo sets for itself: with RLIMIT_AS Chromium dies with SIGTRAP, with RLIMIT_CPU it
would be killed for time that Odoo has used.
"""

import fcntl
import os
import resource
import sys


def main(read_fd, write_fd, *command):
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (hard, hard))
    # Away from 3 and 4 first: either may be one of them.
    ends = [fcntl.fcntl(int(fd), fcntl.F_DUPFD_CLOEXEC, 10) for fd in (read_fd, write_fd)]
    for fd in {int(read_fd), int(write_fd)}:
        os.close(fd)
    for place, fd in zip((3, 4), ends, strict=True):
        os.dup2(fd, place)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
