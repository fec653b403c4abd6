#include "base/verdict_text.hpp"

#include <nlohmann/json.hpp>

namespace atr::testkit {

namespace {

std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string encode_end(const std::function<std::string()>& work) {
    try {
        return dump({{"result", work()}});
    } catch (const Failure& failure) {
        return dump({{"expected", failure.expected}, {"seen", failure.seen}, {"code", failure.code}});
    } catch (const Undeclared& undeclared) {
        return dump({{"undeclared", undeclared.capability}});
    } catch (const std::exception& error) {
        return dump({{"expected", "the check runs to its end"}, {"seen", error.what()}, {"code", ""}});
    }
}

std::string decode_end(const std::string& text) {
    const auto end = nlohmann::json::parse(text, nullptr, false);
    if (!end.is_object()) throw Failure{"an answer", "none", {}};
    if (end.contains("result")) return end["result"];
    if (end.contains("undeclared")) throw Undeclared{end["undeclared"]};
    throw Failure{end["expected"], end["seen"], end["code"]};
}

}  // namespace atr::testkit
