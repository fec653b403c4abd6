#include "records/vendor.hpp"

#include "records/folded_text.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace treasurer {

Json Vendor::to_json() const {
    Json out = {{"id", id},
                {"name", name},
                {"aliases", aliases},
                {"accounts", Json::array()},
                {"created_ms", created_ms},
                {"updated_ms", updated_ms}};
    set_if(out, "tax_id", tax_id);
    for (const auto& account : accounts)
        out["accounts"].push_back({{"id", account.id},
                                   {"rail", account.rail},
                                   {"asset", account.asset},
                                   {"address", account.address},
                                   {"active_from_ms", account.active_from_ms}});
    return out;
}

Vendor Vendor::from_json(const Json& json) {
    Vendor out;
    out.id = json.at("id");
    out.name = json.at("name");
    out.tax_id = text_or(json, "tax_id");
    out.aliases = json.at("aliases").get<std::vector<std::string>>();
    out.created_ms = json.at("created_ms");
    out.updated_ms = json.at("updated_ms");
    for (const auto& account : json.at("accounts"))
        out.accounts.push_back({account.at("id"), account.at("rail"), account.at("asset"), account.at("address"),
                                account.at("active_from_ms")});
    return out;
}

std::vector<atr::IndexEntry> Vendor::index() const {
    return {{"by_name", {atr::Value::of(name)}}};
}

namespace {

struct LegalForm {
    std::string_view word, meaning;
};
constexpr LegalForm legal_forms[] = {{"ltd", "ltd"},   {"limited", "ltd"},
                                     {"inc", "inc"},   {"incorporated", "inc"},
                                     {"llc", "llc"},   {"llp", "llp"},
                                     {"gmbh", "gmbh"}, {"mbh", "gmbh"},
                                     {"ag", "ag"},     {"kg", "kg"},
                                     {"ug", "ug"},     {"bv", "bv"},
                                     {"nv", "nv"},     {"sa", "sa"},
                                     {"sarl", "sarl"}, {"sas", "sas"},
                                     {"srl", "srl"},   {"spa", "spa"},
                                     {"co", "co"},     {"company", "co"},
                                     {"corp", "corp"}, {"corporation", "corp"},
                                     {"ab", "ab"},     {"as", "as"},
                                     {"oy", "oy"},     {"aps", "aps"},
                                     {"plc", "plc"},   {"pte", "pte"},
                                     {"pvt", "pvt"},   {"pty", "pty"}};

const LegalForm* legal_form(std::string_view word) {
    const auto* const found = std::find_if(std::begin(legal_forms), std::end(legal_forms),
                                           [&](const LegalForm& form) { return form.word == word; });
    return found == std::end(legal_forms) ? nullptr : found;
}

/// A name's words as names are compared, and what the legal forms at its end mean.
struct NameParts {
    std::vector<std::string> words;
    std::set<std::string_view> forms;
};

NameParts parts_of(std::string_view name) {
    NameParts out;
    out.words = folded_words(name);
    while (out.words.size() > 1) {
        const LegalForm* const form = legal_form(out.words.back());
        if (!form) break;
        out.forms.insert(form->meaning);
        out.words.pop_back();
    }
    return out;
}

}  // namespace

std::string vendor_normal_form(std::string_view name) {
    std::string out;
    for (const auto& word : parts_of(name).words) out += (out.empty() ? "" : " ") + word;
    return out;
}

bool legal_forms_differ(std::string_view a, std::string_view b) {
    const auto one = parts_of(a).forms, other = parts_of(b).forms;
    if (one.empty() || other.empty()) return false;
    return !std::includes(one.begin(), one.end(), other.begin(), other.end()) &&
           !std::includes(other.begin(), other.end(), one.begin(), one.end());
}

std::string address_form(std::string_view address) {
    std::string out;
    for (char c : address)
        if (c != ' ') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

}  // namespace treasurer
