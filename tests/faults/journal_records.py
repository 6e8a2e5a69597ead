# SPDX-License-Identifier: Apache-2.0
"""The records of a journal's bytes, read without the project's own code: store/journal_frames.h."""
import struct

import xxhash

MAGIC = b"DVT1"
HEADER = struct.Struct("<4sIQQ")   # magic, type, length of the payload, checksum
RECORD = 1


def checksum(kind, payload):
    return xxhash.xxh3_64_intdigest(payload, seed=len(payload) << 8 ^ kind)


def name_of(record):
    """The text after the key "name" in the record's CBOR."""
    at = record.index(b"dname") + 5
    size, at = (record[at + 1], at + 2) if record[at] == 0x78 else (record[at] - 0x60, at + 1)
    return record[at:at + size].decode()


def records(journal):
    """(begin, end, name) of each record that is whole; what is torn or damaged is passed over."""
    found, at = [], journal.find(MAGIC)
    while at >= 0:
        end = at + 1
        if at + HEADER.size <= len(journal):
            _, kind, length, proof = HEADER.unpack_from(journal, at)
            payload = journal[at + HEADER.size:at + HEADER.size + length]
            if len(payload) == length and checksum(kind, payload) == proof:
                end = at + HEADER.size + length
                if kind == RECORD:
                    found.append((at, end, name_of(payload)))
        at = journal.find(MAGIC, end)
    return found
