// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/hdf5.h"

// Writes arrays as compressed chunks. This room shuffles and deflates the chunks on all cores and
// hands HDF5 the finished bytes: HDF5's own filters use one core, and took nine tenths of the time.
namespace dovetail::hdf5 {

// The shape of an array's chunks; empty (a contiguous array) if it is small. A chunk has about
// 256 KiB and is contiguous in the array: it spans the last dimensions and has size 1 in the first.
Shape chunk_shape(const Shape& shape, size_t element_bytes);

// Writes all of a data set that was created with this shape and this (not empty) chunk shape. The
// bytes do not depend on the number of cores.
void write_chunks(const Handle& dataset, const Shape& shape, const Shape& chunk,
                  size_t element_bytes, const void* data);

}  // namespace dovetail::hdf5
