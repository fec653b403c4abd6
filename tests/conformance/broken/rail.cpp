// A sound bank behind a wrapper that breaks one rule of the contract: that of fault.hpp.
#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "fault.hpp"
#include "rail_simulated/simulated_rail.hpp"

namespace {

using broken::breaks;

class BrokenRail final : public atr::Rail {
public:
    using Settings = rail_simulated::BankSettings;
    static atr::Config<Settings> config() { return rail_simulated::bank_config(); }
    static atr::Result<std::unique_ptr<BrokenRail>> create(const atr::Host& host, std::string instance,
                                                           Settings settings) {
        if (breaks("repeat_pays_again") || breaks("prepare_after_submit_pays")) settings.idempotent = false;
        auto made = rail_simulated::SimulatedRail::create(host, std::move(instance), std::move(settings));
        if (!made) return made.error();
        return std::make_unique<BrokenRail>(std::move(*made));
    }
    explicit BrokenRail(std::unique_ptr<rail_simulated::SimulatedRail> sound) : sound_(std::move(sound)) {}

    atr::Result<std::string> describe() override {
        auto out = nlohmann::json::parse(sound_->describe().value());
        if (breaks("repeat_pays_again")) out["idempotent"] = true;
        if (breaks("does_not_say_idempotent")) out.erase("idempotent");
        if (is_sequenced()) out["sequenced"] = true;
        return out.dump();
    }

    atr::Result<atr::Prepared> prepare(const atr::Call& call, const atr::RailPayment& given) override {
        auto payment = given;
        if (breaks("pays_nothing_at_all") && payment.money.amount.is_zero()) payment.money.amount = 1;
        auto out = sound_->prepare(call, payment);
        const std::lock_guard lock(mutex_);
        const bool again = !prepared_.insert(payment.payment_id).second;
        if (breaks("prepare_after_submit_pays") && submitted_.contains(payment.payment_id) && out &&
            !sound_->submit(call, payment, out->blob))
            return out;
        if (breaks("repeated_prepare_pays") && again && out && !sound_->submit(call, payment, out->blob)) return out;
        return out;
    }

    atr::Result<atr::RailStatus> submit(const atr::Call& call, const atr::RailPayment& payment,
                                        std::string_view prepared) override {
        if (is_sequenced() && payment.sequence != 1 + paid(call) && !is_paid(call, payment))
            return atr::retry(ATR_E_BAD_INPUT, "number " + std::to_string(payment.sequence) + " is not the next");
        if (breaks("takes_any_bytes"))
            if (const auto right = sound_->prepare(call, payment)) return sound_->submit(call, payment, right->blob);
        if (breaks("retry_though_paid") && call.deadline_unix_ms() - call.now_unix_ms() < 1000) {
            atr_call longer = {};
            longer.struct_size = sizeof longer;
            longer.now_unix_ms = call.now_unix_ms();
            longer.deadline_unix_ms = call.now_unix_ms() + 10'000;
            if (sound_->submit(atr::Call(&longer), payment, prepared)) return atr::retry(ATR_E_TIMEOUT, "no time left");
        }
        auto out = sound_->submit(call, payment, prepared);
        const std::lock_guard lock(mutex_);
        submitted_.insert(payment.payment_id);
        return out;
    }

    atr::Result<atr::RailStatus> lookup(const atr::Call& call, const atr::RailPayment& payment,
                                        const std::vector<std::string_view>& blobs,
                                        std::string_view reference) override {
        auto out = sound_->lookup(call, payment, blobs, reference);
        if (breaks("never_received_is_final") && out && out->state == atr::RailState::never_received)
            out->is_final = true;
        const std::lock_guard lock(mutex_);
        if ((breaks("forgets_at_restart") || breaks("sequenced_forgets_at_restart")) && out &&
            !submitted_.contains(payment.payment_id))
            return atr::RailStatus{.state = atr::RailState::never_received};
        return out;
    }

    atr::Result<std::string> balance(const atr::Call& call, std::string_view account) override {
        auto out = sound_->balance(call, account);
        if (!breaks("balance_is_a_number") || !out) return out;
        auto json = nlohmann::json::parse(*out);
        json["position"] = std::stod(json["position"].get<std::string>());
        return json.dump();
    }

    atr::Result<atr::StatementPage> statement(const atr::Call& call, std::string_view account, std::string_view from,
                                              std::uint32_t limit) override {
        if (breaks("empty_statement_of_nobody") && account == "no such account") return atr::StatementPage{};
        auto page = sound_->statement(call, account, from, breaks("page_beyond_limit") && limit == 2 ? 3 : limit);
        if (!page) return page;
        for (auto& event : page->events)
            if (breaks("rounds_on_the_statement")) event.money.amount = atr::Decimal(1);
        if (breaks("statement_omits"))
            std::erase_if(page->events, [](const auto& event) { return std::stoull(event.position) % 4 == 0; });
        return page;
    }

private:
    /// `sequenced` breaks nothing: it takes payments in the order of their numbers, and no other.
    static bool is_sequenced() { return breaks("sequenced") || breaks("sequenced_forgets_at_restart"); }
    std::uint64_t paid(const atr::Call& call) const {
        const auto page = sound_->statement(call, "", "", 100'000);
        if (!page) return 0;
        return static_cast<std::uint64_t>(
            std::ranges::count_if(page->events, [](const auto& event) { return event.direction == ATR_DIR_OUT; }));
    }
    bool is_paid(const atr::Call& call, const atr::RailPayment& payment) const {
        const auto status = sound_->lookup(call, payment, {}, "");
        return status && status->state == atr::RailState::settled;
    }

    const std::unique_ptr<rail_simulated::SimulatedRail> sound_;
    std::mutex mutex_;
    std::set<std::string> prepared_, submitted_;
};

}  // namespace

ATR_PLUGIN(atr::component<BrokenRail>({.id = "test.broken_rail", .title = "Breaks one rule", .version = "1"}));
