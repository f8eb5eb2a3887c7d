"""Clips in a visit: listed by topic and procedure, stopped, gone on with, and forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kiosk.visit import clips
from kiosk.visit.events import (
    Back,
    ClipCaptionsTapped,
    ClipChosen,
    ClipEnded,
    ClipPauseTapped,
    ClipSpeedTapped,
    ClipStepTapped,
    ClipStopped,
    ClipTakeTapped,
    ClipTopicTapped,
    Event,
    FindClipsTapped,
    Finish,
    KeyTapped,
    PageTapped,
    ScreenTouched,
    SuggestionTapped,
    Tick,
    WatchClips,
)
from kiosk.visit.flow import step
from kiosk.visit.states import Clip, ClipLine, Clips, FindClips, MyDossier, Setup, Start, VisitState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LENGTH = 60


def clip(name: str, topic: str, *procedures: str, until: date | None = None) -> Clip:
    return Clip(
        name,
        name,
        LENGTH,
        Path(f"{name}.mp4"),
        topics={"vi": topic},
        procedures=procedures,
        valid_until=until,
    )


CLIPS = (
    clip("lay-so", "Máy"),
    clip("khai-sinh", "Hộ tịch", "1.001193"),
    clip("khai-tu", "Hộ tịch", "1.000656"),
    clip("ket-hon", "Hộ tịch", "1.000894"),
    clip("ket-hon-2", "Hộ tịch", "1.000894"),
    clip("cu", "Cũ", "1.004873", until=date(2026, 11, 22)),
)


def visit(*events: Event, screen=None) -> VisitState:
    setup = Setup("m", "Trung tâm", "1800", "xã", 1, 60, 30, 90, clips=CLIPS, public_url="http://centre")
    state = VisitState(setup, now=NOW, screen=screen or Start())
    for event in events:
        state, _ = step(state, event)
    return state


def listed(state: VisitState) -> list[str]:
    assert isinstance(state.screen, Clips)
    return [one.id for one in clips.listed(state, state.screen)]


def test_a_clip_of_a_rule_that_ended_is_hidden():
    assert "cu" not in listed(visit(WatchClips()))
    assert clips.topics(visit()) == ("Máy", "Hộ tịch")


def test_a_topic_lists_its_clips_from_the_first_page():
    state = visit(WatchClips(), PageTapped(page=1), ClipTopicTapped(topic="Hộ tịch"))
    assert listed(state) == ["khai-sinh", "khai-tu", "ket-hon", "ket-hon-2"]
    assert state.screen.page == 0
    assert listed(visit(WatchClips(), ClipTopicTapped(topic="Cũ"))) == [one.id for one in CLIPS[:5]]


def test_no_page_beyond_the_last_can_be_opened():
    assert visit(WatchClips(), PageTapped(page=1)).screen.page == 1
    assert visit(WatchClips(), PageTapped(page=2)).screen.page == 0
    assert visit(WatchClips(), PageTapped(page=-1)).screen.page == 0


def test_the_only_clip_of_a_procedure_begins_at_once_and_leads_back():
    state = visit(WatchClips(procedure="1.001193.H60"), screen=MyDossier())
    assert state.screen.playing == "khai-sinh"
    for way_back in (ClipStopped(), Back(), ClipEnded(clip="khai-sinh")):
        assert isinstance(step(state, way_back)[0].screen, MyDossier)


def test_several_clips_of_a_procedure_are_listed():
    state = visit(WatchClips(procedure="1.000894"), screen=MyDossier())
    assert (state.screen.playing, listed(state)) == (None, ["ket-hon", "ket-hon-2"])
    assert isinstance(step(state, Back())[0].screen, MyDossier)


def test_a_procedure_without_a_clip_shows_all():
    assert len(listed(visit(WatchClips(procedure="1.004873"), screen=MyDossier()))) == 5


SAID = clip("lay-so", "Máy")
SAID = replace(SAID, lines={"vi": (ClipLine(0.5, "Chạm nút đỏ"), ClipLine(30.0, "Nhớ lấy phiếu in ra"))})


def looking(*events: Event, screen=None) -> VisitState:
    setup = Setup("m", "Trung tâm", "1800", "xã", 1, 60, 30, 90, clips=(SAID, *CLIPS[1:]))
    state = VisitState(setup, now=NOW, screen=screen or Start())
    for event in (WatchClips(), FindClipsTapped(), *events):
        state, _ = step(state, event)
    return state


def typed(text: str) -> list[Event]:
    return [KeyTapped(key="space" if sign == " " else sign) for sign in text]


def test_a_clip_begins_a_moment_before_the_line_that_was_found():
    state = looking(*typed("lay phieu"), ClipChosen(clip="lay-so"))
    assert (state.screen.playing, state.screen.start) == ("lay-so", 30.0 - clips.LEAD_SECONDS)
    assert looking(*typed("nut do"), ClipChosen(clip="lay-so")).screen.start == 0.0


def test_a_clip_found_by_its_title_goes_on_where_it_was_left():
    state = looking(*typed("khai tu"), ClipChosen(clip="khai-tu"), ClipStopped(position=23.0))
    assert state.screen.text == "khai tu"
    assert step(state, ClipChosen(clip="khai-tu"))[0].screen.start == 23.0


def test_from_a_clip_one_comes_back_to_what_was_found_and_from_there_to_the_list():
    begun = looking(*typed("phieu"), ClipChosen(clip="lay-so"))
    for way_back in (ClipStopped(), Back(), ClipEnded(clip="lay-so")):
        state, _ = step(begun, way_back)
        assert (state.screen.text, len(clips.found(state, state.screen))) == ("phieu", 1)
        state, _ = step(state, Back())
        assert isinstance(state.screen, Clips)
        assert state.screen.playing is None


def test_a_clip_that_was_not_found_cannot_be_played_from_the_search():
    assert isinstance(looking(*typed("phieu"), ClipChosen(clip="khai-tu")).screen, FindClips)
    assert isinstance(looking(ClipChosen(clip="lay-so")).screen, FindClips)


def test_a_clip_whose_rule_ended_is_not_found():
    state = looking(*typed("cu"))
    assert "cu" not in [one.clip.id for one in clips.found(state, state.screen)]


def test_a_suggestion_takes_the_place_of_what_was_typed():
    state = looking(*typed("x"), SuggestionTapped(text="phiếu"))
    assert [one.clip.id for one in clips.found(state, state.screen)] == ["lay-so"]


def test_nothing_of_what_was_typed_is_left_when_one_walks_away():
    state = looking(*typed("nguyen van a"))
    assert "nguyen" not in repr(state)
    state, _ = step(state, Tick(NOW, 91.0))
    assert state.screen == Start()
    state = looking(*typed("phieu"), ClipChosen(clip="lay-so"), ClipPauseTapped(), Tick(NOW, 61.0))
    assert state.screen == Start()


def test_a_clip_goes_on_where_it_was_left_in_this_visit():
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipStopped(position=23.0))
    state, _ = step(state, ClipChosen(clip="khai-tu"))
    assert state.screen.start == 23.0
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipStopped(position=LENGTH - 1))
    state, _ = step(state, ClipChosen(clip="khai-tu"))
    assert state.screen.start == 0.0, "one that was nearly over begins anew"


def test_where_clips_were_left_is_forgotten_with_the_visit():
    watched = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipStopped(position=23.0))
    for way_out in (Back(), Finish()):
        state, _ = step(watched, way_out)
        assert isinstance(state.screen, Start)
        assert state.clip_positions == {}


def test_speed_and_captions_stay_for_the_next_clip():
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipSpeedTapped(), ClipCaptionsTapped())
    assert (state.screen.speed, state.screen.captions_on) == (1.25, False)
    state, _ = step(step(state, ClipStopped())[0], ClipChosen(clip="lay-so"))
    assert (state.screen.speed, state.screen.captions_on) == (1.25, False)


def test_every_speed_comes_round():
    state, seen = visit(WatchClips(), ClipChosen(clip="khai-tu")), []
    for _ in clips.SPEEDS:
        seen.append(state.screen.speed)
        state, _ = step(state, ClipSpeedTapped())
    assert sorted(seen) == [0.75, 1.0, 1.25, 1.5]
    assert state.screen.speed == 1.0


def test_taking_a_clip_along_stops_it():
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipTakeTapped())
    assert (state.screen.offered, state.screen.paused) == (True, True)
    state, _ = step(state, ClipPauseTapped())
    assert (state.screen.offered, state.screen.paused) == (False, False)


def test_steps_are_counted_against_each_other():
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), *[ClipStepTapped(steps=1)] * 3)
    assert step(state, ClipStepTapped(steps=-1))[0].screen.steps == 2
    assert step(state, ClipStepTapped(steps=50))[0].screen.steps == 3


def test_while_a_clip_runs_nobody_is_hurried():
    state = visit(WatchClips(), ClipChosen(clip="khai-tu"), Tick(NOW, 500))
    assert state.screen.playing == "khai-tu"
    assert isinstance(visit(WatchClips(), Tick(NOW, 61)).screen, Start)
    stopped = visit(WatchClips(), ClipChosen(clip="khai-tu"), ClipPauseTapped(), Tick(NOW, 61))
    assert isinstance(stopped.screen, Start)


def test_in_the_middle_of_a_visit_the_usual_warning_comes_first():
    stopped = visit(
        WatchClips(), ClipChosen(clip="khai-tu"), ClipPauseTapped(), Tick(NOW, 70), screen=MyDossier()
    )
    assert stopped.idle_warning == 20
    over, effects = step(stopped, Tick(NOW, 21))
    assert isinstance(over.screen, Start)
    assert effects


def test_clips_by_themselves_take_every_touch_as_waking():
    state = visit(Tick(NOW, 91))
    assert state.screen.attract
    assert step(state, ClipPauseTapped())[0].screen.paused is False
    assert isinstance(step(state, ScreenTouched())[0].screen, Start)


EVENTS = st.one_of(
    st.builds(WatchClips, procedure=st.sampled_from(["", "1.001193", "1.000894", "9.999999"])),
    st.builds(ClipChosen, clip=st.sampled_from([one.id for one in CLIPS] + ["vang"])),
    st.builds(ClipEnded, clip=st.sampled_from([one.id for one in CLIPS])),
    st.builds(ClipStopped, position=st.floats(-10, 100)),
    st.builds(ClipTopicTapped, topic=st.sampled_from(["", "Máy", "Hộ tịch", "Cũ"])),
    st.builds(PageTapped, page=st.integers(-2, 5)),
    st.builds(ClipStepTapped, steps=st.integers(-2, 2)),
    st.builds(KeyTapped, key=st.sampled_from(["k", "h", "space", "method"])),
    st.builds(SuggestionTapped, text=st.sampled_from(["khai", "phieu", ""])),
    st.sampled_from(
        [
            FindClipsTapped(),
            Back(),
            ClipPauseTapped(),
            ClipSpeedTapped(),
            ClipCaptionsTapped(),
            ClipTakeTapped(),
            ScreenTouched(),
        ]
    ),
    st.builds(Tick, now=st.just(NOW), seconds=st.floats(0, 100)),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_is_pressed_only_what_is_in_force_plays_and_pages_exist(events):
    state = visit()
    for event in events:
        state, _ = step(state, event)
        if isinstance(state.screen, Clips):
            assert state.screen.playing in (None, *(one.id for one in state.clips))
            assert 0 <= state.screen.page < clips.pages(state, state.screen)
            assert state.screen.speed in clips.SPEEDS
            assert not (state.screen.offered and state.screen.running)
        else:
            assert isinstance(state.screen, Start | FindClips)
