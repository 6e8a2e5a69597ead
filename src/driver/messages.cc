// SPDX-License-Identifier: Apache-2.0
#include "driver/messages.h"

#include "base/error.h"

namespace dovetail {

Bytes to_message(const Json& body) { return Json::to_cbor(body); }

Json body_of(const Message& message) {
  try {
    return Json::from_cbor(message.bytes);
  } catch (const Json::exception& error) {
    throw_<CommError>("a message of {} bytes with tag {} from rank {} is not CBOR: {}",
                      message.bytes.size(), message.tag, message.source, error.what());
  }
}

Bytes to_message(const Assignment& assignment) {
  return to_message(Json{{"jobs", assignment.jobs},
                         {"attempts", assignment.attempts},
                         {"side_by_side", assignment.side_by_side},
                         {"hang_seconds", assignment.hang_seconds}});
}

Assignment assignment_from(const Message& message) {
  const Json body = body_of(message);
  return {body.at("jobs").get<std::vector<Job>>(), body.at("attempts").get<std::vector<int64_t>>(),
          body.at("side_by_side").get<bool>(), body.at("hang_seconds").get<double>()};
}

// Records keep their own encoding: raw arrays, where JSON would have thousands of values.
Bytes to_message(const Delivery& delivery) {
  Json records = Json::array();
  for (const Record& record : delivery.records) records.push_back(Json::binary(to_bytes(record)));
  return to_message(Json{{"records", std::move(records)}, {"ended", delivery.ended}});
}

Delivery delivery_from(const Message& message) {
  const Json body = body_of(message);
  Delivery delivery{.records = {}, .ended = body.at("ended").get<bool>()};
  for (const Json& one : body.at("records")) {
    const Json::binary_t& bytes = one.get_binary();
    delivery.records.push_back(record_from_bytes(bytes.data(), bytes.size()));
  }
  return delivery;
}

}  // namespace dovetail
