#include "auth/users.hpp"

#include <algorithm>

namespace treasurer::auth {
namespace {

atr::Error wrong_credentials() {
    return atr::rejected(ATR_E_AUTH, "wrong user name or password");
}

atr::Error failed(Committed done) {
    if (done.outcome != atr::Outcome::conflict) {
        atr::Error error = std::move(done.error);
        error.outcome = done.outcome;
        return error;
    }
    return atr::conflict(ATR_E_UNSPEC, "the user was changed at the same moment; look again");
}

std::vector<std::string> names_of(const std::vector<Role>& roles) {
    std::vector<std::string> out;
    for (const Role role : roles) out.emplace_back(to_string(role));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

atr::Result<> check_user_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '@' || c == '-';
    };
    if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), fits))
        return atr::rejected(ATR_E_BAD_INPUT, "a user name has 1 to 64 of a-z, 0-9 and ._@-");
    return {};
}

Task<atr::Result<User>> Users::add(std::string name, std::string password, std::vector<Role> roles, Actor actor) {
    if (atr::Result<> rules = check_user_name(name); !rules) co_return rules.error();
    if (roles.empty()) co_return atr::rejected(ATR_E_BAD_INPUT, "a user needs at least one role");
    Task<atr::Result<std::string>> hashing = passwords_.hash(std::move(password));
    atr::Result<std::string> hash = co_await hashing;
    if (!hash) co_return hash.error();
    User user;
    user.id = name;
    user.password_hash = std::move(*hash);
    user.roles = names_of(roles);
    user.created_ms = clock_.unix_ms();
    UnitOfWork unit = store_.begin();
    unit.create(user, "user").create(audit("user.added", name, actor), "audit");
    Task<Committed> commit = store_.commit(std::move(unit));
    Committed done = co_await commit;
    if (done.lost == "user") co_return atr::conflict(ATR_E_UNSPEC, "the user " + name + " exists already");
    if (!done.ok()) co_return failed(std::move(done));
    user.version = done.versions.empty() ? 1 : done.versions.front();
    changed(name);
    co_return user;
}

Task<atr::Result<User>> Users::set_password(std::string name, std::string password, Actor actor) {
    Task<atr::Result<User>> loading = load(std::move(name));
    atr::Result<User> user = co_await loading;
    if (!user) co_return user.error();
    Task<atr::Result<std::string>> hashing = passwords_.hash(std::move(password));
    atr::Result<std::string> hash = co_await hashing;
    if (!hash) co_return hash.error();
    user->password_hash = std::move(*hash);
    ++user->token_epoch;
    Task<atr::Result<User>> saving = save(std::move(*user), "user.password_changed", std::move(actor));
    co_return co_await saving;
}

Task<atr::Result<User>> Users::disable(std::string name, Actor actor) {
    Task<atr::Result<User>> loading = load(std::move(name));
    atr::Result<User> user = co_await loading;
    if (!user) co_return user.error();
    if (user->disabled) co_return user;
    user->disabled = true;
    ++user->token_epoch;
    Task<atr::Result<User>> saving = save(std::move(*user), "user.disabled", std::move(actor));
    co_return co_await saving;
}

Task<atr::Result<User>> Users::enable(std::string name, Actor actor) {
    Task<atr::Result<User>> loading = load(std::move(name));
    atr::Result<User> user = co_await loading;
    if (!user) co_return user.error();
    if (!user->disabled) co_return user;
    user->disabled = false;
    Task<atr::Result<User>> saving = save(std::move(*user), "user.enabled", std::move(actor));
    co_return co_await saving;
}

Task<atr::Result<User>> Users::set_roles(std::string name, std::vector<Role> roles, Actor actor) {
    if (roles.empty()) co_return atr::rejected(ATR_E_BAD_INPUT, "a user needs at least one role");
    Task<atr::Result<User>> loading = load(std::move(name));
    atr::Result<User> user = co_await loading;
    if (!user) co_return user.error();
    std::vector<std::string> wanted = names_of(roles);
    if (user->roles == wanted) co_return user;
    std::string detail = listed(user->roles) + " -> " + listed(wanted);
    user->roles = std::move(wanted);
    Task<atr::Result<User>> saving = save(std::move(*user), "user.roles_changed", std::move(actor), std::move(detail));
    co_return co_await saving;
}

Task<atr::Result<Listing<User>>> Users::list(std::uint32_t limit, std::string cursor) {
    atr::Query query;
    query.limit = limit;
    query.cursor = std::move(cursor);
    return store_.list<User>(std::move(query));
}

Task<atr::Result<User>> Users::authenticate(std::string name, std::string password) {
    std::optional<User> user;
    if (check_user_name(name)) {
        Task<atr::Result<std::optional<User>>> finding = store_.find<User>(name);
        atr::Result<std::optional<User>> found = co_await finding;
        if (!found) co_return found.error();
        user = std::move(*found);
    }
    std::string hash;
    if (user) hash = user->password_hash;
    Task<atr::Result<bool>> verifying = passwords_.verify(std::move(hash), std::move(password));
    atr::Result<bool> right = co_await verifying;
    if (!right) co_return right.error();
    if (!*right || !user || user->disabled) co_return wrong_credentials();
    co_return std::move(*user);
}

Task<atr::Result<std::optional<User>>> Users::find(std::string name) {
    const UnixMillis now = clock_.unix_ms();
    std::optional<Known> known = known_.find(name);
    if (known && now >= known->read_ms && now - known->read_ms < max_age_ms) co_return std::move(known->user);
    const std::uint64_t changes = changes_;
    Task<atr::Result<std::optional<User>>> finding = store_.find<User>(name);
    atr::Result<std::optional<User>> found = co_await finding;
    if (!found || !*found || changes_ != changes) co_return found;
    known_.put(name, {*found, now});
    if (changes_ != changes) known_.erase(name);  // it may have been read before that change
    co_return found;
}

Task<atr::Result<FirstAdmin>> Users::ensure_admin(std::optional<std::string> password) {
    Task<atr::Result<Listing<User>>> listing = list(1, "");
    atr::Result<Listing<User>> existing = co_await listing;
    if (!existing) co_return existing.error();
    FirstAdmin out;
    if (!existing->items.empty()) co_return out;
    if (!password) out.generated_password = random_password();
    std::string chosen = password ? *password : *out.generated_password;
    std::vector<Role> roles{Role::admin};
    Task<atr::Result<User>> adding = add("admin", std::move(chosen), std::move(roles), Actor{});
    atr::Result<User> added = co_await adding;
    if (!added && added.outcome() == atr::Outcome::conflict) co_return FirstAdmin{};  // another host was first
    if (!added) co_return added.error();
    out.made = true;
    co_return out;
}

Task<atr::Result<User>> Users::load(std::string name) {
    Task<atr::Result<std::optional<User>>> finding = store_.find<User>(name);
    atr::Result<std::optional<User>> found = co_await finding;
    if (!found) co_return found.error();
    if (!*found) co_return atr::not_found("there is no user " + name);
    co_return std::move(**found);
}

Task<atr::Result<User>> Users::save(User user, std::string action, Actor actor, std::string detail) {
    AuditEntry entry = audit(action, user.id, actor);
    entry.detail = std::move(detail);
    Task<atr::Result<std::optional<User>>> finding = store_.find<User>(actor.name);
    const atr::Result<std::optional<User>> by = co_await finding;
    if (!by) co_return by.error();
    if (*by && (*by)->disabled) co_return atr::conflict(ATR_E_UNSPEC, "who asks was disabled meanwhile");
    UnitOfWork unit = store_.begin();
    unit.update(user, "user").create(entry, "audit");
    // Two who disable each other at the same moment would leave nobody.
    if (*by && (*by)->id != user.id) unit.check(User::collection, (*by)->id, (*by)->version, "actor");
    Task<Committed> commit = store_.commit(std::move(unit));
    Committed done = co_await commit;
    if (!done.ok()) co_return failed(std::move(done));
    changed(user.id);
    ++user.version;
    co_return user;
}

AuditEntry Users::audit(const std::string& action, const std::string& user, const Actor& actor) {
    AuditEntry out;
    out.id = store_.ids().next();
    out.at_ms = clock_.unix_ms();
    out.actor = actor.name;
    out.action = action;
    out.subject = "user/" + user;
    out.request_id = actor.request_id;
    return out;
}

/// 120 random bits in letters and digits that are not mistaken for each other.
std::string Users::random_password() {
    static constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    static_assert(alphabet.size() == 32);
    std::string out;
    while (out.size() < 24) {
        auto bits = random_.next();
        for (int i = 0; i < 12; ++i, bits >>= 5) out += alphabet[bits & 31];
    }
    return out;
}

void Users::changed(const std::string& name) {
    ++changes_;
    known_.erase(name);
    if (listener_) listener_(name);
}

}  // namespace treasurer::auth
