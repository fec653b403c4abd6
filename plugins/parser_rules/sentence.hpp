// One strong word, the words of its sentence around it, and what those make of it: a condition, a negation, a term.
// Threads: const after construction; borrows the context.
#pragma once

#include "clause.hpp"
#include "sums_beside.hpp"

namespace parser_rules {

class Sentence {
public:
    using Words = std::span<const std::uint32_t>;

    Sentence(const Context& context, const SumsBeside& beside, std::uint32_t at)
        : context_(context),
          page_(context.page),
          beside_(beside),
          at_(at),
          clause_(page_, at, at + 1),
          before_(clause_.before()),
          after_(clause_.after()) {}
    Sentence(const Sentence&) = delete;
    Sentence& operator=(const Sentence&) = delete;

protected:
    static constexpr std::size_t kNear = 3;
    static constexpr std::size_t kAll = Clause::kMostWords;

    bool is(Part part) const { return has(at_, part); }
    bool has(std::uint32_t token, Part part) const { return info(token).parts.has(part); }
    const WordInfo& info(std::uint32_t token) const { return page_.info(page_.tokens()[token]); }
    std::string_view text(std::uint32_t token) const { return page_.text(page_.tokens()[token].span); }

    /// How many words away the nearest with the part is, at most `reach`; 0: there is none.
    std::size_t distance(Words, Part, std::size_t reach) const;
    bool near(Part part, std::size_t reach) const {
        return distance(before_, part, reach) != 0 || distance(after_, part, reach) != 0;
    }

    bool negates(std::uint32_t token) const;
    /// How many words away "no", "not" or one of their like is; 0: there is none.
    std::size_t negation(Words, std::size_t reach) const;
    bool negated() const;

    /// "if", "until": but not "must", which may be part of what is said.
    bool hard_condition(Words) const;
    bool conditional() const {
        return hard_condition(before_) || distance(before_, Part::duty, kAll) != 0 || negated();
    }
    /// "within", "later": close behind.
    bool term() const { return distance(after_, Part::term, 2) != 0; }
    /// It heads a column, or labels a sum that other rules read.
    bool read_elsewhere() const;
    /// "Invoice no 17".
    bool numbers(std::uint32_t token) const;

    const Context& context_;
    const Page& page_;
    const SumsBeside& beside_;
    std::uint32_t at_;
    Clause clause_;
    Words before_;
    Words after_;
};

}  // namespace parser_rules
