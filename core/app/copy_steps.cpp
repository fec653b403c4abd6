#include "app/copy_steps.hpp"

#include "runtime/block_on.hpp"

#include <cstdio>
#include <iostream>

namespace treasurer::app {

void ProgressLines::tell(const copy::Progress& progress) {
    const auto now = Steady::now();
    if (now - told_ < std::chrono::seconds(1)) return;
    told_ = now;
    std::cerr << verb_ << " " << progress.collection << ": " << progress.records << " records read, "
              << progress.written << " written, " << elapsed() << '\n';
}

std::string ProgressLines::elapsed() const {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(Steady::now() - made_).count());
    return text;
}

void print_digest(const copy::StoreDigest& digest) {
    for (const auto& collection : digest.collections)
        std::cout << collection.name << '\t' << collection.count << " records\t" << collection.bytes << " bytes\t"
                  << collection.sha256 << '\n';
    std::cout << "all\t" << digest.count() << " records\t" << digest.bytes() << " bytes\t" << digest.sha256() << '\n';
}

int print_trial_balance(const copy::StoreDigest& digest) {
    if (digest.balances_out()) {
        std::cout << "trial balance: zero\n";
        return done;
    }
    for (const auto& line : ledger::trial_balance(digest.balances))
        if (line.difference() != 0)
            std::cout << "finding: " << line.asset << ": debits " << atr::units_to_string(line.debits) << ", credits "
                      << atr::units_to_string(line.credits) << " in its smallest part\n";
    return finding;
}

int print_comparison(const copy::StoreDigest& source, const copy::StoreDigest& copied) {
    const auto differences = source.differences(copied);
    for (const auto& difference : differences) std::cout << "finding: " << difference << '\n';
    return differences.empty() ? done : finding;
}

int fail_with(const std::string& what, const atr::Error& error) {
    print_error(what + ": " + error.message);
    return usage;
}

int finish_copy(copy::StoreCopier& copier, const copy::CopyResult& filled, StoragePlace& target,
                ThreadExecutor& executor, bool verify) {
    if (verify) {
        auto opened = block_on(executor, copy::SnapshotSource::open(target.copies(), true));
        if (!opened) return fail_with(target.name(), opened.error());
        const auto there = block_on(executor, copy::digest_of(*opened));
        block_on(executor, opened->close());
        if (!there) return fail_with(target.name(), there.error());
        if (print_comparison(filled.source, *there) != done) {
            print_error(target.name() + " is not equal to what was copied; no host will serve it");
            return finding;
        }
        std::cout << "verified: the target was read again and is equal\n";
    }
    const auto finished = block_on(executor, copier.finish());
    if (!finished) return fail_with(target.name(), finished.error());
    return print_trial_balance(filled.source);
}

}  // namespace treasurer::app
