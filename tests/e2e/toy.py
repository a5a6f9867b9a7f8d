"""A toy app with the city's functions, each of which only logs what it was given."""

from pathlib import Path

from infra.policies import GRANTS

CONFIG = """
{"version": "2.0", "app_name": "sanwei", "automatic_layer": false, "autogen_policy": false,
 "stages": {"local": {"api_gateway_stage": "api", "manage_iam_role": false, "lambda_timeout": 60,
   "iam_role_arn": "arn:aws:iam::000000000000:role/sanwei-local",
   "environment_variables": {"SANWEI_STAGE": "local"}}}}
"""
APP = """
from chalice import Chalice
from functions.toy import bp
app = Chalice(app_name="sanwei")
app.register_blueprint(bp)
"""
HEAD = """
import json, os, time
from chalice import Blueprint, Cron, Rate

bp = Blueprint(__name__)
CODE = "%s"


def _log(name, event):
    print(json.dumps({"toy": name, "code": CODE, "stage": os.environ["SANWEI_STAGE"],
                      "event": event}))


@bp.route("/v1/health")
def health():
    return {"code": CODE}


@bp.schedule(Rate(30, unit=Rate.MINUTES))
def registry_sweep(event):
    _log("registry_sweep", event.to_dict())


@bp.schedule(Rate(5, unit=Rate.MINUTES))
def push_retry(event):
    _log("push_retry", event.to_dict())


@bp.schedule(Cron(30, 16, "*", "*", "?", "*"))
def trail_seal(event):
    _log("trail_seal", event.to_dict())


@bp.lambda_function()
def registry_rows(event, context):
    _log("registry_rows", event)
    record = event["Records"][0]
    if record["body"] == "slow" and record["attributes"]["ApproximateReceiveCount"] == "1":
        time.sleep(50)
    return {"batchItemFailures": []}
"""
ONE = """

@bp.lambda_function()
def {name}(event, context):
    _log("{name}", event)
    return {{"batchItemFailures": []}}
"""
_OWN = ("registry_sweep", "push_retry", "trail_seal", "registry_rows", "api_handler", "signed_in")
OTHERS = tuple(name for name in GRANTS if name not in _OWN)


def write(project: Path, code: str) -> Path:
    """Writes the app into `project`; `code` is what its functions call themselves by."""
    functions = project / "functions"
    for folder in (project / ".chalice", functions, project / "vendor"):
        folder.mkdir(parents=True, exist_ok=True)
    (project / ".chalice/config.json").write_text(CONFIG)
    (project / "app.py").write_text(APP)
    (functions / "__init__.py").touch()
    body = HEAD % code + "".join(ONE.format(name=name) for name in OTHERS)
    (functions / "toy.py").write_text(body)
    link = project / "vendor/functions"
    if not link.is_symlink():
        link.symlink_to("../functions")
    return project
