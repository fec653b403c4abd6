#include "records/store_records.hpp"

namespace treasurer {

Json StoreIdentity::to_json() const {
    return {{"id", id}, {"store_id", store_id}, {"made_ms", made_ms}};
}

StoreIdentity StoreIdentity::from_json(const Json& json) {
    return {json.at("id"), json.at("store_id"), json.at("made_ms")};
}

Json CopyMarker::to_json() const {
    return {{"id", id}, {"store_id", store_id}, {"origin", origin}, {"life", life}};
}

CopyMarker CopyMarker::from_json(const Json& json) {
    return {json.at("id"), json.at("store_id"), json.at("origin"), text_or(json, "life")};
}

Json Quarantine::to_json() const {
    Json out = {{"id", id}, {"active", active}, {"life", life}, {"since_ms", since_ms}, {"reason", reason}};
    if (entered_ms > 0) out["entered_ms"] = entered_ms;
    if (released_ms > 0) out["released_ms"] = released_ms;
    set_if(out, "release_id", release_id);
    set_if(out, "released_by", released_by);
    set_if(out, "release_reason", release_reason);
    return out;
}

Quarantine Quarantine::from_json(const Json& json) {
    Quarantine out;
    out.id = json.at("id");
    out.active = json.at("active");
    out.life = json.at("life");
    out.since_ms = json.at("since_ms");
    out.entered_ms = json.value("entered_ms", UnixMillis{0});
    out.reason = text_or(json, "reason");
    out.released_ms = json.value("released_ms", UnixMillis{0});
    out.release_id = text_or(json, "release_id");
    out.released_by = text_or(json, "released_by");
    out.release_reason = text_or(json, "release_reason");
    return out;
}

}  // namespace treasurer
