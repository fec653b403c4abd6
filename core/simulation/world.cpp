#include "simulation/world.hpp"

#include "records/schema.hpp"
#include "runtime/ids.hpp"

#include <algorithm>
#include <map>

namespace treasurer::simulation {
namespace {

constexpr UnixMillis the_beginning = 1'793'000'000'000;
constexpr Millis longest_stall{12'000};
constexpr Millis approvals_expire_after{4000};  ///< some are decided before that, some after
constexpr Millis longest_calm{600'000};
constexpr UnixMillis an_hour_ms = 3'600'000;
constexpr Millis longest_comparison{60'000};
constexpr Millis between_comparisons{5000};  ///< of a store in quarantine
constexpr Millis longest_behind{3000};       ///< what a standby that takes over may lack
constexpr Millis longest_between_losses{8000};
constexpr unsigned most_decisions = 8;   ///< as often two persons look at a payment that waits for them
constexpr Millis shortest_calm{30'000};  ///< whatever looks every so often has looked

/// What reconciliation cannot explain, or still waits for; empty: nothing.
std::string left_over(const reconcile::ReconciliationReport& report) {
    std::string out;
    for (const auto& found : report.breaks)
        out += (out.empty() ? "" : "; ") + found.kind + ' ' + found.amount.to_string() + " (payment " +
               found.payment_id + ", event " + found.event_id + "): " + found.detail;
    for (const auto& found : report.in_flight)
        out += (out.empty() ? "in flight, " : "; in flight, ") + found.why + ' ' + found.amount.to_string() +
               " (payment " + found.payment_id + ')';
    return out;
}

using Compared = atr::Result<reconcile::ReconciliationService::Report>;

Task<> compare(Host& host, std::shared_ptr<std::optional<Compared>> told) {
    Task<Compared> running = host.reconciliation.run(reconcile::Extent::full);
    const Compared report = co_await running;
    *told = report;
}

/// What the rail may still take is not open to persons yet, however often they look.
bool may_be_decided(const Payment& payment) {
    return payment.needs_human && !payment.may_arrive;
}

class World {
public:
    World(const Plan& plan, std::ostream* trace);
    ~World();
    Outcome run();

private:
    struct Place {  ///< where one host lives, life after life
        std::unique_ptr<HostClock> clock;
        std::unique_ptr<Host> host;
        unsigned lives = 0;
    };

    Surroundings around(std::size_t place = 0) {
        return {loop_, plan_, weather_, storage_, bank_, caches_[plan_.shared_cache ? 0 : place], checks_};
    }
    void found();
    void begin_life(std::size_t place);
    void crash(std::size_t place);
    bool survives(Actor who);
    void trouble();
    void calm_down();
    bool any_may_end();
    bool have_decided();
    bool rests();
    bool compares_equal();
    reconcile::ReconciliationService::Report compared();
    void plan_losses();
    void fall_behind(unsigned more);
    void lose(unsigned more);
    bool is_worked_off();
    Host* any_host();
    void note(const std::string& what);
    bool strikes(Trouble what, unsigned per_mille) { return plan_.has(what) && random_.below(1000) < per_mille; }

    const Plan& plan_;
    std::ostream* const trace_;
    SeededRandom random_;
    EventLoop loop_;
    MemoryStorage storage_;
    Weather weather_;
    Bank bank_;
    Checks checks_;
    std::vector<CacheBox> caches_;
    std::vector<std::unique_ptr<ActorExecutor>> executors_;
    std::vector<Place> places_;
    Errands errands_;
    Persons persons_;
    Outcome outcome_;
    bool calm_ = false;
    std::map<std::string, unsigned> times_decided_;  ///< by payment
    std::string differs_;                            ///< what the last comparison at rest had to say
    UnixMillis next_comparison_ = 0;
    std::uint64_t remembered_seq_ = 0, worked_off_ = 0;
};

World::World(const Plan& plan, std::ostream* trace)
    : plan_(plan),
      trace_(trace),
      random_(plan.seed ^ 0x776f726cU),
      loop_(plan.seed, the_beginning),
      storage_(loop_, record_schema()),
      weather_(loop_, plan),
      bank_(
          loop_, plan,
          [this](const atr::RailPayment& payment) {
              note("the rail pays " + payment.money.to_string() + " for payment " + payment.payment_id);
              ++outcome_.moved;
              checks_.moved(payment);
          },
          [this](const atr::RailPayment& payment) {
              note("the rail gives back " + payment.money.to_string() + " of payment " + payment.payment_id);
              checks_.came_back(payment);
          }),
      checks_(storage_, bank_, loop_),
      caches_(plan.hosts),
      errands_(around(), [this] { return any_host(); }),
      persons_(around(), errands_) {
    loop_.before_events([this](Actor who) { return survives(who); });
}

World::~World() {
    for (auto& place : places_) place.host.reset();
}

void World::note(const std::string& what) {
    if (trace_) *trace_ << "  " << (loop_.unix_ms() - the_beginning) << " ms  " << what << '\n';
}

/// Money, a policy and a vendor, before any trouble.
void World::found() {
    const std::string funds = plan_.has(Trouble::short_of_funds) ? std::to_string(150 * plan_.invoices) : "100000";
    bank_.receive(*atr::Decimal::parse(funds));
    weather_.calm_down();
    executors_.push_back(std::make_unique<ActorExecutor>(loop_, loop_.new_actor()));
    Host founder(around(), *executors_.back(), loop_, "founder");
    Policy policy;
    policy.auto_approval_limit = 500;
    if (plan_.approvals > 1) policy.approval_tiers.push_back({policy.auto_approval_limit, plan_.approvals});
    if (plan_.has(Trouble::reservations)) {
        policy.approval_reserves_funds = true;
        policy.approval_expiry_ms = approvals_expire_after.count();
    }
    UnitOfWork unit = founder.store.begin();
    unit.create(policy);
    intake::NewVendor vendor;
    vendor.name = "Acme Hosting";
    vendor.accounts.push_back({the_rail, the_asset, "0x1234567890abcdef1234567890abcdef12345678"});
    const auto made = [](Host& host, UnitOfWork first, intake::NewVendor second) -> Task<> {
        Task<Committed> committing = host.store.commit(std::move(first));
        co_await committing;
        Task<atr::Result<Vendor>> adding = host.vendors.add(std::move(second), "admin", "r");
        co_await adding;
        Task<atr::Result<reconcile::Followed>> following = host.statements.follow(host.rail);
        co_await following;
    };
    founder.scope.spawn(made(founder, std::move(unit), std::move(vendor)));
    loop_.run_until(loop_.unix_ms() + 1000);
    loop_.end(founder.who());
}

void World::begin_life(std::size_t at) {
    Place& place = places_[at];
    if (!place.clock) place.clock = std::make_unique<HostClock>(loop_);
    executors_.push_back(std::make_unique<ActorExecutor>(loop_, loop_.new_actor()));
    const std::string name = "host-" + std::to_string(at + 1) + "." + std::to_string(++place.lives);
    place.host = std::make_unique<Host>(around(at), *executors_.back(), *place.clock, name);
    note(name + " starts");
    place.host->start();
}

void World::crash(std::size_t at) {
    Place& place = places_[at];
    note(place.host->name() + " dies");
    if (!plan_.shared_cache) caches_[at].kept.clear();
    loop_.end(place.host->who());
    place.host.reset();
    ++outcome_.crashes;
    loop_.after(Millis{static_cast<std::int64_t>(random_.below(4000))}, the_world, [this, at] {
        if (!places_[at].host) begin_life(at);
    });
}

/// Before each event of a host: it may have died between its last step and this one.
bool World::survives(Actor who) {
    // Of ten thousand events as many as of a thousand calls meet trouble: there are many events to a call.
    if (calm_ || !plan_.has(Trouble::crashes) || random_.below(10'000) >= plan_.per_mille) return true;
    for (std::size_t i = 0; i < places_.size(); ++i)
        if (places_[i].host && places_[i].host->who() == who) {
            crash(i);
            return false;
        }
    return true;
}

/// Ten times a second, whatever the plan brings that is not the trouble of one call.
void World::trouble() {
    if (calm_) return;
    const auto up_to = [this](std::uint64_t at_most) {
        return Millis{static_cast<std::int64_t>(random_.below(at_most))};
    };
    for (auto& place : places_) {
        if (strikes(Trouble::clocks, 1 + plan_.per_mille / 10)) {
            const UnixMillis most = random_.below(3) == 0 ? 3 * an_hour_ms : 60'000;
            const UnixMillis error =
                static_cast<UnixMillis>(random_.below(2 * static_cast<std::uint64_t>(most))) - most;
            place.clock->set_error(error);
            note("a host's clock is wrong by " + std::to_string(error) + " ms");
        }
        if (place.host && strikes(Trouble::stalls, 1 + plan_.per_mille / 10)) {
            const Millis length = up_to(longest_stall.count());
            note(place.host->name() + " stalls for " + std::to_string(length.count()) + " ms");
            loop_.stall(place.host->who(), length);
        }
    }
    if (strikes(Trouble::storage_fails, 1 + plan_.per_mille / 10)) {
        const bool full = random_.below(2) == 0;
        note(full ? "the disk is full" : "storage is away");
        weather_.storage_away(up_to(8000), full);
    }
    loop_.after(Millis{100}, the_world, [this] { trouble(); });
}

void World::calm_down() {
    note("calm");
    calm_ = true;
    weather_.calm_down();
    bank_.calm_down();
    checks_.calm_since(loop_.unix_ms() + longest_stall.count());
    errands_.calm_down();
    for (std::size_t i = 0; i < places_.size(); ++i) {
        places_[i].clock->set_error(0);
        if (places_[i].host)
            loop_.wake(places_[i].host->who());
        else
            begin_life(i);
    }
}

Host* World::any_host() {
    std::vector<Host*> running;
    for (auto& place : places_)
        if (place.host) running.push_back(place.host.get());
    return running.empty() ? nullptr : running[random_.below(running.size())];
}

/// Whether a payment may yet come to an end: by itself, or by two persons who have not looked at it often enough.
bool World::any_may_end() {
    const auto payments = checks_.all<Payment>();
    return std::any_of(payments.begin(), payments.end(), [this](const auto& payment) {
        if (is_final(payment.state) || payment.state == PaymentState::waiting_approval) return false;
        return !may_be_decided(payment) || times_decided_[payment.id] < most_decisions;
    });
}

/// True: two persons look at what waits for them.
bool World::have_decided() {
    bool is_asked = false;
    for (const auto& payment : checks_.all<Payment>()) {
        if (is_final(payment.state) || !may_be_decided(payment)) continue;
        if (++times_decided_[payment.id] > most_decisions) continue;
        ++outcome_.decided;
        errands_.have_decided(payment.id, bank_.moved(id_digits(payment.id)) > 0);
        is_asked = true;
    }
    return is_asked;
}

bool World::rests() {
    if (!errands_.all_told() || bank_.has_pending()) return false;
    if (const auto policy = checks_.find<Policy>(Policy::current); policy && policy->paused) {
        errands_.go_on();
        return false;
    }
    if (checks_.losses().any() && !is_worked_off()) return false;
    if (have_decided() || any_may_end()) return false;
    return compares_equal() && !any_may_end();  // an approval may have expired meanwhile
}

/// Null: it could not be made; differs_ says why.
reconcile::ReconciliationService::Report World::compared() {
    differs_ = "reconciliation does not answer";
    Host* const host = any_host();
    if (!host) return nullptr;
    const auto told = std::make_shared<std::optional<Compared>>();
    host->scope.spawn(compare(*host, told));
    const UnixMillis until = loop_.unix_ms() + longest_comparison.count();
    while (!*told && !checks_.violation() && loop_.run_one(until)) {
    }
    if (!*told) return nullptr;
    differs_ = **told ? left_over(****told) : (*told)->error().message;
    return **told ? ***told : nullptr;
}

/// Whether a host's own reconciliation, which knows nothing of the simulation's sums, has nothing to say either. What
/// a loss has left is persons' to deal with.
bool World::compares_equal() {
    if (!checks_.losses().any() && !checks_.books_are_the_rail()) return false;
    const auto report = compared();
    if (!report) return false;
    if (checks_.losses().any() && !persons_.have_dealt_with(*report)) return false;
    return differs_.empty() && checks_.books_are_the_rail();
}

/// After a loss: whether the store may send again.
bool World::is_worked_off() {
    if (checks_.losses().is_missed(loop_))
        checks_.broken("a loss was not noticed", "storage lost commits of a host that lives");
    const auto quarantine = checks_.find<Quarantine>(Quarantine::key);
    const bool is_active = quarantine && quarantine->active;
    if (!is_active && storage_.last_seq() == worked_off_) return true;
    if (is_active && loop_.unix_ms() < next_comparison_) return false;
    next_comparison_ = loop_.unix_ms() + between_comparisons.count();
    if (!persons_.have_found_every_invoice()) return false;
    if (!is_active) {
        worked_off_ = storage_.last_seq();
        return true;
    }
    const auto report = compared();
    if (report && persons_.have_dealt_with(*report)) persons_.release();
    return false;
}

void World::plan_losses() {
    if (!plan_.has(Trouble::forgets)) return;
    const auto at = Millis{static_cast<std::int64_t>(random_.below(plan_.troubled.count()))};
    loop_.after(at, the_world, [this, more = static_cast<unsigned>(random_.below(2))] { fall_behind(more); });
}

/// A standby does not get any more what is committed from now on. `more`: losses after this one.
void World::fall_behind(unsigned more) {
    if (calm_) return;
    storage_.remember();
    checks_.remember();
    remembered_seq_ = storage_.last_seq();
    const auto behind = Millis{static_cast<std::int64_t>(random_.below(longest_behind.count()))};
    loop_.after(behind, the_world, [this, more] { lose(more); });
}

/// It takes over, sometimes after a while.
void World::lose(unsigned more) {
    if (calm_) return;
    const std::uint64_t lost = storage_.last_seq() - remembered_seq_;
    if (lost > 0) {
        checks_.forgot([this] { storage_.forget(); });
        for (auto& place : places_)
            if (place.host && place.host->has_lost()) checks_.losses().must_notice(place.host->who());
        errands_.send_lost_ones_again(Millis{15'000});
    }
    note("storage is switched to an older copy of itself: " + std::to_string(lost) + " commits are lost");
    if (random_.below(2) == 0) weather_.storage_away(Millis{static_cast<std::int64_t>(random_.below(4000))}, false);
    if (more == 0) return;
    const auto until = Millis{static_cast<std::int64_t>(random_.below(longest_between_losses.count()))};
    loop_.after(until, the_world, [this, more] { fall_behind(more - 1); });
}

Outcome World::run() {
    found();
    if (checks_.violation()) return {checks_.violation()};
    weather_.begin_trouble();
    places_.resize(plan_.hosts);
    for (std::size_t i = 0; i < places_.size(); ++i) begin_life(i);
    errands_.plan();
    for (int i = 0; i < 3; ++i)
        loop_.after(Millis{static_cast<std::int64_t>(random_.below(plan_.troubled.count()))}, the_world,
                    [this] { bank_.receive(atr::Decimal(7)); });
    plan_losses();
    trouble();
    const UnixMillis troubles_end = loop_.unix_ms() + plan_.troubled.count();
    while (!checks_.violation() && loop_.run_one(troubles_end)) {
    }
    calm_down();
    const UnixMillis calm_began = loop_.unix_ms();
    bool at_rest = false;
    for (Millis waited = shortest_calm; !checks_.violation() && !at_rest && waited < longest_calm;
         waited += Millis{500}) {
        while (!checks_.violation() && loop_.run_one(calm_began + waited.count())) {
        }
        at_rest = rests();
    }
    outcome_.to_rest = Millis{loop_.unix_ms() - calm_began};
    if (!at_rest && errands_.all_told() && !checks_.books_are_the_rail())
        checks_.broken("books are not the rail", "nor do they become it");
    if (!at_rest && errands_.all_told() && !differs_.empty())
        checks_.broken("reconciliation finds a difference at rest", differs_);
    if (!at_rest && !checks_.violation()) {
        std::string open = errands_.open();
        for (const auto& payment : checks_.all<Payment>())
            if (!is_final(payment.state) && payment.state != PaymentState::waiting_approval && !payment.needs_human)
                open +=
                    "; payment " + payment.id + " is " + std::string(to_string(payment.state)) + ": " + payment.reason;
        checks_.broken("it never comes to rest", open);
    }
    if (!checks_.violation()) checks_.at_rest();
    outcome_.violation = checks_.violation();
    outcome_.events = loop_.events();
    if (outcome_.violation) note("BROKEN: " + outcome_.violation->rule + ": " + outcome_.violation->detail);
    return outcome_;
}

}  // namespace

Outcome run(const Plan& plan, std::ostream* trace) {
    World world(plan, trace);
    return world.run();
}

Plan shrink(const Plan& failing, const std::string& rule) {
    Plan best = failing;
    const auto still = [&](const Plan& plan) {
        const Outcome outcome = run(plan);
        return outcome.violation && outcome.violation->rule == rule;
    };
    for (bool smaller = true; smaller;) {
        smaller = false;
        const auto try_it = [&](const Plan& plan) {
            if (!still(plan)) return;
            best = plan;
            smaller = true;
        };
        for (std::size_t i = 0; i < troubles.size(); ++i)
            if (best.with.test(i)) {
                Plan less = best;
                less.with.reset(i);
                try_it(less);
            }
        for (const unsigned invoices : {best.invoices / 2, best.invoices - 1})
            if (invoices >= 1 && invoices < best.invoices) {
                Plan less = best;
                less.invoices = invoices;
                try_it(less);
            }
        if (best.hosts > 1) {
            Plan less = best;
            --less.hosts;
            try_it(less);
        }
    }
    return best;
}

}  // namespace treasurer::simulation
