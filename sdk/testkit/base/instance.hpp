/// A plugin file opened in this process, and instances made of its components. The tables are read as the host reads
/// them: copied into full-size structs, optional slots filled with a stub that answers UNSUPPORTED.
#pragma once

#include <atr/atr.h>

#include <memory>
#include <string>
#include <vector>

#include "base/host_side.hpp"

namespace atr::testkit {

/// The entry of the file. Throws Failure with the loader's words.
const atr_plugin* load_entry(const std::filesystem::path& file);

/// The component, its optional slots filled. Throws Failure when the tables are not what the host can read.
atr_component load_component(const Context& context);

class Instance {
public:
    /// Throws Failure when create() does not answer OK.
    explicit Instance(Context& context) : Instance(context, context.config()) {}
    Instance(Context& context, const std::string& config);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    void* self() const { return self_; }
    const atr_component& component() const { return component_; }
    Border& border() { return border_; }
    HostSide& host() { return host_; }
    Context& context() { return context_; }

    /// The table behind `id`, copied to full size; `needed` bytes must be there. Throws Failure otherwise.
    template <class Table>
    Table table(const char* id, std::size_t needed) {
        Table out{};
        read_table(id, needed, &out, sizeof out);
        out.struct_size = sizeof out;
        return out;
    }
    const void* find_interface(std::string_view id);

    /// Border::call(), one at a time where the component asks for it.
    Answer call(const char* function, const std::function<atr_outcome(const atr_call*, atr_error*)>& body,
                std::int64_t budget_ms = 20'000);
    /// Ends the instance and looks at the rules that hold always. The destructor does it too, and leaves a breach to
    /// the context.
    void close();

private:
    void read_table(const char* id, std::size_t needed, void* out, std::size_t size);

    Context& context_;
    Border border_;
    HostSide host_;
    std::string config_;
    atr_component component_;
    std::mutex serial_;
    void* self_ = nullptr;
};

/// What stands in a NULL optional slot.
template <class... Arguments>
void fill_slot(atr_outcome (*&slot)(Arguments...)) {
    if (slot == nullptr) slot = [](Arguments...) -> atr_outcome { return ATR_UNSUPPORTED; };
}

/// Fails when the answer says that the plugin does not do this at all.
void need_supported(const Answer& answer, const char* function);
/// Skips when the plugin does not do this at all.
void skip_unless_supported(const Answer& answer, const char* capability);

}  // namespace atr::testkit
