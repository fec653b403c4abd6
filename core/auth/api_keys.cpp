#include "auth/api_keys.hpp"

#include <algorithm>

#include "auth/digest.hpp"
#include "records/schema.hpp"

namespace treasurer::auth {
namespace {

constexpr std::size_t id_digits_count = 32, secret_digits_count = 64;
constexpr std::size_t longest_name = 100;

/// The id in "trk_ID_SECRET"; nullopt for what is no key.
std::optional<std::string> key_id_in(std::string_view text) {
    constexpr std::size_t separator = api_key_prefix.size() + id_digits_count;
    if (!text.starts_with(api_key_prefix) || text.size() != separator + 1 + secret_digits_count ||
        text[separator] != '_')
        return std::nullopt;
    std::string id = id_from_digits(text.substr(api_key_prefix.size(), id_digits_count));
    return is_id(id) ? std::optional(std::move(id)) : std::nullopt;
}

std::vector<Permission> permissions_of(const std::vector<std::string>& names) {
    std::vector<Permission> out;
    for (const auto& name : names)
        if (const auto permission = permission_from(name)) out.push_back(*permission);
    return out;
}

std::vector<std::string> names_of(const std::vector<Permission>& permissions) {
    std::vector<std::string> out;
    for (const Permission permission : permissions) out.emplace_back(to_string(permission));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

atr::Result<> check_wish(const ApiKeyWish& wish, const Principal& owner, std::chrono::seconds max_lifetime) {
    if (wish.name.empty() || wish.name.size() > longest_name)
        return atr::rejected(ATR_E_BAD_INPUT, "a key's name has 1 to 100 bytes");
    if (wish.scopes.empty()) return atr::rejected(ATR_E_BAD_INPUT, "a key needs at least one scope");
    for (const Permission scope : wish.scopes)
        if (!owner.may(scope))
            return atr::rejected(ATR_E_BAD_INPUT, "your roles do not give " + std::string(to_string(scope)));
    if (wish.lifetime && (wish.lifetime->count() < 1 || *wish.lifetime > max_lifetime))
        return atr::rejected(ATR_E_BAD_INPUT,
                             "a key lives for 1 to " + std::to_string(max_lifetime.count()) + " seconds");
    return {};
}

AuditEntry audit(Store& store, UnixMillis now, const char* action, const ApiKey& key, const Actor& actor) {
    AuditEntry out;
    out.id = store.ids().next();
    out.at_ms = now;
    out.actor = actor.name;
    out.action = action;
    out.subject = "api_key/" + key.id;
    out.detail = key.user + ": " + key.name + " (" + joined(key.scopes) + ")";
    out.request_id = actor.request_id;
    return out;
}

std::string count_key(const std::string& user) {
    return "api_keys|" + user;
}

atr::Error failure_of(Committed done) {
    atr::Error error = std::move(done.error);
    error.outcome = done.outcome;
    return error;
}

/// What storage says of a key and of whom it acts for.
atr::Result<Principal> judge_key(const ApiKey& key, const std::optional<User>& user, UnixMillis now) {
    if (key.revoked_ms > 0) return refused_token("the key was revoked");
    if (key.expires_ms <= now) return refused_token("the key has expired");
    if (!user) return refused_token("the key's user is gone");
    if (user->disabled) return refused_token("the key's user is disabled");
    Principal out;
    out.user = user->id;
    out.roles = roles_named(user->roles);
    out.key_id = key.id;
    out.token_expires_ms = key.expires_ms;
    out.scopes = permissions_of(key.scopes);
    return out;
}

}  // namespace

std::string shown_prefix(const ApiKey& key) {
    return std::string(api_key_prefix) + id_digits(key.id);
}

ApiKeys::ApiKeys(Store& store, const Clock& clock, Random& random, TaskScope& scope, ApiKeySettings settings)
    : store_(store),
      clock_(clock),
      random_(random),
      scope_(scope),
      settings_(settings),
      known_(settings.max_cached),
      refused_(settings.max_refused),
      revoked_(settings.max_cached) {}

/// The count and the key are one commit: who makes two at once is told to count again.
Task<atr::Result<NewApiKey>> ApiKeys::add(Principal owner, ApiKeyWish wish, Actor actor) {
    if (atr::Result<> rules = check_wish(wish, owner, settings_.max_lifetime); !rules) co_return rules.error();
    constexpr int tries = 16;
    for (int i = 0; i < tries; ++i) {
        Task<atr::Result<std::uint64_t>> reading = newest_count(owner.user);
        const atr::Result<std::uint64_t> counted = co_await reading;
        if (!counted) co_return counted.error();
        Task<atr::Result<>> counting = room_for_another(owner.user);
        const atr::Result<> room = co_await counting;
        if (!room) co_return room.error();
        NewApiKey out = new_key(owner, wish);
        const ApiKey& key = out.record;
        UnitOfWork unit = store_.begin();
        unit.create(key, "key").create(audit(store_, key.created_ms, "api_key.added", key, actor), "audit");
        unit.put(cursors_collection, count_key(owner.user), dump(Json{{"newest", key.id}}), {}, *counted, "count");
        Task<Committed> committing = store_.commit(std::move(unit));
        Committed done = co_await committing;
        if (done.ok()) co_return out;
        if (done.outcome != atr::Outcome::conflict || done.lost != "count") co_return failure_of(std::move(done));
    }
    co_return atr::conflict(ATR_E_UNSPEC, "keys of this user are being made by others; try again");
}

NewApiKey ApiKeys::new_key(const Principal& owner, const ApiKeyWish& wish) {
    NewApiKey out;
    ApiKey& key = out.record;
    key.id = store_.ids().next();
    out.text = shown_prefix(key) + "_" + random_secret();
    key.user = owner.user;
    key.name = wish.name;
    key.secret_hash = sha256_hex(out.text);
    key.scopes = names_of(wish.scopes);
    key.created_ms = clock_.unix_ms();
    key.expires_ms = key.created_ms + Millis(wish.lifetime.value_or(settings_.max_lifetime)).count();
    key.forget_ms = key.expires_ms + settings_.remembered.count();
    return out;
}

/// The version of what every new key of the user changes; to be read before the keys are.
Task<atr::Result<std::uint64_t>> ApiKeys::newest_count(std::string user) {
    std::vector<atr::Key> keys;
    keys.push_back({cursors_collection, count_key(user)});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    co_return found->empty() ? std::uint64_t{ATR_VER_ABSENT} : found->front().version;
}

/// Keys that end last come first, so that a full page of valid ones tells that there are too many.
Task<atr::Result<>> ApiKeys::room_for_another(std::string user) {
    Task<atr::Result<Listing<ApiKey>>> listing = list(std::move(user), settings_.max_valid, "");
    const atr::Result<Listing<ApiKey>> found = co_await listing;
    if (!found) co_return found.error();
    const auto& keys = found->items;
    if (keys.size() >= settings_.max_valid && keys.back().expires_ms > clock_.unix_ms())
        co_return atr::conflict(ATR_E_UNSPEC, "a user has at most " + std::to_string(settings_.max_valid) +
                                                  " valid keys; revoke one that is not needed");
    co_return atr::Result<>();
}

Task<atr::Result<Listing<ApiKey>>> ApiKeys::list(std::optional<std::string> user, std::uint32_t limit,
                                                 std::string cursor) {
    atr::Query query;
    query.index = user ? "by_user" : "by_expiry";
    if (user) query.eq.push_back(atr::Value::of(*user));
    query.descending = true;
    query.limit = limit;
    query.cursor = std::move(cursor);
    return store_.list<ApiKey>(std::move(query));
}

Task<atr::Result<>> ApiKeys::revoke(std::string id, std::optional<std::string> only_of, Actor actor) {
    constexpr int tries = 8;  // a use may be written down at the same moment
    for (int i = 0; i < tries; ++i) {
        Task<atr::Result<std::optional<ApiKey>>> finding = store_.find<ApiKey>(id);
        atr::Result<std::optional<ApiKey>> found = co_await finding;
        if (!found) co_return found.error();
        if (!*found || (only_of && (*found)->user != *only_of)) co_return atr::not_found("No API key has this id.");
        ApiKey& key = **found;
        if (key.revoked_ms > 0) co_return atr::Result<>();
        const UnixMillis now = clock_.unix_ms();
        key.revoked_ms = now;
        key.expires_ms = std::min(key.expires_ms, now);
        key.forget_ms = key.expires_ms + settings_.remembered.count();
        UnitOfWork unit = store_.begin();
        unit.update(key, "key").create(audit(store_, now, "api_key.revoked", key, actor), "audit");
        Task<Committed> committing = store_.commit(std::move(unit));
        Committed done = co_await committing;
        if (done.outcome == atr::Outcome::conflict) continue;
        forget_key(id);
        if (!done.ok()) co_return failure_of(std::move(done));
        co_return atr::Result<>();
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the key is being changed by others; try again");
}

std::optional<Recognised> ApiKeys::recognise(std::string_view text) {
    auto known = known_.find(sha256_hex(text));
    const UnixMillis now = clock_.unix_ms();
    if (!known || known->expires_ms <= now) return std::nullopt;
    return Recognised{std::move(known->principal), known->age.is_current(now, settings_.max_age),
                      known->age.is_ageing(now, settings_.max_age)};
}

bool ApiKeys::claim_renewal(std::string_view text) {
    const UnixMillis now = clock_.unix_ms();
    return known_.change(sha256_hex(text), [&](Known& known) {
        if (!known.age.is_ageing(now, settings_.max_age)) return false;
        known.age.renewing_ms = now;
        return true;
    });
}

Task<atr::Result<Principal>> ApiKeys::check(std::string text) {
    const std::optional<std::string> id = key_id_in(text);
    if (!id) co_return refused_token("not a key of this service");
    const UnixMillis now = clock_.unix_ms();
    const std::string digest = sha256_hex(text);
    if (const auto refused = refused_.find(digest); refused && refused->age.is_current(now, settings_.max_age))
        co_return refused_token("the key was refused a moment ago");
    const std::uint64_t forgotten = forgotten_;
    Task<atr::Result<std::optional<ApiKey>>> finding = store_.find<ApiKey>(*id);
    const atr::Result<std::optional<ApiKey>> found = co_await finding;
    if (!found) co_return found.error();
    if (!*found || !is_same_digest((*found)->secret_hash, digest)) {
        refused_.put(digest, {{}, {now}});
        co_return refused_token("there is no such key");
    }
    const ApiKey& key = **found;
    Task<atr::Result<std::optional<User>>> looking = store_.find<User>(key.user);
    const atr::Result<std::optional<User>> user = co_await looking;
    if (!user) co_return user.error();
    atr::Result<Principal> principal = judge_key(key, *user, now);
    if (principal)
        known_.put(digest, {*principal, key.expires_ms, {now}});
    else
        refused_.put(digest, {key.user, {now}});
    const bool was_revoked_meanwhile = revoked_.find(key.id).has_value();
    const bool may_be_of_the_past = forgotten_ != forgotten;  // of its user as he was
    if (!principal || was_revoked_meanwhile || may_be_of_the_past) known_.erase(digest);
    if (may_be_of_the_past) refused_.erase(digest);
    if (!principal) co_return principal.error();
    if (was_revoked_meanwhile) co_return refused_token("the key was revoked");
    note_use(key, now);
    co_return principal;
}

void ApiKeys::note_use(const ApiKey& key, UnixMillis now) {
    if (now - key.last_used_ms < settings_.used_every.count()) return;
    ApiKey used = key;
    used.last_used_ms = now;
    scope_.spawn(write_use(std::move(used)));
}

/// Nobody waits for it. Where it fails, or another host was first, the next use is written.
Task<> ApiKeys::write_use(ApiKey key) {
    UnitOfWork unit = store_.begin();
    unit.update(key, "key");
    Task<Committed> committing = store_.commit(std::move(unit));
    const Committed written = co_await committing;
    (void)written;
}

/// 256 random bits in hex.
std::string ApiKeys::random_secret() {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    while (out.size() < secret_digits_count) {
        auto bits = random_.next();
        for (int i = 0; i < 16; ++i, bits >>= 4) out += hex[bits & 15];
    }
    return out;
}

void ApiKeys::forget_key(const std::string& id) {
    revoked_.put(id, true);
    known_.erase_if([&](std::string_view, const Known& known) { return known.principal.key_id == id; });
}

void ApiKeys::forget_user(std::string_view user) {
    ++forgotten_;
    known_.erase_if([&](std::string_view, const Known& known) { return known.principal.user == user; });
    refused_.erase_if([&](std::string_view, const Refused& refused) { return refused.user == user; });
}

}  // namespace treasurer::auth
