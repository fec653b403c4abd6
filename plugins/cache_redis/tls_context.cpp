#include "tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <new>

namespace cache_redis {

namespace {

atr::Error unusable(const std::string& setting, const std::string& file) {
    return atr::rejected(ATR_E_CONFIG, "setting '" + setting + "': " + file + ": " + tls_failure());
}

int fd_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(bio)));
}

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int bio_write(BIO* bio, const char* bytes, int length) {
    ::BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(fd_of(bio), bytes, static_cast<std::size_t>(length), MSG_NOSIGNAL);
    if (sent < 0 && would_block()) ::BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* bytes, int length) {
    ::BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(fd_of(bio), bytes, static_cast<std::size_t>(length), 0);
    if (got < 0 && would_block()) ::BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a server that goes away would end the host by SIGPIPE.
const BIO_METHOD* quiet_socket() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
        ::BIO_meth_set_write(made, bio_write);
        ::BIO_meth_set_read(made, bio_read);
        ::BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    return method;
}

bool is_address(const std::string& host) {
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

std::string tls_failure() {
    std::string out;
    while (const unsigned long code = ::ERR_get_error()) {
        const char* reason = ::ERR_reason_error_string(code);
        if (out.empty() && reason) out = reason;
    }
    return out.empty() ? "TLS failed" : out;
}

atr::Result<std::unique_ptr<TlsContext>> TlsContext::create(const RedisSettings& settings) {
    std::unique_ptr<SSL_CTX, FreeSsl> context(::SSL_CTX_new(::TLS_client_method()));
    if (!context) return atr::rejected(ATR_E_INTERNAL, tls_failure());
    SSL_CTX* const raw = context.get();
    ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    ::SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    if (settings.tls_ca_file.empty()) {
        ::SSL_CTX_set_default_verify_paths(raw);
    } else if (::SSL_CTX_load_verify_locations(raw, settings.tls_ca_file.c_str(), nullptr) != 1) {
        return unusable("tls_ca_file", settings.tls_ca_file);
    }
    if (!settings.tls_cert_file.empty()) {
        if (::SSL_CTX_use_certificate_chain_file(raw, settings.tls_cert_file.c_str()) != 1)
            return unusable("tls_cert_file", settings.tls_cert_file);
        if (::SSL_CTX_use_PrivateKey_file(raw, settings.tls_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
            return unusable("tls_key_file", settings.tls_key_file);
    }
    return std::unique_ptr<TlsContext>(new TlsContext(std::move(context), settings.tls_server_name));
}

std::unique_ptr<SSL, FreeSsl> TlsContext::session(int fd, const Endpoint& endpoint) const {
    std::unique_ptr<SSL, FreeSsl> out(::SSL_new(context_.get()));
    BIO* const bio = ::BIO_new(quiet_socket());
    if (!out || !bio) throw std::bad_alloc();
    ::BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    ::BIO_set_init(bio, 1);
    ::SSL_set_bio(out.get(), bio, bio);
    const std::string& name = server_name_.empty() ? endpoint.host : server_name_;
    if (is_address(name)) {
        ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(out.get()), name.c_str());
    } else {
        ::SSL_set1_host(out.get(), name.c_str());
        ::SSL_set_tlsext_host_name(out.get(), name.c_str());
    }
    ::SSL_set_connect_state(out.get());
    return out;
}

}  // namespace cache_redis
