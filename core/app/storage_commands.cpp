// treasurer storage copy: all of one storage into another.
#include "app/copy_steps.hpp"
#include "runtime/block_on.hpp"

#include <iostream>
#include <memory>

namespace treasurer::app {
namespace {

struct CopyOptions {
    std::string from, to, data;
    bool verify = false;
};

/// Reads the same moment of the source a second time: what comes from a disk twice is what stands there.
int read_source_again(copy::SnapshotSource& source, const copy::StoreDigest& first, ThreadExecutor& executor) {
    const auto again = block_on(executor, copy::digest_of(source));
    if (!again) return fail_with("the source, read again", again.error());
    return print_comparison(first, *again);
}

int copy_between(StoragePlace& from, copy::SnapshotSource& source, StoragePlace& to, ThreadExecutor& executor,
                 bool verify) {
    SystemClock clock;
    SystemRandom random;
    ProgressLines lines("copying");
    copy::CopyPlan plan;
    plan.origin = from.name();
    plan.reason = "copied from " + from.name();
    plan.life = Ids(clock, random).next();
    plan.now_ms = clock.unix_ms();
    plan.tell = [&lines](const copy::Progress& progress) { lines.tell(progress); };
    copy::StoreCopier copier(source, to.storage(), to.copies(), std::move(plan));
    const auto filled = block_on(executor, copier.fill());
    if (!filled) return fail_with("--to " + to.name(), filled.error());
    std::cerr << (filled->resumed ? "resumed: " : "") << filled->source.count() << " records read, " << filled->written
              << " written, " << filled->removed << " removed in " << lines.elapsed() << '\n';
    print_digest(filled->source);
    int code = verify ? read_source_again(source, filled->source, executor) : int{done};
    block_on(executor, source.close());
    if (code == done) code = finish_copy(copier, *filled, to, executor, verify);
    return code;
}

/// The target is opened, and so perhaps made, only once there are books to copy.
int copy_from(StoragePlace& from, const CopyOptions& options, ThreadExecutor& executor) {
    auto source = block_on(executor, copy::SnapshotSource::open(from.copies()));
    if (!source) return fail_with("--from " + from.name(), source.error());
    const auto to = StoragePlace::open({"--to", options.to, options.data, Folder::make}, executor);
    if (!to) return usage;
    if (to->identity() == from.identity()) {
        print_error("--from and --to name the same storage; name another one with --to");
        return usage;
    }
    return copy_between(from, *source, *to, executor, options.verify);
}

int copy_command(const CopyOptions& options) {
    ThreadExecutor executor(2);
    int code = usage;
    if (const auto from = StoragePlace::open({"--from", options.from, options.data, Folder::needed}, executor))
        code = copy_from(*from, options, executor);
    executor.stop();
    return code;
}

}  // namespace

void add_storage(CLI::App& program, int& exit_code) {
    auto* storage = program.add_subcommand("storage", "where the books are kept")->require_subcommand(1);
    auto options = std::make_shared<CopyOptions>();
    auto* copy = storage->add_subcommand(
        "copy", "copy all of one storage, jobs and keys included, into an empty one; repeat it to go on after a crash");
    const std::string place = ": a settings file (its plugins.storage), or PLUGIN:key=value,key=value";
    copy->add_option("--from", options->from, "source; a host may be running on it" + place)->required();
    copy->add_option("--to", options->to, "target; empty, or an unfinished copy of the same books" + place)->required();
    copy->add_option("--data", options->data, "data folder, for ${TREASURER_DATA} in settings files");
    copy->add_flag("--verify", options->verify, "read both again and compare their hashes; exit 1 on any difference");
    copy->callback([options, &exit_code] { exit_code = copy_command(*options); });
}

}  // namespace treasurer::app
