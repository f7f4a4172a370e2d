#include "openssh_key.hpp"

#include "wire.hpp"

#include <otto/error.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <string>
#include <vector>

namespace otto::sdk {

namespace {

constexpr std::string_view head = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view tail = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view magic{"openssh-key-v1\0", 15};

[[noreturn]] void malformed() {
    throw Error(Errc::authentication, "the private key is malformed");
}

// The bytes between head and tail; empty if there are none.
std::string decode(std::string_view text) {
    const auto begin = text.find(head);
    const auto end = text.find(tail);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
    std::string letters;
    for (const char c : text.substr(begin + head.size(), end - begin - head.size())) {
        if (c != '\n' && c != '\r' && c != ' ') letters.push_back(c);
    }
    std::string bytes(letters.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(letters.data()),
                                     static_cast<int>(letters.size()));
    if (size < 0) return {};
    bytes.resize(
        static_cast<std::size_t>(size)); // padding is left as zero bytes: the fields say how long they are
    return bytes;
}

BnPtr to_number(std::string_view bytes) {
    return BnPtr(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                           static_cast<int>(bytes.size()), nullptr));
}

EvpKeyPtr from_params(const char* type, OSSL_PARAM_BLD* builder) {
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
    const EvpKeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) {
        malformed();
    }
    return EvpKeyPtr(key);
}

EvpKeyPtr read_ed25519(WireReader& fields) {
    (void)fields.string(); // the public key, which the private one begins or ends with as well
    const auto seed_and_public = fields.string();
    if (seed_and_public.size() != 64) malformed();
    return EvpKeyPtr(EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed_and_public.data()), 32));
}

EvpKeyPtr read_ecdsa(WireReader& fields) {
    const std::string curve(fields.string());
    const auto point = fields.string();
    const auto secret = to_number(fields.string());
    const char* group = curve == "nistp256"   ? "P-256"
                        : curve == "nistp384" ? "P-384"
                        : curve == "nistp521" ? "P-521"
                                              : nullptr;
    if (!fields.ok() || !group || !secret) malformed();
    const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
    return from_params("EC", builder.get());
}

EvpKeyPtr read_rsa(WireReader& fields) {
    const auto n = to_number(fields.string());
    const auto e = to_number(fields.string());
    const auto d = to_number(fields.string());
    const auto iqmp = to_number(fields.string());
    const auto p = to_number(fields.string());
    const auto q = to_number(fields.string());
    if (!fields.ok() || !n || !e || !d || !iqmp || !p || !q || BN_is_zero(p.get()) || BN_is_zero(q.get()))
        malformed();
    const BnCtxPtr scratch(BN_CTX_new());
    const BnPtr less(BN_new());
    const BnPtr dp(BN_new());
    const BnPtr dq(BN_new());
    BN_sub(less.get(), p.get(), BN_value_one());
    const bool dp_ok = BN_mod(dp.get(), d.get(), less.get(), scratch.get()) == 1;
    BN_sub(less.get(), q.get(), BN_value_one());
    if (!dp_ok || BN_mod(dq.get(), d.get(), less.get(), scratch.get()) != 1) malformed();
    const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, d.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR1, p.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR2, q.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1, iqmp.get());
    return from_params("RSA", builder.get());
}

} // namespace

bool is_openssh_key(std::string_view text) {
    return text.find(head) != std::string_view::npos;
}

bool is_encrypted_openssh_key(std::string_view text) {
    const auto bytes = decode(text);
    WireReader fields(bytes);
    return fields.bytes(magic.size()) == magic && fields.string() != "none";
}

EvpKeyPtr parse_openssh_key(std::string_view text) {
    const auto bytes = decode(text);
    WireReader fields(bytes);
    if (fields.bytes(magic.size()) != magic) malformed();
    (void)fields.string(); // cipher
    (void)fields.string(); // key derivation
    (void)fields.string(); // its parameters
    if (fields.number() != 1) malformed();
    (void)fields.string(); // public key
    WireReader secret(fields.string());
    if (secret.number() != secret.number() || !fields.ok()) malformed(); // the two check numbers
    const auto type = secret.string();
    EvpKeyPtr key;
    if (type == "ssh-ed25519") {
        key = read_ed25519(secret);
    } else if (type.substr(0, 11) == "ecdsa-sha2-") {
        key = read_ecdsa(secret);
    } else if (type == "ssh-rsa") {
        key = read_rsa(secret);
    } else {
        throw Error(Errc::authentication, "keys of type '" + std::string(type) + "' are not supported");
    }
    if (!key) malformed();
    return key;
}

} // namespace otto::sdk
