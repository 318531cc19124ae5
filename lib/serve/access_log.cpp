// Times in seconds to the microsecond; the date is UTC.
// The stream decides where lines go.
#include "access_log.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <ctime>

namespace dlc::serve {
namespace {

std::string utcNow() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[64];
  const size_t size = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof(text) - size, ".%03dZ", static_cast<int>(millis));
  return text;
}

const char *nameOf(Request::Method method) {
  switch (method) {
  case Request::Method::Get:
    return "GET";
  case Request::Method::Head:
    return "HEAD";
  case Request::Method::Post:
    return "POST";
  case Request::Method::Other:
    break;
  }
  return nullptr;
}

} // namespace

void logRequest(llvm::raw_ostream &os, const Connection &connection, double write) {
  const Connection::Record &record = connection.record;
  std::string line;
  llvm::raw_string_ostream text(line);
  llvm::json::OStream json(text);
  auto seconds = [&](const char *key, double value) {
    json.attributeBegin(key);
    json.rawValue([&](llvm::raw_ostream &to) { to << llvm::format("%.6f", value); });
    json.attributeEnd();
  };
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", "request");
    json.attribute("time", utcNow());
    json.attribute("connection", static_cast<int64_t>(connection.number()));
    if (const char *method = nameOf(record.method))
      json.attribute("method", method);
    if (!record.label.empty())
      json.attribute("route", record.label);
    if (record.model)
      json.attribute("model", llvm::json::fixUTF8(record.model->name()));
    json.attribute("status", static_cast<int64_t>(record.status));
    json.attribute("bytes_in", static_cast<int64_t>(record.in));
    json.attribute("bytes_out", static_cast<int64_t>(record.out));
    if (record.outcome.rows)
      json.attribute("rows", static_cast<int64_t>(record.outcome.rows));
    if (record.model) {
      seconds("queue_s", record.outcome.queue);
      seconds("parse_s", record.outcome.parse);
      seconds("compute_s", record.outcome.compute);
    }
    seconds("write_s", write);
    seconds("total_s", secondsSince(record.begun));
  });
  json.flush();
  text << '\n';
  os << text.str();
}

} // namespace dlc::serve
