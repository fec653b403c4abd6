#include "auth/base64.hpp"
#include "copy/backup_file.hpp"
#include "copy/backup_lines.hpp"
#include "records/store_records.hpp"
#include "runtime/utc_time.hpp"

namespace treasurer::copy {
namespace {

namespace fs = std::filesystem;

std::string first_line(const SourceInfo& info, const BackupPlan& plan) {
    return dump({{"format", backup_format},
                 {"version", backup_version},
                 {"made_at", rfc3339(plan.now_ms)},
                 {"program", plan.program},
                 {"store_id", info.store_id},
                 {"schema_version", info.state.schema_version},
                 {"commit_seq", info.state.commit_seq},
                 {"lease_token", info.state.lease_token},
                 {"collections", info.collections}});
}

using Done = atr::Result<>;

Task<Done> write_collection(RecordSource& source, GzipWriter& out, DigestBuilder& digest, std::string collection,
                            const BackupPlan& plan, std::uint64_t& written) {
    Done told = out.line(dump({{"collection", collection}}));
    digest.begin(collection);
    std::string after;
    while (told) {
        Task<atr::Result<std::vector<atr::Record>>> reading = source.page(collection, after);
        const atr::Result<std::vector<atr::Record>> page = co_await reading;
        if (!page) co_return page.error();
        if (page->empty()) break;
        for (const auto& record : *page) {
            if (is_of_this_store_alone(collection, record.key)) continue;
            digest.add(record);
            told = out.line(record_line(record));
            if (!told) co_return told;
        }
        after = page->back().key;
        written += page->size();
        if (plan.tell) plan.tell(collection, written);
    }
    const CollectionDigest end = digest.end();
    if (told) told = out.line(dump({{"end", collection}, {"count", end.count}, {"sha256", end.sha256}}));
    co_return told;
}

}  // namespace

Task<atr::Result<StoreDigest>> write_backup(RecordSource& source, fs::path file, BackupPlan plan) {
    std::error_code error;
    if (fs::exists(file, error))
        co_return atr::rejected(ATR_E_BAD_INPUT, file.string() + " exists already: a backup is never overwritten");
    const fs::path partial = file.string() + ".partial";
    atr::Result<GzipWriter> out = GzipWriter::create(partial);
    if (!out) co_return out.error();
    Done told = out->line(first_line(source.info(), plan));
    DigestBuilder digest;
    std::uint64_t written = 0;
    for (const auto& collection : source.info().collections) {
        if (!told) co_return told.error();
        Task<Done> writing = write_collection(source, *out, digest, collection, plan, written);
        told = co_await writing;
    }
    for (const auto& key : plan.keys)
        if (told) told = out->line(dump({{"key_file", key.name}, {"base64", auth::base64(key.bytes)}}));
    const StoreDigest all = digest.finish();
    if (told) told = out->line(dump({{"done", true}, {"count", all.count()}, {"sha256", all.sha256()}}));
    if (told) told = out->finish();
    if (!told) co_return told.error();
    fs::rename(partial, file, error);
    if (error) co_return atr::rejected(ATR_E_BAD_INPUT, file.string() + " cannot be made: " + error.message());
    told = sync_folder(file);
    if (!told) co_return told.error();
    co_return all;
}

}  // namespace treasurer::copy
