/// Books what a rail's statement shows beside our payments, each movement once: receipts (so the opening balance enters
/// the books at the first start), what vendors give back, payments that are returned, and fees. It ends a payment whose
/// settlement came late: one that is still open here, and that the statement shows as finally paid.
/// A payment is returned by what comes back as such, whole, and only where nothing else than the payment itself went
/// out for it: otherwise it may be the surplus that came back, which is a refund, and the invoice stays paid.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "ports/rail_port.hpp"
#include "records/invoice.hpp"
#include "records/payment.hpp"
#include "records/store.hpp"

namespace treasurer::reconcile {

struct FollowerSettings {
    std::uint32_t page = 100;  ///< events asked for, and booked in one unit of work, at once
    Millis timeout{10'000};    ///< of one call of the rail
    /// How long a movement is left to the saga of its payment, which asks the rail by itself.
    Millis late_after{60'000};
};

struct Followed {
    std::size_t booked = 0;      ///< movements booked by this call
    std::size_t returned = 0;    ///< payments that it marked as returned
    std::size_t settled = 0;     ///< payments whose late settlement it booked
    std::size_t unbookable = 0;  ///< receipts of an asset, or with decimals, that the books do not count
    /// What goes out, final or not, under an id as treasurers make them, for payments that the books did not send.
    std::size_t not_ours = 0;
    std::string position;  ///< kept; everything before it is booked or unbookable
};

/// The position is kept in cursors_collection under "statement|<rail>" and moves in the same unit of work as the
/// bookings it covers. It waits before a page with a receipt that is not final yet, or with what goes out for a payment
/// of ours and is not final yet, with the return of a payment that
/// is still under way, with a settlement left to its saga, or with one that may have cost more than its amount; what is
/// behind is booked all the same. What was kept of a payment's hold for a fee is given back in the unit that books the
/// fee, or that passes an event without one. It goes back to the beginning when an asset that was skipped is counted
/// meanwhile, and when the store has begun another life: a position written from what was read in a time that is lost
/// may stand behind bookings that are gone. Threads: any; several hosts may follow one rail at once: each receipt is
/// booked once, whoever comes first. Lifetime: what it is given outlives it and its tasks. Errors: those of rail and
/// storage; what was booked stays.
class StatementFollower {
public:
    StatementFollower(Store& store, const ledger::Assets& assets, const Clock& clock, FollowerSettings settings = {})
        : store_(store), assets_(assets), clock_(clock), settings_(settings) {}

    /// To the end of the statement. `rail` outlives the task.
    Task<atr::Result<Followed>> follow(RailPort& rail);

private:
    struct PaidBy {
        std::string event_id, reference;
    };
    struct Place {
        std::string position;
        std::set<std::string> skipped;   ///< assets of unbookable receipts
        std::set<std::string> overpaid;  ///< payments for which more, or other, was seen to go out than was booked
        /// What was first seen to go out for payments of which no reference tells it; of this reading alone.
        std::map<std::string, PaidBy> paid = {};
        std::string life = {};  ///< of the store that it was read in
        std::uint64_t version = 0;
    };
    enum class Written { done, elsewhere };
    /// What one page is about, as read together.
    struct Known {
        std::set<std::string> booked;                       ///< ids of transfers that are in the books
        std::map<std::string, std::uint64_t> versions;      ///< of those, as they were read
        std::set<std::string> overpaid;                     ///< payments, as the breaks say
        std::map<std::string, Payment> payments;            ///< by id
        std::map<std::string, Invoice> invoices;            ///< by id: of payments that came back or settled late
        std::map<std::string, ledger::Transfer> fee_holds;  ///< by payment: kept for a fee that the rail had not told
    };

    Task<atr::Result<Place>> read_place(std::string rail);
    Task<atr::Result<Known>> look_up(std::string rail, const atr::StatementPage& page);
    static bool may_cost_more(const Payment& payment) { return payment.held() != payment.amount; }
    Task<atr::Result<Written>> write_page(std::string rail, const atr::StatementPage& page, Place& place, bool& waits,
                                          std::string next, Followed& into);
    std::optional<ledger::Transfer> receipt_of(const std::string& rail, const atr::RailEvent& event,
                                               const Payment* payment, bool is_surplus, Place& place,
                                               Followed& into) const;
    static void note_if_overpaid(const atr::RailEvent& event, const Payment& payment, Place& place);
    std::optional<ledger::Transfer> fee_of(const std::string& rail, const atr::RailEvent& event,
                                           const Payment* payment) const;
    bool is_late(const atr::RailEvent& event) const;
    Payment end_late(UnitOfWork& unit, Payment payment, Invoice invoice, const atr::RailEvent& event);
    void mark_returned(UnitOfWork& unit, Payment payment, Invoice invoice, const atr::RailEvent& event);

    Store& store_;
    const ledger::Assets& assets_;
    const Clock& clock_;
    const FollowerSettings settings_;
};

}  // namespace treasurer::reconcile
