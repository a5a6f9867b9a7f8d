"""A moto server on which a stage can be deployed: it learns here what AWS does and moto does not.

For tests of the deployment only; no data goes through it. It runs in a process of its own, since
moto's state belongs to a process: `python -m tests.integration.moto_shim` prints its address.
"""

from __future__ import annotations

import sys
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI
from moto.awslambda.models import EventSourceMapping
from moto.cloudformation.models import ChangeSet
from moto.cloudformation.responses import CloudFormationResponse
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

Document = dict[str, Any]


def openapi3(swagger: Document) -> Document:
    """Chalice's Swagger 2.0 in the subset of OpenAPI 3 that moto reads, without preflight mocks."""
    paths = {
        path: {method: one for method, one in methods.items() if method != "options"}
        for path, methods in swagger["paths"].items()
    }
    return {"openapi": "3.0.1", "info": {"description": "", **swagger["info"]}, "paths": paths}


def learn() -> None:
    """Teach this process's moto."""
    imports, replaces = APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api
    applies, reads = ChangeSet.apply, CloudFormationResponse._get_stack_from_s3_url

    def import_rest_api(self: APIGatewayBackend, api_doc: Document, warn: bool) -> RestAPI:
        return imports(self, openapi3(api_doc), warn)

    def put_rest_api(
        self: APIGatewayBackend, function_id: str, api_doc: Document, **options: Any
    ) -> RestAPI:
        known = api_doc if "openapi" in api_doc else openapi3(api_doc)
        return replaces(self, function_id, known, **options)

    def apply(self: ChangeSet) -> None:
        """With its outputs and parameters, as a stack has them that was not made by change sets."""
        applies(self)
        self.stack.template_dict = self.template_dict
        self.stack.output_map = self.stack._create_output_map()
        self.stack.parameters = self.parameters

    def replace_mapping(
        cls: type[EventSourceMapping],
        original_resource: EventSourceMapping,
        new_resource_name: str,
        cloudformation_json: Document,
        account_id: str,
        region_name: str,
    ) -> EventSourceMapping:
        """A mapping cannot change its source: CloudFormation makes a new one."""
        original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )

    def read_template(self: CloudFormationResponse, url: str) -> str:
        """At an address like this server's own: the bucket stands in its path."""
        return reads(self, url.replace("127.0.0.1", "localhost"))

    def allow_unchanged(*_: object) -> None:
        """A change set without changes is made, and fails; it is not refused."""

    for owner, name, learned in (
        (APIGatewayBackend, "import_rest_api", import_rest_api),
        (APIGatewayBackend, "put_rest_api", put_rest_api),
        (ChangeSet, "apply", apply),
        (EventSourceMapping, "update_from_cloudformation_json", classmethod(replace_mapping)),
        (CloudFormationResponse, "_get_stack_from_s3_url", read_template),
        (CloudFormationResponse, "_validate_different_update", allow_unchanged),
    ):
        vars(owner)[name]  # moto still has what is replaced here
        setattr(owner, name, learned)


def main() -> None:
    """Serve on a free port of this machine until killed."""
    learn()
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, request_handler=MotoRequestHandler)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
