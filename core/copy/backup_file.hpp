/// The backup file, format 1: a gzip stream of lines, each a JSON value, so that `zcat FILE | head` shows what it
/// holds.
///
///   {"format":"treasurer-backup","version":1,"made_at":…,"program":…,"store_id":…,"schema_version":…,"commit_seq":…,
///    "lease_token":…,"collections":[…]}
///   {"collection":"activity"}                     then its records, in the order of their keys:
///   ["KEY",VERSION,UPDATED_UNIX_MS,"BODY"]        a key or body that is not UTF-8 stands as {"base64":"…"}
///   {"end":"activity","count":…,"sha256":…}       as copy/store_digest.hpp says
///   {"key_file":"blobs.key","base64":…}           only when asked for
///   {"done":true,"count":…,"sha256":…}            of all; a file without this line is not whole
///
/// Records of one store alone are left out. Readers refuse a version they do not know.
#pragma once

#include "copy/gzip_stream.hpp"
#include "copy/record_source.hpp"
#include "copy/store_digest.hpp"
#include "records/json.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace treasurer::copy {

struct KeyFile {
    std::string name;   ///< within the data folder
    std::string bytes;  ///< secret
};

struct BackupPlan {
    std::string program;  ///< its version
    UnixMillis now_ms = 0;
    std::vector<KeyFile> keys;  ///< empty: none goes into the file
    std::function<void(const std::string& collection, std::uint64_t records)> tell;
};

/// Writes all of `source` to `file`, which must not exist and is readable by its owner alone. It appears under its name
/// only once it is whole and on the disk; until then it is FILE.partial, which a later backup replaces.
/// Errors: those of the source; rejected  the file exists or cannot be written, naming it.
Task<atr::Result<StoreDigest>> write_backup(RecordSource& source, std::filesystem::path file, BackupPlan plan);

/// A backup file as a source. Every collection is checked against its own hash when its end is reached.
/// Threads: one at a time. Errors: rejected, ATR_E_CORRUPT, naming what is wrong and where.
class BackupSource final : public RecordSource {
public:
    static atr::Result<std::unique_ptr<BackupSource>> open(const std::filesystem::path& file);

    const SourceInfo& info() const override { return info_; }
    const std::string& made_at() const { return made_at_; }
    Task<atr::Result<std::vector<atr::Record>>> page(std::string collection, std::string after_key) override;

    /// After the last collection: the file's own end, and the keys that stand before it.
    atr::Result<std::vector<KeyFile>> finish(const StoreDigest& read);

private:
    explicit BackupSource(GzipReader in) : in_(std::move(in)) {}
    atr::Result<Json> next_line();
    atr::Result<std::vector<atr::Record>> read_page(const std::string& collection);
    atr::Error damaged(const std::string& what) const;

    GzipReader in_;
    SourceInfo info_;
    std::string made_at_;
    std::string open_;    ///< the collection whose records come next; empty: none was begun
    bool ended_ = false;  ///< the end of open_ was read, and not yet told
    DigestBuilder digest_;
};

}  // namespace treasurer::copy
