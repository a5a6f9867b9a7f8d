"""The next calendar, as it might be published: the shipped one and an invented 2027."""

from __future__ import annotations

from pathlib import Path

_SHIPPED = Path(__file__).parents[3] / "infra/city/calendars/2026.1.toml"
SHIPPED = _SHIPPED.read_text("utf-8")
_NOTICE = """
[[years]]
year = 2027
notice = "示例"
holidays = [
  { name = "元旦", first = 2027-01-01, last = 2027-01-03 },
  { name = "春节", first = 2027-02-05, last = 2027-02-12 },
  { name = "清明节", first = 2027-04-03, last = 2027-04-05 },
  { name = "劳动节", first = 2027-05-01, last = 2027-05-05 },
  { name = "端午节", first = 2027-06-09, last = 2027-06-09 },
  { name = "中秋节", first = 2027-09-15, last = 2027-09-15 },
  { name = "国庆节", first = 2027-10-01, last = 2027-10-07 },
]
make_up = [2027-01-31, 2027-02-20, 2027-05-08, 2027-09-26, 2027-10-09]
"""


def calendar_text(version: str = "2027.1", *, with_2027: bool = True) -> str:
    """The text of another version."""
    text = SHIPPED.replace('version = "2026.1"', f'version = "{version}"', 1)
    return text + _NOTICE if with_2027 else text
