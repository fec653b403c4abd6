#include "copy/backup_file.hpp"
#include "copy/backup_lines.hpp"

namespace treasurer::copy {
namespace {

constexpr std::size_t large_page_bytes = std::size_t{4} << 20;

}  // namespace

atr::Error BackupSource::damaged(const std::string& what) const {
    return atr::rejected(ATR_E_CORRUPT, in_.file().string() + ": is damaged at line " + std::to_string(in_.lines()) +
                                            ": " + what + "; use another backup");
}

atr::Result<Json> BackupSource::next_line() {
    const auto text = in_.line();
    if (!text) return text.error();
    Json json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) return damaged("a line is not JSON");
    return json;
}

atr::Result<std::unique_ptr<BackupSource>> BackupSource::open(const std::filesystem::path& file) {
    auto in = GzipReader::open(file);
    if (!in) return in.error();
    std::unique_ptr<BackupSource> out(new BackupSource(std::move(*in)));
    const auto refuse = [&](const std::string& what) {
        return atr::rejected(ATR_E_BAD_INPUT, file.string() + ": " + what);
    };
    const std::string foreign = "it is no backup of treasurer; name a file that `treasurer backup` made";
    if (!out->in_.is_gzip()) return refuse(foreign);
    const auto text = out->in_.line();
    if (!text) return text.error();
    const Json line = Json::parse(*text, nullptr, false);
    if (!line.is_object() || line.value("format", Json()) != backup_format) return refuse(foreign);
    try {
        const int version = line.at("version");
        if (version != backup_version)
            return refuse("it is of format " + std::to_string(version) + ", this program reads format " +
                          std::to_string(backup_version) + ": use the program that made it, or a newer one");
        out->made_at_ = line.at("made_at");
        out->info_.store_id = line.at("store_id");
        out->info_.state.schema_version = line.at("schema_version");
        out->info_.state.commit_seq = line.at("commit_seq");
        out->info_.state.lease_token = line.at("lease_token");
        out->info_.collections = line.at("collections").get<std::vector<std::string>>();
    } catch (const Json::exception&) {
        return out->damaged("its first line cannot be read");
    }
    return out;
}

Task<atr::Result<std::vector<atr::Record>>> BackupSource::page(std::string collection, std::string) {
    if (open_.empty()) {
        const atr::Result<Json> line = next_line();
        if (!line) co_return line.error();
        if (*line != Json({{"collection", collection}})) co_return damaged("collection " + collection + " is missing");
        open_ = collection;
        digest_.begin(collection);
    }
    if (open_ != collection) co_return damaged("collection " + open_ + " was not read to its end");
    atr::Result<std::vector<atr::Record>> out = std::vector<atr::Record>{};
    if (!ended_) out = read_page(collection);
    if (!out || !out->empty()) co_return out;
    open_.clear();
    ended_ = false;
    co_return out;
}

atr::Result<std::vector<atr::Record>> BackupSource::read_page(const std::string& collection) {
    std::vector<atr::Record> out;
    for (std::size_t bytes = 0; out.size() < page_size && bytes < large_page_bytes;) {
        const auto line = next_line();
        if (!line) return line.error();
        if (line->is_object()) {
            const CollectionDigest digest = digest_.end();
            const Json expected = {{"end", collection}, {"count", digest.count}, {"sha256", digest.sha256}};
            if (*line != expected)
                return damaged("collection " + collection + " does not have the hash it was made with");
            ended_ = true;
            return out;
        }
        auto record = record_of_line(*line, collection);
        if (!record) return damaged("a record of " + collection + " cannot be read");
        if (!out.empty() && out.back().key >= record->key)
            return damaged("records of " + collection + " are not in order");
        digest_.add(*record);
        bytes += record->body.size();
        out.push_back(std::move(*record));
    }
    return out;
}

atr::Result<std::vector<KeyFile>> BackupSource::finish(const StoreDigest& read) {
    std::vector<KeyFile> keys;
    for (;;) {
        const auto line = next_line();
        if (!line) return line.error();
        if (line->is_object() && line->contains("key_file")) {
            const auto name = line->at("key_file");
            auto bytes = bytes_of_json(*line);
            const bool plain = name.is_string() && name.get<std::string>().find('/') == std::string::npos;
            if (!plain || !bytes) return damaged("a key file cannot be read");
            keys.push_back({name.get<std::string>(), std::move(*bytes)});
            continue;
        }
        const Json expected = {{"done", true}, {"count", read.count()}, {"sha256", read.sha256()}};
        if (*line != expected) return damaged("it does not have the hash it was made with");
        if (!in_.at_sound_end()) return damaged("something follows its last line, or its end is damaged");
        return keys;
    }
}

}  // namespace treasurer::copy
