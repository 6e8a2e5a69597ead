// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/claim.h"

// When a claim was first stated in a results folder. A claim that was stated after the results that
// judge it may have been made to fit them, so the journal notes each, with the time, before any
// record that comes later. A claim that changes in any way, its family and margin included, is
// another one.
namespace dovetail {

struct Registration {
  std::string name;            // of the claim
  std::string hash;            // registration_hash
  std::string registered_at;   // "2026-11-29 03:10:25 UTC"
  int64_t records_before = 0;  // finished records in the journal at that time
};

struct Registrations {
  std::vector<Registration> claims;        // in the order of the journal
  std::map<std::string, int64_t> records;  // by key: finished records in the journal before it
};

// Of everything that the claim says; names and sources too.
std::string registration_hash(const Claim& claim);

void to_json(Json& json, const Registration& registration);
void from_json(const Json& json, Registration& registration);

}  // namespace dovetail
