"""Objects in a bucket, by key: configuration, files of rows, archives."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Protocol

from functions.shared.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TYPES = {  # of what people open by a link
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".heic": "image/heic",
    ".webp": "image/webp",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """Where and how to send a file: a signed address and the headers that must be sent with it."""

    url: str
    expires_in: int
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Objects(Protocol):
    """What a use case needs of a bucket."""

    def read(self, key: str) -> bytes:
        """The object's bytes; raises NotFound."""
        ...

    def open(self, key: str) -> IO[bytes]:
        """The object as a stream, however large; raises NotFound."""
        ...

    def write(self, key: str, body: bytes) -> None:
        """Store the object, over whatever was there."""
        ...

    def list_keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin with `prefix`, in order."""
        ...


class Photos(Protocol):
    """What a use case needs of a bucket to which others send pictures, and from which they look."""

    def size(self, key: str) -> int | None:
        """How many bytes the object has; None where there is none."""
        ...

    def upload_of(self, key: str, *, media_type: str, size: int, seconds: int) -> Upload:
        """A signed address to which an object of just this type and size may be PUT."""
        ...

    def link(self, key: str, *, seconds: int) -> str:
        """A signed address from which the object may be read for `seconds`."""
        ...


class Bucket(Objects, Photos, Protocol):
    """All that a bucket can do."""


class S3Objects:
    """`Bucket` on S3."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> bytes:
        return self.open(key).read()

    def open(self, key: str) -> IO[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except self._client.exceptions.NoSuchKey:
            raise NotFound("object") from None
        return io.BufferedReader(_Chunks(body.iter_chunks(1 << 20)), 1 << 20)

    def write(self, key: str, body: bytes) -> None:
        kind = _TYPES.get(PurePath(key).suffix, "application/octet-stream")
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=kind)

    def list_keys(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return (entry["Key"] for page in pages for entry in page.get("Contents", ()))

    def upload(self, key: str, *, seconds: int) -> Upload:
        """A signed address to which the object may be PUT for `seconds`."""
        url = self._client.generate_presigned_url(
            "put_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )
        return Upload(url, seconds)

    def upload_of(self, key: str, *, media_type: str, size: int, seconds: int) -> Upload:
        """`upload`, signed together with type and length: S3 takes nothing else."""
        headers = {"Content-Type": media_type, "Content-Length": str(size)}
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentType": media_type,
                "ContentLength": size,
            },
            ExpiresIn=seconds,
        )
        return Upload(url, seconds, headers)

    def link(self, key: str, *, seconds: int) -> str:
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )

    def size(self, key: str) -> int | None:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise


class _Chunks(io.RawIOBase):
    """A stream over an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = next(self._chunks, b"")
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)
