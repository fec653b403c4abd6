/// Disks that are full, read-only or hold something else: a precise error, nothing lost, and work goes on afterwards.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "store.hpp"

namespace storage_sqlite_test {
using atr::Outcome;

namespace {

atr::Error refusal_of(const std::string& path) {
    Settings settings;
    settings.path = path;
    auto made = SqliteStorage::create("main", settings, storage_sqlite::system_now_ms);
    if (made) throw std::runtime_error("it was opened");
    return made.error();
}

/// A file system of its own, where the test may mount one (as root in a container that allows it).
class SmallDisk {
public:
    SmallDisk(const std::string& folder, const std::string& options) : folder_(folder) {
        std::filesystem::create_directories(folder);
        mounted_ = ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount(folder_.c_str());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }
    void make_read_only() {
        mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }

private:
    std::string folder_;
    bool mounted_ = false;
};

/// Files of this process may not grow beyond `bytes` while this lives: to a writer the same as a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(std::uint64_t bytes) {
        before_signal_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_signal_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*before_signal_)(int) = nullptr;
};

/// Commits until one fails; returns the keys acknowledged and the failure.
std::pair<std::vector<std::string>, atr::Commit> fill(Store& store, const std::string& prefix) {
    std::vector<std::string> acknowledged;
    for (int i = 0; i < 10'000; ++i) {
        const std::string key = prefix + std::to_string(i);
        auto result = store.commit(batch({claim(key, std::string(5000, 'x')), add("sum", "1")}));
        if (result.outcome != Outcome::ok) return {acknowledged, result};
        acknowledged.push_back(key);
    }
    return {acknowledged, {}};
}

void check_whole(Store& store, const std::vector<std::string>& acknowledged) {
    for (const auto& key : acknowledged) REQUIRE(store.body("claims", key) == std::string(5000, 'x'));
    CHECK(store.body("balances", "sum") == std::to_string(acknowledged.size()));
}

}  // namespace

SCENARIO("a path that cannot be a database says what to do", "[storage_sqlite]") {
    support::TemporaryFolder folder;
    const std::string in = folder.path().string() + "/";
    std::ofstream(in + "text.txt") << std::string(5000, 'x');
    std::ofstream(in + "short.txt") << "hello";
    storage_sqlite::Connection({.path = in + "foreign.db"}).execute("CREATE TABLE theirs(x)");
    struct Case {
        std::string path, says;
        std::int32_t code;
    };
    const std::vector<Case> cases = {
        {"", "'path' is empty: name a file", ATR_E_CONFIG},
        {":memory:", "':memory:' is not the path of a file", ATR_E_CONFIG},
        {"file:x?mode=memory", "is not the path of a file", ATR_E_CONFIG},
        {in, " is a directory: name a file in it, such as " + in + "treasurer.db", ATR_E_CONFIG},
        {in + "no/such/x.db", "the folder " + in + "no/such does not exist: make it first", ATR_E_CONFIG},
        {in + "text.txt", in + "text.txt: the file is not an SQLite database: set 'path' to another file",
         ATR_E_CORRUPT},
        {in + "short.txt", in + "short.txt: the file is not an SQLite database", ATR_E_CORRUPT},
        {in + "foreign.db", "foreign.db is a database of another program: set 'path' to another file", ATR_E_CONFIG},
    };
    for (const auto& one : cases) {
        const auto error = refusal_of(one.path);
        INFO(error.message);
        CHECK(error.outcome == Outcome::rejected);
        CHECK(error.code == one.code);
        CHECK(error.message.starts_with("storage 'main': "));
        CHECK(error.message.find(one.says) != std::string::npos);
    }
    CHECK(std::filesystem::file_size(in + "text.txt") == 5000);
}

SCENARIO("a path with spaces and quotes of another kind works", "[storage_sqlite]") {
    support::TemporaryFolder folder;
    Store store(folder.path().string() + "/the  treasurer's = data.db");
    CHECK(store.commit(batch({claim("a")})).outcome == Outcome::ok);
    CHECK(std::filesystem::exists(folder.path() / "the  treasurer's = data.db"));
}

SCENARIO("files that may not grow: retry with a clear code, nothing lost, and on it goes with room",
         "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    std::vector<std::string> acknowledged;
    {
        const FileSizeLimit limit(1'000'000);
        auto [keys, failure] = fill(store, "a");
        acknowledged = keys;
        CHECK(failure.outcome == Outcome::retry);
        CHECK(failure.error.message.starts_with(disk.file() + ": the disk "));
        CHECK(failure.versions.empty());
        check_whole(store, acknowledged);
        CHECK(store.commit(batch({claim("b", std::string(5000, 'x'))})).outcome == Outcome::retry);
    }
    CHECK(acknowledged.size() > 10);
    CHECK(store.record("claims", "b").version == 0);
    CHECK(store.commit(batch({claim("b")})).outcome == Outcome::ok);
    check_whole(store, acknowledged);
}

SCENARIO("a full disk: retry with a clear code, nothing lost, and on it goes with room", "[storage_sqlite]") {
    support::TemporaryFolder folder;
    SmallDisk small(folder.path().string() + "/small", "size=1m");
    if (!small.mounted()) {
        WARN("not allowed to mount a file system here");
        return;
    }
    const std::string file = folder.path().string() + "/small/treasurer.db";
    std::ofstream(folder.path().string() + "/small/ballast") << std::string(300'000, 'x');
    std::vector<std::string> acknowledged;
    {
        Store store(file);
        auto [keys, failure] = fill(store, "a");
        acknowledged = keys;
        CHECK(failure.outcome == Outcome::retry);
        CHECK(failure.error.code == ATR_E_LIMIT);
        CHECK(failure.error.message.starts_with(file + ": the disk is full: make room"));
        check_whole(store, acknowledged);
        std::filesystem::remove(folder.path().string() + "/small/ballast");
        CHECK(store.commit(batch({claim("b")})).outcome == Outcome::ok);
    }
    Store again(file);
    check_whole(again, acknowledged);
    CHECK(acknowledged.size() > 10);
    CHECK(again.record("claims", "b").version == 1);
}

SCENARIO("a read-only file system is refused at the start and answered with retry later", "[storage_sqlite]") {
    support::TemporaryFolder folder;
    SmallDisk small(folder.path().string() + "/small", "size=4m");
    if (!small.mounted()) {
        WARN("not allowed to mount a file system here");
        return;
    }
    const std::string file = folder.path().string() + "/small/treasurer.db";
    { Store(file).commit(batch({claim("a")})); }
    small.make_read_only();
    const auto existing = refusal_of(file);
    CHECK(existing.code == ATR_E_PERMISSION);
    INFO(existing.message);
    CHECK(existing.message.find(file + " cannot be read and written (Read-only file system)") != std::string::npos);
    const auto missing = refusal_of(file + "2");
    INFO(missing.message);
    CHECK(missing.code == ATR_E_PERMISSION);
    CHECK(missing.message.find("/small of " + file + "2 cannot be written (Read-only file system)") !=
          std::string::npos);
}

SCENARIO("without permission the service's user is told which file", "[storage_sqlite]") {
    if (::geteuid() != 0) return;  // only root may become somebody else
    Disk disk;
    { Store(disk.file()).commit(batch({claim("a")})); }
    std::filesystem::permissions(disk.folder.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(disk.file(), std::filesystem::perms(0644));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setuid(65534) != 0) _exit(1);
        Settings settings;
        settings.path = disk.file();
        auto made = SqliteStorage::create("main", settings, storage_sqlite::system_now_ms);
        const std::string says = made ? "opened" : std::to_string(made.error().code) + " " + made.error().message;
        _exit(::write(ends[1], says.data(), says.size()) < 0 ? 1 : 0);
    }
    ::close(ends[1]);
    char text[1024] = {};
    const auto got = ::read(ends[0], text, sizeof text - 1);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string says(text, got > 0 ? static_cast<std::size_t>(got) : 0);
    CHECK(says == std::to_string(int{ATR_E_PERMISSION}) + " storage 'main': " + disk.file() +
                      " cannot be read and written (Permission denied): give it to the service's user");
}

SCENARIO("health tells size and mode, and fails when the file cannot be read", "[storage_sqlite]") {
    Disk disk;
    Settings settings;
    settings.readers = 1;
    Store store(disk.file(), settings);
    store.commit(batch({claim("a")}));
    const auto health = store.storage->health(store.call());
    REQUIRE(health);
    const auto json = nlohmann::json::parse(*health);
    CHECK(json["path"] == disk.file());
    CHECK(json["journal_mode"] == "wal");
    CHECK(json["bytes"] > 0);
    CHECK(json["wal_bytes"] > 0);
    CHECK(json["commit_seq"] == 1);
    Store other(disk.file(), settings);  // has no read connection open yet
    std::filesystem::rename(disk.file(), disk.file() + ".moved");
    std::filesystem::create_directory(disk.file());
    const auto ill = other.storage->health(other.call());
    REQUIRE_FALSE(ill);
    CHECK(ill.error().code == ATR_E_PERMISSION);
    CHECK(ill.error().message.starts_with(disk.file() + ": the file cannot be opened"));
}

}  // namespace storage_sqlite_test
