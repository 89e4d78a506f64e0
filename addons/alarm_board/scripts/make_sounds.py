#!/usr/bin/env python3
"""Make the sounds of the alarm board: plain tones, 16-bit mono at 11025 Hz.

    python3 addons/alarm_board/scripts/make_sounds.py

writes addons/alarm_board/static/src/audio/*.wav. Each sound is told from the others by its
rhythm, not by its pitch alone, so that it is known through a closed door and by those who
hear high tones badly.
"""

import array
import math
import pathlib
import wave

RATE = 11025
FADE_SECONDS = 0.008
AUDIO = pathlib.Path(__file__).parents[1] / "static" / "src" / "audio"

# name: (Hz at the start, Hz at the end, seconds); 0 Hz is silence
SOUNDS = {
    "fire": [(520, 1040, 0.35), (0, 0, 0.06), (520, 1040, 0.35), (0, 0, 0.06), (520, 1040, 0.35)],
    "panic": [(1180, 1180, 0.09), (0, 0, 0.05)] * 6,
    "medical": [(660, 660, 0.2), (880, 880, 0.2), (660, 660, 0.2), (880, 880, 0.2)],
    "burglary": [(920, 920, 0.22), (620, 620, 0.22), (920, 920, 0.22)],
    "technical": [(740, 740, 0.12), (0, 0, 0.08), (740, 740, 0.12)],
    "connection_lost": [
        (440, 440, 0.25),
        (0, 0, 0.05),
        (330, 330, 0.25),
        (0, 0, 0.05),
        (247, 247, 0.4),
    ],
}


def tone(start_hz, end_hz, seconds):
    """Samples from -1 to 1 of a gliding tone with an overtone, faded at both ends."""
    count = int(seconds * RATE)
    phase = 0.0
    for index in range(count):
        hertz = start_hz + (end_hz - start_hz) * index / count
        phase += 2 * math.pi * hertz / RATE
        fade = min(1.0, index / (FADE_SECONDS * RATE), (count - index) / (FADE_SECONDS * RATE))
        yield 0 if not hertz else fade * (0.62 * math.sin(phase) + 0.2 * math.sin(2 * phase))


def main():
    AUDIO.mkdir(parents=True, exist_ok=True)
    for name, tones in SOUNDS.items():
        samples = array.array(
            "h", (int(32000 * sample) for part in tones for sample in tone(*part))
        )
        with wave.open(str(AUDIO / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(samples.itemsize)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())


if __name__ == "__main__":
    main()
