// SPDX-License-Identifier: Apache-2.0
#include "plan/registration.h"

#include "base/hash.h"
#include "plan/json_fields.h"

namespace dovetail {

DOVETAIL_JSON_FIELDS(Registration, name, hash, registered_at, records_before)

std::string registration_hash(const Claim& claim) { return content_hash(Json(claim).dump()); }

}  // namespace dovetail
