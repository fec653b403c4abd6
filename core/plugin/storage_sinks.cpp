#include "plugin/storage_sinks.hpp"

#include "plugin/border.hpp"

namespace treasurer {

namespace {

constexpr std::uint32_t max_index_entries = 64;
constexpr std::uint32_t max_index_values = 16;
constexpr std::size_t max_job_body = std::size_t{16} << 20;

bool copy_bytes(atr_str from, std::size_t limit, std::string& to) {
    const auto text = border::bounded(from, limit);
    if (text) to.assign(*text);
    return text.has_value();
}

bool copy_index(const atr_record& from, atr::Record& to) {
    if (from.n_index > max_index_entries || (from.n_index > 0 && from.index == nullptr)) return false;
    for (std::uint32_t i = 0; i < from.n_index; ++i) {
        const atr_index_entry& entry = from.index[i];
        if (entry.n_values > max_index_values || (entry.n_values > 0 && entry.values == nullptr)) return false;
        atr::IndexEntry& out = to.index.emplace_back();
        if (!copy_bytes(entry.index, border::max_name, out.index)) return false;
        for (std::uint32_t v = 0; v < entry.n_values; ++v) {
            atr::Value& value = out.values.emplace_back();
            value.type = entry.values[v].type;
            value.integer = entry.values[v].i;
            if (!copy_bytes(entry.values[v].s, border::max_text, value.text)) return false;
        }
    }
    return true;
}

/// Runs `accept` so that nothing leaves a sink; a failure is kept in `fault` and stops the plugin.
template <class Accept>
std::int32_t guarded_sink(std::string& fault, Accept&& accept) noexcept {
    try {
        return accept() ? 0 : 1;
    } catch (...) {
        fault.assign("no memory");  // short enough to need none
        return 1;
    }
}

}  // namespace

RecordSink::RecordSink(std::size_t max_records, RecordLimits limits) : max_records_(max_records), limits_(limits) {
    raw_.struct_size = sizeof raw_;
    raw_.ctx = this;
    raw_.on_record = [](void* ctx, const atr_record* record) noexcept -> std::int32_t {
        auto& self = *static_cast<RecordSink*>(ctx);
        return guarded_sink(self.fault_, [&] { return self.accept(record); });
    };
}

bool RecordSink::accept(const atr_record* from) {
    if (!fault_.empty()) return false;
    if (!border::is_whole(from)) return fault_ = "a record is incomplete", false;
    if (records_.size() >= max_records_) return fault_ = "more records than asked for", false;
    atr::Record out;
    out.version = from->version;
    out.updated_unix_ms = from->updated_unix_ms;
    const bool whole = copy_bytes(from->collection, border::max_name, out.collection) &&
                       copy_bytes(from->key, border::max_text, out.key) &&
                       copy_bytes(from->body, limits_.body, out.body) && copy_index(*from, out);
    if (!whole) return fault_ = "a record's text or index is broken or too large", false;
    bytes_ += out.body.size() + out.key.size();
    if (bytes_ > limits_.bytes) return fault_ = "more bytes than one answer may have", false;
    records_.push_back(std::move(out));
    return true;
}

JobSink::JobSink(std::size_t max_jobs) : max_jobs_(max_jobs) {
    raw_.struct_size = sizeof raw_;
    raw_.ctx = this;
    raw_.on_job = [](void* ctx, const atr_job* job) noexcept -> std::int32_t {
        auto& self = *static_cast<JobSink*>(ctx);
        return guarded_sink(self.fault_, [&] { return self.accept(job); });
    };
}

bool JobSink::accept(const atr_job* from) {
    if (!fault_.empty()) return false;
    if (!border::is_whole(from)) return fault_ = "a job is incomplete", false;
    if (jobs_.size() >= max_jobs_) return fault_ = "more jobs than asked for", false;
    atr::Job out;
    out.attempt = from->attempt;
    out.lease_token = from->lease_token;
    out.lease_until_unix_ms = from->lease_until_unix_ms;
    const bool whole = copy_bytes(from->queue, border::max_name, out.queue) &&
                       copy_bytes(from->id, border::max_text, out.id) && copy_bytes(from->body, max_job_body, out.body);
    if (!whole) return fault_ = "a job's text is broken or too large", false;
    jobs_.push_back(std::move(out));
    return true;
}

}  // namespace treasurer
