/// libsodium must be initialised once before anything else of it is used.
#pragma once

namespace treasurer::auth {

/// Threads: any, cheap after the first call. A machine on which libsodium cannot start ends the process: without
/// randomness nothing here may go on.
void sodium_ready();

}  // namespace treasurer::auth
