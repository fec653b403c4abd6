/// The payments that only people can decide: what is known of each, what each choice would do, and the word of two
/// persons that ends it.
#pragma once

#include "ledger/assets.hpp"
#include "payments/rails.hpp"
#include "payments/saga.hpp"
#include "records/idempotency.hpp"
#include "records/store_records.hpp"

namespace treasurer::payments {

namespace resolution {
inline constexpr const char* paid = "paid";                      ///< the rail did pay: it is booked
inline constexpr const char* not_paid = "not_paid";              ///< it did not, and will not: the funds are free again
inline constexpr const char* paid_elsewhere = "paid_elsewhere";  ///< it did not, and the invoice was paid otherwise
}  // namespace resolution

struct ResolveRequest {
    std::string payment_id;
    std::string outcome;
    std::string reference;
    std::string reason;
    std::string by;
    std::string request_id = {};
    Once once = {};
};

enum class ResolveKind {
    proposed,  ///< a second person has to say the same
    resolved,
    not_found,
    already_final,
    not_entitled,    ///< who speaks was disabled, or may decide it no more
    not_open_to_it,  ///< in its present state this outcome is not people's to decide: see reason
    unavailable,     ///< safe to repeat
};

struct ResolveResult {
    ResolveKind kind = ResolveKind::unavailable;
    Payment payment = {};
    std::string reason = {};
    atr::Error error = {};  ///< unavailable: of storage, where it said why
};

struct Choice {
    std::string outcome;
    std::string effect;  ///< in words, for people
};

/// Threads: any. Lifetime: what it is given outlives it and its tasks. Errors: in the results.
class Resolver {
public:
    struct Parts {
        Store& store;
        Saga& saga;
        const Rails& rails;
        const ledger::Assets& assets;
        const Clock& clock;
    };
    explicit Resolver(Parts parts) : parts_(parts) {}

    /// One person's word. The first is kept as a proposal; another person's that is the same ends the payment; one that
    /// is not takes the proposal's place, and so does any word where who proposed may not speak any more. Nothing of it
    /// touches the rail.
    Task<ResolveResult> resolve(ResolveRequest request);

    /// What each choice would do to this payment as it stands; empty: nothing is people's to decide.
    /// `life`: the store's own (life()); a payment of another was perhaps sent, whatever its record says.
    std::vector<Choice> choices(const Payment& payment, const std::string& life) const;
    /// Errors: those of storage.
    Task<atr::Result<std::string>> life();

    /// What the rail says of it now. Without effect.
    Task<atr::Result<atr::RailStatus>> look(Payment payment) { return parts_.saga.look(std::move(payment)); }

private:
    Task<atr::Result<Quarantine>> quarantine();
    Task<std::optional<ResolveResult>> resolve_once(ResolveRequest request);
    void end(UnitOfWork& unit, Payment& payment, Invoice invoice, const ResolveRequest& request, UnixMillis now) const;

    Parts parts_;
};

}  // namespace treasurer::payments
