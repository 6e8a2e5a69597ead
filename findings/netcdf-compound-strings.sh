#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: netCDF4 reads a fixed-length string in a compound (table) data set of HDF5 whole, or says
#        that it cannot.
# Seen:  netCDF4 1.7.5.1.post1 (netCDF-C 4.10.1) cuts each string to its first byte, without a
#        warning, and so does xarray with this engine; h5py reads b"alpha" from the same file.
source "$(dirname "$0")/packages"
use netCDF4==1.7.5.1.post1 h5py==3.16.0 xarray==2026.9.0 numpy==2.4.6

"$python" - "$temporary/a.h5" <<'PYTHON'
import sys
import warnings
import h5py
import netCDF4
import numpy
import xarray

path = sys.argv[1]
rows = numpy.array([(b"alpha", 1.0), (b"beta", 2.0)], dtype=[("name", "S5"), ("score", "f8")])
with h5py.File(path, "w") as file:
    file["rows"] = rows
    whole = file["rows"][:]["name"].tolist()

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    with netCDF4.Dataset(path) as file:
        cut = file["rows"][:]["name"].tolist()
    in_xarray = xarray.open_dataset(path, engine="netcdf4")["rows"].values["name"].tolist()
print(f"h5py {whole}, netCDF4 {cut}, xarray {in_xarray}, {len(said)} warnings")
as_seen = whole == [b"alpha", b"beta"] and cut == in_xarray == [b"a", b"b"] and not said
sys.exit(0 if as_seen else "changed: the strings are no longer cut in silence")
PYTHON
