#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tidy data frames of a results.h5: a row for each cell, job, probe, point of a curve, or example.

In Python, with this folder on the path:  import frames; frames.curves("results/mine/results.h5")
As CSV:                                   analysis/frames.py results/mine/results.h5 curves
"""
import argparse
import re
import sys

import h5py
import numpy as np
import pandas

LAYOUT = 2    # of results.h5, see docs/results.md
AXES = ("objective", "adaptation", "task", "template", "tuning", "train_size", "seed")


class WrongLayout(ValueError):
    """The file is no results.h5, or has a layout that this reader does not know."""


def layout_of(file):
    """The number in the root's attribute `layout`; None where there is none."""
    text = file.attrs.get("layout", "")
    text = text.decode() if isinstance(text, bytes) else text
    number = re.search(r"dovetail results (\d+)", text)
    return int(number[1]) if number else None


def opened(path):
    try:
        file = h5py.File(path)
    except FileNotFoundError as error:
        raise WrongLayout(f"{path}: expected a results.h5 and found no file") from error
    except OSError as error:
        raise WrongLayout(f"{path}: expected a results.h5 and found no HDF5 file") from error
    found = layout_of(file)
    if found == LAYOUT:
        return file
    file.close()
    what = "none" if found is None else f"layout {found}"
    cure = ("take the analysis/frames.py of the version that wrote it" if (found or 0) > LAYOUT else
            "give the `dovetail run` command of its sweep again, which writes it anew")
    raise WrongLayout(f"{path}: expected layout {LAYOUT} of results.h5 and found {what}; {cure}")


def values_of(item):
    return item.asstr()[:] if h5py.check_string_dtype(item.dtype) else item[:]


def table(path, group):
    """The frame of a flat group: cells, jobs or probes. No rows if the file lacks that group."""
    with opened(path) as file:
        if group not in file:
            return pandas.DataFrame()
        return pandas.DataFrame({name: values_of(item) for name, item in file[group].items()
                                 if not item.is_scale})


def cells(path):
    return table(path, "cells")


def jobs(path):
    return table(path, "jobs")


def probes(path):
    return table(path, "probes")


def curves(path):
    """A row for each point: the curve's name, step, value, and the cell or the job that it is of,
    by name and by row; "" and -1 for the other of the two."""
    with opened(path) as file:
        group = file["curves"]
        counts = np.diff(group["offsets"][:])
        rows = {name: np.repeat(values_of(group[name]), counts) for name in ("name", "cell", "job")}
        names = {one: np.append(file[many]["name"].asstr()[:], "")    # the last one is for -1
                 for one, many in (("cell", "cells"), ("job", "jobs"))}
        return pandas.DataFrame({
            "curve": rows["name"], "cell": names["cell"][rows["cell"]], "cell_row": rows["cell"],
            "job": names["job"][rows["job"]], "job_row": rows["job"],
            "step": group["step"][:], "value": group["value"][:]})


def of_cells(path, counts):
    """The cells' name, baseline and axes, each row repeated as often as `counts` says, and the
    number of each repetition as the column `example`."""
    columns = ["name", "baseline", *AXES]
    frame = cells(path)[columns].rename(columns={"name": "cell"})
    frame = frame.loc[np.repeat(frame.index, counts)].reset_index(names="cell_row")
    starts = np.cumsum(counts) - counts
    return frame.assign(example=np.arange(len(frame)) - np.repeat(starts, counts))


def examples(path, metric):
    """A row for each test example of each cell, with its score. Examples of a task have the same
    numbers in all cells."""
    with opened(path) as file:
        group = file["examples"]
        if f"{metric}_offsets" not in group:
            known = [name.removesuffix("_offsets") for name in group if name.endswith("_offsets")]
            raise KeyError(f"{path}: no scores of single examples for {metric}; there are those of "
                           f"{', '.join(known)}")
        counts, scores = np.diff(group[f"{metric}_offsets"][:]), group[metric][:]
    return of_cells(path, counts).assign(**{metric: scores})


def predictions(path):
    """A row for each text that a cell's model wrote."""
    with opened(path) as file:
        group = file["predictions"]
        counts, edge = np.diff(group["cell_offsets"][:]), group["text_offsets"][:]
        raw = group["text"][:].tobytes()
    return of_cells(path, counts).assign(
        text=[raw[a:b].decode("utf-8", "replace") for a, b in zip(edge, edge[1:])])


TABLES = {"cells": cells, "jobs": jobs, "probes": probes, "curves": curves, "examples": examples,
          "predictions": predictions}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="a results.h5")
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("metric", nargs="?", help="of examples, such as rouge_l")
    asked = parser.parse_args()
    if (asked.table == "examples") != (asked.metric is not None):
        parser.error("a metric is named for examples, and for examples only")
    try:
        extra = [asked.metric] if asked.metric else []
        frame = TABLES[asked.table](asked.file, *extra)
    except (WrongLayout, KeyError) as error:
        print(error.args[0], file=sys.stderr)
        return 2
    frame.to_csv(sys.stdout, index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
