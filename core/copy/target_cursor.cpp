#include "copy/target_cursor.hpp"

#include "copy/record_source.hpp"
#include "records/store_records.hpp"

namespace treasurer::copy {

Task<atr::Result<bool>> TargetCursor::has_next() {
    while (records_.empty() && !ended_) {
        Task<atr::Result<atr::OpenSnapshot>> opening = storage_.open_snapshot();
        const atr::Result<atr::OpenSnapshot> opened = co_await opening;
        if (!opened) co_return opened.error();
        Task<atr::Result<std::vector<atr::Record>>> reading =
            storage_.read_snapshot(opened->id, collection_, last_key_, page_size);
        atr::Result<std::vector<atr::Record>> page = co_await reading;
        Task<> closing = storage_.close_snapshot(opened->id);
        co_await closing;
        if (!page) co_return page.error();
        ended_ = page->empty();
        if (ended_) break;
        last_key_ = page->back().key;
        for (auto& record : *page)
            if (!is_of_this_store_alone(collection_, record.key)) records_.push_back(std::move(record));
    }
    co_return !records_.empty();
}

}  // namespace treasurer::copy
