/// What people and programs want of the hosts, again and again until they are told: submit invoices, decide approvals,
/// cancel, pause, look.
#pragma once

#include "simulation/host.hpp"

#include "records/approval.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace treasurer::simulation {

class Errands {
public:
    /// `any_host`: one that runs, chosen at random; nullptr: none does.
    Errands(Surroundings around, std::function<Host*()> any_host);

    /// Plans everything that will be asked for.
    void plan();
    /// Takes back every pause; nobody is overheard from now on.
    void calm_down();
    /// Takes back a pause that came late.
    void go_on();
    /// Two persons, who know what the rail did, decide on a payment that waits for them; one of them tries alone first.
    void have_decided(const std::string& payment_id, bool paid);
    /// Whoever was told of an invoice that storage has not any more sends it again, within that time. Returns how many.
    unsigned send_lost_ones_again(Millis within);
    /// A person's word on an approval.
    void have_approval_decided(const std::string& approval_id, std::string by, bool approve);
    void have_cancelled(const std::string& payment_id);
    /// Asks a host, soon, and again until `run` says that it was told.
    void ask_soon(std::string what, std::function<Task<bool>(Host&)> run) {
        ask_after(some_time(Millis{1000}), std::move(what), std::move(run));
    }
    /// Everybody was told what became of their wish.
    bool all_told() const { return open_ == 0; }
    std::string open() const;

private:
    struct Errand {
        std::string what;                      ///< for the trace
        std::function<Task<bool>(Host&)> run;  ///< true: told
        bool told = false;
        unsigned turn = 0;  ///< of asking; an older one that is still under way asks no more
    };

    void ask(std::shared_ptr<Errand> errand);
    void ask_after(Millis time, std::string what, std::function<Task<bool>(Host&)> run);
    static Task<> serve(Host& host, std::shared_ptr<Errand> errand, Errands& self);
    Task<bool> submit(Host& host, std::string text, std::shared_ptr<unsigned> resubmissions);
    struct Word {
        std::string by;
        bool approve;
    };
    Task<bool> decide(Host& host, std::string approval_id, Word word, std::shared_ptr<unsigned> tries);
    Task<bool> resolve(Host& host, std::string payment_id, bool paid, std::shared_ptr<unsigned> turn);
    void cancel_at_once(atr::Money amount, unsigned looks);
    Task<bool> cancel(Host& host, std::string payment_id);
    Task<bool> pause(Host& host, bool paused);
    Task<bool> change_account(Host& host, std::string key);
    Task<bool> look(Host& host);
    bool heard();
    bool told(const intake::SubmitResult& result, const std::string& text,
              const std::shared_ptr<unsigned>& resubmissions);
    void plan_invoice(unsigned number);
    bool was_paid_otherwise(const Approval& approval);
    Millis some_time(Millis at_most) { return Millis{static_cast<std::int64_t>(random_.below(at_most.count() + 1))}; }

    Surroundings around_;
    const std::function<Host*()> any_host_;
    SeededRandom random_;
    bool calm_ = false;
    unsigned open_ = 0;
    std::vector<std::shared_ptr<Errand>> errands_;
    std::map<std::string, std::string> told_of_;  ///< texts of invoices that somebody was told of, by amount
};

}  // namespace treasurer::simulation
