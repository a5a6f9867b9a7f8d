"""The data keys of a stage, each wrapped by the key service's key; made once, never replaced (C8).

Nobody has ever seen one: the key service makes it and gives it out wrapped. Who loses the object
`keys/<purpose>.key` loses all that was sealed for the purpose; the bucket keeps its versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.shared.keys import Purpose, context_of, place_of, unwrapped
from functions.shared.objects import S3Objects
from functions.shared.settings import Settings
from functions.shared.vault import KeyVault

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


def provide(kms: Any, s3: S3Client, target: Settings) -> list[Purpose]:
    """Make the data keys that the stage lacks; returns for which purposes.

    Written only where nothing stands: of two deployments at once one key stays, and both go on
    with that one.
    """
    bucket = target.bucket("config")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="keys/")
    there = {one["Key"] for page in pages for one in page.get("Contents", [])}
    return [
        purpose
        for purpose in Purpose
        if place_of(purpose) not in there and _make(kms, s3, bucket, target.key_alias, purpose)
    ]


def vault(kms: Any, s3: S3Client, target: Settings, purpose: Purpose) -> KeyVault:
    """The vault of a purpose, for whoever provides the stage."""
    return unwrapped(kms, S3Objects(s3, target.bucket("config")), purpose)


def _make(kms: Any, s3: S3Client, bucket: str, alias: str, purpose: Purpose) -> bool:
    """Whether it was this key that was stored."""
    made = kms.generate_data_key_without_plaintext(
        KeyId=alias, KeySpec="AES_256", EncryptionContext=context_of(purpose)
    )
    try:
        s3.put_object(
            Bucket=bucket, Key=place_of(purpose), Body=made["CiphertextBlob"], IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _TAKEN:
            return False
        raise
    return True
