#include <fstream>

#include "tests/unit/copy/copy_bench.hpp"

using namespace copy_test;

namespace {

namespace fs = std::filesystem;

struct BackupBench : CopyBench {
    support::TemporaryFolder folder;
    fs::path file = folder.path() / "books.backup.gz";

    atr::Result<StoreDigest> back_up(std::vector<treasurer::copy::KeyFile> keys = {}) {
        auto opened = await(SnapshotSource::open(from));
        REQUIRE(opened);
        treasurer::copy::BackupPlan plan;
        plan.program = "1";
        plan.keys = std::move(keys);
        return await(treasurer::copy::write_backup(*opened, file, plan));
    }
    /// The error of restoring the file; empty: it was restored.
    std::string restore(std::vector<treasurer::copy::KeyFile>* keys = nullptr) {
        auto opened = BackupSource::open(file);
        if (!opened) return opened.error().message;
        StoreCopier copier(**opened, target, to, plan());
        const auto filled = await(copier.fill());
        if (!filled) return filled.error().message;
        const auto found = (*opened)->finish(filled->source);
        if (!found) return found.error().message;
        if (keys) *keys = *found;
        const auto finished = await(copier.finish());
        return finished ? "" : finished.error().message;
    }
    std::string bytes() const {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& content) const { std::ofstream(file, std::ios::binary) << content; }
};

}  // namespace

SCENARIO("a restored backup holds what the store held, also what is no text", "[backup]") {
    BackupBench bench;
    bench.fill(2500);
    bench.change("claim-binary", std::string("\x00\xc3\x28\xff", 4));
    const auto made = bench.back_up();
    REQUIRE(made);
    CHECK(fs::status(bench.file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK_FALSE(fs::exists(bench.file.string() + ".partial"));
    CHECK(bench.restore().empty());
    CHECK(bench.digest(bench.to).sha256() == made->sha256());
    CHECK(bench.digest(bench.from).sha256() == made->sha256());
    CHECK(bench.target.last_seq() == bench.source.storage.last_seq());
    CHECK(bench.in_target<Quarantine>(Quarantine::key)->active);
}

SCENARIO("keys are in a backup only when they are asked for", "[backup]") {
    BackupBench bench;
    bench.fill();
    std::vector<treasurer::copy::KeyFile> keys;
    GIVEN("none was given") {
        REQUIRE(bench.back_up());
        CHECK(bench.restore(&keys).empty());
        CHECK(keys.empty());
    }
    GIVEN("one was given") {
        REQUIRE(bench.back_up({{"blobs.key", std::string(32, '\xfe')}}));
        CHECK(bench.restore(&keys).empty());
        REQUIRE(keys.size() == 1);
        CHECK(keys[0].name == "blobs.key");
        CHECK(keys[0].bytes == std::string(32, '\xfe'));
    }
}

SCENARIO("a backup is never written over another", "[backup]") {
    BackupBench bench;
    REQUIRE(bench.back_up());
    const auto before = bench.bytes();
    const auto again = bench.back_up();
    REQUIRE_FALSE(again);
    CHECK(again.error().message.find("exists already") != std::string::npos);
    CHECK(bench.bytes() == before);
}

SCENARIO("a backup that is cut short or changed anywhere is not taken for whole", "[backup]") {
    BackupBench bench;
    bench.fill(300);
    REQUIRE(bench.back_up());
    const std::string sound = bench.bytes();
    for (std::size_t cut :
         {std::size_t{0}, std::size_t{5}, sound.size() / 3, sound.size() / 2, sound.size() - 9, sound.size() - 1}) {
        BackupBench other;
        other.file = bench.file;
        other.write(sound.substr(0, cut));
        INFO("cut at " << cut << " of " << sound.size());
        CHECK_FALSE(other.restore().empty());
        CHECK_FALSE(other.in_target<Quarantine>(Quarantine::key));
    }
    for (std::size_t at = 20; at < sound.size(); at += sound.size() / 40) {
        BackupBench other;
        other.file = bench.file;
        std::string changed = sound;
        changed[at] = static_cast<char>(changed[at] ^ 0x20);
        other.write(changed);
        INFO("changed at " << at);
        const std::string error = other.restore();
        // A bit that changes nothing of what is unpacked may pass; whatever passes must be whole.
        if (error.empty()) CHECK(other.digest(other.to).sha256() == bench.digest(bench.from).sha256());
    }
    bench.write(sound + sound);
    CHECK(bench.restore().find("follows its last line") != std::string::npos);
}

SCENARIO("a damaged backup is called damaged, with its place, not taken for something else", "[backup]") {
    BackupBench bench;
    bench.fill(300);
    REQUIRE(bench.back_up());
    const std::string sound = bench.bytes();
    for (std::size_t cut : {std::size_t{0}, std::size_t{5}, sound.size() / 2, sound.size() - 1}) {
        bench.write(sound.substr(0, cut));
        const std::string error = bench.restore();
        INFO("cut at " << cut << ": " << error);
        CHECK(error.find("is damaged at line ") != std::string::npos);
        CHECK(error.find("no backup") == std::string::npos);
    }
}

SCENARIO("what is no backup, or of a newer format, is refused by name", "[backup]") {
    BackupBench bench;
    const auto write_line = [&](const std::string& line) {
        fs::remove(bench.file);
        auto out = treasurer::copy::GzipWriter::create(bench.file);
        REQUIRE(out);
        REQUIRE(out->line(line));
        REQUIRE(out->finish());
    };
    CHECK(bench.restore().find("cannot be read") != std::string::npos);
    bench.write("a letter\n");
    CHECK(bench.restore().find("no backup of treasurer") != std::string::npos);
    write_line(R"({"format":"something else"})");
    CHECK(bench.restore().find("no backup of treasurer") != std::string::npos);
    write_line(R"({"format":"treasurer-backup","version":2})");
    CHECK(bench.restore().find("format 2, this program reads format 1") != std::string::npos);
}
