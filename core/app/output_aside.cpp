#include "app/output_aside.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <utility>

namespace treasurer::app {
namespace {

constexpr std::size_t most_kept = 64 << 10;

void flush_output() {
    std::cout.flush();
    std::fflush(stdout);
}

}  // namespace

OutputAside::OutputAside() : saved_(::dup(STDOUT_FILENO)), memory_(::memfd_create("output", MFD_CLOEXEC)) {
    flush_output();
    if (saved_ >= 0 && memory_ >= 0) ::dup2(memory_, STDOUT_FILENO);
}

OutputAside::~OutputAside() {
    give_back();
    if (memory_ >= 0) ::close(memory_);
}

void OutputAside::give_back() {
    const int saved = std::exchange(saved_, -1);
    if (saved < 0) return;
    flush_output();
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
}

std::string OutputAside::end(const std::string& mark) {
    give_back();
    std::string printed(most_kept, '\0');
    const auto read = memory_ < 0 ? 0 : ::pread(memory_, printed.data(), printed.size(), 0);
    printed.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
    std::istringstream lines(printed);
    std::string out;
    for (std::string line; std::getline(lines, line);) out += mark + line + '\n';
    return out;
}

}  // namespace treasurer::app
