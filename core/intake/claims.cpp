#include "intake/claims.hpp"

#include <algorithm>

namespace treasurer::intake {
namespace {

std::string folded(std::string_view text) {
    std::string out;
    for (char c : text)
        if (static_cast<unsigned char>(c) > 0x20) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

char look_alike(char c) {
    switch (c) {
        case 'o':
            return '0';
        case 'i':
        case 'l':
            return '1';
        case 's':
            return '5';
        case 'b':
            return '8';
        case 'z':
            return '2';
        default:
            return c;
    }
}

}  // namespace

std::string number_skeleton(std::string_view invoice_number) {
    std::string out, group;
    bool between_groups = false;
    const auto close = [&] {
        const auto first = group.find_first_not_of('0');
        out += first == std::string::npos ? (group.empty() ? "" : "0") : group.substr(first);
        group.clear();
    };
    for (char raw : folded(invoice_number)) {
        const bool kept = (raw >= 'a' && raw <= 'z') || (raw >= '0' && raw <= '9');
        if (!kept) {
            between_groups = !group.empty();
            close();
            continue;
        }
        const char c = look_alike(raw);
        if (c >= '0' && c <= '9') {
            if (between_groups) out += '.';  // 1-11 and 11-1 are two numbers
            group += c;
        } else {
            close();
            out += c;
        }
        between_groups = false;
    }
    close();
    return out;
}

bool has_unusual_characters(std::string_view invoice_number) {
    return std::any_of(invoice_number.begin(), invoice_number.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string number_digits(std::string_view invoice_number) {
    std::string out;
    for (std::size_t at = 0; at < invoice_number.size();) {
        if (invoice_number[at] < '0' || invoice_number[at] > '9') {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < invoice_number.size() && invoice_number[end] >= '0' && invoice_number[end] <= '9') ++end;
        while (at + 1 < end && invoice_number[at] == '0') ++at;
        if (!out.empty()) out += '.';
        out += invoice_number.substr(at, end - at);
        at = end;
    }
    return out;
}

std::vector<Claim> claims_of(const ClaimSubject& subject) {
    std::vector<Claim> out;
    const std::string money = subject.amount.to_string();
    out.push_back({ClaimKind::document, "doc|" + subject.document_sha256});
    if (!subject.invoice_number.empty()) {
        out.push_back({ClaimKind::number, "num|" + subject.vendor + "|" + folded(subject.invoice_number)});
        out.push_back({ClaimKind::look_alike,
                       "skel|" + subject.vendor + "|" + number_skeleton(subject.invoice_number) + "|" + money});
        if (const std::string digits = number_digits(subject.invoice_number); !digits.empty())
            out.push_back(
                {ClaimKind::digits, "dig|" + subject.vendor + "|" + digits + "|" + money + "|" + subject.issue_date});
    }
    out.push_back({ClaimKind::same_sum, "sum|" + subject.vendor + "|" + money + "|" + subject.issue_date});
    return out;
}

}  // namespace treasurer::intake
