// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/hdf5.h"

// Arrays in compressed chunks, shuffled and deflated by us on all cores and handed to HDF5 as they
// are on disk: its own filters use one core, and they were nine tenths of the time.
namespace dovetail::hdf5 {

// The chunks of an array: empty (contiguous) where it is small; else blocks of about 256 KiB that
// are contiguous in the array too, that is whole in the last dimensions and 1 in the first ones.
Shape chunk_shape(const Shape& shape, size_t element_bytes);

// Writes the whole of a data set that was created with this shape and these (not empty) chunks.
// The bytes do not depend on the number of cores.
void write_chunks(const Handle& dataset, const Shape& shape, const Shape& chunk,
                  size_t element_bytes, const void* data);

}  // namespace dovetail::hdf5
