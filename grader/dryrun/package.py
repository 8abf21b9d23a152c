"""Templates as they are sent: nested templates in S3, the TemplateURLs of the copies rewritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from grader.case import Case
from grader.template import Call, Map, Template, plain, walk

MAX_INLINE = (
    51_200  # bytes. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
)
MAX_IN_S3 = 1_048_576
NESTED = "AWS::CloudFormation::Stack"


def children_of(case: Case, template: Template) -> dict[str, Template]:
    """Return the nested templates of one, by the logical id of the stack resource that names each."""
    found = ((one.name, case.child_of(template, one)) for one in template.of_type(NESTED))
    return {name: child for name, child in found if child is not None and child.file != template.file}


def family(case: Case, root: Template) -> list[Template]:
    """Return a root and all that it nests, directly or not, each once."""
    found: list[Template] = []
    todo = [root]
    while todo:
        current = todo.pop(0)
        if current not in found:
            found.append(current)
            todo += children_of(case, current).values()
    return found


def packaged(case: Case, root: Template, upload: Callable[[str], str], above: tuple[str, ...] = ()) -> str:
    """Return the text of a root to send; what it nests is uploaded, deepest first, and named by the URLs that come back."""
    above = (*above, root.file)
    urls = {
        name: upload(packaged(case, child, upload, above))
        for name, child in children_of(case, root).items()
        if child.file not in above
    }
    return with_urls(root, urls) if urls else root.text


def with_urls(template: Template, urls: Mapping[str, str]) -> str:
    """Return a copy of a template, as JSON, whose nested stacks have other TemplateURLs."""
    data: Any = plain(template.root)
    for name, url in urls.items():
        data["Resources"][name].setdefault("Properties", {})["TemplateURL"] = url
    return json.dumps(data, indent=1, default=str, ensure_ascii=False)


def key_of(run: str, text: str) -> str:
    """Return an object key that tells the content of a template; of its run too, as the runs clean up after themselves."""
    return f"grade-dry-run/{run}/{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}.template"


def transforms_of(template: Template) -> tuple[str, ...]:
    """Return the macros that a template names, at its top or in a Fn::Transform, each once."""
    names = list(template.transforms)
    for _, node in walk(template.root):
        called = node.argument if isinstance(node, Call) and node.name == "Fn::Transform" else None
        beside = node.get("Fn::Transform") if isinstance(node, Map) else None  # a function among other keys
        if called is not None or beside is not None:
            argument: Any = plain(called or beside)
            names.append(str(argument.get("Name")) if isinstance(argument, dict) else str(argument))
    return tuple(dict.fromkeys(names))


def custom_resources(template: Template) -> list[str]:
    """Return the logical ids of what only a Lambda function of the stack would make."""
    custom = ("Custom::", "AWS::CloudFormation::CustomResource")
    return [one.name for one in template.resources.values() if one.type.startswith(custom)]


def outside_nests(case: Case, template: Template) -> list[str]:
    """Return nested stacks whose template is not in the bundle: what they name is fetched by AWS, so it is not sent."""
    inside = children_of(case, template)
    return [one.name for one in template.of_type(NESTED) if one.name not in inside]
