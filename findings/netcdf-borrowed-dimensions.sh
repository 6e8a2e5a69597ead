#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: netCDF-4 gives an HDF5 array without dimension scales anonymous dimensions (phony_dim_N).
# Seen:  netCDF4 1.7.5.1.post1 (netCDF-C 4.10.1) gives it any named dimension of the file that has
#        the same length: four class weights become an array along `seed`, because there are four
#        seeds. Only an axis without a match is phony. xarray then aligns it with the seeds' labels.
source "$(dirname "$0")/packages"
use netCDF4==1.7.5.1.post1 h5py==3.16.0 xarray==2026.9.0 numpy==2.4.6

"$python" - "$temporary/a.h5" <<'PYTHON'
import sys
import h5py
import netCDF4
import numpy
import xarray

path = sys.argv[1]
with h5py.File(path, "w") as file:
    file["seed"] = numpy.arange(4)
    file["seed"].make_scale("seed")
    file["class_weight"] = numpy.ones(4)   # nothing attached
    file["other"] = numpy.ones(5)

with netCDF4.Dataset(path) as file:
    names = {name: file[name].dimensions for name in ("class_weight", "other")}
of_two_seeds = xarray.open_dataset(path, engine="netcdf4").sel(seed=[0, 1])["class_weight"]
print(f"dimensions {names}; class_weight of two seeds has {of_two_seeds.size} values")
as_seen = names["class_weight"] == ("seed",) and names["other"][0].startswith("phony_dim")
sys.exit(0 if as_seen and of_two_seeds.size == 2 else "changed: no dimension is borrowed")
PYTHON
