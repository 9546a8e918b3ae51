"""What does the science desk offer?"""

from __future__ import annotations

from sampan.access.offer import Act, Desk, View
from sampan.desks.science import (
    alerts,
    asked,
    duplicates,
    exports,
    focal_points,
    projects,
    public,
    reanalysis,
    releases,
    sets,
    standing,
    submission,
    watching,
    works,
)

ZIP, JSON = "application/zip", "application/json"

DESK = Desk(
    "science",
    acts=(
        Act("submit_genomes", submission.submit, "submit"),
        Act("reanalyse", reanalysis.reanalyse, "submit"),
        Act("approve_genomes", releases.approve, "approve"),
        Act("release_genomes", releases.release, "curate"),
        Act("withdraw_genomes", releases.withdraw, "curate"),
        Act("set_terms", releases.set_terms, "curate"),
        Act("record_set", sets.record_set, "curate"),
        Act("record_work", works.record_work, "curate"),
        Act("record_focal_point", focal_points.record_focal_point, "curate"),
        Act("record_project", projects.record_project, "curate"),
        Act("move_project", projects.move_project, "curate"),
        Act("watch_primers", watching.watch_primers, "curate"),
        Act("raise_alerts", alerts.raise_alerts, "curate"),
        Act("move_alert", alerts.move_alert, "curate"),
    ),
    views=(
        View("submissions", standing.status),
        View("submission_report", standing.submission_report),
        View("original", standing.original, media="application/octet-stream"),
        View("genomes", standing.genomes),
        View("genome", standing.genome),
        View("duplicates", duplicates.duplicates),
        View("call_changes", reanalysis.changes),
        View("search", asked.found),
        View("counts", asked.counts),
        View("frequencies", asked.frequencies),
        View("course", asked.course),
        View("primer_watch", asked.primer_watch),
        View("watched_primers", watching.watched_primers, "public"),
        View("export", exports.export_file, media=ZIP),
        View("receipts", exports.receipts),
        View("sets", sets.list_sets),
        View("datacite", sets.datacite, media=JSON),
        View("works", works.works, "public"),
        View("work_editions", works.work_editions, "public"),
        View("focal_points", focal_points.focal_points, "public"),
        View("projects", projects.projects),
        View("alerts", alerts.alerts),
        View("digest", alerts.digest),
        View("summary", public.summary, "public"),
    ),
)
