#include "copy/store_digest.hpp"

#include "records/json.hpp"
#include "records/schema.hpp"
#include "records/store_records.hpp"

#include <array>

namespace treasurer::copy {
namespace {

void add_number(auth::Sha256& hash, std::uint64_t number) {
    std::array<char, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
    hash.add({bytes.data(), bytes.size()});
}

void add_text(auth::Sha256& hash, std::string_view text) {
    add_number(hash, text.size());
    hash.add(text);
}

std::string words(const CollectionDigest* of) {
    return of ? std::to_string(of->count) + " records, " + of->sha256.substr(0, 12) : "none";
}

const CollectionDigest* find(const StoreDigest& in, const std::string& name) {
    for (const auto& collection : in.collections)
        if (collection.name == name) return &collection;
    return nullptr;
}

}  // namespace

std::string canonical_body(const atr::Record& record) {
    if (record.collection != atr::jobs_collection && record.collection != atr::keys_collection) return record.body;
    const Json json = Json::parse(record.body, nullptr, false);
    return json.is_discarded() ? record.body : dump(json);
}

void DigestBuilder::begin(std::string collection) {
    current_ = {};
    current_.name = std::move(collection);
    hash_ = auth::Sha256();
}

void DigestBuilder::add(const atr::Record& record) {
    if (is_of_this_store_alone(record.collection, record.key)) return;
    const bool composed = record.collection == atr::jobs_collection || record.collection == atr::keys_collection;
    const std::string canonical = composed ? canonical_body(record) : std::string();
    const std::string& body = composed ? canonical : record.body;
    add_text(hash_, record.key);
    add_number(hash_, record.version);
    add_number(hash_, static_cast<std::uint64_t>(record.updated_unix_ms));
    add_text(hash_, body);
    ++current_.count;
    current_.bytes += record.key.size() + body.size();
    if (current_.name != balances_collection) return;
    if (const auto units = atr::units_from_string(record.body)) out_.balances[record.key] = *units;
}

CollectionDigest DigestBuilder::end() {
    current_.sha256 = hash_.hex();
    if (current_.count > 0) out_.collections.push_back(current_);
    return current_;
}

std::uint64_t StoreDigest::count() const {
    std::uint64_t out = 0;
    for (const auto& collection : collections) out += collection.count;
    return out;
}

std::uint64_t StoreDigest::bytes() const {
    std::uint64_t out = 0;
    for (const auto& collection : collections) out += collection.bytes;
    return out;
}

std::string StoreDigest::sha256() const {
    auth::Sha256 hash;
    for (const auto& collection : collections)
        hash.add(collection.name + " " + std::to_string(collection.count) + " " + collection.sha256 + "\n");
    return hash.hex();
}

bool StoreDigest::balances_out() const {
    for (const auto& line : ledger::trial_balance(balances))
        if (line.difference() != 0) return false;
    return true;
}

std::vector<std::string> StoreDigest::differences(const StoreDigest& other) const {
    std::map<std::string, bool> names;
    for (const auto* digest : {this, &other})
        for (const auto& collection : digest->collections) names[collection.name] = true;
    std::vector<std::string> out;
    for (const auto& [name, there] : names) {
        const CollectionDigest* mine = find(*this, name);
        const CollectionDigest* theirs = find(other, name);
        if (mine && theirs && *mine == *theirs) continue;
        out.push_back(name + ": " + words(mine) + " against " + words(theirs));
    }
    return out;
}

}  // namespace treasurer::copy
