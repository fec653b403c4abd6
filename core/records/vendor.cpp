#include "records/vendor.hpp"

#include <algorithm>
#include <array>

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

std::string vendor_normal_form(std::string_view name) {
    static constexpr std::array<std::string_view, 30> legal = {
        "ltd",         "limited", "inc", "incorporated", "llc",  "llp", "gmbh", "mbh", "ag",  "kg",
        "ug",          "bv",      "nv",  "sa",           "sarl", "sas", "srl",  "spa", "co",  "corp",
        "corporation", "company", "ab",  "as",           "oy",   "aps", "plc",  "pte", "pvt", "pty"};
    std::vector<std::string> words;
    std::string word;
    const auto close_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (char raw : name) {
        const auto c = static_cast<unsigned char>(raw);
        if (c >= 'A' && c <= 'Z')
            word += static_cast<char>(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            word += raw;
        else if (c != '.' && c != '\'')
            close_word();  // "B.V." and "O'Neil" stay one word
    }
    close_word();
    while (words.size() > 1 && std::find(legal.begin(), legal.end(), words.back()) != legal.end()) words.pop_back();
    std::string out;
    for (const auto& part : words) out += (out.empty() ? "" : " ") + part;
    return out;
}

}  // namespace treasurer
