// How fast a parser plugin reads, on one core and through the table that the host uses. For each document of the
// command line, rounds in turn; the time is the thread's own processor time, so that a busy machine does not count.
//
//     parse_rate NAME PLUGIN.so MEDIA_TYPE BYTES DOCUMENT...
//
// Plain text is filled up to BYTES with the small print that invoices end with; 0, and other types, are taken as they
// are.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "figures.hpp"
#include "plugin/normalise.hpp"
#include "plugin/parse_sink.hpp"
#include "plugin/plugin_instance.hpp"
#include "runtime/thread_executor.hpp"

namespace {

using namespace treasurer;

constexpr int rounds = 11, times = 40;
constexpr std::string_view small_print[] = {
    "",
    "TERMS AND CONDITIONS",
    "1. Payment is due as stated above. Late payments bear interest of 1.5% a month, from the 31st day on.",
    "2. Goods remain our property until they are paid in full. Complaints reach us within 14 days of delivery.",
    "3. Services are rendered under the framework agreement of 12 March 2021, reference FA-2021-0312.",
    "4. Please quote the number of this document, and not that of your order, with your payment.",
    "5. Support:   Monday to Friday, 08:00 to 18:00   |   +1 555 0100   |   help@support.example",
    "6. Place of performance and of jurisdiction is the seat of the seller; the sale of goods convention applies.",
    "7. Should a provision be void, the others stand. Changes of this agreement need the written form.",
    "8. Prices do not contain travel. Hours beyond those ordered are charged at 95.00 an hour, in steps of 15 minutes.",
};

template <class T>
T must(atr::Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
    std::exit(1);
}

std::string read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (file) return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::fprintf(stderr, "error: cannot read %s\n", name.c_str());
    std::exit(1);
}

std::string filled_up(std::string text, std::size_t bytes) {
    for (std::size_t line = 0; text.size() < bytes; ++line)
        (text += small_print[line % std::size(small_print)]) += '\n';
    return text;
}

double processor_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class Reader {
public:
    explicit Reader(const std::filesystem::path& file, std::string media_type)
        : library_(must(PluginLibrary::load(file))), media_type_(std::move(media_type)) {
        instance_ = must(PluginInstance::create(library_, *must(library_->component("parser")), {.name = "it"},
                                                {executor_, clock_, {}}));
        table_ = must(normalise_parser(instance_->find_interface(ATR_IF_PARSER)));
    }
    ~Reader() {
        instance_->stop();
        executor_.stop();
    }

    /// How many fields were found.
    std::size_t read(const std::string& document) {
        atr_call call{};
        call.struct_size = sizeof call;
        call.cancelled = [](const atr_call*) -> std::int32_t { return 0; };
        atr_document raw{};
        raw.struct_size = sizeof raw;
        raw.media_type = atr::borrow(media_type_);
        raw.bytes = atr::borrow(document);
        atr_error error{};
        error.struct_size = sizeof error;
        ParseSink sink;
        if (table_.parse(instance_->self(), &call, &raw, sink.raw(), sink.usage(), &error) != ATR_OK) return 0;
        return sink.take().fields.size();
    }

private:
    ThreadExecutor executor_{1};
    SystemClock clock_;
    std::shared_ptr<const PluginLibrary> library_;
    std::string media_type_;
    std::unique_ptr<PluginInstance> instance_;
    atr_parser table_{};
};

double median(std::vector<double> all) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
    return all[all.size() / 2];
}

}  // namespace

int main(int count, char** words) {
    if (count < 6) {
        std::fprintf(stderr, "usage: parse_rate NAME PLUGIN.so MEDIA_TYPE BYTES DOCUMENT...\n");
        return 2;
    }
    const std::string name = words[1], media_type = words[3];
    Reader reader(std::filesystem::absolute(words[2]), media_type);
    std::vector<std::string> documents;
    std::size_t bytes = 0, fields = 0;
    for (int i = 5; i < count; ++i) {
        documents.push_back(filled_up(read_file(words[i]), media_type == "text/plain" ? std::stoul(words[4]) : 0));
        bytes += documents.back().size();
        const std::size_t found = reader.read(documents.back());
        if (found == 0) std::fprintf(stderr, "error: nothing was found in %s\n", words[i]);
        if (found == 0) return 1;
        fields += found;
    }
    std::vector<double> ns;  // a document
    for (int round = 0; round < rounds; ++round) {
        const double began = processor_ns();
        for (int i = 0; i < times; ++i)
            for (const auto& document : documents) reader.read(document);
        ns.push_back((processor_ns() - began) / (times * static_cast<double>(documents.size())));
    }
    std::vector<double> rates;
    for (double one : ns) rates.push_back(1e9 / one);
    const double mean_bytes = static_cast<double>(bytes) / static_cast<double>(documents.size());
    std::printf("%s: %zu documents of %.0f bytes, %zu fields; %d rounds of %zu readings on one core\n", name.c_str(),
                documents.size(), mean_bytes, fields, rounds, times * documents.size());
    std::printf("  %8.0f documents/s (from %.0f to %.0f)  %.1f us each  %.1f ns a byte\n", median(rates),
                *std::min_element(rates.begin(), rates.end()), *std::max_element(rates.begin(), rates.end()),
                median(ns) / 1000, median(ns) / mean_bytes);
    bench::Figures figures(words[0], "parse_rate_" + name);
    figures.add("parse_rate." + name, "documents/s", rates);
    for (double& one : ns) one /= mean_bytes;
    figures.add("parse_rate." + name + ".byte", "ns", ns);
    return 0;
}
