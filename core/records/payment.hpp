/// A payment and its way through the saga.
#pragma once

#include <atr/storage.hpp>
#include <span>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "records/resolution_vote.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

/// waiting_approval and prepared come before any send; settled, failed, cancelled and returned are final.
enum class PaymentState {
    waiting_approval,
    scheduled,
    reserved,
    prepared,
    submitted,
    pending,
    unknown,
    settled,
    failed,
    cancelled,
    returned
};

std::string_view to_string(PaymentState state);
/// Every state by its name.
std::span<const std::string_view> payment_states();
PaymentState payment_state_from(std::string_view text);
bool is_final(PaymentState state);

/// Who is paid. The address comes from the vendor master, never from an invoice.
struct Creditor {
    std::string vendor_id;
    std::string name;
    std::string account_id;
    std::string address;
};

struct StateChange {
    PaymentState state;
    UnixMillis at_ms;
};

/// One call of the rail's submit. What a host sent and did not live to write down is not among them.
struct Sent {
    UnixMillis at_ms = 0;  ///< when the call began, by its host's clock
    std::uint32_t attempt = 1;
};

struct Payment {
    static constexpr const char* collection = "payments";

    std::string id;
    PaymentState state = PaymentState::waiting_approval;
    std::string invoice_id;
    std::string approval_id;
    atr::Money amount;
    Creditor creditor;
    std::string rail;
    std::string source_account;
    std::string payload_hash;   ///< of payee, amount and asset: what an approval is bound to
    std::string prepared_blob;  ///< sealed by BlobVault: bearer money is never stored in the clear
    std::string rail_reference;
    std::string transfer_id;  ///< the ledger's pending transfer
    atr::Money hold;          ///< what that reserves, where the rail may take more than the amount; else no asset
    bool maybe_sent = false;  ///< some attempt may have reached the rail: from then on only lookup may end it
    bool cancel_requested = false;
    bool needs_human = false;
    std::uint32_t attempts = 0;   ///< looks at the rail since the last news, for the back-off
    std::vector<Sent> sent;       ///< the first, and the last most_sent - 1
    UnixMillis not_after_ms = 0;  ///< the rail refuses it for ever from then on; 0: it may arrive at any time
    UnixMillis sendable_ms = 0;   ///< when it last became that, by the store's clock; 0: not written down yet
    bool may_arrive = false;      ///< when last looked at, the rail had perhaps not begun to refuse it
    std::string reason;
    std::string life;  ///< of the store it was made in (Quarantine::life): in another it is perhaps sent
    UnixMillis created_ms = 0;
    UnixMillis updated_ms = 0;
    std::vector<StateChange> history;        ///< the first and the last most_history / 2
    std::vector<ResolutionVote> resolution;  ///< one: proposed; two: done

    std::uint64_t version = 0;

    static constexpr std::size_t most_sent = 16, most_history = 64;
    /// Keeps the list bounded; `attempt` of the last says how often it was sent.
    void note_sent(const Sent& call);

    const atr::Money& held() const { return hold.asset.empty() ? amount : hold; }

    /// Moves to `next` and notes when.
    void enter(PaymentState next, UnixMillis at_ms);

    std::string to_text() const;
    static Payment from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

}  // namespace treasurer
