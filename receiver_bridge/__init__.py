"""The receiver bridge: from the wire of a receiver or panel to the alarm receiving centre, once.

The way of a signal reads in the folder names:

    listeners  bytes from a serial line, TCP or UDP
    codecs     bytes -> Frame -> Event   (no socket, no clock, no thread)
    journal    Event -> Signal, committed and fsynced
    listeners  the reply, only now
    uplink     Signals in order, in batches, to ``alarm.receiver.ingest``

``README.md`` beside this file has the rest: which file does what, threads, where to add what.

The bridge knows no business: not who a subscriber is, nor what an alarm means beyond its code.
"""

__version__ = "0.1.0"
