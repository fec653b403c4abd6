#include "simulation/world.hpp"

#include "records/schema.hpp"
#include "runtime/ids.hpp"

#include <algorithm>

namespace treasurer::simulation {
namespace {

constexpr UnixMillis the_beginning = 1'793'000'000'000;
constexpr Millis longest_stall{12'000};
constexpr Millis approvals_expire_after{4000};  ///< some are decided before that, some after
constexpr Millis longest_calm{600'000};
constexpr Millis longest_comparison{60'000};
constexpr unsigned most_decisions = 3;   ///< as often two persons look at what waits for them
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

Task<> compare(Host& host, std::shared_ptr<std::optional<std::string>> told) {
    Task<atr::Result<reconcile::ReconciliationService::Report>> running =
        host.reconciliation.run(reconcile::Extent::full);
    const atr::Result<reconcile::ReconciliationService::Report> report = co_await running;
    *told = report ? left_over(**report) : report.error().message;
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
    bool rests();
    bool compares_equal();
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
    Outcome outcome_;
    bool calm_ = false;
    unsigned times_decided_ = 0;
    std::string differs_;  ///< what the last comparison at rest had to say
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
      errands_(around(), [this] { return any_host(); }) {
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
            place.clock->set_error(static_cast<UnixMillis>(random_.below(120'000)) - 60'000);
            note("a host's clock jumps");
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

bool World::rests() {
    if (!errands_.all_told() || bank_.has_pending()) return false;
    if (const auto policy = checks_.find<Policy>(Policy::current); policy && policy->paused) {
        errands_.go_on();
        return false;
    }
    unsigned waiting = 0;
    for (const auto& payment : checks_.all<Payment>()) {
        if (is_final(payment.state) || payment.state == PaymentState::waiting_approval) continue;
        if (!payment.needs_human) return false;
        ++waiting;
    }
    if (waiting == 0 || ++times_decided_ > most_decisions) return checks_.books_are_the_rail() && compares_equal();
    outcome_.decided += waiting;
    for (const auto& payment : checks_.all<Payment>())
        if (!is_final(payment.state) && payment.needs_human)
            errands_.have_decided(payment.id, bank_.moved(id_digits(payment.id)) > 0);
    return false;
}

/// Whether a host's own reconciliation, which knows nothing of the simulation's sums, has nothing to say either.
bool World::compares_equal() {
    Host* const host = any_host();
    if (!host) return false;
    const auto told = std::make_shared<std::optional<std::string>>();
    host->scope.spawn(compare(*host, told));
    const UnixMillis until = loop_.unix_ms() + longest_comparison.count();
    while (!*told && !checks_.violation() && loop_.run_one(until)) {
    }
    differs_ = told->value_or("reconciliation does not answer");
    return differs_.empty();
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
