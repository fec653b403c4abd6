/// The hash of a store's content, the same for every backend that holds the same records.
///
/// A collection's hash is SHA-256 over its records in the bytewise order of their keys; each record is, with lengths
/// and numbers as 8 bytes, highest first: length of the key, key, version, updated_unix_ms, length of the body, body.
/// Bodies of the plugin's own collections (atr.jobs, atr.keys), which each plugin composes, count as JSON without
/// spaces and with sorted names. The hash of all is that of the lines "NAME COUNT HASH\n" of the collections that are
/// not empty, in the order of their names. Records of this store alone (records/store_records.hpp) are not in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/digest.hpp"
#include "ledger/balances.hpp"

#include <atr/storage_copy.hpp>

namespace treasurer::copy {

struct CollectionDigest {
    std::string name;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;  ///< of keys and bodies
    std::string sha256;

    friend bool operator==(const CollectionDigest&, const CollectionDigest&) = default;
};

struct StoreDigest {
    std::vector<CollectionDigest> collections;  ///< those that are not empty, in the order of their names
    ledger::Balances balances;                  ///< the counters a trial balance is made of

    std::uint64_t count() const;
    std::uint64_t bytes() const;
    std::string sha256() const;
    /// The sum of debits and credits differs in none of the assets.
    bool balances_out() const;
    /// What differs, in words; empty: the same content.
    std::vector<std::string> differences(const StoreDigest& other) const;
};

/// The body as it counts for the hash.
std::string canonical_body(const atr::Record& record);

/// Fed with collections in the order of their names, each with its records in the order of their keys.
/// Threads: one at a time.
class DigestBuilder {
public:
    void begin(std::string collection);
    void add(const atr::Record& record);
    /// The collection's digest so far; `begin` starts the next one.
    CollectionDigest end();
    StoreDigest finish() { return std::move(out_); }

private:
    CollectionDigest current_;
    auth::Sha256 hash_;
    StoreDigest out_;
};

}  // namespace treasurer::copy
