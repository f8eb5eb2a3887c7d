"""The kiosk's voice: what is said, how loud, in which order, and that a touch ends it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from devices.speaker.outputs import RecordOutput
from devices.speaker.sound import Sound
from devices.speaker.synthesis import VoiceMissingError
from kiosk.failures import FailureCode
from kiosk.processes.narrator import Narrator
from kiosk.processes.recordings import Recordings
from kiosk.processes.speech_guide import GAP_SECONDS, Sentence, SpeechGuide, gain_of
from kiosk.speech.news import News
from kiosk.visit.comfort import Comfort, Voice

WAIT = 20.0
"""Longer than anything here takes; nothing is measured against it."""


class Words:
    """A voice that remembers what it was given: each phrase is a tone of one second."""

    made: list[Words]

    def __init__(self, voice: str) -> None:
        self.voice, self.said, self.closed = voice, [], False

    def speak(self, text: str, *, keep: bool = True) -> Sound:
        assert not keep
        self.said.append(text)
        return Sound.tone(440, 1.0)

    def close(self) -> None:
        self.closed = True


class Ear:
    """An output that keeps what it was given, and plays until it is stopped or let go on."""

    def __init__(self, *, patient: bool = False) -> None:
        self.heard: list[Sound] = []
        self.began, self._free = threading.Event(), threading.Event()
        if not patient:
            self._free.set()

    def play(self, sound: Sound) -> FailureCode | None:
        self.heard.append(sound)
        self.began.set()
        assert self._free.wait(WAIT)
        return None

    def check(self) -> FailureCode | None:
        return None

    def stop(self) -> None:
        self._free.set()

    def hold(self) -> None:
        self._free.clear()
        self.began.clear()


class Room:
    """A guide with two outputs and voices that are remembered."""

    def __init__(self, *, patient: bool = False, recordings: Recordings | None = None) -> None:
        self.aloud, self.private = Ear(patient=patient), Ear(patient=patient)
        self.voices: list[Words] = []
        ears = {"aloud": self.aloud, "private": self.private}
        self.guide = SpeechGuide(
            aloud="aloud",
            private="private",
            recordings=recordings,
            make_voice=self._voice,
            make_output=lambda name: ears[name],
        )

    def _voice(self, voice: str, _words_per_minute: int) -> Words:
        self.voices.append(Words(voice))
        return self.voices[-1]

    @property
    def said(self) -> list[str]:
        return [text for voice in self.voices for text in voice.said]

    def quiet(self) -> None:
        """Wait until all is said."""
        waiting = threading.Event()
        for _ in range(int(WAIT / 0.01)):
            if not self.guide.speaking:
                return
            waiting.wait(0.01)
        raise AssertionError("still speaking")


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.guide.close()


def test_a_screen_is_said_in_words_in_its_order(room: Room) -> None:
    room.guide.say(["Số A015", "Còn 4 người trước"], "vi")
    room.quiet()
    assert room.said == ["Số A không một năm", "Còn bốn người trước"]
    assert [round(sound.seconds, 2) for sound in room.aloud.heard] == [1 + GAP_SECONDS] * 2
    assert room.private.heard == []


def test_english_is_said_by_the_english_voice(room: Room) -> None:
    room.guide.say(["You have number A015"], "en")
    room.quiet()
    assert [voice.voice for voice in room.voices] == ["en"]
    assert room.said == ["You have number A zero one five"]


def test_a_recording_goes_before_any_voice(tmp_path: Path) -> None:
    folder = tmp_path / "vi"
    folder.mkdir()
    content = Sound.tone(300, 2.0).wav()
    (folder / "start.title.wav").write_bytes(content)
    (folder / "manifest.toml").write_text(
        f"""[[recording]]
key = "citizen:start.title"
file = "start.title.wav"
source = "Kính chào."
sha256 = "{hashlib.sha256(content).hexdigest()}"
speaker = "s1"
consent = 2026-11-20
recorded = 2026-11-21
reviewer = "r1"
"""
    )
    room = Room(recordings=Recordings(tmp_path))
    room.guide.say(["Kính chào.", "Mời chọn."], "vi")
    room.quiet()
    assert room.said == ["Mời chọn."]
    assert [round(sound.seconds) for sound in room.aloud.heard] == [2, 1]
    room.guide.close()


def test_private_is_never_said_aloud() -> None:
    ear = Ear()
    guide = SpeechGuide(aloud="a", private="", make_voice=lambda v, _w: Words(v), make_output=lambda _n: ear)
    assert not guide.can(Voice.PRIVATE)
    guide.say(["Kính chào ông An"], "vi", Voice.PRIVATE)
    assert not guide.speaking
    guide.close()
    assert ear.heard == []


def test_a_touch_ends_it_and_the_rest_is_never_said() -> None:
    room = Room(patient=True)
    room.guide.say(["Một.", "Hai.", "Ba."], "vi")
    assert room.aloud.began.wait(WAIT)
    room.guide.stop()
    room.quiet()
    assert len(room.aloud.heard) == 1
    room.guide.close()


def test_the_newest_wins() -> None:
    room = Room(patient=True)
    room.guide.say(["Màn hình cũ.", "Câu thứ hai."], "vi")
    assert room.aloud.began.wait(WAIT)
    room.guide.say(["Màn hình mới."], "vi")
    for _ in range(int(WAIT / 0.01)):
        if room.said[-1] == "Màn hình mới.":
            break
        threading.Event().wait(0.01)
    room.aloud.stop()
    room.quiet()
    assert room.said == ["Màn hình cũ.", "Màn hình mới."]
    room.guide.close()


def test_each_step_of_the_volume_is_louder_and_the_lowest_is_silence(room: Room) -> None:
    for volume in range(5):
        room.guide.say(["Xin chào."], "vi", Voice.ALOUD, volume)
        room.quiet()
    peaks = [sound.level().peak for sound in room.aloud.heard]
    assert len(peaks) == 4
    assert peaks == sorted(peaks)
    assert [round(b / a, 1) for a, b in pairwise(peaks)] == [2.0] * 3
    assert gain_of(4) == 1.0


def test_a_fixed_sentence_is_synthesised_once_and_a_persons_never_kept(room: Room) -> None:
    for _ in range(2):
        room.guide.say([Sentence("Mời ông/bà chờ.", personal=False), Sentence("Kính chào ông An.")], "vi")
        room.quiet()
    assert room.said.count("Mời ông bà chờ.") == 1
    assert room.said.count("Kính chào ông An.") == 2
    assert all("An" not in text for _voice, text in room.guide._kept)


def test_after_a_person_the_voices_process_is_let_go(room: Room) -> None:
    room.guide.say([Sentence("Xin chào.", personal=False)], "vi")
    room.quiet()
    room.guide.forget()
    room.guide.say(["Kính chào ông An."], "vi")
    room.quiet()
    room.guide.forget()
    room.guide.say([Sentence("Xin mời.", personal=False)], "vi")
    room.quiet()
    assert [voice.closed for voice in room.voices] == [True, False]


def test_without_a_sound_card_there_is_silence_and_the_next_screen_is_tried(caplog) -> None:
    class Nothing(Ear):
        def play(self, sound: Sound) -> FailureCode | None:
            super().play(sound)
            return FailureCode.SPEAKER_NOT_FOUND

    ear = Nothing()
    guide = SpeechGuide(aloud="a", make_voice=lambda v, _w: Words(v), make_output=lambda _n: ear)
    for _ in range(3):
        guide.say(["Kính chào ông An.", "Hai."], "vi")
        while guide.speaking:
            threading.Event().wait(0.01)
    guide.close()
    assert len(ear.heard) == 3
    assert len(caplog.records) == 1
    assert "An" not in caplog.text


def test_without_a_voice_there_is_silence(caplog) -> None:
    class Mute(Words):
        def speak(self, text: str, *, keep: bool = True) -> Sound:
            raise VoiceMissingError(text)

    ear = Ear()
    guide = SpeechGuide(aloud="a", make_voice=lambda v, _w: Mute(v), make_output=lambda _n: ear)
    guide.say(["Kính chào ông An."], "vi")
    while guide.speaking:
        threading.Event().wait(0.01)
    guide.close()
    assert ear.heard == []
    assert "An" not in caplog.text


def test_the_real_voice_is_heard_in_a_file_and_a_touch_ends_it(tmp_path: Path) -> None:
    guide = SpeechGuide(aloud=f"record:{tmp_path}", make_output=lambda _n: RecordOutput(tmp_path, pace=0.0))
    sentence = "Số của ông bà là A015. Mời ông bà ngồi chờ."
    guide.say([sentence], "vi", Voice.ALOUD, 4)
    while guide.speaking:
        threading.Event().wait(0.01)
    kept = [Sound.read(path) for path in sorted(tmp_path.glob("*.wav"))]
    assert len(kept) == 1
    assert 2.0 < kept[0].seconds - GAP_SECONDS < 6.0  # 14 syllables at some four a second
    assert kept[0].level().rms > 0.03
    assert not kept[0].level().clipped
    guide.say(["Your number is A015."], "en", Voice.ALOUD, 4)
    while guide.speaking:
        threading.Event().wait(0.01)
    assert len(list(tmp_path.glob("*.wav"))) == 2
    guide.close()


# -- which screens are said ----------------------------------------------------------------------------------


@pytest.fixture
def narrator(room: Room) -> Narrator:
    texts = {"vi": frozenset({"Kính chào.", "Mời chọn."}), "hmn-Latn": frozenset({"Nhoz zoo.", "Mời chọn."})}
    return Narrator(room.guide, lambda tag: texts.get(tag, texts["vi"]))


ALOUD = Comfort(voice=Voice.ALOUD)


def test_a_screen_is_said_once_when_it_comes(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "start", ("Kính chào.",), ALOUD)
    room.quiet()
    narrator.follow(1, "start", ("Kính chào.", "Có 3 người."), ALOUD)
    room.quiet()
    assert room.said == ["Kính chào."]
    narrator.follow(1, "services", ("Mời chọn.",), ALOUD)
    room.quiet()
    assert room.said == ["Kính chào.", "Mời chọn."]


def test_nothing_is_said_until_the_voice_is_wanted(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "start", ("Kính chào.",), Comfort())
    narrator.follow(1, "start", ("Kính chào.",), ALOUD)
    room.quiet()
    assert room.said == ["Kính chào."]


def test_another_language_says_the_screen_anew(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "start", ("Kính chào.",), ALOUD)
    room.quiet()
    narrator.follow(1, "start", ("Welcome.",), Comfort(language="en", voice=Voice.ALOUD))
    room.quiet()
    assert room.said == ["Kính chào.", "Welcome."]


def test_only_sentences_of_the_catalogue_are_kept(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "services", ("Mời chọn.", "Kính chào ông An."), ALOUD)
    room.quiet()
    assert [text for _voice, text in room.guide._kept] == ["Mời chọn."]


def test_no_vietnamese_voice_reads_a_language_it_does_not_know(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "start", ("Nhoz zoo.", "Mời chọn."), Comfort(language="hmn-Latn", voice=Voice.ALOUD))
    room.quiet()
    assert room.said == ["Mời chọn."]


# -- what changes on a screen that stays -----------------------------------------------------------------


def test_an_error_on_the_same_screen_is_said_and_the_screen_is_not_said_again(
    room: Room, narrator: Narrator
) -> None:
    there, wrong = News("Mời chọn."), News("Chưa đúng.")
    narrator.follow(1, "question", ("Mời chọn.",), ALOUD, (there,))
    room.quiet()
    narrator.follow(1, "question", ("Chưa đúng.", "Mời chọn."), ALOUD, (wrong, there))
    room.quiet()
    narrator.follow(1, "question", ("Chưa đúng.", "Mời chọn."), ALOUD, (wrong, there))
    room.quiet()
    assert room.said == ["Mời chọn.", "Chưa đúng."]


def test_an_error_that_went_and_came_again_is_said_again(room: Room, narrator: Narrator) -> None:
    for news in ((), (News("Chưa đúng."),), (), (News("Chưa đúng."),)):
        narrator.follow(1, "question", ("Mời chọn.",), ALOUD, news)
        room.quiet()
    assert room.said == ["Mời chọn.", "Chưa đúng.", "Chưa đúng."]


def test_the_same_mistake_is_said_again_without_the_rest_of_the_screen(
    room: Room, narrator: Narrator
) -> None:
    there, wrong = News("Mời chọn."), News("Chưa đúng.")
    narrator.follow(1, "question", ("Mời chọn.",), ALOUD, (there,))
    for mistakes in (1, 1, 2, 2, 3):
        room.quiet()
        narrator.follow(1, "question", ("Chưa đúng.", "Mời chọn."), ALOUD, (wrong, there), mistakes=mistakes)
    room.quiet()
    assert room.said == ["Mời chọn.", "Chưa đúng.", "Chưa đúng.", "Chưa đúng."]
    other = News("Chưa đủ.")
    narrator.follow(1, "question", ("Chưa đủ.", "Mời chọn."), ALOUD, (other, there), mistakes=4)
    room.quiet()
    assert room.said[-2:] == ["Chưa đúng.", "Chưa đủ."]


def test_a_screen_that_came_with_the_mistake_is_said_again_with_it(room: Room, narrator: Narrator) -> None:
    for mistakes in (1, 2, 2):
        narrator.follow(
            1, "problem", ("Thẻ ngân hàng.",), ALOUD, (News("Thẻ ngân hàng."),), mistakes=mistakes
        )
        room.quiet()
    assert room.said == ["Thẻ ngân hàng."] * 2


def test_who_still_hears_of_a_mistake_does_not_hear_it_twice() -> None:
    room = Room(patient=True)
    narrator = Narrator(room.guide, lambda _tag: frozenset())
    for mistakes in (1, 2, 3):  # a code held under the scanner
        narrator.follow(1, "problem", ("Sai mã.",), ALOUD, (News("Sai mã."),), mistakes=mistakes)
        assert room.aloud.began.wait(WAIT)
    room.aloud.stop()
    room.quiet()
    assert room.said == ["Sai mã."]
    room.guide.close()


def test_what_is_added_while_a_touch_ends_the_sentence_is_not_lost() -> None:
    room = Room(patient=True)
    room.aloud.stop = lambda: None  # type: ignore[method-assign] # a player that takes its time to end
    room.guide.say(["Số A một."])
    assert room.aloud.began.wait(WAIT)
    room.guide.stop()
    room.guide.add(["Chưa đúng."])
    room.aloud._free.set()
    room.quiet()
    assert room.said == ["Số A một.", "Chưa đúng."]
    room.guide.close()


def test_minutes_that_tick_say_nothing(room: Room, narrator: Narrator) -> None:
    for minutes in (20, 19, 18):
        card = News(f"Hộ tịch. Chờ {minutes} phút.", about="Hộ tịch")
        narrator.follow(1, "services", ("Mời chọn.",), ALOUD, (card,))
        room.quiet()
    assert room.said == ["Mời chọn."]


def test_news_waits_until_the_screen_has_been_said() -> None:
    room = Room(patient=True)
    narrator = Narrator(room.guide, lambda _tag: frozenset())
    narrator.follow(1, "ticket", ("Số A một.", "Đang in."), ALOUD, (News("Đang in."),))
    assert room.aloud.began.wait(WAIT)
    narrator.follow(1, "ticket", ("Số A một.", "Đã in."), ALOUD, (News("Đã in."),))
    room.aloud.stop()
    room.quiet()
    assert room.said == ["Số A một.", "Đang in.", "Đã in."]
    room.guide.close()


def test_a_touch_ends_the_news_that_wait_too() -> None:
    room = Room(patient=True)
    narrator = Narrator(room.guide, lambda _tag: frozenset())
    narrator.follow(1, "ticket", ("Số A một.",), ALOUD)
    assert room.aloud.began.wait(WAIT)
    narrator.follow(1, "ticket", ("Số A một.",), ALOUD, (News("Đã in."),))
    narrator.touched()
    room.quiet()
    assert room.said == ["Số A một."]
    room.guide.close()


def test_what_is_found_is_said_when_the_hand_rests(
    room: Room, narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.processes.narrator.REST_SECONDS", 3600)
    narrator.follow(1, "find_procedure", ("Mời gõ.",), ALOUD)
    room.quiet()
    for text in ("Khai sinh.", "Khai tử."):
        narrator.follow(1, "find_procedure", (text,), ALOUD, (News(text, typing=True),))
    assert room.guide.speaking
    assert room.said == ["Mời gõ."], "who types on hears nothing of each letter"
    monkeypatch.setattr("kiosk.processes.narrator.REST_SECONDS", 0.01)
    narrator.follow(1, "find_procedure", ("Kết hôn.",), ALOUD, (News("Kết hôn.", typing=True),))
    room.quiet()
    assert room.said == ["Mời gõ.", "Kết hôn."]


def test_what_becomes_other_is_not_said_while_no_voice_is_wanted(room: Room, narrator: Narrator) -> None:
    for news in ((), (News("Chưa đúng."),)):
        narrator.follow(1, "question", ("Mời chọn.",), Comfort(), news)
    room.quiet()
    assert room.said == []


def test_nothing_said_of_one_visit_is_remembered_in_the_next(room: Room, narrator: Narrator) -> None:
    narrator.follow(1, "services", ("Kính chào ông An.",), ALOUD, (News("Kính chào ông An."),))
    room.quiet()
    narrator.follow(1, "services", ("Kính chào ông An.",), ALOUD, (News("Ông An."),), mistakes=1)
    room.quiet()
    narrator.follow(2, "start", ("Mời chọn.",), Comfort())
    assert "An" not in repr(vars(narrator))
