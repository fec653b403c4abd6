/// What the journal adds up to: rows by collection and key. Records, counters, jobs, idempotency keys and blobs are all
/// rows; what only one of them has stands in `extra`.
#pragma once

#include <atr/storage.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace journal_storage {

using Json = nlohmann::json;

struct Row {
    std::uint64_t version = 0;
    std::int64_t updated_ms = 0;
    std::string body = {};
    std::vector<atr::IndexEntry> index = {};
    Json extra = {};  ///< of a job: queue, run_at, worker, token, until, attempt; of a key: fingerprint, expires, ...
};

/// A place, and what stands there; nullopt: nothing.
using Place = std::pair<std::string, std::string>;
using Changes = std::map<Place, std::optional<Row>>;

struct Touched {
    std::uint64_t seq;
    std::int64_t at_ms;
    Place place;
};

class Rows {
public:
    /// The row, as the changes of a batch under judgement would leave it. The pointer lives until either changes.
    const Row* find(const Place& place, const Changes* pending = nullptr) const;
    const std::map<std::string, Row>* collection(const std::string& name) const;
    const atr::CollectionDef* definition(const std::string& name) const;

    /// Applies a journal's entry: one commit, or a schema.
    void apply(const Json& entry);

    std::uint64_t seq() const { return seq_; }
    std::uint64_t schema_version() const { return schema_.version; }
    const atr::Schema& schema() const { return schema_; }
    const std::vector<Touched>& feed() const { return feed_; }

private:
    std::map<std::string, std::map<std::string, Row>> rows_;
    std::vector<Touched> feed_;
    atr::Schema schema_{.version = 0, .collections = {}};
    std::uint64_t seq_ = 0;
};

/// The journal's entry of a commit. `told`: whether the change feed tells of it.
Json commit_entry(std::uint64_t seq, std::int64_t now_ms, const Changes& changes, bool told);
Json schema_entry(const atr::Schema& schema);

/// The values of the record in this index: as declared with it, else from its body; nullopt where one is missing.
std::optional<std::vector<atr::Value>> index_values(const Row& row, const atr::IndexDef& index);
/// Below 0, 0 or above, in the order of atr.h: integers and decimals by value, texts bytewise.
int compare(const atr::Value& a, const atr::Value& b);

/// What a caller got wrong, as the outcome that says so.
inline atr::Error bad_input(std::string message) {
    return atr::rejected(ATR_E_BAD_INPUT, std::move(message));
}

}  // namespace journal_storage
