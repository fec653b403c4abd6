#include "snapshots.hpp"

#include <random>
#include <vector>

namespace storage_postgres {
namespace {

constexpr std::size_t most_open = 8;
constexpr std::chrono::seconds most_idle{60};

}  // namespace

/// The server ends a snapshot that nobody reads for twice the time after which this process closes it.
std::vector<Statement> Snapshots::Snapshot::begin() const {
    auto out = session->begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const auto idle = std::chrono::milliseconds(2 * most_idle).count();
    out.push_back({"SET LOCAL idle_in_transaction_session_timeout = " + std::to_string(idle)});
    return out;
}

atr::Result<std::unique_ptr<Snapshots::Snapshot>> Snapshots::open(std::shared_ptr<const Catalog> catalog,
                                                                  Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (open_ >= most_open)
            return atr::retry(ATR_E_OVERLOADED, std::to_string(most_open) + " snapshot queries are open already");
        ++open_;
    }
    try {
        auto session = pool_.connect(deadline);
        if (session)
            return std::make_unique<Snapshot>(Snapshot{.session = std::move(*session), .catalog = std::move(catalog)});
        close(nullptr);
        return session.error();
    } catch (...) {
        close(nullptr);
        throw;
    }
}

std::uint64_t Snapshots::keep(std::unique_ptr<Snapshot> snapshot, std::uint64_t id) {
    snapshot->used = std::chrono::steady_clock::now();
    std::random_device random;
    const std::lock_guard lock(mutex_);
    while (id == 0 || kept_.contains(id)) id = (std::uint64_t{random()} << 32) | random();
    kept_.emplace(id, std::move(snapshot));
    return id;
}

std::unique_ptr<Snapshots::Snapshot> Snapshots::take(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(id);
    if (found == kept_.end()) return nullptr;
    auto out = std::move(found->second);
    kept_.erase(found);
    return out;
}

void Snapshots::close(std::unique_ptr<Snapshot> snapshot) {
    snapshot.reset();
    const std::lock_guard lock(mutex_);
    --open_;
}

void Snapshots::close_idle() {
    std::vector<std::unique_ptr<Snapshot>> idle;
    {
        const std::lock_guard lock(mutex_);
        const auto limit = std::chrono::steady_clock::now() - most_idle;
        for (auto it = kept_.begin(); it != kept_.end();) {
            if (it->second->used > limit) {
                ++it;
                continue;
            }
            idle.push_back(std::move(it->second));
            it = kept_.erase(it);
            --open_;
        }
    }
}

}  // namespace storage_postgres
