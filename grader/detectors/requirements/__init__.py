"""The demands of a prompt compared with an answer: a case comes in, judged requirements go out."""

from grader.detectors.requirements.judged import is_off_task, judged

__all__ = ["is_off_task", "judged"]
