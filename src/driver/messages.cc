// SPDX-License-Identifier: Apache-2.0
#include "driver/messages.h"

#include "base/error.h"

namespace dovetail {

Bytes to_message(const Json& body) { return Json::to_cbor(body); }

Json body_of(const Message& message) {
  try {
    return Json::from_cbor(message.bytes);
  } catch (const Json::exception& error) {
    throw_<CommError>("a message of {} bytes with tag {} from rank {} is no CBOR: {}",
                      message.bytes.size(), message.tag, message.source, error.what());
  }
}

Bytes to_message(const Assignment& assignment) {
  return to_message(Json{{"jobs", assignment.jobs}, {"attempts", assignment.attempts}});
}

Assignment assignment_from(const Message& message) {
  const Json body = body_of(message);
  return {body.at("jobs").get<std::vector<Job>>(),
          body.at("attempts").get<std::vector<int64_t>>()};
}

Bytes to_message(const std::vector<Record>& records) { return to_message(Json(records)); }

std::vector<Record> records_from(const Message& message) {
  return body_of(message).get<std::vector<Record>>();
}

}  // namespace dovetail
