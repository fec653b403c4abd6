#include "base/instance.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <cstring>

#include "base/elf_file.hpp"

namespace atr::testkit {

const atr_plugin* load_entry(const std::filesystem::path& file) {
    need_shared_object(file);  // dlopen waits for ever for a pipe's other end
    void* library = dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        const char* reason = dlerror();
        fail("the file loads, with every symbol it needs", reason ? reason : "no reason given");
    }
    const void* entry = dlsym(library, "atr_plugin_entry_v1");
    if (!entry) fail("the file exports atr_plugin_entry_v1", "it does not");
    return static_cast<const atr_plugin*>(entry);
}

atr_component load_component(const Context& context) {
    const atr_plugin* plugin = load_entry(context.options.plugin);
    if (plugin->n_components <= context.component) fail("the component is there", "fewer components");
    const atr_component* raw = plugin->components[context.component];
    atr_component out{};
    if (raw == nullptr || raw->struct_size < offsetof(atr_component, health)) fail("a whole component", "less");
    std::memcpy(&out, raw, std::min<std::size_t>(raw->struct_size, sizeof out));
    fill_slot(out.health);
    return out;
}

Instance::Instance(Context& context, const std::string& config)
    : context_(context), border_(context.note), host_(border_), config_(config), component_(load_component(context)) {
    const Answer answer = call("create", [&](const atr_call*, atr_error* error) {
        return component_.create(host_.raw(), atr::borrow("testkit"), atr::borrow(config_), &self_, error);
    });
    need_ok(answer, "create() with the configuration given");
    expect(self_ != nullptr, "create() sets *self", "it is NULL");
}

Instance::~Instance() {
    try {
        close();
    } catch (const Failure& failure) {
        if (!context_.breach) context_.breach = failure;
    }
}

void Instance::close() {
    context_.note.write("destroy");
    if (self_) component_.destroy(self_);
    self_ = nullptr;
    context_.output = host_.tail();
    border_.look();
    host_.judge_logs();
}

const void* Instance::find_interface(std::string_view id) {
    context_.note.write("get_interface");
    return component_.get_interface(self_, atr::borrow(id));
}

Answer Instance::call(const char* function, const std::function<atr_outcome(const atr_call*, atr_error*)>& body,
                      std::int64_t budget_ms) {
    std::unique_lock lock(serial_, std::defer_lock);
    if (component_.flags & ATR_PF_SERIAL) lock.lock();
    return border_.call(function, body, budget_ms);
}

void Instance::read_table(const char* id, std::size_t needed, void* out, std::size_t size) {
    const void* raw = find_interface(id);
    expect(raw != nullptr, std::string("the interface ") + id, "NULL");
    std::uint32_t there = 0;
    std::memcpy(&there, raw, sizeof there);
    expect(there >= needed && there <= (64u << 10),
           std::string(id) + " has a struct_size of at least " + std::to_string(needed), std::to_string(there));
    std::memcpy(out, raw, std::min<std::size_t>(there, size));
}

void need_supported(const Answer& answer, const char* function) {
    expect(answer.outcome != atr::Outcome::unsupported, std::string(function) + " is required", "unsupported");
}

void skip_unless_supported(const Answer& answer, const char* capability) {
    if (answer.outcome == atr::Outcome::unsupported) throw Undeclared{capability};
}

}  // namespace atr::testkit
