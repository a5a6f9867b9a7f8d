"""How well and how fast scopes are matched: the confusion per item, and texts per second."""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation

from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from functions.shared.matching.terms import Terms

_ROOT = Path(__file__).parents[2]
_DATA = _ROOT / "../shared/data"
_ITEMS = _ROOT / "infra/city/supervision_items.toml"

_INVENTED = (
    "销售：文具、玩具、建筑材料（不含危险化学品）；物业管理；室内装饰工程设计、施工；货物或技术进出口",
    "生产和销售电子产品、五金制品、电线电缆。道路普通货运",
    "批发、零售：药品、保健食品、预包装食品（不含冷藏冷冻食品）；企业管理咨询",
    "实业投资；网络技术开发；会议服务；展览展示服务；市场营销策划；房地产中介服务",
    "研发、产销、加工：塑胶制品、模具、纸制品（不含印刷）；货物进出口、技术进出口",
)


@dataclass
class Confusion:
    """Right, wrong and missed pushes against labels, in all and per item code."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        pushed = self.right.total() + self.wrong.total()
        return self.right.total() / pushed if pushed else 1.0

    @property
    def recall(self) -> float:
        wanted = self.found.total() + self.missed.total()
        return self.found.total() / wanted if wanted else 1.0

    def table(self) -> str:
        """One line per code that was pushed or wanted, the worst first, and the totals."""
        codes = set(self.right) | set(self.wrong) | set(self.found) | set(self.missed)
        worst = sorted(codes, key=lambda code: (-self.wrong[code] - self.missed[code], code))
        lines = [f"{'item':<10}{'right':>7}{'wrong':>7}{'found':>7}{'missed':>8}"]
        lines += [
            f"{code:<10}{self.right[code]:>7}{self.wrong[code]:>7}"
            f"{self.found[code]:>7}{self.missed[code]:>8}"
            for code in worst
        ]
        lines.append(f"precision {self.precision:.4f}  recall {self.recall:.4f}")
        return "\n".join(lines)


def confusion(matcher: Matcher, rows: Iterable[Mapping[str, Any]]) -> Confusion:
    """Judge predictions as the labels mean them.

    A push is right if its code is in `must`, a group of `any_of`, or `may`; recall is over the
    `must` codes and the `any_of` groups (counted under the group's first code).
    """
    report = Confusion()
    for row in rows:
        pushed = {match.code for match in matcher.match(row["scope"], row["name"]).items}
        allowed = {*row["must"], *row["may"], *(code for group in row["any_of"] for code in group)}
        report.right.update(pushed & allowed)
        report.wrong.update(pushed - allowed)
        for group in [[code] for code in row["must"]] + row["any_of"]:
            (report.found if pushed & set(group) else report.missed)[group[0]] += 1
    return report


def figures(texts: Sequence[str]) -> dict[str, float]:
    """Texts per second with all explanations, and the cost as a multiple of bare word finding."""
    items = parse_items(_ITEMS.read_text(encoding="utf-8"))
    matcher = Matcher(items)
    bare = AhoCorasick(Terms(items).words, implementation=Implementation.ContiguousNFA)
    matching = min(_seconds(matcher.match, texts) for _ in range(3))
    finding = min(
        _seconds(lambda text: bare.find_matches_as_indexes(text, overlapping=True), texts)
        for _ in range(3)
    )
    return {
        "match.texts_per_s": round(len(texts) / matching, 1),
        "match.ratio_to_bare": round(matching / finding, 2),
    }


def _seconds(work: Any, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        work(text)
    return time.perf_counter() - start


def matching_figures() -> dict[str, float]:
    """Print the confusion (where labels are present) and the speed; give the speed's figures."""
    registrations, examples = _DATA / "registrations_dongguan.csv", _DATA / "scope_examples.jsonl"
    if examples.exists():
        matcher = Matcher(parse_items(_ITEMS.read_text(encoding="utf-8")))
        lines = examples.read_text(encoding="utf-8").splitlines()
        print(confusion(matcher, map(json.loads, lines)).table())
    texts: Sequence[str] = _INVENTED * 2_000
    if registrations.exists():
        with registrations.open(encoding="utf-8-sig", newline="") as file:
            texts = [row["经营范围"] for row in csv.DictReader(file)]
    found = figures(texts)
    for name, figure in found.items():
        print(f"{name:<28}{figure:>12}")
    return found


if __name__ == "__main__":
    matching_figures()
