"""`Table` on DynamoDB, and DynamoDB's typed form of a record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.shared.table import Addition, Index, Key, Page, Record, Stale

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MOST_KEYS = 100  # of one BatchGetItem
_MOST_ROUNDS = 8  # without a single record: then the table is away, and the caller is told
_LONGEST = (2048, 1024)  # bytes of a partition key and a sort key
_FIRST_PAUSE = 0.05  # seconds; twice as long each further time
# Why a transaction may fail that succeeds a moment later: nobody else tries it again for us.
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_REFUSED = {"ConditionalCheckFailedException"}
_OVERTAKEN = _REFUSED | {"TransactionConflictException"}  # a transaction changes the record now


class DynamoTable:
    """`Table` on DynamoDB."""

    def __init__(
        self, client: DynamoDBClient, name: str, pause: Callable[[float], object] = time.sleep
    ) -> None:
        self._client = client
        self._name = name
        self._pause = pause

    def get(self, pk: str, sk: str) -> Record | None:
        if not _may_be(pk, sk):
            return None
        reply = self._client.get_item(
            TableName=self._name, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return read_item(reply["Item"]) if "Item" in reply else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        wanted = list(dict.fromkeys(key for key in keys if _may_be(*key)))
        found: dict[Key, Record] = {}
        idle = 0
        while wanted:
            part, wanted = wanted[:_MOST_KEYS], wanted[_MOST_KEYS:]
            reply = self._client.batch_get_item(
                RequestItems={
                    self._name: {
                        "Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in part],
                        "ConsistentRead": True,
                    }
                }
            )
            for item in reply["Responses"].get(self._name, []):
                record = read_item(item)
                found[record["pk"], record["sk"]] = record
            left = _keys(reply["UnprocessedKeys"].get(self._name))
            wanted += [(str(key["pk"]["S"]), str(key["sk"]["S"])) for key in left]
            idle = idle + 1 if len(left) == len(part) else 0
            if idle == _MOST_ROUNDS:
                raise OSError(f"{self._name} left {len(wanted)} keys unread")
            if idle:
                self._pause(_FIRST_PAUSE * 2 ** (idle - 1))
        return found

    def put(self, record: Record, *, over: int | None) -> None:
        condition = "attribute_not_exists(pk)" if over is None else "version = :over"
        if not self._put(record, condition, over, _OVERTAKEN):
            raise Stale(f"{record['pk']}/{record['sk']}")

    def put_newer(self, record: Record) -> bool:
        condition = "attribute_not_exists(pk) OR version < :over"
        return self._put(record, condition, record["version"], _REFUSED)

    def _put(self, record: Record, condition: str, over: int | None, refusals: set[str]) -> bool:
        values = {} if over is None else {":over": {"N": str(over)}}
        extra: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        try:
            self._client.put_item(
                TableName=self._name,
                Item=write_item(record),
                ConditionExpression=condition,
                **extra,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in refusals:
                return False
            raise
        return True

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        condition = "attribute_not_exists(pk)" if over is None else "version = :over"
        values = {} if over is None else {":over": {"N": str(over)}}
        put: dict[str, Any] = {
            "TableName": self._name,
            "Item": write_item(record),
            "ConditionExpression": condition,
            **({"ExpressionAttributeValues": values} if values else {}),
        }
        items: list[Any] = [{"Put": put}, *({"Update": self._added(one)} for one in additions)]
        reasons: list[str] = []
        for attempt in range(_MOST_ROUNDS):
            if attempt:
                self._pause(_FIRST_PAUSE * 2 ** (attempt - 1))
            try:
                self._client.transact_write_items(TransactItems=items)
                return
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = [one.get("Code", "None") for one in error.response["CancellationReasons"]]
            if reasons[0] == "ConditionalCheckFailed":
                raise Stale(f"{record['pk']}/{record['sk']}")
            if not set(reasons) <= _PASSING:
                break
        raise OSError(f"{self._name} cancelled a transaction: {', '.join(reasons)}")

    def add(self, addition: Addition) -> Record:
        reply = self._client.update_item(**self._added(addition), ReturnValues="ALL_NEW")
        return read_item(reply["Attributes"])

    def _added(self, addition: Addition) -> Any:
        counts = {**addition.counts, "version": 1}
        names = {f"#{number}": name for number, name in enumerate(counts)}
        values = {f":{number}": {"N": str(count)} for number, count in enumerate(counts.values())}
        return {
            "TableName": self._name,
            "Key": {"pk": {"S": addition.pk}, "sk": {"S": addition.sk}},
            "UpdateExpression": "ADD " + ", ".join(f"#{n} :{n}" for n in range(len(counts))),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def scan(
        self, segment: int, segments: int, *, limit: int = 100, after: Record | None = None
    ) -> Page:
        extra: dict[str, Any] = {"ExclusiveStartKey": write_item(after)} if after else {}
        reply = self._client.scan(
            TableName=self._name,
            Segment=segment,
            TotalSegments=segments,
            Limit=limit,
            ConsistentRead=True,
            **extra,
        )
        last = reply.get("LastEvaluatedKey")
        records = tuple(read_item(item) for item in reply["Items"])
        return Page(records, read_item(last) if last else None)

    def query(
        self,
        pk: str,
        *,
        index: Index | None = None,
        begins: str = "",
        above: str = "",
        until: str = "",
        limit: int = 100,
        after: Record | None = None,
    ) -> Page:
        key, sort = (index.partition, index.sort) if index else ("pk", "sk")
        condition, names, values = "#p = :p", {"#p": key}, {":p": {"S": pk}}
        for sign, bound in (("begins", begins), (">", above), ("<=", until)):
            if bound:
                condition += f" AND {_sort_condition(sign)}"
                names["#s"], values[":s"] = sort, {"S": bound}
        extra: dict[str, Any] = {"IndexName": index.name} if index else {"ConsistentRead": True}
        if after:
            extra["ExclusiveStartKey"] = write_item(after)
        reply = self._client.query(
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            Limit=limit,
            **extra,
        )
        last = reply.get("LastEvaluatedKey")
        records = tuple(read_item(item) for item in reply["Items"])
        return Page(records, read_item(last) if last else None)


def _may_be(pk: str, sk: str) -> bool:
    """Whether a table can hold such a key: who asks for a longer one gets nothing, not an error."""
    return len(pk.encode()) <= _LONGEST[0] and len(sk.encode()) <= _LONGEST[1]


def _sort_condition(sign: str) -> str:
    return "begins_with(#s, :s)" if sign == "begins" else f"#s {sign} :s"


def _keys(left: Any) -> list[Any]:
    return list(left["Keys"]) if left else []


def read_item(item: Mapping[str, Any]) -> Record:
    """A record from DynamoDB's typed form (also that of streams); whole numbers become int."""
    return {name: _read(value) for name, value in item.items()}


def write_item(record: Record) -> dict[str, Any]:
    """DynamoDB's typed form of a record; attributes that are None are left out.

    Raises TypeError for what a record does not hold: sets, bytes, floats (they do not compare).
    """
    return {name: _write(value) for name, value in record.items() if value is not None}


def _read(typed: Mapping[str, Any]) -> Any:
    [(kind, value)] = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            number = Decimal(value)
            return int(number) if number == number.to_integral_value() else number
        case "M":
            return {name: _read(inner) for name, inner in value.items()}
        case "L":
            return [_read(inner) for inner in value]
        case "NULL":
            return None
    raise TypeError(f"a record holds no DynamoDB {kind}")


def _write(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": str(value)}  # also an enum's member
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case dict():
            return {"M": {name: _write(inner) for name, inner in value.items()}}
        case list() | tuple():
            return {"L": [_write(inner) for inner in value]}
        case None:
            return {"NULL": True}
    raise TypeError(f"a record holds no {type(value).__name__}: {value!r}")
