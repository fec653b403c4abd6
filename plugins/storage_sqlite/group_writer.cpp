#include "group_writer.hpp"

#include <pthread.h>

#include <algorithm>

namespace storage_sqlite {
namespace {

/// Bodies that may wait, whatever their number. One request is always taken.
constexpr std::size_t most_queued_bytes = std::size_t{256} << 20;
/// The log is copied into the database once it has grown to this many pages (4 KiB each).
constexpr int checkpoint_pages = 8192;
/// Readers can keep the log from being used anew. From this size on the writer waits for them, for a moment: one that
/// reads a whole copy takes minutes, and the log grows meanwhile.
constexpr int pressing_pages = 4 * checkpoint_pages;
constexpr std::chrono::milliseconds patience_with_readers{50};

/// Losing batches come in crowds: after one, savepoints are used for so many transactions without trying.
constexpr int careful_after_a_loss = 32;

int note_wal_pages(void* pages, sqlite_api::sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection, Options options, Clock clock)
    : options_(options),
      connection_(std::move(connection)),
      transaction_(*connection_, std::move(clock)),
      judge_(transaction_),
      pressing_at_(pressing_pages) {
    sqlite_api::sqlite3_wal_hook(connection_->handle(), note_wal_pages, &wal_pages_);
    {
        ReadScope scope(*connection_);
        catalog_ = std::make_shared<Catalog>(Catalog::load(*connection_));
    }
    thread_ = std::thread([this] { loop(); });
    pthread_setname_np(thread_.native_handle(), "sqlite-writer");
}

GroupWriter::~GroupWriter() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
    }
    arrived_.notify_all();
    thread_.join();
}

std::shared_ptr<const Catalog> GroupWriter::catalog() const {
    std::lock_guard lock(mutex_);
    return catalog_;
}

std::size_t GroupWriter::waiting() const {
    std::lock_guard lock(mutex_);
    return queued_batches_;
}

atr::Result<> GroupWriter::submit(const std::shared_ptr<WriteRequest>& request, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!queue_.empty() && (queued_batches_ + request->batches() > options_.max_queue ||
                            queued_bytes_ + request->bytes() > most_queued_bytes))
        return atr::retry(ATR_E_OVERLOADED, "the writer's queue is full");
    queue_.push_back(request);
    queued_batches_ += request->batches();
    queued_bytes_ += request->bytes();
    if (queue_.size() == 1) arrived_.notify_one();
    request->changed_.wait_until(lock, deadline, [&] { return request->state_ == WriteRequest::State::done; });
    switch (request->state_) {
        case WriteRequest::State::done:
            return request->result_;
        case WriteRequest::State::taken:
            return atr::unknown(ATR_E_TIMEOUT, "the deadline passed while the transaction was running");
        case WriteRequest::State::queued:
            break;
    }
    queue_.erase(std::find(queue_.begin(), queue_.end(), request));
    queued_batches_ -= request->batches();
    queued_bytes_ -= request->bytes();
    return atr::retry(ATR_E_TIMEOUT, "the deadline passed before the writer came to it");
}

void GroupWriter::loop() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait(lock, [this] { return stop_ || !queue_.empty(); });
            if (queue_.empty()) return;
        }
        try {
            Run(connection_->prepared("BEGIN IMMEDIATE")).finish();
        } catch (const SqlError& error) {
            refuse_all(error);
            continue;
        }
        const Group group = take();
        try {
            publish(group, run(group));
        } catch (const SqlError&) {
            run_alone(group);
        }
        checkpoint();
    }
}

GroupWriter::Group GroupWriter::take() {
    Group group;
    std::lock_guard lock(mutex_);
    for (std::size_t batches = 0; !queue_.empty(); queue_.pop_front()) {
        auto& next = queue_.front();
        if (!group.empty() && batches + next->batches() > options_.max_group) break;
        batches += next->batches();
        queued_batches_ -= next->batches();
        queued_bytes_ -= next->bytes();
        next->state_ = WriteRequest::State::taken;
        group.push_back(std::move(next));
    }
    return group;
}

atr::Result<> GroupWriter::run(const Group& group) {
    try {
        run_requests(group);
    } catch (const SqlError&) {
        roll_back();
        transaction_.forget_catalog();
        throw;
    } catch (const std::exception& error) {
        roll_back();
        transaction_.forget_catalog();
        throw SqlError(SQLITE_INTERNAL, error.what());
    }
    if (transaction_.changed()) {
        if (auto done = commit(); !done) return done;
    } else {
        roll_back();
    }
    std::lock_guard lock(mutex_);
    catalog_ = transaction_.catalog();
    return {};
}

void GroupWriter::run_requests(const Group& group) {
    const auto attempt = [&](BatchJudge::Undo undo) {
        transaction_.begin();
        judge_.begin(undo);
        for (const auto& request : group) request->run(transaction_, judge_);
        transaction_.finish();
    };
    const bool careful = careful_groups_ > 0;
    if (careful) --careful_groups_;
    try {
        attempt(careful ? BatchJudge::Undo::single_batches : BatchJudge::Undo::whole_transaction);
    } catch (const BatchJudge::NeedsSavepoints&) {
        careful_groups_ = careful_after_a_loss;
        roll_back();
        transaction_.forget_catalog();
        Run(connection_->prepared("BEGIN IMMEDIATE")).finish();
        attempt(BatchJudge::Undo::single_batches);
    }
}

/// One request must not take its neighbours down, and a small transaction may still fit on a disk that is nearly full.
void GroupWriter::run_alone(const Group& group) {
    for (const auto& request : group) try {
            Run(connection_->prepared("BEGIN IMMEDIATE")).finish();
            publish({request}, run({request}));
        } catch (const SqlError& error) {
            publish({request}, to_error(error, atr::Outcome::retry, connection_->path()));
        }
}

/// A COMMIT that fails has no effect for this process or any other that runs. Yet its last bytes may lie in the log,
/// where a recovery after a crash would find them. Only the next transaction's bytes, written over them, prove that it
/// never happened.
atr::Result<> GroupWriter::commit() {
    try {
        Run(connection_->prepared("COMMIT")).finish();
        return {};
    } catch (const SqlError& error) {
        roll_back();
        transaction_.forget_catalog();
        try {
            Run(connection_->prepared("BEGIN IMMEDIATE")).finish();
            Run(connection_->prepared("UPDATE atr_state SET fence = fence + 1")).finish();
            Run(connection_->prepared("COMMIT")).finish();
        } catch (const SqlError&) {
            roll_back();
            return to_error(error, atr::Outcome::unknown, connection_->path());
        }
        return to_error(error, atr::Outcome::retry, connection_->path());
    }
}

void GroupWriter::roll_back() {
    if (!connection_->in_transaction()) return;
    try {
        Run(connection_->prepared("ROLLBACK")).finish();
    } catch (const SqlError&) {
        // in_transaction() says so at the next BEGIN, which then fails and is reported.
    }
}

void GroupWriter::publish(const Group& group, const atr::Result<>& result) {
    {
        std::lock_guard lock(mutex_);
        for (const auto& request : group) {
            request->result_ = result;
            request->state_ = WriteRequest::State::done;
        }
    }
    for (const auto& request : group) request->changed_.notify_one();
}

void GroupWriter::refuse_all(const SqlError& error) {
    Group group;
    {
        std::lock_guard lock(mutex_);
        group.assign(queue_.begin(), queue_.end());
        queue_.clear();
        queued_batches_ = queued_bytes_ = 0;
    }
    publish(group, to_error(error, atr::Outcome::retry, connection_->path()));
}

void GroupWriter::checkpoint() {
    connection_->trim_prepared();
    if (wal_pages_ < checkpoint_pages) return;
    // It may fail (a full disk, a reader that stays): the log then grows on, and is tried again.
    if (wal_pages_ < pressing_at_) {
        connection_->checkpoint(SQLITE_CHECKPOINT_PASSIVE, patience_with_readers);
    } else {
        const bool is_done = connection_->checkpoint(SQLITE_CHECKPOINT_RESTART, patience_with_readers);
        pressing_at_ = is_done ? pressing_pages : wal_pages_ + checkpoint_pages;
    }
    wal_pages_ = 0;
}

}  // namespace storage_sqlite
