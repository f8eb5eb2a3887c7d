"""Measuring and joining sound must be right, or a loudspeaker's test proves nothing."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.speaker.driver import chime
from devices.speaker.sound import RATE, Sound, SoundError


@pytest.mark.parametrize("hertz", [220.0, 440.0, 1000.0])
def test_the_frequency_of_a_tone_is_measured(hertz):
    assert Sound.tone(hertz, 0.5).frequency() == pytest.approx(hertz, rel=0.002)


def test_silence_has_no_frequency_and_no_level():
    silence = Sound.silence(0.5)
    assert silence.frequency() == 0
    assert silence.level().rms == 0
    assert silence.seconds == pytest.approx(0.5, abs=1e-4)
    assert silence.with_peak(0.7).level().peak == 0
    assert silence.trimmed().seconds == 0


def test_the_level_of_a_tone_is_measured():
    level = Sound.tone(440, 1.0, peak=0.5).level()
    assert level.peak == pytest.approx(0.5, abs=0.01)
    assert level.rms == pytest.approx(0.5 / 2**0.5, rel=0.02)
    assert not level.clipped
    assert Sound.tone(440, 0.1, peak=1.0).scaled(1.5).level().clipped


@given(st.lists(st.integers(-32768, 32767), max_size=400))
def test_a_wav_file_holds_what_was_written(samples):
    assert list(Sound.read(Sound(samples).wav()).samples) == samples


@given(st.binary(max_size=200))
def test_a_file_that_is_no_sound_is_refused(content):
    with pytest.raises(SoundError):
        Sound.read(content)


def test_a_file_of_another_rate_or_width_is_refused():
    good = Sound.tone(440, 0.1).wav()
    assert struct.unpack("<I", good[24:28]) == (RATE,)
    with pytest.raises(SoundError, match="22050"):
        Sound.read(good[:24] + struct.pack("<I", 44100) + good[28:])


def test_joined_sounds_follow_each_other():
    joined = Sound.tone(440, 0.3) + Sound.silence(0.2) + Sound.tone(880, 0.3)
    assert joined.seconds == pytest.approx(0.8, abs=0.001)
    assert joined.part(0.02, 0.26).frequency() == pytest.approx(440, rel=0.01)
    assert joined.part(0.52, 0.26).frequency() == pytest.approx(880, rel=0.01)
    assert (Sound.silence(0.5) + joined + Sound.silence(0.5)).trimmed().seconds == pytest.approx(
        0.8, abs=0.01
    )


def test_the_chime_is_two_notes_short_and_soft_at_the_edges():
    bell = chime()
    assert 0.8 < bell.seconds < 1.5
    assert not bell.level().clipped
    assert bell.part(0.05, 0.25).frequency() == pytest.approx(659.3, rel=0.02)
    assert bell.part(bell.seconds - 0.05, 0.05).level().peak < 0.05
