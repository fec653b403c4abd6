/// SHA-256, the one digest by which documents, payloads and request bodies are named.
#pragma once

#include <string>
#include <string_view>

namespace treasurer::auth {

/// 64 lower-case hex digits. Threads: any.
std::string sha256_hex(std::string_view bytes);

}  // namespace treasurer::auth
