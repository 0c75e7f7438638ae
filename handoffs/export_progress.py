"""How far the file of an export is: numbers in the shared cache (`core.job_progress`)."""

from __future__ import annotations

from core.job_progress import JobProgress

export_progress = JobProgress("export")
