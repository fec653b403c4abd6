#include "app/vendor_file.hpp"

#include "config/yaml_tree.hpp"

#include <fstream>
#include <sstream>

namespace treasurer::app {
namespace {

/// What a vendor's file says is text throughout: `tax_id: 123` is the text 123.
Json to_json(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return nullptr;
        case YamlNode::Kind::scalar:
            return node.text;
        case YamlNode::Kind::list: {
            Json out = Json::array();
            for (const auto& item : node.items) out.push_back(to_json(item));
            return out;
        }
        case YamlNode::Kind::map: {
            Json out = Json::object();
            for (const auto& entry : node.entries) out[entry.key] = to_json(entry.value);
            return out;
        }
    }
    return nullptr;
}

atr::Result<Json> read_yaml(const std::string& file) {
    Problems problems;
    const YamlNode tree = read_yaml_file(file, problems);
    if (!problems.empty()) return atr::rejected(ATR_E_BAD_INPUT, problems.front().to_string());
    return to_json(tree);
}

atr::Result<Json> read_json(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return atr::rejected(ATR_E_BAD_INPUT, file + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    return Json::parse(text.str(), nullptr, false);
}

}  // namespace

atr::Result<intake::NewVendor> vendor_from_json(const Json& json, const std::string& where) {
    const auto wrong = [&](const std::string& what) { return atr::rejected(ATR_E_BAD_INPUT, where + ": " + what); };
    if (!json.is_object()) return wrong("is not an object");
    for (const auto& [member, value] : json.items())
        if (member != "name" && member != "tax_id" && member != "aliases" && member != "accounts")
            return wrong("has no member '" + member + "'; there are name, tax_id, aliases, accounts");
    try {
        intake::NewVendor out;
        out.name = json.at("name").get<std::string>();
        out.tax_id = json.value("tax_id", std::string());
        out.aliases = json.value("aliases", std::vector<std::string>());
        for (const auto& account : json.value("accounts", Json::array()))
            out.accounts.push_back({account.at("rail").get<std::string>(), account.at("asset").get<std::string>(),
                                    account.at("address").get<std::string>()});
        return out;
    } catch (const Json::exception&) {
        return wrong("needs a text name, and accounts with rail, asset and address");
    }
}

atr::Result<std::vector<intake::NewVendor>> read_vendor_file(const std::string& file) {
    auto read = file.ends_with(".yaml") || file.ends_with(".yml") ? read_yaml(file) : read_json(file);
    if (!read) return read.error();
    Json json = std::move(*read);
    if (json.is_object() && json.contains("vendors")) json = Json(json["vendors"]);
    if (!json.is_array()) return atr::rejected(ATR_E_BAD_INPUT, file + " holds no array of vendors");
    std::vector<intake::NewVendor> out;
    for (std::size_t i = 0; i < json.size(); ++i) {
        auto vendor = vendor_from_json(json[i], file + ": vendor " + std::to_string(i + 1));
        if (!vendor) return vendor.error();
        out.push_back(std::move(*vendor));
    }
    return out;
}

}  // namespace treasurer::app
