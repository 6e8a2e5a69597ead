# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/statistics.json: what numpy and scipy say about small score tables.

The resamples of scipy and of ours are drawn by different generators, so intervals agree up to the
noise of the draws; `tolerance` is several standard errors of a percentile at these counts. Means,
differences and quantiles must agree to the last digits.

    .venv/bin/python tests/oracles/statistics_oracle.py
"""

import json
import pathlib

import numpy
import scipy.stats

RESAMPLES = 200_000


def percentile_interval(table, rng):
    """One seed: scipy's own percentile bootstrap of the mean over examples."""
    result = scipy.stats.bootstrap((table[0],), numpy.mean, n_resamples=RESAMPLES,
                                   confidence_level=0.95, method="percentile", rng=rng,
                                   batch=10_000)
    return [result.confidence_interval.low, result.confidence_interval.high]


def crossed_interval(tables, rng):
    """Several seeds: rows and columns drawn independently, written out with numpy."""
    seeds, items = tables[0].shape
    means = []
    for _ in range(RESAMPLES // 10):
        rows, columns = rng.integers(seeds, size=seeds), rng.integers(items, size=items)
        drawn = [table[numpy.ix_(rows, columns)].mean() for table in tables]
        means.append(drawn[0] - (drawn[1] if len(drawn) > 1 else 0))
    return list(numpy.percentile(means, [2.5, 97.5]))


def case(name, a, b, rng):
    difference = (a - b) if b is not None else a
    if a.shape[0] == 1:
        low, high = percentile_interval(difference, rng)  # paired: the bootstrap of the differences
    else:
        low, high = crossed_interval([a] if b is None else [a, b], rng)
    spread = difference.mean(axis=0).std() / numpy.sqrt(a.shape[1]) + difference.mean(axis=1).std()
    return {"name": name, "a": a.tolist(), "b": None if b is None else b.tolist(),
            "mean": difference.mean(), "low": low, "high": high, "tolerance": 0.12 * spread}


def main():
    rng = numpy.random.default_rng(20240601)

    def table(seeds, items, centre):
        scores = numpy.clip(centre + rng.normal(0, 0.2, (1, items))
                            + rng.normal(0, 0.1, (seeds, items))
                            + rng.normal(0, 0.04, (seeds, 1)), 0, 1)
        return scores.astype(numpy.float32).round(3).astype(float)

    cases = [case("one seed", table(1, 60, 0.5), None, rng),
             case("one seed, difference", table(1, 60, 0.5), table(1, 60, 0.45), rng),
             case("three seeds", table(3, 50, 0.4), None, rng),
             case("three seeds, difference", table(3, 50, 0.4), table(3, 50, 0.3), rng),
             case("two seeds, right or wrong", (table(2, 80, 0.5) > 0.5).astype(float), None, rng)]
    values = [0.31, 0.02, 0.77, 0.5, 0.11]
    quantiles = [{"q": q, "value": numpy.percentile(values, 100 * q)}
                 for q in (0, 0.025, 0.1, 0.5, 0.975, 1)]
    golden = {"made_by": "tests/oracles/statistics_oracle.py", "numpy": numpy.__version__,
              "scipy": scipy.__version__, "values": values, "quantiles": quantiles, "cases": cases}
    path = pathlib.Path(__file__).parents[1] / "golden" / "statistics.json"
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(f"wrote {path.name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
