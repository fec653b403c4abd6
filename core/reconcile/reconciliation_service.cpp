#include "reconcile/reconciliation_service.hpp"

namespace treasurer::reconcile {

/// Begins a run (nullopt), or gives what to wait for; `answers` tells whether that run is enough.
std::optional<Completion<ReconciliationService::Answer>> ReconciliationService::join(Extent extent, bool& answers) {
    const std::lock_guard lock(mutex_);
    if (!running_) {
        running_ = true;
        running_extent_ = extent;
        return std::nullopt;
    }
    answers = extent == Extent::tail || running_extent_ == Extent::full;
    Completion<Answer> done(executor_);
    waiting_.push_back(done);
    return done;
}

Task<ReconciliationService::Answer> ReconciliationService::run(Extent extent) {
    for (;;) {
        bool answers = false;
        std::optional<Completion<Answer>> other = join(extent, answers);
        if (!other) break;
        Answer answer = co_await *other;
        if (answers) co_return answer;
    }
    Task<Answer> running = run_now(extent);
    Answer answer = co_await running;
    std::vector<Completion<Answer>> waiting;
    {
        const std::lock_guard lock(mutex_);
        running_ = false;
        waiting.swap(waiting_);
    }
    for (const auto& waiter : waiting) waiter.set(answer);
    co_return answer;
}

Task<ReconciliationService::Answer> ReconciliationService::run_now(Extent extent) {
    std::optional<std::string> life;  // that the whole of what is compared belongs to
    if (quarantine_) {
        Task<atr::Result<Quarantine>> reading = quarantine_->current();
        const atr::Result<Quarantine> before = co_await reading;
        if (before) life = before->life;
    }
    Task<atr::Result<ReconciliationReport>> running = reconciliation_.run(extent);
    atr::Result<ReconciliationReport> report = co_await running;
    Answer answer = keep(std::move(report));
    if (answer && quarantine_) {  // storage that fails is asked again after the next run
        Task<atr::Result<bool>> suspecting = quarantine_->suspect(**answer);
        static_cast<void>(co_await suspecting);
        if (!life) co_return answer;
        Task<atr::Result<bool>> considering = quarantine_->consider(**answer, std::move(*life));
        static_cast<void>(co_await considering);
    }
    co_return answer;
}

ReconciliationService::Answer ReconciliationService::keep(atr::Result<ReconciliationReport> report) {
    ++runs_;
    if (!report) {
        const std::lock_guard lock(mutex_);
        last_error_ = report.error();
        return report.error();
    }
    const auto now = std::make_shared<const ReconciliationReport>(std::move(*report));
    Report before;
    {
        const std::lock_guard lock(mutex_);
        last_error_.reset();
        if (now->extent == Extent::full) last_full_ms_ = clock_.unix_ms();
        before = std::exchange(last_, now);
    }
    if (listener_) listener_(before, now);
    return now;
}

Task<> ReconciliationService::loop() {
    while (!stopping_) {
        Extent extent = Extent::full;
        {
            const std::lock_guard lock(mutex_);
            const UnixMillis age = last_full_ms_ ? clock_.unix_ms() - *last_full_ms_ : -1;
            if (age >= 0 && age < settings_.full_every.count()) extent = Extent::tail;
        }
        if (full_wanted_.exchange(false) || (quarantine_ && quarantine_->active())) extent = Extent::full;
        Task<Answer> running = run(extent);
        const Answer answer = co_await running;
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(settings_.interval);
        co_await waiting;
    }
}

ReconciliationService::Report ReconciliationService::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

std::optional<atr::Error> ReconciliationService::last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
}

}  // namespace treasurer::reconcile
