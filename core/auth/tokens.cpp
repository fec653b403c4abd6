#include "auth/tokens.hpp"

#include "auth/revoked_token.hpp"

namespace treasurer::auth {
namespace {

/// Whose a genuine token is by its own word.
Principal principal_of(const Claims& claims) {
    return {claims.subject, roles_named(claims.roles), claims.id, claims.expires_ms};
}

/// Judges a genuine token by what storage says of its user and of itself.
atr::Result<Principal> judge(const Claims& claims, const std::vector<atr::Record>& records) {
    const atr::Record* user_record = nullptr;
    for (const auto& record : records) {
        if (record.collection == RevokedToken::collection) return refused_token("the token was signed out");
        user_record = &record;
    }
    if (!user_record) return refused_token("the token's user is gone");
    const auto user = decode<User>(*user_record);
    if (!user) return user.error();
    if (user->disabled) return refused_token("the token's user is disabled");
    if (user->token_epoch != claims.epoch) return refused_token("the token was revoked");
    return Principal{claims.subject, roles_named(user->roles), claims.id, claims.expires_ms};
}

}  // namespace

Tokens::Tokens(Store& store, const Clock& clock, TokenSigner signer, TokenSettings settings)
    : store_(store),
      clock_(clock),
      signer_(std::move(signer)),
      settings_(settings),
      known_(settings.max_cached),
      signed_out_(settings.max_cached) {}

IssuedToken Tokens::issue(const User& user) {
    Claims claims;
    claims.subject = user.id;
    claims.roles = user.roles;
    claims.epoch = user.token_epoch;
    claims.id = store_.ids().next();
    claims.issued_ms = clock_.unix_ms();
    claims.expires_ms = claims.issued_ms + std::chrono::milliseconds(settings_.lifetime).count();
    return {signer_.sign(claims), settings_.lifetime};
}

bool Tokens::is_current(const Known& known, UnixMillis now) const {
    return !known.is_refused && known.age.is_current(now, settings_.max_age) && known.principal.token_expires_ms > now;
}

std::optional<Principal> Tokens::cached(std::string_view token) {
    auto known = known_.find(token);
    if (!known || !is_current(*known, clock_.unix_ms())) return std::nullopt;
    return std::move(known->principal);
}

std::optional<Recognised> Tokens::recognise(std::string_view token) {
    const UnixMillis now = clock_.unix_ms();
    if (auto known = known_.find(token)) {
        if (known->is_refused || known->principal.token_expires_ms <= now) return std::nullopt;
        const bool current = is_current(*known, now);
        return Recognised{std::move(known->principal), current,
                          current && known->age.is_ageing(now, settings_.max_age)};
    }
    const atr::Result<Claims> claims = signer_.verify(token, now);
    if (!claims) return std::nullopt;
    return Recognised{principal_of(*claims), false};
}

bool Tokens::claim_renewal(std::string_view token) {
    const UnixMillis now = clock_.unix_ms();
    return known_.change(token, [&](Known& known) {
        if (!is_current(known, now) || !known.age.is_ageing(now, settings_.max_age)) return false;
        known.age.renewing_ms = now;
        return true;
    });
}

Task<atr::Result<Principal>> Tokens::check(std::string token) {
    const UnixMillis now = clock_.unix_ms();
    if (const auto known = known_.find(token);
        known && known->is_refused && known->age.is_current(now, settings_.max_age))
        co_return refused_token("the token was refused a moment ago");
    const std::uint64_t forgotten = forgotten_;
    atr::Result<Claims> claims = signer_.verify(token, now);
    if (!claims) co_return claims.error();
    std::vector<atr::Key> keys;
    keys.push_back({User::collection, claims->subject});
    keys.push_back({RevokedToken::collection, claims->id});
    Task<atr::Result<std::vector<atr::Record>>> call = store_.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> records = co_await call;
    if (!records) co_return records.error();
    atr::Result<Principal> principal = judge(*claims, *records);
    if (principal || principal.error().code == ATR_E_AUTH)
        known_.put(token, {principal ? *principal : principal_of(*claims), {now}, !principal});
    if (forgotten_ != forgotten) known_.erase(token);  // it may be of its user as he was
    if (!principal) co_return principal.error();
    if (!signed_out_.find(claims->id)) co_return principal;
    known_.erase(token);  // signed out here while storage was asked
    co_return refused_token("the token was signed out");
}

Task<atr::Result<>> Tokens::revoke(Principal principal) {
    RevokedToken record;
    record.id = principal.token_id;
    record.user = principal.user;
    record.expires_ms = principal.token_expires_ms;
    UnitOfWork unit = store_.begin();
    unit.create(record, "revoked");
    Task<Committed> call = store_.commit(std::move(unit));
    Committed done = co_await call;
    signed_out_.put(principal.token_id, true);
    const auto is_it = [&](std::string_view, const Known& known) {
        return known.principal.token_id == principal.token_id;
    };
    known_.erase_if(is_it);
    if (done.ok() || done.lost == "revoked") co_return atr::Result<>();  // a repeat finds it revoked already
    done.error.outcome = done.outcome;
    co_return std::move(done.error);
}

void Tokens::forget_user(std::string_view user) {
    ++forgotten_;
    known_.erase_if([&](std::string_view, const Known& known) { return known.principal.user == user; });
}

}  // namespace treasurer::auth
