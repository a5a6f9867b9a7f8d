"""Build what browsers load: pinned files of the npm registry and our own, into build/site.

Each stands there under a name that changes with its content, beside `manifest.json` which says so;
so a browser may keep it for ever, and an old page still finds what it names.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "infra" / "site"
BUILT = ROOT / "build" / "site"
AXE = ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"  # for tests only
_PACKED = ROOT / "build" / "npm"
_TAKEN = {
    "simple.css": "simpledotcss/simple.min.css",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "echarts.js": "echarts/dist/echarts.common.min.js",
    "idb.js": "idb/build/umd.js",
}
_MANIFEST = "manifest.json"
_HASH = 12  # characters of it in a name


class NotBuilt(Exception):
    """The site could not be built; the text says what is missing."""


def build() -> Path:
    """Builds the site; nothing to fetch where what is pinned is there already. Raises NotBuilt."""
    if shutil.which("npm") is None:
        raise NotBuilt("npm is needed for the pages' scripts (it comes with Node.js 18 or newer)")
    _fetch()
    taken = {name: _PACKED / "node_modules" / file for name, file in _TAKEN.items()}
    own = {file.name: file for file in sorted((SITE / "own").iterdir())}
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    manifest = {name: _keep(name, file) for name, file in (taken | own).items()}
    (BUILT / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return BUILT


def provide(client: Any, bucket: str, built: Path = BUILT) -> None:
    """Puts the site into its bucket, the manifest last; what older pages name stays. Builds it
    first where it is not there. Raises NotBuilt."""
    if not (built / _MANIFEST).exists():
        build()
    files = sorted(built.iterdir(), key=lambda file: (file.name == _MANIFEST, file.name))
    for file in files:
        client.put_object(Bucket=bucket, Key=file.name, Body=file.read_bytes())


def _fetch() -> None:
    """What package-lock.json pins, by its digests, without running anything of it."""
    lock = (SITE / "package-lock.json").read_bytes()
    done = _PACKED / hashlib.sha256(lock).hexdigest()[:16]
    if done.exists():
        return
    shutil.rmtree(_PACKED, ignore_errors=True)
    _PACKED.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SITE / name, _PACKED / name)
    asked = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ran = subprocess.run(asked, cwd=_PACKED, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NotBuilt(f"npm ci failed: {(ran.stderr or ran.stdout).strip().splitlines()[-1]}")
    done.touch()


def _keep(name: str, file: Path) -> str:
    # A map of the source would be asked for at an address that is not there.
    body = re.sub(rb"//# sourceMappingURL=\S+\s*$", b"", file.read_bytes())
    digest = hashlib.sha256(body).hexdigest()[:_HASH]
    stem, _, suffix = name.rpartition(".")
    kept = f"{stem}.{digest}.{suffix}"
    (BUILT / kept).write_bytes(body)
    return kept


def main() -> int:
    try:
        built = build()
    except NotBuilt as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"the site is built: {len(list(built.iterdir()))} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
