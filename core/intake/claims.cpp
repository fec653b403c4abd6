#include "intake/claims.hpp"

#include "records/folded_text.hpp"

#include <algorithm>
#include <span>

namespace treasurer::intake {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Lower case, without white space.
std::string folded(std::string_view text) {
    std::string out;
    for (char c : text)
        if (static_cast<unsigned char>(c) > 0x20) out += lower(c);
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

bool is_beyond_ascii(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

std::string skeleton_of(std::string_view number) {
    std::string out, group;
    bool between_groups = false;
    const auto close = [&] {
        const auto first = group.find_first_not_of('0');
        out += first == std::string::npos ? (group.empty() ? "" : "0") : group.substr(first);
        group.clear();
    };
    for (const char written : number) {
        const char raw = lower(written);
        const bool kept = (raw >= 'a' && raw <= 'z') || (raw >= '0' && raw <= '9') || is_beyond_ascii(raw);
        if (!kept) {
            between_groups = between_groups || !group.empty();
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

}  // namespace

std::string number_skeleton(std::string_view invoice_number) {
    return has_unusual_characters(invoice_number) ? skeleton_of(folded_letters(invoice_number))
                                                  : skeleton_of(invoice_number);
}

bool has_unusual_characters(std::string_view invoice_number) {
    return std::any_of(invoice_number.begin(), invoice_number.end(), is_beyond_ascii);
}

std::string number_digits(std::string_view invoice_number) {
    std::string out;
    for (char c : invoice_number)
        if (c >= '0' && c <= '9' && (c != '0' || !out.empty())) out += c;
    return out;
}

bool is_question(ClaimKind kind) {
    return kind == ClaimKind::digits || kind == ClaimKind::same_sum;
}

bool may_be_one(ClaimKind kind, bool is_numbered, bool is_other_numbered) {
    return kind != ClaimKind::same_sum || !is_numbered || !is_other_numbered;
}

bool ClaimRecord::is_held_by(std::string_view invoice_id) const {
    return std::any_of(holders.begin(), holders.end(),
                       [&](const ClaimHolder& holder) { return holder.invoice_id == invoice_id; });
}

void ClaimRecord::add(ClaimHolder holder) {
    holders.insert(holders.begin(), std::move(holder));
    if (holders.size() <= most_holders) return;
    holders.pop_back();
    is_full = true;
}

std::string ClaimRecord::to_text() const {
    const ClaimHolder& newest = holders.front();
    JsonWriter out(256);
    out.text("id", id).text("invoice_id", newest.invoice_id).flag("numbered", newest.numbered);
    out.objects_if("others", std::span(holders).subspan(1), [](JsonWriter& writer, const ClaimHolder& other) {
        writer.text("invoice_id", other.invoice_id).flag("numbered", other.numbered);
    });
    return std::move(out.flag_if("full", is_full)).done();
}

ClaimRecord ClaimRecord::from_json(const Json& json) {
    ClaimRecord out;
    out.id = json.at("id");
    const auto read = [&](const Json& holder) {
        out.holders.push_back({holder.at("invoice_id"), holder.at("numbered")});
    };
    read(json);
    if (const auto others = json.find("others"); others != json.end())
        for (const Json& other : *others) read(other);
    out.is_full = json.value("full", false);
    return out;
}

std::vector<Claim> claims_of(const ClaimSubject& subject) {
    std::vector<Claim> out;
    const std::string money = subject.amount.to_string();
    out.push_back({ClaimKind::document, "doc|" + subject.document_sha256});
    for (std::size_t i = 0; i < subject.vendors.size(); ++i) {
        const std::string& vendor = subject.vendors[i];
        const auto add = [&](ClaimKind kind, std::string key) {
            out.push_back({kind, std::move(key), i < subject.own});
        };
        const std::string& number = subject.invoice_number;
        if (!number.empty()) {
            add(ClaimKind::number, "num|" + vendor + "|" + folded(number));
            add(ClaimKind::look_alike, "skel|" + vendor + "|" + number_skeleton(number) + "|" + money);
            if (const std::string digits = number_digits(number); !digits.empty())
                add(ClaimKind::digits, "dig|" + vendor + "|" + digits + "|" + money + "|" + subject.issue_date);
        }
        add(ClaimKind::same_sum, "sum|" + vendor + "|" + money + "|" + subject.issue_date);
    }
    return out;
}

}  // namespace treasurer::intake
