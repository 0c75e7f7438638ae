"""How far the check of a paper's file has come."""

from __future__ import annotations

from core.job_progress import JobProgress

paper_progress = JobProgress("paper")
