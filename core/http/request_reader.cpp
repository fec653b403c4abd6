#include "http/request_reader.hpp"

#include <algorithm>

namespace treasurer::http {

RequestReader::RequestReader(ReaderLimits limits) : limits_(limits), scanner_(new_scanner()) {}

HeadScanner RequestReader::new_scanner() const {
    return {HeadScanner::Section::head,
            {.max_bytes = limits_.max_header_bytes, .max_target_bytes = limits_.max_target_bytes}};
}

RequestReader::Stage RequestReader::stage() const {
    return stage_ == Stage::idle && scanner_.has_begun() ? Stage::head : stage_;
}

RequestReader::Progress RequestReader::read(std::string_view data) {
    switch (stage_) {
        case Stage::idle:
        case Stage::head:
            return read_head(data);
        case Stage::body:
            return read_body(data);
        case Stage::complete:
            return {Step::request, 0};
        case Stage::refused:
            break;
    }
    return {Step::refused, data.size()};
}

Request RequestReader::take() {
    Request request = std::move(request_);
    request_ = Request{};
    plan_ = BodyPlan{};
    chunks_.reset();
    scanner_ = new_scanner();
    stage_ = Stage::idle;
    return request;
}

RequestReader::Progress RequestReader::read_head(std::string_view data) {
    const auto taken = scanner_.scan(data);
    if (scanner_.refused()) return refuse(scanner_.refusal(), taken);
    const auto part = data.substr(0, taken);
    if (!scanner_.done()) {
        head_.append(part);
        return {Step::need_more, taken};
    }
    // A head that came whole is read where it lies; only one that came in portions was collected.
    const bool is_whole = head_.empty();
    if (!is_whole) head_.append(part);
    const auto head = (is_whole ? part : std::string_view(head_)).substr(scanner_.leading_bytes());
    const auto refusal = parse_head(head, request_, plan_);
    std::string().swap(head_);  // an idle connection keeps no memory for it
    if (refusal) return refuse(*refusal, taken);
    if (plan_.framing == BodyFraming::none) return complete(taken);
    stage_ = Stage::body;
    return {Step::head, taken};
}

RequestReader::Step RequestReader::admit_body(std::size_t max_bytes, std::shared_ptr<BodyBudget> budget) {
    if (const auto refusal = begin_body(std::min(max_bytes, limits_.max_body_bytes), std::move(budget)))
        return refuse(*refusal, 0).step;
    return plan_.continue_expected ? Step::send_continue : Step::need_more;
}

std::optional<Refusal> RequestReader::begin_body(std::size_t max_bytes, std::shared_ptr<BodyBudget> budget) {
    body_.begin(max_bytes, std::move(budget));
    if (plan_.framing == BodyFraming::length) return body_.expect(plan_.length);
    chunks_.emplace(limits_.max_header_bytes);
    return std::nullopt;
}

Request RequestReader::take_without_body() {
    const auto announced = plan_.length;
    Request request = take();
    request.unread_bytes = announced;
    request.keep_alive = false;
    stage_ = Stage::refused;
    return request;
}

RequestReader::Progress RequestReader::read_body(std::string_view data) {
    return chunks_ ? read_chunks(data) : read_length(data);
}

RequestReader::Progress RequestReader::read_length(std::string_view data) {
    const auto part = data.substr(0, std::min<std::uint64_t>(plan_.length - body_.size(), data.size()));
    if (const auto refusal = body_.append(part)) return refuse(*refusal, part.size());
    return body_.size() == plan_.length ? complete(part.size()) : Progress{Step::need_more, part.size()};
}

RequestReader::Progress RequestReader::read_chunks(std::string_view data) {
    const auto taken = chunks_->read(data, body_);
    if (chunks_->refusal()) return refuse(*chunks_->refusal(), taken);
    return chunks_->done() ? complete(taken) : Progress{Step::need_more, taken};
}

RequestReader::Progress RequestReader::complete(std::size_t taken) {
    body_.move_to(request_.body, request_.body_charge);
    stage_ = Stage::complete;
    return {Step::request, taken};
}

RequestReader::Progress RequestReader::refuse(Refusal refusal, std::size_t taken) {
    refusal_ = refusal;
    body_.drop();
    stage_ = Stage::refused;
    return {Step::refused, taken};
}

}  // namespace treasurer::http
