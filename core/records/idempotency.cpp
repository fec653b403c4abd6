#include "records/idempotency.hpp"

#include "runtime/mutation.hpp"

namespace treasurer {

Json IdempotencyRecord::to_json() const {
    Json out = {{"id", id},
                {"request_hash", request_hash},
                {"attempt", attempt},
                {"subject", subject},
                {"finished", finished},
                {"created_ms", created_ms},
                {"busy_until_ms", busy_until_ms},
                {"expires_ms", expires_ms}};
    if (finished) {
        out["status"] = status;
        out["headers"] = headers;
        out["body"] = body;
    }
    return out;
}

IdempotencyRecord IdempotencyRecord::from_json(const Json& json) {
    IdempotencyRecord out;
    out.id = json.at("id");
    out.request_hash = json.at("request_hash");
    out.attempt = json.at("attempt");
    out.subject = json.at("subject");
    out.finished = json.at("finished");
    out.created_ms = json.at("created_ms");
    out.busy_until_ms = json.at("busy_until_ms");
    out.expires_ms = json.at("expires_ms");
    if (out.finished) {
        out.status = json.at("status");
        out.headers = json.at("headers").get<std::vector<std::pair<std::string, std::string>>>();
        out.body = json.at("body");
    }
    return out;
}

std::vector<atr::IndexEntry> IdempotencyRecord::index() const {
    return {{"by_expiry", {atr::Value::of(expires_ms)}}};
}

void Once::mark(UnitOfWork& unit, std::string subject) const {
    if (!record_ || mutated(Mutation::forget_the_key)) return;
    IdempotencyRecord record = *record_;
    record.subject = std::move(subject);
    if (record.version == 0)
        unit.create(record, once_label);
    else
        unit.update(record, once_label);
}

}  // namespace treasurer
