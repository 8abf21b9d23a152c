"""The public parameter of the machine image that an answer means: by its names and comments, by the prompt, by its user data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from grader.case import Case
from grader.catalogue.corrections import names_in, node_at
from grader.model import Steps
from grader.template import Resource, Template, plain
from grader.template.spans import entry_span

# Public parameters with the newest image.
# Sources: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html, https://docs.aws.amazon.com/linux/al2/ug/ec2.html,
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html,
# https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
_AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{arch}"
_AL2 = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-{arch}-gp2"
_WINDOWS = "/aws/service/ami-windows-latest/Windows_Server-{version}-English-Full-Base"
_UBUNTU = "/aws/service/canonical/ubuntu/server/{version}/stable/current/{arch}/hvm/ebs-{volume}/ami-id"
_FAMILIES = {
    "al2023": r"amazon[\s_-]*linux[\s_-]*2023|al2023",
    "al2": r"amazon[\s_-]*linux[\s_-]*(?:2|ii)(?!\d|\.\d)|amzn2|(?<![a-z])al2(?!\d)|amzn[\s_-]*linux[\s_-]*2(?!\d)",
    "ubuntu": r"ubuntu",
    "windows": r"windows[\s_-]*(?:server|amis?\b|image|instance|20\d\d|latest|host)|microsoft[\s_-]*windows",
    "other": r"red[\s_-]*hat|rhel|centos|debian|\bsuse|\bsles\b|rocky[\s_-]*linux|alma[\s_-]*linux|macos|fedora|"
    r"deep[\s_-]*learning[\s_-]*ami|(?:ecs|eks)[\s_-]*optimi[sz]ed",
}
_WINDOWS_VERSIONS = ("2025", "2022", "2019", "2016")
_UBUNTU_VERSIONS = ("24.04", "22.04", "20.04")


def public_image(case: Case, template: Template, resource: Resource, steps: Steps) -> str:
    """Return the public parameter of the image that belongs at a path; empty where the image named has none that is known.

    What the template says of the image comes first, then the prompt, then the tools of the user data; else it is Amazon Linux 2023.
    """
    data = str(plain(resource.properties))
    shell = (
        "windows server" if "powershell" in data.lower() else "ubuntu" if re.search(r"\bapt(?:-get)? ", data) else ""
    )
    prompt = re.sub(r"(?m)^.*\b(?:no|not|never|without)\b.*$", "", case.task.prompt)
    arm, is_unclear = _is_arm(case, template, steps), False
    for text in ("\n".join(_about(template, steps)), prompt, shell):
        families = [name for name, form in _FAMILIES.items() if re.search(form, text, re.I)]
        if len(families) == 1 or "other" in families:
            return "" if "other" in families else _parameter(families[0], text, arm)
        is_unclear = is_unclear or len(families) > 1
    return "" if is_unclear else _parameter("al2023", "", arm)


def is_asked_as_mapping(case: Case, template: Template, steps: Steps) -> bool:
    """Whether the image comes from a mapping, and the prompt orders mappings: these stay, with other ids."""
    mappings = template.section("Mappings").values
    return any(name in mappings for name in names_in(template, steps)) and bool(case.request.orders(r"\bmappings?\b"))


def _about(template: Template, steps: Steps) -> Iterable[str]:
    """Yield what a template says of an image: its line, and the parameters and mappings that it comes from, comments included."""
    node = node_at(template, steps)
    lines = template.text.split("\n")
    if node is not None and 0 < node.line <= len(lines):
        yield from (*_comments_above(lines, node.line), lines[node.line - 1])
    for name in names_in(template, steps):
        section = "Parameters" if name in template.parameters else "Mappings"
        entry = entry_span(template, section, name)
        if entry is not None and entry.key is not None:
            yield from _comments_above(lines, template.line_of(section, name))
            end = template.text.find("\n", entry.node.end)
            yield template.text[entry.key.start : end if end >= 0 else None]


def _comments_above(lines: Sequence[str], line: int) -> Iterable[str]:
    """Yield the comments directly above a line (from 1), the nearest first."""
    return takewhile(lambda text: text.lstrip().startswith("#"), reversed(lines[: max(line - 1, 0)]))


def _is_arm(case: Case, template: Template, steps: Steps) -> bool:
    kind = case.scopes[template.file].text(node_at(template, (*steps[:-1], "InstanceType")))
    return re.match(r"[a-z]+\d+g[a-z]*\.", kind) is not None


def _parameter(family: str, text: str, arm: bool) -> str:
    if family == "ubuntu":
        version = next((one for one in _UBUNTU_VERSIONS if one in text), "22.04")
        volume = "gp3" if version == "24.04" else "gp2"
        return _UBUNTU.format(version=version, arch="arm64" if arm else "amd64", volume=volume)
    if family == "windows":
        return "" if arm else _WINDOWS.format(version=next((one for one in _WINDOWS_VERSIONS if one in text), "2022"))
    return (_AL2 if family == "al2" else _AL2023).format(arch="arm64" if arm else "x86_64")
