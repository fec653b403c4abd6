#include "script.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace cache_redis {

namespace {

std::string sha1_of(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned length = 0;
    if (::EVP_Digest(text.data(), text.size(), digest.data(), &length, ::EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("this OpenSSL has no SHA-1");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned i = 0; i < length; ++i) {
        out += digits[digest[i] >> 4];
        out += digits[digest[i] & 15];
    }
    return out;
}

/// look(): what is known of the key. Versions are 20 digits, compared in halves: as one number they would lose digits.
constexpr const char* prelude = R"(
local none = string.rep('0', 20)
local function above(a, b)
  local x, y = tonumber(a:sub(1, 10)), tonumber(b:sub(1, 10))
  if x ~= y then return x > y end
  return tonumber(a:sub(11)) > tonumber(b:sub(11))
end
local function look(key)
  local head = redis.call('GETRANGE', key, 0, 34)
  local left = redis.call('PTTL', key)
  if left == -2 then return {version = none, live = false, head = '', left = 0} end
  if head:sub(1, 4) ~= 'atr1' or #head < 35 then return {version = none, live = true, head = '', left = left} end
  left = left - tonumber(head:sub(26, 35))
  return {version = head:sub(6, 25), live = head:sub(5, 5) == 'v' and left > 0, head = head, left = left}
end
local function head_of(state, version, memory)
  if version == none then memory = 0 end
  return 'atr1' .. state .. version .. string.format('%010d', memory), memory
end
)";

/// version, ms to live, ms its version is remembered, flags as letters a and n, value.
/// 0: done, 1: it is present, 2: a version as new is known
constexpr const char* set_text = R"(
local known = look(KEYS[1])
local version, ttl, flags = ARGV[1], tonumber(ARGV[2]), ARGV[4]
if flags:find('a') and known.live then return 1 end
if flags:find('n') and not above(version, known.version) then return 2 end
if above(known.version, version) then version = known.version end
local head, memory = head_of('v', version, tonumber(ARGV[3]))
redis.call('SET', KEYS[1], head .. ARGV[5], 'PX', ttl + memory)
return 0
)";

/// ms its version is remembered
constexpr const char* del_text = R"(
local known = look(KEYS[1])
if not known.live then return 0 end
local head, memory = head_of('t', known.version, tonumber(ARGV[1]))
if memory == 0 then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], head, 'PX', memory) end
return 1
)";

/// by, ms to live when it is created, ms its version is remembered. {digits, ms left}
/// INCRBY does the sum, since Lua's numbers are not exact; what does not go is put back as it was.
constexpr const char* incr_text = R"(
local key, known = KEYS[1], look(KEYS[1])
local before, head, ttl = '0', '', known.left
if known.live then
  before = redis.call('GET', key)
  head = known.head
else
  local memory = 0
  ttl = tonumber(ARGV[2])
  if known.version ~= none then head, memory = head_of('v', known.version, tonumber(ARGV[3])) end
  before = head .. '0'
  redis.call('SET', key, before, 'PX', ttl + memory)
end
if head ~= '' then redis.call('SET', key, before:sub(#head + 1), 'KEEPTTL') end
local done = redis.pcall('INCRBY', key, ARGV[1])
if type(done) == 'table' and done.err then
  if head ~= '' then redis.call('SET', key, before, 'KEEPTTL') end
  return done
end
local digits = redis.call('GET', key)
if head ~= '' then redis.call('SET', key, head .. digits, 'KEEPTTL') end
return {digits, ttl}
)";

/// ms to live. 0: absent
constexpr const char* touch_text = R"(
local known = look(KEYS[1])
if not known.live then return 0 end
local memory = known.head == '' and 0 or tonumber(known.head:sub(26, 35))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[1]) + memory)
return 1
)";

}  // namespace

Script::Script(std::string text) : source(prelude + std::move(text)), sha1(sha1_of(source)) {}

const Scripts& Scripts::all() {
    static const Scripts scripts{Script(set_text), Script(del_text), Script(incr_text), Script(touch_text)};
    return scripts;
}

}  // namespace cache_redis
