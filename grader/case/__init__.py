"""One response to one task, parsed and ready for detectors: a bundle and a task come in, a case goes out."""

from grader.case.case import Broken, Case, once

__all__ = ["Broken", "Case", "once"]
