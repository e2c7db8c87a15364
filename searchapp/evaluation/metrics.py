"""The measures of a run, by ir-measures: the numbers that other people's tools print too."""

from __future__ import annotations

from collections.abc import Mapping

from searchapp.evaluation.readers import Qrels
from searchapp.evaluation.runs import Run

METRICS = ("nDCG@10", "MRR@10", "P@1", "R@100")
"""Names of the measures; each lies between 0 and 1."""

Scores = dict[str, float]
"""Name of a measure to its value."""


def score_queries(qrels: Qrels, run: Run) -> dict[str, Scores]:
    """The measures of every query in ``qrels``; one that ``run`` lacks has 0 in all.

    The order of a ranking counts and not its scores: trec_eval would sort equal scores anew, by
    document id from the last to the first.
    """
    import ir_measures as ir  # on first use: it brings SciPy

    measures = {ir.nDCG @ 10: "nDCG@10", ir.RR @ 10: "MRR@10", ir.P @ 1: "P@1", ir.R @ 100: "R@100"}
    ranked = {
        query_id: {document_id: float(-rank) for rank, (document_id, _) in enumerate(ranking)}
        for query_id, ranking in run.items()
        if query_id in qrels
    }
    scores = {query_id: dict.fromkeys(METRICS, 0.0) for query_id in qrels}
    for metric in ir.iter_calc(list(measures), qrels, ranked):
        scores[metric.query_id][measures[metric.measure]] = float(metric.value)
    return scores


def mean_scores(scores: Mapping[str, Scores]) -> Scores:
    """The mean of each measure over the queries, of which there is at least one."""
    return {name: sum(s[name] for s in scores.values()) / len(scores) for name in METRICS}
