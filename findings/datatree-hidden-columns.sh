#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: in xarray's open_datatree, a group's variable named like a dimension of the root, but along
#        another dimension, is that variable (or the tree is refused).
# Seen:  xarray 2026.9.0: tree["cells"]["task"] is the root's coordinate. The column is hidden
#        behind it without a word, and to_dataframe has a row for each combination of the root's
#        labels and the cells: 24 for 4. open_dataset(group="cells") has the column and 4 rows.
source "$(dirname "$0")/packages"
use netCDF4==1.7.5.1.post1 xarray==2026.9.0 pandas==3.1.1 numpy==2.4.6

"$python" - "$temporary/a.nc" <<'PYTHON'
import sys
import warnings
import numpy
import xarray

path = sys.argv[1]
cube = xarray.Dataset({"score": (("task", "seed"), numpy.zeros((2, 3)))},
                      coords={"task": ["copy", "sort"], "seed": [1, 2, 3]})
cells = xarray.Dataset({"task": ("cell", ["sort", "copy", "sort", "copy"]),
                        "score": ("cell", [1.0, 2.0, 3.0, 4.0])})
cube.to_netcdf(path)
cells.to_netcdf(path, group="cells", mode="a")

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    tree = xarray.open_datatree(path)
    in_tree = tree["cells"]["task"].values.tolist()
    rows = len(tree["cells"].to_dataset().to_dataframe())
alone = xarray.open_dataset(path, group="cells")
print(f"by group {alone['task'].values.tolist()}, {len(alone.to_dataframe())} rows; "
      f"in the tree {in_tree}, {rows} rows, {len(said)} warnings")
hidden = in_tree == ["copy", "sort"] and rows == 24 and not said
right_alone = alone["task"].values.tolist() == cells["task"].values.tolist()
sys.exit(0 if hidden and right_alone else "changed: the column is no longer hidden")
PYTHON
