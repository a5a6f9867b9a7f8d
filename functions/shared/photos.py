"""Photos: whose they are, what they may be, and whether they have arrived (A17, B6)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from functions.shared.errors import Fault, Invalid
from functions.shared.objects import Photos

MOST_BYTES = 10 * 1024 * 1024
SENT_WITHIN = 900  # seconds in which a photo must be sent, or may be looked at by one link
_FOLDER = "photos"


class PhotoType(StrEnum):
    """What a photo may be."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    HEIC = "image/heic"
    WEBP = "image/webp"


_ENDING = {
    PhotoType.JPEG: "jpg",
    PhotoType.PNG: "png",
    PhotoType.HEIC: "heic",
    PhotoType.WEBP: "webp",
}


def photo_key(unit: str, id: str, type: PhotoType) -> str:
    """Where a photo of `unit` stands in the bucket `evidence`."""
    return f"{_FOLDER}/{unit}/{id}.{_ENDING[type]}"


def photo_type(key: str) -> PhotoType | None:
    """What the photo under this key is; None where it is the key of no photo."""
    known = (kind for kind, ending in _ENDING.items() if key.endswith(f".{ending}"))
    return next(known, None) if key.startswith(f"{_FOLDER}/") else None


def check_photos(keys: Iterable[str], unit: str, photos: Photos) -> None:
    """Raises Invalid for each of `keys` that has not arrived, or is not the unit's own: both look
    the same (D3)."""
    missing = [
        Fault("photo_missing", f"photos.{number}")
        for number, key in enumerate(keys)
        if not has_arrived(key, unit, photos)
    ]
    if missing:
        raise Invalid.all(missing)


def has_arrived(key: str, unit: str, photos: Photos) -> bool:
    """Whether a photo is the unit's own and was sent, whole."""
    if not key.startswith(f"{_FOLDER}/{unit}/"):
        return False
    size = photos.size(key)
    return size is not None and 0 < size <= MOST_BYTES
