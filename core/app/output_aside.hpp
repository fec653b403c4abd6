/// Keeps what a plugin prints while it is loaded apart from what the command prints.
#pragma once

#include <string>

namespace treasurer::app {

/// As long as it lives, standard output goes to memory. Threads: one, and no other that prints meanwhile.
class OutputAside {
public:
    OutputAside();
    ~OutputAside();
    OutputAside(const OutputAside&) = delete;
    OutputAside& operator=(const OutputAside&) = delete;

    /// Gives standard output back. Each line that was printed, at most 64 KiB of them, with `mark` in front.
    std::string end(const std::string& mark);

private:
    void give_back();

    int saved_ = -1, memory_ = -1;
};

}  // namespace treasurer::app
