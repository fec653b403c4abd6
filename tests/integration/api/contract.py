"""An OpenAPI 3.1 document as a judge of answers: what it does not describe is a fault.

Threads: any, once made. Nothing is raised for a fault; it is told in words.
"""

import datetime
import json
import re
import sys

try:
    from jsonschema import Draft202012Validator, FormatChecker, SchemaError
except ImportError:
    sys.exit("error: python3 has no jsonschema, which judges the answers; ./dev setup installs python3-jsonschema")

METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = "application/problem+json"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("uuid")
def is_uuid(value):
    return not isinstance(value, str) or UUID.fullmatch(value) is not None


@FORMATS.checks("date-time", raises=ValueError)
def is_time(value):
    if isinstance(value, str):
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    return True


@FORMATS.checks("date", raises=ValueError)
def is_date(value):
    if isinstance(value, str):
        datetime.date.fromisoformat(value)
    return True


class Operation:
    def __init__(self, method, path, spec):
        self.id = spec["operationId"]
        self.method = method.upper()
        self.path = path
        self.spec = spec
        self.roles = spec.get("x-roles")
        self.is_open = not spec["security"]
        self.takes_key = any(one.get("$ref", "").endswith("/IdempotencyKey") for one in spec.get("parameters", []))

    def documented(self, status):
        return str(status) in self.spec["responses"]

    def successes(self):
        return {int(status) for status in self.spec["responses"] if status < "400"}

    def usual_success(self):
        """Of a request that is carried out: not the status that only dry runs have."""
        done = {status for status in self.successes() if "Dry-Run" not in self.spec["responses"][str(status)]["headers"]}
        return min(done or self.successes())

    def examples(self):
        """(media type, value, the status that answers it) of every example of a request; one of nothing without a body."""
        if "requestBody" not in self.spec:
            return [("", None, self.usual_success())]
        return [(media_type, example["value"], example.get("x-answer", self.usual_success()))
                for media_type, content in self.spec["requestBody"]["content"].items()
                for example in content.get("examples", {}).values()]


class Contract:
    def __init__(self, document):
        self.document = document
        self.operations = {spec["operationId"]: Operation(method, path, spec)
                           for path, methods in document["paths"].items()
                           for method, spec in methods.items() if method in METHODS}

    def _resolved(self, node):
        while "$ref" in node:
            target = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def required_headers(self, operation):
        """Those that the operation is not asked without, as their examples are."""
        parameters = map(self._resolved, operation.spec.get("parameters", []))
        return {one["name"]: one["example"] for one in parameters if one["in"] == "header" and one.get("required")}

    def query_of(self, operation):
        """The names of its query parameters."""
        return {one["name"] for one in map(self._resolved, operation.spec.get("parameters", [])) if one["in"] == "query"}

    def errors_of(self, schema, value):
        whole = {**schema, "components": self.document["components"]}
        return [f"/{'/'.join(str(step) for step in error.absolute_path)}: {error.message[:300]}"
                for error in Draft202012Validator(whole, format_checker=FORMATS).iter_errors(value)]

    def faults_of_document(self):
        """What is wrong with it as it stands: schemas that are none, examples that do not fit them, routes that nobody
        has described, and operations of which a reader would miss something."""
        out = []
        for name, schema in self.document["components"]["schemas"].items():
            try:
                Draft202012Validator.check_schema(schema)
            except SchemaError as error:
                out.append(f"schema {name}: {error.message}")
        for operation in self.operations.values():
            if "x-undocumented" in operation.spec:
                out.append(f"{operation.method} {operation.path} ({operation.id}): nobody has described it; see "
                           "core/http/openapi/fragments.hpp")
            for media_type, content in operation.spec.get("requestBody", {}).get("content", {}).items():
                if not content.get("examples"):
                    out.append(f"{operation.id}: no example of {media_type}")
                for name, example in content.get("examples", {}).items():
                    out += [f"{operation.id}: example {name}{error}"
                            for error in self.errors_of(content["schema"], example["value"])]
        return out

    def routes_missing(self, methods_by_path):
        """What a host answers to and this does not describe, and the other way round."""
        described = {path: {method.upper() for method in methods if method in METHODS}
                     for path, methods in self.document["paths"].items()}
        return [f"{path}: the host has {sorted(methods_by_path.get(path, set()))}, described are "
                f"{sorted(described.get(path, set()))}"
                for path in sorted({*methods_by_path, *described}) if methods_by_path.get(path) != described.get(path)]

    def faults(self, operation, answer):
        """What of an answer the operation's description does not say."""
        responses = operation.spec["responses"]
        if str(answer.status) not in responses:
            return [f"status {answer.status} is not described"]
        response = self._resolved(responses[str(answer.status)])
        out = [f"header {name} is missing" for name, header in response.get("headers", {}).items()
               if self._resolved(header).get("required") and not answer.headers.get(name)]
        media_type = (answer.headers.get("Content-Type") or "").split(";")[0].strip()
        content = response.get("content", {})
        if not content and not answer.body:
            return out
        if media_type not in content:
            return [*out, f"{media_type!r} is not described for status {answer.status}"]
        schema = content[media_type].get("schema")
        if schema is None:
            return out
        is_json = media_type == "application/json" or media_type.endswith("+json")
        return out + self.errors_of(schema, json.loads(answer.body) if is_json else answer.body.decode())

    def faults_of_problem(self, answer):
        """Of a refusal that belongs to no operation."""
        if answer.headers.get("Content-Type") != PROBLEM:
            return [f"it is {answer.headers.get('Content-Type')}"]
        schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}], "unevaluatedProperties": False}
        return self.errors_of(schema, answer.json())
