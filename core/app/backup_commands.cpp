// treasurer backup | restore: all of the storage in one file, and back.
#include "app/copy_steps.hpp"
#include "copy/backup_file.hpp"
#include "runtime/block_on.hpp"
#include "runtime/utc_time.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace treasurer::app {
namespace {

namespace fs = std::filesystem;

struct BackupOptions {
    SettingsOptions settings;
    std::string file;
    bool with_keys = false;
};

/// Files of the data folder without which sealed payments cannot be opened, and tokens are no longer valid.
std::vector<fs::path> key_files(const Settings& settings) {
    std::vector<fs::path> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(settings.data_dir, error))
        if (entry.path().extension() == ".key" && entry.is_regular_file(error)) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<std::string> read_whole(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string out(std::istreambuf_iterator<char>(in), {});
    return in ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

/// A folder gets a file named after the moment.
fs::path backup_file(const std::string& given, UnixMillis now_ms) {
    std::error_code error;
    if (!fs::is_directory(given, error)) return given;
    std::string name = "treasurer-" + rfc3339(now_ms) + ".backup.gz";
    std::replace(name.begin(), name.end(), ':', '-');
    return fs::path(given) / name;
}

bool add_keys(const Settings& settings, copy::BackupPlan& plan) {
    for (const auto& file : key_files(settings)) {
        auto bytes = read_whole(file);
        if (!bytes) {
            print_error(file.string() + " cannot be read");
            return false;
        }
        plan.keys.push_back({file.filename().string(), std::move(*bytes)});
    }
    return true;
}

void print_keys(const Settings& settings, const copy::BackupPlan& plan) {
    if (!plan.keys.empty()) {
        std::cout << "keys: in the file, " << plan.keys.size()
                  << " of them; whoever has the file can open every payment that was prepared and not sent\n";
        return;
    }
    for (const auto& file : key_files(settings))
        std::cout << "keys: not in the file; keep " << file.string() << " beside it, or use --with-keys\n";
}

int back_up(StoragePlace& from, const Settings& settings, const BackupOptions& options, ThreadExecutor& executor) {
    auto source = block_on(executor, copy::SnapshotSource::open(from.copies()));
    if (!source) return fail_with(from.name(), source.error());
    SystemClock clock;
    ProgressLines lines("backing up");
    copy::BackupPlan plan;
    plan.program = TREASURER_VERSION;
    plan.now_ms = clock.unix_ms();
    plan.tell = [&lines](const std::string& collection, std::uint64_t records) {
        lines.tell({collection, records, records});
    };
    if (options.with_keys && !add_keys(settings, plan)) return usage;
    const fs::path file = backup_file(options.file, plan.now_ms);
    const auto written = block_on(executor, copy::write_backup(*source, file, plan));
    block_on(executor, source->close());
    if (!written) return fail_with("no backup was made", written.error());
    std::error_code error;
    print_digest(*written);
    std::cout << "backup: " << file.string() << ", " << fs::file_size(file, error) << " bytes, " << lines.elapsed()
              << '\n';
    print_keys(settings, plan);
    return print_trial_balance(*written);
}

/// A key file that is there already must be the same: the other one may belong to other books.
int write_keys(const std::string& folder, const std::vector<copy::KeyFile>& keys) {
    for (const auto& key : keys) {
        const fs::path file = fs::path(folder) / key.name;
        std::error_code error;
        if (fs::exists(file, error)) {
            if (read_whole(file) == key.bytes) continue;
            print_error(file.string() + " is there with other bytes: move it away, then restore again");
            return usage;
        }
        const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        const auto size = static_cast<ssize_t>(key.bytes.size());
        const bool written =
            made >= 0 && ::write(made, key.bytes.data(), key.bytes.size()) == size && ::fsync(made) == 0;
        if (made >= 0) ::close(made);
        if (!written) {
            print_error(file.string() + " cannot be written");
            return usage;
        }
        std::cout << "keys: " << file.string() << " written\n";
    }
    return done;
}

int restore(copy::BackupSource& source, StoragePlace& to, const Settings& settings, ThreadExecutor& executor) {
    SystemClock clock;
    SystemRandom random;
    ProgressLines lines("restoring");
    copy::CopyPlan plan;
    plan.origin = "the backup of " + source.made_at();
    plan.reason = "restored from " + plan.origin;
    plan.life = Ids(clock, random).next();
    plan.now_ms = clock.unix_ms();
    plan.tell = [&lines](const copy::Progress& progress) { lines.tell(progress); };
    copy::StoreCopier copier(source, to.storage(), to.copies(), std::move(plan));
    const auto filled = block_on(executor, copier.fill());
    if (!filled) return fail_with("not restored", filled.error());
    const auto keys = source.finish(filled->source);
    if (!keys) return fail_with("not restored", keys.error());
    if (const int code = write_keys(settings.data_dir, *keys); code != done) return code;
    print_digest(filled->source);
    const int code = finish_copy(copier, *filled, to, executor, true);
    if (code != usage)
        std::cout << "restored in " << lines.elapsed()
                  << "; in quarantine: nothing is paid until the books agree with the rail (docs/operate.md)\n";
    return code;
}

/// Opens the storage of the settings, and runs `work(place, settings, executor)` on it.
template <class Work>
int with_storage(const BackupOptions& options, Folder folder, Work work) {
    const auto settings = options.settings.load();
    if (!settings) return usage;
    std::error_code error;
    if (folder == Folder::needed && !fs::is_directory(settings->data_dir, error)) {
        print_error("there is no data folder " + settings->data_dir + "; name it with --data");
        return usage;
    }
    make_data_folder(settings->data_dir, error);
    ThreadExecutor executor(2);
    int code = usage;
    if (const auto place = StoragePlace::open(*settings, folder, executor)) code = work(*place, *settings, executor);
    executor.stop();
    return code;
}

int backup_command(const BackupOptions& options) {
    return with_storage(options, Folder::needed,
                        [&](StoragePlace& from, const Settings& settings, ThreadExecutor& executor) {
                            return back_up(from, settings, options, executor);
                        });
}

/// The storage is opened, and so perhaps made, only once there is a backup to restore.
int restore_command(const BackupOptions& options) {
    const auto source = copy::BackupSource::open(options.file);
    if (!source) return fail_with("nothing was restored", source.error());
    return with_storage(options, Folder::make,
                        [&](StoragePlace& to, const Settings& settings, ThreadExecutor& executor) {
                            return restore(**source, to, settings, executor);
                        });
}

}  // namespace

void add_backup(CLI::App& program, int& exit_code) {
    {
        auto options = std::make_shared<BackupOptions>();
        auto* backup = program.add_subcommand(
            "backup", "write one consistent moment of all books to a new file; a host may go on meanwhile");
        options->settings.add_to(*backup);
        backup->add_option("file", options->file, "the file to make, or a folder for one named after the moment")
            ->required();
        backup->add_flag("--with-keys", options->with_keys,
                         "put the data folder's key files in as well: then guard the file as you guard them");
        backup->callback([options, &exit_code] { exit_code = backup_command(*options); });
    }
    {
        auto options = std::make_shared<BackupOptions>();
        auto* restoring = program.add_subcommand(
            "restore", "fill an empty storage from a backup, checked by its hash; it starts in quarantine");
        options->settings.add_to(*restoring);
        restoring->add_option("file", options->file, "the backup")->required();
        restoring->callback([options, &exit_code] { exit_code = restore_command(*options); });
    }
}

}  // namespace treasurer::app
