"""What a translator learns about texts that are too long; test_pages looks at every screen."""

from screens.locale.checking import Fault, check_lengths
from screens.locale.languages import language


def test_a_text_that_does_not_fit_is_named_with_its_screen_and_key() -> None:
    """On a panel as small as a telephone nothing fits."""
    findings = check_lengths(language("en"), (540, 960), 8.0, ["services"])
    assert {(one.language, one.part, one.fault) for one in findings} == {("en", "services", Fault.TOO_LONG)}
    assert any(not one.key.startswith("“") for one in findings), "words of the catalogue are told by key"


def test_where_everything_fits_nothing_is_said() -> None:
    assert check_lengths(language("vi"), (1080, 1920), 21.5, ["start"]) == []
