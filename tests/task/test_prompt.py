"""The prompt as sentences."""

from __future__ import annotations

import pytest

from grader.task.prompt import read_prompt

PROMPT = """# Storage

## Buckets (optional)

- **Versioning** must be enabled. Set `DeletionPolicy: Retain` on the
  bucket; never use public ACLs.
- Use VPC endpoints, e.g. gateway endpoints.

| item | value |
|---|---|
| region | eu-west-1 |

```yaml
Environment: production
```
"""


def test_every_line_that_says_something_is_a_sentence_with_its_line() -> None:
    found = {sentence.line: sentence for sentence in read_prompt(PROMPT).sentences}
    assert set(found) == {1, 3, 5, 7, 9, 11, 14}
    assert found[11].text == "region | eu-west-1"
    assert found[14].is_code
    assert found[7].headings == ("Storage", "Buckets (optional)")
    assert found[7].is_optional


@pytest.mark.parametrize(
    ("pattern", "near", "line"),
    [("retain", "bucket", 5), ("retain", "database", None), ("public acls?", "", None), ("gateway endpoint", "vpc", 7)],
)
def test_what_the_prompt_orders(pattern: str, near: str, line: int | None) -> None:
    sentence = read_prompt(PROMPT).orders(pattern, near)
    assert (sentence.line if sentence else None) == line


def test_what_the_prompt_forbids() -> None:
    prompt = read_prompt("Do not use hard-coded names. Roles are created without wildcards. Use tags.")
    assert prompt.forbids("hard-?coded") is not None
    assert prompt.forbids("wildcards?") is not None
    assert prompt.forbids("tags") is None
