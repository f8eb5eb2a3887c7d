"""A stranger's picture is decoded at arm's length: whatever it holds, the kiosk gets pixels or a word."""

import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.chip_card.data_groups import face_decoder, face_decoder_child
from devices.chip_card.data_groups.dg2 import FaceFormat, FaceImage
from devices.chip_card.data_groups.face_decoder import FaceDecoder, FacePicture, FaceProblem

PILLOW = {FaceFormat.JPEG: "JPEG", FaceFormat.JPEG_2000: "JPEG2000"}
LETTERS = {FaceFormat.JPEG: b"J", FaceFormat.JPEG_2000: b"2"}
CHILD = Path(face_decoder_child.__file__)


def photo(format=FaceFormat.JPEG_2000, size=(240, 320), mode="RGB", **options):
    picture = Image.radial_gradient("L").resize(size).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, PILLOW[format], **options)
    return FaceImage(format, buffer.getvalue())


def python(code, seconds=20.0):
    """A decoder that misbehaves."""
    return FaceDecoder(command=(sys.executable, "-I", "-B", "-c", code), seconds=seconds)


@pytest.fixture(scope="module")
def decoder():
    with FaceDecoder(keep_ready=True, seconds=30) as found:
        found.preload()
        yield found


@pytest.mark.parametrize("format", FaceFormat)
def test_a_photo_of_either_format_becomes_pixels(decoder, format):
    found = decoder.decode(photo(format))
    assert isinstance(found, FacePicture)
    assert (found.width, found.height, len(found.rgb)) == (240, 320, 240 * 320 * 3)
    corner, middle = found.rgb[0], found.rgb[(160 * 240 + 120) * 3]
    assert corner > 200
    assert middle < 50
    assert len(repr(found)) < 60


def test_without_a_process_that_waits():
    assert isinstance(face_decoder.decode(photo()), FacePicture)


def test_a_bare_codestream_and_a_grey_photo(decoder):
    assert isinstance(decoder.decode(photo(no_jp2=True)), FacePicture)
    found = decoder.decode(photo(FaceFormat.JPEG, mode="L"))
    assert isinstance(found, FacePicture)
    assert len(found.rgb) == 240 * 320 * 3


def test_a_photo_with_a_cameras_data(decoder):
    exif = Image.Exif()
    exif[0x0112], exif[0x011A], exif[0x0128] = 1, 72.0, 2  # orientation and resolution
    assert isinstance(decoder.decode(photo(FaceFormat.JPEG, exif=exif)), FacePicture)
    buffer = io.BytesIO()
    one = Image.new("RGB", (32, 40))
    one.save(buffer, "MPO", save_all=True, append_images=[one])
    assert isinstance(decoder.decode(FaceImage(FaceFormat.JPEG, buffer.getvalue())), FacePicture)


def test_a_large_photo_is_scaled_down(decoder):
    found = decoder.decode(photo(FaceFormat.JPEG, size=(1200, 1600)))
    assert isinstance(found, FacePicture)
    assert (found.width, found.height) == (600, 800)


@pytest.mark.parametrize("keep", [0, 4, 30, 200, 2000])
@pytest.mark.parametrize("format", FaceFormat)
def test_a_truncated_photo_is_unreadable(format, keep):
    assert decoded(FaceImage(format, photo(format).data[:keep])) is FaceProblem.UNREADABLE


def test_a_photo_that_is_cut_short_at_its_end_is_unreadable():
    data = photo(FaceFormat.JPEG).data
    assert decoded(FaceImage(FaceFormat.JPEG, data[: len(data) // 2])) is FaceProblem.UNREADABLE


def sized_jp2(width, height):
    """The header of a codestream (ISO/IEC 15444-1 A.5.1) with another size."""
    data = bytearray(photo(no_jp2=True).data)
    for place, side in ((8, width), (12, height), (24, width), (28, height)):
        data[place : place + 4] = side.to_bytes(4)
    return FaceImage(FaceFormat.JPEG_2000, bytes(data))


def sized_jpeg(width, height):
    data = bytearray(photo(FaceFormat.JPEG).data)
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = height.to_bytes(2) + width.to_bytes(2)
    return FaceImage(FaceFormat.JPEG, bytes(data))


@pytest.mark.parametrize(
    "bomb",
    [sized_jp2(60000, 60000), sized_jp2(2**31 - 1, 1), sized_jpeg(60000, 60000), sized_jpeg(2000, 1001)],
    ids=["jp2", "jp2 line", "jpeg", "jpeg just above"],
)
def test_a_small_file_with_a_huge_picture_is_refused(decoder, bomb):
    assert decoder.decode(bomb) is FaceProblem.TOO_LARGE


def test_more_bytes_than_a_data_group_holds(decoder):
    data = photo(FaceFormat.JPEG).data
    assert decoder.decode(FaceImage(FaceFormat.JPEG, data.ljust(70_000, b"\0"))) is FaceProblem.UNREADABLE


def test_one_format_under_the_name_of_another_is_unreadable(decoder):
    png = io.BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG")
    for format in FaceFormat:
        assert decoder.decode(FaceImage(format, png.getvalue())) is FaceProblem.UNREADABLE
    assert decoder.decode(FaceImage(FaceFormat.JPEG, photo().data)) is FaceProblem.UNREADABLE


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import time; time.sleep(60)", FaceProblem.TIMED_OUT),
        ("import os; os.abort()", FaceProblem.DECODER_DIED),
        ("import os; os.kill(os.getpid(), 9)", FaceProblem.DECODER_DIED),
        ("raise SystemExit(3)", FaceProblem.DECODER_DIED),
        ("import os; os.close(0); os.write(1, bytes(4))", FaceProblem.DECODER_DIED),
        ("import os; os.write(1, b'\\0\\0\\2\\0\\2' + bytes(11))", FaceProblem.DECODER_DIED),
        ("import os; os.write(1, b'\\0\\0\\0\\0\\0')", FaceProblem.DECODER_DIED),
        ("import os; os.write(1, b'\\x63')", FaceProblem.UNREADABLE),
        ("import os\nwhile True: os.write(1, bytes(60000))", FaceProblem.DECODER_DIED),
    ],
)
def test_a_decoder_that_hangs_dies_or_lies_is_a_word(code, problem):
    with python(code, seconds=0.3 if problem is FaceProblem.TIMED_OUT else 20) as decoder:
        assert decoder.decode(photo()) is problem


def test_no_decoder_at_all():
    decoder = FaceDecoder(command=("/nonexistent/python",))
    decoder.preload()
    assert decoder.decode(photo()) is FaceProblem.NO_DECODER


def test_a_process_that_died_while_it_waited_is_replaced():
    with FaceDecoder() as decoder:
        decoder.preload()
        decoder._ready.kill()
        decoder._ready.wait()
        assert isinstance(decoder.decode(photo()), FacePicture)


def test_no_two_pictures_share_a_process():
    with FaceDecoder(keep_ready=True) as decoder:
        seen = set()
        for _ in range(3):
            decoder.preload()
            seen.add(decoder._ready.pid)
            assert isinstance(decoder.decode(photo()), FacePicture)
        assert len(seen) == 3


def test_several_threads_at_once():
    found = []
    with FaceDecoder(keep_ready=True) as decoder:
        threads = [threading.Thread(target=lambda: found.append(decoder.decode(photo()))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [type(each) for each in found] == [FacePicture] * 4


def test_a_closed_decoder_leaves_no_process_behind():
    decoder = FaceDecoder(keep_ready=True)
    decoder.preload()
    child = decoder._ready
    decoder.close()
    assert child.returncode is not None
    decoder.preload()
    assert decoder._ready is None


def test_the_process_ends_with_its_parent():
    child = subprocess.Popen(
        (sys.executable, "-I", "-B", CHILD), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
    )
    child.stdin.close()
    assert child.stdout.read() == bytes((face_decoder_child.UNREADABLE,))
    assert child.wait(30) == 0
    child.stdout.close()


PROBE = """
import runpy, socket, sys
child = runpy.run_path(sys.argv[1])
child["warm_up"]()
child["limit"]()
def refused(attempt):
    try:
        attempt()
    except (OSError, MemoryError):
        return "refused"
    return "allowed"
print(
    refused(lambda: open("/etc/hostname")),
    refused(lambda: open("/tmp/from-a-hostile-picture", "w")),
    refused(socket.socket),
    refused(lambda: bytearray(600 << 20)),
    len(child["decode"](b"2" + sys.stdin.buffer.read())),
)
"""


def test_a_hostile_picture_could_open_nothing_and_take_little():
    done = subprocess.run(
        (sys.executable, "-I", "-B", "-c", PROBE, CHILD), input=photo().data, capture_output=True, check=True
    )
    assert done.stdout.decode().split() == ["refused"] * 4 + [str(5 + 3 * 240 * 320)]


def test_a_picture_that_computes_without_end_is_stopped():
    code = f"""
import runpy
limit = runpy.run_path({str(CHILD)!r})["limit"]
limit.__globals__["CPU_SECONDS"] = 1
limit()
while True:
    pass
"""
    with python(code) as decoder:
        assert decoder.decode(photo()) is FaceProblem.DECODER_DIED


def test_nothing_is_left_open():
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        face_decoder.decode(photo())
    with python("raise SystemExit(3)") as decoder:
        decoder.decode(photo())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def decoded(face):
    """As the child does it, in this process."""
    answer = face_decoder_child.decode(LETTERS[face.format] + face.data)
    return face_decoder._picture(answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_to_a_photo_gives_a_picture_or_a_word(data):
    format = data.draw(st.sampled_from(FaceFormat))
    raw = bytearray(photo(format, size=(40, 50)).data)
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = decoded(FaceImage(format, bytes(raw)))
    assert isinstance(found, FacePicture) or found in (FaceProblem.UNREADABLE, FaceProblem.TOO_LARGE)


@given(st.binary(max_size=100))
def test_any_answer_of_the_child_is_a_picture_or_a_word(answer):
    assert isinstance(face_decoder._picture(answer), FacePicture | FaceProblem)
