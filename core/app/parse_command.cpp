// treasurer parse: reads invoices without storing or paying anything.
#include "app/command_line.hpp"
#include "intake/cross_check.hpp"
#include "runtime/block_on.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

namespace treasurer::app {
namespace {

namespace fs = std::filesystem;

constexpr WantedPlugins parsers_only{.storage = false, .cache = false, .rails = false, .parsers = true};

std::string media_type_of(const fs::path& file) {
    static const std::pair<const char*, const char*> types[] = {
        {".pdf", "application/pdf"}, {".xml", "application/xml"}, {".png", "image/png"},  {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},     {".tif", "image/tiff"},      {".tiff", "image/tiff"}};
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& [known, type] : types)
        if (ending == known) return type;
    return "text/plain";
}

std::string error_class(const atr::Error& error) {
    switch (error.code) {
        case ATR_E_TOO_LARGE:
        case ATR_E_LIMIT:
            return "too_large";
        case ATR_E_MEDIA_TYPE:
            return "unsupported_type";
        case ATR_E_ENCRYPTED_DOC:
            return "encrypted";
        case ATR_E_BAD_INPUT:
            return error.message.find("UTF-8") != std::string::npos   ? "encoding"
                   : error.message.find("empty") != std::string::npos ? "empty"
                                                                      : "unreadable";
        default:
            return error.outcome == atr::Outcome::rejected ? "unreadable" : "unavailable";
    }
}

std::uint32_t least_confidence(const intake::Reading& reading) {
    std::uint32_t out = 10000;
    for (const auto* field : {&reading.seller_name, &reading.invoice_number, &reading.currency,
                              reading.amount_due ? &reading.amount_due : &reading.total_with_tax})
        out = std::min(out, *field ? (*field)->confidence_bp : 0u);
    return out;
}

/// One line a file, in the shape that docs/api.md gives.
Json line_of(const std::string& file, const atr::Result<intake::Reading>& read, std::uint32_t min_confidence_bp) {
    Json out = {{"file", file}};
    if (!read) {
        out["outcome"] = "error";
        out["error_class"] = error_class(read.error());
        out["error"] = read.error().message;
        return out;
    }
    const auto put = [&](const char* name, const std::optional<intake::CheckedField>& field) {
        out[name] = field ? Json(field->value) : Json(nullptr);
    };
    put("vendor_name", read->seller_name);
    put("vendor_tax_id", read->seller_tax_id);
    put("iban", read->iban);
    put("wallet", read->wallet);
    put("invoice_number", read->invoice_number);
    put("issue_date", read->issue_date);
    put("due_date", read->due_date);
    put("currency", read->currency);
    put("total", read->amount_due ? read->amount_due : read->total_with_tax);
    put("tax", read->tax_total);
    put("type", read->document_type);
    const std::uint32_t confidence = least_confidence(*read);
    out["confidence"] = static_cast<double>(confidence) / 10000;
    out["doubts"] = read->doubts;
    out["evidence"] = Json::parse(read->fields);
    const bool sure = confidence >= min_confidence_bp && read->doubts.empty() &&
                      intake::DocumentReader::missing_fields(*read).empty();
    out["outcome"] = sure ? "ok" : "review";
    return out;
}

atr::Result<std::string> read_file(const std::string& file, std::size_t most) {
    std::error_code error;
    if (fs::is_directory(file, error)) return atr::rejected(ATR_E_BAD_INPUT, file + " is a folder");
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return atr::rejected(ATR_E_BAD_INPUT, file + (fs::exists(file, error) ? " cannot be read" : ": no such file"));
    std::string out(most + 1, '\0');
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    out.resize(static_cast<std::size_t>(in.gcount()));
    return out;
}

}  // namespace

void add_parse(CLI::App& program, int& exit_code) {
    struct Options {
        SettingsOptions settings;
        std::vector<std::string> files;
        bool jsonl = false;
    };
    auto options = std::make_shared<Options>();
    auto* parse =
        program.add_subcommand("parse", "read invoices without storing or paying anything; one JSON line a file");
    options->settings.add_to(*parse);
    parse->add_flag("--jsonl", options->jsonl, "one JSON line a file (the only form there is)");
    parse->add_option("files", options->files, "the documents")->required();
    parse->callback([options, &exit_code] {
        exit_code = with_core(options->settings, parsers_only, Folder::make, [&](CoreServices& core) {
            int code = done;
            const auto confidence = core.settings.policy.min_confidence.to_units(4);
            for (const auto& file : options->files) {
                auto bytes = read_file(file, static_cast<std::size_t>(core.settings.server.max_body_bytes));
                atr::Result<intake::Reading> read = bytes ? atr::Result<intake::Reading>(intake::Reading{})
                                                          : atr::Result<intake::Reading>(bytes.error());
                if (bytes) {
                    intake::Submission submission;
                    submission.bytes = std::make_shared<const std::string>(std::move(*bytes));
                    submission.media_type = media_type_of(file);
                    submission.filename = fs::path(file).filename().string();
                    read = block_on(core.executor, core.reader->read(submission));
                }
                if (!bytes)
                    code = usage;
                else if (!read && code == done)
                    code = finding;
                std::cout << dump(line_of(fs::path(file).filename().string(), read,
                                          confidence ? static_cast<std::uint32_t>(*confidence) : 10000u))
                          << '\n';
            }
            return code;
        });
    });
}

}  // namespace treasurer::app
