"""What a new stage's bucket of configuration begins with."""

from __future__ import annotations

from fontTools.ttLib import TTFont

from functions.inspections.notice_consumers import FONT
from infra import configuration
from infra.city.whoswho import HOME


def test_every_file_that_a_city_begins_with_is_there() -> None:
    found = configuration.files(HOME)
    assert all(path.is_file() for path in found.values())
    assert found["calendar.toml"] in (HOME / "calendars").iterdir()


def test_b7_the_font_of_notices_may_be_embedded_and_has_the_common_characters() -> None:
    font = TTFont(configuration.files(HOME)[FONT], lazy=True)
    assert font["OS/2"].fsType == 0  # installable embedding: no restriction
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    known = font.getBestCmap()
    assert not [code for code in range(0x4E00, 0x9FA6) if code not in known]  # GB 18030-2000
