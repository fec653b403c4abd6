/// The saga's transition table: what a rail's answer allows. Pure: no I/O, no clock.
///
/// The two rules that keep money safe: once an attempt may have been sent, only a final answer of lookup, or of a
/// submit that was carried out, moves the ledger; and nothing is sent twice unless the rail itself makes a repeat
/// harmless.
#pragma once

#include "records/payment.hpp"

#include <atr/rail.hpp>

#include <string>

namespace treasurer::payments {

enum class Step {
    post,           ///< it is paid: post the transfer
    void_transfer,  ///< it never will be: give the funds back
    cancel,         ///< as void_transfer, on request
    send_again,     ///< proven unsent: the same bytes may go out, now
    resubmit,       ///< perhaps sent, but the rail makes a repeat of the same bytes harmless
    look_again,     ///< wait, then ask lookup
    ask_human,      ///< only a person can tell; funds stay reserved, and lookup goes on slowly
};

/// So many looks without news are waited for before a person is asked about a rail that cannot prove absence: what was
/// sent may only not be visible yet.
inline constexpr std::uint32_t patient_looks = 6;

struct Situation {
    bool maybe_sent = false;  ///< some attempt, of any process, may have reached the rail
    bool cancel_requested = false;
    std::string held_back = {};         ///< why nothing may be sent now; empty: it may
    bool repeat_is_harmless = false;    ///< the rail is idempotent and its window has not passed
    bool absence_can_be_proven = true;  ///< else lookup never says never_received, however long one asks
    bool its_moment_passes = false;     ///< the rail soon refuses it for ever, and then says so: that is waited for
    std::uint32_t looks = 0;            ///< at the rail, in a row, without news
};

struct Move {
    Step step;
    PaymentState state;  ///< what the payment's record says after this step
    std::string reason = {};
};

/// Maps a rail's word to the payment's state.
PaymentState state_of(atr::RailState word);

Move after_submit(const atr::Result<atr::RailStatus>& answer, const Situation& situation);
Move after_lookup(const atr::Result<atr::RailStatus>& answer, const Situation& situation);

/// Whether lookup has found it at the rail, not carried out, while a cancel is wanted: then the rail may be asked to.
bool may_be_cancelled(const Move& looked_up, const Payment& payment);
/// Only a final answer of cancel moves the ledger; after any other what lookup said stands.
Move after_cancel(const atr::Result<atr::RailStatus>& answer, Move looked_up);

}  // namespace treasurer::payments
