"""How far an import has come."""

from __future__ import annotations

from core.job_progress import JobProgress

import_progress = JobProgress("import")
