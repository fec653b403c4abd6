/// A forked child that answers with one text, and how it ended. The parent must have no threads.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace atr::testkit {

struct ChildEnd {
    std::string answer;  ///< what it wrote, whole only if `answered`
    bool answered = false;
    int signal = 0;  ///< 0: it ended by itself
    int exit_code = 0;
    bool timed_out = false;

    /// "was ended by signal 11 (Segmentation fault)".
    std::string how() const;
};

class Child {
public:
    /// Forks. `work` runs in the child; its result is the answer. `own_group`: the child leads a process group, so that
    /// kill() reaches its children too.
    enum class Group { own, inherited };
    Child(const std::function<std::string(int answer_fd)>& work, Group group);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();  ///< kills and reaps what is still there

    int fd() const { return fd_; }
    /// Reads what has come. False: the child has closed its end, call wait().
    bool read_some();
    const std::string& so_far() const { return answer_; }
    void kill();
    /// Waits for the end of the child itself.
    ChildEnd wait();

private:
    pid_t pid_ = -1;
    int fd_ = -1;
    Group group_;
    std::string answer_;
};

/// Writes all of `text`.
void write_all(int fd, const std::string& text);

}  // namespace atr::testkit
