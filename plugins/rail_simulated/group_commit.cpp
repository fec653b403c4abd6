#include "group_commit.hpp"

#include <algorithm>
#include <chrono>

#include "book_file.hpp"
#include "time_left.hpp"

namespace rail_simulated {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds cancel_poll{50};

soci::session& connected(soci::session& book, const Terms& terms) {
    connect(book, terms);
    return book;
}

}  // namespace

GroupCommit::GroupCommit(const Terms& terms)
    : terms_(terms), teller_(connected(book_, terms), terms), writer_([this] { write_until_stopped(); }) {}

GroupCommit::~GroupCommit() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    writer_.join();
}

atr::Result<atr::RailStatus> GroupCommit::run(const atr::Call& call,
                                              std::function<atr::Result<atr::RailStatus>(Teller&)> work) {
    const auto deadline = Clock::now() + time_left(call);
    const auto job = std::make_shared<Job>();
    job->work = std::move(work);
    std::unique_lock lock(mutex_);
    if (queue_.size() >= longest_queue) return atr::retry(ATR_E_OVERLOADED, "the bank's queue is full");
    queue_.push_back(job);
    work_.notify_one();
    bool given_up = false;
    while (job->stage != Job::Stage::finished && !given_up) {
        job->changed.wait_until(lock, std::min(deadline, Clock::now() + cancel_poll));
        given_up = Clock::now() >= deadline || call.cancelled();
    }
    if (job->stage == Job::Stage::finished) return std::move(job->answer);
    if (job->stage == Job::Stage::running)
        return atr::unknown(ATR_E_TIMEOUT, "time is up while the bank was booking it");
    std::erase(queue_, job);
    return atr::retry(ATR_E_TIMEOUT, "time is up before the bank began with it");
}

void GroupCommit::write_until_stopped() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
        }
        // The group is taken when the lock is won: until then its callers may leave, knowing that nothing happened.
        Group group;
        try {
            begin_immediate(book_);
            group = take();
        } catch (const std::exception& error) {
            group = take();
            fail(group, explain(error, terms_.settings.path));
            finish(group);
            continue;
        }
        write(group);
        finish(group);
    }
}

GroupCommit::Group GroupCommit::take() {
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), largest_group));
    Group out(queue_.begin(), queue_.begin() + count);
    queue_.erase(queue_.begin(), queue_.begin() + count);
    for (const auto& job : out) job->stage = Job::Stage::running;
    return out;
}

void GroupCommit::write(Group& group) {
    if (try_transaction(group, true)) return;
    // One of them cannot be booked. Its neighbours must not suffer: each alone, then.
    for (const auto& job : group) {
        Group alone{job};
        try_transaction(alone, false);
    }
}

/// False: rolled back because of what one of several jobs wanted. Otherwise every job has its answer.
bool GroupCommit::try_transaction(Group& group, bool already_begun) {
    bool committing = false;
    try {
        if (!already_begun) begin_immediate(book_);
        teller_.begin();
        for (const auto& job : group) job->answer = job->work(teller_);
        teller_.end();
        committing = true;
        commit(book_);
        return true;
    } catch (const std::exception& error) {
        const bool in_doubt = committing && !commit_surely_failed(book_, error);
        atr::Error answer = explain(error, terms_.settings.path);
        rollback(book_);
        if (!committing && group.size() > 1 && answer.outcome == atr::Outcome::rejected) return false;
        if (in_doubt) answer.outcome = atr::Outcome::unknown;
        fail(group, answer);
        return true;
    }
}

void GroupCommit::fail(Group& group, const atr::Error& error) {
    for (const auto& job : group) job->answer = error;
}

void GroupCommit::finish(Group& group) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& job : group) job->stage = Job::Stage::finished;
    }
    for (const auto& job : group) job->changed.notify_one();  // without the lock, which they would wait for next
}

}  // namespace rail_simulated
