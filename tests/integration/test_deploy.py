"""A stage is deployed, deployed again, repaired and removed, against a server in AWS's place."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import boto3
import pytest

from functions.shared.settings import Settings
from infra import deploy as deployment
from infra import throttling
from infra.policies import STREAMS, policy
from infra.staging import NotDeployable
from tests.integration.stage import PYTHON, Stage

ROOT = Path(__file__).parents[2]

APP = """
from chalice import Chalice

from functions.interfaces.consumers import consumers
from functions.shared.access import access

app = Chalice(app_name="sanwei")
app.register_blueprint(access)
app.register_blueprint(consumers)


@app.route("/v1/health", methods=["GET"], cors=True)
def health():
    return {"revision": 1}
"""

ACCESS = """
from chalice import AuthResponse, Blueprint

access = Blueprint(__name__)


@access.authorizer(ttl_seconds=300)
def signed_in(request):
    return AuthResponse(routes=["*"], principal_id="somebody")
"""

CONSUMERS = """
from chalice import Blueprint, Rate

consumers = Blueprint(__name__)


@consumers.lambda_function()
def registry_publish(event, context):
    return 1


@consumers.schedule(Rate(5, unit=Rate.MINUTES))
def push_retry(event):
    return 1
"""

TABLE = """
  {title}Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub sanwei-${{Stage}}-{table}
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{{AttributeName: pk, AttributeType: S}}]
      KeySchema: [{{AttributeName: pk, KeyType: HASH}}]
      StreamSpecification: {{StreamViewType: NEW_AND_OLD_IMAGES}}
"""

BOOKS = ("catalogue", "periods", "grading", "repair", "constraints", "instruments")
LATER = ("credit", "discipline")
FIRST = [table for table in STREAMS if table not in LATER]

FOUNDATION = f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {{Type: String}}
Resources:
{"".join(TABLE.format(title=table.title(), table=table) for table in FIRST)}
  ConfigBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub sanwei-${{Stage}}-config-${{AWS::AccountId}}
Outputs:
  Issuer: {{Value: "https://issuer.example/pool"}}
  PeopleClientId: {{Value: people}}
"""

FOUNDATION_CREDIT = f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {{Type: String}}
Resources:
{"".join(TABLE.format(title=table.title(), table=table) for table in LATER)}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {{}}
  KeyAlias:
    Type: AWS::KMS::Alias
    Properties:
      AliasName: !Sub alias/sanwei-${{Stage}}
      TargetKeyId: !Ref Key
"""

FOUNDATION_SITE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
Resources:
  SiteBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub sanwei-${Stage}-site-${AWS::AccountId}
"""

WIRING = (
    """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
  RecheckDefinition: {Type: String}
  ApiStage: {Type: String}
"""
    + "".join(f"  {table.title()}Stream: {{Type: String}}\n" for table in STREAMS)
    + """
Resources:
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !Ref RegistryStream
      FunctionName: !Sub sanwei-${Stage}-registry_publish
      StartingPosition: TRIM_HORIZON
      BatchSize: 100
"""
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one feature, deployed as the real one is."""
    files = {
        "app.py": APP,
        "functions/__init__.py": "",
        "functions/shared/__init__.py": "",
        "functions/shared/access.py": ACCESS,
        "functions/interfaces/__init__.py": "",
        "functions/interfaces/consumers.py": CONSUMERS,
        "infra/foundation.yaml": FOUNDATION,
        "infra/foundation-credit.yaml": FOUNDATION_CREDIT,
        "infra/foundation-site.yaml": FOUNDATION_SITE,
        "infra/wiring.yaml": WIRING,
        "infra/recheck.asl.json": "{}",
        "infra/city/divisions.csv": "divisions",
        "infra/city/departments.csv": "departments",
        "infra/city/ladder.toml": "ladder",
        "infra/city/clue_limits.toml": "limits",
        "infra/city/inspection_items.toml": "inspections",
        **{f"infra/city/{name}.toml": name for name in BOOKS},
        "infra/city/calendars/2030.1.toml": "old calendar",
        "infra/city/calendars/2031.1.toml": "calendar",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", tmp_path / ".chalice")
    return tmp_path


@pytest.fixture
def stage(project: Path, aws: boto3.Session) -> Stage:
    return Stage(project, aws)


def test_a_stage_stands_complete_after_one_deployment(stage: Stage) -> None:
    address = stage.deploy()
    standing = stage.standing()
    assert address == f"https://{standing['apis'][0]}.execute-api.eu-west-1.amazonaws.com/dev/"
    functions = ["registry_publish", "push_retry", "signed_in"]
    assert standing["functions"] == sorted(["sanwei-dev", *(f"sanwei-dev-{f}" for f in functions)])
    assert standing["roles"] == sorted(f"sanwei-dev-{f}" for f in [*functions, "api_handler"])
    assert standing["rules"] == ["sanwei-dev-push_retry-event"]
    assert standing["mappings"] == [stage.stream()]

    settings = stage.settings("registry_publish")
    assert settings["Runtime"] == f"python{PYTHON}"
    assert settings["Architectures"] == ["arm64"]
    assert settings["Handler"] == "functions.interfaces.consumers.registry_publish"
    assert settings["Environment"]["Variables"] == {
        "SANWEI_STAGE": "dev",
        "SANWEI_ACCOUNT": "123456789012",
        "SANWEI_PARTITION": "aws",
        "SANWEI_ISSUER": "https://issuer.example/pool",
        "SANWEI_AUDIENCE": "people",
        "SANWEI_PORTAL_CLIENT": "people",
    }
    assert [one["Arn"] for one in settings["Layers"]] == [stage.layer_arn(1)]
    assert stage.settings("push_retry")["Timeout"] == 120
    allowed = stage.roles.get_role_policy(
        RoleName="sanwei-dev-registry_publish", PolicyName="sanwei-dev-registry_publish"
    )["PolicyDocument"]
    target = Settings(stage="dev", account="123456789012", region="eu-west-1")
    assert allowed == policy("registry_publish", target)
    kept = stage.logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/sanwei-dev")["logGroups"]
    assert len(kept) == 4
    assert {group["retentionInDays"] for group in kept} == {deployment.LOGS_KEPT_DAYS}


def test_c8_what_is_read_without_a_token_is_throttled_at_the_gateway(stage: Stage) -> None:
    stage.deploy()
    [api] = stage.standing()["apis"]
    limits = stage.apis.get_stage(restApiId=api, stageName="dev")["methodSettings"]
    [(path, health)] = limits.items()
    assert path.replace("~1", "/").endswith("/v1/health/GET")
    assert health["throttlingRateLimit"] == throttling.PER_SECOND
    assert health["throttlingBurstLimit"] == throttling.BURST


def test_c8_the_data_keys_of_a_stage_are_made_once(stage: Stage) -> None:
    stage.deploy()
    found = stage.keys()
    assert set(found) == {"keys/identity.key", "keys/systems.key"} and all(found.values())
    stage.deploy()
    assert stage.keys() == found


def test_what_a_stage_is_told_in_its_config_reaches_its_functions(stage: Stage) -> None:
    own = '"environment_variables": {"SANWEI_TIMERS": "sweep"}, "api_gateway_stage": "dev"'
    stage.rewrite(".chalice/config.json", '"api_gateway_stage": "dev"', own)
    stage.deploy()
    told = stage.settings("push_retry")["Environment"]["Variables"]
    assert (told["SANWEI_TIMERS"], told["SANWEI_STAGE"]) == ("sweep", "dev")


def test_a_second_deployment_changes_only_what_changed(stage: Stage) -> None:
    stage.deploy()
    standing, code = stage.standing(), stage.settings("push_retry")["CodeSha256"]
    stage.deploy()
    assert stage.standing() == standing
    assert stage.settings("push_retry")["CodeSha256"] == code

    stage.rewrite("functions/interfaces/consumers.py", "return 1", "return 2")
    stage.layer = "other wheels"
    stage.deploy()
    assert stage.settings("push_retry")["CodeSha256"] != code
    assert [one["Arn"] for one in stage.settings("push_retry")["Layers"]] == [stage.layer_arn(2)]
    assert stage.standing() == {**standing, "layers": ["2", "1"]}


def test_a_deployment_changes_no_file_of_the_project(stage: Stage) -> None:
    def content() -> dict[Path, bytes]:
        files = (path for path in stage.project.rglob("*") if path.is_file())
        outside = (path for path in files if "build" not in path.parts)
        return {path: path.read_bytes() for path in outside if path.name != "layer.zip"}

    before = content()
    stage.deploy()
    assert content() == before


def test_the_package_holds_the_functions_with_byte_code_and_nothing_else(stage: Stage) -> None:
    stray = stage.project / "functions" / "interfaces" / "__pycache__" / "gone.cpython-399.pyc"
    stray.parent.mkdir()
    stray.touch()
    stage.deploy()
    sources = {"app.py", "chalice/__init__.py", "chalice/app.py"}
    sources |= {f"functions/{name}" for name in ("__init__.py", "shared/access.py")}
    sources |= {f"functions/{room}/__init__.py" for room in ("shared", "interfaces")}
    sources |= {"functions/interfaces/consumers.py"}
    cached = {
        importlib.util.cache_from_source(name) for name in sources if name.startswith("functions")
    }
    assert stage.packed() == sources | cached


def test_a_renamed_file_is_packed_under_its_new_name(stage: Stage) -> None:
    """Chalice names a package by its content alone, and would reuse the old one."""
    table = stage.project / "functions" / "interfaces" / "kinds.txt"
    table.write_text("kinds", encoding="utf-8")
    stage.deploy()
    table.rename(table.with_name("sorts.txt"))
    stage.deploy()
    assert {name for name in stage.packed() if name.endswith(".txt")} == {
        "functions/interfaces/sorts.txt"
    }


def test_a_stage_gets_the_sample_configuration_and_keeps_its_own(stage: Stage) -> None:
    stage.deploy()
    assert stage.configuration() == {
        "divisions.csv": "divisions",
        "departments.csv": "departments",
        "ladder.toml": "ladder",
        "clue_limits.toml": "limits",
        "inspection_items.toml": "inspections",
        **{f"{name}.toml": name for name in BOOKS},
        "calendars/2030.1.toml": "old calendar",
        "calendars/2031.1.toml": "calendar",
        "calendar.toml": "calendar",
    }
    stage.objects.put_object(Bucket=stage.config, Key="departments.csv", Body=b"own")
    stage.rewrite("infra/city/departments.csv", "departments", "new departments")
    stage.deploy()
    assert stage.configuration()["departments.csv"] == "own"


def test_a_function_that_moved_house_is_found_there(stage: Stage) -> None:
    """Chalice updates the code of a function, not its handler."""
    stage.deploy()
    room = stage.project / "functions" / "interfaces"
    room.rename(room.with_name("delivery"))
    stage.rewrite("app.py", "functions.interfaces", "functions.delivery")
    stage.deploy()
    for name in ("registry_publish", "push_retry"):
        assert stage.settings(name)["Handler"] == f"functions.delivery.consumers.{name}"


def test_a_function_that_is_gone_takes_its_role_and_rule_along(stage: Stage) -> None:
    stage.deploy()
    stage.rewrite("functions/interfaces/consumers.py", "@consumers.schedule", "#")
    stage.deploy()
    standing = stage.standing()
    assert "sanwei-dev-push_retry" not in standing["functions"] + standing["roles"]
    assert standing["rules"] == []


def test_a_lost_record_makes_no_second_api(stage: Stage) -> None:
    stage.deploy()
    standing = stage.standing()
    shutil.rmtree(stage.project / "build")
    stage.deploy()
    assert stage.standing() == standing


def test_a_deployment_that_broke_off_is_finished_by_the_next(stage: Stage) -> None:
    stage.deploy()
    standing = stage.standing()
    stage.functions.delete_function(FunctionName="sanwei-dev-registry_publish")
    stage.apis.delete_rest_api(restApiId=standing["apis"][0])
    stage.rules.remove_targets(Rule="sanwei-dev-push_retry-event", Ids=["1"])
    stage.rules.delete_rule(Name="sanwei-dev-push_retry-event")
    stage.deploy()
    repaired = stage.standing()
    assert len(repaired["apis"]) == 1
    assert {**repaired, "apis": []} == {**standing, "apis": []}


def test_two_apis_of_one_stage_are_refused_by_name(stage: Stage) -> None:
    stage.deploy()
    other = stage.apis.create_rest_api(name="sanwei")["id"]
    stage.functions.add_permission(
        FunctionName="sanwei-dev",
        StatementId="other",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:eu-west-1:123456789012:{other}/*",
    )
    with pytest.raises(NotDeployable, match=f"several APIs .*{other}"):
        stage.deploy()


def test_the_mapping_follows_a_table_that_was_restored(stage: Stage) -> None:
    stage.deploy()
    before = stage.stream()
    made = stage.tables.describe_table(TableName="sanwei-dev-registry")["Table"]
    stage.tables.delete_table(TableName="sanwei-dev-registry")
    stage.tables.create_table(
        TableName="sanwei-dev-registry",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=made["AttributeDefinitions"],
        KeySchema=made["KeySchema"],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    assert stage.stream() != before
    stage.deploy()
    assert stage.standing()["mappings"] == [stage.stream()]


def test_removal_leaves_nothing_and_can_be_repeated(stage: Stage) -> None:
    stage.deploy()
    stage.functions.delete_function(FunctionName="sanwei-dev-push_retry")
    stage.rewrite("app.py", "import access", "import entrance")  # broken code goes, too
    stage.remove()
    nothing: dict[str, list[str]] = {name: [] for name in stage.standing()}
    assert stage.standing() == nothing
    stage.remove()
    assert stage.standing() == nothing


def test_a_stage_that_is_not_configured_is_refused(project: Path) -> None:
    for name in ("local", "prdo"):
        with pytest.raises(NotDeployable, match=f"dev, prod, not '{name}'"):
            deployment.deploy(name, project=project)


def test_a_function_without_a_policy_is_refused(stage: Stage) -> None:
    stage.rewrite("functions/interfaces/consumers.py", "def push_retry", "def push_on")
    with pytest.raises(NotDeployable, match="no policy for push_on"):
        stage.deploy()
    assert stage.standing()["functions"] == []


def test_an_app_that_cannot_be_imported_is_refused_with_its_error(stage: Stage) -> None:
    stage.rewrite("app.py", "import access", "import entrance")
    with pytest.raises(NotDeployable, match="cannot import name 'entrance'"):
        stage.deploy()
