// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_registration.h"

namespace dovetail {

namespace {

int64_t results_before(const ClaimResult& claim, const Registration& at,
                       const Registrations& registrations) {
  int64_t before = 0;
  for (const std::string& job : claim.jobs) {
    const auto record = registrations.records.find(job);
    before += record != registrations.records.end() && record->second < at.records_before;
  }
  return before;
}

}  // namespace

void note_registrations(std::vector<ClaimResult>& claims, const Registrations& registrations) {
  for (ClaimResult& claim : claims) {
    const std::string hash = registration_hash(claim.claim);
    int64_t other_forms = 0;
    for (const Registration& registration : registrations.claims) {
      if (registration.hash == hash) {
        claim.registered = {registration.registered_at, hash,
                            results_before(claim, registration, registrations), other_forms};
        break;
      }
      other_forms += registration.name == claim.claim.name;
    }
  }
}

}  // namespace dovetail
