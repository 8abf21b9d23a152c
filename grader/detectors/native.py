"""Asking cloudformation-validate, which runs in a process of its own."""

from __future__ import annotations

from grader.catalogue import Catalogue
from grader.detectors.remark import Remark
from grader.errors import InputError
from grader.model import property_path
from grader.support.engines.registry import EngineError, EngineLimitError, validator
from grader.support.json_process import ChildEndedError

NAME = "cloudformation-validate"
SECONDS = 5.0  # for one template; a large one takes less than one
PATIENCE = 4  # so many times as long where the machine is busy
_SECTIONS = {"RESOURCE": "Resources", "PARAMETER": "Parameters", "OUTPUT": "Outputs", "CONDITION": "Conditions"}


class RefusedError(EngineError):
    """The engine gives no judgement of a template, and says why."""


def remarks(file: str, text: str, catalogue: Catalogue, region: str, builtin: bool = True) -> list[Remark]:
    """Return what the engine says of a text: by its own rules, or by users' rules where `builtin` is false.

    Raises EngineLimitError where time or memory ran out, RefusedError where the engine cannot judge the text, EngineError for a
    crash, and InputError where a user's rule cannot be parsed.
    """
    request = {
        "name": file,
        "text": text,
        "region": region,
        "builtin": builtin,
        "advice": _advice(catalogue),
        "policies": [[one.name, one.language, one.text] for one in catalogue.policies],
        "users": [rule.name for policy in catalogue.policies for rule in policy.rules],
    }
    try:
        answer = validator().ask(request, SECONDS, PATIENCE)
    except TimeoutError:
        raise EngineLimitError(f"{file}: took more than {SECONDS:g} seconds and was ended") from None
    except ChildEndedError as error:
        raise EngineLimitError(f"{file}: its process {error}") from None
    if "rules" in answer:
        raise InputError(answer["rules"])
    if "refused" in answer:
        raise RefusedError(f"{file}: {answer['refused']}")
    if "error" in answer:
        raise EngineError(f"{file}: {answer['error']}")
    return [_remark(*one) for one in answer["remarks"]]


def _advice(catalogue: Catalogue) -> list[str]:
    """Return the patterns of informational ids that a rule of the catalogue stands for."""
    heard = (rule for rule in catalogue.rules.values() if rule.id not in catalogue.ignored)
    names = (name.partition(":") for rule in heard for name in rule.stands_for)
    return sorted({pattern for engine, _, pattern in names if engine == NAME and pattern.startswith(("I", "*"))})


def _remark(code: str, message: str, path: str, line: int, name: str, entity: str, kind: str) -> Remark:
    section = _SECTIONS.get(entity, "")
    return Remark(id=code, message=message, line=line, section=section, name=name, type=kind, path=property_path(path))
