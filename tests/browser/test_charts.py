"""Charts on a phone: their numbers can be read (A19)."""

from __future__ import annotations

import html
import json
from itertools import pairwise

from playwright.sync_api import Page

from functions.portal.charts import chart
from infra.assets import BUILT, SITE

# Left and right of each number of the lower axis, in the order of the window.
_NUMBERS = r"""() => {
  const drawn = echarts.getInstanceByDom(document.querySelector("[data-chart]"));
  const texts = drawn.getZr().storage.getDisplayList(true)
    .filter((one) => one.type === "tspan" && !one.ignore && /^[\d,]+$/.test(one.style.text));
  const boxes = texts.map((one) => {
    const box = one.getBoundingRect().clone();
    if (one.transform) box.applyTransform(one.transform);
    return box;
  });
  const lowest = Math.max(...boxes.map((one) => one.y));
  return boxes.filter((one) => one.y > lowest - 4).map((one) => [one.x, one.x + one.width])
    .sort((one, other) => one[0] - other[0]);
}"""


def test_a19_no_number_of_an_axis_stands_over_another_on_a_phone(phone: Page) -> None:
    told = chart("推送", ["市场监督管理局"], [("推送", "blue", [1_234_567])], kind="across")
    (drawer,) = BUILT.glob("echarts.*.js")
    given = html.escape(json.dumps(told))
    phone.set_content(
        '<meta name="viewport" content="width=device-width">'
        f'<div hidden data-chart="{given}"></div>'
    )
    phone.add_script_tag(path=drawer)
    phone.add_script_tag(path=SITE / "own" / "charts.js")
    numbers = phone.evaluate(_NUMBERS)
    assert len(numbers) >= 2
    assert all(left[1] < right[0] for left, right in pairwise(numbers)), numbers
