/// The document as one page for people: what there is, who may, what it takes and answers, and a form to try each
/// operation. It is whole without scripts but for the forms, and needs nothing from elsewhere.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace treasurer::http::openapi {

struct ReferencePage {
    std::string html;
    std::string style, script;  ///< exactly what stands in its one <style> and its one <script>: for a policy by hash
};

/// `document` is one that document_of() made.
ReferencePage reference_page_of(const nlohmann::ordered_json& document);

/// The style and the script, in this order. Literals: any thread, any time.
std::span<const std::string_view> page_texts();

}  // namespace treasurer::http::openapi
