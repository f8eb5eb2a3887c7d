"""Each call is heard whole, in a Vietnamese voice, well below clipping; what is not heard is not claimed."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from devices.contract import Condition
from devices.speaker import Announcement, Speaker
from devices.speaker.outputs import AlsaOutput, RecordOutput
from devices.speaker.sound import Sound
from devices.speaker.synthesis import SynthesisError, Synthesizer, VoiceMissingError
from kiosk.failures import FailureCode
from kiosk.settings import SpeakerSettings
from kiosk.speech import announcement, ticket_number


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sound"
    folder.mkdir()
    return folder


@pytest.fixture
def speaker(folder):
    """A loudspeaker that keeps its sound and does not take the time of hearing it."""
    speaker = Speaker(SpeakerSettings(output=f"record:{folder}"), RecordOutput(folder, pace=0))
    yield speaker
    speaker.close()


@pytest.fixture(scope="module")
def voice():
    voice = Synthesizer("vi", 150)
    yield voice
    voice.close()


def call(number="A015", counter=9):
    return Announcement(announcement(number, counter))


def test_a_call_is_chime_and_sentence_in_one_sound(speaker, folder):
    outcome = speaker.announce(call())
    assert (outcome.played, outcome.spoken, outcome.failure) == (True, True, None)
    heard = Sound.read(folder / "0001.wav")
    assert heard.seconds == pytest.approx(outcome.seconds, abs=0.01)
    assert 3.0 < heard.seconds < 6.0
    assert heard.part(0.05, 0.25).frequency() == pytest.approx(659, rel=0.02)
    assert heard.part(1.15, 0.14).level().rms < 0.003, "a short silence between chime and sentence"
    sentence = heard.part(1.3, 9)
    assert sentence.level().rms > 0.02
    assert not heard.level().clipped
    assert heard.level().peak < 0.8


@pytest.mark.parametrize("number", ["A001", "B555", "C098", "D120", "E007", "K999"])
def test_every_series_can_be_heard(voice, number):
    sound = voice.speak(announcement(number, 21))
    assert 1.5 < sound.seconds < 5.0
    assert sound.level().rms > 0.03
    assert sound.level().peak == pytest.approx(0.7, abs=0.01)


def test_the_voice_stays_vietnamese_for_every_letter():
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        phonemes = subprocess.run(
            ["espeak-ng", "-v", "vi", "-q", "-x", f"số {ticket_number(f'{letter}1')}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert not re.search(r"\([a-z]{2}", phonemes), f"{letter} switches the language: {phonemes}"
        assert phonemes.count("_|") >= 2, f"{letter} is swallowed: {phonemes}"


def test_a_recall_sounds_exactly_like_the_call(speaker, folder):
    speaker.announce(call())
    speaker.announce(call())
    assert (folder / "0001.wav").read_bytes() == (folder / "0002.wav").read_bytes()


def test_volume_is_applied_to_the_sound_itself(folder):
    peaks = []
    for volume in (100, 40, 0):
        loud = Speaker(SpeakerSettings(volume=volume), RecordOutput(folder, pace=0))
        loud.announce(call())
        loud.close()
        peaks.append(Sound.read(sorted(folder.glob("*.wav"))[-1]).level().peak)
    assert peaks[0] == pytest.approx(0.7, abs=0.01)
    assert peaks[1] == pytest.approx(0.28, abs=0.01)
    assert peaks[2] == 0


def test_recording_takes_the_time_of_hearing_it(folder):
    output = RecordOutput(folder)
    began = time.monotonic()
    assert output.play(Sound.tone(440, 0.5)) is None
    assert 0.45 < time.monotonic() - began < 1.0


def test_the_newest_recordings_stay(folder, monkeypatch):
    monkeypatch.setattr("devices.speaker.outputs.KEPT_FILES", 3)
    output = RecordOutput(folder, pace=0)
    for _ in range(5):
        output.play(Sound.tone(440, 0.02))
    assert sorted(path.name for path in folder.iterdir()) == ["0003.wav", "0004.wav", "0005.wav"]


def test_the_test_measures_what_was_kept(speaker):
    report = speaker.test()
    lines = dict(report.lines)
    assert report.passed
    assert float(lines["tone_hz"]) == pytest.approx(440, abs=2)
    assert -25 < float(lines["tone_level_db"]) < -5
    assert -35 < float(lines["speech_level_db"]) < -5


def test_a_speaker_turned_down_to_nothing_fails_its_test(folder):
    speaker = Speaker(SpeakerSettings(volume=0), RecordOutput(folder, pace=0))
    report = speaker.test()
    speaker.close()
    assert (report.passed, report.failure) == (False, FailureCode.SPEAKER_SILENT)


def test_a_missing_sound_card_is_named():
    speaker = Speaker(SpeakerSettings(output="plughw:CARD=NoSuchCard"))
    try:
        status = speaker.status()
        assert (status.condition, status.failure) == (Condition.DISCONNECTED, FailureCode.SPEAKER_NOT_FOUND)
        outcome = speaker.announce(call())
        assert (outcome.played, outcome.spoken) == (False, False)
        assert outcome.failure is FailureCode.SPEAKER_NOT_FOUND
        assert speaker.test().failure is FailureCode.SPEAKER_NOT_FOUND
    finally:
        speaker.close()


def test_a_folder_that_is_gone_is_a_missing_loudspeaker_and_is_not_made_anew(speaker, folder):
    assert speaker.announce(call()).played
    away = folder.rename(folder.with_name("away"))
    status = speaker.status()
    assert (status.condition, status.failure) == (Condition.DISCONNECTED, FailureCode.SPEAKER_NOT_FOUND)
    assert speaker.announce(call()).failure is FailureCode.SPEAKER_NOT_FOUND
    assert not folder.exists()
    away.rename(folder)
    assert speaker.status().condition is Condition.READY
    assert speaker.announce(call()).spoken


def test_a_card_that_played_just_now_is_not_opened_only_to_ask(tmp_path):
    opened = tmp_path / "opened"
    output = AlsaOutput("default", program(tmp_path, f"echo >> {opened}; cat > /dev/null; sleep 0.1"))
    assert output.play(Sound.tone(440, 0.1)) is None
    assert output.check() is None
    assert opened.read_text().count("\n") == 1


def test_a_missing_voice_leaves_the_chime(folder):
    speaker = Speaker(SpeakerSettings(voice="vi-no-such"), RecordOutput(folder, pace=0))
    try:
        assert speaker.status().failure is FailureCode.VOICE_MISSING
        assert speaker.status().condition is Condition.NEEDS_ATTENTION
        outcome = speaker.announce(call())
        assert (outcome.played, outcome.spoken) == (True, False)
        assert outcome.failure is FailureCode.VOICE_MISSING
        assert Sound.read(folder / "0001.wav").seconds == pytest.approx(1.15, abs=0.01)
    finally:
        speaker.close()


def test_english_is_never_spoken_instead(voice):
    with pytest.raises(VoiceMissingError):
        Synthesizer("xx", 150).speak("chín")


def test_a_missing_voice_is_missed_where_espeak_speaks_directly_too(monkeypatch):
    def fails(*_args):
        raise SynthesisError("the child died")

    monkeypatch.setattr(Synthesizer, "_by_child", fails)
    assert Synthesizer("vi", 150).speak("chín").seconds > 0.2
    with pytest.raises(VoiceMissingError):
        Synthesizer("vi-no-such", 150).speak("chín")


def test_every_phrase_has_the_speed_asked_for_and_a_file(caplog):
    speaking = Synthesizer("vi", 120)
    words = "mời số một đến quầy số chín"
    seconds = {100: [], 200: []}
    for words_per_minute in (100, 200) * 10:
        speaking.words_per_minute = words_per_minute
        seconds[words_per_minute].append(speaking.speak(words, keep=False).seconds)
    speaking.close()
    assert max(seconds[200]) < 0.7 * min(seconds[100])
    assert not caplog.records, "the child spoke them all"


def test_a_disabled_speaker_is_silent_and_says_so(folder):
    speaker = Speaker(SpeakerSettings(enabled=False), RecordOutput(folder, pace=0))
    assert speaker.status().condition is Condition.DISABLED
    assert not speaker.announce(call()).played
    assert list(folder.iterdir()) == []


def test_a_sound_swallowed_at_once_is_not_believed(tmp_path):
    """ALSA's null device takes everything in no time and ends well: nobody heard it."""
    shown = AlsaOutput("null").play(Sound.tone(440, 0.5))
    assert shown is FailureCode.SPEAKER_SILENT


def program(folder: Path, body: str) -> str:
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_a_player_that_takes_its_time_is_believed(tmp_path):
    """There is no sound card here: this player takes the bytes and the time as one with a card does."""
    heard = tmp_path / "heard.wav"
    output = AlsaOutput("default", program(tmp_path, f"cat > {heard}; sleep 0.4"))
    assert output.play(Sound.tone(440, 0.4)) is None
    assert Sound.read(heard).frequency() == pytest.approx(440, rel=0.01)


def test_a_player_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("devices.speaker.outputs.PLAY_GRACE_SECONDS", 0.3)
    output = AlsaOutput("default", program(tmp_path, "exec sleep 60"))
    began = time.monotonic()
    assert output.play(Sound.tone(440, 0.1)) is FailureCode.SPEAKER_NOT_FOUND
    assert time.monotonic() - began < 3


def test_a_busy_card_is_there(tmp_path):
    output = AlsaOutput(
        "default", program(tmp_path, "echo 'audio open error: Device or resource busy' >&2; exit 1")
    )
    assert output.check() is None


def test_the_voice_survives_the_death_of_its_process(voice):
    voice.speak("một hai ba")
    first = voice.child_id
    os.kill(first, signal.SIGKILL)
    assert voice.speak("bốn năm sáu").seconds > 0.5
    assert voice.speak("bảy tám chín").seconds > 0.5
    assert voice.child_id not in (None, first)


def test_a_voice_process_that_hangs_is_replaced_within_the_limit(voice, monkeypatch):
    monkeypatch.setattr("devices.speaker.synthesis.PHRASE_SECONDS", 0.5)
    voice.speak("không một hai")
    stopped = voice.child_id
    os.kill(stopped, signal.SIGSTOP)
    began = time.monotonic()
    assert voice.speak("ba bốn không").seconds > 0.5
    assert time.monotonic() - began < 2
    assert not psutil.pid_exists(stopped)


def test_the_voice_process_ends_with_its_owner():
    voice = Synthesizer("vi", 150)
    voice.speak("một hai ba")
    child = psutil.Process(voice.child_id)
    voice._child.stdin.close()  # what the system does when the owner is killed
    child.wait(timeout=30)
    assert not child.is_running()
    voice.close()


def test_a_hundred_calls_leave_memory_flat(speaker):
    own = psutil.Process()
    for number in range(40):
        speaker.announce(call(f"A{number:03d}", 1 + number % 9))
    child = psutil.Process(speaker.voice_process)
    before = own.memory_info().rss, child.memory_info().rss
    for number in range(40, 140):
        assert speaker.announce(call(f"A{number:03d}", 1 + number % 9)).spoken
    after = own.memory_info().rss, child.memory_info().rss
    assert after[0] - before[0] < 12e6
    assert after[1] - before[1] < 5e6
    assert speaker.voice_process == child.pid, "one process speaks them all"
